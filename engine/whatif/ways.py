"""Which way a threshold moves a rule: whether what the rule says at two values holds for all between them."""

from dataclasses import dataclass

from engine.assessment.applies import Needs
from engine.model.workspace import Scheme
from engine.rulebook.rules import Rule
from engine.rulebook.syntax import (
    And,
    Arithmetic,
    Comparison,
    Condition,
    Expression,
    ForPeriods,
    Negative,
    Not,
    Or,
    Share,
    ThresholdRef,
    walk,
)


@dataclass(frozen=True, slots=True)
class Way:
    """How what a rule says hangs on a threshold, and on statuses."""

    of_statuses: bool  # it speaks of some
    named: bool
    one: bool  # its figures being what they are, the threshold moves it one way
    looks_back: bool  # it asks for earlier periods
    worst: int  # the rank of the worst status that it gives

    @classmethod
    def of(cls, rule: Rule, needs: Needs, threshold: str, scheme: Scheme) -> "Way":
        of_statuses, named = bool(needs & (Needs.BELOW | Needs.MEASURES)), names(rule, threshold)
        looks_back = any(isinstance(node, ForPeriods) for condition in rule.conditions for node in walk(condition))
        given = (scheme.rank(status) for status in (rule.status, *(band.status for band in rule.bands)))
        worst = max(rank or 0 for rank in given)
        return cls(of_statuses, named, one_way(rule, threshold) and not of_statuses, looks_back, worst)


def names(rule: Rule, threshold: str) -> bool:
    """Whether what a rule asks names a threshold; what clears it is a rule of its own."""
    return any(_times(condition, threshold) for condition in _conditions(rule))


def one_way(rule: Rule, threshold: str) -> bool:
    """Whether a definite outcome that a rule has at two values of the threshold is its outcome at all between them.

    It is where the threshold stands once, in a comparison that is no = or !=, and divides nothing: the comparison then
    turns at most once as the value grows, and in Kleene's logic nothing turns more often than what it hangs on. In
    `for N periods` there is a comparison for each period: these turn the same way only where the threshold is all of
    one side, for a figure beside it may change its sign from period to period.
    """
    conditions = _conditions(rule)
    return sum(_times(one, threshold) for one in conditions) == 1 and all(
        _turns_once(one, threshold) for one in conditions
    )


def _conditions(rule: Rule) -> list[Condition]:
    return [one for one in (rule.when, *(band.when for band in rule.bands)) if one is not None]


def _times(node: Condition | Expression, threshold: str) -> int:
    return sum(isinstance(one, ThresholdRef) and one.name == threshold for one in walk(node))


def _turns_once(condition: Condition, threshold: str, *, in_a_row: bool = False) -> bool:
    """Of a condition that names the threshold once or never."""
    match condition:
        case Comparison(op=op, left=left, right=right) if _times(condition, threshold):
            side = left if _times(left, threshold) else right
            return (
                op not in ("=", "!=") and (isinstance(side, ThresholdRef) or not in_a_row) and _grows(side, threshold)
            )
        case And(items=items) | Or(items=items):
            return all(_turns_once(item, threshold, in_a_row=in_a_row) for item in items)
        case Not(item=item):
            return _turns_once(item, threshold, in_a_row=in_a_row)
        case ForPeriods(condition=below):
            return _turns_once(below, threshold, in_a_row=True)
        case _:
            return True


def _grows(expression: Expression, threshold: str) -> bool:
    """Whether an expression grows, falls or stands still throughout as the threshold grows: it is no divisor in it."""
    match expression:
        case Arithmetic(op=op, left=left, right=right):
            divides = op == "/" and _times(right, threshold) > 0
            return not divides and _grows(left, threshold) and _grows(right, threshold)
        case Share(share=share, whole=whole):
            return _grows(share, threshold) and _grows(whole, threshold)
        case Negative(operand=operand):
            return _grows(operand, threshold)
        case _:
            return True
