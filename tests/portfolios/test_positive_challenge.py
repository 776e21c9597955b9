"""Positive Challenge, January to September 2019: the cases A-C01 to A-C24.

Where the report gives figures they are its own, as they lie in the repository. Where it has words or a chart alone, a
small story gives figures that fit the words, and shows what the rules say of them.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from engine import app
from engine.model.returns import MeasureRow, MilestoneRow, SavingsRow
from engine.office import Office
from engine.periods import PeriodError, read_year
from engine.scenarios.reading import read_scenario
from engine.scenarios.running import ScenarioResult, run_scenario
from engine.workspace.yamlfile import read_yaml_text
from tests.portfolios.desk import Desk, Outcome, desk
from tests.test_docs import ROOT

NAME, COUNTY = "positive_challenge", "county_programme"
MONTHS = [f"2019-{month:02}" for month in range(1, 10)]
PACKAGES: dict[str, list[int | None]] = {
    "home_care": [2029, 2048, 2038, 2053, 2074, 2074, 2080],
    "supported_living": [582, 580, 584, 586, 584, 579, 582],
    "live_in_care": [52, 54, 80, 80, 79, 80, 85],
    "direct_payment_users": [518, 517, 954, 947, 940, 930, 926],
    "other_community": [None, None, 1051, 1061, 1051, 1054, 1089],
    "residential": [1314, 1315, 1272, 1248, 1220, 1188, 1176],
    "nursing": [563, 565, 542, 535, 522, 475, 516],
}


@pytest.fixture(scope="module")
def challenge() -> Desk:
    return desk(NAME)


@pytest.fixture(scope="module")
def year(challenge: Desk) -> dict[str, Outcome]:
    """All months in a row, each published before the next, as on 9 October."""
    return dict(zip(MONTHS, challenge.runs(*MONTHS, now="2019-10-09T07:00"), strict=True))


@pytest.fixture(scope="module")
def september(year: dict[str, Outcome]) -> Outcome:
    return year["2019-09"]


@pytest.fixture(scope="module")
def office() -> Office:
    return app.open_office(ROOT, "2030-01-01T07:00")


def story(office: Office, text: str) -> ScenarioResult:
    """What comes of some months' returns; every series of the story has to come out as it expects."""
    about = app.declared(office, NAME)
    written = read_yaml_text(f"scenario: A story\nportfolio: {NAME}\n{text}", "story")
    scenario, faults = read_scenario(written, office.workspace, {NAME: about.rulebook})
    assert scenario is not None, [str(fault) for fault in faults]
    result = run_scenario(about, scenario)
    assert [(one.expected.of, *one.got) for one in result.failed] == []
    return result


def remarks(outcome: Outcome, ref: str, *words: str) -> list[str]:
    return [one for one in outcome.subject(ref).remarks if all(word in one for word in words)]


def unbroken(challenge: Desk) -> Desk:
    """The portfolio as it stood before anybody marked a break in its series."""
    portfolio = challenge.about.portfolio
    measures = {name: one.model_copy(update={"series": ()}) for name, one in portfolio.measures.items()}
    about = replace(challenge.about, portfolio=portfolio.model_copy(update={"measures": measures}))
    return replace(challenge, about=about)


def said_in(outcome: Outcome) -> Iterator[str]:
    """All that is said to people of the county's programme."""
    subject = outcome.subject(COUNTY)
    yield from subject.remarks
    yield from (finding.because for finding in subject.findings)
    yield from outcome.problems(COUNTY)


def test_the_packages_are_returned_as_they_were_published(year: dict[str, Outcome]) -> None:
    for name, figures in PACKAGES.items():
        found = [year[month].figure(COUNTY, name) for month in MONTHS[:7]]
        assert found == [None if figure is None else str(figure) for figure in figures]


# ---- A-C01 to A-C09: benefit and money


