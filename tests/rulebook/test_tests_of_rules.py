"""The tests that stand with rules: what they give, and what follows from it."""

import pytest

from engine.inference.plain import outcome
from engine.rulebook.ruletests import TestResult, run_tests
from tests.rulebook.office import PORTFOLIO, rulebook

THRESHOLDS = """
thresholds:
  tolerance: {title: T, values: [{from: 2018-04, value: 20%}, {from: 2019-04, value: 40%}]}
"""


def run(test: str, **keys: str) -> TestResult:
    lines = {"id": "r", "title": "R", "for": "projects", "status": "at_risk", "tests": f"[{test}]"} | keys
    text = "\n    ".join(f"{key}: {value}" for key, value in lines.items() if value != "-")
    book = rulebook(f"{THRESHOLDS}rules:\n  - {text}\n")
    (result,) = run_tests(book, PORTFOLIO, lambda rule, scope, effective: outcome(rule, scope))
    return result


@pytest.mark.parametrize(
    ("when", "given", "got"),
    [
        ("delays > 5", "{delays: 8}", "fires"),
        ("delays > 5", "{delays: 5}", "quiet"),
        ("savings.at_risk in this year > £5", "{savings.at_risk  in  this year: £6}", "fires"),
        ("delays > 5", "{}", "unknown"),
        ("delays > 5", "{delays: missing}", "unknown"),
        ("delays > 5", "{delays: }", "unknown"),
        ("delays is missing", "{delays: missing}", "fires"),
        ("delays is missing", "{delays.target: 5}", "fires"),
        ("delays is missing", "{delays: 5}", "quiet"),
        ("delays is provisional", "{delays: provisional}", "fires"),
        ("delays > 5 and delays is provisional", "{delays: 8, delays.state: provisional}", "fires"),
        ("delays > 5 and delays is not explained", "{delays: 8}", "fires"),
        ("delays > 5 and delays is not explained", "{delays: 8, delays.state: explained}", "quiet"),
        ("delays is overdue", "{delays: overdue}", "fires"),
        ("delays.target is missing", "{delays: 8}", "fires"),
        ("savings.at_risk is missing", "{savings.at_risk: £0}", "quiet"),
        ("delays.shortfall > 50%", "{delays: 8, delays.target: 4}", "fires"),  # lower is better
        ("delays.shortfall > 50%", "{delays: 2, delays.target: 4}", "quiet"),
        ("recruitment.shortfall > 50%", "{recruitment: 20%, recruitment.target: 50%}", "fires"),
        ("recruitment.variance < -10%", "{recruitment: 20%, recruitment.target: 50%}", "fires"),
        ("recruitment is off target", "{recruitment: 20%, recruitment.target: 50%}", "fires"),
        ("recruitment is off target", "{recruitment: 20%}", "unknown"),
        ("delays.change > 2", "{delays: [3, 6]}", "fires"),
        ("delays.change > 2", "{delays: 6, delays.previous: 3}", "fires"),
        ("delays.previous - delays.two_back > 2", "{delays: 6, delays.previous: 9, delays.two_back: 3}", "fires"),
        ("delays is rising", "{delays: [3, 6]}", "fires"),
        ("delays is rising", "{delays: [6]}", "unknown"),
        ("delays.run >= 3", "{delays: [3, 4, 5, 6]}", "fires"),
        ("income.to_date < £10k", "{income: [£2k, £3k, £4k]}", "fires"),
        ("income.to_date < £10k", "{income: £2k}", "fires"),
        ("income.to_date < £10k", "{income: [£2k, missing, £4k]}", "unknown"),
        ("(delays > 5) for 3 periods", "{delays: [6, 7, 8]}", "fires"),
        ("(delays > 5) for 3 periods", "{delays: [6, 4, 8]}", "quiet"),
        ("(delays > 5) for 3 periods", "{delays: [6, 8]}", "unknown"),
        ("(delays > 5) for 3 periods", "{delays: [6, missing, 8]}", "unknown"),
        ("(delays > 5) for 3 periods", "{delays: [6, ~, 8]}", "unknown"),
        ("(delays > target) for 2 periods", "{delays: [6, 8], delays.target: 5}", "fires"),
        ("(delays > target) for 2 periods", "{delays: [6, 8], delays.target: [7, 5]}", "quiet"),
        # one figure beside the history of another
        ("income > £1 and (delays > 5) for 2 periods", "{income: £2, delays: [6, 8]}", "fires"),
        ("income > £1 and (delays > 5) for 2 periods", "{income: £1, delays: [6, 8]}", "quiet"),
        ("(delays > 5 and income > £1) for 2 periods", "{income: £2, delays: [6, 8]}", "unknown"),
        ("(delays > 5 and income > £1) for 3 periods", "{income: [£2, £3], delays: [6, 7, 8]}", "unknown"),
        ("(savings.at_risk > £0) for 2 periods", "{savings.at_risk: [£1, £2]}", "fires"),
        ("(savings.at_risk > £0) for 2 periods", "{savings.at_risk: £2}", "unknown"),
        ("lifecycle is closed", "{lifecycle: closed}", "fires"),
        ("lifecycle is closed", "{lifecycle: live}", "quiet"),
        ("lifecycle is closed", "{}", "unknown"),
        ("status.previous is at_risk or worse", "{status.previous: compromised}", "fires"),
        ("status.previous is at_risk or worse", "{status.previous: obstacles}", "quiet"),
    ],
)
def test_what_a_test_gives_decides_the_rule(when: str, given: str, got: str) -> None:
    result = run(f"{{given: {given}, expect: {got}}}", when=when)
    assert (result.got, result.ok) == (got, True)


