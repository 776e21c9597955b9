"""The composition root: the only place where the rooms are joined, and where engine meets notifiers."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from engine import __version__
from engine.inference.process import DurableProcess, available
from engine.intake import period_to_run, take_in
from engine.mailing import deliver_after_run, undelivered
from engine.model.addressed import Addressed
from engine.model.alerts import OutboxMessage, Rendered
from engine.model.problems import Problem
from engine.model.run import AlsoRevised, MessageOut, RunOut
from engine.model.workspace import Calendar, Portfolio, Workspace
from engine.office import FaultsError, Office, UsageError, check_workspace, errors_among, outside, rules_of
from engine.periods import Period
from engine.pipeline import Declared, digest, message_out
from engine.store.records import Publication
from engine.workspace.paths import OutsideError, resolve_inside

if TYPE_CHECKING:
    from engine.notices import AskedFor, Kind, Overdue
    from engine.previewing import Preview
    from engine.store.store import Store  # these are imported where they are used: most commands need few of them
    from engine.telling import AudienceTold


def open_office(root: Path, now: str | None) -> Office:
    """The workspace in a folder. `now` is a time as text, or None for the clock's.

    Raises FaultsError where `config/` can't be used, UsageError where there is no workspace or the time can't be read.
    """
    from engine.workspace.loading import load_workspace

    check_workspace(root)
    workspace, faults = load_workspace(root)
    if workspace is None or errors_among(faults):
        raise FaultsError(faults)
    database = os.environ.get("TELLTALE_DATABASE") or workspace.settings.database
    return Office(root, workspace, _time(now, workspace.calendar.time_zone), database)


def _time(text: str | None, time_zone: str) -> datetime:
    if text is None:
        return datetime.now(ZoneInfo(time_zone))
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a time; write it as 2019-02-08T07:00") from None
    return time if time.tzinfo else time.replace(tzinfo=ZoneInfo(time_zone))


def today(now: str | None) -> date:
    """The day it is where there is no workspace yet, in the time zone that a new one has. Raises UsageError."""
    return _time(now, Calendar().time_zone).date()


def declared(office: Office, name: str) -> Declared:
    """A portfolio with its scheme and rules. Raises FaultsError where the rules or formulas can't be used."""
    from engine.rulebook.formulas import Formulas
    from engine.workspace.dates import moves_with_holidays, working_days

    portfolio = office.portfolio(name)
    scheme = office.workspace.scheme_of(portfolio)
    rulebook, faults = rules_of(office.root, office.workspace, portfolio)
    if rulebook is None or errors_among(faults):
        raise FaultsError(faults)
    read_with = [__version__, portfolio.model_dump(mode="json"), scheme.model_dump(mode="json")]
    if moves_with_holidays(portfolio):
        read_with.append(office.workspace.calendar.model_dump(mode="json"))
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
        raise FaultsError([outside(shown, error)]) from None
    folder = office.root / shown
    return folder if folder.is_dir() else None


def refused_templates(root: Path, workspace: Workspace) -> list[str]:
    """Why the workspace's own templates make no message, where they don't: each kind is made of samples."""
    from engine.alerts.sample import samples
    from notifiers.messages import render

    folder = root / "config" / "templates"
    if not folder.is_dir() or not workspace.schemes:
        return []
    made = [render(one, folder) for one in samples(next(iter(workspace.schemes.values())))]
    return list(dict.fromkeys(str(one) for one in made if not isinstance(one, Rendered)))


# ---- the main job: returns in, statuses and messages out


def run(office: Office, name: str, period_name: str | None, *, publish: bool = True, hold: str = "") -> RunOut:
    """Takes in new returns, judges a period, publishes it with its messages, and delivers them.

    Published periods whose figures were corrected since, and those after them, are derived again in the same
    transaction; only the latest period tells anyone. Without `publish` nothing is kept or sent ("published": "no").
    The period is the latest with a return, where none is named. `hold` is why its messages are held for release.

    Raises FaultsError, UsageError, StoreError, JudgementError, DisagreementError.
    """
    return _run(office, name, period_name, publish=publish, hold=hold)[0]


def _run(
    office: Office, name: str, period_name: str | None, *, publish: bool, hold: str = ""
) -> tuple[RunOut, Sequence[Publication]]:
    """As `run`, with all that is published, the messages as they were rendered among it."""
    from engine.revision import Revision

    with _judge(office) as durable, open_the_store(office) as store:
        about = replace(declared(office, name), hold=hold)
        seen = store.seen(name)
        taken = take_in(office, about, store, keep=publish)
        period = period_to_run(office, about, taken, period_name)
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
        late = deliver_after_run(office, store)
        late += _tell_office(office, about, store, out, period)  # after the others: of those that failed, too
        late += undelivered(office, store, name)
        out = with_states(out, store, name)
        also = tuple(with_states(one, store, name) for one in also)
        return out.model_copy(update={"undelivered": tuple(late), "also": also}), revision.publications


def _tell_office(office: Office, about: Declared, store: "Store", run: RunOut, period: Period) -> list[Problem]:
    """Tells the office what it has to look at; a problem where that can't be done: what is published stays so."""
    from engine.notices import tell_office
    from engine.store.errors import StoreError

    try:
        problems = tell_office(office, about, store, run, period, _renderer(office))
    except StoreError as error:
        what = f"the run is published, but the office was not told of its problems ({error})"
        return [Problem(file="", where="outbox", what=what, cure="mend that, and run again")]
    return [*problems, *deliver_after_run(office, store)]