def test_a_c01_the_judged_amber_stays_beside_the_computed_red_and_the_difference_is_told(september: Outcome) -> None:
    """A-C01"""
    county = september.subject(COUNTY)
    assert county.declared is not None
    assert (county.declared.status, county.status, county.derived) == ("amber", "red", "red")
    (told,) = [what for what in september.problems(COUNTY) if "is declared Amber" in what]
    assert told.endswith("and its rules give Red")
    assert {"far_below_straight_line", "spend_over_baseline"} <= september.rules(COUNTY).keys()
    assert september.why(COUNTY, "far_below_straight_line").startswith("Indicative only")
    assert remarks(september, COUNTY, "no profile, so what should be there by now is not known")
    assert remarks(september, "changing_conversations", "not quantified yet; nothing is counted for it")
    assert "county" in county.title.casefold()
    linear = september.sheet(COUNTY).facts["evidenced.linear_target"].value
    assert round(linear / 1000, 1) == Decimal("1583.3")
    assert round(786_000 / linear * 100, 1) == Decimal("49.6")
    assert round(Decimal(786) / 3800 * 100, 1) == Decimal("20.7")


@pytest.mark.parametrize(("limit", "status"), [("49%", "amber"), ("49.7%", "red"), ("100%", "red")])
def test_a_c01_any_red_limit_above_49_6_computes_red(challenge: Desk, limit: str, status: str) -> None:
    """A-C01"""
    outcome = challenge.with_threshold("straight_line_red", limit).run("2019-09", "2019-10-09T07:00")
    assert outcome.status(COUNTY) == status
    declared = any("is declared Amber" in what for what in outcome.problems(COUNTY))
    assert declared == (status == "red")


# In the months of a year whose figures are owed from April on.
TECHNOLOGY = """
from: 2020-04
given:
  technology_enabled_care:
    cost_avoidance: £60k £66k £74k £83k £112k
    cost_avoidance.target: £120k £120k £120k £120k £100k
    cost_avoidance.state: _ _ _ _ under_review
expect:
  technology_enabled_care:
    findings:
      below_target_to_date: fires x5
      long_below_target_to_date: unknown unknown fires quiet quiet
      met_in_the_month: quiet x4 fires
      improving: unknown quiet quiet fires fires
      figure_under_review: quiet x4 fires
    status: amber amber amber_red amber amber
    trend: New Same _ Better Same
"""


def test_a_c02_below_to_date_met_in_the_month_and_rising_is_amber_and_never_green(office: Office) -> None:
    """A-C02: August alone makes nothing green."""
    story(office, TECHNOLOGY)


def test_a_c02_in_words_alone_a_person_says_amber(september: Outcome) -> None:
    """A-C02"""
    technology = september.subject("technology_enabled_care")
    assert technology.floor is not None
    assert (technology.status, technology.floor.status) == ("amber", "amber")
    assert "August alone met it" in technology.floor.reason
    (told,) = [what for what in september.problems("technology_enabled_care") if "approved" in what]
    assert "the year's target was set anew from 2019-08 on (lowered" in told


def test_a_c02_figures_before_and_after_a_lowered_target_are_said_not_to_compare(challenge: Desk) -> None:
    """A-C02"""
    subject, dated = (
        "technology_enabled_care",
        [{"from": "2019-04", "value": "£120k"}, {"from": "2019-08", "value": "£100k"}],
    )
    row = {"subject": subject, "measure": "cost_avoidance"}
    outcome = _with_target(challenge, subject, "cost_avoidance", dated).with_row(
        "measures", "2019-09", {"actual": Decimal(112_000), "state": None}, **row
    ).run("2019-09", "2019-10-09T07:00")  # fmt: skip
    (lowered,) = remarks(outcome, subject, "was £120k earlier this year and is £100k now")
    assert lowered.endswith("months before and after do not compare")
    assert any("was changed from £120,000 to £100,000 from 2019-08 on" in what for what in outcome.problems(subject))


