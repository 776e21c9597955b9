"""Conditions simple enough to be compared with each other: one figure held against one number."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.model.values import Quantity, to_millionths
from engine.rulebook.describe import describe
from engine.rulebook.syntax import Comparison, Condition, Expression, Fact, Operator, Share, walk
from engine.rulebook.values import value_of

UPWARDS: tuple[Operator, ...] = (">", ">=")
DOWNWARDS: tuple[Operator, ...] = ("<", "<=")
MIRRORED: Mapping[Operator, Operator] = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Bound:
    """`shortfall > 40%`: a figure, and the number it is held against in millionths.

    A bound that is a share (`actual >= 95% of target`) counts by the share, and `whole` is what it is a share of.
    """

    figure: str
    op: Operator
    limit: int
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Constants:
    """What can be worked out without any figure: numbers, and thresholds by the values given."""

    thresholds: Mapping[str, Quantity]

    def of(self, expression: Expression) -> int | None:
        """The value in millionths; None where a figure is named, or nothing comes of it."""
        value = value_of(expression, _Lookup(self.thresholds))
        return None if value is None else to_millionths(value.value)

    def bound(self, condition: Condition | None) -> Bound | None:
        """The bound that a condition is, with the figure on its left; None for anything else."""
        if not isinstance(condition, Comparison):
            return None
        left, op, right = condition.left, condition.op, condition.right
        if not names_a_fact(left):
            left, op, right = right, MIRRORED[op], left
        whole = ""
        if isinstance(right, Share) and names_a_fact(right.whole):
            whole = describe(right.whole)
            right = right.share
        limit = self.of(right)
        return None if limit is None or not names_a_fact(left) else Bound(describe(left), op, limit, whole)


def covers(wider: Bound, bound: Bound) -> bool:
    """Whether whatever keeps `bound` keeps `wider` too; shares are taken to be of what is not negative."""
    if (wider.figure, wider.whole) != (bound.figure, bound.whole):
        return False
    if wider.op in UPWARDS and bound.op in UPWARDS:
        return wider.limit < bound.limit or (wider.limit == bound.limit and (wider.op == ">=" or bound.op == ">"))
    if wider.op in DOWNWARDS and bound.op in DOWNWARDS:
        return wider.limit > bound.limit or (wider.limit == bound.limit and (wider.op == "<=" or bound.op == "<"))
    return (wider.op, wider.limit) == (bound.op, bound.limit)


def names_a_fact(expression: Expression) -> bool:
    return any(isinstance(node, Fact) for node in walk(expression))


@dataclass(frozen=True, slots=True)
class _Lookup:
    """A scope that knows thresholds alone."""

    thresholds: Mapping[str, Quantity]

    def fact(self, fact: Fact) -> None:
        return None

    def holds(self, fact: Fact, word: str) -> None:
        return None

    def threshold(self, name: str) -> Quantity | None:
        return self.thresholds.get(name)

    def earlier(self, back: int, about: tuple[Fact, ...]) -> None:
        return None
