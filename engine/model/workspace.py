"""What a workspace declares: portfolios and their subjects, measures, schemes, people, audiences, calendar, settings.

These models are both what `config/` may say (validated as written) and what the other rooms read.
"""

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Literal

from pydantic import Field, PrivateAttr

from engine.model.base import Frozen
from engine.model.calendars import Day, Job, OwnCalendar
from engine.model.settings import Settings
from engine.model.values import Unit
from engine.periods import Cadence, Dates, Months, PeriodError, Weeks, WorkingDays


class Level(StrEnum):
    PORTFOLIO = "portfolio"
    PROGRAMME = "programme"
    PROJECT = "project"


class Lifecycle(StrEnum):
    LIVE = "live"
    NOT_STARTED = "not started"
    DEVELOPING = "developing"
    NOT_MONITORED = "not monitored"
    CLOSED = "closed"


class Better(StrEnum):
    """A measure's polarity."""

    HIGHER = "higher"
    LOWER = "lower"


class TargetWord(StrEnum):
    """A target that is not a number."""

    TO_BE_SET = "to be set"
    UP = "up"
    DOWN = "down"


class Trap(StrEnum):
    """A slip that a returned figure looks like: looked for unless `ignore_traps` names it."""

    ZERO = "zero"  # where nothing is known
    UNCHANGED = "unchanged"  # carried forward
    JUMP = "jump"  # 10, 100 or 1,000 times too much or too little
    THOUSANDS = "thousands"  # pounds for thousands of pounds
    OVER_100 = "over_100"  # per cent
    TARGET = "target"  # changed without a reason


IgnoredTraps = Literal["all"] | tuple[Trap, ...]


def ignored(*named: IgnoredTraps) -> frozenset[Trap]:
    """The traps that any of several `ignore_traps` name."""
    return frozenset(trap for one in named for trap in (Trap if one == "all" else one))


# ---- schemes


class Status(Frozen):
    """One status of a scheme."""

    id: str
    name: str
    code: str
    colour: str = "#505a5f"  # background, with white or black text on it
    definition: str = ""
    aliases: tuple[str, ...] = ()
    exception: bool = False
    lifecycle: Lifecycle | None = None  # only outside the order


class Scheme(Frozen):
    """Statuses best first, and those outside the order, which a lifecycle gives."""

    scheme: str
    title: str
    statuses: tuple[Status, ...]
    outside: tuple[Status, ...] = ()

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {status.id: rank for rank, status in enumerate(self.statuses)}

    @cached_property
    def _by_id(self) -> dict[str, Status]:
        return {status.id: status for status in (*self.statuses, *self.outside)}

    @property
    def best(self) -> Status:
        return self.statuses[0]

    def rank(self, status: str | None) -> int | None:
        """0 for the best; None outside the order (closed, not rated)."""
        return None if status is None else self._ranks.get(status)

    def get(self, status: str) -> Status | None:
        return self._by_id.get(status)

    def name(self, status: str | None) -> str:
        """The name a person reads; "Not rated" for none."""
        return self._by_id[status].name if status is not None else "Not rated"

    def is_exception(self, status: str | None) -> bool:
        return status is not None and self._by_id[status].exception

    def of_lifecycle(self, lifecycle: Lifecycle) -> Status | None:
        """The status outside the order that a lifecycle gives; None where it gives none (live)."""
        return next((status for status in self.outside if status.lifecycle is lifecycle), None)


# ---- measures and subjects


class DatedNumber(Frozen):
    """A number that holds from a period or day on, with why and who agreed. `value: not set` ends it."""

    from_: str = Field(alias="from")
    value: str  # as written ("50%", "£1.769m", "not set", "up"); read with the measure's unit
    why: str = ""
    approved_by: str = ""


class SeriesBreak(Frozen):
    """From here on a measure's figures can't be compared with earlier ones."""

    from_: str = Field(alias="from")
    why: str = ""
    settles_after: str = ""  # "12 periods"


class Measure(Frozen):
    """A measure as the portfolio defines it."""

    title: str
    unit: Unit
    better: Better | None = None  # without it the measure has no direction and is never coloured
    decimals: int | None = None
    parts: tuple[str, ...] = ()
    adds_up: bool = False  # the periods' figures add up over the year
    supporting: bool = False  # has its own status, doesn't move its project
    group: str | None = None  # by which the `only` of rules may name it, with others
    reported: Literal["each period", "quarterly"] = "each period"
    starts: str | None = None  # the first period or day with a figure: before it none is owed
    equals: str | None = None  # worked out from other measures of the subject
    series: tuple[SeriesBreak, ...] = ()
    ignore_traps: IgnoredTraps = ()


