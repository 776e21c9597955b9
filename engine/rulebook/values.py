"""What an expression comes to: exact decimals with a unit, or None where anything in it is not known."""

from decimal import Decimal

from engine.model.values import EXACT, Quantity, Unit
from engine.rulebook.scope import Scope
from engine.rulebook.syntax import Arithmetic, Expression, Fact, Negative, Number, Share, ThresholdRef

_HUNDRED = Decimal(100)


def value_of(expression: Expression, scope: Scope) -> Quantity | None:
    """The expression's value in this place; None where a name in it is unknown or it divides by zero.

    Units are taken to have been checked when the rule was read.
    """
    match expression:
        case Number(value=value, unit=unit):
            return Quantity(value, unit)
        case Fact():
            return scope.fact(expression)
        case ThresholdRef(name=name):
            return scope.threshold(name)
        case Negative(operand=operand):
            inner = value_of(operand, scope)
            return None if inner is None else Quantity(EXACT.minus(inner.value), inner.unit)
        case Share(share=share, whole=whole):
            part, of = value_of(share, scope), value_of(whole, scope)
            if part is None or of is None:
                return None
            return Quantity(EXACT.divide(EXACT.multiply(part.value, of.value), _HUNDRED), of.unit)
        case Arithmetic(op=op, left=left, right=right):
            a, b = value_of(left, scope), value_of(right, scope)
            return None if a is None or b is None else _combined(op, a, b)


def _combined(op: str, a: Quantity, b: Quantity) -> Quantity | None:
    # A bare zero may stand beside any unit, and a bare number multiplies any.
    unit = b.unit if a.unit is Unit.NUMBER else a.unit
    match op:
        case "+":
            return Quantity(EXACT.add(a.value, b.value), unit)
        case "-":
            return Quantity(EXACT.subtract(a.value, b.value), unit)
        case "*":
            return Quantity(EXACT.multiply(a.value, b.value), unit)
        case _:
            if not b.value:
                return None
            return Quantity(EXACT.divide(a.value, b.value), Unit.NUMBER if a.unit is b.unit else a.unit)
