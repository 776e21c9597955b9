"""Demand Model, a plan by the fortnight from October 2016: the cases A-D01 to A-D08, on the document's figures."""

from datetime import date
from decimal import Decimal

import pytest

from engine.model.workspace import cadence_of
from engine.periods import periods_between
from engine.workspace.dates import working_days
from tests.portfolios.desk import Desk, Outcome, desk

MODEL, FIRST, NOW = "demand_model", "2016-10-31", "2016-11-08T07:00"
RANK = {"on_course": 0, "falling_short": 1, "far_short": 2}


@pytest.fixture(scope="module")
def model() -> Desk:
    return desk(MODEL)


@pytest.fixture(scope="module")
def first(model: Desk) -> Outcome:
    return model.run(FIRST, NOW)


def millions(outcome: Outcome, name: str) -> Decimal | None:
    known = outcome.thousands(MODEL, name)
    return None if known is None else known / 1000


def test_a_d01_the_estimate_is_far_short_of_the_plan(first: Outcome) -> None:
    """A-D01 (with red_below_pct 75)"""
    assert first.rules(MODEL)["estimate_below_plan"] == "far_short"
    assert first.status(MODEL) == "far_short"
    assert first.rounded(MODEL, "estimated_share", 1) == "65.7"
    figures = ("savings.target", "savings.forecast", "savings.at_risk", "first_year_short", "later_years_short")
    assert [millions(first, name) for name in figures] == [35, 23, 12, 7, 5]


@pytest.mark.parametrize(("limit", "status"), [("65.8%", "far_short"), ("65.7%", "falling_short")])
def test_a_d01_any_limit_above_65_7_gives_the_same(model: Desk, limit: str, status: str) -> None:
    """A-D01"""
    outcome = model.with_threshold("estimate_least", limit).run(FIRST, NOW)
    assert outcome.rules(MODEL)["estimate_below_plan"] == status


def test_a_d01_must_not_label_the_estimate_as_delivered(first: Outcome) -> None:
    """A-D01 must_not: label 23 as delivered"""
    assert [name for name in first.sheet(MODEL).facts if name.startswith("savings.delivered")] == []
    assert "delivered" not in first.subject(MODEL).savings
    assert "£23m is estimated of £35m planned" in first.why(MODEL, "estimate_below_plan")


def test_a_d02_the_part_of_the_gap_without_a_plan_is_told_with_what_the_estimate_leaves(first: Outcome) -> None:
    """A-D02"""
    assert [millions(first, name) for name in ("savings_gap", "no_plan", "gap_left")] == [56, 21, 33]
    assert RANK[first.rules(MODEL)["gap_without_plan"]] >= RANK["falling_short"]
    assert first.why(MODEL, "gap_without_plan") == (
        "£21m of the £56m to be found has no plan, and £33m is left open after the estimate"
    )


def test_a_d03_a_score_without_a_pass_mark_is_not_rated(first: Outcome) -> None:
    """A-D03"""
    score = first.measure("project_review", "project_score")
    assert (score.shown, score.status) == ("9", None)
    assert score.not_rated_because == "A threshold by which it is judged has no value."
    assert first.figure("project_review", "score_share") == "37.5"
    assert first.status("project_review") is None
    assert first.lacks("project_review") == {"a value of the threshold `score_pass`": ("score_below_pass",)}


@pytest.mark.parametrize("score", [0, 9, 23, 24])
def test_a_d03_no_score_is_ever_good_while_nobody_has_said_what_passes(model: Desk, score: int) -> None:
    """A-D03: never green"""
    scored = model.with_row("measures", FIRST, {"actual": Decimal(score)}, subject="project_review")
    assert scored.run(FIRST, NOW).status("project_review") is None


@pytest.mark.parametrize(("mark", "status"), [("9", "on_course"), ("10", "falling_short")])
def test_a_d03_once_a_pass_mark_is_set_the_score_is_judged(model: Desk, mark: str, status: str) -> None:
    """A-D03"""
    assert model.with_threshold("score_pass", mark).run(FIRST, NOW).status("project_review") == status


# In thousands as the summary has it, the exact count, and what is said of the two.
PAIRS = [
    ("contacts_summary", "107 was returned, and its formula gives 108"),  # rounds down and not to the nearest
    ("new_services_summary", None),  # 3,542 is 3.5 thousand
    ("early_help_summary", "66 was returned, and its formula gives 99"),  # two populations
    ("assessments_summary", "12.5 was returned, and its formula gives 23.4"),  # two populations
]


