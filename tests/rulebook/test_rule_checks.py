"""What `check` finds in rules that can be used but hardly say what was meant."""

import pytest

from engine.model.problems import Severity
from engine.rulebook.checks import check_rulebook
from tests.rulebook.office import PORTFOLIO, SCHEME, rulebook

TEST = "tests: [{given: {}, expect: unknown}]"


def found(text: str) -> list[str]:
    return [
        f"{fault.severity.value} {fault.line}: {fault.what}; {fault.cure}"
        for fault in check_rulebook(rulebook(text), PORTFOLIO, SCHEME)
    ]


def rules(*lines: str) -> str:
    """Rules of one line each, without `id`, `title` and tests."""
    return "rules:\n" + "".join(f"  - {{id: r{i}, title: R, {line}, {TEST}}}\n" for i, line in enumerate(lines, 1))


def ladder(bands: str) -> str:
    return rules(f"measure: recruitment, bands: {{{bands}}}")


def test_a_rulebook_without_fault_is_left_alone() -> None:
    text = "thresholds: {limit: {title: T, values: [{from: 2018-04, value: £5k}]}}\n"
    assert found(text + rules("for: projects, when: savings.at_risk > limit, status: at_risk")) == []


def test_a_rule_without_a_test_is_pointed_out() -> None:
    assert found("rules:\n  - {id: r1, title: R, for: projects, when: delays > 5, status: at_risk}\n") == [
        (
            "warning 3: the rule `r1` has no test; "
            "add `tests:` with a case on each side, such as {given: {…}, expect: fires}"
        )
    ]


def test_a_threshold_that_nothing_uses_is_pointed_out() -> None:
    text = "thresholds: {limit: {title: T, values: [{from: 2018-04, value: 5}]}}\n"
    assert found(text) == ["warning 2: no rule uses the threshold `limit`; use it, or take it out"]
    because = 'for: projects, when: delays > 5, status: at_risk, because: "more than {limit}"'
    assert found(text + rules(because)) == []


@pytest.mark.parametrize(
    "values", ["{from: 2019-02, value: 5}", "{from: 2018-04, value: 5}, {from: 2019-01, value: not set}"]
)
def test_a_threshold_without_a_value_when_the_portfolio_starts_is_pointed_out(values: str) -> None:
    text = f"thresholds: {{limit: {{title: T, values: [{values}]}}}}\n"
    assert found(text + rules("for: projects, when: delays > limit, status: at_risk")) == [
        (
            "warning 2: the threshold `limit` has no value on 1 January 2019, when the portfolio starts; "
            "give it one from then, or expect its rules to be unknown"
        )
    ]


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("5 > 3", "`5 > 3` always holds"),
        ("50% > 60%", "`50% > 60%` never holds"),
        ("delays > 1 and 2 * 3 = 7", "`2 * 3 = 7` never holds"),
        ("delays <= delays", "`delays <= delays` always holds"),
        ("income.target > income.target", "`income.target > income.target` never holds"),
    ],
)
def test_a_comparison_that_no_figure_decides_is_an_error(when: str, said: str) -> None:
    (fault,) = check_rulebook(rulebook(rules(f"for: projects, when: {when}, status: at_risk")), PORTFOLIO, SCHEME)
    assert (fault.severity, fault.what) == (Severity.ERROR, f"{said}, whatever is returned")


def test_thresholds_may_be_compared_with_numbers_for_they_move() -> None:
    text = "thresholds: {limit: {title: T, values: [{from: 2018-04, value: 5}]}}\n"
    assert found(text + rules("for: projects, when: delays > limit and limit > 3, status: at_risk")) == []


@pytest.mark.parametrize(
    ("bands", "never"),
    [
        ("on_target: at least 80%, obstacles: at least 90%, at_risk: otherwise", ("obstacles", "on_target")),
        (
            "on_target: at least 95% of target, obstacles: above 95% of target, at_risk: otherwise",
            ("obstacles", "on_target"),
        ),
        (
            "on_target: at least 80%, obstacles: above 90%, at_risk: at least 85%, compromised: otherwise",
            ("obstacles", "on_target"),
        ),
        ("compromised: below 60%, at_risk: at most 50%, on_target: otherwise", ("at_risk", "compromised")),
    ],
)
def test_a_band_that_an_earlier_one_takes_whole_is_never_reached(bands: str, never: tuple[str, str]) -> None:
    band, taker = never
    assert (
        f"warning 3: the band `{band}` is never reached: `{taker}` before it takes all of it" in found(ladder(bands))[0]
    )


@pytest.mark.parametrize(
    "bands",
    [
        "on_target: at least 95% of target, obstacles: at least 60%, at_risk: otherwise",
        "on_target: at least 95%, obstacles: at least 60%, at_risk: otherwise",
        "on_target: within 5% of target, obstacles: within 10% of target, at_risk: otherwise",
        "compromised: below 50%, at_risk: below 60%, on_target: otherwise",
        "on_target: above 60%, obstacles: at least 60%, at_risk: otherwise",
    ],
)
def test_bands_that_can_be_reached_are_left_alone(bands: str) -> None:
    assert found(ladder(bands)) == []


def test_bands_out_of_the_order_of_the_scheme_are_pointed_out() -> None:
    assert found(ladder("on_target: at least 90%, at_risk: at least 50%, obstacles: otherwise")) == [
        (
            "warning 3: the bands of `r1` go neither from best to worst nor from worst to best; "
            "put them in the order of the scheme"
        )
    ]


@pytest.mark.parametrize(
    ("one", "other", "pointless"),
    [
        ("for: projects, when: delays > 5, status: at_risk", "for: projects, when: delays > 7, status: at_risk", "r2"),
        (
            "for: projects, when: delays > 7, status: obstacles",
            "for: projects, when: delays >= 7, status: at_risk",
            "r1",
        ),
        ("for: projects, when: 5 < delays, status: at_risk", "for: projects, when: delays > 5, status: at_risk", "r2"),
        (
            "for: projects, when: delays > 7, status: at_risk",
            "for: projects, when: delays > 5, status: obstacles",
            None,
        ),
        (
            "for: projects, when: delays > 7, status: at_risk",
            "for: programmes, when: delays > 5, status: at_risk",
            None,
        ),
        ("for: projects, when: delays < 7, status: at_risk", "for: projects, when: delays > 5, status: at_risk", None),
        ("for: projects, when: delays > 5, as: remark", "for: projects, when: delays > 7, status: at_risk", None),
        (
            "for: projects, when: delays > 5, status: at_risk, until: 2019-03",
            "for: projects, when: delays > 7, status: at_risk",
            None,
        ),
        (
            "for: projects, when: income < 90% of target, status: at_risk",
            "for: projects, when: income < 80% of target, status: at_risk",
            "r2",
        ),
        (
            "for: projects, when: income < £90, status: at_risk",
            "for: projects, when: income < 80% of target, status: at_risk",
            None,
        ),
    ],
)
def test_a_rule_that_another_makes_pointless_is_pointed_out(one: str, other: str, pointless: str | None) -> None:
    said = found(rules(one, other))
    assert [line.split("`")[1] for line in said] == ([pointless] if pointless else [])
    assert all("says nothing that" in line for line in said)


def test_faults_come_in_the_order_of_the_file() -> None:
    text = "thresholds: {limit: {title: T, values: [{from: 2018-04, value: 5}]}}\n"
    lines = found(text + "rules:\n  - {id: a, title: A, for: projects, when: 5 > 3, as: remark}\n")
    assert [line.partition(":")[0] for line in lines] == ["warning 2", "warning 4", "error 4"]
