"""Scenario files as people write them: what is read of them, and what is said of slips, each at its place."""

from decimal import Decimal
from pathlib import Path

import pytest

from engine.model.problems import Fault
from engine.model.returns import FigureState, JudgementKind, Return
from engine.model.workspace import Portfolio
from engine.periods import Period
from engine.scenarios.reading import read_scenario
from engine.workspace.yamlfile import read_yaml_text
from tests.scenarios.office import PORTFOLIO, WORKSPACE, read, scenario

EXPECTED = "expect: {meals: {status: . x3}}\n"


def returns(given: str) -> dict[str, dict[str, Return]]:
    """What a scenario gives of Meals over three months, by period and submitter."""
    found: dict[str, dict[str, Return]] = {}
    for one in scenario(f"given: {{meals: {given}}}\n{EXPECTED}").returns:
        found.setdefault(one.period, {})[one.submitter] = one
    return found


def figures(given: str) -> list[str]:
    """The figures of the first measure row of each month; "-" for no return."""
    shown = []
    for period in ("2019-01", "2019-02", "2019-03"):
        rows = [row for one in returns(given).get(period, {}).values() for row in one.measures]
        shown.append(f"{rows[0].actual} of {rows[0].target}" if rows else "-")
    return shown


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("{visits: 95 _ 80.5}", ["95 of None", "-", "80.5 of None"]),
        ("{visits: [95, ~, 80.5]}", ["95 of None", "-", "80.5 of None"]),
        ("{visits: 95 _ 80, visits.target: 100}", ["95 of 100", "-", "80 of 100"]),  # a target holds throughout …
        ("{visits: {actual: 95 _ 80, target: 100}}", ["95 of 100", "-", "80 of 100"]),
        ("{visits: 95 _ 80, visits.target: 100 100 90}", ["95 of 100", "None of 100", "80 of 90"]),  # … unless it moves
        ("{visits.target: 100}", ["None of 100"] * 3),
        ("{income: 5 x3}", ["5000 of None"] * 3),  # money without a unit is £000, as in a return
        ('{income: "£1,320k £1.4m _"}', ["1320000 of None", "1400000 of None", "-"]),
        ("{income: [£5, (8), 0]}", ["5 of None", "-8000 of None", "0 of None"]),
    ],
)
def test_figures_are_read_as_in_a_return(given: str, read: list[str]) -> None:
    assert figures(given) == read


def test_states_parts_and_texts_are_read_too() -> None:
    rows = returns("{visits: 95 _ 80, visits.state: provisional not_due _, visits.note: As far as known}")
    (january,) = rows["2019-01"]["owners"].measures
    (february,) = rows["2019-02"]["owners"].measures
    assert (january.state, january.note) == (FigureState.PROVISIONAL, "As far as known")
    assert (february.actual, february.state) == (None, FigureState.NOT_DUE)
    parts = (
        scenario("given: {rooms: {use North: 80 x3, use South Coast: 70% 71% 72%}}\n" + EXPECTED).returns[0].measures
    )
    assert [(row.part, row.actual) for row in parts] == [("North", Decimal(80)), ("South Coast", Decimal(70))]


def test_savings_milestones_and_explanations_are_rows_of_their_own() -> None:
    rows = returns(
        "{savings in 2018/19: {target: £10k, at_risk: _ £2k £0}, savings previous years: {at_risk: £1k x3},"
        " milestone Go live: {planned: 31/03/2019, done: _ _ 2019-03-30},"
        " explanation visits: [_, Two posts are empty, _], explanation income: {reason: Late, recovery_by: 2019-06}}"
    )
    assert [(row.year, row.at_risk) for row in rows["2019-01"]["owners"].savings] == [("previous years", Decimal(1000))]
    assert [(row.year, row.at_risk) for row in rows["2019-02"]["owners"].savings] == [
        ("2018/19", Decimal(2000)), ("previous years", Decimal(1000)),
    ]  # fmt: skip
    assert [str(row.done) for period in rows.values() for row in period["owners"].milestones] == [
        "None", "None", "2019-03-30",
    ]  # fmt: skip
    assert [[row.measure for row in period["owners"].explanations] for period in rows.values()] == [
        ["income"], ["visits", "income"], ["income"],
    ]  # fmt: skip


def test_the_pmo_returns_floors_and_overrides_and_the_owner_a_view_of_their_own() -> None:
    rows = returns(
        "{override: {status: _ Amber _, reason: Late figures, by: The PMO},"
        " floor: {status: R x3, reason: We know}, declared: {status: green _ _, reason: All well}}"
    )
    assert [(row.kind, row.status) for row in rows["2019-01"]["owners"].judgements] == [
        (JudgementKind.DECLARED, "green")
    ]
    assert [(row.kind, row.status, row.by) for row in rows["2019-02"]["pmo"].judgements] == [
        (JudgementKind.OVERRIDE, "amber", "The PMO"),
        (JudgementKind.FLOOR, "red", "PMO"),
    ]


