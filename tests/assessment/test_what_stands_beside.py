"""What is shown beside a status: what is missing in words, milestones by name, explanations, judgements that ended."""

from datetime import date
from decimal import Decimal

import pytest

from engine.assessment.assess import AssessmentInputs, assess
from engine.facts.book import FactBook
from engine.model.returns import ExplanationRow, MeasureRow, MilestoneRow
from engine.model.run import SubjectOut
from engine.model.workspace import cadence_of
from engine.periods import WorkingDays
from engine.returns.merge import PeriodRows
from tests.assessment.office import (
    BEDS,
    FAR_BELOW,
    HOMES,
    ONE_PROJECT,
    SCHEME,
    Office,
    Row,
    by_ref,
    judgement,
    merged,
    months,
    net_at_risk,
    portfolio,
    rulebook,
)

BY_ITS_PROJECT = """
rules:
  - {id: few, title: Few beds are filled, for: projects, when: beds < 90, status: amber, because: "{beds} beds"}
"""
OF_MILESTONES = """
rules:
  - id: late
    title: A milestone is late
    for: projects
    when: milestones.unmitigated > 0
    status: amber
    because: "{milestones.unmitigated} late"
  - {id: undated, title: No date, for: projects, as: remark, when: milestones.undated > 0, because: "No date yet"}
"""
OF_SAVINGS = """
rules:
  - {id: savings, title: Savings are at risk, for: projects, when: savings.net_at_risk > 0, status: amber}
  - id: earlier
    title: Earlier savings are open
    for: projects
    required: no
    when: savings.net_at_risk in previous years > 0
    status: red
"""


def milestone(name: str, **more: object) -> MilestoneRow:
    return MilestoneRow.model_validate({"subject": "homes", "milestone": name, **more})


# ---- what is missing


def missing(subject: SubjectOut) -> list[tuple[str, ...]]:
    return [group.words for group in subject.not_assessed]


@pytest.mark.parametrize(
    ("rules", "target", "figure", "words"),
    [
        (FAR_BELOW, "100", ".", ("a figure for Beds filled",)),
        (FAR_BELOW, None, "95", ("the target of Beds filled",)),
        (FAR_BELOW, None, ".", ("a figure for Beds filled", "the target of Beds filled")),
        (BY_ITS_PROJECT, "100", ".", ("a figure for Beds filled",)),
        (FAR_BELOW.replace("shortfall >", "last_year <").replace("tolerance\n", "5\n"), "100", "95",
         ("last year's figure of Beds filled",)),
    ],
)  # fmt: skip
def test_a_missing_figure_is_called_what_people_call_it(
    rules: str, target: str | None, figure: str, words: tuple[str, ...]
) -> None:
    of = portfolio({**HOMES, "measures": {"beds": {"target": target} if target else {}}})
    subject = Office(of=of, rules=rules).subject("homes", "2019-01", months({"homes.beds": figure}))
    assert missing(subject) == [words]


NUMBER = {"unit": "number"}
FORMULAS: dict[str, dict[str, object]] = {
    "beds": {**BEDS, "title": "Share filled", "equals": "filled / places"},
    "filled": {**NUMBER, "title": "Filled", "equals": "places - empty"},
    "places": {**NUMBER, "title": "Places"},
    "empty": {**NUMBER, "title": "Empty"},
}


@pytest.mark.parametrize(
    ("formulas", "returned", "words"),
    [
        ({}, {}, ("a figure for Places", "a figure for Empty")),
        ({}, {"homes.places": "120"}, ("a figure for Empty",)),
        ({}, {"homes.places": "120", "homes.empty": "20"}, ("a figure for Filled",)),  # nobody works it out here
        ({"filled": {"equals": "beds + empty"}}, {"homes.empty": "20"}, ("a figure for Filled", "a figure for Places")),
        ({"beds": {"equals": "savings.target in this year / 2", "unit": "money"}}, {}, ("savings",)),
    ],
)
def test_of_a_measure_that_is_worked_out_what_was_not_returned_is_missing(
    formulas: dict[str, dict[str, str]], returned: dict[str, str], words: tuple[str, ...]
) -> None:
    measures = {name: fields | formulas.get(name, {}) for name, fields in FORMULAS.items()}
    carried: dict[str, dict[str, str]] = {"beds": {"target": "£100"} if "beds" in formulas else {"target": "100"}}
    carried |= {name: {} for name in FORMULAS if name != "beds"}
    of = portfolio({**HOMES, "measures": carried}, measures=measures)
    subject = Office(of=of, rules=f"{FAR_BELOW}    only: [beds]\n").subject("homes", "2019-01", months(returned, of=of))
    assert missing(subject) == [words]