@pytest.mark.parametrize(("summary", "said"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_a_d04_a_rounded_figure_is_held_against_the_exact_one_to_its_own_places(
    model: Desk, first: Outcome, summary: str, said: str | None
) -> None:
    """A-D04"""
    title = model.about.portfolio.measures[summary].title
    assert [what for what in first.problems(MODEL) if title in what] == (
        [f"Demand Model: {title}: {said}"] if said else []
    )
    assert all("summary" not in one.rule for one in first.subject(MODEL).findings)  # it moves no status


def test_a_d05_a_rate_without_a_figure_and_without_a_date_is_not_rated(first: Outcome) -> None:
    """A-D05"""
    rate = first.measure("entry_points", "resolution_rate")
    assert (rate.target, rate.status, rate.not_rated_because) == ("75", None, "No figure was returned.")
    assert first.status("entry_points") is None
    assert first.subject("entry_points").remarks == ("Steps without a date: 1 (Three in four enquiries resolved)",)


FORTNIGHTS = [
    "2016-10-31", "2016-11-14", "2016-11-28", "2016-12-12", "2016-12-26", "2017-01-09", "2017-01-23", "2017-02-06",
    "2017-02-20", "2017-03-06", "2017-03-20",
]  # fmt: skip


def test_a_d06_eleven_fortnights_and_the_one_on_boxing_day_is_held_on_the_next_working_day(model: Desk) -> None:
    """A-D06"""
    cadence = cadence_of(model.about.portfolio)
    periods = periods_between(cadence, cadence.period(FORTNIGHTS[0]), cadence.period(FORTNIGHTS[-1]))
    assert [period.id for period in periods] == FORTNIGHTS
    moved = {period.id: period.end for period in periods if period.end != date.fromisoformat(period.id)}
    assert moved == {"2016-12-26": date(2016, 12, 28)}
    assert working_days(model.about.workspace.calendar).is_working(date(2016, 12, 28))
    assert periods[5].start == date(2016, 12, 29)


def test_a_d06_a_step_due_on_the_holiday_is_due_in_the_fortnight_that_ends_after_it(model: Desk) -> None:
    """A-D06"""
    (returned,) = (one for one in model.returns if one.submitter == "owners")
    steps = returned.model_copy(update={"period": "2016-12-26", "measures": (), "savings": ()})
    later = Desk(model.about, (*model.returns, steps)).run("2016-12-26", "2017-01-06T07:00")
    assert later.figure("workforce_demand", "milestones.due") == "1"
    (due,) = [remark for remark in later.subject("workforce_demand").remarks if remark.startswith("Due in this")]
    assert due == "Due in this fortnight: 1 (Provider workforce engaged)"
    # What was due before it and is not said to be done is late.
    assert later.rules("workforce_demand") == {"step_late": "falling_short"}


@pytest.mark.parametrize("ref", ["older_people_demand", "younger_adults_demand"])
def test_a_d07_a_risk_in_words_is_a_persons_finding_and_no_better_than_falling_short(
    model: Desk, first: Outcome, ref: str
) -> None:
    """A-D07"""
    subject = first.subject(ref)
    assert subject.floor is not None
    assert "significant risk" in subject.floor.reason
    assert RANK[subject.status or ""] >= RANK["falling_short"]
    assert model.without_judgements().run(FIRST, NOW).status(ref) == "on_course"  # no rule reads the words


def test_a_d08_a_step_that_runs_past_the_end_of_its_plan_is_told(first: Outcome) -> None:
    """A-D08"""
    assert first.figure("home_care_market", "milestones.after_end") == "1"
    assert first.subject("home_care_market").remarks == ("Steps after the end of the plan: 1 (Market testing)",)
    others = [one.ref for one in first.run.subjects if any("end of the plan" in remark for remark in one.remarks)]
    assert others == ["home_care_market"]


def test_a_d08_a_stocktake_without_a_date_is_told(first: Outcome) -> None:
    """A-D08"""
    assert first.figure("younger_adults_demand", "milestones.undated") == "1"
    assert first.subject("younger_adults_demand").remarks == ("Steps without a date: 1 (Stocktake of younger adults)",)