def _with_target(challenge: Desk, ref: str, measure: str, target: object) -> Desk:
    """The portfolio with another target of a project's measure."""
    document = challenge.about.portfolio.model_dump(by_alias=True)

    def changed(node: Any) -> Any:
        if isinstance(node, dict) and node.get("ref") == ref:
            node["measures"][measure]["target"] = target
        for child in (*node.get("programmes", ()), *node.get("projects", ())):
            changed(child)

    changed(document)
    portfolio = type(challenge.about.portfolio).model_validate(document)
    return replace(challenge, about=replace(challenge.about, portfolio=portfolio))


def test_a_c03_fewer_people_and_a_greater_share_are_judged_apart_and_the_money_is_green(office: Office) -> None:
    """A-C03"""
    result = story(
        office,
        """
from: 2019-07
given:
  reablement_service:
    cost_avoidance: £52k £50k
    cost_avoidance.target: £50k
    episodes: 210 180
    episodes.target: 200
    no_care_count: 126 112
    no_care_count.target: 120
    no_care_rate: 60% 62.2%
    no_care_rate.target: 60%
    therapy_manager: 1 x2
    explanation episodes: [_, "Leave, and home care short of staff in the holidays"]
expect:
  reablement_service:
    status: green amber
    findings:
      below_target episodes: quiet fires
      below_target no_care_count: quiet fires
      below_target no_care_rate: quiet quiet
      below_target_to_date: quiet quiet
      fewer_but_better: quiet fires
""",
    )
    august = Outcome(result.replayed["2019-08"])
    assert august.measure("reablement_service", "cost_avoidance").status == "green"
    assert august.measure("reablement_service", "episodes").status == "amber"
    (dip,) = [one for one in august.subject("reablement_service").findings if one.measure == "episodes"]
    assert [one.reason for one in dip.explanations] == ["Leave, and home care short of staff in the holidays"]


def test_a_c03_in_words_alone_a_person_says_amber_for_august(year: dict[str, Outcome]) -> None:
    """A-C03: declared Green for the money, the difference told, the reason shown; the risk that it lasts is a note."""
    august = year["2019-08"].subject("reablement_service")
    assert august.status == "amber"
    assert {one.measure for one in august.measures if one.explanation is not None} == {"episodes", "no_care_count"}
    assert any("is declared Green" in what for what in year["2019-09"].problems("reablement_service"))


def test_a_c04_a_front_weighted_saving_is_held_against_its_profile_and_nothing_is_averaged(office: Office) -> None:
    """A-C04: 90% of the year's saving is there after two months, and no straight line makes more of it."""
    result = story(
        office,
        """
from: 2019-04
given:
  support_for_carers:
    direct_payment_savings: £180k £90k £10k £10k
    direct_payment_savings.target: £180k £90k £10k £20k
    cost_avoidance.state: unquantified x4
    review_assessors: 3 x4
expect:
  support_for_carers:
    status: _ _ _ amber
    findings:
      below_target_to_date direct_payment_savings: quiet quiet quiet fires
      below_target_to_date cost_avoidance: unknown x4
      benefit_not_quantified cost_avoidance: fires x4
      benefit_not_quantified direct_payment_savings: quiet x4
""",
    )
    may = Outcome(result.replayed["2019-05"])
    ratings = {one.measure: one.status for one in may.subject("support_for_carers").measures}
    assert (ratings["direct_payment_savings"], ratings["cost_avoidance"]) == ("green", None)
    facts = may.sheet("support_for_carers").facts
    assert "direct_payment_savings.linear_target" not in facts
    assert not any("straight line" in one for one in remarks(may, "support_for_carers"))


def test_a_c04_under_target_in_words_alone_is_a_person_s_amber(september: Outcome) -> None:
    """A-C04"""
    carers = september.subject("support_for_carers")
    assert carers.floor is not None
    assert (carers.status, carers.floor.status) == ("amber", "amber")
    assert remarks(september, "support_for_carers", "Cost avoided", "not quantified yet")


