"""What no test of a rule shows: sides of limits, bands, periods in a row; and the tests that would show it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.inference.plain import outcome
from engine.rulebook.coverage import Coverage, coverage
from engine.rulebook.rules import EffectiveRules, Rule, Rulebook
from engine.rulebook.ruletests import run_tests
from engine.rulebook.scope import Scope
from tests.rulebook.office import PORTFOLIO, SCHEME, rulebook

THRESHOLDS = "thresholds:\n  tolerance: {title: T, values: [{from: 2018-04, value: 20%}]}\n"


def said(rule: Rule, scope: Scope, effective: EffectiveRules) -> str | None:
    return outcome(rule, scope)


def book(tests: list[str], **keys: str) -> Rulebook:
    lines = {"id": "r", "title": "R", "for": "projects", "status": "at_risk"} | keys
    text = "\n    ".join(f"{key}: {value}" for key, value in lines.items() if value != "-")
    written = "".join(f"\n      - {test}" for test in tests)
    return rulebook(f"{THRESHOLDS}rules:\n  - {text}\n    tests:{written or ' []'}\n")


def covered(tests: list[str], elsewhere: dict[str, set[str]] | None = None, /, **keys: str) -> Coverage:
    (one,) = coverage(book(tests, **keys), PORTFOLIO, SCHEME, said, elsewhere)
    return one


def gaps(tests: str, elsewhere: dict[str, set[str]] | None = None, /, **keys: str) -> list[str]:
    """What is not shown, without hints. Tests are written "8 fires, 5 quiet": delays, and what is expected."""
    each = [one.split() for one in tests.split(", ") if one]
    written = [f"{{given: {{delays: {figure}}}, expect: {expect}}}" for figure, expect in each]
    found = covered(written, elsewhere, **({"when": "delays > 5"} | keys))
    return [gap.what for gap in found.gaps if not gap.hint]


HOLDS = "no test in which `delays > 5` only just holds"
FAILS = "no test in which `delays > 5` just does not hold"


@pytest.mark.parametrize(
    ("tests", "not_shown"),
    [
        ("6 fires, 5 quiet", []),
        ("5.5 fires, 5 quiet", []),  # within a tenth
        ("5.5 fires, 4.5 quiet", []),
        ("6 fires, 4 quiet", []),  # one away, and both whole
        ("5.6 fires, 5 quiet", [HOLDS]),
        ("6 fires, 4.4 quiet", [FAILS]),
        ("8 fires, 5 quiet", [HOLDS]),
        ("8 fires, 2 quiet", [HOLDS, FAILS]),
        ("6 fires", ["nothing leaves it quiet", FAILS]),
        ("5 quiet", ["nothing makes it fire", HOLDS]),
        ("missing unknown", ["nothing makes it fire", "nothing leaves it quiet", HOLDS, FAILS]),
        ("", ["nothing makes it fire", "nothing leaves it quiet", HOLDS, FAILS]),
    ],
)
def test_a_limit_is_tested_where_both_its_sides_are_tested_near_it(tests: str, not_shown: list[str]) -> None:
    assert gaps(tests) == not_shown


@pytest.mark.parametrize(("tests", "shown"), [("0 quiet, 500 fires", True), ("1 fires, 500 fires", False)])
def test_every_figure_beyond_a_limit_of_nought_is_near_it(tests: str, shown: bool) -> None:
    assert (gaps(tests, when="delays > 0") == []) is shown


def test_a_limit_counts_only_where_it_decides() -> None:
    when = "delays > 5 and income < £10k"
    quiet_anyway = [
        "{given: {delays: 6, income: £10k}, expect: quiet}",
        "{given: {delays: 5, income: £10k}, expect: quiet}",
    ]
    found = [gap.what for gap in covered(quiet_anyway, when=when).gaps if not gap.hint]
    assert "no test in which `delays > 5` only just holds and decides" in found
    decided = ["{given: {delays: 6, income: £9500}, expect: fires}",
               "{given: {delays: 5, income: £9500}, expect: quiet}",
               "{given: {delays: 6, income: £10k}, expect: quiet}"]  # fmt: skip
    assert [gap.what for gap in covered(decided, when=when).gaps if not gap.hint] == []


def test_equality_and_words_need_a_test_each_way() -> None:
    assert gaps("5 fires, 80 quiet", when="delays = 5") == []
    assert gaps("missing fires", when="delays is missing") == [
        "nothing leaves it quiet", "no test in which `delays is missing` does not hold",
    ]  # fmt: skip


def test_each_band_has_to_be_reached() -> None:
    ladder = {"measure": "recruitment", "for": "-", "status": "-",
              "bands": "{on_target: at least 60%, obstacles: at least 40%, at_risk: otherwise}"}  # fmt: skip
    tests = ["{given: {actual: 60%}, expect: on_target}", "{given: {actual: 59%}, expect: obstacles}"]
    assert [gap.what for gap in covered(tests, **ladder).gaps if not gap.hint] == [
        "nothing reaches its band `at_risk`",
        "no test in which `actual >= 40%` only just holds and decides",
        "no test in which `actual >= 40%` just does not hold and decides",
    ]
    scenarios = {"r": {"at_risk"}}  # said in a scenario: the band is reached, its limit still untested
    assert next(gap.what for gap in covered(tests, scenarios, **ladder).gaps if not gap.hint).startswith("no test in")


def test_periods_in_a_row_are_tested_with_one_too_few() -> None:
    when = "(delays > 5) for 3 periods"
    enough = "{given: {delays: [6, 6, 6]}, expect: fires}"
    short = "{given: {delays: [5, 6, 6]}, expect: quiet}"
    what = f"no test shows that 2 periods are not enough for `{when}`"
    assert [gap.what for gap in covered([enough, "{given: {delays: [5, 5, 6]}, expect: quiet}"], when=when).gaps][
        :1
    ] == [what]
    assert [gap.what for gap in covered([enough, short], when=when).gaps if not gap.hint] == []


def test_a_limit_within_brackets_is_tested_only_where_the_brackets_decide() -> None:
    when = "income > £1 and (delays > 5) for 2 periods"
    of_income = ["{given: {income: £2, delays: [4.9, 9]}, expect: quiet}"]
    of_income += [
        f"{{given: {{income: {income}, delays: [9, 9]}}, expect: {expect}}}"
        for income, expect in (("£1.05", "fires"), ("£1", "quiet"))
    ]
    idle = "{given: {income: £0, delays: [5.1, 5.1]}, expect: quiet}"  # quiet whatever the delays are
    what = "no test in which `delays > 5` only just holds and decides"
    assert [gap.what for gap in covered([*of_income, idle], when=when).gaps if not gap.hint] == [what]
    tells = "{given: {income: £2, delays: [5.1, 5.1]}, expect: fires}"
    assert covered([*of_income, tells], when=when).covered


def test_what_scenarios_show_of_a_rule_counts_and_says_nothing_of_its_limits() -> None:
    assert gaps("", {"r": {"fires", "quiet"}}) == [HOLDS, FAILS]


def test_unknown_and_the_limit_itself_are_hints() -> None:
    found = covered(["{given: {delays: 6}, expect: fires}", "{given: {delays: 4}, expect: quiet}"], when="delays > 5")
    assert found.covered
    assert [(gap.what, gap.add) for gap in found.gaps] == [
        ("no test lies exactly on the limit of `delays > 5`", "{given: {delays: 5}, expect: quiet}"),
        ("no test shows it unknown for want of a figure", "{given: {}, expect: unknown}"),
    ]


def test_a_threshold_is_told_with_its_value() -> None:
    (gap, *_) = [one for one in covered([], when="delays.shortfall > tolerance").gaps if "limit" not in one.what][2:]
    assert gap.what == "no test in which `delays.shortfall > tolerance` (tolerance is 20%) only just holds"
    assert gap.add == "{given: {delays.shortfall: 21%}, expect: fires}"


def test_a_test_to_add_builds_on_those_there_are() -> None:
    tests = ["{given: {recruitment: 15%, recruitment.target: 50%, delays: 3}, expect: fires}"]
    found = covered(tests, when="recruitment < (100% - tolerance) of target")
    assert found.add == (
        "{given: {recruitment: 40%, recruitment.target: 50%}, expect: quiet}",
        "{given: {recruitment: 39%, recruitment.target: 50%}, expect: fires}",
        "{given: {}, expect: unknown}",
    )


CONDITIONS = (
    "delays > {n}",
    "delays >= {n} and income < £{n}k",
    "delays <= {n} or recruitment < {n}%",
    "not (delays < {n} and recruitment >= {n}.5%)",
    "recruitment < {n}% of target",
    "recruitment.shortfall > {n}%",
    "recruitment < target - {n}%",
    "milestones.unmitigated > {n}",
    "projects.off_target > {n}% of projects.count",
    "savings.net_at_risk in this year > £{n}k and savings.forecast < 90% of savings.target",
    "income < {n} / 7 * income.target",
    "delays = {n}",
    "delays is missing and delays is not explained",
    "lifecycle is developing or delays > {n}",
    "(delays > {n}) for 3 periods",
    "income > £{n}k and (delays > {n}) for 3 periods",
    "status.previous is at_risk or worse and delays > {n}",
)


def proposed() -> list[tuple[dict[str, str], list[str]]]:
    """The cases of proposed_tests.txt: a rule's keys ("has" is a test that it has), and the tests to add."""
    text = Path(__file__).with_name("proposed_tests.txt").read_text("utf-8")
    lines = [case.splitlines() for case in text.split("\n\n")[1:]]
    return [
        (
            dict(line.split(": ", 1) for line in case if line[0] != " "),
            [line.strip() for line in case if line[0] == " "],
        )
        for case in lines
    ]