def test_the_series_say_how_many_periods_there_are() -> None:
    found = scenario("given: {meals: {visits: 1 2 3 4 5}}\nexpect: {meals: {status: . x5}}\n")
    assert [period.id for period in found.periods] == ["2019-01", "2019-02", "2019-03", "2019-04", "2019-05"]
    assert isinstance(found.periods[0], Period)
    assert (found.name, found.title, found.portfolio) == ("s", "S", "care")
    assert len(scenario("given: {meals: {visits: 1}}\nexpect: {meals: {status: .}}\n").periods) == 1


def slips() -> list[tuple[str, str]]:
    lines = (Path(__file__).parent / "slips.txt").read_text(encoding="utf-8").splitlines()[2:]
    return [(written, said.strip()) for written, said in zip(lines[::2], lines[1::2], strict=True)]


@pytest.mark.parametrize(("written", "said"), slips())
def test_a_slip_is_told_with_its_place_and_its_cure(written: str, said: str) -> None:
    # Three series of three values say how many periods there are, whatever the slip.
    rest = {"expect": "expect: {rooms: {status: . x3, trend: . x3, problems: . x3}}", "given": "", "messages": ""}
    if written.startswith("expect"):
        rest = {"given": "given: {rooms: {use North: 80 x3, use South Coast: 80 x3}}"}
    found, faults = read("\n".join([written, *filter(None, rest.values())]) + "\n")
    assert found is None
    assert [told(fault) for fault in faults] == [said]


def told(fault: Fault) -> str:
    assert fault.file == "rules/scenarios/s.yaml"
    return f"{str(fault).partition('.yaml:')[2].partition(' [')[0]} [{fault.code}]"


HEADS = {
    "portfolio: care\nfrom: 2019-01\n": "1:1: `scenario` is missing; write `scenario: …` in the file [missing-key]",
    "scenario: S\nportfolio: cre\nfrom: 2019-01\n": (
        "2:12: there is no portfolio `cre`; did you mean `care`? [unknown-portfolio]"
    ),
    "scenario: S\nportfolio: care\nfrom: January\n": (
        "3:7: 'January' is not a monthly period; write it as 2019-01 [bad-date]"
    ),
    "scenario: S\nportfolio: care\nfrom: 2018-12\n": (
        "4:26: 2018-12 is before care starts (2019-01); write `.` for it: its figures are history, and nothing is"
        " judged in it [before-start]"
    ),
}


@pytest.mark.parametrize(("head", "said"), HEADS.items())
def test_the_head_of_a_scenario_is_checked(head: str, said: str) -> None:
    found, faults = read("expect: {meals: {status: green green}}\n", head=head)
    assert found is None
    assert [told(fault) for fault in faults] == [said]


def test_a_scenario_that_expects_nothing_is_refused() -> None:
    found, faults = read("given: {meals: {visits: 95 x3}}\n")
    assert found is None
    assert [told(fault) for fault in faults] == [
        "1:1: nothing is expected here, so it can't fail; write `expect:` with a status for each period [missing-key]"
    ]


def test_every_slip_of_a_file_is_told_at_once_in_the_order_of_places() -> None:
    _, faults = read(
        "given:\n  mals: {visits: 1}\n  meals: {visits: 1 some 3, income: 1 2}\n"
        "expect:\n  meals: {status: green gren red, findings: {shrt: fires x3}}\nmessages: {ownrs: 1}\n"
    )
    assert [(fault.line, fault.code) for fault in faults] == [
        (5, "unknown-subject"), (6, "bad-cell"), (6, "wrong-length"),
        (8, "unknown-outcome"), (8, "unknown-rule"), (9, "unknown-audience"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "- a\n", "scenario\n", "{given: [1, 2]}\n", "given: {meals: 3}\nexpect: [x]\n"])
def test_whatever_is_written_is_refused_in_words(text: str) -> None:
    found, faults = read(text, head="")
    assert found is None
    assert faults
    assert all(fault.what for fault in faults)


def test_series_longer_than_the_portfolios_own_dates_are_refused() -> None:
    reports = {"dates": ["2019-01-31", "2019-03-15"]}
    portfolio = Portfolio.model_validate(
        {**PORTFOLIO.model_dump(by_alias=True), "reports": reports, "starts": "2019-01-31"}
    )
    workspace = WORKSPACE.model_copy(update={"portfolios": {"care": portfolio}})
    head = "scenario: S\nportfolio: care\nfrom: 2019-01-31\n"
    file = read_yaml_text(head + "expect: {meals: {status: _ x2}}\n", "rules/scenarios/s.yaml")
    found, faults = read_scenario(file, workspace, {})
    assert (found and [period.id for period in found.periods], faults) == (["2019-01-31", "2019-03-15"], [])
    file = read_yaml_text(head + "expect: {meals: {status: _ x3}}\n", "rules/scenarios/s.yaml")
    _, (fault,) = read_scenario(file, workspace, {})
    assert told(fault) == (
        "3:7: care has no period after 2019-03-15, and the series have 3; write shorter series [wrong-length]"
    )


def test_a_scenario_of_more_periods_than_anybody_wants_is_refused() -> None:
    _, (fault,) = read("expect: {meals: {status: _ x241}}\n")
    assert fault.what == "this scenario has 241 periods"
