"""What one period's rows say of one measure: its parts added up or kept apart, its target, and what is said of it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from engine.facts.arithmetic import in_full, total
from engine.facts.words import said_of_whole
from engine.model.numbers import as_unit, read_number
from engine.model.returns import FigureState, MeasureRow
from engine.model.values import Quantity, Unit
from engine.model.workspace import TargetWord

Target = Decimal | TargetWord | None


class Figure(NamedTuple):  # there are as many as rows in all history, and these are quickly made
    """A measure's (or part's) figures in a period as returned, in the measure's unit."""

    actual: Decimal | None = None
    target: Target = None
    forecast: Decimal | None = None
    as_of: date | None = None
    said: frozenset[FigureState] = frozenset()
    unsaid: bool = False  # something was said that couldn't be read
    unsecured: Decimal | None = None  # how much of `actual` is not secured; None where it isn't known
    cases: Decimal | None = None  # how many `actual` rests on
    note: str = ""
    file: str = ""  # of the row, under the returns folder
    where: str = ""
    problem: str = ""  # how the stated total differs from the sum of its parts


_TARGET_WORDS = {word.value: word for word in TargetWord}
_NOUGHT = Decimal(0)
_SAID: dict[FigureState | None, frozenset[FigureState]] = {state: frozenset((state,)) for state in FigureState}
_SAID[None] = frozenset()
NOTHING_RETURNED = Figure()


def figure_of_row(row: MeasureRow) -> Figure:
    """A row that stands for itself: a measure without parts, or one part of a percentage."""
    said, unsaid = _SAID[row.state], "state" in row.unread
    unsecured = None if unsaid else _unsecured((row,))
    return Figure(
        row.actual,
        row.target,
        row.forecast,
        row.as_of,
        said,
        unsaid,
        unsecured,
        row.cases,
        row.note,
        row.file,
        row.where,
    )


def figure_of_parts(rows: Sequence[MeasureRow], declared: Sequence[str], unit: Unit) -> Figure:
    """A number or an amount of money whose parts add up to it.

    A row without a part is the stated total: it stands, and is checked. Without one the parts are summed, which takes
    a figure from every part that is declared and every part that is returned.
    """
    parts = [row for row in rows if row.part is not None]
    total_row = next((row for row in rows if row.part is None), None)
    stated = figure_of_row(total_row) if total_row is not None else NOTHING_RETURNED
    if not parts:
        return stated
    complete = {row.part for row in parts}.issuperset(declared)
    summed = total(row.actual for row in parts) if complete else None
    actual = summed if stated.actual is None else stated.actual
    said, unsaid = said_of_whole([row.state for row in rows]), any("state" in row.unread for row in rows)
    if actual is None and any(row.actual is not None for row in parts):
        said |= {FigureState.PARTIAL}
    problem = ""
    if actual is not None and summed is not None and actual != summed:
        one, other = in_full(Quantity(actual, unit)), in_full(Quantity(summed, unit))
        problem = f"the total is stated as {one}, and the parts add up to {other}"
    targets = [row.target if isinstance(row.target, Decimal) else None for row in parts]
    forecast = total(row.forecast for row in parts) if complete else None
    return Figure(
        actual=actual,
        target=(total(targets) if complete else None) if stated.target is None else stated.target,
        forecast=forecast if stated.forecast is None else stated.forecast,
        as_of=max((row.as_of for row in rows if row.as_of is not None), default=None),
        said=said,
        unsaid=unsaid,
        unsecured=None if unsaid else _unsecured(parts),
        cases=total(row.cases for row in parts) if stated.cases is None and complete else stated.cases,
        note=stated.note,
        file=(total_row or parts[0]).file,
        where=(total_row or parts[0]).where,
        problem=problem,
    )


@lru_cache(maxsize=4096)
def read_target(text: str | None, unit: Unit) -> Target:
    """A target as `config/` writes it ("50%", "£1.769m", "up"). Raises NumberError for what the check refuses."""
    if text is None:
        return None
    if text in _TARGET_WORDS:
        return _TARGET_WORDS[text]
    return as_unit(read_number(text), unit, bare_money_thousands=False)


def _unsecured(rows: Sequence[MeasureRow]) -> Decimal | None:
    unsecured = [row.actual for row in rows if row.state is FigureState.UNSECURED]
    if unsecured:
        return total(unsecured)
    return _NOUGHT if any(row.actual is not None for row in rows) else None
