"""Improvement Plan and Budget, August 2018: the cases A-R01 to A-R16, each on the figures of the published report."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from engine import app
from engine.alerts.audiences import concerns, recipients
from engine.model.calendars import OwnCalendar
from engine.model.returns import FigureState
from engine.scenarios.folder import read_scenarios
from engine.scenarios.running import ScenarioResult, run_scenario
from engine.workspace.loading import load_workspace
from tests.portfolios.desk import Desk, Outcome, desk
from tests.test_docs import ROOT
from tests.workspace.sample import AUDIENCES, CARE, edit, write_sample

PLAN, MONTH, NOW = "improvement_plan", "2018-08", "2018-09-12T07:00"
RANK = {"in_balance": 0, "at_risk": 1, "out_of_balance": 2}


@pytest.fixture(scope="module")
def plan() -> Desk:
    return desk(PLAN)


@pytest.fixture(scope="module")
def august(plan: Desk) -> Outcome:
    return plan.run(MONTH, NOW)


def thousands(outcome: Outcome, *names: str) -> list[Decimal | None]:
    return [outcome.thousands(PLAN, name) for name in names]


# ---- A-R01: the whole table reconciles

# Every figure of the table that follows from others, in thousands, as it is printed.
STATED = {
    "savings_remaining": 8646, "savings_done": 1061, "savings_to_deliver": 7585, "overspends": 409,
    "underspends": -287, "demand_pressures": 6175, "assumed_funding": -5979, "revised_forecast": 65681,
    "overspend_before": 7903, "planned_actions": 1682, "overspend_after": 6221, "next_year_actions": 7903,
    "next_year_overspend": 0, "actions_2020_21": 7903, "overspend_2020_21": 0,
}  # fmt: skip


def test_a_r01_the_budget_table_adds_up_and_nothing_in_it_is_a_problem(august: Outcome) -> None:
    """A-R01"""
    assert {name: august.thousands(PLAN, name) for name in STATED} == STATED
    assert august.thousands(PLAN, "budget") == 57778
    assert august.problems() == []


# A cell of the table, and what is said once it is out by one thousand.
SLIPS: list[tuple[dict[str, str | None], int, str]] = [
    ({"measure": "savings_remaining"}, 8647, "£8,647,000 was returned, and its formula gives £8,646,000"),
    ({"measure": "savings_done"}, 1062, "£1,062,000 was returned, and its formula gives £1,061,000"),
    ({"measure": "savings_to_deliver"}, 7586, "£7,586,000 was returned, and its formula gives £7,585,000"),
    ({"measure": "overspends", "part": None}, 410, "is stated as £410,000, and the parts add up to £409,000"),
    ({"measure": "overspends", "part": "External transport"}, 40, "as £409,000, and the parts add up to £410,000"),
    ({"measure": "demand_pressures", "part": "Home care"}, 1816, "as £6,175,000, and the parts add up to £6,176,000"),
    ({"measure": "assumed_funding", "part": None}, -5978, "as -£5,978,000, and the parts add up to -£5,979,000"),
    ({"measure": "underspends"}, -286, "£65,681,000 was returned, and its formula gives £65,682,000"),
    ({"measure": "budget"}, 57779, "£65,681,000 was returned, and its formula gives £65,682,000"),
    ({"measure": "revised_forecast"}, 65682, "£65,682,000 was returned, and its formula gives £65,681,000"),
    ({"measure": "overspend_before"}, 7904, "£7,904,000 was returned, and its formula gives £7,903,000"),
    ({"measure": "planned_actions"}, 1683, "£1,683,000 was returned, and its formula gives £1,682,000"),
    ({"measure": "overspend_after"}, 6222, "£6,222,000 was returned, and its formula gives £6,221,000"),
    ({"measure": "next_year_actions"}, 7904, "£7,904,000 was returned, and its formula gives £7,903,000"),
    ({"measure": "next_year_overspend"}, 1, "£1,000 was returned, and its formula gives £0"),
    ({"measure": "actions_2020_21"}, 7902, "£7,902,000 was returned, and its formula gives £7,903,000"),
]


@pytest.mark.parametrize(("where", "figure", "said"), SLIPS, ids=[" ".join(map(str, w.values())) for w, *_ in SLIPS])
def test_a_r01_a_sum_that_is_out_is_a_problem_and_moves_no_status(
    plan: Desk, august: Outcome, where: dict[str, str | None], figure: int, said: str
) -> None:
    """A-R01"""
    slip = plan.with_row("measures", MONTH, {"actual": Decimal(figure) * 1000}, subject=PLAN, **where)
    outcome = slip.run(MONTH, NOW)
    assert any(said in what for what in outcome.problems(PLAN)), outcome.problems()
    assert outcome.status(PLAN) == august.status(PLAN)


def test_a_r01_a_line_of_the_savings_that_is_out_shows_in_every_stated_total_above_it(plan: Desk) -> None:
    """A-R01"""
    line = {"subject": "bed_base", "year": "2018/19"}
    said = plan.with_row("savings", MONTH, {"target": Decimal(1_641_000)}, **line).run(MONTH, NOW).problems(PLAN)
    assert any("£8,646,000 was returned, and its formula gives £8,647,000" in what for what in said)


# ---- A-R02 to A-R06: overspend, savings, funding, pressure, next year


def test_a_r02_the_overspend_after_action_gives_the_status_and_the_one_before_it_stands_beside(
    august: Outcome,
) -> None:
    """A-R02 (with red_over_pct 5 and amber_over_pct 0)"""
    before, after = august.measure(PLAN, "overspend_before_share"), august.measure(PLAN, "overspend_after_share")
    assert (before.shown, before.status, before.supporting) == ("13.68%", "out_of_balance", True)
    assert (after.shown, after.status, after.supporting) == ("10.77%", "out_of_balance", False)
    assert thousands(august, "overspend_before", "overspend_after") == [7903, 6221]
    assert august.rules(PLAN)["over_budget"] == "out_of_balance"
    assert any(
        remark.startswith("Over budget before planned action by 13.68%") for remark in august.subject(PLAN).remarks
    )
    assert august.subject(PLAN).previous is None
    assert august.subject(PLAN).trend == "New"  # nothing is known of an earlier status


@pytest.mark.parametrize(("limit", "status"), [("10.76%", "out_of_balance"), ("10.77%", "at_risk")])
def test_a_r02_any_red_limit_up_to_10_76_gives_the_same(plan: Desk, limit: str, status: str) -> None:
    """A-R02"""
    outcome = plan.with_threshold("overspend_tolerance", limit).run(MONTH, NOW)
    assert outcome.measure(PLAN, "overspend_after_share").status == status


def test_a_r02_the_overspend_before_action_never_moves_the_status(plan: Desk) -> None:
    """A-R02"""
    closed = plan.with_row(  # all of the gap, and more, closed within the year
        "savings", MONTH, {"forecast": Decimal(9_000_000)}, subject="learning_disability", year="2018/19"
    )
    for stated in ("planned_actions", "overspend_after"):
        closed = closed.without_row("measures", MONTH, subject=PLAN, measure=stated)
    outcome = closed.run(MONTH, NOW)
    assert outcome.measure(PLAN, "overspend_after_share").status == "in_balance"
    assert outcome.measure(PLAN, "overspend_before_share").status == "out_of_balance"
    assert "over_budget" not in outcome.rules(PLAN)


def test_a_r03_undelivered_savings_are_out_of_balance_and_those_carried_in_are_told(august: Outcome) -> None:
    """A-R03 (with red_undelivered_pct 50)"""
    assert august.measure(PLAN, "undelivered_share").shown == "87.73%"
    assert august.rules(PLAN)["savings_undelivered"] == "out_of_balance"
    assert "£7.585m of £8.646m is still to be delivered" in august.why(PLAN, "savings_undelivered")
    assert thousands(august, "planned_actions", "savings.net_at_risk") == [1682, 5903]
    assert round(1682 / 7585 * 100, 1) == 22.2
    (carried,) = [remark for remark in august.subject(PLAN).remarks if "earlier year" in remark]
    assert carried.startswith("At least £5.422m of the £8.646m")


@pytest.mark.parametrize(("limit", "status"), [("87.72%", "out_of_balance"), ("87.73%", "at_risk")])
def test_a_r03_any_limit_below_what_is_undelivered_gives_the_same(plan: Desk, limit: str, status: str) -> None:
    """A-R03"""
    outcome = plan.with_threshold("undelivered_limit", limit).run(MONTH, NOW)
    assert outcome.rules(PLAN)["savings_undelivered"] == status


def test_a_r04_the_overspend_is_given_with_and_without_the_funding_that_is_not_agreed(august: Outcome) -> None:
    """A-R04"""
    assert august.rules(PLAN)["unsecured_funding"] == "at_risk"
    assert thousands(august, "overspend_if_refused", "overspend_if_no_funding") == [8200, 12200]
    assert "becomes £8.2m, and without any of it £12.2m" in august.why(PLAN, "unsecured_funding")
    assert august.measure(PLAN, "assumed_funding").shown == "-£5.979m (-£1.979m of it unsecured)"


def test_a_r04_funding_that_is_agreed_is_no_finding(plan: Desk) -> None:
    """A-R04"""
    proposed = {"subject": PLAN, "measure": "assumed_funding", "part": "Proposed addition of 2018/19"}
    outcome = plan.with_row("measures", MONTH, {"state": None}, **proposed).run(MONTH, NOW)
    assert "unsecured_funding" not in outcome.rules(PLAN)
    assert thousands(outcome, "overspend_if_refused") == [6221]


def test_a_r05_a_pressure_outside_the_forecast_is_shown_and_not_added(august: Outcome) -> None:
    """A-R05"""
    assert thousands(august, "overspend_after", "overspend_if_pressure", "overspend_if_both") == [6221, 6671, 8650]
    assert "pressure_outside_forecast" not in august.rules(PLAN)
    (told,) = [remark for remark in august.subject(PLAN).remarks if "possible pressure" in remark]
    assert "with it the overspend would be £6.671m" in told
    assert "Later years may see £1.56m" in told


def test_a_r05_must_not_add_later_years_to_this_one_nor_count_the_pressure_twice(plan: Desk, august: Outcome) -> None:
    """A-R05 must_not: add 1,560 to 2018/19; count 450 twice"""
    figures = {name: known.value / 1000 for name, known in august.sheet(PLAN).facts.items()}
    for wrong in (6221 + 1560, 6221 + 450 + 1560, 6221 + 2 * 450, 2 * 450):
        assert wrong not in figures.values()
    # A total beside its parts, where the pressure is named once for each cause: the whole counts, and no sum of both.
    later = plan.with_row(
        "measures", MONTH, {"actual": Decimal(9_000_000)}, subject=PLAN, measure="possible_pressure_later"
    )
    assert thousands(later.run(MONTH, NOW), "overspend_if_pressure") == [6671]


def test_a_r06_a_year_that_balances_by_planned_action_alone_is_not_plain_green(august: Outcome) -> None:
    """A-R06 must_not: return plain green for 2019/20"""
    assert thousands(august, "next_year_overspend", "overspend_2020_21", "next_year_actions") == [0, 0, 7903]
    assert august.rounded(PLAN, "in_place_share") == "21.28"
    assert august.rules(PLAN)["balanced_by_plan_only"] == "at_risk"
    for year in ("next_year_overspend", "overspend_2020_21"):
        assert august.measure(PLAN, year).status is None
    assert "in_balance" not in {one.status for one in august.run.subjects}


# ---- A-R07 to A-R09: line by line, part-year and full-year, early cohorts


def test_a_r07_a_line_that_is_not_covered_shows_although_the_total_is_over_covered(august: Outcome) -> None:
    """A-R07"""

    def cover(ref: str) -> Decimal | None:
        planned, needed = (august.thousands(ref, f"savings.{name} in next year") for name in ("forecast", "target"))
        return None if planned is None or needed is None else planned - needed

    lines = ("in_house_support", "learning_disability", "bed_base", "right_sizing")
    assert [cover(ref) for ref in lines] == [-377, 0, 0, 695]
    assert cover(PLAN) == cover("savings_plan") == 318
    flagged = [one.ref for one in august.run.subjects if "not_covered_next_year" in august.rules(one.ref)]
    assert flagged == ["in_house_support"]
    assert "£342k is planned next year for £719k" in august.why("in_house_support", "not_covered_next_year")


def test_a_r08_part_year_full_year_and_what_is_inside_a_total_stay_apart(august: Outcome) -> None:
    """A-R08"""
    figures = ("night_visits_year", "reviews_full_year")
    assert [august.thousands("right_sizing", name) for name in figures] == [187, 646]
    assert august.problems("right_sizing") == []


def test_a_r08_must_not_count_a_saving_that_is_inside_another_twice(plan: Desk, august: Outcome) -> None:
    """A-R08 must_not: 646 + 258 = 904; 646 + 187 = 833; use 646 as 2018/19 benefit"""
    facts = {name: known.value / 1000 for name, known in august.sheet("right_sizing").facts.items()}
    assert not {Decimal(904), Decimal(833)} & set(facts.values())
    assert [name for name, value in facts.items() if value == 646] == ["reviews_full_year"]
    assert august.thousands("right_sizing", "savings.forecast in this year") == 414
    # Whoever writes the whole where the rest belongs is told: 258 within 646 and 646 beside it are 904.
    other = {"subject": "right_sizing", "measure": "reviews_full_year", "part": "Other cohorts"}
    (said,) = plan.with_row("measures", MONTH, {"actual": Decimal(646_000)}, **other).run(MONTH, NOW).problems()
    assert "the total is stated as £646,000, and the parts add up to £904,000" in said


def test_a_r08_a_saving_made_once_is_not_added_up_over_the_years_in_which_it_counts(august: Outcome) -> None:
    """A-R08"""
    assert [august.thousands("savings_plan", f"savings.{name}") for name in ("target", "forecast")] == [8646, 2743]
    subject = august.subject("savings_plan")
    assert (subject.savings["target"].shown, subject.savings_in) == ("£8.646m", "2018/19")


def test_a_r09_what_the_first_cohorts_predict_is_provisional_and_far_from_the_plan(august: Outcome) -> None:
    """A-R09"""
    assert august.rounded("right_sizing", "reviews_share") == "22.69"
    remarks = august.subject("right_sizing").remarks
    assert "22.69% of the £2.847m planned" in " ".join(remarks)
    assert any("£646k is provisional, so no straight line is drawn from it" in remark for remark in remarks)
    assert august.figure("right_sizing", "reviews_full_year.linear_target") is None


# ---- A-R10, A-R11: a target of nought, a dip with a reason and a recovery date


def test_a_r10_nought_against_a_target_of_nought_is_as_expected(plan: Desk) -> None:
    """A-R10 must_not: divide by zero, raise no-activity alert"""
    may = plan.run("2018-05", "2018-06-11T07:00")
    assert may.measure("right_sizing", "reviews").status == "in_balance"
    assert may.measure("right_sizing", "reviews").shown == "0 against 0"
    assert may.figure("right_sizing", "reviews.shortfall") == "0"
    assert may.rules("right_sizing") == {}
    assert may.problems("right_sizing") == []
    assert may.run.messages == ()


def scenario(name: str) -> ScenarioResult:
    office = app.open_office(ROOT, NOW)
    about = app.declared(office, PLAN)
    (found,) = (one for one in read_scenarios(ROOT, office.workspace)[0] if Path(one.file).stem == name)
    return run_scenario(about, found)


def test_a_r11_on_the_published_words_the_dip_is_explained_and_exactly_at_risk(august: Outcome) -> None:
    """A-R11 at 2018-09-12"""
    subject = august.subject("right_sizing")
    assert (subject.status, subject.floor) == ("at_risk", None)
    (dip,) = [one for one in subject.findings if (one.rule, one.measure) == ("said_off_target", "reviews")]
    assert [(one.reason, one.recovery_by) for one in dip.explanations] == [
        ("A home of 48 beds closed without notice, and annual leave was taken", "2018-09-30")
    ]
    assert any(remark.startswith("Reviews completed: to be back on target in 30 days") for remark in subject.remarks)
    assert "recovery_missed" not in august.rules("right_sizing")


def september(plan: Desk, **reviews: object) -> Outcome:
    """The month in which recovery was promised, with what is said of the reviews."""
    (owners,) = (one for one in plan.returns if (one.period, one.submitter) == (MONTH, "owners"))
    rows = [
        row.model_copy(update={"state": None, **reviews}) if row.measure == "reviews" else row
        for row in owners.measures
        if row.measure != "review_rate"
    ]
    returned = owners.model_copy(
        update={"period": "2018-09", "measures": tuple(rows), "explanations": (), "milestones": ()}
    )
    return Desk(plan.about, (*plan.returns, returned)).runs(MONTH, "2018-09", now="2018-10-01T07:00")[-1]


@pytest.mark.parametrize(
    "reviews", [{"state": FigureState.OFF_TARGET}, {"actual": Decimal(60), "target": Decimal(80)}, {}]
)
def test_a_r11_still_below_or_without_a_figure_the_promise_is_broken_and_it_escalates(
    plan: Desk, reviews: dict[str, object]
) -> None:
    """A-R11 at 2018-10-01 still below"""
    outcome = september(plan, **reviews)
    assert outcome.rules("right_sizing")["recovery_missed"] == "out_of_balance"
    assert (outcome.status("right_sizing"), outcome.subject("right_sizing").trend) == ("out_of_balance", "Worse")


def test_a_r11_back_on_target_the_dip_is_over(plan: Desk) -> None:
    """A-R11 at 2018-10-01 back on target"""
    outcome = september(plan, actual=Decimal(82), target=Decimal(80))
    assert outcome.measure("right_sizing", "reviews").status == "in_balance"
    assert set(outcome.rules("right_sizing")) == {"savings_short_this_year"}  # its savings are no dip


def test_a_r11_with_figures_it_holds_until_the_day_and_gets_worse_after_it() -> None:
    """A-R11 at 2018-09-12, and at 2018-10-01 still below"""
    result = scenario("review_dip_missed")
    assert result.ok, result.failed


def test_a_r11_with_figures_it_clears_once_it_is_back_on_target() -> None:
    """A-R11 at 2018-10-01 back on target"""
    result = scenario("review_dip_recovers")
    assert result.ok, result.failed


# ---- A-R12 to A-R15: counts, words without figures, rates without a denominator, actions without dates


def test_a_r12_the_counts_of_the_plan_add_up_and_two_areas_are_in_neither_class(plan: Desk, august: Outcome) -> None:
    """A-R12"""
    assert august.problems("plan_areas") == []
    assert august.figure("plan_areas", "areas") == "19"
    assert august.subject("plan_areas").remarks == (
        "2 of 19 areas are neither routine by now nor within a project plan",
    )
    slip = plan.with_row("measures", MONTH, {"actual": Decimal(10)}, subject="plan_areas", measure="areas_in_projects")
    (said,) = slip.run(MONTH, NOW).problems("plan_areas")
    assert "19 was returned, and its formula gives 20" in said


def test_a_r13_off_target_without_a_figure_is_at_risk_and_says_so(august: Outcome) -> None:
    """A-R13"""
    rate = august.measure("right_sizing", "review_rate")
    assert (rate.actual, rate.shown, rate.status) == (None, "off target", "at_risk")
    because = [one.because for one in august.subject("right_sizing").findings if one.measure == "review_rate"]
    assert because == ["People on service reviewed within 12 months: said to be off target, without a figure"]
    assert RANK[august.status("right_sizing") or ""] >= RANK["at_risk"]
    assert august.subject("right_sizing").trend == "New"  # whether it improves is not known


def test_a_r14_without_the_number_of_reviewers_no_target_can_be_worked_out(august: Outcome) -> None:
    """A-R14"""
    assert august.figure("right_sizing", "reviews_due") is None
    assert august.figure("right_sizing", "reviews_each") is None
    assert august.figure("right_sizing", "reviews_each.target") == "2"
    lacking = august.lacks("right_sizing")
    assert any("a figure for Reviewers (full-time equivalent)" in words for words in lacking)


def test_a_r14_with_the_number_of_reviewers_it_can(plan: Desk) -> None:
    """A-R14"""
    team = plan.with_row("measures", MONTH, {"actual": Decimal(9)}, subject="right_sizing", measure="review_fte")
    done = team.with_row(
        "measures", MONTH, {"actual": Decimal(60), "state": None}, subject="right_sizing", measure="reviews"
    )
    outcome = done.run(MONTH, NOW)
    assert outcome.figure("right_sizing", "reviews_due") == "72"
    assert outcome.measure("right_sizing", "reviews_each").status == "at_risk"


def test_a_r15_nine_of_ten_actions_have_no_date_and_the_reduction_no_baseline(august: Outcome) -> None:
    """A-R15"""
    controls = august.subject("spending_controls")
    (undated,) = controls.remarks
    assert undated.startswith("9 of 10 actions have no date (")
    assert controls.status is None
    assert august.measure("spending_controls", "mileage_change").target == "-20"
    assert any(
        "a figure for Mileage and printing in the year before" in words for words in august.lacks("spending_controls")
    )


# ---- A-R16: a word that means two things


@pytest.mark.parametrize("word", ["bi weekly", "bi-weekly", "Biweekly", "bi-monthly"])
def test_a_r16_a_cadence_that_means_two_things_is_refused(tmp_path: Path, word: str) -> None:
    """A-R16"""
    root = write_sample(tmp_path)
    edit(root, CARE, "reports: monthly", f"reports: {word}")
    workspace, faults = load_workspace(root)
    assert workspace is None
    (fault,) = [fault for fault in faults if fault.code == "ambiguous-word"]
    assert fault.what.startswith(f"`{word}` may mean every 2 ")
    assert "twice a" in fault.what


def test_a_r16_nor_may_an_audience_be_told_by_such_a_word(tmp_path: Path) -> None:
    """A-R16"""
    root = write_sample(tmp_path)
    (root / "config/audiences.yaml").write_text(AUDIENCES.replace("every: month", "every: bi weekly"), "utf-8")
    assert "ambiguous-word" in {fault.code for fault in load_workspace(root)[1]}


# ---- whom it is told to


def test_the_plan_is_told_on_calendars_of_its_own(plan: Desk) -> None:
    told = {
        name: (audience.when.every, audience.when.on, audience.at)
        for name, audience in plan.about.workspace.audiences.items()
        if isinstance(audience.when, OwnCalendar) and concerns(audience, plan.about.portfolio)
    }
    assert told == {
        "assurance_meeting": ("2 weeks", None, "exceptions"),
        "review_performance": ("2 weeks", None, "exceptions"),
        "slt": ("month", "8th working day", "out_of_balance"),
        "scrutiny_board": ("3 months", "2nd Wednesday", "exceptions"),
    }


@pytest.mark.parametrize("portfolio", ["improvement_plan", "demand_model"])
def test_nobody_hears_of_one_subject_from_two_audiences(portfolio: str) -> None:
    about = desk(portfolio).about
    heard: dict[tuple[str, str], list[str]] = {}
    for name, audience in about.workspace.audiences.items():
        if audience.tell != "statuses" or not concerns(audience, about.portfolio):
            continue
        for person, refs in recipients(
            audience, about.portfolio, about.workspace.people, date(2018, 9, 12)
        ).reachable.items():
            for ref in refs:
                heard.setdefault((person, ref), []).append(name)
    assert {key: names for key, names in heard.items() if len(names) > 1} == {}


def test_the_leadership_team_hears_of_a_dip_once_its_promise_is_broken() -> None:
    """What escalates is the status: the project gets worse than at risk, which is where the team's threshold lies."""
    statuses = [one.run for one in scenario("review_dip_missed").replayed.values()]
    at = [next(s.status for s in run.subjects if s.ref == "right_sizing") for run in statuses]
    slt = desk(PLAN).about.workspace.audiences["slt"]
    assert [slt.at == status for status in at] == [False, False, False, False, True, True]
