"""Expressions as sums of figures, each so many times, and a number: the form in which two of them can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from engine.model.values import Quantity
from engine.rulebook.describe import describe
from engine.rulebook.syntax import Arithmetic, Expression, Fact, Negative, Number, Share, ThresholdRef

NOTHING = Fraction(0)


@dataclass(frozen=True)
class Linear:
    """`times` says how often each figure counts (never nought times), by its name, and `constant` what is added.

    Exact, and in the units that figures have on the sheet: pounds, 15.1 for 15.1 per cent, weeks.
    """

    times: Mapping[str, Fraction] = field(default_factory=dict)
    constant: Fraction = NOTHING

    def __hash__(self) -> int:
        return hash((frozenset(self.times.items()), self.constant))

    def __add__(self, other: "Linear") -> "Linear":
        times = {name: self.times.get(name, NOTHING) + other.times.get(name, NOTHING) for name in
                 dict.fromkeys((*self.times, *other.times))}  # fmt: skip
        return Linear({name: count for name, count in times.items() if count}, self.constant + other.constant)

    def __neg__(self) -> "Linear":
        return self.scaled(Fraction(-1))

    def __sub__(self, other: "Linear") -> "Linear":
        return self + -other

    def scaled(self, by: Fraction) -> "Linear":
        times = {name: count * by for name, count in self.times.items()} if by else {}
        return Linear(times, self.constant * by)


def linear(expression: Expression, thresholds: Mapping[str, Quantity]) -> Linear | None:
    """The expression with the thresholds' values put in; None where it can never have a value.

    What multiplies or divides two figures counts as a figure of its own, of which nothing else is known.
    """
    match expression:
        case Number(value=value):
            return Linear(constant=Fraction(value))
        case Fact(name=name):
            return Linear({name: Fraction(1)})
        case ThresholdRef(name=name):
            return Linear(constant=Fraction(thresholds[name].value)) if name in thresholds else None
        case Negative(operand=operand):
            inner = linear(operand, thresholds)
            return None if inner is None else -inner
        case Share(share=left, whole=right) | Arithmetic(left=left, right=right):
            one, other = linear(left, thresholds), linear(right, thresholds)
            return None if one is None or other is None else _joined(expression, one, other)


def _joined(expression: Share | Arithmetic, one: Linear, other: Linear) -> Linear | None:
    match expression:
        case Arithmetic(op="+"):
            return one + other
        case Arithmetic(op="-"):
            return one - other
        case Arithmetic(op="/"):
            if other.times:
                return _of_its_own(expression)
            return one.scaled(1 / other.constant) if other.constant else None
        case _:
            part = Fraction(1, 100) if isinstance(expression, Share) else Fraction(1)
            if one.times and other.times:
                return _of_its_own(expression)
            return other.scaled(one.constant * part) if not one.times else one.scaled(other.constant * part)


def _of_its_own(expression: Share | Arithmetic) -> Linear:
    return Linear({f"({describe(expression)})": Fraction(1)})
