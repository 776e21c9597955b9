"""A condition as text again, in the one form that the parser reads back as the same tree."""

from decimal import Decimal

from engine.model.values import EXACT, Unit, plain
from engine.rulebook.syntax import (
    And,
    Arithmetic,
    Comparison,
    Condition,
    Expression,
    Fact,
    ForPeriods,
    Is,
    Negative,
    Node,
    Not,
    Number,
    Or,
    Share,
    ThresholdRef,
)

# How tightly each form binds, loosest first; what binds looser than its place asks for goes in brackets.
_SUM, _PRODUCT, _SIGNED, _SHARE, _OPERAND = range(5)
_ANY, _ALL, _ONE = range(3)


def describe(node: Node) -> str:
    """The canonical text of a condition or an expression."""
    return _condition(node, _ANY) if isinstance(node, Condition) else _expression(node, _SUM)


def describe_number(value: Decimal, unit: Unit) -> str:
    """A number exactly, with its unit, as a rule would write it: "60%", "£50k", "4 weeks"."""
    match unit:
        case Unit.PERCENT:
            return f"{plain(value)}%"
        case Unit.WEEKS:
            return f"{plain(value)} week{'' if abs(value) == 1 else 's'}"
        case Unit.MONEY:
            sign, size = "-" if value < 0 else "", EXACT.abs(value)
            for places, letter in ((6, "m"), (3, "k")):
                scaled = plain(EXACT.scaleb(size, -places))
                # "£1.25m" reads better than "£1250k", "£8265k" than "£8.265m".
                if EXACT.compare(size, Decimal(10) ** places) >= 0 and len(scaled.partition(".")[2]) <= 2:
                    return f"{sign}£{scaled}{letter}"
            return f"{sign}£{plain(size)}"
        case _:
            return plain(value)


def _expression(node: Expression, place: int) -> str:
    text, binds = _expression_and_binding(node)
    return _bracketed(text, binds, place)


def _expression_and_binding(node: Expression) -> tuple[str, int]:
    match node:
        case Number(value=value, unit=unit):
            return describe_number(value, unit), _SIGNED if value < 0 else _OPERAND
        case Fact(name=name) | ThresholdRef(name=name):
            return name, _OPERAND
        case Share(share=share, whole=whole):
            return f"{_expression(share, _OPERAND)} of {_expression(whole, _SHARE)}", _SHARE
        case Negative(operand=operand):
            return f"-{_expression(operand, _SHARE)}", _SIGNED
        case Arithmetic(op=("+" | "-") as op, left=left, right=right):
            return f"{_expression(left, _SUM)} {op} {_expression(right, _PRODUCT)}", _SUM
        case Arithmetic(op=op, left=left, right=right):
            return f"{_expression(left, _PRODUCT)} {op} {_expression(right, _SIGNED)}", _PRODUCT


def _condition(node: Condition, place: int) -> str:
    match node:
        case Comparison(op=op, left=left, right=right):
            return f"{_expression(left, _SUM)} {op} {_expression(right, _SUM)}"
        case Is(fact=fact, word=word):
            return f"{fact.name} is {word}"
        case Not(item=Is(fact=fact, word=word)):
            return f"{fact.name} is not {word}"
        case Not(item=Not() as item):
            return f"not {_condition(item, _ONE)}"
        case Not(item=item):
            return f"not ({_condition(item, _ANY)})"
        case ForPeriods(condition=condition, periods=periods):
            return f"({_condition(condition, _ANY)}) for {periods} periods"
        case And(items=items):
            return _bracketed(" and ".join(_condition(item, _ONE) for item in items), _ALL, place)
        case Or(items=items):
            return _bracketed(" or ".join(_condition(item, _ALL) for item in items), _ANY, place)


def _bracketed(text: str, binds: int, place: int) -> str:
    """An `and` inside an `and` keeps its brackets too: the tree that comes back is the same, not only its meaning."""
    return f"({text})" if binds < place else text
