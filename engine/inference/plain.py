"""The plain evaluator: a rule's conditions as Python functions, in Kleene's three-valued logic.

It walks the syntax tree as written and shares neither logic nor comparing with the lowering, so that each evaluator
checks the other. What figures and sums of figures come to both take from rulebook/values.py.
A rule is compiled once; `check`, `test`, `what-if` and back-testing then judge with it alone.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from engine.inference.questions import Question, Settled, Standing
from engine.inference.remembered import per_rule
from engine.model.run import Trend
from engine.model.values import Quantity, to_millionths
from engine.model.verdicts import FIRES, QUIET, Verdict
from engine.rulebook.rules import Rule
from engine.rulebook.scope import Scope
from engine.rulebook.syntax import (
    And,
    Comparison,
    Condition,
    Expression,
    Fact,
    ForPeriods,
    Is,
    Node,
    Not,
    Number,
    Or,
    ThresholdRef,
    facts_in,
    walk,
)
from engine.rulebook.values import value_of

Truth = bool | None
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip


class _Compiled(NamedTuple):
    """A compiled condition: whether it is true in a scope, and, where that is unknown, the names to blame."""

    truth: Callable[[Scope], Truth]
    absent: Callable[[Scope], set[str]]


@dataclass(frozen=True, slots=True)
class _CompiledRule:
    rungs: tuple[tuple[_Compiled, str], ...]  # conditions in order, and what the rule says where that is first to hold
    otherwise: str
    facts: tuple[Fact, ...]  # all that the rule names


def outcome(rule: Rule, scope: Scope) -> str | None:
    """What the rule says in a place: "fires" or "quiet", or the status of the ladder's first band that holds.

    None where it can't be known; "quiet" also where a ladder without `otherwise` has no band that holds.
    """
    compiled = _compiled(rule)
    for rung, said in compiled.rungs:
        truth = rung.truth(scope)
        if truth is not False:
            return said if truth else None
    return compiled.otherwise


def judge(question: Question) -> Verdict:
    """The rule's outcome with the figures it named, and the names that were absent where it can't be known."""
    rule, place, scope = question.rule, question.place, question.scope
    said = outcome(rule, scope)
    compiled = _compiled(rule)
    evidence = {fact.name: known for fact in compiled.facts if (known := scope.fact(fact)) is not None}
    missing: tuple[str, ...] = ()
    if said is None:
        rung = next(rung for rung, _ in compiled.rungs if rung.truth(scope) is not False)
        missing = tuple(sorted(rung.absent(scope)))
    return Verdict(rule.id, place, said, missing, evidence)


def settle(standing: Standing) -> Settled:
    """A subject's status and trend from its standing (the second pass)."""
    if standing.outside:
        return Settled(None, None, earned=False, trend=None, exception=False, remediated=False)
    # "No better than the best" holds nobody back: the best status is earned even beside such a finding.
    held_back = standing.worst is not None and standing.worst > 0
    earned = not held_back and standing.judged and not standing.required_unknown
    derived = standing.worst if held_back else 0 if earned else None
    status = standing.override if standing.override is not None else derived
    return Settled(
        status,
        derived,
        earned,
        trend=_trend(standing, status),
        exception=status is not None and status >= standing.first_exception,
        remediated=status is not None
        and standing.before is not None
        and status < standing.first_exception <= standing.before,
    )


def _trend(standing: Standing, status: int | None) -> Trend | None:
    if status is None:
        return None
    if standing.new:
        return "New"
    if standing.before is None or not standing.comparable:
        return None
    if status == standing.before:
        return "Same"
    return "Better" if status < standing.before else "Worse"


# ---- compiling


def _compile(rule: Rule) -> _CompiledRule:
    if rule.when is not None:
        return _CompiledRule(((_condition(rule.when), FIRES),), QUIET, _facts_of([rule.when]))
    rungs: list[tuple[_Compiled, str]] = []
    otherwise = QUIET
    for band in rule.bands:
        if band.when is None:
            otherwise = band.status
            break
        rungs.append((_condition(band.when), band.status))
    return _CompiledRule(tuple(rungs), otherwise, _facts_of([band.when for band in rule.bands if band.when]))


