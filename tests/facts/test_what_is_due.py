"""What a subject owes in a period: from when on, how often, and what answers for a figure that did not come."""

from datetime import date

import pytest

from engine.model.returns import ExplanationRow
from tests.facts.made import (
    COUNT,
    Row,
    book,
    month,
    months,
    one_project,
    row,
    sheet,
)


def test_a_quarterly_measure_is_owed_in_the_last_month_of_a_quarter() -> None:
    quarterly = COUNT.model_copy(update={"reported": "quarterly"})
    of = book(one_project(quarterly), months("2018-06", "5 . . 7"))
    words = {name: sheet(of, "p", name).states["m"] for name in ("2018-07", "2018-08", "2018-12")}
    assert [set(found) for found in words.values()] == [{"not due"}, {"not due"}, {"missing", "overdue"}]
    assert sheet(of, "p", "2018-09").facts["m.previous"].value == 5
    assert sheet(of, "p", "2018-11").facts["m.age"].value == 2
    assert of.due_before("p", month("2018-09"), 1, ["m"]) == month("2018-06")
    assert of.due_before("p", month("2018-09"), 1, []) == month("2018-08")
    assert of.due_before("p", month("2018-09"), 2, ["m"]) is None


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ("7 . .", {"not due"}),
        (". 7 .", {"not due"}),  # it came late, and came
        (". . .", {"missing", "overdue"}),
    ],
)
def test_a_quarter_s_figure_that_did_not_come_is_overdue_in_the_months_after_it(figures: str, words: set[str]) -> None:
    quarterly = COUNT.model_copy(update={"reported": "quarterly"})
    of = book(one_project(quarterly), months("2018-12", figures))
    assert sheet(of, "p", "2019-02").states["m"] == words
    answered = months("2018-12", ". . .")
    answered["2018-12"] = [row(None, said="not captured")]
    assert sheet(book(one_project(quarterly), answered), "p", "2019-02").states["m"] == {"not due"}
    on_its_day = book(one_project(quarterly), {"2018-12": []}, today="2019-01-07")  # the fifth working day
    assert sheet(on_its_day, "p", "2019-01").states["m"] == {"missing"}


def test_a_quarter_s_figure_of_history_is_not_waited_for() -> None:
    quarterly = COUNT.model_copy(update={"reported": "quarterly"})
    project = one_project(quarterly)
    of = book(project.model_copy(update={"starts": "2019-01"}), {"2018-12": [], "2019-01": []})
    assert sheet(of, "p", "2019-01").states["m"] == {"not due"}


def test_a_measure_is_not_owed_before_it_starts() -> None:
    later = COUNT.model_copy(update={"starts": "2018-06"})
    of = book(one_project(later), months("2018-04", "5 . . 7"))  # a figure that comes early is a figure
    words = [sheet(of, "p", name).states["m"] for name in ("2018-05", "2018-06")]
    assert words == [{"not due"}, {"missing", "overdue"}]
    assert sheet(of, "p", "2018-07").facts["m.previous"].value == 5


def test_what_came_before_a_subject_was_live_counts_for_nothing() -> None:
    lifecycle = [{"from": "2018-04", "is": "live"}, {"from": "2018-08", "is": "not monitored"}]
    of = book(
        one_project(COUNT, lifecycle=[*lifecycle, {"from": "2018-09", "is": "live"}]), months("2018-06", "1 2 3 4 5")
    )
    for measures in (["m"], []):
        assert of.due_before("p", month("2018-10"), 1, measures) == month("2018-09")
        assert of.due_before("p", month("2018-10"), 2, measures) is None
        assert of.due_before("p", month("2018-07"), 1, measures) == month("2018-06")


def test_a_period_in_which_a_figure_was_said_not_to_be_due_does_not_count_as_one() -> None:
    returns = months("2018-10", "5 . 7")
    returns["2018-11"] = [row(None, said="not due")]
    of = book(one_project(COUNT), returns)
    assert of.due_before("p", month("2018-12"), 1, ["m"]) == month("2018-10")
    assert of.due_before("p", month("2018-12"), 0, ["m"]) == month("2018-12")


@pytest.mark.parametrize("lifecycle", ["not started", "developing", "not monitored", "closed"])
def test_what_is_not_live_owes_nothing_and_shows_what_comes(lifecycle: str) -> None:
    of = one_project(COUNT, lifecycle=[{"from": "2018-04", "is": lifecycle}])
    silent = sheet(book(of, {}), "p", "2019-01")
    assert silent.states == {"m": {"not due"}, "lifecycle": {lifecycle}}
    assert sheet(book(of, {"2019-01": [row("5")]}), "p", "2019-01").facts["m"].value == 5


@pytest.mark.parametrize(
    ("period", "explained", "weeks"), [("2019-01", True, 4), ("2019-02", True, 0), ("2019-03", False, -4)]
)
def test_an_explanation_holds_until_recovery_and_then_shows_that_its_day_has_passed(
    period: str, explained: bool, weeks: int
) -> None:
    returns: dict[str, list[Row]] = dict(months("2019-01", "30 31 30", target="40"))
    returns["2019-01"].append(ExplanationRow(subject="p", measure="m", reason="leave", recovery_by=date(2019, 2, 28)))
    found = sheet(book(one_project(COUNT), returns), "p", period)
    assert ("explained" in found.states["m"]) is explained
    assert int(found.facts["m.weeks_to_recovery"].value) == weeks


def test_an_explanation_without_a_day_holds_for_its_own_period() -> None:
    returns: dict[str, list[Row]] = dict(months("2019-01", "30 31"))
    returns["2019-01"].append(ExplanationRow(subject="p", measure="m", reason="leave"))
    of = book(one_project(COUNT), returns)
    assert ["explained" in sheet(of, "p", name).states["m"] for name in ("2018-12", "2019-01", "2019-02")] == [
        False,
        True,
        False,
    ]


def test_a_later_note_without_a_day_takes_no_promise_back() -> None:
    returns: dict[str, list[Row]] = dict(months("2019-01", "30 31 30 30", target="40"))
    returns["2019-01"].append(ExplanationRow(subject="p", measure="m", reason="leave", recovery_by=date(2019, 3, 31)))
    returns["2019-02"].append(ExplanationRow(subject="p", measure="m", reason="still on leave"))
    of = book(one_project(COUNT), returns)
    found = [sheet(of, "p", name) for name in ("2019-01", "2019-02", "2019-03", "2019-04")]
    assert ["explained" in one.states["m"] for one in found] == [True, True, True, False]
    assert [int(one.facts["m.weeks_to_recovery"].value) for one in found] == [8, 4, 0, -4]