def test_a_c05_without_a_target_this_year_it_is_neither_green_nor_chased(september: Outcome) -> None:
    """A-C05"""
    subject = september.subject("changing_conversations")
    benefit = september.measure("changing_conversations", "cost_avoidance")
    assert (subject.status, benefit.status) == (None, None)
    assert remarks(september, "changing_conversations", "Cost avoided", "no target is given for this year")
    assert september.figure("changing_conversations", "wellbeing_reviews") == "240"
    assert september.problems("changing_conversations") == []
    assert september.figure("changing_conversations", "measures.missing") == "0"


def test_a_c06_while_its_measures_are_not_agreed_it_is_not_rated_and_adds_no_money(challenge: Desk) -> None:
    """A-C06"""
    outcome = challenge.run("2019-09", "2019-10-09T07:00")
    adulthood = outcome.subject("into_adulthood")
    assert (adulthood.status, adulthood.lifecycle, adulthood.findings) == ("taking_shape", "developing", ())
    assert challenge.about.scheme.rank(adulthood.status) is None


def _savings(challenge: Desk, **targets: int) -> Desk:
    """The same with savings returned, in £000 a project."""
    rows = tuple(
        SavingsRow(subject=ref, year="2019/20", target=Decimal(target * 1000), at_risk=Decimal(0))
        for ref, target in targets.items()
    )
    latest = next(one for one in challenge.returns if (one.period, one.submitter) == ("2019-09", "programme_office"))
    changed = latest.model_copy(update={"savings": rows})
    return replace(challenge, returns=tuple(changed if one is latest else one for one in challenge.returns))


BENEFITS = {
    "changing_conversations": 1, "technology_enabled_care": 300, "reablement_service": 200, "support_for_carers": 100,
}  # fmt: skip


def test_a_c06_what_children_s_services_may_count_is_not_added_to_the_programme(challenge: Desk) -> None:
    """A-C06"""
    sums = [
        _savings(challenge, **BENEFITS, **more).run("2019-09").figure(COUNTY, "savings.target in this year")
        for more in ({}, {"into_adulthood": 100})
    ]
    assert sums == ["601000", "601000"]


def test_a_c07_an_enabler_is_not_rated_and_counts_for_nothing_in_the_sums(challenge: Desk, september: Outcome) -> None:
    """A-C07: that enablers returned nothing leaves the sum known; that a workstream did not leaves it open."""
    for ref in ("neighbourhoods", "panels", "joint_commissioning"):
        assert september.status(ref) is None
    assert september.why(COUNTY, "workstreams_off_track") == "3 of 3 rated workstreams are Amber or worse"
    assert _savings(challenge, **BENEFITS).run("2019-09").figure(COUNTY, "savings.target in this year") == "601000"
    some = {ref: target for ref, target in BENEFITS.items() if ref != "reablement_service"}
    assert _savings(challenge, **some).run("2019-09").figure(COUNTY, "savings.target in this year") is None


def test_a_c08_spend_over_a_baseline_that_nobody_gives_is_amber_and_the_share_is_said_to_be_unknown(
    september: Outcome,
) -> None:
    """A-C08: the rule is not skipped in silence, and no budget stands in for the baseline."""
    assert september.rules(COUNTY)["spend_over_baseline"] == "amber"
    assert september.figure(COUNTY, "spend_over_baseline") == "560000"
    lacking = [words for words, rules in september.lacks(COUNTY).items() if "spend_far_over_baseline" in rules]
    assert lacking == ["a figure for The programme's spending baseline"]


