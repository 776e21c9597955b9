"""A plan by the fortnight over public holidays: which day a report moves to, and what its period is called."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.workspace import Calendar, EveryWeeks, Portfolio, cadence_of
from engine.periods import Cadence, PeriodError, Weeks, WorkingDays, period_in_words, periods_between
from engine.workspace.dates import by_calendar, due_date, working_days
from engine.workspace.loading import load_workspace
from tests.workspace.sample import CALENDAR, CARE, edit, write_sample

ENGLAND = working_days(Calendar())
MONDAYS = Weeks(2, date(2016, 10, 31))


def fortnightly(on_holiday: str, calendar: WorkingDays = ENGLAND, every: str = "2 weeks") -> Portfolio:
    reports = {"every": every, "from": "2016-10-31", "on_holiday": on_holiday}
    portfolio = {"portfolio": "p", "title": "P", "scheme": "s", "starts": "2016-10-31", "reports": reports}
    return by_calendar(Portfolio.model_validate(portfolio), calendar)


def days(cadence: Cadence, first: str, last: str) -> list[tuple[str, str, str]]:
    """Each period's name, first and last day."""
    between = periods_between(cadence, cadence.period(first), cadence.period(last))
    return [(period.id, period.start.isoformat(), period.end.isoformat()) for period in between]


# Boxing Day 2016 is a Monday, and Tuesday stands in for Christmas Day, which was a Sunday.
@pytest.mark.parametrize(
    ("on_holiday", "last_day", "next_begins"),
    [
        ("keep", "2016-12-26", "2016-12-27"),
        ("next working day", "2016-12-28", "2016-12-29"),
        ("previous working day", "2016-12-23", "2016-12-24"),
    ],
)
def test_a_report_on_boxing_day_moves_as_the_portfolio_says_and_keeps_its_name(
    on_holiday: str, last_day: str, next_begins: str
) -> None:
    assert days(cadence_of(fortnightly(on_holiday)), "2016-12-12", "2017-01-09") == [
        ("2016-12-12", "2016-11-29", "2016-12-12"),
        ("2016-12-26", "2016-12-13", last_day),
        ("2017-01-09", next_begins, "2017-01-09"),
    ]


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (date(2016, 12, 26), "2016-12-26"),
        (date(2016, 12, 28), "2016-12-26"),
        (date(2016, 12, 29), "2017-01-09"),
        (date(2016, 12, 12), "2016-12-12"),
        (date(2016, 12, 13), "2016-12-26"),
    ],
)
def test_a_day_up_to_the_moved_report_belongs_to_its_period(day: date, period: str) -> None:
    found = cadence_of(fortnightly("next working day")).containing(day)
    assert found is not None
    assert found.id == period


def test_returns_are_due_counted_from_the_moved_day() -> None:
    portfolio = fortnightly("next working day")
    period = cadence_of(portfolio).period("2016-12-26")
    assert due_date(portfolio, period, ENGLAND) == date(2017, 1, 5)  # 29 and 30 December, 3, 4 and 5 January


def test_a_period_is_spoken_of_by_its_name() -> None:
    period = cadence_of(fortnightly("next working day")).period("2016-12-26")
    assert period_in_words(period) == "the period to 26 December 2016"


def test_the_moved_day_is_no_name_and_whoever_writes_it_is_told_the_name() -> None:
    cadence = cadence_of(fortnightly("next working day"))
    with pytest.raises(PeriodError, match=r"^2016-12-28 is the day on which 2016-12-26 reports; write 2016-12-26$"):
        cadence.period("2016-12-28")
    with pytest.raises(PeriodError, match=r"^2016-12-29 is not a reporting day \(.*\); the next is 2017-01-09$"):
        cadence.period("2016-12-29")


def test_a_weekly_report_never_moves_beyond_the_next_one() -> None:
    shut = WorkingDays(lambda day: date(2016, 12, 24) <= day <= date(2017, 1, 3))
    assert days(cadence_of(fortnightly("next working day", shut, "1 week")), "2016-12-19", "2017-01-09") == [
        ("2016-12-19", "2016-12-13", "2016-12-19"),
        ("2016-12-26", "2016-12-20", "2016-12-26"),  # the next working day is behind the next report
        ("2017-01-02", "2016-12-27", "2017-01-04"),
        ("2017-01-09", "2017-01-05", "2017-01-09"),
    ]


@given(
    closed=st.sets(st.integers(0, 120).map(lambda days: date(2016, 10, 31) + timedelta(days=days))),
    on_holiday=st.sampled_from(["keep", "next working day", "previous working day"]),
    weeks=st.integers(1, 4),
)
def test_whatever_is_closed_the_periods_follow_each_other_without_a_gap(
    closed: set[date], on_holiday: str, weeks: int
) -> None:
    portfolio = fortnightly(on_holiday, WorkingDays(closed.__contains__), f"{weeks} week{'s' if weeks > 1 else ''}")
    cadence, kept = cadence_of(portfolio), Weeks(weeks, date(2016, 10, 31))
    first, last = kept.period("2016-10-31"), kept.containing(date(2017, 3, 1))
    names = [period.id for period in periods_between(kept, first, last)]
    periods = [cadence.period(name) for name in names]
    assert [period.id for period in periods] == names
    for before, after in pairwise(periods):
        assert before.start <= before.end
        assert after.start == before.end + timedelta(days=1)
        assert (cadence.after(before), cadence.before(after)) == (after, before)
        assert cadence.containing(after.start) == cadence.containing(after.end) == after


def test_the_workspaces_own_calendar_says_what_is_closed(tmp_path: Path) -> None:
    root = write_sample(tmp_path)
    edit(root, CARE, "reports: monthly", "reports: {every: 2 weeks, from: 2018-12-24, on_holiday: next working day}")
    edit(root, CARE, "starts: 2019-01", "starts: 2018-12-24")
    (root / "config/calendar.yaml").write_text(CALENDAR.replace("2019-12-24", "2018-12-24, 2018-12-27"), "utf-8")
    workspace, faults = load_workspace(root)
    assert faults == []
    assert workspace is not None
    assert cadence_of(workspace.portfolios["care"]).period("2018-12-24").end == date(2018, 12, 28)


def test_a_calendar_of_nowhere_is_one_fault_and_no_failure(tmp_path: Path) -> None:
    root = write_sample(tmp_path)
    edit(root, CARE, "reports: monthly", "reports: {every: 2 weeks, from: 2018-12-24, on_holiday: next working day}")
    edit(root, CARE, "starts: 2019-01", "starts: 2018-12-24")
    (root / "config/calendar.yaml").write_text(CALENDAR.replace("GB", "QQ"), "utf-8")
    workspace, faults = load_workspace(root)
    assert workspace is None
    assert [fault.code for fault in faults] == ["unknown-place"]


def test_without_a_calendar_reporting_days_are_kept() -> None:
    reports = EveryWeeks.model_validate({"every": "2 weeks", "from": "2016-10-31", "on_holiday": "next working day"})
    assert reports.moved(date(2016, 12, 26)) == date(2016, 12, 26)
