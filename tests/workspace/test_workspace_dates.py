"""Dates: when returns are due, and what holds on a day where config says "from …"."""

from datetime import UTC, date, datetime

import pytest

from engine.model.workspace import (
    Calendar,
    DatedNumber,
    Level,
    Lifecycle,
    LifecycleSpan,
    Measure,
    Portfolio,
    SeriesBreak,
    Subject,
)
from engine.periods import Months, PeriodError, Weeks
from engine.workspace.dates import (
    dated_number,
    due_date,
    first_day,
    lifecycle_on,
    local_day,
    periods_in,
    series_start,
    starts,
    working_days,
    year_starts_in,
)

ENGLAND = working_days(Calendar(also_closed=(date(2018, 12, 24),)))
MONTHLY = Months()


def portfolio(**fields: object) -> Portfolio:
    return Portfolio.model_validate({"portfolio": "p", "title": "P", "scheme": "s", "starts": "2019-01", **fields})


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2019, 1, 1), False),  # New Year's Day
        (date(2019, 1, 2), True),  # a holiday in Scotland alone
        (date(2019, 1, 5), False),  # Saturday
        (date(2019, 4, 19), False),  # Good Friday
        (date(2019, 4, 22), False),  # Easter Monday
        (date(2020, 5, 8), False),  # moved from 4 May
        (date(2021, 12, 28), False),  # in place of Boxing Day, a Sunday
        (date(2022, 9, 19), False),  # the day of the funeral of Elizabeth II
        (date(2018, 12, 24), False),  # the council's own
        (date(2019, 12, 24), True),
    ],
)
def test_a_working_day_is_neither_weekend_nor_holiday_nor_a_day_of_the_councils_own(day: date, working: bool) -> None:
    assert ENGLAND.is_working(day) is working


def test_a_country_without_a_region_has_its_own_holidays() -> None:
    france = working_days(Calendar(country="FR", region=None))
    assert not france.is_working(date(2020, 7, 14))
    assert france.is_working(date(2020, 12, 26)) is False  # a Saturday
    assert france.is_working(date(2019, 12, 26))


@pytest.mark.parametrize(
    ("due", "period", "day"),
    [
        ("5th working day", "2019-01", date(2019, 2, 7)),
        ("5th working day", "2018-12", date(2019, 1, 8)),  # after New Year's Day and a weekend
        ("1st working day", "2019-01", date(2019, 2, 1)),
        ("10th day", "2019-01", date(2019, 2, 10)),  # a Sunday: a day is a day
        ("10th", "2019-01", date(2019, 2, 10)),
        ("21st working day", "2018-11", date(2019, 1, 4)),  # the 20th, were the council open on Christmas Eve
    ],
)
def test_returns_are_due_counted_from_the_day_after_the_period(due: str, period: str, day: date) -> None:
    assert due_date(portfolio(returns_due=due), MONTHLY.period(period), ENGLAND) == day


def test_after_a_fortnight_that_ends_on_a_monday_the_count_begins_on_tuesday() -> None:
    every_two_weeks = Weeks(2, date(2016, 10, 31))
    assert due_date(portfolio(), every_two_weeks.period("2016-12-26"), ENGLAND) == date(2017, 1, 4)


@pytest.mark.parametrize(
    "text", ["last day", "5", "5th working", "0th day", "100th day", "5th Friday", "", "5th working days"]
)
def test_a_due_day_that_can_t_be_told_is_refused(text: str) -> None:
    with pytest.raises(
        PeriodError, match="is not a day that returns are due on; write it as 5th working day, or 10th day"
    ):
        due_date(portfolio(returns_due=text), MONTHLY.period("2019-01"), ENGLAND)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2019, 1, 31, 23, 59, tzinfo=UTC), date(2019, 1, 31)),
        (datetime(2019, 7, 31, 23, 30, tzinfo=UTC), date(2019, 8, 1)),  # British summer time
    ],
)
def test_the_day_is_that_of_the_workspaces_clock(now: datetime, day: date) -> None:
    assert local_day(now, Calendar()) == day


def test_a_time_without_its_zone_is_our_own_fault() -> None:
    with pytest.raises(ValueError, match="does not say its time zone"):
        local_day(datetime(2019, 1, 31), Calendar())  # noqa: DTZ001 - what is refused


def test_a_portfolio_starts_at_a_period_of_its_cadence() -> None:
    assert starts(portfolio()).end == date(2019, 1, 31)
    assert starts(portfolio(reports="quarterly", starts="2019-Q1")).end == date(2019, 3, 31)
    with pytest.raises(PeriodError, match="is not a quarterly period; write it as 2019-Q1"):
        starts(portfolio(reports="quarterly"))


@pytest.mark.parametrize("name", ["9999-12", "0000-01", "2500-01"])
def test_a_start_beyond_reason_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(PeriodError):
        starts(portfolio(starts=name))