def test_a_threshold_that_is_not_set_is_missing_by_its_name() -> None:
    rules = FAR_BELOW.replace("title: How far", "unit: percent\n    title: How far").replace(
        "value: 10%", "value: not set"
    )
    subject = Office(rules=rules).subject("homes", "2019-01", months({"homes.beds": "95"}))
    assert missing(subject) == [("a value of the threshold `tolerance`",)]
    assert subject.status is None
    assert subject.measures[0].not_rated_because == "A threshold by which it is judged has no value."


def test_a_table_that_did_not_come_back_is_missing_as_a_whole() -> None:
    returned: dict[str, list[Row]] = {"2019-01": [net_at_risk("homes", 5), milestone("Rollout")]}
    rules = OF_MILESTONES + OF_SAVINGS.replace("rules:\n", "")
    subject = Office(rules=rules).subject("homes", "2019-02", returned, months({"homes.beds": ". 95"}))
    assert set(missing(subject)) == {("savings",), ("milestones",)}


def test_a_year_that_did_not_come_back_is_missing_by_itself() -> None:
    returned: dict[str, list[Row]] = {"2019-01": [net_at_risk("homes", 5)]}
    subject = Office(rules=OF_SAVINGS).subject("homes", "2019-01", returned)
    assert missing(subject) == [("a figure for net savings at risk in previous years",)]


def test_figures_of_earlier_months_are_missing_as_such() -> None:
    rules = BY_ITS_PROJECT.replace("when: beds < 90", "when: (beds < 90) for 3 periods")
    subject = Office(rules=rules).subject("homes", "2019-01", months({"homes.beds": "80"}))
    assert missing(subject) == [("enough figures for Beds filled",)]


def test_what_nobody_requires_is_marked_until_it_was_judged_once() -> None:
    never: dict[str, list[Row]] = {"2019-01": [net_at_risk("homes", 5)], "2019-02": [net_at_risk("homes", 5)]}
    (group,) = Office(rules=OF_SAVINGS).subject("homes", "2019-02", never).not_assessed
    assert (group.rules, group.never_judged) == (("earlier",), ("earlier",))
    # Quiet in January, which holds for two months and no longer: from April on it is missed.
    once: dict[str, list[Row]] = {
        "2019-01": [net_at_risk("homes", 0, "previous years")], "2019-04": [net_at_risk("homes", 5, "2019/20")],
    }  # fmt: skip
    (group,) = Office(rules=OF_SAVINGS).subject("homes", "2019-04", once).not_assessed
    assert (group.rules, group.never_judged) == (("earlier",), ())


def test_what_is_required_is_never_left_out() -> None:
    (group,) = Office().subject("homes", "2019-01", months({"homes.beds": "."})).not_assessed
    assert (group.rules, group.never_judged) == (("far_below",), ())


def test_a_milestone_that_nobody_speaks_of_any_more_is_named_until_somebody_does() -> None:
    rules = """
rules:
  - {id: silent, title: Silent, for: projects, when: milestones.unreported > 0, status: amber, because: "No word"}
"""
    report, later = milestone("Report", planned=date(2019, 1, 15)), milestone("Later", planned=date(2019, 6, 28))
    returned: dict[str, list[Row]] = {"2018-12": [report, later], "2019-01": [later]}
    (finding,) = Office(rules=rules).subject("homes", "2019-02", returned).findings
    assert [(one.name, one.planned) for one in finding.milestones] == [("Report", "2019-01-15")]
    done: dict[str, list[Row]] = {
        "2019-02": [later, milestone("Report", planned=date(2019, 1, 15), done=date(2019, 1, 14))]
    }
    subject = Office(rules=rules).subject("homes", "2019-02", returned | done)
    assert (subject.status, subject.findings) == ("green", ())


@pytest.mark.parametrize(("yields", "groups"), [("as: remark", 0), ("as: problem", 0), ("status: amber", 1)])
def test_what_lacks_a_figure_that_is_not_due_is_told_only_of_rules_that_give_a_status(yields: str, groups: int) -> None:
    rules = f"rules:\n  - {{id: few, title: Few, for: measures, {yields}, when: actual < 90, because: Few}}\n"
    assert len(Office(rules=rules).subject("homes", "2019-01", months({"homes.beds": "due"})).not_assessed) == groups
    assert len(Office(rules=rules).subject("homes", "2019-01", months({"homes.beds": "."})).not_assessed) == 1