class LifetimeTarget(Frozen):
    """What is to be reached by the end of a span, of which the year's end is not the end."""

    value: str  # as written, read with the measure's unit
    from_: str = Field(alias="from")  # a period or day
    until: str
    why: str = ""


class MeasureHere(Frozen):
    """A measure as one subject carries it."""

    target: str | tuple[DatedNumber, ...] | None = None
    target_text: str = ""  # how it was agreed, where that is more than a figure; shown, and never read
    year_target: str | tuple[DatedNumber, ...] | None = None
    lifetime_target: LifetimeTarget | None = None
    supporting: bool | None = None  # overrides the measure's
    ignore_traps: IgnoredTraps = ()  # beside the measure's


class LifecycleSpan(Frozen):
    from_: str = Field(alias="from")
    is_: Lifecycle = Field(alias="is")
    why: str = ""


class _SubjectFields(Frozen):
    ref: str
    title: str
    owner: str | None = None
    measures: dict[str, MeasureHere] = {}
    lifecycle: tuple[LifecycleSpan, ...] = ()
    ends: Day | None = None  # the last day of its plan; without one, that of what it is in
    savings: Literal["counted", "not counted"] = "counted"
    ignore_traps: IgnoredTraps = ()  # in all that it returns itself


class Project(_SubjectFields):
    """A project as written."""


class Programme(_SubjectFields):
    """A programme as written; programmes nest."""

    programmes: tuple["Programme", ...] = ()
    projects: tuple[Project, ...] = ()


class Subject(Frozen):
    """Whatever gets a status: the portfolio, a programme or a project, with its place in the tree."""

    ref: str
    title: str
    level: Level
    owner: str | None
    parent: str | None  # ref
    children: tuple[str, ...]  # refs, in the order written
    depth: int  # 0 for the portfolio
    measures: dict[str, MeasureHere]
    lifecycle: tuple[LifecycleSpan, ...]
    savings_counted: bool
    ignore_traps: IgnoredTraps = ()
    ends: date | None = None  # the last day of its plan, or of the plan that it is part of


class FixedDates(Frozen):
    dates: tuple[Day, ...]


class EveryWeeks(Frozen):
    every: str  # "2 weeks"
    from_: Day = Field(alias="from")
    on_holiday: Literal["keep", "next working day", "previous working day"] = "keep"
    _working: WorkingDays | None = PrivateAttr(None)  # by the workspace's calendar; without one, days are kept

    def by(self, working: WorkingDays) -> "EveryWeeks":
        """The same by a calendar, which says what is a holiday."""
        one = self.model_copy()
        one._working = working
        return one

    def moved(self, day: date) -> date:
        """What a reporting day becomes."""
        if self._working is None or self.on_holiday == "keep":
            return day
        return self._working.moved(day, 1 if self.on_holiday == "next working day" else -1)


class Portfolio(Frozen):
    """A portfolio as written, with its subjects laid out as a tree."""

    portfolio: str
    title: str
    scheme: str
    owner: str | None = None
    reports: Literal["monthly", "quarterly"] | EveryWeeks | FixedDates = "monthly"
    starts: str  # a period's name: earlier returns are history
    year_starts: str = "April"
    returns_due: str = "5th working day"
    ends: Day | None = None  # the last day of its plan
    savings_years: Literal["add up", "stand alone"] = "add up"
    measures: dict[str, Measure] = {}
    measures_here: dict[str, MeasureHere] = {}  # those that the portfolio itself carries
    ignore_traps: IgnoredTraps = ()  # in all that is returned of the portfolio itself
    programmes: tuple[Programme, ...] = ()
    projects: tuple[Project, ...] = ()  # directly under the portfolio

    @cached_property
    def subjects(self) -> dict[str, Subject]:
        """Every subject by its ref: the portfolio first, then depth first in the order written."""
        return {subject.ref: subject for subject in self._walk()}

    @cached_property
    def deepest_first(self) -> list[list[Subject]]:
        """The subjects level by level (by depth), the deepest level first: the order in which they are judged."""
        deepest = max(subject.depth for subject in self.subjects.values())
        return [[s for s in self.subjects.values() if s.depth == depth] for depth in range(deepest, -1, -1)]

    def descendants(self, ref: str) -> Iterator[Subject]:
        """Everything below a subject, depth first."""
        for child in self.subjects[ref].children:
            yield self.subjects[child]
            yield from self.descendants(child)

    def _walk(self) -> Iterator[Subject]:
        yield Subject(
            ref=self.portfolio, title=self.title, level=Level.PORTFOLIO, owner=self.owner, parent=None, depth=0,
            children=tuple(child.ref for child in _both(self.programmes, self.projects)),
            measures=self.measures_here, lifecycle=(), savings_counted=True,
            ignore_traps=self.ignore_traps, ends=self.ends,
        )  # fmt: skip
        for child in _both(self.programmes, self.projects):
            yield from _walk_below(child, self.portfolio, 1, self.ends)


