"""When something comes round: a calendar as the office writes it, and its occurrences. Pure arithmetic on dates.

An occurrence belongs to a *slot* of its calendar (a month, a week, a day), and there is one in each. The slot names it:
neither the clock, nor a change to summer time, nor another holiday can make two of one, or none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from engine.model.calendars import OwnCalendar
from engine.periods import WorkingDays

AT = "09:00"  # where a calendar says no time of day
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LATEST_WORKING_DAY = 15  # a later one may not come in every month
LATEST_DAY = 28

OnHoliday = Literal["next working day", "previous working day", "skip", "keep"]

EVERY = r"day|working day|week|month|quarter|([2-9]|[1-4]\d|5[0-2]) weeks|([2346]|12) months"
_ANY_WEEKDAY = "|".join(WEEKDAYS)
ON_SCHEMA = rf"(?:(?:1st|2nd|3rd|4th|last) )?(?:{_ANY_WEEKDAY})|(?:\d{{1,2}}(?:st|nd|rd|th)|last)(?: working day| day)?"
_EVERY = re.compile(EVERY)
_ON = re.compile(
    rf"(?P<weekday>{_ANY_WEEKDAY})"
    rf"|(?P<nth_weekday>1st|2nd|3rd|4th|last) (?P<of>{_ANY_WEEKDAY})"
    r"|(?P<nth_working>\d{1,2}(?:st|nd|rd|th)|last) working day"
    r"|(?P<nth_day>\d{1,2}(?:st|nd|rd|th)|last)(?P<day> day)?"
)
_WORDS = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "workingdays": "working day",
    "fortnight": "2 weeks",
    "fortnightly": "2 weeks",
    "everyotherweek": "2 weeks",
    "everysecondweek": "2 weeks",
    "year": "12 months",
    "yearly": "12 months",
    "annually": "12 months",
    "everyothermonth": "2 months",
}
_MOVED_AT_MOST = timedelta(days=40)  # by holidays: who looks for a day looks this far about
_LONGEST = timedelta(days=12 * 366)  # between two times of what comes every year, and not where it falls on a holiday


class CalendarError(ValueError):
    """A calendar that can't be read: `key` is where, `what` and `cure` are for a person."""

    def __init__(self, key: str | None, what: str, cure: str) -> None:
        super().__init__(f"{what}; {cure}")
        self.key, self.what, self.cure = key, what, cure


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that something comes round."""

    slot: str  # "2026-12", "2026-Q4", "2026-W05" or a day: there is one occurrence in each
    day: date  # by the calendar alone
    held_on: date  # the day itself, moved where that was no working day
    due: datetime  # the moment, in UTC

    @property
    def moved(self) -> bool:
        return self.held_on != self.day


@dataclass(frozen=True)
class Recurrence:
    """A calendar, understood."""

    unit: Literal["day", "working day", "week", "weeks", "month", "quarter", "dates"]
    number: int  # of weeks or months
    origin: date | None  # nothing comes before it
    on: "re.Match[str] | None"
    at: time
    on_holiday: OnHoliday
    dates: tuple[date, ...]

    def occurrences(
        self, working: WorkingDays, time_zone: str, after: datetime, until: datetime
    ) -> Iterator[Occurrence]:
        """Those due after a moment and until another, oldest first."""
        first, last = (moment.astimezone(ZoneInfo(time_zone)).date() for moment in (after, until))
        around = timedelta(days=1) if self.unit in ("day", "working day") else _MOVED_AT_MOST
        found = [
            one
            for slot, day in self._days(working, first - around, last + around)
            if (one := self._occurrence(slot, day, working, time_zone)) and after < one.due <= until
        ]
        yield from sorted(found, key=lambda one: (one.due, one.day))

    def last(self, working: WorkingDays, time_zone: str, now: datetime) -> Occurrence | None:
        """The last one due by a moment; None where there was none."""
        every = (list(self.occurrences(working, time_zone, now - span, now)) for span in self._spans(now))
        return next((found[-1] for found in every if found), None)

    def next(self, working: WorkingDays, time_zone: str, now: datetime) -> Occurrence | None:
        """The first one due after a moment; None where none comes."""
        every = (list(self.occurrences(working, time_zone, now, now + span)) for span in self._spans(now))
        return next((found[0] for found in every if found), None)

    def _spans(self, now: datetime) -> Sequence[timedelta]:
        """How far to look, ever further; in the end as far as there can be one."""
        farthest = max((abs(now.date() - day) + _MOVED_AT_MOST for day in self.dates), default=_LONGEST)
        return (timedelta(days=50), timedelta(days=500), farthest)

    def slots(self, working: WorkingDays, first: date, last: date) -> list[tuple[str, date]]:
        """Every slot whose day, before any is moved, lies between two days (both included), with that day."""
        return [(slot, day) for slot, day in self._days(working, first, last) if first <= day <= last]

    def _occurrence(self, slot: str, day: date, working: WorkingDays, time_zone: str) -> Occurrence | None:
        held_on = day
        if not working.is_working(day) and self.on_holiday != "keep":
            if self.on_holiday == "skip":
                return None
            step = timedelta(days=1 if self.on_holiday == "next working day" else -1)
            while not working.is_working(held_on):
                held_on += step
        # A time that summer time leaves out comes an hour later; of one that comes twice, the first counts.
        due = datetime.combine(held_on, self.at, ZoneInfo(time_zone)).astimezone(UTC)
        return Occurrence(slot, day, held_on, due)

    def _days(self, working: WorkingDays, first: date, last: date) -> Iterator[tuple[str, date]]:
        """Slots with their days, of at least all those between two days."""
        if self.unit == "dates":
            yield from ((day.isoformat(), day) for day in sorted(set(self.dates)))
            return
        if self.origin is not None:
            first = max(first, self.origin)
        if self.unit in ("day", "working day"):
            days = (first + timedelta(days=number) for number in range((last - first).days + 1))
            yield from ((day.isoformat(), day) for day in days if self.unit == "day" or working.is_working(day))
        elif self.unit == "weeks":
            assert self.origin is not None  # noqa: S101 - `read` sees to it
            step = timedelta(weeks=self.number)
            at = self.origin + (first - self.origin) // step * step
            while at <= last:
                yield at.isoformat(), at
                at += step
        elif self.unit == "week":
            at = first - timedelta(days=first.weekday())
            while at <= last:
                year, week, _ = at.isocalendar()
                day = at + timedelta(days=WEEKDAYS.index(self.on["weekday"] if self.on else "Monday"))
                if day >= first:
                    yield f"{year}-W{week:02}", day
                at += timedelta(weeks=1)
        else:
            yield from self._in_months(working, first, last)

    def _in_months(self, working: WorkingDays, first: date, last: date) -> Iterator[tuple[str, date]]:
        begins = _month_number(self.origin) if self.origin and self.unit == "month" else 0
        at = begins + (_month_number(first) - begins) // self.number * self.number
        while (start := _first_of(at)) <= last:
            end = _first_of(at + (self.number if self.unit == "quarter" else 1)) - timedelta(days=1)
            slot = f"{start.year}-Q{start.month // 3 + 1}" if self.unit == "quarter" else f"{start:%Y-%m}"
            day = _day_in(start, end, self.on, working)
            if self.origin is None or day >= self.origin:
                yield slot, day
            at += self.number


def read(calendar: OwnCalendar) -> Recurrence:
    """A calendar as written, understood. Raises CalendarError for the first thing that can't be."""
    every, on = calendar.every, calendar.on
    if (every is None) == (not calendar.dates):
        raise CalendarError(None, "this says neither or both of `every` and `dates`", "write one of them")
    at = _time(calendar.at or AT)
    if every is None:
        if on is not None or calendar.from_ is not None:
            raise CalendarError("dates", "listed dates have no `on` and no `from`", "take them out")
        return Recurrence("dates", 0, None, None, at, calendar.on_holiday or "keep", calendar.dates)
    match = _EVERY.fullmatch(every)
    if not match:
        what = f"`{every}` is not a time to come round"
        meant = _WORDS.get(re.sub(r"[^a-z]", "", every.casefold()))
        cure = f"write {meant}" if meant else "write day, working day, week, 2 weeks, month, 2 months or quarter"
        raise CalendarError("every", what, cure)
    number = int(match[1] or match[2] or (3 if every == "quarter" else 1))
    unit = _unit(every)
    origin = _origin(calendar, needed=unit == "weeks" or (unit == "month" and number > 1))
    if unit in ("day", "working day") and calendar.on_holiday in ("next working day", "previous working day"):
        what = "what comes every day can't be moved to another"
        raise CalendarError("on_holiday", what, "write `every: working day`, or `on_holiday: skip` or `keep`")
    default: OnHoliday = "keep" if unit in ("day", "working day") else "next working day"
    return Recurrence(unit, number, origin, _on(on, unit, origin), at, calendar.on_holiday or default, ())