# ---- measures without a status of their own


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        (BY_ITS_PROJECT, "It is judged with its project."),
        (BY_ITS_PROJECT.replace("status: amber", "as: remark"), "No rule rates it."),
        (OF_MILESTONES, "No rule rates it."),
    ],
)
def test_a_measure_that_its_projects_rule_names_is_judged_with_it(rules: str, why: str) -> None:
    (measure,) = Office(rules=rules).subject("homes", "2019-01", months({"homes.beds": "80"})).measures
    assert (measure.status, measure.not_rated_because) == (None, why)


def test_a_programme_is_called_one() -> None:
    below = {"ref": "care", "title": "Care", "measures": {"beds": {}}}
    of = portfolio(HOMES, programmes=[below], measures={"beds": BEDS})
    rules = BY_ITS_PROJECT.replace("for: projects", "for: programmes")
    (measure,) = Office(of=of, rules=rules).subject("care", "2019-01", months({"care.beds": "80"})).measures
    assert measure.not_rated_because == "It is judged with its programme."


# ---- milestones


def test_a_finding_names_the_milestones_that_it_counts() -> None:
    dates = {"planned": "2019-01-01", "forecast": "2019-03-01"}
    returned: dict[str, list[Row]] = {
        "2019-01": [
            milestone("Rollout", **dates),
            milestone("Training", **dates, workaround="by hand"),
            milestone("Contract", state="undated"),
            milestone("Start", planned="2019-01-01"),
        ]
    }
    subject = Office(rules=OF_MILESTONES).subject("homes", "2019-01", returned)
    (finding,) = subject.findings
    assert [(one.name, one.planned, one.forecast) for one in finding.milestones] == [
        ("Rollout", "2019-01-01", "2019-03-01")
    ]
    assert subject.remarks == ("No date yet (Contract)",)


def test_a_held_finding_names_the_milestones_of_its_own_month() -> None:
    returned: dict[str, list[Row]] = {"2019-01": [milestone("Rollout", state="slipped")]}
    office = Office(rules=OF_MILESTONES)
    (finding,) = office.subject("homes", "2019-02", returned, months({"homes.beds": ". 80"})).findings
    assert (finding.as_at, [one.name for one in finding.milestones]) == ("2019-01", ["Rollout"])


def test_what_counts_all_milestones_names_none() -> None:
    rules = OF_MILESTONES.replace("milestones.unmitigated > 0", "milestones.count > 0")
    returned: dict[str, list[Row]] = {"2019-01": [milestone("Rollout", state="slipped")]}
    (finding,) = Office(rules=rules).subject("homes", "2019-01", returned).findings
    assert finding.milestones == ()


# ---- explanations


def explained(period: str, rules: str, *given: tuple[str, str, str | None]) -> SubjectOut:
    """Homes with 80 beds in each month, and explanations of it: month, reason, day of recovery."""
    cadence = cadence_of(ONE_PROJECT)
    now = cadence.period(period)
    beds = MeasureRow(subject="homes", measure="beds", actual=Decimal(80))
    rows: dict[str, PeriodRows] = merged({f"2019-{month:02}": [beds] for month in range(1, now.end.month + 1)})
    for name, reason, day in given:
        recovery = date.fromisoformat(day) if day else None
        row = ExplanationRow(subject="homes", measure="beds", reason=reason, recovery_by=recovery)
        rows[name].explanations[("homes", "beds")] = row  # type: ignore[index]  # a plain dict
    book = FactBook(ONE_PROJECT, SCHEME, rows, today=now.end, working=WorkingDays(lambda day: False))
    inputs = AssessmentInputs(
        ONE_PROJECT, SCHEME, rulebook(rules), book, rows, now, previous={}, ever=frozenset(), rules_changed=False,
    )  # fmt: skip
    return by_ref(assess(inputs, None))["homes"]


