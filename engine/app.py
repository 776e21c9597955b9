"""The composition root: the only place where the rooms are joined, and where engine meets notifiers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from engine import __version__
from engine.inference.process import DurableProcess, available
from engine.model.alerts import OutboxMessage, OutboxState, Rendered, Telling
from engine.model.problems import Fault, Problem, Severity
from engine.model.returns import Return
from engine.model.run import AlsoRevised, RunOut
from engine.model.workspace import Portfolio, Workspace, cadence_of
from engine.periods import Cadence, Period, PeriodError
from engine.pipeline import Declared, Render, digest
from engine.store.records import Publication
from engine.workspace.paths import OutsideError, resolve_inside

if TYPE_CHECKING:
    from engine.rulebook.rules import Rulebook
    from engine.store.store import Store  # these are imported where they are used: most commands need few of them


class UsageError(Exception):
    """The command names something that isn't there; the message is one sentence."""


class FaultsError(Exception):
    """`config/` or `rules/` can't be used as they are; `faults` says where and why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        errors = [fault for fault in faults if fault.severity is Severity.ERROR]
        more = f" ({len(errors) - 1} more; telltale check lists them)" if len(errors) > 1 else ""
        super().__init__(f"{errors[0]}{more}")
        self.faults = tuple(faults)


# ---- a workspace, opened


@dataclass(frozen=True)
class Office:
    """A workspace with the time of day: what every command but `init` and `check` begins with."""

    root: Path
    workspace: Workspace
    now: datetime  # with its time zone

    @property
    def today(self) -> date:
        """The day in the workspace's time zone."""
        from engine.workspace.dates import local_day

        return local_day(self.now, self.workspace.calendar)

    def names(self, portfolio: str | None) -> list[str]:
        """The portfolio named, or all."""
        return [self.the_portfolio(portfolio)] if portfolio else list(self.workspace.portfolios)

    def the_portfolio(self, name: str | None) -> str:
        """The portfolio named, or the only one. Raises UsageError."""
        known = list(self.workspace.portfolios)
        if name is None and len(known) == 1:
            return known[0]
        if name is None:
            raise UsageError(f"name a portfolio: {', '.join(known)}")
        if name not in known:
            raise UsageError(f"there is no portfolio {name!r}; there is {', '.join(known)}")
        return name

    def portfolio(self, name: str) -> Portfolio:
        return self.workspace.portfolios[name]

    def cadence(self, portfolio: str) -> Cadence:
        return cadence_of(self.portfolio(portfolio))

    def period(self, portfolio: str, name: str) -> Period:
        """The period of that name. Raises UsageError."""
        try:
            return self.cadence(portfolio).period(name)
        except PeriodError as error:
            raise UsageError(str(error)) from None

    def has_period(self, portfolio: str, name: str) -> bool:
        """Whether the portfolio has a period of that name: it had others before its cadence was changed."""
        try:
            self.cadence(portfolio).period(name)
        except PeriodError:
            return False
        return True

    def find_subject(self, text: str) -> tuple[str, str]:
        """The portfolio and ref that `portfolio/ref`, or a unique ref, means. Raises UsageError."""
        from engine.workspace.spelling import did_you_mean

        portfolio, slash, ref = text.rpartition("/")
        searched = [self.the_portfolio(portfolio)] if slash else list(self.workspace.portfolios)
        found = [name for name in searched if ref in self.portfolio(name).subjects]
        if len(found) == 1:
            return found[0], ref
        if found:
            choices = ", ".join(f"{name}/{ref}" for name in found)
            raise UsageError(f"{ref!r} is in several portfolios; write one of {choices}")
        known = [subject for name in searched for subject in self.portfolio(name).subjects]
        cure = did_you_mean(ref, known)
        raise UsageError(f"there is no subject {ref!r}" + (f"; {cure}" if cure else ""))

    @cached_property
    def returns_folder(self) -> Path:
        return self.inside(self.workspace.settings.returns)

    def inside(self, path: str) -> Path:
        """A path that a setting names, which can't lead out of the workspace."""
        return resolve_inside(self.root, path)


