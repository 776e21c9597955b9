"""What has to change for a condition to hold, or to hold no longer, in the words of an owner."""

from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal, NamedTuple

from engine.facts.names import TARGETS
from engine.model.values import EXACT, Quantity, Unit, show, to_millionths
from engine.model.workspace import Better
from engine.rulebook.nouns import Terms
from engine.rulebook.scope import Scope
from engine.rulebook.syntax import (
    CONTRARY,
    HOLDS,
    MIRRORED,
    And,
    Arithmetic,
    Comparison,
    Condition,
    Expression,
    Fact,
    ForPeriods,
    Is,
    Negative,
    Not,
    Number,
    Operator,
    Or,
    Share,
    ThresholdRef,
    facts_in,
    walk,
)
from engine.rulebook.values import value_of

_BOUNDS: dict[Operator, str] = {
    ">=": "of at least", "<=": "of at most", ">": "above", "<": "below", "=": "of exactly", "!=": "other than",
}  # fmt: skip
_ARITHMETIC = {"+": "plus", "-": "less", "*": "times", "/": "divided by"}

# What puts an end to a word (or brings it about), where that is plainer than "once … is no longer …".
_IN_PLACE_OF = {
    ("missing", False): "a figure for {}",
    ("overdue", False): "a figure for {}",
    ("not captured", False): "a figure for {}",
    ("unquantified", False): "a figure for {}",
    ("partial", False): "the whole figure for {}",
    ("provisional", False): "the final figure for {}",
    ("explained", True): "an explanation of {}",
}


class Gap(NamedTuple):
    """How far a figure is from a bound that it does not keep; of a percentage in points."""

    size: Quantity
    shown: str  # "14.9 points"
    way: Literal["short", "over"]


class Needed(NamedTuple):
    """What has to change, in words; with a gap where all of it is one figure that is so far off."""

    text: str
    gap: Gap | None = None


MET = Needed("")  # what is asked for holds already


def needed(condition: Condition, wanted: bool, scope: Scope, terms: Terms) -> Needed | None:
    """What has to change for the condition to be as wanted; MET where it is so already, None where it can't be told."""
    match condition:
        case Not(item=item):
            return needed(item, not wanted, scope, terms)
        case And(items=items) | Or(items=items):
            each = [needed(item, wanted, scope, terms) for item in items]
            return all_of(each) if isinstance(condition, And) == wanted else _any_of(each)
        case ForPeriods(condition=below, periods=periods):
            asked = needed(below, wanted, scope, terms)
            if not wanted or asked is None:
                return asked
            if asked == MET:
                held = _held_before(below, periods, scope, terms)
                return MET if held else Needed(f"as now, for {periods} periods in a row")
            return asked._replace(text=f"{asked.text} for {periods} periods")
        case Is():
            return _state_needed(condition, wanted, scope, terms)
        case Comparison():
            left, op, right = sides(condition, wanted, terms)
            return _figure_needed(left, op, right, scope, terms)


def _held_before(condition: Condition, periods: int, scope: Scope, terms: Terms) -> bool:
    """Whether a condition held in each of so many periods before this one, counting this one in."""
    about = facts_in(condition)
    before = [scope.earlier(back, about) for back in range(1, periods)]
    return all(then is not None and needed(condition, True, then, terms) == MET for then in before)


def all_of(each: list[Needed | None]) -> Needed | None:
    """All that is needed in one sentence; None where some of it can't be told."""
    known = [one for one in each if one is not None]
    if len(known) < len(each):
        return None
    return _joined(" and ", [one for one in known if one != MET]) or MET


def _any_of(each: list[Needed | None]) -> Needed | None:
    known = [one for one in each if one is not None]
    return MET if MET in known else _joined(", or ", known)


def _joined(word: str, each: list[Needed]) -> Needed | None:
    """Several in one sentence, each once; None of none. Only what is alone has a gap."""
    distinct = list(dict.fromkeys(each))
    if len(distinct) < 2:
        return distinct[0] if distinct else None
    return Needed(word.join(one.text for one in distinct))


def _state_needed(state: Is, wanted: bool, scope: Scope, terms: Terms) -> Needed | None:
    held = scope.holds(state.fact, state.word)
    if held is wanted:
        return MET
    noun, word = terms.noun(state.fact), terms.word(state.word)
    if word == "off target":
        return Needed(f"{noun} {'off' if wanted else 'on'} target")
    if (state.word, wanted) in _IN_PLACE_OF:
        return Needed(_IN_PLACE_OF[state.word, wanted].format(noun))
    return Needed(f"once {noun} is {word}" if wanted else f"once {noun} is no longer {word}")


def sides(comparison: Comparison, wanted: bool, terms: Terms) -> tuple[Expression, Operator, Expression]:
    """A comparison or its contrary, with the side that an owner can move on the left."""
    op = comparison.op if wanted else CONTRARY[comparison.op]
    if _told_of(comparison.right, terms) > _told_of(comparison.left, terms):
        return comparison.right, MIRRORED[op], comparison.left
    return comparison.left, op, comparison.right


