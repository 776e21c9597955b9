"""Reminders, chasers and the office's mail: what is known is gathered, messages are rendered and put into the outbox.

Each message is queued once: a command given again the same day says what is already there.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from engine.alerts.chasing import OWNERS, Asked, asked
from engine.alerts.officenews import about_to_end, office_notices, office_told
from engine.alerts.owed import owed
from engine.alerts.release import state_when_queued, too_many
from engine.deciding import list_acts
from engine.intake import Taken, take_in
from engine.model.acts import OfficeAct
from engine.model.addressed import Addressed
from engine.model.alerts import NEEDS_A_PERSON, OutboxMessage, Rendered
from engine.model.jobs import JobState
from engine.model.notices import Failed, Owed, Workbook
from engine.model.problems import Problem
from engine.model.run import RunOut
from engine.model.workspace import Lifecycle
from engine.office import Office, UsageError
from engine.periods import Period, day_in_words
from engine.pipeline import Declared, facts_of
from engine.store.records import Queued
from engine.store.store import Store
from engine.workspace.dates import due_date, lifecycle_on
from engine.workspace.jobs import planned, words_for

Kind = Literal["reminder", "chaser"]
RenderAny = Callable[[Addressed], Rendered | str]  # a message's frozen bytes, or why there are none


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What a reminder or chase came to."""

    kind: Kind
    period: Period
    due: date
    late: bool  # whether that day has passed: nobody is chased before
    queued: tuple[OutboxMessage, ...]  # new with this command
    already: tuple[OutboxMessage, ...]  # queued earlier the same day
    owing: int  # subjects that owe something
    complete: int  # live subjects that owe nothing any more
    problems: tuple[Problem, ...]  # whom nobody can ask, and messages that could not be made


class ReadyToAsk(NamedTuple):
    """A reminder's or chase's messages, before any of them is queued."""

    period: Period
    due: date
    owing: Mapping[str, Owed]  # by ref
    messages: list[Queued]
    problems: list[Problem]


class OfficeMail(NamedTuple):
    """The office's messages, and why some could not be made."""

    messages: list[Queued]
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class Overdue:
    """What is still owed of the last period that fell due."""

    period: Period
    due: date
    owed: Mapping[str, Owed]  # by ref


def overdue(office: Office, about: Declared, store: Store) -> Overdue | None:
    """What of the last period that fell due is still owed; None where none has fallen due yet."""
    last, _ = _due_around(office, about)
    if last is None:
        return None
    return Overdue(*last, _owed(office, about, take_in(office, about, store, keep=False), last.period))


def ask_for_returns(
    office: Office, about: Declared, store: Store, kind: Kind, period_name: str | None, render: RenderAny
) -> AskedFor:
    """Queue a message to everybody who owes a return for a period.

    The period is the next one that falls due, or for chasers the last that did, where none is named. Nobody is chased
    on the due date or before it. Raises UsageError where a reminder would come after it.
    """
    ready = ready_to_ask(office, about, store, kind, period_name, render)
    period, due, owing = ready.period, ready.due, ready.owing
    new = store.queue(ready.messages, None, office.now)
    ids = {one.rendered.id for one in ready.messages}
    rows = list(reversed(store.outbox(ids=ids)))
    cadence, every = office.cadence(about.portfolio.portfolio), about.portfolio.subjects.values()
    live = [one for one in every if lifecycle_on(one, period.end, cadence) is Lifecycle.LIVE]
    return AskedFor(
        kind=kind, period=period, due=due, late=office.today > due, owing=len(owing),
        complete=sum(bool(one.measures) and one.ref not in owing for one in live),
        queued=tuple(one for one in rows if one.id in new), already=tuple(one for one in rows if one.id not in new),
        problems=tuple(ready.problems),
    )  # fmt: skip


