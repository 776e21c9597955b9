"""Reporting periods, financial years and working days: pure arithmetic on dates."""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import ClassVar, Protocol

MONTHS = ("January", "February", "March", "April", "May", "June", "July",
          "August", "September", "October", "November", "December")  # fmt: skip
EARLIEST, LATEST = 1900, 9998  # years that a period may be in


class PeriodError(ValueError):
    """A period, year or cadence that can't be read; the message is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Period:
    """One reporting period: its name ("2019-01"), first and last day."""

    id: str
    start: date
    end: date

    def __str__(self) -> str:
        return self.id


class Cadence(Protocol):
    """How a portfolio's time is cut into periods."""

    @property
    def words(self) -> str:
        """The cadence as an office says it: "monthly", "every 2 weeks from 31 October 2016"."""

    def period(self, name: str) -> Period:
        """The period of that name. Raises PeriodError where there is none."""

    def containing(self, day: date) -> Period | None:
        """The period in which the day lies; None where the cadence has none."""

    def before(self, period: Period) -> Period | None:
        """The period before; None where the cadence has none."""

    def after(self, period: Period) -> Period | None:
        """The period after; None where the cadence has none."""


@dataclass(frozen=True)
class Months:
    """Periods of whole calendar months: 1 (named "2019-01") or 3 ("2019-Q1", of the calendar year)."""

    length: int = 1
    _NAME: ClassVar[dict[int, str]] = {1: r"([0-9]{4})-([0-9]{2})", 3: r"([0-9]{4})-Q([1-4])"}

    @property
    def words(self) -> str:
        return "monthly" if self.length == 1 else "quarterly"

    def period(self, name: str) -> Period:
        match = re.fullmatch(self._NAME[self.length], name)
        if not match or not 1 <= int(match[2]) <= 12 // self.length or not EARLIEST <= int(match[1]) <= LATEST:
            example = "2019-01" if self.length == 1 else "2019-Q1"
            raise PeriodError(f"{name!r} is not a {self.words} period; write it as {example}")
        return self._starting(int(match[1]) * 12 + (int(match[2]) - 1) * self.length)

    def containing(self, day: date) -> Period:
        return self._starting(day.year * 12 + (day.month - 1) // self.length * self.length)

    def before(self, period: Period) -> Period:
        return self.containing(period.start - timedelta(days=1))

    def after(self, period: Period) -> Period:
        return self.containing(period.end + timedelta(days=1))

    def _starting(self, months: int) -> Period:
        start, end = _first_of(months), _first_of(months + self.length) - timedelta(days=1)
        number = (start.month - 1) // self.length + 1
        name = f"{start.year}-{start.month:02}" if self.length == 1 else f"{start.year}-Q{number}"
        return Period(name, start, end)


@dataclass(frozen=True)
class Weeks:
    """Periods of some weeks, named by the day they report at ("2016-10-31"), which is their last day.

    `moved` is what becomes of a reporting day on a holiday. The period then ends on another day and keeps its name: a
    holiday that is announced later renames nothing. A day never moves beyond its neighbours; it then stays.
    """

    every: int
    origin: date
    moved: Callable[[date], date] | None = None

    @property
    def words(self) -> str:
        return f"every {self.every} weeks from {day_in_words(self.origin)}"

    def period(self, name: str) -> Period:
        day = _iso_day(name, self.words)
        if (day - self.origin).days % self._length.days:
            near = self.containing(day)
            if near.end == day:
                raise PeriodError(f"{name} is the day on which {near.id} reports; write {near.id}")
            raise PeriodError(f"{name} is not a reporting day ({self.words}); the next is {near.id}")
        return self._reporting(day)

    def containing(self, day: date) -> Period:
        reports = day + timedelta(days=-(day - self.origin).days % self._length.days)
        if day > self._end(reports):
            reports += self._length
        elif day <= self._end(reports - self._length):
            reports -= self._length
        return self._reporting(reports)

    def before(self, period: Period) -> Period:
        return self.containing(period.start - timedelta(days=1))

    def after(self, period: Period) -> Period:
        return self.containing(period.end + timedelta(days=1))

    @property
    def _length(self) -> timedelta:
        return timedelta(weeks=self.every)

    def _reporting(self, day: date) -> Period:
        return Period(day.isoformat(), self._end(day - self._length) + timedelta(days=1), self._end(day))

    def _end(self, reports: date) -> date:
        moved = reports if self.moved is None else self.moved(reports)
        return moved if abs(moved - reports) < self._length else reports


@dataclass(frozen=True)
class Dates:
    """Periods that end on listed days and are named by them; each begins the day after the one before."""

    days: tuple[date, ...]

    @property
    def words(self) -> str:
        return f"on {len(self.days)} listed dates"

    @cached_property
    def _periods(self) -> tuple[Period, ...]:
        days = sorted(set(self.days))
        starts = [days[0], *(day + timedelta(days=1) for day in days[:-1])]
        return tuple(Period(end.isoformat(), start, end) for start, end in zip(starts, days, strict=True))

    def period(self, name: str) -> Period:
        day = _iso_day(name, self.words)
        found = next((period for period in self._periods if period.end == day), None)
        if found is None:
            raise PeriodError(f"{name} is not one of the {len(self._periods)} dates under `reports`")
        return found

    def containing(self, day: date) -> Period | None:
        found = bisect_left([period.end for period in self._periods], day)
        return self._periods[found] if found < len(self._periods) and self._periods[found].start <= day else None

    def before(self, period: Period) -> Period | None:
        earlier = [other for other in self._periods if other.end < period.start]
        return earlier[-1] if earlier else None

    def after(self, period: Period) -> Period | None:
        return next((other for other in self._periods if other.start > period.end), None)


def periods_between(cadence: Cadence, first: Period, last: Period) -> list[Period]:
    """All periods from `first` to `last`, both included; empty where `last` comes before `first`."""
    periods: list[Period] = []
    at: Period | None = first
    while at is not None and at.end <= last.end:
        periods.append(at)
        at = cadence.after(at)
    return periods


def financial_year(day: date, starts_in: int) -> str:
    """The label of the financial year in which a day lies ("2018/19"), the year beginning in month `starts_in`.

    A year that begins in January is written as the calendar year alone ("2019").
    """
    first = day.year if day.month >= starts_in else day.year - 1
    return year_label(first, starts_in)


def year_label(first: int, starts_in: int) -> str:
    """The label of the financial year that begins in the calendar year `first`."""
    return str(first) if starts_in == 1 else f"{first}/{(first + 1) % 100:02}"


def read_year(text: str, starts_in: int) -> str:
    """A financial year as people write it ("2018/19", "18/19", "2018-19", "2018/2019") as its label.

    Raises PeriodError where it can't be one: the second year must be the first plus one.
    """
    if starts_in == 1 and re.fullmatch(r"[0-9]{4}", text.strip()):
        return text.strip()
    match = re.fullmatch(r"([0-9]{2}|[0-9]{4})\s*[/–-]\s*([0-9]{2}|[0-9]{4})", text.strip())
    if not match:
        raise PeriodError(f"{text!r} is not a financial year; write it as {year_label(2018, starts_in)}")
    first = int(match[1]) if len(match[1]) == 4 else 2000 + int(match[1])
    if int(match[2]) % 100 != (first + 1) % 100 or (len(match[2]) == 4 and int(match[2]) != first + 1):
        raise PeriodError(f"{text!r} can't be a financial year; did you mean {year_label(first, starts_in)}?")
    return year_label(first, starts_in)


def year_bounds(label: str, starts_in: int) -> tuple[date, date]:
    """The first and last day of a financial year."""
    first = int(label[:4])
    start = date(first, starts_in, 1)
    return start, _first_of((first + 1) * 12 + starts_in - 1) - timedelta(days=1)


@dataclass(frozen=True)
class WorkingDays:
    """Working days by a test of what is closed (a public holiday, a day of the council's own); weekends always are."""

    closed: Callable[[date], bool]

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5 and not self.closed(day)

    def moved(self, day: date, step: int) -> date:
        """The day itself, or where it is a holiday the next working day (`step` 1) or the one before (-1)."""
        if not self.closed(day):
            return day
        while not self.is_working(day):
            day += timedelta(days=step)
        return day

    def nth(self, number: int, from_day: date) -> date:
        """The `number`th working day (1 is the first) on or after a day."""
        day, left = from_day, number
        while True:
            if self.is_working(day):
                left -= 1
                if not left:
                    return day
            day += timedelta(days=1)


def day_in_words(day: date) -> str:
    """A date as a letter writes it: "31 January 2019"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def period_in_words(period: Period) -> str:
    """A period as a person says it: "January 2019", "January to March 2019", "the period to 31 October 2016"."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}", period.id):
        return f"{MONTHS[period.start.month - 1]} {period.start.year}"
    if "Q" in period.id:
        return f"{MONTHS[period.start.month - 1]} to {MONTHS[period.end.month - 1]} {period.end.year}"
    return f"the period to {day_in_words(date.fromisoformat(period.id))}"  # its name, wherever a holiday moved its end


def period_words(period: str) -> str:
    """A period by its id, as a person says it: "January 2019", "the quarter to March 2019", "31 October 2016"."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}", period):
        return f"{MONTHS[int(period[5:]) - 1]} {period[:4]}"
    if match := re.fullmatch(r"([0-9]{4})-Q([1-4])", period):
        return f"the quarter to {MONTHS[int(match[2]) * 3 - 1]} {match[1]}"
    return day_in_words(date.fromisoformat(period))


def _first_of(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)


def _iso_day(text: str, words: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    if not EARLIEST <= day.year <= LATEST or not text.isascii():
        raise PeriodError(f"{text!r} is not a reporting day ({words}); write it as 2016-10-31")
    return day
