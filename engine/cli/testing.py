"""`telltale test`: the tests beside the rules, the scenarios, and what neither of them covers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.app import declared
from engine.cli import DONE, NO, show, testwords
from engine.cli.common import Options, emit, open_office
from engine.inference.plain import outcome
from engine.model.values import Quantity, plain
from engine.model.values import show as shown
from engine.office import FaultsError, Office, UsageError, errors_among
from engine.pipeline import Declared
from engine.rulebook.coverage import Coverage, coverage
from engine.rulebook.rules import EffectiveRules, Rule
from engine.rulebook.ruletests import TestResult, run_tests
from engine.rulebook.scope import Scope
from engine.rulebook.worked import Worked, worked
from engine.scenarios.folder import read_scenarios
from engine.scenarios.running import Compared, Ruling, ScenarioResult, run_scenario
from engine.scenarios.scenario import Scenario
from engine.workspace.spelling import did_you_mean


@dataclass(frozen=True, slots=True)
class Tested:
    """One test that stands beside a rule, and what came of it."""

    portfolio: str
    result: TestResult
    comparisons: tuple[Worked, ...]

    @property
    def place(self) -> str:
        return f"{self.result.file}:{self.result.at.line}"


@dataclass(frozen=True, slots=True)
class Covered:
    """A portfolio's rules with what is not tested of each."""

    portfolio: str
    rules: tuple[Coverage, ...]


def test(options: Options) -> int:
    """The command. Raises FaultsError where rules or scenarios have faults, UsageError where `--only` names nothing."""
    office = open_office(options)
    declared_ = [declared(office, name) for name in office.names(options.portfolio)]
    scenarios = _scenarios(office, declared_)
    tests = [one for about in declared_ for one in _tests(about)]
    if options.only is not None:
        _check_only(options.only, declared_, scenarios)
    wanted = [one for one in scenarios if options.only in (None, one.name)]
    by_name = {about.portfolio.portfolio: about for about in declared_}
    # What rules say in scenarios counts for their coverage, also where only a rule's own tests are wanted.
    results = [run_scenario(by_name[one.portfolio], one) for one in (scenarios if options.coverage else wanted)]
    covered = [_covered(about, results, options.only) for about in declared_] if options.coverage else []
    tests = [one for one in tests if options.only in (None, one.result.rule)]
    results = [one for one in results if options.only in (None, one.scenario.name)]
    failed = sum(not one.result.ok for one in tests) + sum(not one.ok for one in results)
    answer = {
        "schema": 1,
        "passed": len(tests) + len(results) - failed,
        "failed": failed,
        "tests": [_test_as_json(one) for one in tests],
        "scenarios": [_scenario_as_json(one) for one in results],
        **({"coverage": [_coverage_as_json(one) for one in covered]} if options.coverage else {}),
    }
    emit(options, answer, lambda: "\n".join(_lines(tests, results, covered, failed)))
    return NO if failed else DONE


def _tests(about: Declared) -> Iterator[Tested]:
    rules = {rule.id: rule for rule in about.rulebook.rules}
    for one in run_tests(about.rulebook, about.portfolio, _said):
        yield Tested(about.portfolio.portfolio, one, tuple(worked(rules[one.rule], one.scope)))


def _said(rule: Rule, scope: Scope, effective: EffectiveRules) -> str | None:
    return outcome(rule, scope)


def _scenarios(office: Office, declared_: Sequence[Declared]) -> list[Scenario]:
    """The scenarios of these portfolios. Raises FaultsError where any scenario can't be read."""
    books = {about.portfolio.portfolio: about.rulebook for about in declared_}
    scenarios, faults = read_scenarios(office.root, office.workspace, dict(books))
    if errors_among(faults):
        raise FaultsError(faults)
    return [one for one in scenarios if one.portfolio in books]


def _check_only(only: str, declared_: Sequence[Declared], scenarios: Sequence[Scenario]) -> None:
    known = [*(rule.id for about in declared_ for rule in about.rulebook.rules), *(one.name for one in scenarios)]
    if only not in known:
        cure = did_you_mean(only, known)
        raise UsageError(f"there is no rule and no scenario {only!r}" + (f"; {cure}" if cure else ""))