def _told_of(side: Expression, terms: Terms) -> int:
    """How much a side of a comparison is what an owner can move: a figure more than a sum, a target hardly at all."""
    if isinstance(side, Fact):
        return 1 if terms.measure_of(side)[1] in TARGETS else 3
    return 2 if any(_told_of(node, terms) == 3 for node in walk(side) if isinstance(node, Fact)) else 0


def _figure_needed(left: Expression, op: Operator, right: Expression, scope: Scope, terms: Terms) -> Needed | None:
    now, bound = value_of(left, scope), value_of(right, scope)
    if bound is None:
        return None
    if isinstance(left, Fact) and terms.measure_of(left)[1] == "shortfall":
        inside = _inside_shortfall(left, op, bound, scope, terms)
        if inside is not None:
            left, op, now, bound = inside
    if now is not None and _holds(now, op, bound):
        return MET
    if isinstance(left, Fact) and terms.counts(left):
        op, bound = _in_whole_ones(op, bound)
    noun = _expression_in_words(left, terms)
    decimals = terms.decimals(left, bound.unit) if isinstance(left, Fact) else None
    if now is not None and show(now, decimals) == show(Quantity(bound.value, now.unit), decimals):
        decimals = None  # at the measure's own places they look alike, and it is the difference that counts
    shown = None if now is None else show(now, decimals)
    if isinstance(left, Fact) and terms.counts(left) and op in ("<=", "=") and not bound.value:
        return Needed(f"no {noun}" + (f" (now {shown})" if shown else ""))
    unit = bound.unit if now is None or bound.unit is not Unit.NUMBER else now.unit  # nought is written without one
    text = f"{noun} {_BOUNDS[op]} {show(Quantity(bound.value, unit), decimals)}"
    if now is None:
        return Needed(text)
    gap = _gap(now, op, bound, decimals)
    return Needed(f"{text} (now {shown}{f', {gap.shown} {gap.way}' if gap else ''})", gap)


def _in_whole_ones(op: Operator, bound: Quantity) -> tuple[Operator, Quantity]:
    """A bound between two whole numbers as the one that keeps it: what is counted is never one and a half."""
    size = bound.value
    if bound.unit is not Unit.NUMBER or size == size.to_integral_value() or op in ("=", "!="):
        return op, bound
    below = op in ("<", "<=")
    whole = size.to_integral_value(ROUND_FLOOR if below else ROUND_CEILING)
    return "<=" if below else ">=", Quantity(whole, Unit.NUMBER)


def _inside_shortfall(
    fact: Fact, op: Operator, bound: Quantity, scope: Scope, terms: Terms
) -> tuple[Fact, Operator, Quantity, Quantity] | None:
    """The same bound said of the measure's figure, where a shortfall has to come down: owners think in that."""
    measure = terms.measure_of(fact)[0]
    if measure is None or measure not in terms.measures:
        return None
    better = terms.measures[measure].better
    base = "" if fact.alone else f"{measure}."
    actual = replace(fact, name="actual" if fact.alone else measure)
    target = scope.fact(replace(fact, name=f"{base}target"))
    now = scope.fact(actual)
    if op not in ("<", "<=") or better is None or target is None or now is None:
        return None
    room = EXACT.divide(EXACT.multiply(bound.value, abs(target.value)), Decimal(100))
    if better is Better.HIGHER:
        return actual, MIRRORED[op], now, Quantity(EXACT.subtract(target.value, room), now.unit)
    return actual, op, now, Quantity(EXACT.add(target.value, room), now.unit)


def _holds(now: Quantity, op: Operator, bound: Quantity) -> bool:
    left, right = to_millionths(now.value), to_millionths(bound.value)
    return left is not None and right is not None and HOLDS[op](left, right)


def _gap(now: Quantity, op: Operator, bound: Quantity, decimals: int | None) -> Gap | None:
    """How far a figure is from a bound; None where there is no way to it, or nothing of it would be shown."""
    if op in ("=", "!="):
        return None
    size = abs(EXACT.subtract(now.value, bound.value))
    unit = Unit.NUMBER if now.unit is Unit.PERCENT else now.unit
    shown = show(Quantity(size, unit), decimals)
    if not any(digit in shown for digit in "123456789"):
        return None
    if now.unit is Unit.PERCENT:
        shown += " point" if shown == "1" else " points"
    return Gap(Quantity(size, now.unit), shown, "short" if op in (">", ">=") else "over")


def _expression_in_words(node: Expression, terms: Terms) -> str:
    match node:
        case Fact():
            return terms.noun(node)
        case Number(value=value, unit=unit):
            return show(Quantity(value, unit))
        case ThresholdRef(name=name):
            return name.replace("_", " ")
        case Negative(operand=operand):
            return f"minus {_expression_in_words(operand, terms)}"
        case Share(share=share, whole=whole):
            return f"{_expression_in_words(share, terms)} of {_expression_in_words(whole, terms)}"
        case Arithmetic(op=op, left=left, right=right):
            return f"{_expression_in_words(left, terms)} {_ARITHMETIC[op]} {_expression_in_words(right, terms)}"
