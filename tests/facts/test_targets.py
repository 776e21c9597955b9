"""Targets of the configuration that change, and who approved it."""

import pytest

from engine.model.workspace import MeasureHere
from tests.facts.made import COUNT, book, month, months, one_project, sheet

LOWERED = [{"from": "2018-04", "value": "100"}, {"from": "2018-08", "value": "80", "why": "a wrong baseline"}]


def said(here: dict[str, object], period: str) -> list[str]:
    of = book(one_project(COUNT, MeasureHere.model_validate(here)), months("2018-04", "70 70 70 70 85 85"))
    return [str(problem) for problem in of.problems(month(period))]


def previous(target: object, period: str) -> str | None:
    of = book(one_project(COUNT, MeasureHere.model_validate({"target": target})), months("2018-04", "70"))
    found = sheet(of, "p", period).facts.get("m.previous_target")
    return None if found is None else str(found.value)


def test_a_target_that_was_lowered_without_an_approval_is_a_problem_until_the_year_is_over() -> None:
    told = {name: said({"target": LOWERED}, name) for name in ("2018-07", "2018-08", "2019-03", "2019-04")}
    assert [name for name, problems in told.items() if problems] == ["2018-08", "2019-03"]
    (problem,) = told["2018-08"]
    assert problem == (
        "config/portfolios/office.yaml: Project: Count: the target was changed from 100 to 80 from 2018-08 on "
        "(a wrong baseline), and nobody is named as having approved that; have it approved and write `approved_by`, or "
        "put the earlier one back"
    )


def test_a_target_that_was_lowered_with_an_approval_is_none() -> None:
    assert said({"target": [LOWERED[0], {**LOWERED[1], "approved_by": "Board"}]}, "2018-08") == []


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ([{"from": "2018-04", "value": "to be set"}, {"from": "2018-08", "value": "to be set"}],
         "the year's target was set anew from 2018-08 on, and"),
        ([{"from": "2018-04", "value": "900"}, {"from": "2018-08", "value": "not set"}],
         "the year's target was changed from 900 to not set from 2018-08 on, and"),
    ],
)  # fmt: skip
def test_the_years_target_may_not_change_unseen_either(target: object, says: str) -> None:
    (problem,) = said({"year_target": target}, "2018-09")
    assert says in problem


@pytest.mark.parametrize(
    ("target", "period", "was"),
    [
        (LOWERED, "2018-07", None),
        (LOWERED, "2018-08", "100"),
        (LOWERED, "2019-03", "100"),
        (LOWERED, "2019-04", None),  # a new year
        ([LOWERED[0], {"from": "2019-04", "value": "80"}], "2019-05", None),  # a new year's own target
        ([{"from": "2018-04", "value": "to be set"}, LOWERED[1]], "2018-08", None),
        ([{"from": "2018-04", "value": "not set"}, LOWERED[1]], "2018-08", None),
        ("80", "2018-08", None),
    ],
)
def test_the_target_before_is_known_within_the_year(target: object, period: str, was: str | None) -> None:
    assert previous(target, period) == was
