"""What was returned: the newest of every submitter, from the store and from the folder, and the period to run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.model.problems import Problem
from engine.model.returns import Return
from engine.office import Office, UsageError
from engine.periods import Period
from engine.pipeline import Declared

if TYPE_CHECKING:
    from engine.store.store import Store  # SQLAlchemy is slow to import


@dataclass(frozen=True, slots=True)
class Taken:
    """Every submitter's newest return, and what lies in the folder but could not be read as one."""

    returns: tuple[Return, ...]
    problems: tuple[Problem, ...]


def take_in(office: Office, about: Declared, store: "Store", *, keep: bool) -> Taken:
    """The returns of the store and of the folder together; `keep` puts what is new in the folder into the store."""
    from engine.returns.folder import find_returns, read_return

    name = about.portfolio.portfolio
    known = store.known_digests(name, about.reading_hash)
    found, problems = find_returns(office.returns_folder, about.portfolio)
    problems += _strays(office)
    if not office.returns_folder.is_dir():
        what, cure = "there is no such folder", "make it, or mend `returns` in config/settings.yaml"
        problems.append(Problem(file=office.workspace.settings.returns, where="", what=what, cure=cure))
    fresh: list[Return] = []
    for one in found:
        read = read_return(one, about.portfolio, about.scheme, known.get((one.period, one.submitter)))
        if read is None:  # the same bytes as those the store has
            continue
        if isinstance(read, Problem):
            problems.append(read)
            continue
        fresh.append(read)
        if keep:
            store.keep_return(read, office.now, office.period(name, read.period).end, about.reading_hash)
    stored = store.returns(name)
    current = {(one.period, one.submitter): one for one in stored if office.has_period(name, one.period)}
    problems += [_of_no_period(one) for one in stored if not office.has_period(name, one.period)]
    gone = current.keys() - {(one.period, one.submitter) for one in found}
    problems += [_gone(current[key]) for key in sorted(gone)]
    return Taken(tuple((current | {(one.period, one.submitter): one for one in fresh}).values()), tuple(problems))


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


def _gone(return_: Return) -> Problem:
    return Problem(
        file=return_.source,
        where="",
        what="this return is no longer in the folder; its figures are still used",
        cure="put it back, or replace it with one that says what holds",
    )


def period_to_run(office: Office, about: Declared, returns: Sequence[Return], name: str | None) -> Period:
    """The period named, or the latest with a return. Raises UsageError where it can't be run."""
    portfolio = about.portfolio
    first = office.period(portfolio.portfolio, portfolio.starts)
    if name is None:
        periods = [office.period(portfolio.portfolio, one.period) for one in returns]
        begun = [period for period in periods if first.end <= period.end and period.start <= office.today]
        if not begun:
            where = office.workspace.settings.returns
            raise UsageError(f"{portfolio.portfolio} has no return in {where} yet; name a period with --period")
        return max(begun, key=lambda period: period.end)
    period = office.period(portfolio.portfolio, name)
    if period.end < first.end:
        raise UsageError(f"{name} is history: {portfolio.portfolio} starts with {first.id}; name it, or a later one")
    if period.start > office.today:
        raise UsageError(f"{name} has not begun: today is {office.today.isoformat()}")
    if period.end > office.today and not any(one.period == name for one in returns):
        raise UsageError(f"{name} has not ended, and nobody has returned anything for it yet")
    return period