def test_a_financial_year_begins_in_a_month() -> None:
    assert year_starts_in(portfolio()) == 4
    assert year_starts_in(portfolio(year_starts="January")) == 1
    with pytest.raises(PeriodError, match="'april' is not a month; did you mean `April`"):
        year_starts_in(portfolio(year_starts="april"))


def test_something_holds_from_a_day_a_month_or_a_period() -> None:
    assert first_day("2019-04-15", MONTHLY) == date(2019, 4, 15)
    assert first_day("2019-04", MONTHLY) == date(2019, 4, 1)
    assert first_day("2019-04", Months(3)) == date(2019, 4, 1)
    assert first_day("2019-Q2", Months(3)) == date(2019, 4, 1)
    assert first_day("2016-10-31", Weeks(2, date(2016, 10, 31))) == date(2016, 10, 31)


@pytest.mark.parametrize("text", ["2019-13", "2019-02-30", "April 2019", "2019-Q2", "0000-01", "9999-01", ""])
def test_a_date_that_can_t_be_read_is_refused(text: str) -> None:
    with pytest.raises(PeriodError, match=r"write a (month|date)"):
        first_day(text, MONTHLY)


@pytest.mark.parametrize(("text", "number"), [("1 period", 1), ("12 periods", 12)])
def test_a_number_of_periods_is_read(text: str, number: int) -> None:
    assert periods_in(text) == number


@pytest.mark.parametrize("text", ["0 periods", "periods", "3", "3 months", "1000 periods", "\u00b2 periods"])
def test_what_is_no_number_of_periods_is_refused(text: str) -> None:
    with pytest.raises(PeriodError, match="write it as 3 periods"):
        periods_in(text)


# ---- what holds on a day

TARGETS = tuple(
    DatedNumber.model_validate({"from": start, "value": value})
    for start, value in (("2019-04", "60%"), ("2018-04", "50%"), ("2019-07-15", "not set"))  # in any order
)


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2018, 3, 31), None),
        (date(2018, 4, 1), "50%"),
        (date(2019, 3, 31), "50%"),
        (date(2019, 4, 1), "60%"),
        (date(2019, 7, 14), "60%"),
        (date(2019, 7, 15), None),
    ],
)
def test_a_dated_target_holds_from_its_day_to_the_next(day: date, text: str | None) -> None:
    assert dated_number(TARGETS, day, MONTHLY) == text


def test_a_target_without_dates_always_holds() -> None:
    assert dated_number("50%", date(1999, 1, 1), MONTHLY) == "50%"
    assert dated_number("not set", date(1999, 1, 1), MONTHLY) is None
    assert dated_number(None, date(1999, 1, 1), MONTHLY) is None


def subject(*spans: tuple[str, str]) -> Subject:
    return Subject(
        ref="s", title="S", level=Level.PROJECT, owner=None, parent="p", children=(), depth=1, measures={},
        lifecycle=tuple(LifecycleSpan.model_validate({"from": start, "is": state}) for start, state in spans),
        savings_counted=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spans", "day", "state"),
    [
        ((), date(2019, 1, 31), Lifecycle.LIVE),
        ((("2018-04", "live"), ("2019-01", "closed")), date(2018, 12, 31), Lifecycle.LIVE),
        ((("2018-04", "live"), ("2019-01", "closed")), date(2019, 1, 1), Lifecycle.CLOSED),
        ((("2018-04", "live"), ("2019-01", "closed")), date(2018, 3, 31), Lifecycle.NOT_STARTED),
        ((("2019-04", "developing"),), date(2019, 3, 31), Lifecycle.NOT_STARTED),
        ((("2019-04", "closed"),), date(2019, 3, 31), Lifecycle.LIVE),
        ((("2019-04", "not monitored"),), date(2019, 3, 31), Lifecycle.LIVE),
        ((("2019-04", "not started"),), date(2019, 3, 31), Lifecycle.NOT_STARTED),
    ],
)
def test_a_subject_is_where_its_latest_span_says(
    spans: tuple[tuple[str, str], ...], day: date, state: Lifecycle
) -> None:
    assert lifecycle_on(subject(*spans), day, MONTHLY) is state


def test_a_series_begins_at_its_latest_break() -> None:
    breaks = tuple(SeriesBreak.model_validate({"from": start}) for start in ("2019-03", "2018-10"))
    measure = Measure.model_validate({"title": "M", "unit": "number", "series": breaks})
    assert series_start(measure, date(2018, 9, 30), MONTHLY) is None
    assert series_start(measure, date(2019, 2, 28), MONTHLY) == date(2018, 10, 1)
    assert series_start(measure, date(2019, 3, 31), MONTHLY) == date(2019, 3, 1)