def test_a_c09_the_plan_adds_up_and_a_pressure_without_an_amount_is_amber(challenge: Desk, september: Outcome) -> None:
    """A-C09: that terms are mixed stands beside the total, as a note."""
    assert september.figure(COUNTY, "investment_plan") == "2663000"
    assert not any("Investment plan" in what for what in september.problems(COUNTY))
    assert september.rules(COUNTY)["pressure_without_an_amount"] == "amber"
    assert "one-year and two-year terms are mixed" in september.measure(COUNTY, "investment_plan").note
    slip = challenge.with_row(
        "measures", "2019-09", {"actual": Decimal(889_000)},
        subject=COUNTY, measure="investment_plan", part="Subject expertise",
    )  # fmt: skip
    (told,) = [what for what in slip.run("2019-09").problems(COUNTY) if "Investment plan" in what]
    assert "the total is stated as £2,663,000, and the parts add up to £2,664,000" in told


# ---- A-C10 and A-C11: posts


def test_a_c10_an_empty_post_without_a_day_is_amber_and_one_with_a_day_is_a_remark(september: Outcome) -> None:
    """A-C10"""
    assert september.why("support_for_carers", "post_empty") == (
        "Review assessors in post: 2 of 3, and no day on which the next one starts"
    )
    assert "post_empty" not in september.rules("changing_conversations")
    assert remarks(september, "changing_conversations", "Change champions in post: 1 of 2, the next one starts in")
    assert september.measure("technology_enabled_care", "double_up_therapists").status == "green"
    assert "Technology posts filled was due and has not come" in september.problems("technology_enabled_care")
    posts = september.measure("technology_enabled_care", "technology_posts")
    assert (posts.actual, posts.status) == (None, None)


def test_a_c10_once_the_day_has_passed_the_post_is_empty_like_any_other(challenge: Desk) -> None:
    """A-C10"""
    still = MeasureRow(subject="changing_conversations", measure="change_champions", actual=Decimal(1))
    assert "post_empty" in _later(challenge, "2019-12", measures=(still,)).rules("changing_conversations")


def test_a_c11_the_row_with_a_number_is_used_and_both_statements_are_shown(september: Outcome) -> None:
    """A-C11"""
    champions = september.measure("changing_conversations", "change_champions")
    assert champions.shown == "1 against 2 (under review)"
    assert champions.note == "One passage says that they are in post; the table says one of two"
    assert remarks(september, "changing_conversations", "Change champions in post: 1, and under review")


# ---- A-C12 and A-C13: milestones


def _later(
    challenge: Desk,
    period: str,
    *,
    measures: tuple[MeasureRow, ...] = (),
    milestones: tuple[MilestoneRow, ...] = (),
    now: str = "2030-01-01T07:00",
) -> Outcome:
    """A period after September in which this is all that came back."""
    last = next(one for one in challenge.returns if (one.period, one.submitter) == ("2019-09", "programme_office"))
    row = {"period": period, "measures": measures, "milestones": milestones, "judgements": (), "explanations": ()}
    later = last.model_copy(update={**row, "savings": (), "problems": ()})
    return replace(challenge, returns=(*challenge.returns, later)).run(period, now)


def lifeline(challenge: Desk) -> MilestoneRow:
    rows = (row for one in challenge.returns for row in one.milestones)
    return next(row for row in rows if row.milestone == "Report on the lifeline project")


def test_a_c12_a_milestone_is_not_due_then_due_then_passed_without_a_word(challenge: Desk, september: Outcome) -> None:
    """A-C12: on 7 November it is not called missed, as nobody has said what became of it."""
    ref, report = "technology_enabled_care", lifeline(challenge)
    assert september.figure(ref, "milestones.due") == "0"
    assert not {"milestone_overdue", "milestone_passed_in_silence"} & september.rules(ref).keys()
    october = _later(challenge, "2019-10", milestones=(report,), now="2019-10-31T17:00")
    assert october.figure(ref, "milestones.due") == "1"
    assert "milestone_overdue" not in october.rules(ref)
    assert remarks(october, ref, "Milestones due in this period", "Report on the lifeline project")
    november = _later(challenge, "2019-11", now="2019-11-07T17:00")
    assert november.rules(ref)["milestone_passed_in_silence"] == "amber"
    why = november.why(ref, "milestone_passed_in_silence")
    assert "no word since on whether they were met" in why
    assert "missed" not in why
    done = report.model_copy(update={"done": report.planned})
    assert "milestone_passed_in_silence" not in _later(challenge, "2019-11", milestones=(done,)).rules(ref)