@pytest.mark.parametrize(
    ("when", "given", "got"),
    [
        ("shortfall > 40%", "{actual: £6k, target: £28k}", "fires"),
        ("shortfall > 40%", "{actual: 8, target: 4}", "fires"),  # the one measure that counts has lower for better
        ("shortfall > 40%", "{actual: 8, target: 4, better: higher}", "quiet"),
        ("shortfall > 40%", "{target: 4}", "unknown"),
        ("shortfall > 40%", "{shortfall: 41%}", "fires"),
        ("actual is explained", "{state: explained}", "fires"),
        ("weeks_to_recovery is missing", "{actual: 4}", "fires"),
        ("weeks_to_recovery < 0 weeks", "{actual: 4, weeks_to_recovery: -1 weeks}", "fires"),
        ("(actual < target) for 2 periods", "{actual: [3, 4], target: 5}", "fires"),
    ],
)
def test_a_test_of_a_rule_for_measures_gives_its_attributes(when: str, given: str, got: str) -> None:
    assert run(f"{{given: {given}, expect: {got}}}", when=when, **{"for": "measures"}).got == got


@pytest.mark.parametrize(
    ("actual", "got"), [("95%", "on_target"), ("60%", "obstacles"), ("59.9%", "at_risk"), ("missing", "unknown")]
)
def test_a_test_of_a_ladder_expects_a_band(actual: str, got: str) -> None:
    bands = "{on_target: at least 95%, obstacles: at least 60%, at_risk: otherwise}"
    test = f"{{given: {{recruitment: {actual}}}, expect: {got}}}"
    result = run(test, measure="recruitment", bands=bands, status="-", **{"for": "-"})
    assert result.got == got


@pytest.mark.parametrize(("on", "got"), [("", "quiet"), (", on: 2019-03-31", "fires"), (", on: 2019-04", "quiet")])
def test_thresholds_have_their_latest_values_unless_a_day_is_said(on: str, got: str) -> None:
    test = f"{{given: {{recruitment: 35%, recruitment.target: 50%}}, expect: {got}{on}}}"
    assert run(test, when="recruitment < (100% - tolerance) of target").got == got


def test_a_failed_test_says_what_was_known() -> None:
    result = run("{given: {delays: 8, delays.target: 10, lifecycle: live}, expect: quiet}", when="delays > 5")
    assert (result.rule, result.index, result.expected, result.got, result.ok) == ("r", 1, "quiet", "fires", False)
    assert (result.file, result.at.line) == ("rules/lives.yaml", 10)
    assert dict(result.sheet) == {
        "delays": "8",
        "delays.age": "0",
        "delays.shortfall": "0%",
        "delays.target": "10",
        "delays.variance": "-2",
        "lifecycle": "live",
    }


def test_tests_run_in_the_order_written() -> None:
    book = rulebook(
        "rules:\n"
        "  - {id: a, title: A, for: projects, when: delays > 5, status: at_risk, tests: "
        "[{given: {delays: 8}, expect: fires}, {given: {delays: 1}, expect: quiet}]}\n"
        "  - {id: b, title: B, for: projects, when: delays > 9, status: at_risk, tests: "
        "[{given: {delays: 8}, expect: fires}]}\n"
    )
    results = run_tests(book, PORTFOLIO, lambda rule, scope, effective: outcome(rule, scope))
    assert [(one.rule, one.index, one.ok) for one in results] == [("a", 1, True), ("a", 2, True), ("b", 1, False)]
