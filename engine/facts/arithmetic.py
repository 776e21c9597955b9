"""Exact arithmetic on figures, and figures written out in full."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from engine.model.values import EXACT, Quantity, Unit, plain
from engine.model.workspace import Better

_HUNDRED = Decimal(100)
_DAYS_A_WEEK = Decimal(7)


def is_worse(difference: Decimal, better: Better) -> bool:
    """Whether a difference from a target lies on the wrong side of it."""
    return difference < 0 if better is Better.HIGHER else difference > 0


def shortfall(actual: Decimal, target: Decimal, better: Better | None) -> Decimal | None:
    """Per cent of the target's size by which a figure is on its wrong side, else 0. None without a polarity.

    A target of 0 that is missed is missed wholly, by 100%: there is no share of nothing, and unknown would keep a rule
    quiet that was quiet before.
    """
    if better is None:
        return None
    difference = EXACT.subtract(actual, target)
    if not is_worse(difference, better):
        return Decimal(0)
    return percentage(abs(difference), abs(target)) if target else _HUNDRED


def percentage(part: Decimal, whole: Decimal) -> Decimal:
    """The part in per cent of the whole, which isn't 0."""
    return EXACT.divide(EXACT.multiply(part, _HUNDRED), whole)


def weeks_between(first: date, last: date) -> Decimal:
    """Weeks from one day to another, negative where the second comes first."""
    return EXACT.divide(Decimal((last - first).days), _DAYS_A_WEEK)


def total(figures: Iterable[Decimal | None]) -> Decimal | None:
    """The exact sum; None where one of them is not known."""
    result = Decimal(0)
    for figure in figures:
        if figure is None:
            return None
        result = EXACT.add(result, figure)
    return result


def in_full(quantity: Quantity) -> str:
    """A figure to the last digit, so that two that differ are also written differently: "-£611,787", "72.29%"."""
    whole, point, rest = plain(abs(quantity.value)).partition(".")
    sign = "-" if quantity.value < 0 else ""
    digits = f"{int(whole):,}{point}{rest}"
    match quantity.unit:
        case Unit.MONEY:
            return f"{sign}£{digits}"
        case Unit.PERCENT:
            return f"{sign}{digits}%"
        case Unit.WEEKS:
            return f"{sign}{digits} weeks"
        case _:
            return sign + digits
