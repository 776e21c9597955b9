"""Running the tests that stand with the rules of a file."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.model.workspace import Portfolio
from engine.rulebook.rules import EffectiveRules, Rule, Rulebook, RuleTest
from engine.rulebook.scope import Scope
from engine.rulebook.syntax import At
from engine.rulebook.testreading import UNKNOWN
from engine.rulebook.testscope import scope_of

Evaluate = Callable[[Rule, Scope, EffectiveRules], str | None]  # the rule's outcome; None where it can't be known


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test of one rule, and what came of it."""

    __test__ = False  # not one of pytest's

    rule: str
    index: int  # from 1, as written
    expected: str
    got: str  # "fires", "quiet", a band's status, or "unknown"
    file: str
    at: At
    sheet: tuple[tuple[str, str], ...]  # all that was known: name, and the figure or words as a person reads them

    @property
    def ok(self) -> bool:
        return self.got == self.expected


def run_tests(rulebook: Rulebook, portfolio: Portfolio, evaluate: Evaluate) -> list[TestResult]:
    """Every test of every rule, in the order written."""
    return [
        _run(test, index, rule, portfolio, rulebook.latest if test.on is None else rulebook.on(test.on), evaluate)
        for rule in rulebook.rules
        for index, test in enumerate(rule.tests, start=1)
    ]


def _run(
    test: RuleTest, index: int, rule: Rule, portfolio: Portfolio, effective: EffectiveRules, evaluate: Evaluate
) -> TestResult:
    scope = scope_of(test, rule, portfolio, effective.thresholds)
    got = evaluate(rule, scope, effective)
    return TestResult(rule.id, index, test.expect, UNKNOWN if got is None else got, rule.file, test.at, scope.sheet())
