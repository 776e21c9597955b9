"""When something comes round: the words, holidays, clocks, and that each slot of a calendar has one occurrence."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendars import AT, CalendarError, Occurrence, read
from engine.model.calendars import OwnCalendar
from engine.model.workspace import Calendar
from engine.periods import WorkingDays
from engine.workspace.dates import working_days

LONDON = "Europe/London"
ENGLAND = working_days(Calendar())
SCOTLAND = working_days(Calendar(region="SCT"))
IRELAND = working_days(Calendar(region="NIR"))


def of(year: int, working: WorkingDays = ENGLAND, zone: str = LONDON, **written: Any) -> list[Occurrence]:
    """What a calendar makes of a year, by the wall clock of its zone."""
    calendar = OwnCalendar.model_validate(written)
    after = datetime(year, 1, 1, tzinfo=ZoneInfo(zone)) - timedelta(microseconds=1)
    until = datetime(year + 1, 1, 1, tzinfo=ZoneInfo(zone)) - timedelta(microseconds=1)
    return list(read(calendar).occurrences(working, zone, after, until))


def days(found: list[Occurrence]) -> str:
    return " ".join(f"{one.held_on:%d/%m}" for one in found)


# ---- the one before, and the one after


@pytest.mark.parametrize(
    ("written", "before", "after"),
    [
        ({"every": "day"}, "2019-02-25", "2019-02-26"),
        ({"every": "month", "on": "last Friday"}, "2019-02-22", "2019-03-29"),
        ({"every": "quarter", "on": "last day"}, "2018-12-31", "2019-04-01"),  # a Sunday, moved
        ({"every": "12 months", "on": "1st Monday", "from": "2016-03-01"}, "2018-03-05", "2019-03-04"),
        ({"every": "12 months", "on": "last day", "from": "2013-12-01", "on_holiday": "skip"},
         "2018-12-31", "2019-12-31"),
        ({"every": "12 months", "on": "1st Monday", "from": "2019-03-01"}, None, "2019-03-04"),
        ({"every": "52 weeks", "from": "2016-02-29"}, "2019-02-25", "2020-02-24"),
        ({"dates": ["1999-05-04", "2030-05-07"]}, "1999-05-04", "2030-05-07"),
        ({"dates": ["2019-02-25"]}, "2019-02-25", None),
    ],
)  # fmt: skip
def test_the_last_that_came_round_and_the_next_to_come(
    written: dict[str, Any], before: str | None, after: str | None
) -> None:
    calendar, now = read(OwnCalendar.model_validate(written)), datetime(2019, 2, 25, 12, tzinfo=UTC)
    last, following = calendar.last(ENGLAND, LONDON, now), calendar.next(ENGLAND, LONDON, now)
    assert (last and last.held_on.isoformat(), following and following.held_on.isoformat()) == (before, after)


# ---- the words


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"every": "month", "on": "6th working day"},
         "09/01 09/02 09/03 10/04 11/05 08/06 08/07 10/08 08/09 08/10 09/11 08/12"),
        ({"every": "month", "on": "2nd working day"},
         "05/01 03/02 03/03 02/04 05/05 02/06 02/07 04/08 02/09 02/10 03/11 02/12"),
        ({"every": "month", "on": "last Friday", "on_holiday": "keep"},
         "30/01 27/02 27/03 24/04 29/05 26/06 31/07 28/08 25/09 30/10 27/11 25/12"),
        ({"every": "month", "on": "last Friday"},
         "30/01 27/02 27/03 24/04 29/05 26/06 31/07 28/08 25/09 30/10 27/11 29/12"),
        ({"every": "month", "on": "last Friday", "on_holiday": "previous working day"},
         "30/01 27/02 27/03 24/04 29/05 26/06 31/07 28/08 25/09 30/10 27/11 24/12"),
        ({"every": "month", "on": "last Friday", "on_holiday": "skip"},
         "30/01 27/02 27/03 24/04 29/05 26/06 31/07 28/08 25/09 30/10 27/11"),
        ({"every": "month", "on": "last working day"},
         "30/01 27/02 31/03 30/04 29/05 30/06 31/07 28/08 30/09 30/10 30/11 31/12"),
        ({"every": "month", "on": "last day", "on_holiday": "keep"},
         "31/01 28/02 31/03 30/04 31/05 30/06 31/07 31/08 30/09 31/10 30/11 31/12"),
        ({"every": "month", "on": "1st Monday", "on_holiday": "keep"},
         "05/01 02/02 02/03 06/04 04/05 01/06 06/07 03/08 07/09 05/10 02/11 07/12"),
        ({"every": "quarter", "on": "10th working day"}, "15/01 16/04 14/07 14/10"),
        ({"every": "quarter", "on": "last Friday"}, "27/03 26/06 25/09 29/12"),
        ({"every": "2 months", "on": "20th", "from": "2026-02-01"}, "20/02 20/04 22/06 20/08 20/10 21/12"),
        ({"every": "6 months", "on": "1st working day", "from": "2025-04-01"}, "01/04 01/10"),
        ({"dates": ["2026-01-15", "2026-05-14", "2027-01-14"]}, "15/01 14/05"),
        ({"dates": ["2026-12-25"]}, "25/12"),
        ({"every": "8 weeks", "from": "2026-01-09"}, "09/01 06/03 01/05 26/06 21/08 16/10 11/12"),
    ],
)  # fmt: skip
def test_the_offices_words_mean_the_days_of_2026(written: dict[str, Any], expected: str) -> None:
    assert days(of(2026, **written)) == expected


def test_every_two_weeks_is_counted_from_its_day_across_years_and_clock_changes() -> None:
    written: dict[str, Any] = {"every": "2 weeks", "from": "2016-10-31", "on_holiday": "keep"}
    found = of(2026, **written)
    assert len(found) == 26
    assert {one.held_on.weekday() for one in found} == {0}
    assert all(b.held_on - a.held_on == timedelta(weeks=2) for a, b in pairwise(found))
    assert (found[0].held_on - date(2016, 10, 31)).days % 14 == 0
    assert {one.due.astimezone(ZoneInfo(LONDON)).strftime("%H:%M") for one in found} == {AT}


def test_a_week_and_a_working_day_come_as_often_as_the_year_has_them() -> None:
    mondays = of(2026, every="week", on="Monday")
    assert len(mondays) == 52
    assert days([one for one in mondays if one.moved]) == "07/04 05/05 26/05 01/09 29/12"
    assert len(of(2026, every="working day")) == 253
    assert len(of(2028, every="day")) == 366


# ---- working days by country and region


def test_each_part_of_the_kingdom_has_its_own_working_days() -> None:
    first: dict[str, Any] = {"every": "month", "on": "2nd working day"}
    assert days(of(2026, ENGLAND, **first)[:1]) == "05/01"
    assert days(of(2026, SCOTLAND, **first)[:1]) == "06/01"  # the 2nd of January is a holiday there
    assert working_days(Calendar(region="WLS")).is_working(date(2026, 3, 17))
    assert not IRELAND.is_working(date(2026, 3, 17))  # Saint Patrick
    assert not SCOTLAND.is_working(date(2026, 11, 30))  # Saint Andrew
    assert working_days(Calendar(country="IE", region=None)).is_working(date(2026, 8, 31))
    assert not working_days(Calendar(country="FR", region=None)).is_working(date(2026, 7, 14))


def test_days_when_the_council_is_closed_count_too() -> None:
    closed = working_days(Calendar(also_closed=(date(2026, 1, 2),)))
    assert days(of(2026, closed, every="month", on="1st working day")[:1]) == "05/01"


def test_a_slot_keeps_its_name_whatever_becomes_of_its_day() -> None:
    closed = working_days(Calendar(also_closed=(date(2026, 1, 2),)))
    written: dict[str, Any] = {"every": "month", "on": "2nd working day"}
    assert [one.slot for one in of(2026, closed, **written)] == [one.slot for one in of(2026, **written)]
    assert of(2026, **written)[0].slot == "2026-01"
    assert of(2026, every="quarter", on="last day")[3].slot == "2026-Q4"
    assert of(2026, every="month", on="last Friday")[-1].slot == "2026-12"


# ---- clocks


@pytest.mark.parametrize(
    ("at", "day", "due"),
    [
        ("07:00", "2026-03-28", "2026-03-28T07:00"),
        ("07:00", "2026-03-29", "2026-03-29T06:00"),  # summer time has begun
        ("01:30", "2026-03-29", "2026-03-29T01:30"),  # there is no such time: an hour later by the wall
        ("01:30", "2026-10-25", "2026-10-25T00:30"),  # there are two: the first
        ("07:00", "2026-10-26", "2026-10-26T07:00"),
    ],
)
def test_times_are_by_the_wall_clock_and_each_day_has_one(at: str, day: str, due: str) -> None:
    found = [one for one in of(2026, every="day", at=at) if one.day.isoformat() == day]
    assert [one.due for one in found] == [datetime.fromisoformat(due).replace(tzinfo=UTC)]


def test_an_office_elsewhere_goes_by_its_own_clock() -> None:
    (first, *_) = of(2026, ENGLAND, "Pacific/Auckland", every="month", on="6th working day", at="07:00")
    assert first.due.isoformat() == "2026-01-08T18:00:00+00:00"


# ---- what is refused


@pytest.mark.parametrize(
    ("written", "key", "said"),
    [
        ({}, None, "this says neither or both of `every` and `dates`"),
        ({"every": "month", "dates": ["2026-01-01"]}, None, "this says neither or both of `every` and `dates`"),
        ({"dates": ["2026-01-01"], "on": "Monday"}, "dates", "listed dates have no `on` and no `from`"),
        ({"every": "fortnight", "on": "Monday"}, "every", "`fortnight` is not a time to come round; write 2 weeks"),
        ({"every": "Monthly"}, "every", "`Monthly` is not a time to come round; write month"),
        ({"every": "2 weeks"}, "every", "add `from:`"),
        ({"every": "2 months", "on": "20th"}, "every", "add `from:`"),
        ({"every": "2 weeks", "from": "2026-01-01", "on": "Friday"}, "on", "`from` is a Thursday, and the weeks are"),
        ({"every": "month"}, "every", "add `on:`, such as 6th working day, last Friday or 20th"),
        ({"every": "week"}, "every", "add `on:`, such as Monday"),
        ({"every": "month", "on": "Friday"}, "on", "write 1st Friday, or last Friday"),
        ({"every": "week", "on": "last Friday"}, "on", "write Monday, or another"),
        ({"every": "month", "on": "31st"}, "on", "`31st` does not come in every month"),
        ({"every": "month", "on": "5th Friday"}, "on", "`5th Friday` is not a day of it"),
        ({"every": "month", "on": "22nd working day"}, "on", "does not come in every month"),
        ({"every": "month", "on": "2th working day"}, "on", "does not come in every month"),
        ({"every": "month", "on": "last"}, "on", "write last day, last working day or last Friday"),
        ({"every": "month", "on": "20th", "at": "7am"}, "at", '`7am` is not a time of day; write it as "09:00"'),
        ({"every": "day", "on_holiday": "next working day"}, "on_holiday", "write `every: working day`"),
    ],
)
def test_what_can_not_be_kept_is_refused_with_what_to_write(
    written: dict[str, object], key: str | None, said: str
) -> None:
    with pytest.raises(CalendarError) as caught:
        read(OwnCalendar.model_validate(written))
    assert caught.value.key == key
    assert said in str(caught.value)


# ---- of any calendar

ORDINALS = ("1st", "2nd", "3rd", "6th", "15th")
IN_MONTHS = st.one_of(
    st.sampled_from([f"{nth} working day" for nth in (*ORDINALS, "last")]),
    st.sampled_from(["1st Monday", "4th Friday", "last Friday", "last Sunday", "1st", "25th", "28th", "last day"]),
)
FROM = st.dates(date(2015, 1, 1), date(2027, 12, 31))
WRITTEN = st.one_of(
    st.fixed_dictionaries({"every": st.sampled_from(["month", "quarter"]), "on": IN_MONTHS}),
    st.fixed_dictionaries({"every": st.sampled_from(["2 months", "6 months"]), "on": IN_MONTHS, "from": FROM}),
    st.fixed_dictionaries({"every": st.sampled_from(["2 weeks", "3 weeks", "52 weeks"]), "from": FROM}),
    st.fixed_dictionaries({"every": st.just("week"), "on": st.sampled_from(["Monday", "Friday", "Sunday"])}),
    st.fixed_dictionaries({"every": st.sampled_from(["day", "working day"])}),
    st.fixed_dictionaries({"dates": st.lists(st.dates(date(2026, 1, 1), date(2028, 12, 31)), min_size=1)}),
)
TIMES = st.sampled_from(["00:00", "01:00", "01:30", "02:00", "07:00", "23:59"])
HOLIDAY = st.sampled_from([None, "next working day", "previous working day", "skip", "keep"])
PLACES = st.sampled_from(
    [(ENGLAND, LONDON), (SCOTLAND, LONDON), (ENGLAND, "Pacific/Apia"), (ENGLAND, "America/New_York")]
)


@given(
    written=WRITTEN,
    at=TIMES,
    on_holiday=HOLIDAY,
    place=PLACES,
    cuts=st.lists(st.integers(0, 730 * 24 * 60), max_size=8),
)
def test_however_time_is_cut_each_slot_comes_round_once_and_in_order(
    written: dict[str, object], at: str, on_holiday: str | None, place: tuple[WorkingDays, str], cuts: list[int]
) -> None:
    if written.get("every") in ("day", "working day") and on_holiday and "working" in on_holiday:
        on_holiday = "skip"
    recurrence = read(OwnCalendar.model_validate({**written, "at": at, "on_holiday": on_holiday}))
    working, zone = place
    begin = datetime(2026, 12, 1, tzinfo=UTC)
    moments = [begin, *(begin + timedelta(minutes=cut) for cut in sorted(cuts)), begin + timedelta(days=730)]
    pieces = [one for a, b in pairwise(moments) for one in recurrence.occurrences(working, zone, a, b)]
    whole = list(recurrence.occurrences(working, zone, moments[0], moments[-1]))
    assert pieces == whole
    assert len({one.slot for one in whole}) == len(whole)
    assert [one.due for one in whole] == sorted(one.due for one in whole)
    inside = recurrence.slots(working, date(2027, 1, 31), date(2028, 10, 1))
    come = {one.slot for one in whole}
    for slot, day in inside:
        assert slot in come or (recurrence.on_holiday == "skip" and not working.is_working(day))
    if recurrence.on_holiday in ("next working day", "previous working day"):
        assert all(working.is_working(one.held_on) for one in whole)