@pytest.mark.parametrize(("keys", "add"), proposed())
def test_what_is_proposed_lies_on_the_limits_of_a_rule_and_beside_them(keys: dict[str, str], add: list[str]) -> None:
    rule = {key: value for key, value in keys.items() if key != "has"}
    assert list(covered([keys["has"]] if "has" in keys else [], **rule).add) == add


@given(st.sampled_from(CONDITIONS), st.integers(1, 99))
@settings(max_examples=50)  # about three of each kind; each is some dozens of tests tried
def test_the_tests_proposed_are_read_pass_and_leave_nothing_untested(condition: str, number: int) -> None:
    keys = {"when": condition.format(n=number)}
    added: list[str] = []
    for _ in range(2):  # what one test shows may make another proposal better
        added += covered(added, **keys).add
    made = book(added, **keys)
    assert all(result.ok for result in run_tests(made, PORTFOLIO, said))
    assert [gap.what for gap in covered(added, **keys).gaps] == []


@given(st.integers(1, 60), st.integers(1, 30))
@settings(max_examples=12)  # only the numbers differ, and each example is hundreds of tests tried
def test_the_tests_proposed_for_a_ladder_and_for_what_clears_a_rule_do_too(low: int, apart: int) -> None:
    ladder = {
        "measure": "recruitment",
        "for": "-",
        "status": "-",
        "bands": f"{{on_target: at least {low + apart}% of target, obstacles: at least {low}%, at_risk: otherwise}}",
    }
    hysteresis = {"when": f"delays > {low + apart}", "clears": f"delays < {low}"}
    for keys in (ladder, hysteresis):
        added: list[str] = []
        for _ in range(2):
            added += covered(added, **keys).add
        assert all(result.ok for result in run_tests(book(added, **keys), PORTFOLIO, said))
        assert [gap.what for gap in covered(added, **keys).gaps if not gap.hint] == []
