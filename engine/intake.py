"""What was returned: the newest of every submitter, from the store and from the folder, and the period to run."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.model.problems import Problem
from engine.model.returns import Return
from engine.office import Office, UsageError
from engine.periods import Period
from engine.pipeline import Declared

if TYPE_CHECKING:
    from engine.returns.folder import FoundReturn, Lying, RefusedReturn
    from engine.store.store import Store  # SQLAlchemy is slow to import

Key = tuple[str, str]  # period and submitter
_KEPT = ", and what was returned before still counts"
NO_FOLDER = "make it, or mend `returns` in config/settings.yaml"


@dataclass(frozen=True, slots=True)
class Taken:
    """Every submitter's newest return, and what lies in the folder but could not be read as one."""

    returns: tuple[Return, ...]
    problems: tuple[Problem, ...]
    refused: "Mapping[Key, RefusedReturn]"  # what lies there and is not taken in; what came before it still counts
    gone: frozenset[Key]  # taken in earlier, and not in the folder any more


def take_in(office: Office, about: Declared, store: "Store", *, keep: bool) -> Taken:
    """The returns of the store and of the folder together; `keep` puts what is new in the folder into the store.

    What can't be understood replaces nothing.
    """
    from engine.returns.folder import read_return

    name = about.portfolio.portfolio
    known, ever = store.known_digests(name, about.reading_hash), store.digests_ever(name)
    lying = _lying(office, about, ever)
    refused = {(one.found.period, one.found.submitter): one for one in lying.refused}
    there = {(one.period, one.submitter) for one in lying.returns} | refused.keys()
    fresh: dict[Key, Return] = {}
    for found in lying.returns:
        key = found.period, found.submitter
        read = read_return(found, about.portfolio, about.scheme, known.get(key))
        if read is None:  # the same bytes as those the store has
            continue
        answer = _taken_or_refused(office, found, read, ever.get(key, ()))
        if not isinstance(answer, Return):
            refused[key] = answer
            continue
        fresh[key] = answer
        if keep:
            store.keep_return(answer, office.now, office.period(name, answer.period).end, about.reading_hash)
    stored = store.returns(name)
    current = {(one.period, one.submitter): one for one in stored if office.has_period(name, one.period)}
    gone = {key: current[key] for key in sorted(current.keys() - there)}
    problems = [
        *lying.problems,
        *_strays(office),
        *(said for key, one in refused.items() for said in _said_of(one, _KEPT if key in current else "")),
        *(_of_no_period(one) for one in stored if not office.has_period(name, one.period)),
        *_not_there(office, gone.values()),
    ]
    return Taken(tuple((current | fresh).values()), tuple(problems), refused, frozenset(gone))


def _lying(office: Office, about: Declared, ever: "Mapping[Key, tuple[str, ...]]") -> "Lying":
    """What lies in the folder, each submitter under the name under which anything of the period was taken in first."""
    from engine.returns.folder import find_returns
    from engine.returns.words import fold

    names: dict[Key, str] = {}
    for period, submitter in ever:
        names.setdefault((period, fold(submitter)), submitter)
    digests = {(period, fold(submitter)): taken for (period, submitter), taken in ever.items()}

    def named(found: "FoundReturn") -> "FoundReturn":
        return replace(found, submitter=names.get((found.period, fold(found.submitter)), found.submitter))

    lying = find_returns(office.returns_folder, about.portfolio, digests)
    return lying._replace(
        returns=[named(one) for one in lying.returns],
        refused=[replace(one, found=named(one.found)) for one in lying.refused],
    )


def _taken_or_refused(
    office: Office, found: "FoundReturn", read: Return | Problem, before: tuple[str, ...]
) -> "Return | RefusedReturn":
    """A return that counts, or why it doesn't. `before` are the digests of all that was taken in, oldest first."""
    from engine.returns.folder import RefusedReturn

    if isinstance(read, Return) and before[-1:] == (read.sha256,):
        return read  # it counts already, and is read anew: by what is left of it under other names in config/
    if office.period(found.portfolio, found.period).start > office.today:
        what, cure = f"{found.period} has not begun, so it was not read", "put it into the folder of its own period"
        return RefusedReturn(found, "not begun", (Problem(file=found.source, where="", what=what, cure=cure),))
    if isinstance(read, Problem):
        return RefusedReturn(found, "not understood", (read,))
    return read if read.is_understood else RefusedReturn(found, "not understood", read.problems)


