"""Roll-ups level by level, measures with their parts, rules that are asked of some and not of others."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from engine.inference.process import DurableProcess, available
from engine.model.returns import FigureState, MeasureRow
from engine.model.run import GapOut
from engine.model.values import Unit
from engine.model.workspace import Portfolio
from tests.assessment.office import (
    BEDS,
    FAR_BELOW,
    HOMES,
    Office,
    Returns,
    Row,
    by_ref,
    judgement,
    months,
    net_at_risk,
    portfolio,
)


def project(ref: str, **more: object) -> dict[str, object]:
    return {**HOMES, "ref": ref, "title": ref.title(), **more}


NESTED = portfolio(
    programmes=[
        {
            "ref": "care",
            "title": "Care",
            "programmes": [
                {"ref": "north", "title": "North", "projects": [project("a"), project("b"), project("c")]},
                {"ref": "south", "title": "South", "projects": [project("d")]},
            ],
        }
    ]
)
MOST_OFF_TARGET = (
    FAR_BELOW
    + """
  - id: most_projects
    title: Most projects are off target
    for: programmes
    when: projects.off_target_share > 50%
    status: amber
  - id: any_programme
    title: A programme is off target
    for: portfolio
    when: programmes.off_target > 0
    status: red
"""
)


@pytest.mark.parametrize(
    ("off_target", "expected"),
    [
        ("", "north G, south G, care G, office G"),
        ("a", "north G, south G, care G, office G"),  # a parent stands on target above a project that does not
        ("a b", "north A, south G, care G, office R"),
        ("d", "north G, south A, care G, office R"),
        ("a b d", "north A, south A, care A, office R"),
    ],
)
def test_parents_are_judged_by_rules_of_their_own_over_what_lies_below(off_target: str, expected: str) -> None:
    figures = {f"{ref}.beds": "50" if ref in off_target.split() else "95" for ref in "abcd"}
    replay = Office(of=NESTED, rules=MOST_OFF_TARGET).replay(months(figures))
    refs = ("north", "south", "care", "office")
    assert ", ".join(f"{ref} {replay.statuses(ref)}" for ref in refs) == expected


def test_the_status_that_counts_in_a_parent_is_the_one_with_its_decisions() -> None:
    figures = months({f"{ref}.beds": "95" for ref in "abcd"})
    decided: dict[str, list[Row]] = {"2019-01": [judgement("d", "override", "R")]}
    replay = Office(of=NESTED, rules=MOST_OFF_TARGET).replay(figures, decided)
    assert (replay.statuses("south"), replay.statuses("office")) == ("A", "R")


def test_a_closed_project_counts_in_no_parent() -> None:
    closed = project("d", lifecycle=[{"from": "2019-01", "is": "closed"}])
    of = portfolio(programmes=[{"ref": "south", "title": "South", "projects": [closed, project("e")]}])
    replay = Office(of=of, rules=MOST_OFF_TARGET).replay(months({"d.beds": "10", "e.beds": "95"}))
    assert replay.statuses("south") == "G"


def test_what_is_held_below_is_held_above() -> None:
    replay = Office(of=NESTED, rules=MOST_OFF_TARGET).replay(months({"a.beds": "95 95", "d.beds": "50 ."}))
    assert (replay.statuses("d"), replay.statuses("south"), replay.trends("south")) == ("A A", "A A", "New Same")


# ---- measures


def with_measures(here: Mapping[str, Mapping[str, object]], measures: Mapping[str, Mapping[str, object]]) -> Portfolio:
    return portfolio({"ref": "homes", "title": "Homes", "measures": here}, measures=measures)


BEDS_AND_PILOT = with_measures(
    {"beds": {"target": "100"}, "pilot": {"target": "100"}},
    {"beds": BEDS, "pilot": {**BEDS, "title": "Pilot", "supporting": True}},
)


@pytest.mark.parametrize(
    ("pilot", "rating", "remarks"),
    [("10", "amber", ("Pilot: 10 against 100",)), ("95", "green", ()), (".", None, ())],
)
def test_a_supporting_measure_has_its_own_status_and_does_not_move_its_project(
    pilot: str, rating: str | None, remarks: tuple[str, ...]
) -> None:
    subject = Office(of=BEDS_AND_PILOT).subject("homes", "2019-01", months({"homes.beds": "95", "homes.pilot": pilot}))
    assert (subject.status, subject.earned, subject.findings) == ("green", True, ())
    assert [(one.measure, one.status) for one in subject.measures] == [("beds", "green"), ("pilot", rating)]
    assert subject.remarks == remarks


def test_a_supporting_measure_alone_earns_no_status() -> None:
    subject = Office(of=BEDS_AND_PILOT).subject("homes", "2019-01", months({"homes.pilot": "95"}))
    assert subject.status is None


def test_a_rule_for_projects_is_not_withheld_by_a_supporting_measure_alone() -> None:
    rules = FAR_BELOW + "  - {id: both, title: Both, for: projects, when: pilot < 50 and beds < 99, status: red}"
    replay = Office(of=BEDS_AND_PILOT, rules=rules).replay(months({"homes.beds": "95 95", "homes.pilot": ". 10"}))
    assert replay.statuses("homes") == "G R"


BY_PART = with_measures(
    {"use": {"target": "95%"}},
    {"use": {"title": "Use", "unit": "percent", "better": "higher", "parts": ["South", "Mid", "North"]}},
)


@pytest.mark.parametrize(
    ("figures", "ratings", "status"),
    [
        (("95", "95", "95"), ["green", "green", "green", "green"], "green"),
        (("57", "34", "149"), ["amber", "amber", "amber", "green"], "amber"),
        (("95", ".", "95"), [None, "green", None, "green"], None),
        (("57", ".", "95"), ["amber", "amber", None, "green"], "amber"),
    ],
)
def test_parts_of_a_percentage_are_each_judged_and_the_measure_stands_at_the_worst(
    figures: tuple[str, str, str], ratings: list[str | None], status: str | None
) -> None:
    lines = {f"homes.use.{part}": figure for part, figure in zip(("South", "Mid", "North"), figures, strict=True)}
    subject = Office(of=BY_PART).subject("homes", "2019-01", months(lines, of=BY_PART))
    assert [one.part for one in subject.measures] == [None, "South", "Mid", "North"]
    assert [one.status for one in subject.measures] == ratings
    assert subject.status == status


@pytest.mark.parametrize(
    ("here", "measure", "row", "why", "shown"),
    [
        ({"target": "100"}, {}, None, "No figure was returned.", "no figure against 100"),
        ({}, {}, {"actual": Decimal(7)}, "It has no target.", "7"),
        ({"target": "to be set"}, {}, {"actual": Decimal(7)}, "Its target has no figure.", "7, target to be set"),
        ({"target": "up"}, {}, {"actual": Decimal(7)}, "Its target has no figure.", "7, to go up"),
        (
            {"target": "100"},
            {"better": None},
            {"actual": Decimal(7)},
            "It has no direction: neither higher nor lower is better.",
            "7 against 100",
        ),
        (
            {"target": "100"},
            {},
            {"state": FigureState.NOT_CAPTURED},
            "Its figure is not captured.",
            "not captured against 100",
        ),
        (
            {"target": "100"},
            {"unit": "money"},
            {"actual": Decimal(99), "state": FigureState.PROVISIONAL},
            None,
            "£99 against £100 (provisional)",
        ),
    ],
)
def test_a_measure_says_why_it_has_no_status(
    here: dict[str, str], measure: dict[str, str], row: dict[str, object] | None, why: str | None, shown: str
) -> None:
    if measure.get("unit") == "money":
        here = {"target": "£100"}
    of = with_measures({"beds": here}, {"beds": {**BEDS, **measure}})
    rows: list[Row] = [MeasureRow.model_validate({"subject": "homes", "measure": "beds", **row})] if row else []
    (found,) = Office(of=of).subject("homes", "2019-01", {"2019-01": rows}).measures
    assert (found.not_rated_because, found.shown) == (why, shown)
    assert (found.status is None) == (why is not None)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ([None, "unsecured"], "£5.979m (£1.979m of it unsecured)"),
        (["unsecured", "unsecured"], "£5.979m (unsecured)"),
        ([None, None], "£5.979m"),
    ],
)
def test_of_a_figure_that_is_unsecured_in_part_it_is_said_how_much(said: list[str | None], shown: str) -> None:
    of = with_measures({"beds": {}}, {"beds": {**BEDS, "unit": "money"}})
    parts = [("Agreed", 4_000_000, said[0]), ("Proposed", 1_979_000, said[1])]
    rows: list[Row] = [
        MeasureRow.model_validate(
            {"subject": "homes", "measure": "beds", "part": part, "actual": pounds, "state": state}
        )
        for part, pounds, state in parts
    ]
    (found,) = Office(of=of, rules="rules: []").subject("homes", "2019-01", {"2019-01": rows}).measures
    assert found.shown == shown


def test_a_measure_keeps_no_good_status_without_a_figure() -> None:
    runs = Office().replay(months({"homes.beds": "95 ."})).runs
    assert [run["homes"].measures[0].status for run in runs] == ["green", None]


def test_one_rule_that_could_be_judged_does_not_rate_a_measure_where_another_is_required() -> None:
    rules = FAR_BELOW + "  - {id: hidden, title: Hidden, for: measures, when: actual is unquantified, status: red}"
    (measure,) = Office(rules=rules).subject("homes", "2019-01", months({"homes.beds": "."})).measures
    assert (measure.status, measure.not_rated_because) == (None, "No figure was returned.")


def test_a_measure_that_no_rule_rates_says_so() -> None:
    rules = FAR_BELOW + "    only: [pilot]"
    subject = Office(of=BEDS_AND_PILOT, rules=rules).subject("homes", "2019-01", months({"homes.beds": "10"}))
    assert subject.measures[0].not_rated_because == "No rule rates it."
    assert subject.status is None


# ---- of whom a rule is asked


SAVINGS = "  - {id: savings, title: Savings, for: projects, when: savings.net_at_risk > 0, status: red}"


def test_a_rule_on_what_was_never_returned_is_not_listed_and_withholds_nothing() -> None:
    subject = Office(rules=FAR_BELOW + SAVINGS).subject("homes", "2019-01", months({"homes.beds": "95"}))
    assert (subject.status, subject.judged, subject.not_assessed) == ("green", ("far_below",), ())


def test_once_returned_its_absence_withholds_the_status_and_names_what_is_missing() -> None:
    returns = months({"homes.beds": "95 95 95 95"})
    savings: dict[str, list[Row]] = {"2019-01": [net_at_risk("homes", 0)]}
    replay = Office(rules=FAR_BELOW + SAVINGS).replay(returns, savings)
    assert replay.statuses("homes") == "G G G -"  # quiet holds for two months
    assert [(one.missing, one.rules) for one in replay.runs[1]["homes"].not_assessed] == [
        (("savings.net_at_risk",), ("savings",))
    ]
    held = [[one.quiet_as_at for one in run["homes"].not_assessed] for run in replay.runs]
    assert held == [[], ["2019-01"], ["2019-01"], [None]]


QUARTERLY = portfolio(
    {**HOMES, "measures": {"beds": {"target": "100"}, "visits": {"target": "100"}}},
    measures={"beds": BEDS, "visits": {**BEDS, "title": "Visits", "reported": "quarterly"}},
)


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        (". . . . . . .", "G G - - - - -"),  # due in March, and owed from then on
        (". . 95 . . 95 .", "G G G G G G G"),
        (". . 80 . . 95 .", "G G A A A G G"),  # what was found stands until it is judged again
        (". . 95 . . . .", "G G G G G - -"),  # the second one is owed too
        ("due due 95 due due 95 due", "G G G G G G G"),  # a submitter may say so too
        (". . due . . . .", "G G - - - - -"),  # of what is owed, saying so is not enough
    ],
)
def test_a_quarterly_figure_withholds_nothing_in_months_in_which_it_is_not_owed(visits: str, expected: str) -> None:
    replay = Office(of=QUARTERLY, rules=FAR_BELOW).replay(
        months({"homes.beds": "95 95 95 95 95 95 95", "homes.visits": visits}, of=QUARTERLY)
    )
    assert replay.statuses("homes") == expected


def test_what_is_not_owed_yet_is_no_want_of_a_figure() -> None:
    of = Office(of=QUARTERLY, rules=FAR_BELOW)
    subject = of.subject("homes", "2019-02", months({"homes.beds": "95 95"}, of=QUARTERLY))
    assert (subject.status, subject.not_assessed) == ("green", ())
    assert [one.not_rated_because for one in subject.measures] == [None, "No figure is due in this period."]


def test_a_rule_that_is_not_required_withholds_nothing() -> None:
    rules = FAR_BELOW + SAVINGS.replace("status: red", "status: red, required: no")
    replay = Office(rules=rules).replay(months({"homes.beds": "95 95 95 95"}), {"2019-01": [net_at_risk("homes", 0)]})
    assert replay.statuses("homes") == "G G G G"
    assert replay.runs[3]["homes"].not_assessed[0].rules == ("savings",)


def test_only_narrows_a_rule_to_subjects() -> None:
    of = portfolio(project("a"), project("b"))
    rules = "rules:\n  - {id: low, title: Low, for: projects, only: [a], when: beds < 90, status: red}"
    replay = Office(of=of, rules=rules).replay(months({"a.beds": "50", "b.beds": "50"}))
    assert (replay.statuses("a"), replay.statuses("b")) == ("R", "-")


def test_no_rule_for_a_status_is_asked_of_a_measure_without_a_direction() -> None:
    of = with_measures({"beds": {"target": "100"}}, {"beds": {**BEDS, "better": None}})
    rules = FAR_BELOW + "  - {id: few, title: Few, for: measures, when: actual < 50, status: red}"
    subject = Office(of=of, rules=rules).subject("homes", "2019-01", months({"homes.beds": "10"}))
    assert (subject.status, subject.findings, subject.not_assessed) == (None, (), ())


def test_what_a_measure_lacks_is_named_with_the_measure() -> None:
    subject = Office(of=BEDS_AND_PILOT).subject("homes", "2019-01", months({"homes.beds": "95"}))
    assert [one.missing for one in subject.not_assessed] == [("pilot.shortfall",)]


# ---- remarks, problems, evidence


SAID = """
rules:
  - {id: note, title: Beds are few, for: projects, as: remark, when: beds < 90, because: "{beds} beds"}
  - {id: odd, title: Too many beds, for: measures, as: problem, when: actual > 150, because: "{title} is {actual}"}
