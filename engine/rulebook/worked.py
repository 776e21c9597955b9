"""A rule's comparisons with the figures they had in one place: what a failed test shows, and what coverage counts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.model.values import Quantity, show, to_millionths
from engine.rulebook.clearing import outcome_through
from engine.rulebook.describe import describe, describe_number
from engine.rulebook.rules import Rule
from engine.rulebook.scope import Scope
from engine.rulebook.syntax import (
    HOLDS,
    And,
    Comparison,
    Condition,
    ForPeriods,
    Is,
    Not,
    Or,
    facts_in,
)
from engine.rulebook.values import value_of


@dataclass(frozen=True, slots=True)
class Worked:
    """One comparison (or `x is word`) in one place. What is not known is None."""

    node: Comparison | Is
    back: int  # of how many periods ago, within `for N periods`
    left: Quantity | None = None
    right: Quantity | None = None
    holds: bool | None = None

    @property
    def text(self) -> str:
        """It as the rule writes it: "shortfall > tolerance"."""
        return describe(self.node)

    @property
    def figures(self) -> str:
        """It with its figures: "16.67% > 20%"; "" where the text says as much."""
        if isinstance(self.node, Is):
            return ""
        left, right = _shown(self.left, self.right)
        return f"{left} {self.node.op} {right}"


def worked(rule: Rule, scope: Scope) -> Iterator[Worked]:
    """Every comparison of a rule, in the order written, as it stands in a place and (`for N periods`) before."""
    for condition in rule.conditions:
        yield from _worked(condition, scope, 0)


def decides(rule: Rule, node: Condition, scope: Scope, outcome: Callable[[Rule, Scope], str | None]) -> bool:
    """Whether a rule would say something else in a place, were one part of its condition the other way round there."""
    turned = replace(
        rule,
        when=None if rule.when is None else _turned(rule.when, node),
        clears=None if rule.clears is None else _turned(rule.clears, node),
        bands=tuple(band if band.when is None else replace(band, when=_turned(band.when, node)) for band in rule.bands),
    )
    return outcome_through(turned, scope, outcome) != outcome_through(rule, scope, outcome)


def _turned(condition: Condition, node: Condition) -> Condition:
    if condition == node:
        return Not(node)
    match condition:
        case Not(item=item):
            return replace(condition, item=_turned(item, node))
        case And(items=items) | Or(items=items):
            return replace(condition, items=tuple(_turned(item, node) for item in items))
        case _:
            return condition


def _worked(condition: Condition, scope: Scope, back: int) -> Iterator[Worked]:
    match condition:
        case Comparison(op=op, left=left, right=right):
            a, b = value_of(left, scope), value_of(right, scope)
            holds = None
            if a is not None and b is not None:
                first, second = to_millionths(a.value), to_millionths(b.value)
                holds = None if first is None or second is None else HOLDS[op](first, second)
            yield Worked(condition, back, a, b, holds)
        case Is(fact=fact, word=word):
            yield Worked(condition, back, holds=scope.holds(fact, word))
        case Not(item=item):
            yield from _worked(item, scope, back)
        case And(items=items) | Or(items=items):
            for item in items:
                yield from _worked(item, scope, back)
        case ForPeriods(condition=below, periods=periods):
            about = facts_in(below)
            for ago in range(periods):
                then = scope.earlier(ago, about) if ago else scope
                if then is not None:
                    yield from _worked(below, then, back + ago)


def _shown(left: Quantity | None, right: Quantity | None) -> tuple[str, str]:
    """Both as people read them; exactly where they would look alike and are not."""
    shown = tuple("not known" if one is None else show(one) for one in (left, right))
    if left is not None and right is not None and shown[0] == shown[1] and left.value != right.value:
        shown = tuple(describe_number(_to_six_places(one.value), one.unit) for one in (left, right))
    return shown[0], shown[1]


def _to_six_places(value: Decimal) -> Decimal:
    rounded = to_millionths(value)
    return value if rounded is None else Decimal(rounded).scaleb(-6)