def _said_of(one: "RefusedReturn", kept: str) -> Iterator[Problem]:
    """What the PMO is told of a refused return: its one problem, or what became of it and then each problem."""
    if len(one.problems) == 1:
        yield one.problems[0].model_copy(update={"what": f"{one.problems[0].what}{kept}"})
        return
    what = f"nothing in this return could be understood, so it was not taken in{kept}"
    cure = "mend what is said of it, and save it there again" if one.problems else "fill in a row, or delete it"
    yield Problem(file=one.found.source, where="", what=what, cure=cure)
    yield from one.problems


def _strays(office: Office) -> Iterator[Problem]:
    """Folders among the returns that belong to no portfolio: what is in them is taken in by nobody."""
    from engine.workspace.spelling import did_you_mean

    known = office.workspace.portfolios
    for path in sorted(office.returns_folder.iterdir()) if office.returns_folder.is_dir() else ():
        if path.name not in known and path.name[0] not in ".~":
            what = "this belongs to no portfolio, so nothing in it was read"
            yield Problem(file=path.name, where="", what=what, cure=did_you_mean(path.name, known) or "rename it")


def _of_no_period(return_: Return) -> Problem:
    return Problem(
        file=return_.source,
        where="",
        what=f"{return_.period} is no period of the portfolio any more, so its figures are not used",
        cure="change `reports` back, or put them into periods that there are",
    )


def _not_there(office: Office, gone: Collection[Return]) -> Iterator[Problem]:
    """What was taken in and lies there no more; once, where the folder itself isn't there."""
    if not office.returns_folder.is_dir():
        what = "there is no such folder" + (_KEPT if gone else "")
        yield Problem(file=office.workspace.settings.returns, where="", what=what, cure=NO_FOLDER)
        return
    for one in gone:
        what = "this return is no longer in the folder; its figures are still used"
        cure = "put it back, or replace it with one that says what holds"
        yield Problem(file=one.source, where="", what=what, cure=cure)


def check_begun(office: Office, period: Period) -> None:
    """Raises UsageError where a period is still to come."""
    if period.start > office.today:
        raise UsageError(f"{period.id} has not begun: today is {office.today.isoformat()}")


def period_to_run(office: Office, about: Declared, taken: Taken, name: str | None) -> Period:
    """The period named, or the latest with a return. Raises UsageError where it can't be run."""
    portfolio, returns = about.portfolio, taken.returns
    where = office.workspace.settings.returns
    if not returns and not office.returns_folder.is_dir():
        nothing = f"there is no folder {where}, and nothing of {portfolio.portfolio} was ever taken in"
        raise UsageError(f"{nothing}; {NO_FOLDER}")
    first = office.period(portfolio.portfolio, portfolio.starts)
    if name is None:
        periods = [office.period(portfolio.portfolio, one.period) for one in returns]
        begun = [period for period in periods if first.end <= period.end and period.start <= office.today]
        if not begun:
            nothing, cure = f"{portfolio.portfolio} has no return in {where} yet", "name a period with --period"
            if taken.refused:
                told = next(_said_of(next(iter(taken.refused.values())), ""))
                nothing += f" that could be taken in ({told.file}: {told.what})"
                cure = "returns list shows what lies there"
            raise UsageError(f"{nothing}; {cure}")
        return max(begun, key=lambda period: period.end)
    period = office.period(portfolio.portfolio, name)
    if period.end < first.end:
        raise UsageError(f"{name} is history: {portfolio.portfolio} starts with {first.id}; name it, or a later one")
    check_begun(office, period)
    if period.end > office.today and not any(one.period == name for one in returns):
        raise UsageError(f"{name} has not ended, and nobody has returned anything for it yet")
    return period