def ready_to_ask(
    office: Office, about: Declared, store: Store, kind: Kind, period_name: str | None, render: RenderAny
) -> ReadyToAsk:
    """As `ask_for_returns`, but for the queueing."""
    period, due = _due(office, about, kind, period_name)
    taken = take_in(office, about, store, keep=False)
    owing = _owed(office, about, taken, period)
    wanted = Asked([], [])
    if kind == "reminder" or office.today > due:
        wanted = asked(
            office.workspace, about.portfolio, kind, period, due, owing,
            _workbooks(office, about, period, due, owing), office.now, office.today,
        )  # fmt: skip
    ready = ReadyToAsk(period, due, owing, [], list(wanted.problems))
    for notice in wanted.notices:
        message = render(notice)
        if isinstance(message, str):
            ready.problems.append(Problem(file="", where=f"message to {notice.recipient}", what=message))
            continue
        state, why = state_when_queued(OWNERS, too_many(len(wanted.notices), office.workspace.settings.mail))
        ready.messages.append(Queued(message, (), state, why))
    return ready


def tell_office(
    office: Office, about: Declared, store: Store, run: RunOut | None, period: Period, render: RenderAny
) -> list[Problem]:
    """Queue the office's mail to who is told after a run, where there is anything they don't know yet.

    Answers why some could not be made. `run` is the last of the period, if there is one. Asked again with nothing new
    it queues nothing. Raises StoreError.
    """
    names = told_after_run(office)
    if not names:
        return []
    seen = store.seen(about.portfolio.portfolio)
    mail = office_mail(office, about, store, run, period, render, names)
    store.queue(mail.messages, run.run if run else None, office.now, {about.portfolio.portfolio: seen})
    return mail.problems


def told_after_run(office: Office) -> list[str]:
    """The audiences that are told of problems after a run."""
    return [
        name
        for name, audience in office.workspace.audiences.items()
        if audience.tell == "problems" and audience.when == "after run"
    ]


def office_mail(
    office: Office,
    about: Declared,
    store: Store,
    run: RunOut | None,
    period: Period,
    render: RenderAny,
    audiences: Collection[str],
    occurrence: str | None = None,
    stuck: Iterable[OutboxMessage] | None = None,
) -> OfficeMail:
    """What these audiences don't know yet of what they have to look at.

    `run` is the last of the period, if there is one. `occurrence` is the day of the telling, for audiences with a
    calendar of their own; `stuck` are the messages that are held, dead or uncertain, as the outbox has them where they
    aren't named.
    """
    name = about.portfolio.portfolio
    taken = take_in(office, about, store, keep=False)
    notices = office_notices(
        office.workspace, about.portfolio, period, run,
        store.outbox(name, states=NEEDS_A_PERSON) if stuck is None else stuck,
        _owed(office, about, taken, period), due_date(about.portfolio, period, about.working), store.told(name),
        office.now, office.today, _acts_ending(office, about, store, period), failed_jobs(office, store),
    )  # fmt: skip
    mail = OfficeMail([], [])
    for notice in (one for one in notices if one.audience in audiences):
        occasion = f"{period.id} on {occurrence}" if occurrence is not None else notice.occurrence
        message = render(notice.model_copy(update={"occurrence": occasion}))
        if isinstance(message, str):
            mail.problems.append(Problem(file="", where=f"message to {notice.recipient}", what=message))
            continue
        state, why = state_when_queued(office.workspace.audiences[notice.audience], "")  # of what was held, too
        mail.messages.append(Queued(message, tuple(office_told(notice, message.id)), state, why))
    return mail


def _acts_ending(office: Office, about: Declared, store: Store, period: Period) -> list[OfficeAct]:
    """The silences and acknowledgements in force that end before the office has its next mail."""
    name = about.portfolio.portfolio
    standing = (one.act for one in list_acts(office, store, name) if one.state == "in force")
    after = office.cadence(name).after(period)
    next_due = due_date(about.portfolio, after, about.working) if after is not None else None
    return about_to_end((act for act in standing if not act.kind.is_judgement), office.today, next_due)