def _unit(every: str) -> Literal["day", "working day", "week", "weeks", "month", "quarter"]:
    match every:
        case "day" | "working day" | "week" | "month" | "quarter":
            return every
    return "weeks" if every.endswith("weeks") else "month"


def _origin(calendar: OwnCalendar, *, needed: bool) -> date | None:
    if calendar.from_ is None and needed:
        what = f"`every: {calendar.every}` does not say from when"
        raise CalendarError("every", what, "add `from:` with the first day, such as 2019-01-31")
    return calendar.from_


def _time(text: str) -> time:
    if not re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", text):
        raise CalendarError("at", f"`{text}` is not a time of day", 'write it as "09:00"')
    return time.fromisoformat(text)


def _on(text: str | None, unit: str, origin: date | None) -> "re.Match[str] | None":
    """`on`, as it has to be with that unit."""
    if unit in ("day", "working day"):
        if text is not None:
            raise CalendarError("on", f"`on` has no meaning with `every: {unit}`", "take it out")
        return None
    if unit == "weeks":
        if text is not None and origin is not None and text != WEEKDAYS[origin.weekday()]:
            what = f"`from` is a {WEEKDAYS[origin.weekday()]}, and the weeks are counted from it"
            raise CalendarError("on", what, "take `on` out, or let `from` be such a day")
        return None
    if text is None:
        example = "Monday" if unit == "week" else "6th working day, last Friday or 20th"
        raise CalendarError("every", f"`every: {unit}` does not say on which day", f"add `on:`, such as {example}")
    match = _ON.fullmatch(text)
    if not match:
        raise CalendarError("on", f"`{text}` is not a day of it", "write 6th working day, last Friday, Monday or 20th")
    if (unit == "week") != (match["weekday"] is not None):
        if unit == "week":
            raise CalendarError("on", f"`{text}` is no day of a week", "write Monday, or another")
        raise CalendarError("on", f"`{text}` does not say which in the {unit}", f"write 1st {text}, or last {text}")
    for key, latest in (("nth_working", LATEST_WORKING_DAY), ("nth_day", LATEST_DAY)):
        nth = match[key]
        if nth is not None and nth != "last" and (nth != ordinal(int(nth[:-2])) or not 1 <= int(nth[:-2]) <= latest):
            cure = f"write 1st to {ordinal(latest)}, or last {'working day' if key == 'nth_working' else 'day'}"
            raise CalendarError("on", f"`{text}` does not come in every month", cure)
    if match["nth_day"] == "last" and not match["day"]:
        raise CalendarError("on", "`last` does not say of what", "write last day, last working day or last Friday")
    return match


def _day_in(start: date, end: date, on: "re.Match[str] | None", working: WorkingDays) -> date:
    """The day that `on` means between two days, both included."""
    assert on is not None  # noqa: S101 - `read` sees to it
    if nth := on["nth_working"]:
        if nth != "last":
            return working.nth(int(nth[:-2]), start)
        while not working.is_working(end):
            end -= timedelta(days=1)
        return end
    if nth := on["nth_weekday"]:
        weekday = WEEKDAYS.index(on["of"])
        if nth == "last":
            return end - timedelta(days=(end.weekday() - weekday) % 7)
        return start + timedelta(days=(weekday - start.weekday()) % 7 + 7 * (int(nth[0]) - 1))
    return end if on["nth_day"] == "last" else start + timedelta(days=int(on["nth_day"][:-2]) - 1)


def ordinal(number: int) -> str:
    """A number in its place: 1st, 2nd, 3rd, 11th."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_of(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)
