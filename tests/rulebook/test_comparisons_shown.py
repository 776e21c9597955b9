"""A rule's comparisons with the figures they had: what a failed test shows."""

import pytest

from engine.inference.plain import outcome
from engine.rulebook.rules import EffectiveRules, Rule
from engine.rulebook.ruletests import run_tests
from engine.rulebook.scope import Scope
from engine.rulebook.worked import decides, worked
from tests.rulebook.office import PORTFOLIO, rulebook


def said(rule: Rule, scope: Scope, effective: EffectiveRules | None = None) -> str | None:
    return outcome(rule, scope)


def placed(when: str, given: str) -> tuple[Rule, Scope]:
    """A rule, and the scope of its one test."""
    book = rulebook(
        "thresholds:\n  tolerance: {title: T, values: [{from: 2018-04, value: 16.67%}]}\n"
        f"rules:\n  - {{id: r, title: R, for: projects, status: at_risk, when: {when}, "
        f"tests: [{{given: {given}, expect: fires}}]}}\n"
    )
    (result,) = run_tests(book, PORTFOLIO, said)
    return book.rules[0], result.scope


@pytest.mark.parametrize(
    ("when", "given", "shown"),
    [
        ("delays > 5", "{delays: 8}", ["0 delays > 5: 8 > 5 True"]),
        ("delays > 5", "{}", ["0 delays > 5: not known > 5 None"]),
        ("recruitment < 60% of target", "{recruitment: 29%, recruitment.target: 50%}",
         ["0 recruitment < 60% of recruitment.target: 29% < 30% True"]),
        ("delays > 5 and not (income < £10k)", "{delays: 4, income: £12.5k}",
         ["0 delays > 5: 4 > 5 False", "0 income < £10k: £12.5k < £10k False"]),
        # What would look alike is shown as it is compared, to millionths.
        ("recruitment.shortfall > tolerance", "{recruitment: 100%, recruitment.target: 120%}",
         ["0 recruitment.shortfall > tolerance: 16.666667% > 16.67% False"]),
        ("(delays > 5) for 3 periods", "{delays: [8, 4]}", ["0 delays > 5: 4 > 5 False", "1 delays > 5: 8 > 5 True"]),
        ("delays is missing", "{delays: missing}", ["0 delays is missing:  True"]),
    ],
)  # fmt: skip
def test_each_comparison_is_shown_with_its_figures(when: str, given: str, shown: list[str]) -> None:
    found = [f"{one.back} {one.text}: {one.figures} {one.holds}" for one in worked(*placed(when, given))]
    assert found == shown


@pytest.mark.parametrize(
    ("when", "given", "deciding"),
    [
        ("delays > 5 and income < £10k", "{delays: 8, income: £5k}", [True, True]),
        ("delays > 5 and income < £10k", "{delays: 8, income: £15k}", [False, True]),
        ("delays > 5 and income < £10k", "{delays: 4, income: £15k}", [False, False]),
        ("delays > 5 or income < £10k", "{delays: 8, income: £15k}", [True, False]),
        ("delays > 5 or income < £10k", "{delays: 8, income: £5k}", [False, False]),
        ("not (delays > 5 or income < £10k)", "{delays: 4, income: £15k}", [True, True]),
    ],
)
def test_a_comparison_decides_where_the_rule_would_say_something_else_without_it(
    when: str, given: str, deciding: list[bool]
) -> None:
    rule, scope = placed(when, given)
    assert [decides(rule, one.node, scope, said) for one in worked(rule, scope)] == deciding
