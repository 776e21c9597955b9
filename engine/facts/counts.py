"""Counts over a subject's measures and over what lies below it, once those have their statuses."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache

from engine.facts.arithmetic import percentage
from engine.facts.attributes import OFF_TARGET
from engine.facts.measures import MeasureView
from engine.facts.words import MISSING, OVERDUE, PARTIAL
from engine.model.returns import FigureState
from engine.model.values import Quantity, Unit
from engine.model.workspace import Scheme

# The status of each measure, and of each of its parts; None where it has none.
MeasureStatuses = Mapping[tuple[str, str | None], str | None]

_WORDS = {
    "missing": MISSING,
    "partial": PARTIAL,
    "not_captured": FigureState.NOT_CAPTURED.value,
    "overdue": OVERDUE,
    "off_target": OFF_TARGET,
}


def moving(views: Iterable[MeasureView]) -> list[MeasureView]:
    """The measures that are counted: supporting ones don't move their subject, through counts no more than else."""
    return [view for view in views if not view.supporting]


def figure_counts(views: Sequence[MeasureView]) -> dict[str, Quantity]:
    """The figures that follow from no status, by their full names ("measures.missing")."""
    counts = {name: sum(word in view.states for view in views) for name, word in _WORDS.items()}
    counts |= {"count": len(views), "reported": sum(view.reported for view in views)}
    return {f"measures.{name}": _number(count) for name, count in counts.items()}


def status_counts(views: Sequence[MeasureView], statuses: MeasureStatuses, scheme: Scheme) -> dict[str, Quantity]:
    """Those that do, likewise ("measures.rated"); a measure with parts is one, at the whole's own status.

    Where none is rated, how many stand at a status is not known: none was found at it, and none was found better.
    """
    given = (scheme.rank(statuses.get((view.measure, None))) for view in views)
    ranks = [rank for rank in given if rank is not None]
    counts = {"rated": len(ranks)} | (_by_status(ranks, scheme) if ranks else {})
    return {f"measures.{name}": _number(count) for name, count in counts.items()}


def child_counts(level: str, statuses: Sequence[str | None], scheme: Scheme) -> dict[str, Quantity]:
    """The figures by their full names ("projects.rated") over the statuses of open descendants of one level.

    `off_target` counts those at a status that the scheme marks as an exception, `off_target_share` is their per cent
    of those that are rated. Where none is rated, no more is known than that.
    """
    ranks = [rank for status in statuses if (rank := scheme.rank(status)) is not None]
    facts = {f"{level}.count": _number(len(statuses)), f"{level}.rated": _number(len(ranks))}
    if not ranks:
        return facts
    off_target = sum(scheme.statuses[rank].exception for rank in ranks)
    counts = {**_by_status(ranks, scheme), "off_target": off_target}
    share = Quantity(percentage(Decimal(off_target), Decimal(len(ranks))), Unit.PERCENT)
    return (
        facts
        | {f"{level}.{name}": _number(count) for name, count in counts.items()}
        | {f"{level}.off_target_share": share}
    )


def _by_status(ranks: Sequence[int], scheme: Scheme) -> dict[str, int]:
    counts: dict[str, int] = {}
    or_worse = len(ranks)
    for rank, status in enumerate(scheme.statuses):
        counts[status.id] = count = ranks.count(rank)
        counts[f"{status.id}_or_worse"] = or_worse
        or_worse -= count
    return counts


@cache
def _number(count: int) -> Quantity:
    return Quantity(Decimal(count), Unit.NUMBER)