@pytest.mark.parametrize("rules", [FAR_BELOW, BY_ITS_PROJECT])
@pytest.mark.parametrize(
    ("period", "given", "shown"),
    [
        ("2019-01", [("2019-01", "Repairs", "2019-03-31")], [("Repairs", "2019-03-31")]),
        ("2019-02", [("2019-01", "Repairs", "2019-03-31")], [("Repairs", "2019-03-31")]),
        ("2019-02", [("2019-01", "Repairs", "2019-03-31"), ("2019-02", "Staff", "2019-04-30")],
         [("Staff", "2019-04-30")]),
        ("2019-02", [("2019-01", "Repairs", None)], []),  # it was of January alone
        ("2019-01", [("2019-01", "Repairs", None)], [("Repairs", None)]),
        ("2019-02", [("2019-01", "Repairs", "2019-02-01")], []),  # the day has passed
    ],
)  # fmt: skip
def test_an_explanation_that_holds_stands_beside_its_measures_finding(
    rules: str, period: str, given: list[tuple[str, str, str | None]], shown: list[tuple[str, str | None]]
) -> None:
    (finding,) = explained(period, rules, *given).findings
    assert [(one.reason, one.recovery_by) for one in finding.explanations] == shown
    assert all((one.measure, one.title) == ("beds", "Beds filled") for one in finding.explanations)


def test_a_remark_on_what_is_explained_gives_the_reason() -> None:
    rules = """
rules:
  - {id: told, title: Told, for: measures, as: remark, when: actual is explained, because: "{title}: {actual}"}
  - {id: few, title: Few, for: measures, as: remark, when: actual < 90, because: "Few"}
"""
    assert explained("2019-01", rules, ("2019-01", "Repairs", None)).remarks == ("Beds filled: 80 (Repairs)", "Few")
    assert explained("2019-02", rules, ("2019-01", "Repairs", None)).remarks == ("Few",)


def test_a_measure_shows_the_explanation_that_holds_and_its_note() -> None:
    promised = ("2019-01", "Repairs", "2019-02-28")
    (measure,) = explained("2019-02", FAR_BELOW, promised).measures
    assert measure.explanation is not None
    assert (measure.explanation.reason, measure.explanation.recovery_by) == ("Repairs", "2019-02-28")
    (measure,) = explained("2019-03", FAR_BELOW, promised).measures
    assert measure.explanation is None
    row = MeasureRow(subject="homes", measure="beds", actual=Decimal(80), note="Counted on the 30th")
    (measure,) = Office().subject("homes", "2019-01", {"2019-01": [row]}).measures
    assert measure.note == "Counted on the 30th"


# ---- judgements that ended


@pytest.mark.parametrize(
    ("decided", "ended"),
    [
        ({"2019-01": [judgement("homes", "override", "G")]}, ("override",)),
        ({"2019-01": [judgement("homes", "floor", "R")]}, ("floor",)),
        ({"2019-01": [judgement("homes", "floor", "R"), judgement("homes", "override", "G")]}, ("override", "floor")),
        ({"2019-01": [judgement("homes", "override", "G", "2019-02-28")]}, ()),
        ({"2019-01": [judgement("homes", "override", "G")], "2019-02": [judgement("homes", "override", "R")]}, ()),
        ({"2019-01": [judgement("homes", "override", "G")], "2019-02": [judgement("homes", "floor", "R")]}, ()),
        ({"2019-01": [judgement("homes", "declared", "G")]}, ()),
        ({}, ()),
    ],
)
def test_a_judgement_that_ran_out_is_not_taken_for_one_that_began(
    decided: dict[str, list[Row]], ended: tuple[str, ...]
) -> None:
    assert Office().subject("homes", "2019-02", months({"homes.beds": "80 80"}), decided).ended == ended


def test_of_history_no_judgement_ends() -> None:
    office = Office(of=portfolio(HOMES, starts="2019-02"))
    history: dict[str, list[Row]] = {"2019-01": [judgement("homes", "override", "A")]}
    assert office.subject("homes", "2019-02", months({"homes.beds": "80 80"}), history).ended == ()


# ---- as at


@pytest.mark.parametrize(
    ("decided", "held_from"),
    [
        ([], "2019-01"),
        ([judgement("homes", "override", "R")], None),  # a person says so today
        ([judgement("homes", "floor", "R")], None),
        ([judgement("homes", "floor", "G")], "2019-01"),
    ],
)
def test_a_status_is_as_at_an_earlier_month_where_only_held_findings_give_it(
    decided: list[Row], held_from: str | None
) -> None:
    subject = Office().subject("homes", "2019-02", months({"homes.beds": "80 ."}), {"2019-02": decided})
    assert (subject.as_at, subject.held_from) == ("2019-01", held_from)
