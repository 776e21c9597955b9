"""Dates by the workspace's calendar, and what holds on a day where `config/` says "from …"."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from engine.model.workspace import (
    Calendar,
    DatedNumber,
    EveryWeeks,
    Lifecycle,
    LifecycleSpan,
    Measure,
    Portfolio,
    SeriesBreak,
    Subject,
    cadence_of,
)
from engine.periods import MONTHS, Cadence, Months, Period, PeriodError, WorkingDays
from engine.workspace.spelling import did_you_mean

NOT_SET = "not set"  # a dated number's text for "from here on there is none"
LATEST_YEAR = 2200  # beyond it a date is a slip of the keyboard

_DUE = re.compile(r"([1-9]\d?)(?:st|nd|rd|th)(?:( working)? day)?")
DatedT = TypeVar("DatedT", DatedNumber, LifecycleSpan, SeriesBreak)

_BEGUN = (Lifecycle.LIVE, Lifecycle.DEVELOPING, Lifecycle.NOT_STARTED)


@cache
def working_days(calendar: Calendar) -> WorkingDays:
    """The working days of a calendar whose country and region are known; public holidays are looked up year by year."""
    also_closed = frozenset(calendar.also_closed)

    @cache
    def public_holidays(year: int) -> frozenset[date]:
        import holidays  # slow to import, and most commands need no holiday

        return frozenset(holidays.country_holidays(calendar.country, subdiv=calendar.region, years=year))

    return WorkingDays(lambda day: day in also_closed or day in public_holidays(day.year))


def by_calendar(portfolio: Portfolio, working: WorkingDays) -> Portfolio:
    """The portfolio with its reporting days moved off holidays, where it says so."""
    if not isinstance(portfolio.reports, EveryWeeks):
        return portfolio
    return portfolio.model_copy(update={"reports": portfolio.reports.by(working)})


def moves_with_holidays(portfolio: Portfolio) -> bool:
    """Whether the calendar says when its periods end."""
    return isinstance(portfolio.reports, EveryWeeks) and portfolio.reports.on_holiday != "keep"


def due_date(portfolio: Portfolio, period: Period, working: WorkingDays) -> date:
    """The last day on which a period's returns are not late: `returns_due`, counted from the day after its end.

    Raises PeriodError where `returns_due` can't be read.
    """
    return due_day(portfolio.returns_due)(period.end, working)


def due_day(text: str) -> Callable[[date, WorkingDays], date]:
    """`returns_due` as written ("5th working day", "10th day" or just "10th"): the day due, by the period's last day.

    Days are counted from the day after the period's end; for whole months the 10th day is the 10th of the next month.
    Raises PeriodError for anything else: "last day" does not say of what.
    """
    match = _DUE.fullmatch(text)
    if not match:
        raise PeriodError(f"{text!r} is not a day that returns are due on; write it as 5th working day, or 10th day")
    number = int(match[1])
    if match[2]:
        return lambda end, working: working.nth(number, end + timedelta(days=1))
    return lambda end, working: end + timedelta(days=number)


def local_day(now: datetime, calendar: Calendar) -> date:
    """The day that it is in the workspace's time zone. `now` must know its own zone, else ValueError."""
    if now.tzinfo is None:
        raise ValueError(f"{now.isoformat()} does not say its time zone")
    return now.astimezone(ZoneInfo(calendar.time_zone)).date()


def starts(portfolio: Portfolio) -> Period:
    """The first period that is judged. Raises PeriodError where `starts` is no period of the portfolio's cadence."""
    period = cadence_of(portfolio).period(portfolio.starts)
    if period.end.year > LATEST_YEAR:
        raise PeriodError(f"{portfolio.starts} is too far ahead; write a period before {LATEST_YEAR}")
    return period


def year_starts_in(portfolio: Portfolio) -> int:
    """The month (1 to 12) in which the portfolio's financial year begins. Raises PeriodError for no month."""
    if portfolio.year_starts not in MONTHS:
        cure = did_you_mean(portfolio.year_starts, MONTHS) or "write its name in full, such as April"
        raise PeriodError(f"{portfolio.year_starts!r} is not a month; {cure}")
    return MONTHS.index(portfolio.year_starts) + 1


def first_day(text: str, cadence: Cadence) -> date:
    """The day from which something holds, as `from:` writes it: a day, a month ("2019-04") or a period's name.

    Raises PeriodError for anything else.
    """
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            day = date.fromisoformat(text)
        elif re.fullmatch(r"\d{4}-\d\d", text):
            day = date(int(text[:4]), int(text[5:]), 1)
        else:
            day = cadence.period(text).start
    except ValueError:
        raise PeriodError(
            f"{text!r} is not a date; write a month such as 2019-04, or a day such as 2019-04-01"
        ) from None
    if day.year > LATEST_YEAR:
        raise PeriodError(f"{text} is too far ahead; write a date before {LATEST_YEAR}")
    return day


def last_day(text: str, cadence: Cadence) -> date:
    """The last day on which something holds, as `until:` writes it: a day, a month, or a period's name.

    Raises PeriodError for anything else.
    """
    first = first_day(text, cadence)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return first
    if re.fullmatch(r"\d{4}-\d\d", text):
        return Months().containing(first).end
    period = cadence.containing(first)
    if period is None:
        raise PeriodError(f"{text!r} is not a period; write a day such as 2019-04-30")
    return period.end


def periods_in(text: str) -> int:
    """How many periods a text such as "3 periods" means. Raises PeriodError for anything else."""
    match = re.fullmatch(r"([1-9]\d{0,2}) periods?", text)
    if not match:
        raise PeriodError(f"{text!r} is not a number of periods; write it as 3 periods")
    return int(match[1])


def dated_number(value: str | tuple[DatedNumber, ...] | None, on: date, cadence: Cadence) -> str | None:
    """The text that holds on a day ("50%", "up"); None where there is none, or none any more ("not set")."""
    if isinstance(value, tuple):
        dated = _latest(value, on, cadence)
        value = dated.value if dated is not None else None
    return None if value == NOT_SET else value


def lifecycle_on(subject: Subject, day: date, cadence: Cadence) -> Lifecycle:
    """Where a subject is in its life on a day; live where nothing is said.

    Before the first span there is the state it must have come from: not started where the first says that it went
    live, is developing or has not started; else (closed, not monitored) live.
    """
    if not subject.lifecycle:
        return Lifecycle.LIVE
    span = _latest(subject.lifecycle, day, cadence)
    if span is not None:
        return span.is_
    first = min(subject.lifecycle, key=lambda one: first_day(one.from_, cadence))
    return Lifecycle.NOT_STARTED if first.is_ in _BEGUN else Lifecycle.LIVE


def series_start(measure: Measure, day: date, cadence: Cadence) -> date | None:
    """The first day of the series that the measure's figures belong to on a day; None where it was never broken."""
    broken = _latest(measure.series, day, cadence)
    return first_day(broken.from_, cadence) if broken is not None else None


def _latest(dated: Iterable[DatedT], day: date, cadence: Cadence) -> DatedT | None:
    begun = [one for one in dated if first_day(one.from_, cadence) <= day]
    return max(begun, key=lambda one: first_day(one.from_, cadence), default=None)
