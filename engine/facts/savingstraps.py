"""Pounds for thousands of pounds in a row of savings: the one data trap of savings."""

from collections.abc import Iterator
from decimal import Decimal

from engine.facts.arithmetic import in_full
from engine.facts.names import SAVINGS_COLUMNS
from engine.facts.traps import Doubt, fold, power_between
from engine.model.returns import SavingsRow
from engine.model.values import EXACT, Quantity, Unit
from engine.model.workspace import Trap
from engine.periods import Period, period_in_words

_NEAR = Decimal(2)  # times that an amount may be off another a thousandfold away
_FAR_BEYOND = 300  # times its target, which no amount comes to by itself
_THOUSAND = 3  # as a power of ten
_WORDS = {"at_risk": "at risk", "alternative": "delivered in an alternative way"}


def doubt_of_savings(now: SavingsRow, before: SavingsRow | None = None, period: Period | None = None) -> Doubt | None:
    """A row in which an amount is about 1,000 times what it should be, or a thousandth of it.

    `before` is the row of the same subject and year in the last period that had one, `period` that period. Amounts that
    are like those before are held against the row's own target.
    """
    found = [*(_against_before(now, before, period) if before and period else ()), *_against_target(now)]
    if not found:
        return None
    column, what, cure = found[0]
    others = [_WORDS.get(name, name) for name in dict.fromkeys(name for name, _, _ in found) if name != column]
    also = f"; likewise {' and '.join(others)}" if others else ""
    return Doubt(
        Trap.THOUSANDS, column, f"{what}{also}", f"{cure}: a bare figure counts thousands, one with a £ pounds"
    )


def _against_before(now: SavingsRow, before: SavingsRow, period: Period) -> Iterator[tuple[str, str, str]]:
    earlier = _amounts(before)
    for column, amount in _amounts(now).items():
        was = abs(earlier.get(column, Decimal(0)))
        power = power_between(abs(amount), was / _NEAR, was * _NEAR) if was else 0
        if abs(power) == _THOUSAND:
            times = f"about {fold(power)} what was returned for {period_in_words(period)}"
            meant = _shown(amount.scaleb(-power, EXACT))
            yield (
                column,
                f"{_WORDS.get(column, column)} is {_shown(amount)}, {times}",
                f"if {meant} is meant, write it so",
            )


def _against_target(now: SavingsRow) -> Iterator[tuple[str, str, str]]:
    """No amount comes to hundreds of times its target, and no forecast to a thousandth of it; others begin small."""
    amounts = _amounts(now)
    target = abs(amounts.pop("target", Decimal(0)))
    for column, amount in amounts.items() if target else ():
        size, near = abs(amount), EXACT.scaleb(target, -_THOUSAND)
        if size >= _FAR_BEYOND * target or (column == "forecast" and near / _NEAR <= size <= near * _NEAR):
            what = f"{_WORDS.get(column, column)} is {_shown(amount)}, and the target beside it {_shown(target)}"
            yield column, what, "correct whichever is in the wrong unit"


def _amounts(row: SavingsRow) -> dict[str, Decimal]:
    """What is given and not nil, by column."""
    values = (row.target, row.delivered, row.forecast, row.at_risk, row.alternative)
    return {column: value for column, value in zip(SAVINGS_COLUMNS, values, strict=True) if value}


def _shown(amount: Decimal) -> str:
    return in_full(Quantity(amount, Unit.MONEY))
