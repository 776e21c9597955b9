"""Rules that ask for signals: judged from thirteen figures on, and what made the signal is said with the finding."""

import pytest

from engine.inference.plain import outcome
from engine.model.run import SubjectOut
from engine.model.values import Unit
from engine.rulebook.names import Vocabulary
from engine.rulebook.parser import read_condition
from engine.rulebook.ruletests import run_tests
from engine.rulebook.slips import Source
from engine.rulebook.syntax import At
from tests.assessment.office import BEDS, HOMES, Office, months, portfolio
from tests.rulebook.office import NAMES, PORTFOLIO, rulebook

SEE_SAW = "10 12 10 12 10 12 10 12 10 12 10 12"
OF_MEASURES = """
rules:
  - id: unusual
    title: A figure is out of the ordinary
    for: measures
    when: actual is a signal and actual < mean
    status: amber
    because: "{title}: {actual}, where {mean} is usual."
"""
OF_PROJECTS = """
rules:
  - {id: unusual, title: Unusual, for: projects, as: remark, when: beds is a signal, because: "{beds} beds"}
  - {id: over, title: Over the limit, for: projects, when: beds > beds.upper_limit, status: amber}
"""


def homes(rules: str, figures: str, first: str = "2018-01", last: str = "2019-01") -> SubjectOut:
    return Office(rules=rules).subject("homes", last, months({"homes.beds": figures}, first))


def test_what_makes_a_figure_a_signal_is_said_with_the_finding() -> None:
    (finding,) = homes(OF_MEASURES, f"{SEE_SAW} 0").findings
    assert finding.because == "Beds filled: 0, where 10 is usual (below the lower limit)"
    assert homes(OF_MEASURES, f"{SEE_SAW} 40").findings == ()


def test_in_a_rule_for_projects_it_is_said_of_which_measure() -> None:
    found = homes(OF_PROJECTS, f"{SEE_SAW} 30")
    assert found.remarks == ("30 beds (Beds filled: above the upper limit)",)
    assert [finding.rule for finding in found.findings] == ["over"]


@pytest.mark.parametrize(
    ("rules", "figures", "words"),
    [
        (OF_MEASURES, "12", ("enough figures for Beds filled (needs 13 figures, has 1)",)),
        (OF_MEASURES, f"{SEE_SAW} .", ("a figure for Beds filled",)),
        (OF_PROJECTS, "12 10 12", ("enough figures for Beds filled (needs 13 figures, has 3)",)),
    ],
)
def test_what_a_signal_lacks_is_said(rules: str, figures: str, words: tuple[str, ...]) -> None:
    first = {1: "2019-01", 3: "2018-11"}.get(len(figures.split()), "2018-01")
    assert {group.words for group in homes(rules, figures, first).not_assessed} == {words}


def test_a_part_that_is_a_signal_is_named() -> None:
    beds = {**BEDS, "unit": "percent", "parts": ["North", "South"]}
    of = portfolio(HOMES, measures={"beds": beds})
    returned = months({"homes.beds.North": f"{SEE_SAW} 30", "homes.beds.South": f"{SEE_SAW} 11"}, "2018-01", of)
    rules = OF_PROJECTS.partition("  - {id: over")[0]
    found = Office(of=of, rules=rules).subject("homes", "2019-01", returned)
    assert found.remarks == ("not known beds (Beds filled, North: above the upper limit)",)


# ---- in the tests that stand with rules


@pytest.mark.parametrize(
    ("when", "given", "got"),
    [
        ("delays is a signal", f"delays: [{', '.join(SEE_SAW.split())}, 30]", "fires"),
        ("delays is a signal", f"delays: [{', '.join(SEE_SAW.split())}, 11]", "quiet"),
        ("delays is not a signal", f"delays: [{', '.join(SEE_SAW.split())}, 11]", "fires"),
        ("delays is a signal", f"delays: [{', '.join(SEE_SAW.split())}]", "unknown"),
        ("delays is a signal", f"delays: [{', '.join(SEE_SAW.split())}, missing]", "unknown"),
        ("delays is a signal", "delays: 12", "unknown"),
        ("delays is a signal", "delays: 12, delays.state: a signal", "fires"),
        ("delays > delays.upper_limit", f"delays: [{', '.join(SEE_SAW.split())}, 30]", "fires"),
        ("delays > upper_limit", "delays: 12, delays.upper_limit: 11.5", "fires"),
        ("delays < 80% of mean", f"delays: [{', '.join(SEE_SAW.split())}, 8]", "fires"),
        ("(delays is a signal) for 2 periods", f"delays: [{', '.join(SEE_SAW.split())}, 30, 31]", "fires"),
        ("(delays is a signal) for 2 periods", f"delays: [{', '.join(SEE_SAW.split())}, 30]", "unknown"),
    ],
)
def test_a_rule_is_tested_with_a_history(when: str, given: str, got: str) -> None:
    test = f"{{given: {{{given}}}, expect: {got}}}"
    rule = f"{{id: r, title: R, for: projects, status: at_risk, when: {when}, tests: [{test}]}}"
    book = rulebook(f"rules:\n  - {rule}\n")
    (result,) = run_tests(book, PORTFOLIO, lambda rule, scope, effective: outcome(rule, scope))
    assert (result.got, result.ok) == (got, True)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("delays is a singal", "nothing is ever `a singal` of `delays`"),
        ("delays is signal", "nothing is ever `signal` of `delays`"),
        ("delays.target is a signal", "nothing is ever `a signal` of `delays.target`"),
        ("delays > £5 of mean", "`£5` is money, not a percentage"),
    ],
)
def test_a_slip_about_signals_is_pointed_out(text: str, what: str) -> None:
    _, slips = read_condition(Source(text, At(1, 1)), Vocabulary(NAMES))
    assert slips[0].what == what


def test_the_limits_have_the_unit_of_their_measure() -> None:
    assert NAMES.unit("income.upper_limit") is Unit.MONEY
    assert NAMES.unit("recruitment.mean") is Unit.PERCENT