_compiled = per_rule(_compile)


def _facts_of(conditions: list[Condition]) -> tuple[Fact, ...]:
    named = [fact for condition in conditions for fact in facts_in(condition)]
    return tuple({(fact.name, fact.alone): fact for fact in reversed(named)}.values())[::-1]


def _condition(condition: Condition) -> _Compiled:
    match condition:
        case Comparison():
            return _comparison(condition)
        case Is(fact=fact, word=word):
            return _Compiled(lambda scope: scope.holds(fact, word), lambda scope: {fact.name})
        case Not(item=item):
            asked = _condition(item)
            return _Compiled(lambda scope: _contrary(asked.truth(scope)), asked.absent)
        case And(items=items):
            return _joined(tuple(map(_condition, items)), decides=False)
        case Or(items=items):
            return _joined(tuple(map(_condition, items)), decides=True)
        case ForPeriods(condition=below, periods=periods):
            about = facts_in(below)
            return _joined(tuple(_earlier(_condition(below), back, about) for back in range(periods)), decides=False)


def _joined(items: tuple[_Compiled, ...], *, decides: bool) -> _Compiled:
    """`and` (one false item decides) or `or` (one true item decides); else unknown where any item is."""

    def truth(scope: Scope) -> Truth:
        found: Truth = not decides
        for item in items:
            one = item.truth(scope)
            if one is decides:
                return decides
            if one is None:
                found = None
        return found

    def absent(scope: Scope) -> set[str]:
        return {name for item in items if item.truth(scope) is None for name in item.absent(scope)}

    return _Compiled(truth, absent)


def _earlier(asked: _Compiled, back: int, about: tuple[Fact, ...]) -> _Compiled:
    """The condition `back` periods ago; unknown, for want of all it is about, where there is no such period."""
    if not back:
        return asked

    def truth(scope: Scope) -> Truth:
        then = scope.earlier(back, about)
        return None if then is None else asked.truth(then)

    def absent(scope: Scope) -> set[str]:
        then = scope.earlier(back, about)
        return {fact.name for fact in about} if then is None else asked.absent(then)

    return _Compiled(truth, absent)


def _comparison(comparison: Comparison) -> _Compiled:
    left, right = _millionths(comparison.left), _millionths(comparison.right)
    compare = _COMPARE[comparison.op]

    def truth(scope: Scope) -> Truth:
        a = left(scope)
        if a is None:
            return None
        b = right(scope)
        return None if b is None else compare(a, b)

    return _Compiled(truth, partial(_absent_names, comparison))


def _millionths(expression: Expression) -> Callable[[Scope], int | None]:
    """What an expression comes to; a bare name or number, which is most of what rules compare, without detours."""
    match expression:
        case Number(value=value):
            constant = to_millionths(value)
            return lambda scope: constant
        case Fact():
            return lambda scope: _rounded(scope.fact(expression))
        case ThresholdRef(name=name):
            return lambda scope: _rounded(scope.threshold(name))
        case _:
            return lambda scope: _rounded(value_of(expression, scope))


def _rounded(known: Quantity | None) -> int | None:
    return None if known is None else to_millionths(known.value)


def _absent_names(node: Node, scope: Scope) -> set[str]:
    """The names in an unknown comparison that are absent; all it names where none is (a division by zero)."""
    values: dict[str, Quantity | None] = {}
    for below in walk(node):
        if isinstance(below, Fact):
            values[below.name] = scope.fact(below)
        elif isinstance(below, ThresholdRef):
            values[below.name] = scope.threshold(below.name)
    return {name for name, value in values.items() if value is None} or set(values)


def _contrary(truth: Truth) -> Truth:
    return None if truth is None else not truth