def test_a_c13_a_tender_that_is_said_to_be_late_is_amber_while_its_date_stands(september: Outcome) -> None:
    """A-C13: what is asked is a new date, and a look at the dates that follow from it."""
    (finding,) = [one for one in september.subject("support_for_carers").findings if one.rule == "milestone_slipped"]
    assert (finding.status, [one.name for one in finding.milestones]) == ("amber", ["Contract out to tender"])
    assert finding.milestones[0].planned == "2019-09-30"
    assert finding.action is not None
    assert "the dates of all that follows from it" in finding.action
    assert "milestone_overdue" not in september.rules("support_for_carers")


# ---- A-C14 to A-C18: the shape of a series


def test_a_c14_a_step_of_more_than_a_quarter_may_be_a_break(challenge: Desk) -> None:
    """A-C14 (with break_pct 25), before anybody marked the break"""
    found = {
        (month, what.partition(" went")[0])
        for month, outcome in zip(MONTHS, unbroken(challenge).runs(*MONTHS), strict=True)
        for what in outcome.problems(COUNTY)
        if "in one period" in what
    }
    assert found == {("2019-03", "People with direct payments"), ("2019-03", "People in live-in care")}


def test_a_c14_the_changes_of_direct_payments_are_as_the_report_gives_them(challenge: Desk) -> None:
    """A-C14"""
    outcomes = unbroken(challenge).runs(*MONTHS[:7])
    steps = [
        round(facts["direct_payment_users.change"].value / facts["direct_payment_users.previous"].value * 100, 2)
        for facts in (outcome.sheet(COUNTY).facts for outcome in outcomes[1:])
    ]
    assert [str(step) for step in steps] == ["-0.19", "84.53", "-0.73", "-0.74", "-1.06", "-0.43"]


def test_a_c14_once_the_break_is_marked_nothing_looks_past_it(year: dict[str, Outcome]) -> None:
    """A-C14: falling four times of four since March, and no growth of 79% since January."""
    march, july = year["2019-03"], year["2019-07"]
    assert march.figure(COUNTY, "direct_payment_users.previous") is None
    assert remarks(march, COUNTY, "People with direct payments", "the first figure of its series")
    assert july.figure(COUNTY, "direct_payment_users.run") == "-4"
    assert remarks(july, COUNTY, "People with direct payments keeps falling, to 926")
    since = [Decimal(year[month].figure(COUNTY, "direct_payment_users") or 0) for month in ("2019-03", "2019-07")]
    assert round((since[1] - since[0]) / since[0] * 100, 2) == Decimal("-2.94")
    assert not any("518" in words or "78.8" in words for words in said_in(july))


def test_a_c15_one_month_that_stands_apart_is_told_and_no_trend_is_read_from_it(year: dict[str, Outcome]) -> None:
    """A-C15 (with outlier_pct 8)"""
    told = [month for month in MONTHS[:7] if any("stands apart" in words for words in said_in(year[month]))]
    assert told == ["2019-07"]
    (outlier,) = remarks(year["2019-07"], COUNTY, "stands apart")
    assert outlier.startswith(
        "People in nursing care: the period before (475) stands apart from its neighbours 522 and 516"
    )
    assert not remarks(year["2019-07"], COUNTY, "nursing", "rising")


