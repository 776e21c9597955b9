"""The rules that are shipped: free of faults, and proven by their own tests."""

from pathlib import Path

import pytest

from engine.inference.plain import outcome
from engine.model.workspace import Portfolio, Workspace
from engine.rulebook.checks import check_rulebook
from engine.rulebook.coverage import coverage
from engine.rulebook.loading import load_rulebook
from engine.rulebook.rules import Rulebook
from engine.rulebook.ruletests import run_tests
from engine.workspace.loading import load_workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    found, faults = load_workspace(ROOT)
    assert found is not None, [str(fault) for fault in faults]
    return found


@pytest.fixture(scope="module")
def portfolio(workspace: Workspace) -> Portfolio:
    return workspace.portfolios["improving_lives"]


@pytest.fixture(scope="module")
def rules(workspace: Workspace, portfolio: Portfolio) -> Rulebook:
    shown = "rules/improving_lives.yaml"
    found, faults = load_rulebook(ROOT / shown, shown, workspace, portfolio)
    assert found is not None, [str(fault) for fault in faults]
    return found


def test_they_have_neither_fault_nor_warning(rules: Rulebook, workspace: Workspace, portfolio: Portfolio) -> None:
    assert check_rulebook(rules, portfolio, workspace.scheme_of(portfolio)) == []


def test_their_own_tests_hold(rules: Rulebook, portfolio: Portfolio) -> None:
    results = run_tests(rules, portfolio, lambda rule, scope, effective: outcome(rule, scope))
    assert [f"{one.file}:{one.at.line}: {one.got}" for one in results if not one.ok] == []


def test_each_rule_is_tested_on_both_sides_and_where_nothing_is_known(rules: Rulebook) -> None:
    for rule in rules.rules:
        assert {test.expect for test in rule.tests} == {"fires", "quiet", "unknown"}, rule.id


def test_each_finding_says_why_and_what_to_do(rules: Rulebook) -> None:
    for rule in rules.rules:
        assert "{" in rule.because, rule.id
        assert rule.action, rule.id


def test_nothing_of_them_is_left_untested(rules: Rulebook, workspace: Workspace, portfolio: Portfolio) -> None:
    scheme = workspace.scheme_of(portfolio)
    found = coverage(rules, portfolio, scheme, lambda rule, scope, effective: outcome(rule, scope))
    assert [(one.rule, [gap.what for gap in one.gaps]) for one in found if one.gaps] == []