"""


def test_a_remark_moves_nothing_and_is_held_like_any_finding() -> None:
    replay = Office(rules=SAID).replay(months({"homes.beds": "80 ."}))
    assert [run["homes"].remarks for run in replay.runs] == [("80 beds",), ("80 beds (as at January 2019)",)]
    assert replay.statuses("homes") == "- -"


def test_a_problem_found_by_a_rule_goes_to_the_pmo() -> None:
    (problem,) = Office(rules=SAID).assess("2019-01", months({"homes.beds": "200"})).problems
    assert (problem.subject, problem.what) == ("homes", "Beds filled is 200")


def test_a_finding_tells_its_figures_what_clears_it_and_where_its_rule_stands() -> None:
    (finding,) = Office().subject("homes", "2019-01", months({"homes.beds": "80"})).findings
    assert (finding.rule, finding.measure, finding.because) == ("far_below", "beds", "Beds filled: 80 against 100")
    assert {name: (one.value, one.shown) for name, one in finding.evidence.items()} == {"shortfall": ("20", "20%")}
    assert finding.to_clear == "Beds filled of at least 90 (now 80, 10 short)"
    assert finding.gap == GapOut(value="10", unit=Unit.NUMBER, shown="10", way="short")
    assert finding.clears_to is None  # a rule alone leads to no one status
    assert (finding.action, finding.source) == ("Agree a plan", "rules/office.yaml:8")


def test_a_figure_too_large_to_compare_is_unknown_and_a_problem() -> None:
    of = portfolio({**HOMES, "ignore_traps": "all"})  # it looks like a slip as well
    assessed = Office(of).assess("2019-01", months({"homes.beds": "95"}), {"2019-01": [net_at_risk("homes", 10**11)]})
    assert assessed.problems == ()  # no rule compares it
    assessed = Office(of, FAR_BELOW + SAVINGS).assess(
        "2019-01", months({"homes.beds": "95"}), {"2019-01": [net_at_risk("homes", 10**11)]}
    )
    (problem,) = assessed.problems
    assert (problem.where, problem.subject) == ("homes", "homes")
    assert "savings.net_at_risk can't be compared" in problem.what
    assert by_ref(assessed)["homes"].status is None


def test_savings_over_all_years_are_summed_up() -> None:
    savings: dict[str, list[Row]] = {"2019-01": [net_at_risk("homes", 5), net_at_risk("homes", -8, "2019/20")]}
    subject = Office().subject("homes", "2019-01", savings)
    assert (subject.savings["target"].value, subject.savings["net_at_risk"].shown) == ("2000", "-£3")


# ---- both evaluators


@pytest.mark.skipif(not available(), reason="durable-rules can't be installed here")
def test_both_evaluators_agree_over_months_of_everything() -> None:
    rules = MOST_OFF_TARGET + SAVINGS
    returns: tuple[Returns, ...] = (
        months({"a.beds": "95 80 . 80", "b.beds": "50 . . 95", "c.beds": ". 95 due 95", "d.beds": "10 95 . ."}),
        {"2019-02": [net_at_risk("a", 5), judgement("b", "override", "R", "2019-03-31")]},
        {"2019-03": [judgement("d", "floor", "A"), judgement("c", "declared", "G")]},
    )
    office = Office(of=NESTED, rules=rules)
    with DurableProcess() as durable:
        by_both = office.replay(*returns, durable=durable)
    assert by_both.runs == office.replay(*returns).runs