def _covered(about: Declared, results: Sequence[ScenarioResult], only: str | None) -> Covered:
    name = about.portfolio.portfolio
    elsewhere: dict[str, set[str]] = {}
    for one in results:
        for rule, said in one.outcomes() if one.scenario.portfolio == name else ():
            elsewhere.setdefault(rule, set()).add(said)
    found = coverage(about.rulebook, about.portfolio, about.scheme, _said, elsewhere)
    return Covered(name, tuple(one for one in found if only in (None, one.rule)))


def _lines(
    tests: Sequence[Tested], results: Sequence[ScenarioResult], covered: Sequence[Covered], failed: int
) -> Iterator[str]:
    for one in tests:
        if not one.result.ok:
            yield from testwords.failed_test(one.result, one.place, one.comparisons)
    for result in results:
        if not result.ok:
            yield from testwords.failed_scenario(result)
    for group in covered:
        yield from testwords.coverage(group.portfolio, group.rules)
    parts = [show.count(len(tests), "rule test"), show.count(len(results), "scenario")]
    passed = len(tests) + len(results) - failed
    yield f"{passed} passed, {failed} failed ({parts[0]}, {parts[1]})."


# ---- JSON


def _test_as_json(one: Tested) -> dict[str, object]:
    return {
        "portfolio": one.portfolio,
        "rule": one.result.rule,
        "number": one.result.index,
        "ok": one.result.ok,
        "expected": one.result.expected,
        "got": one.result.got,
        "place": one.place,
        "sheet": dict(one.result.sheet),
        "comparisons": [_comparison_as_json(each) for each in one.comparisons],
    }


def _scenario_as_json(one: ScenarioResult) -> dict[str, object]:
    scenario = one.scenario
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "portfolio": scenario.portfolio,
        "ok": one.ok,
        "place": f"{scenario.file}:{scenario.at.line}",
        "periods": [period.id for period in scenario.periods],
        "series": [_series_as_json(each, scenario.file) for each in one.compared],
        "seen": [_seen_as_json(one, ref, index) for ref, index in one.first_difference().items()],
    }


def _series_as_json(one: Compared, file: str) -> dict[str, object]:
    expected = one.expected
    return {
        "of": expected.of,
        "kind": expected.kind.value,
        "subject": expected.subject,
        "audience": expected.audience,
        "rule": expected.rule,
        "measure": expected.measure,
        "part": expected.part,
        "ok": one.ok,
        "place": f"{file}:{expected.at.line}",
        "expected": list(expected.words),
        "got": list(one.got),
    }


def _seen_as_json(one: ScenarioResult, ref: str, index: int) -> dict[str, object]:
    seen = one.seen(ref, index)
    return {"sheet": show.sheet_as_json(seen.sheet), "rules": [_ruling_as_json(each) for each in seen.rulings]}


def _ruling_as_json(one: Ruling) -> dict[str, object]:
    return {
        "rule": one.rule,
        "place": one.source,
        "measure": one.measure,
        "part": one.part,
        "said": one.said,
        "last_fired": None if one.last_fired is None else one.last_fired.id,
        "comparisons": [_comparison_as_json(each) for each in one.comparisons],
    }


def _comparison_as_json(one: Worked) -> dict[str, object]:
    return {
        "condition": one.text,
        "periods_back": one.back,
        "left": _figure_as_json(one.left),
        "right": _figure_as_json(one.right),
        "holds": one.holds,
    }


def _figure_as_json(figure: Quantity | None) -> Mapping[str, str] | None:
    if figure is None:
        return None
    return {"value": plain(figure.value), "unit": figure.unit.value, "shown": shown(figure)}


def _coverage_as_json(one: Covered) -> dict[str, object]:
    return {
        "portfolio": one.portfolio,
        "covered": sum(rule.covered for rule in one.rules),
        "rules": [
            {
                "rule": rule.rule,
                "place": f"{rule.file}:{rule.at.line}",
                "covered": rule.covered,
                "gaps": [{"what": gap.what, "add": gap.add, "hint": gap.hint} for gap in rule.gaps],
            }
            for rule in one.rules
        ],
    }
