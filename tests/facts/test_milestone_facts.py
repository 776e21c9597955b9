"""Milestones as they stood on the last day of January 2019."""

from datetime import date
from decimal import Decimal

import pytest

from engine.facts.milestones import Milestones, milestone_facts
from engine.model.returns import MilestoneRow, MilestoneState
from engine.model.values import Quantity, Unit, plain
from engine.model.workspace import Programme, Project
from tests.facts.made import month, portfolio


def milestone(
    planned: str = ".", forecast: str = ".", done: str = ".", said: str = ".", workaround: str = ""
) -> MilestoneRow:
    days = [None if day == "." else date.fromisoformat(day) for day in (planned, forecast, done)]
    state = None if said == "." else MilestoneState(said)
    return MilestoneRow(
        subject="p", milestone="x", planned=days[0], forecast=days[1], done=days[2], state=state, workaround=workaround
    )


def counted(*rows: MilestoneRow) -> dict[str, str]:
    """What isn't nought."""
    facts = milestone_facts(rows, month("2019-01"))
    return {name: plain(quantity.value) for name, quantity in facts.items() if quantity.value}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (milestone("2019-02-28"), {}),
        (milestone("2019-01-31"), {"due": "1"}),
        (milestone("2019-01-30"), {"due": "1", "overdue": "1"}),
        (milestone("2019-01-01"), {"due": "1", "overdue": "1"}),
        (milestone("2018-12-31"), {"overdue": "1"}),
        (milestone("2018-12-31", done="2019-01-31"), {}),
        (milestone("2018-12-31", done="2019-02-01"), {"slipped": "1", "unmitigated": "1", "worst_slip": "4.57"}),
        (milestone("2019-01-10", "2019-02-07"), {"slipped": "1", "unmitigated": "1", "worst_slip": "4"}),
        (milestone("2019-01-10", "2019-02-07", workaround="by hand"), {"slipped": "1", "worst_slip": "4"}),
        (milestone("2019-02-07", "2019-01-31"), {"due": "1"}),
        (milestone(said="slipped"), {"slipped": "1", "unmitigated": "1"}),
        (milestone(said="slipped", done="2019-01-15"), {}),
        (milestone(said="slipped", workaround="  "), {"slipped": "1", "unmitigated": "1"}),
        (milestone(), {"undated": "1"}),
        (milestone("2019-04-01", said="undated"), {"undated": "1"}),
        (milestone(done="2019-01-02"), {}),
    ],
)
def test_a_milestone_counts_for_what_it_is_at_the_end_of_the_period(
    row: MilestoneRow, expected: dict[str, str]
) -> None:
    found = counted(row)
    assert found.pop("count") == "1"
    assert {name: value[:4] for name, value in found.items()} == expected


def test_a_cancelled_milestone_is_not_counted() -> None:
    assert counted(milestone("2018-01-01", said="cancelled")) == {}


def test_the_worst_slip_is_the_longest_and_not_known_while_one_of_them_is_not() -> None:
    rows = [milestone("2019-01-10", "2019-02-07"), milestone("2019-01-10", "2019-01-17")]
    assert counted(*rows)["worst_slip"] == "4"
    assert "worst_slip" not in milestone_facts([*rows, milestone(said="slipped")], month("2019-01"))
    assert milestone_facts([milestone("2019-02-28")], month("2019-01"))["worst_slip"] == Quantity(
        Decimal(0), Unit.WEEKS
    )


@pytest.mark.parametrize("column", ["planned", "forecast", "done", "state"])
def test_a_milestone_of_which_a_date_or_state_could_not_be_read_leaves_all_but_the_count_unknown(column: str) -> None:
    rows = [milestone("2018-12-31").model_copy(update={"unread": frozenset((column,))}), milestone("2019-02-28")]
    assert set(milestone_facts(rows, month("2019-01"))) == {"count"}
    assert counted(*rows) == {"count": "2"}