def failed_jobs(office: Office, store: Store) -> list[Failed]:
    """The jobs of the service that were given up when they last came round, and what does each by hand."""
    jobs, zone = {one.name: one for one in planned(office.workspace)}, ZoneInfo(office.workspace.calendar.time_zone)
    found: list[Failed] = []
    for kept in store.jobs.last(jobs):
        if kept.state is JobState.FAILED:
            job, due = jobs[kept.job], kept.due.astimezone(zone).date()
            words = words_for(job, kept.day, due, office.workspace)
            found.append(Failed(
                job=kept.job, slot=kept.slot, portfolio="" if job.do in ("tell", "backup") else job.about,
                due=due, tries=kept.tries, why=kept.detail, command=" ".join(("telltale", *(words or ()))),
            ))  # fmt: skip
    return found


def _owed(office: Office, about: Declared, taken: Taken, period: Period) -> dict[str, Owed]:
    facts = facts_of(about, taken.returns, office.today)
    return owed(about.portfolio, facts.book, facts.rows, taken.returns, period)


class _Due(NamedTuple):
    """A period with the day on which its returns are due."""

    period: Period
    day: date


def _due(office: Office, about: Declared, kind: Kind, name: str | None) -> _Due:
    """The period named, or the one that is to be reminded of or chased. Raises UsageError."""
    portfolio = about.portfolio
    if name is None:
        last, following = _due_around(office, about)
        found = last or following if kind == "chaser" else following
        if found is None:
            raise UsageError(f"{portfolio.portfolio} has no period that is still to fall due; name one with --period")
        return found
    period = office.period(portfolio.portfolio, name)
    if period.end < office.period(portfolio.portfolio, portfolio.starts).end:
        raise UsageError(f"{name} is history: {portfolio.portfolio} starts with {portfolio.starts}")
    due = due_date(portfolio, period, about.working)
    if kind == "reminder" and office.today > due:
        raise UsageError(
            f"the returns of {name} were due on {day_in_words(due)}; chase them: telltale mail chase "
            f"{portfolio.portfolio} --period {name}"
        )
    return _Due(period, due)


def _due_around(office: Office, about: Declared) -> tuple[_Due | None, _Due | None]:
    """The last period that is late by now, and the first that isn't; None where there is none."""
    last: _Due | None = None
    for one in _due_dates(office, about):
        if one.day >= office.today:
            return last, one
        last = one
    return last, None


def _due_dates(office: Office, about: Declared) -> Iterator[_Due]:
    """Every period from the first that is judged on, oldest first, as far as the cadence goes."""
    cadence = office.cadence(about.portfolio.portfolio)
    at: Period | None = office.period(about.portfolio.portfolio, about.portfolio.starts)
    while at is not None:
        yield _Due(at, due_date(about.portfolio, at, about.working))
        at = cadence.after(at)


def _workbooks(office: Office, about: Declared, period: Period, due: date, owing: Iterable[str]) -> dict[str, Workbook]:
    """The workbook of each owner of something that is owed, by owner: as `returns template` writes it."""
    from engine.returns.earlier import rows_before
    from engine.returns.template import Wanted, has_rows, is_open, template

    portfolio = about.portfolio
    owners = {portfolio.subjects[ref].owner for ref in owing} - {None}
    if not owners:
        return {}
    before = rows_before(office.returns_folder, portfolio, about.scheme, period)
    subjects = [one for one in portfolio.subjects.values() if is_open(one, portfolio, period) and has_rows(one, before)]
    return {
        owner: Workbook(
            name=f"{owner}.xlsx",
            data=template(
                Wanted(portfolio, about.scheme, period, due, [one for one in subjects if one.owner == owner], before)
            ),
        )
        for owner in sorted(owner for owner in owners if owner is not None)
    }
