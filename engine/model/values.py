"""Quantities: exact decimals with a unit. Rounded only for show, and once (to millionths) for comparison."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum
from typing import NamedTuple

# Enough digits that no sum, product or share of what fits a cell is ever rounded on the way to a comparison.
EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
LARGEST_MILLIONTHS = 2**53  # beyond this durable-rules no longer compares exactly
_LARGEST, _MILLION = Decimal(LARGEST_MILLIONTHS), Decimal(1_000_000)  # made once: this is asked a million times
LARGEST = "9,007,199,254"  # the same as a person reads it


class Unit(StrEnum):
    """What a figure counts: a bare number, per cent (15.1 is 15.1 %), pounds, or weeks."""

    NUMBER = "number"
    PERCENT = "percent"
    MONEY = "money"
    WEEKS = "weeks"


class Quantity(NamedTuple):
    """A figure: an exact decimal (money in pounds, per cent as 15.1) and its unit."""

    value: Decimal
    unit: Unit


def to_millionths(value: Decimal) -> int | None:
    """The value in whole millionths, half-even; None where it is too large to compare exactly (beyond ±2^53)."""
    scaled = EXACT.to_integral_value(EXACT.multiply(value, _MILLION))
    if not scaled.is_finite() or not -_LARGEST <= scaled <= _LARGEST:
        return None
    return int(scaled)


def plain(value: Decimal) -> str:
    """The exact decimal as the JSON contract writes it: no exponent, no trailing zeros ("15.1", "-8265000")."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def show(quantity: Quantity, decimals: int | None = None) -> str:
    """The figure as people write it: "15.1%", "£264k", "-£8.265m", "1,234", "1 week".

    `decimals` fixes the places of a number, per cent or weeks; without it up to two are shown, and weeks that are whole
    days and no whole weeks are shown in days ("30 days"). Money below £1,000 is shown
    in pounds, below £1m in thousands (one place), else in millions (three places).
    """
    value, unit = quantity
    sign = "-" if value < 0 else ""
    if unit is Unit.MONEY:
        return _money(value)
    text = _digits(EXACT.abs(value), 2 if decimals is None else decimals, keep=decimals is not None)
    if unit is Unit.PERCENT:
        return f"{_unsigned_zero(sign, text)}%"
    if unit is Unit.WEEKS:
        if decimals is None and (days := _days(value)) is not None:
            return f"{sign}{days} day{'' if days == 1 else 's'}"
        return f"{_unsigned_zero(sign, text)} week{'' if text == '1' else 's'}"
    return _unsigned_zero(sign, text)


_A_SEVENTH_ROUNDED = Decimal("0.00001")  # at most so much is lost of a day where days were divided by seven


def _days(weeks: Decimal) -> int | None:
    """How many days these are, where they are whole days and no whole weeks."""
    days = EXACT.multiply(EXACT.abs(weeks), Decimal(7))
    whole = EXACT.to_integral_value(days)
    return int(whole) if whole % 7 and abs(EXACT.subtract(days, whole)) < _A_SEVENTH_ROUNDED else None


def _money(value: Decimal) -> str:
    size = EXACT.abs(value)
    thousands = EXACT.scaleb(size, -3).quantize(Decimal("0.1"), ROUND_HALF_EVEN, EXACT)
    if size < 1000:
        text = _digits(size, 2, keep=False)
        suffix = ""
    elif thousands < 1000:
        text, suffix = _digits(thousands, 1, keep=False), "k"
    else:
        text, suffix = _digits(EXACT.scaleb(size, -6), 3, keep=False), "m"
    sign = "-" if value < 0 and text != "0" else ""
    return f"{sign}£{text}{suffix}"


def _digits(size: Decimal, places: int, *, keep: bool) -> str:
    text = f"{size.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, EXACT):,f}"
    return text if keep or "." not in text else text.rstrip("0").rstrip(".")


def _unsigned_zero(sign: str, text: str) -> str:
    return text if not text.strip("0.,") else sign + text