def test_a_c16_a_series_that_starts_late_is_neither_nought_nor_missing_before(year: dict[str, Outcome]) -> None:
    """A-C16"""
    for month in ("2019-01", "2019-02"):
        assert year[month].figure(COUNTY, "other_community") is None
        assert year[month].sheet(COUNTY).states["other_community"] == {"not due"}
        assert year[month].problems() == []
    assert year["2019-03"].figure(COUNTY, "other_community.change") is None
    assert remarks(year["2019-03"], COUNTY, "other community care: 1,051 is the first figure of its series")
    assert year["2019-04"].figure(COUNTY, "other_community.change") == "10"


def test_a_c17_without_a_direction_five_falls_in_a_row_are_told_and_not_coloured(year: dict[str, Outcome]) -> None:
    """A-C17"""
    july = year["2019-07"]
    measure = july.measure(COUNTY, "residential")
    assert (measure.status, july.status(COUNTY)) == (None, None)
    assert measure.not_rated_because == "It has no direction: neither higher nor lower is better."
    assert july.figure(COUNTY, "residential.run") == "-5"
    assert remarks(july, COUNTY, "People in residential care keeps falling, to 1,176")


@pytest.mark.parametrize(
    ("measure", "figures"),
    [("home_care", "2074 2074"), ("supported_living", "582 _ _ _ _ _ 582"), ("live_in_care", "80 80")],
)
def test_a_c18_the_same_figure_again_is_steady(office: Office, measure: str, figures: str) -> None:
    """A-C18"""
    periods = len(figures.split())
    result = story(
        office,
        f"""
from: 2019-01
given: {{{COUNTY}: {{{measure}: {figures}}}}}
expect: {{{COUNTY}: {{findings: {{possible_break {measure}: {". " * (periods - 1)}quiet}}}}}}
""",
    )
    sheet = Outcome(result.replayed[f"2019-{periods:02}"]).sheet(COUNTY)
    assert "steady" in sheet.states[measure]
    assert not {"rising", "falling"} & sheet.states[measure]
    assert sheet.facts[f"{measure}.run"].value == 0


# ---- A-C19 to A-C24: what stands behind a figure


def test_a_c19_a_quarterly_figure_is_not_due_twice_then_due_then_overdue(challenge: Desk) -> None:
    """A-C19 (with grace_months 0)"""
    ref, name = "support_for_carers", "commissioned_support"
    came = challenge.with_row("measures", "2019-06", {"actual": Decimal(31), "state": None}, subject=ref, measure=name)
    came = came.without_row("measures", "2019-09", subject=ref, measure=name)
    days = {"2019-07": "2019-08-12", "2019-08": "2019-09-10", "2019-09": "2019-10-07", "2019-10": "2019-11-11"}
    words = []
    for period, day in days.items():
        outcome = came.run(period, f"{day}T09:00")
        (state,) = {"not due", "missing", "overdue"} & outcome.sheet(ref).states[name] - (
            {"missing"} if "overdue" in outcome.sheet(ref).states[name] else set()
        )
        words.append(state)
        overdue = any("Support commissioned for carers was due" in what for what in outcome.problems(ref))
        assert overdue == (state == "overdue")
        assert outcome.figure(ref, name) is None
    assert words == ["not due", "not due", "missing", "overdue"]


def test_a_c20_counted_for_the_first_time_it_is_not_rated_and_has_no_trend_for_some_months(office: Office) -> None:
    """A-C20: three months, as the portfolio says"""
    result = story(
        office,
        """
from: 2019-10
given: {support_for_carers: {carer_conversations: 40 44 49 55}}
expect:
  support_for_carers:
    findings: {first_of_its_series carer_conversations: fires quiet quiet quiet}
""",
    )
    outcomes = [Outcome(one) for one in result.replayed.values()]
    moving = [bool({"rising"} & one.sheet("support_for_carers").states["carer_conversations"]) for one in outcomes]
    assert moving == [False, False, False, True]
    assert {one.measure("support_for_carers", "carer_conversations").status for one in outcomes} == {None}


