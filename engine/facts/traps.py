"""Data traps: figures that look like a slip of whoever returned them, told from what was returned before.

A trap moves no status: it is a problem for the PMO. Each figure is held against the earlier ones of its own series, and
only what hardly ever comes about by itself is told. docs/reference/data-traps.md gives the reason for each number here.
"""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from engine.facts.arithmetic import in_full
from engine.facts.figures import Target
from engine.model.values import EXACT, Quantity, Unit
from engine.model.workspace import Trap
from engine.periods import Period, period_in_words

RECENT = 12  # figures that one is held against
_FOLD = {1: ("10 times", "a tenth of"), 2: ("100 times", "a hundredth of"), 3: ("1,000 times", "a thousandth of")}
_TEN, _HUNDRED, _THOUSAND = 1, 2, 3  # powers of ten
_STEADY = 3  # times the smallest of them that the largest may be
_NEAR, _NEAR_ONE = Decimal("1.5"), Decimal(2)  # times that what is put right may be off several figures, or off one
_FEWEST_ALONE, _FEWEST_SEVERAL, _FEWEST_ZERO = 2, 3, 4
_FEW, _MANY = 10, 100  # of a count
_FEWEST_UNCHANGED, _FINEST_STEPS = 6, 30
_FEWEST_OVER_100, _WHOLE = 3, Decimal(100)


class Returned(NamedTuple):
    """What one row said in one period, in the measure's unit."""

    period: Period
    actual: Decimal | None
    target: Target = None  # its own


class Doubt(NamedTuple):
    """What looks like a slip: the column it stands in, what is odd about it, and what to do."""

    trap: Trap
    column: str
    what: str
    cure: str


def is_ordinary(actual: Decimal, last: Decimal, unit: Unit) -> bool:
    """Whether a figure is so like the one before that `doubt_of_figure` has nothing to find, whatever came earlier."""
    if actual == last or not actual or (unit is Unit.PERCENT and actual > _WHOLE):
        return False
    return abs(actual) < 2 * abs(last) and abs(last) < 2 * abs(actual)


def doubt_of_figure(
    now: Returned, before: Sequence[Returned], unit: Unit, target: Target, ignored: Collection[Trap] = ()
) -> Doubt | None:
    """What is odd about a row's `actual`; the first thing, where there are several.

    `before` are the earlier rows of the measure (or part) that it may be compared with, oldest first; `target` is the
    one that holds for it.
    """
    if now.actual is None:
        return None
    actual, limit = now.actual, target if isinstance(target, Decimal) else None
    earlier = [(row.period, row.actual) for row in before if row.actual is not None]
    figures = [figure for _, figure in earlier]
    found = (
        _out_by(actual, figures[-RECENT:], unit, limit),
        _zero(actual, figures[-RECENT:], unit),
        _unchanged(actual, earlier, unit),
        _over_100(actual, figures, unit, limit),
    )
    return next((doubt for doubt in found if doubt is not None and doubt.trap not in ignored), None)


def doubt_of_target(now: Returned, before: Sequence[Returned], unit: Unit, year_start: date) -> Doubt | None:
    """A target that differs from the one returned before, in the same financial year.

    It has to have stood still for two rows: one that moves with every return is a plan by the month.
    """
    earlier = [(row.period, row.target) for row in before if row.target is not None][-2:]
    if now.target is None or len(earlier) < 2:
        return None
    (_, older), (period, last) = earlier
    if not isinstance(last, Decimal) or last != older or last == now.target or period.end < year_start:
        return None
    new = _shown(now.target, unit) if isinstance(now.target, Decimal) else f"`{now.target.value}`"
    was = f"{_shown(last, unit)} in {period_in_words(period)}"
    what = f"the target is {new} and was {was}, and neither a note nor an explanation says why"
    return Doubt(Trap.TARGET, "target", what, "say why in the row's note, or correct the target")


# ---- 10, 100 or 1,000 times


def _out_by(actual: Decimal, figures: Sequence[Decimal], unit: Unit, target: Decimal | None) -> Doubt | None:
    """A figure that would be like the others, or like the target where there are few, were its point elsewhere."""
    goal = [abs(target)] if target and len(figures) < _FEWEST_ALONE else []
    size, sizes = abs(actual), [*(abs(figure) for figure in figures), *goal]
    if not all((size, *sizes)) or len(sizes) < (_FEWEST_ALONE if figures else 1):
        return None
    low, high = min(sizes), max(sizes)
    if low <= size <= high or high > _STEADY * low or min(figures, default=0) < 0 < max(figures, default=0):
        return None
    near = _NEAR if len(sizes) > 1 else _NEAR_ONE
    power = power_between(size, low / near, high * near)
    tells = _tells_of_figures(power, sizes, size, unit) if figures else _tells_of_target(power, size, unit)
    if not power or not tells:
        return None
    what = f"{_shown(actual, unit)} was returned, about {fold(power)} {_against(figures, goal, unit)}"
    trap = Trap.THOUSANDS if unit is Unit.MONEY and abs(power) == _THOUSAND else Trap.JUMP
    return Doubt(trap, "actual", what, _put_right(actual, unit, power))