def check_folder(root: Path) -> None:
    """Raises UsageError where there is no folder to be a workspace."""
    if not root.is_dir():
        raise UsageError(f"no such folder: {root}; name the workspace with -C")


def open_office(root: Path, now: str | None) -> Office:
    """The workspace in a folder. `now` is a time as text, or None for the clock's.

    Raises FaultsError where `config/` can't be used, UsageError where there is no workspace or the time can't be read.
    """
    from engine.workspace.loading import load_workspace

    check_folder(root)
    if not (root / "config").is_dir():
        raise UsageError(f"{root} is not a workspace: it has no folder config; name one with -C, or see telltale init")
    workspace, faults = load_workspace(root)
    if workspace is None or _errors(faults):
        raise FaultsError(faults)
    return Office(root, workspace, _time(now, workspace.calendar.time_zone))


def _time(text: str | None, time_zone: str) -> datetime:
    if text is None:
        return datetime.now(ZoneInfo(time_zone))
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a time; write it as 2019-02-08T07:00") from None
    return time if time.tzinfo else time.replace(tzinfo=ZoneInfo(time_zone))


def _errors(faults: Sequence[Fault]) -> list[Fault]:
    return [fault for fault in faults if fault.severity is Severity.ERROR]


def rules_of(root: Path, workspace: Workspace, portfolio: Portfolio) -> "tuple[Rulebook | None, list[Fault]]":
    """A portfolio's rules, with every fault of them and of its formulas; None where the rules can't be used."""
    from engine.rulebook.checks import check_rulebook
    from engine.rulebook.formulas import formula_faults
    from engine.rulebook.loading import load_rulebook
    from engine.workspace.yamlfile import read_yaml

    name, scheme = portfolio.portfolio, workspace.scheme_of(portfolio)
    rules, config = f"rules/{name}.yaml", f"config/portfolios/{name}.yaml"
    try:
        path = resolve_inside(root, rules)
    except OutsideError as error:
        return None, [_outside(rules, error)]
    rulebook, faults = load_rulebook(path, rules, workspace, portfolio)
    if rulebook is not None:
        faults = [*faults, *check_rulebook(rulebook, portfolio, scheme)]
    if any(measure.equals is not None for measure in portfolio.measures.values()):
        faults = [*faults, *formula_faults(read_yaml(root / config, config), portfolio, scheme)]
    return rulebook, faults


def declared(office: Office, name: str) -> Declared:
    """A portfolio with its scheme and rules. Raises FaultsError where the rules or formulas can't be used."""
    from engine.rulebook.formulas import Formulas
    from engine.workspace.dates import working_days

    portfolio = office.portfolio(name)
    scheme = office.workspace.scheme_of(portfolio)
    rulebook, faults = rules_of(office.root, office.workspace, portfolio)
    if rulebook is None or _errors(faults):
        raise FaultsError(faults)
    read_with = [__version__, portfolio.model_dump(mode="json"), scheme.model_dump(mode="json")]
    return Declared(
        workspace=office.workspace,
        portfolio=portfolio,
        scheme=scheme,
        rulebook=rulebook,
        rules_text=resolve_inside(office.root, f"rules/{name}.yaml").read_text(encoding="utf-8"),
        formulas=Formulas(portfolio, scheme),
        working=working_days(office.workspace.calendar),
        reading_hash=digest(read_with),
        telling_hash=_telling_hash(office, portfolio),
    )


def _telling_hash(office: Office, portfolio: Portfolio) -> str:
    """Of all that turns statuses into messages: who is told today, of what, from whom, in which words."""
    from engine.alerts.audiences import concerns, recipients
    from notifiers.sources import templates_digest

    people, mail = office.workspace.people, office.workspace.settings.mail
    told: list[object] = [templates_digest(_templates(office)), mail.from_, mail.reply_to, list(mail.allowed_domains)]
    for name, audience in office.workspace.audiences.items():
        if concerns(audience, portfolio):
            reached = recipients(audience, portfolio, people, office.today).reachable
            named = {
                person: [people[person].name, people[person].email, list(refs)] for person, refs in reached.items()
            }
            told.append([name, audience.model_dump(mode="json"), named])
    return digest(told)