def test_a_c21_after_a_change_of_system_nothing_is_compared_for_twelve_months(office: Office) -> None:
    """A-C21: the break of October 2018, and the peak of July 2019 with its cause"""
    result = story(
        office,
        """
from: 2018-09
given:
  changing_conversations:
    unplanned_reviews: 90 150 151 152 153 154 155 156 157 158 230 160 161 162
    explanation unplanned_reviews: [_, _, _, _, _, _, _, _, _, _, A provider gave notice, _, _, _]
expect: {changing_conversations: {status: . . . . _ _ _ _ _ _ _ _ _ _}}
""",
    )
    september = Outcome(result.replayed["2019-09"]).sheet("changing_conversations")
    assert {"rising", "falling", "steady"} <= september.unknown_states["unplanned_reviews"]
    assert september.facts["unplanned_reviews.previous"].value == 160
    assert "unplanned_reviews.last_year" not in september.facts
    october = Outcome(result.replayed["2019-10"]).sheet("changing_conversations")
    assert "rising" in october.states["unplanned_reviews"]
    july = Outcome(result.replayed["2019-07"])
    assert remarks(july, "changing_conversations", "Unplanned reviews is explained", "A provider gave notice")


def test_a_c21_the_peak_of_july_is_explained_on_the_published_words(year: dict[str, Outcome]) -> None:
    """A-C21"""
    peak = year["2019-07"].measure("changing_conversations", "unplanned_reviews")
    assert peak.explanation is not None
    assert "provider gave notice" in peak.explanation.reason


@pytest.mark.parametrize(
    ("label", "is_a_year"), [("21/20", False), ("2021/21", False), ("20/21", True), ("19/20", True)]
)
def test_a_c22_a_year_that_cannot_be_is_asked_about_and_never_corrected(label: str, is_a_year: bool) -> None:
    """A-C22"""
    if is_a_year:
        assert read_year(label, 4) in ("2020/21", "2019/20")
    else:
        with pytest.raises(PeriodError):
            read_year(label, 4)


def test_a_c23_a_figure_that_may_lag_is_provisional_with_its_day(september: Outcome) -> None:
    """A-C23"""
    evidenced = september.measure(COUNTY, "evidenced")
    assert evidenced.shown == "£786k of £3.8m for the year (£1.583m on a straight line) (provisional)"
    assert remarks(september, COUNTY, "£786k is provisional")
    assert "finance data may lag" in evidenced.note


def test_a_c24_the_cause_of_a_miss_is_shown_and_takes_nothing_from_it(office: Office) -> None:
    """A-C24"""
    cause = "A provider handed back more than 100 cases"
    result = story(
        office,
        f"""
from: 2019-08
given:
  changing_conversations:
    planned_reviews: 70
    planned_reviews.target: 100
    explanation planned_reviews: {cause}
expect: {{changing_conversations: {{status: amber, findings: {{below_target: fires}}}}}}
""",
    )
    august = Outcome(result.replayed["2019-08"])
    (finding,) = august.subject("changing_conversations").findings
    assert [one.reason for one in finding.explanations] == [cause]


def test_a_c24_on_the_published_words_the_cause_stands_beside_the_measure(year: dict[str, Outcome]) -> None:
    """A-C24"""
    reviews = year["2019-08"].measure("changing_conversations", "planned_reviews")
    assert reviews.explanation is not None
    assert "more than 100 cases" in reviews.explanation.reason


# ---- stories that are no case of their own


def test_a_dip_is_amber_until_the_day_promised_and_escalates_after_it(office: Office) -> None:
    story(
        office,
        """
from: 2019-08
given:
  reablement_service:
    episodes: 180 190 185 205
    episodes.target: 200
    explanation episodes: {reason: [Leave, _, _, _], recovery_by: [2019-09-30, _, _, _]}
expect:
  reablement_service:
    status: amber amber amber_red .
    findings:
      below_target episodes: fires fires fires quiet
      recovery_date_passed episodes: quiet quiet fires quiet
""",
    )
