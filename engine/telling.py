"""Telling an audience with a calendar of its own: decided, rendered and queued in one transaction, once an occurrence.

Also what all tellings stand on: what was told, decided and done before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from engine.alerts.audiences import concerns
from engine.alerts.cases import CaseChanges
from engine.calendars import Occurrence, Recurrence, read
from engine.model.alerts import Decision
from engine.model.calendars import OwnCalendar
from engine.model.problems import Problem
from engine.model.run import MessageOut
from engine.notices import RenderAny, office_mail
from engine.office import Office, UsageError
from engine.periods import WorkingDays
from engine.pipeline import Declared, Published, message_out, tell
from engine.store.records import MadeTelling, Queued, StoredRun
from engine.store.store import Store
from engine.workspace.dates import working_days

State = Literal["told", "told before", "nothing published"]


@dataclass(frozen=True, slots=True)
class AudienceTold:
    """What telling an audience of one portfolio came to."""

    portfolio: str
    audience: str
    occurrence: str  # a day, ISO
    state: State
    made: str = ""  # when it was told, ISO
    run: str = ""  # what it was told of
    next: str = ""  # of one that was told before: the next day to come, ISO
    period: str = ""
    asked: int = 0  # how many decisions were made
    queued: tuple[str, ...] = ()  # the ids of the messages
    messages: tuple[MessageOut, ...] = ()  # as they stand in the outbox
    problems: tuple[Problem, ...] = ()  # whom nobody could reach, and messages that could not be made


class NewTelling(NamedTuple):
    """What telling an audience of one portfolio comes to, before any of it is kept."""

    decisions: Sequence[Decision]
    messages: Sequence[Queued]
    problems: tuple[Problem, ...]


def portfolios_of(office: Office, audience: str, portfolio: str | None) -> list[str]:
    """The portfolios that an audience is told of, or the one named.

    Raises UsageError for an audience that there isn't, that is told after each run, or that the portfolio named
    doesn't concern.
    """
    office.check_audience(audience)
    known = office.workspace.audiences
    if known[audience].when == "after run":
        raise UsageError(f"{audience} has no calendar of its own: telltale run tells it")
    concerned = [name for name in office.names(portfolio) if concerns(known[audience], office.portfolio(name))]
    if portfolio is not None and not concerned:
        raise UsageError(f"{audience} is not told of {portfolio}: see `about` in config/audiences.yaml")
    return concerned


@dataclass(frozen=True, slots=True)
class Days:
    """The days on which an audience is told, by its own calendar. An occurrence is named by the day it is held."""

    office: Office
    audience: str

    def occurrence(self, day: str | None) -> str:
        """The occurrence meant by a day, as ISO has it; the last that came round without one.

        Raises UsageError where the calendar doesn't have the day, or it is still to come: what was told for it now
        would not be told on it.
        """
        zone = ZoneInfo(self.office.workspace.calendar.time_zone)
        if day is None:
            last = self._last(self.office.now)
            if last is not None:
                return last.held_on.isoformat()
            first = self._next(self.office.now)
            if first is None:
                raise UsageError(f"{self.audience} never comes round: no day of its calendar is left")
            at = f"{first.held_on.isoformat()}, at {first.due.astimezone(zone):%H:%M}"
            raise UsageError(f"{self.audience} has not come round yet: its first day is {at}")
        try:
            midnight = datetime.combine(date.fromisoformat(day), time.min, zone)
            just_before = midnight - timedelta(microseconds=1)
            found = self._next(just_before)
        except (ValueError, OverflowError):  # too early or too late for any calendar, as year 1 is
            raise UsageError(f"{day!r} is not a day; write it as 2019-02-22") from None
        if found is None or found.held_on != midnight.date():
            near = [one.held_on.isoformat() for one in (self._last(just_before), found) if one is not None]
            nearest = f"nearest are {' and '.join(near)}" if len(near) > 1 else f"nearest is {''.join(near)}"
            raise UsageError(f"{day} is no day on which {self.audience} is told; the {nearest}")
        if found.due > self.office.now:
            at, now = f"{found.due.astimezone(zone):%H:%M}", f"{self.office.now.astimezone(zone):%Y-%m-%d %H:%M}"
            raise UsageError(
                f"{day} is still to come: {self.audience} is told at {at} on that day, and it is {now} now"
            )
        return found.held_on.isoformat()

    @property
    def next(self) -> str:
        """The next day to come, as ISO has it; "" where there is none."""
        following = self._next(self.office.now)
        return following.held_on.isoformat() if following is not None else ""

    def _last(self, until: datetime) -> Occurrence | None:
        return self._calendar.last(self._working, self.office.workspace.calendar.time_zone, until)

    def _next(self, after: datetime) -> Occurrence | None:
        return self._calendar.next(self._working, self.office.workspace.calendar.time_zone, after)

    @property
    def _calendar(self) -> Recurrence:
        when = self.office.workspace.audiences[self.audience].when
        assert isinstance(when, OwnCalendar)  # noqa: S101 - `portfolios_of` sees to it
        return read(when)

    @property
    def _working(self) -> WorkingDays:
        return working_days(self.office.workspace.calendar)


def tell_audience(
    office: Office, about: Declared, store: Store, audience: str, occurrence: str, render: RenderAny
) -> AudienceTold:
    """Tell an audience of what is published last of a portfolio, unless it has been told for that occurrence.

    Raises StoreError, busy, where a run is published meanwhile or another program tells of the same portfolio.
    """
    name = about.portfolio.portfolio
    if (made := store.telling(audience, name, occurrence)) is not None:
        following = Days(office, audience).next
        return AudienceTold(
            name, audience, occurrence, "told before", made.made.isoformat(), made.run, next=following
        )  # fmt: skip
    seen = store.seen(name)
    stored = store.latest_run(name)
    of_problems = office.workspace.audiences[audience].tell == "problems"
    if stored is None or (of_problems and not office.has_period(name, stored.period)):
        return AudienceTold(name, audience, occurrence, "nothing published")
    new = about_to_tell(office, about, store, stored, audience, occurrence, render)
    telling = MadeTelling(audience, name, occurrence, stored.id, office.now)
    store.tell(telling, new.decisions, new.messages, seen, run=None if of_problems else stored.id)
    return AudienceTold(
        name, audience, occurrence, "told", office.now.isoformat(), stored.id, period=stored.period,
        asked=len(new.decisions), queued=_ids(new.messages), problems=new.problems,
    )  # fmt: skip


def about_to_tell(
    office: Office, about: Declared, store: Store, stored: StoredRun, audience: str, occurrence: str, render: RenderAny
) -> NewTelling:
    """What an audience is told of a published run for an occurrence; nothing is kept."""
    name = about.portfolio.portfolio
    if office.workspace.audiences[audience].tell == "problems":
        period = office.period(name, stored.period)
        mail = office_mail(office, about, store, stored.out, period, render, (audience,), occurrence)
        return NewTelling((), mail.messages, tuple(mail.problems))
    before, cases = published_until(store, stored), CaseChanges((), tuple(store.open_cases(name)), ())
    run = stored.out.model_copy(update={"messages": (), "problems": ()})
    alerted = tell(about, run, before, cases, {audience: occurrence}, office.now, render)
    return NewTelling(alerted.decisions, alerted.messages, alerted.run.problems)


def _ids(messages: Iterable[Queued]) -> tuple[str, ...]:
    return tuple(one.rendered.id for one in messages)


def published_until(store: Store, stored: StoredRun) -> Published:
    """What a telling about a published run stands on."""
    name = stored.portfolio
    return Published(
        run=None,
        previous={},
        rules_hash=None,
        told=tuple(store.told(name)),
        silenced=store.silenced(name),
        history=store.history(name, before=stored.period_end),
        periods=tuple(store.published_periods(name, before=stored.period_end)),
        acts=store.acts(name),
    )


def with_states(told: AudienceTold, store: Store, undelivered: Iterable[Problem]) -> AudienceTold:
    """The answer with its messages as they stand in the outbox now, and what kept them from being delivered."""
    messages = tuple(message_out(one.rendered, one.state) for one in reversed(store.outbox(ids=told.queued)))
    return replace(told, messages=messages, problems=(*told.problems, *undelivered))
