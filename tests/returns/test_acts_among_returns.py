"""Judgements entered by command among those of returns: from when they count, and until when."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.assessment.decisions import in_force
from engine.model.acts import ActKind, OfficeAct
from engine.model.returns import JudgementRow, MilestoneRow, Return
from engine.periods import Months
from engine.returns.decided import judgements_until, with_acts
from engine.returns.merge import PeriodRows, merge
from tests.alerts.months import workspace

MONTHS = Months()
CARE = workspace({}).portfolios["care"]


def act(number: int = 1, period: str = "2019-01", **more: Any) -> OfficeAct:
    given = {"kind": ActKind.OVERRIDE, "status": "amber", **more}
    return OfficeAct(
        number=number, portfolio="care", subject="meals", by="PMO", why="as agreed", period=period,
        made=datetime(2019, 2, 8, tzinfo=UTC), **given,
    )  # fmt: skip


def end(period: str, ends: int = 1, number: int = 9) -> OfficeAct:
    return act(number, period, kind=ActKind.END, ends=ends, status=None)


def returned(period: str, *rows: JudgementRow | MilestoneRow) -> dict[str, PeriodRows]:
    return_ = Return(
        portfolio="care", period=period, submitter="pmo", source="", sha256="",
        judgements=tuple(row for row in rows if isinstance(row, JudgementRow)),
        milestones=tuple(row for row in rows if isinstance(row, MilestoneRow)),
    )  # fmt: skip
    return {period: merge([return_])[0]}


def override_in(months: str, *acts: OfficeAct, rows: dict[str, PeriodRows] | None = None) -> str:
    """The override of Meals in each of these months of 2019, as the letter of its status; "-" where none holds."""
    every = with_acts(rows or {}, acts, MONTHS)
    found = (in_force(every, CARE, MONTHS.period(f"2019-{month}")).get("meals") for month in months.split())
    return "".join(one.override.row.status[0] if one and one.override else "-" for one in found)


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ([act()], "a---"),  # its own period
        ([act(until=date(2019, 3, 31))], "aaa-"),
        ([act(until=date(2019, 3, 30))], "aa--"),  # not in force on March's last day
        ([act(period="2019-02", until=date(2019, 3, 31))], "-aa-"),
        ([act(until=date(2019, 4, 30)), end("2019-03")], "aa--"),
        ([act(until=date(2019, 2, 28)), end("2019-04")], "aa--"),  # over by itself before
        ([act(until=date(2019, 4, 30)), end("2019-01")], "----"),  # it never counted
        ([act(until=date(2019, 4, 30)), end("2018-12")], "----"),
        ([act(until=date(2019, 4, 30)), end("2019-02", ends=7)], "aaaa"),  # another's end
        ([act(until=date(2019, 4, 30)), act(2, "2019-02", status="red", until=date(2019, 3, 31))], "arra"),
        ([act(until=date(2019, 4, 30)), act(2, "2019-02", status="red", until=date(2019, 4, 30)), end("2019-03", 2)],
         "araa"),  # the earlier one stands again
        ([act(until=date(2019, 4, 30)), act(2, status="green")], "gaaa"),  # of one period: the later
        ([act(period="2019-Q1", until=date(2019, 4, 30))], "----"),  # a period that there is no longer
        ([act(kind=ActKind.SILENCE, status=None, until=date(2019, 4, 30))], "----"),
    ],
)  # fmt: skip
def test_an_act_counts_from_its_period_to_its_end(acts: list[OfficeAct], expected: str) -> None:
    assert override_in("01 02 03 04", *acts) == expected


UNTIL_AGREED = act(until_milestone="Rota agreed")


def agreed(period: str, done: str | None) -> dict[str, PeriodRows]:
    row = MilestoneRow.model_validate({"subject": "meals", "milestone": "Rota agreed", "done": done})
    return returned(period, row)


@pytest.mark.parametrize(
    ("done", "ended", "expected"),
    [
        (None, None, "aaaa"),
        ("2019-03-15", None, "aa--"),
        (None, "2019-03", "aa--"),
        ("2019-02-15", "2019-04", "a---"),  # the milestone came first
        ("2019-04-15", "2019-02", "a---"),  # the end did
        (None, "2019-01", "----"),
    ],
)
def test_an_act_until_a_milestone_that_is_also_ended_is_over_by_whichever_comes_first(
    done: str | None, ended: str | None, expected: str
) -> None:
    rows = agreed("2019-01", None) | agreed("2019-02", done)
    acts = [UNTIL_AGREED, *([end(ended)] if ended else [])]
    assert override_in("01 02 03 04", *acts, rows=rows) == expected


def test_an_act_until_a_milestone_that_nobody_returns_counts_for_its_own_period() -> None:
    assert override_in("01 02", UNTIL_AGREED) == "a-"


def test_rows_and_judgements_of_returns_stay_and_the_act_is_the_later() -> None:
    own = JudgementRow.model_validate(
        {"subject": "meals", "kind": "override", "status": "red", "reason": "so", "by": "PMO"}
    )
    rows = returned("2019-01", own)
    both = with_acts(rows, [act()], MONTHS)["2019-01"]
    assert [row.status for row in both.judgements] == ["red", "amber"]
    assert (both.returned, both.milestones) == (rows["2019-01"].returned, rows["2019-01"].milestones)
    assert override_in("01", act(), rows=rows) == "a"


def test_an_act_says_who_why_and_where_it_comes_from() -> None:
    (row,) = with_acts({}, [act(7)], MONTHS)["2019-01"].judgements
    assert (row.by, row.reason, row.where) == ("PMO", "as agreed", "act 7")


def test_without_acts_rows_are_as_returned() -> None:
    rows = agreed("2019-01", None)
    assert with_acts(rows, [], MONTHS) == rows


def test_a_run_follows_from_the_judgements_until_its_period_and_the_ends_that_had_come() -> None:
    silence = act(2, kind=ActKind.SILENCE, status=None, until=date(2019, 4, 30))
    acts = [act(), silence, act(3, "2019-03"), end("2019-02"), end("2019-01", ends=2, number=10)]
    found = {name: [one.number for one in judgements_until(acts, MONTHS.period(name), MONTHS)] for name in (
        "2018-12", "2019-01", "2019-02", "2019-03",
    )}  # fmt: skip
    assert found == {"2018-12": [], "2019-01": [1], "2019-02": [1, 9], "2019-03": [1, 3, 9]}