def _templates(office: Office) -> Path | None:
    """The workspace's own templates for messages, where it has any. Raises FaultsError where they lie elsewhere."""
    shown = "config/templates"
    try:
        resolve_inside(office.root, shown)
    except OutsideError as error:
        raise FaultsError([_outside(shown, error)]) from None
    folder = office.root / shown
    return folder if folder.is_dir() else None


def _outside(shown: str, error: OutsideError) -> Fault:
    return Fault(file=shown, line=1, column=1, code="path", what=str(error), cure="put the file itself here")


# ---- the main job: returns in, statuses and messages out


def run(office: Office, name: str, period_name: str | None, *, publish: bool = True) -> RunOut:
    """Takes in new returns, judges a period, publishes it with its messages, and delivers them.

    Published periods whose figures were corrected since, and those after them, are derived again in the same
    transaction; only the latest period tells anyone. Without `publish` nothing is kept or sent ("published": "no").
    The period is the latest with a return, where none is named.

    Raises FaultsError, UsageError, StoreError, JudgementError, DisagreementError.
    """
    return _run(office, name, period_name, publish=publish)[0]


def _run(office: Office, name: str, period_name: str | None, *, publish: bool) -> tuple[RunOut, Sequence[Publication]]:
    """As `run`, with all that is published, the messages as they were rendered among it."""
    from engine.revision import Revision

    with _judge(office) as durable, open_the_store(office) as store:
        about = declared(office, name)
        seen = store.runs_seen(name)
        taken = take_in(office, about, store, keep=publish)
        period = _period_to_run(office, about, taken.returns, period_name)
        revision = Revision(
            about=about,
            returns=taken.returns,
            unread=taken.problems,
            store=store,
            durable=durable if durable is not None and durable.ready() else None,
            render=_renderer(office),
            now=office.now,
            today=office.today,
        )
        out = revision.derive(period)
        if not publish:
            return out.model_copy(update={"published": "no"}), revision.publications
        also = _also_revised(revision.publications, out.period, store)
        if revision.publications:
            store.publish(revision.publications, {name: seen})
        undelivered = [*_deliver(office, store), *_undelivered(store, name)]
        out = with_states(out, store, name)
        also = tuple(with_states(one, store, name) for one in also)
        return out.model_copy(update={"undelivered": tuple(undelivered), "also": also}), revision.publications


def _also_revised(publications: Sequence[Publication], period: str, store: "Store") -> tuple[AlsoRevised, ...]:
    """The periods derived beside the one asked for, with what was published of them before."""
    found: list[AlsoRevised] = []
    for one in (publication.out for publication in publications if publication.out.period != period):
        last = store.latest_run(one.portfolio, one.period)
        was = store.statuses(last.id) if last is not None else {}
        moved = {s.ref: (was.get(s.ref), s.status) for s in one.subjects if was.get(s.ref) != s.status}
        found.append(
            AlsoRevised(period=one.period, run=one.run, revision=one.revision, moved=moved, messages=one.messages)
        )
    return tuple(found)


@contextmanager
def _judge(office: Office) -> Iterator[DurableProcess | None]:
    """The engine of record in its child process, started at once; None where durable-rules isn't installed."""
    if not available():
        yield None
        return
    with DurableProcess(float(office.workspace.settings.judge_time_limit)) as durable:
        yield durable


@contextmanager
def open_the_store(office: Office) -> "Iterator[Store]":
    """The workspace's database, made or brought up to date. Raises StoreError."""
    from engine.store.store import open_store

    with open_store(office.workspace.settings.database, office.root) as store:
        yield store


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


def _period_to_run(office: Office, about: Declared, returns: Sequence[Return], name: str | None) -> Period:
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


def _renderer(office: Office) -> Render:
    from notifiers.messages import render

    templates = _templates(office)

    def rendered(telling: Telling) -> Rendered | str:
        message = render(telling, templates)
        return message if isinstance(message, Rendered) else str(message)

    return rendered