def _both(programmes: tuple[Programme, ...], projects: tuple[Project, ...]) -> tuple[Programme | Project, ...]:
    return (*programmes, *projects)


def _walk_below(node: Programme | Project, parent: str, depth: int, ends: date | None) -> Iterator[Subject]:
    below = _both(node.programmes, node.projects) if isinstance(node, Programme) else ()
    ends = node.ends or ends
    yield Subject(
        ref=node.ref, title=node.title, parent=parent, depth=depth, owner=node.owner,
        level=Level.PROGRAMME if isinstance(node, Programme) else Level.PROJECT,
        children=tuple(child.ref for child in below), measures=node.measures, lifecycle=node.lifecycle,
        savings_counted=node.savings == "counted", ignore_traps=node.ignore_traps, ends=ends,
    )  # fmt: skip
    for child in below:
        yield from _walk_below(child, node.ref, depth + 1, ends)


# ---- people, audiences, calendar


class Deputy(Frozen):
    who: str
    from_: Day = Field(alias="from")
    until: Day


class Person(Frozen):
    """A role: whoever holds it reads its mail."""

    name: str
    email: str = ""  # without one nobody in this role can be told
    deputy: Deputy | None = None


class About(Frozen):
    """What an audience is told about; nothing given means everything."""

    portfolio: str | None = None
    level: Literal["portfolio", "programmes", "projects"] | None = None
    subjects: tuple[str, ...] = ()


class Audience(Frozen):
    """Who is told of what, at what status or worse, and when."""

    who: Literal["owners"] | tuple[str, ...]
    tell: Literal["statuses", "problems"] = "statuses"  # problems: what the office has to put right
    about: About = About()
    at: str = "exceptions"  # or a status id of the scheme: that status or worse
    when: Literal["after run"] | OwnCalendar = "after run"
    remediated: bool = True
    eased: bool = False
    remind_every: str | None = None  # "3 periods"
    next_up: str | None = None  # the audience that is told of what stays open here unacknowledged
    escalate_after: str = "3 periods"  # for how long, before it is
    release: Literal["by hand", "at once"] = "at once"


class Calendar(Frozen):
    country: str = "GB"
    region: str | None = "ENG"
    time_zone: str = "Europe/London"
    also_closed: tuple[Day, ...] = ()


class Workspace(Frozen):
    """The whole of `config/`, read and checked."""

    portfolios: dict[str, Portfolio]
    schemes: dict[str, Scheme]
    people: dict[str, Person]
    audiences: dict[str, Audience]
    calendar: Calendar
    settings: Settings
    schedule: dict[str, Job] = {}

    def scheme_of(self, portfolio: Portfolio) -> Scheme:
        return self.schemes[portfolio.scheme]


def cadence_of(portfolio: Portfolio) -> Cadence:
    """The portfolio's cadence. Raises PeriodError where `every` can't be read."""
    match portfolio.reports:
        case "monthly":
            return Months(1)
        case "quarterly":
            return Months(3)
        case FixedDates(dates=days):
            return Dates(days)
        case EveryWeeks(every=every, from_=origin) as weeks:
            match = re.fullmatch(r"([1-9]|[1-4]\d|5[0-2]) weeks?", every)
            if not match:
                raise PeriodError(f"`every: {every}` can't be read; write it as `every: 2 weeks`")
            return Weeks(int(match[1]), origin, weeks.moved)