def test_what_could_not_be_read_of_a_milestone_that_is_done_or_cancelled_changes_nothing() -> None:
    unread = {"unread": frozenset(("planned", "forecast"))}
    done, cancelled = milestone(done="2019-01-15"), milestone(said="cancelled")
    rows = [done.model_copy(update=unread), cancelled.model_copy(update=unread), milestone("2018-12-31")]
    assert counted(*rows) == {"count": "2", "overdue": "1"}


def test_a_note_that_could_not_be_read_decides_nothing() -> None:
    row = milestone("2018-12-31").model_copy(update={"unread": frozenset(("note",))})
    assert counted(row) == {"count": "1", "overdue": "1"}


def test_no_rows_are_no_facts() -> None:
    assert milestone_facts([], month("2019-01")) == {}


@pytest.mark.parametrize(
    ("ends", "dates", "after"),
    [
        (None, "2019-02-28", None),
        ("2019-02-27", "2019-02-28", "1"),
        ("2019-02-28", "2019-02-28", "0"),
        ("2019-02-28", "2019-02-01 2019-03-01", "1"),  # the forecast, not the plan
        ("2019-02-28", ".", "0"),
        ("2019-02-28", "2019-03-01 . 2019-01-15", "0"),  # it was done in time
    ],
)
def test_those_after_the_end_of_the_plan_are_counted_where_it_has_one(
    ends: str | None, dates: str, after: str | None
) -> None:
    found = milestone_facts([milestone(*dates.split())], month("2019-01"), date.fromisoformat(ends) if ends else None)
    assert (plain(found["after_end"].value) if "after_end" in found else None) == after


def test_a_project_is_in_the_plan_of_what_it_belongs_to_unless_it_has_one_of_its_own() -> None:
    own = Project(ref="b", title="B", ends=date(2019, 9, 30))
    below = Programme(ref="g", title="G", ends=date(2019, 6, 30), projects=(Project(ref="a", title="A"), own))
    of = portfolio(below, ends="2019-03-31")
    assert [of.subjects[ref].ends for ref in ("office", "g", "a", "b")] == [
        date(2019, 3, 31), date(2019, 6, 30), date(2019, 6, 30), date(2019, 9, 30),
    ]  # fmt: skip


def named(name: str, planned: str = ".", **more: str) -> MilestoneRow:
    return milestone(planned, **more).model_copy(update={"milestone": name})


def unreported(september: list[MilestoneRow], november: list[MilestoneRow]) -> int | None:
    returned = (("2019-09", september), ("2019-11", november))
    found = Milestones(((month(name), {"p": rows}) for name, rows in returned if rows), {}).facts("p", month("2019-11"))
    return int(found["unreported"].value) if "unreported" in found else None


REPORT, LATER = named("Report", "2019-10-31"), named("Later", "2020-02-29")


@pytest.mark.parametrize(
    ("september", "november", "count"),
    [
        ([REPORT], [], 1),
        ([REPORT, LATER], [LATER], 1),  # a word on another is none on this one
        ([REPORT, LATER], [REPORT], 0),  # late, and said to be open: that is no silence
        ([REPORT], [named(" report ", done="2019-10-30")], 0),
        ([REPORT], [named("Report", "2019-12-31")], 0),
        ([named("Report", "2019-11-30")], [LATER], 0),  # on its day it has not passed
        ([named("Report", "2019-10-31", forecast="2020-01-31")], [LATER], 0),
        ([named("Report", "2019-10-31", said="cancelled")], [LATER], 0),
        ([named("Report", "2019-10-31").model_copy(update={"unread": frozenset({"forecast"})})], [LATER], 0),
        ([LATER], [], None),  # nothing said and nothing passed: that is not known, rather than none
    ],
)
def test_a_milestone_whose_date_has_passed_without_a_word_is_unreported(
    september: list[MilestoneRow], november: list[MilestoneRow], count: int | None
) -> None:
    assert unreported(september, november) == count