def _deliver(office: Office, store: "Store") -> list[Problem]:
    """Hands what waits to the notifier, of this run or an earlier one; a problem where the store fails meanwhile.

    What failed stays in the outbox with its reason. An address is checked again: the domains may have changed since.
    """
    from engine.store.errors import StoreError
    from notifiers.addresses import allowed
    from notifiers.folder import write_eml
    from notifiers.outbox import DeliveryError, deliver_pending
    from notifiers.refusals import Refusal

    folder = office.inside(office.workspace.settings.outbox)

    def deliver(message: OutboxMessage) -> str:
        address = allowed(message.rendered.address, office.workspace.settings.mail.allowed_domains)
        if isinstance(address, Refusal):
            raise DeliveryError(str(address), for_good=True)
        return str(write_eml(folder, message).relative_to(office.root.resolve()))

    try:
        deliver_pending(store, deliver, office.now, at_once=True)
    except StoreError as error:  # what is published stays so: only the messages are late
        what = f"the run is published, but delivering its messages was cut short ({error})"
        return [Problem(file="", where="outbox", what=what, cure="mend that; the next run delivers the rest")]
    return []


def _undelivered(store: "Store", name: str) -> list[Problem]:
    """A problem for each message of a portfolio that should be out and isn't, whichever run it is of."""
    states = (OutboxState.PENDING, OutboxState.CLAIMED, OutboxState.RETRY, OutboxState.DEAD)
    return [
        Problem(
            file="",
            where=f"message of {one.rendered.period} to {one.rendered.recipient}",
            what=one.detail or "it is not delivered yet",
            cure="it will not be tried again" if one.state is OutboxState.DEAD else "the next run tries it again",
        )
        for one in store.outbox(name, states=states)
    ]


Run = TypeVar("Run", RunOut, AlsoRevised)


def with_states(out: Run, store: "Store", portfolio: str) -> Run:
    """A run with its messages as they stand in the outbox now."""
    rows = store.outbox(portfolio, out.period)
    states: dict[tuple[str, tuple[str, ...]], str] = {
        (one.rendered.audience, (one.rendered.address,)): one.state.value for one in rows if one.run == out.run
    }
    messages = [one.model_copy(update={"state": states.get((one.audience, one.to), one.state)}) for one in out.messages]
    return out.model_copy(update={"messages": tuple(messages)})


# ---- trying without consequences


def preview(office: Office, name: str, period_name: str | None) -> tuple[list[Rendered], list[Problem]]:
    """The messages that a run would queue now, and why others could not be made; nothing is kept or sent."""
    _, publications = _run(office, name, period_name, publish=False)
    messages = [queued.rendered for publication in publications for queued in publication.messages]
    problems = [problem for publication in publications for problem in publication.out.problems]
    return messages, [problem for problem in problems if problem.where.startswith("message to ")]


@dataclass(frozen=True, slots=True)
class Demo:
    """The runs of a demonstration, and the workspace as it was used for it."""

    office: Office
    runs: tuple[RunOut, ...]
    outbox: Path


def demo(root: Path, portfolio: str | None) -> Demo:
    """Judges the latest period of a workspace's portfolios into a database and outbox of their own, made anew.

    The time is the morning after the returns were due, so that every run of it is alike.
    """
    from shutil import rmtree

    from engine.workspace.dates import due_date, working_days

    office = open_office(root, None)
    folder = office.inside("var/demo")
    rmtree(folder, ignore_errors=True)
    settings = office.workspace.settings.model_copy(
        update={"database": "sqlite:///var/demo/telltale.db", "outbox": "var/demo/outbox"}
    )
    office = replace(office, workspace=office.workspace.model_copy(update={"settings": settings}))
    working = working_days(office.workspace.calendar)
    runs: list[RunOut] = []
    for name in office.names(portfolio):
        about = declared(office, name)
        with open_the_store(office) as store:
            taken = take_in(office, about, store, keep=False)
        period = _period_to_run(office, about, taken.returns, None)
        morning = datetime.combine(due_date(about.portfolio, period, working) + timedelta(days=1), time(7))
        zone = ZoneInfo(office.workspace.calendar.time_zone)
        office = replace(office, now=morning.replace(tzinfo=zone))
        runs.append(run(office, name, period.id))
    return Demo(office, tuple(runs), office.inside(settings.outbox))
