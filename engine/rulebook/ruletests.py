"""Running the tests that stand with the rules of a file."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.model.workspace import Portfolio
from engine.rulebook.clearing import outcome_through
from engine.rulebook.rules import EffectiveRules, Rule, Rulebook, RuleTest
from engine.rulebook.scope import Scope
from engine.rulebook.syntax import At
from engine.rulebook.testreading import UNKNOWN
from engine.rulebook.testscope import TestScope, scope_of

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
    scope: TestScope

    @property
    def ok(self) -> bool:
        return self.got == self.expected

    @property
    def sheet(self) -> tuple[tuple[str, str], ...]:
        """All that was known: name, and the figure or words as a person reads them."""
        return self.scope.sheet()


def run_tests(rulebook: Rulebook, portfolio: Portfolio, evaluate: Evaluate) -> list[TestResult]:
    """Every test of every rule, in the order written."""
    return [
        run_test(test, index, rule, portfolio, rulebook.latest if test.on is None else rulebook.on(test.on), evaluate)
        for rule in rulebook.rules
        for index, test in enumerate(rule.tests, start=1)
    ]


def run_test(
    test: RuleTest, index: int, rule: Rule, portfolio: Portfolio, effective: EffectiveRules, evaluate: Evaluate
) -> TestResult:
    """One test of a rule, with the thresholds of `effective`."""
    scope = scope_of(test, rule, portfolio, effective.thresholds)
    got = outcome_through(rule, scope, lambda asked, at: evaluate(asked, at, effective))
    return TestResult(rule.id, index, test.expect, UNKNOWN if got is None else got, rule.file, test.at, scope)