def tell_office(office: Office, name: str) -> list[Problem]:
    """Tells who is told of problems after a run what is new since, such as a message that died or a job given up.

    Why some of it could not be told. Nothing new, nothing sent. Raises FaultsError, StoreError.
    """
    from engine.notices import tell_office

    about = declared(office, name)
    with open_the_store(office) as store:
        stored = store.latest_run(name)
        if stored is not None and not office.has_period(name, stored.period):
            return []
        period = office.period(name, stored.period if stored is not None else about.portfolio.starts)
        run = stored.out if stored is not None else None
        problems = tell_office(office, about, store, run, period, _renderer(office))
        return [*problems, *deliver_after_run(office, store)]


def ask_for_returns(office: Office, name: str, kind: "Kind", period_name: str | None) -> "AskedFor":
    """Reminds or chases everybody who owes a return for a period, once a day each, and delivers the messages.

    Raises FaultsError, UsageError, StoreError.
    """
    from engine import notices

    with open_the_store(office) as store:
        about = declared(office, name)
        asked = notices.ask_for_returns(office, about, store, kind, period_name, _renderer(office))
        late = deliver_after_run(office, store)
        rows = {one.id: one for one in store.outbox(ids=[one.id for one in (*asked.queued, *asked.already)])}
        return replace(
            asked,
            queued=tuple(rows[one.id] for one in asked.queued),
            already=tuple(rows[one.id] for one in asked.already),
            problems=(*asked.problems, *late),
        )


def overdue(office: Office, name: str) -> "Overdue | None":
    """What is still owed of the last period whose returns fell due. Raises FaultsError, StoreError."""
    from engine import notices

    with open_the_store(office) as store:
        return notices.overdue(office, declared(office, name), store)


def tell(office: Office, audience: str, portfolio: str | None, occurrence: str | None) -> "list[AudienceTold]":
    """Tells an audience with a calendar of its own of every portfolio that concerns it, and delivers the messages.

    Once an occurrence, which is a day of that calendar (the last that came round, without one): told again, it says
    when that was. Raises FaultsError, UsageError, StoreError.
    """
    from engine import telling

    names, render = telling.portfolios_of(office, audience, portfolio), _renderer(office)
    day = telling.Days(office, audience).occurrence(occurrence)
    told: list[AudienceTold] = []
    with open_the_store(office) as store:
        for name in names:
            about = declared(office, name)
            one = telling.tell_audience(office, about, store, audience, day, render)
            problems = deliver_after_run(office, store) if one.state == "told" else []
            told.append(telling.with_states(one, store, problems))
    return told


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

    with open_store(office.database, office.root, password=os.environ.get("TELLTALE_DATABASE_PASSWORD")) as store:
        yield store


def _renderer(office: Office) -> Callable[[Addressed], Rendered | str]:
    from notifiers.messages import render

    templates = _templates(office)

    def rendered(telling: Addressed) -> Rendered | str:
        message = render(telling, templates)
        return message if isinstance(message, Rendered) else str(message)

    return rendered


Run = TypeVar("Run", RunOut, AlsoRevised)


def with_states(out: Run, store: "Store", portfolio: str) -> Run:
    """A run with its messages as they stand in the outbox now."""
    rows = store.outbox(portfolio, out.period)
    states: dict[tuple[str, tuple[str, ...]], str] = {
        (one.rendered.audience, (one.rendered.address,)): one.state.value for one in rows if one.run == out.run
    }
    messages = [one.model_copy(update={"state": states.get((one.audience, one.to), one.state)}) for one in out.messages]
    if isinstance(out, RunOut):
        messages += _queued_since(out, rows)
    return out.model_copy(update={"messages": tuple(messages)})


def _queued_since(out: RunOut, rows: Sequence[OutboxMessage]) -> Iterator[MessageOut]:
    """The messages of a run that were queued once it was published: the office's."""
    if out.published == "unchanged":
        return
    known = {(one.audience, one.to) for one in out.messages}
    for one in reversed(rows):
        if one.run == out.run and (one.rendered.audience, (one.rendered.address,)) not in known:
            yield message_out(one.rendered, one.state)


# ---- trying without consequences


def preview(office: Office, name: str, period_name: str | None) -> "Preview":
    """The messages that a run would queue now, and why others could not be made; nothing is kept or sent."""
    from engine import previewing

    run, publications = _run(office, name, period_name, publish=False)
    with open_the_store(office) as store:
        return previewing.of_a_run(office, declared(office, name), store, run, publications, _renderer(office))


def preview_asking(office: Office, name: str, kind: "Kind", period_name: str | None) -> "Preview":
    """The same of `ask_for_returns`."""
    from engine import previewing

    with open_the_store(office) as store:
        return previewing.of_asking(office, declared(office, name), store, kind, period_name, _renderer(office))


def preview_telling(office: Office, name: str, audience: str) -> "Preview":
    """The same of telling an audience with a calendar of its own."""
    from engine import previewing

    with open_the_store(office) as store:
        return previewing.of_a_telling(office, declared(office, name), store, audience, _renderer(office))