def power_between(size: Decimal, low: Decimal, high: Decimal) -> int:
    """The power of ten, up to three, by which a size is too large (or, below 0, too small) to lie between two others.

    0 where no such power brings it there; the two have to lie within a factor of ten.
    """
    powers = (power for tens in _FOLD for power in (tens, -tens))
    return next((power for power in powers if low <= size.scaleb(-power, EXACT) <= high), 0)


def fold(power: int) -> str:
    """ "100 times" or, for a power below 0, "a hundredth of" """
    times, part = _FOLD[abs(power)]
    return times if power > 0 else part


def _tells_of_figures(power: int, sizes: Sequence[Decimal], size: Decimal, unit: Unit) -> bool:
    """Whether so few figures tell: it takes some to tell tenfold, and small counts get anywhere by themselves."""
    several = len(sizes) >= _FEWEST_SEVERAL
    if _are_counts((*sizes, size), unit) and (max(size, *sizes) < _MANY or not (several or min(size, *sizes) >= _FEW)):
        return False
    return several or abs(power) > _TEN


def _tells_of_target(power: int, size: Decimal, unit: Unit) -> bool:
    """What begins often begins far below its target: only a share for a percentage, and pounds for thousands, tell."""
    if power > _TEN or (unit is Unit.MONEY and power == -_THOUSAND):
        return True
    return unit is Unit.PERCENT and power == -_HUNDRED and size < 1


def _put_right(actual: Decimal, unit: Unit, power: int) -> str:
    meant = _shown(actual.scaleb(-power, EXACT), unit)
    if unit is Unit.MONEY and abs(power) == _THOUSAND:
        return f"if {meant} is meant, write it so: a bare figure counts thousands, one with a £ pounds"
    if unit is Unit.PERCENT and power == -_HUNDRED:
        return f"if {meant} is meant, write it so, or format the cell as a percentage"
    return f"if {meant} is meant, correct the decimal point or the unit"


def _against(figures: Sequence[Decimal], goal: Sequence[Decimal], unit: Unit) -> str:
    """ "the 8 figures before, 88 to 120", "the figure before, 48%, and the target, 50%" """
    if len(figures) > 1:
        return f"the {len(figures)} figures before, {_shown(min(figures), unit)} to {_shown(max(figures), unit)}"
    before = [f"the figure before, {_shown(figure, unit)}" for figure in figures]
    return ", and ".join([*before, *(f"the target, {_shown(target, unit)}" for target in goal)])


# ---- nought, the same again, more than all


def _zero(actual: Decimal, figures: Sequence[Decimal], unit: Unit) -> Doubt | None:
    """A nought after figures that lie further from nought than from each other."""
    if actual or len(figures) < _FEWEST_ZERO:
        return None
    low, high = min(figures), max(figures)
    nearest = min(abs(low), abs(high))
    if low <= 0 <= high or nearest <= high - low or (nearest < _FEW and _are_counts(figures, unit)):
        return None
    what = f"{_shown(actual, unit)} was returned, unlike {_against(figures, (), unit)}"
    return Doubt(Trap.ZERO, "actual", what, "leave the cell blank if the figure is not known")


def _unchanged(actual: Decimal, earlier: Sequence[tuple[Period, Decimal]], unit: Unit) -> Doubt | None:
    """The last figure once more, where none ever came twice in a row and chance hardly ever repeats one."""
    figures = [figure for _, figure in earlier]
    if not actual or not figures or figures[-1] != actual:
        return None
    first = len(figures) - 1  # the figure that has been carried forward since
    while first and figures[first - 1] == actual:
        first -= 1
    unlike = figures[: first + 1]
    steps = [abs(b - a) for a, b in pairwise(unlike)]
    if len(unlike) < _FEWEST_UNCHANGED or not all(steps):
        return None
    finest = Decimal(1).scaleb(min(_exponent(figure) for figure in unlike))
    if sum(steps, Decimal(0)) < _FINEST_STEPS * len(steps) * finest:
        return None
    what = f"{_shown(actual, unit)} was returned, exactly as for {period_in_words(earlier[first][0])}"
    never = f"none of the {len(unlike)} figures up to then came twice in a row"
    return Doubt(
        Trap.UNCHANGED, "actual", f"{what}; {never}", "return the period's own figure, or leave the cell blank"
    )


def _over_100(actual: Decimal, figures: Sequence[Decimal], unit: Unit, target: Decimal | None) -> Doubt | None:
    """More than 100%, where neither the target nor any figure before is."""
    if unit is not Unit.PERCENT or actual <= _WHOLE or any(figure > _WHOLE for figure in (*figures, target or _WHOLE)):
        return None
    if len(figures) >= _FEWEST_OVER_100:
        against = f"none of the {len(figures)} figures before was over 100%"
    elif target is not None and actual > 2 * target:
        against = f"the target is {_shown(target, unit)}"
    else:
        return None
    return Doubt(
        Trap.OVER_100, "actual", f"{_shown(actual, unit)} was returned, and {against}", "check what it is a share of"
    )


def _are_counts(figures: Sequence[Decimal], unit: Unit) -> bool:
    return unit is Unit.NUMBER and all(figure == figure.to_integral_value() for figure in figures)


def _exponent(figure: Decimal) -> int:
    """The place of its last digit but noughts: 4 of 1,320,000, 0 of 5, -1 of 15.1."""
    return int(figure.normalize(EXACT).as_tuple().exponent)


def _shown(value: Decimal, unit: Unit) -> str:
    return in_full(Quantity(value, unit))
