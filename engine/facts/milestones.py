"""A subject's milestones, counted as they stood on the period's last day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.facts.arithmetic import weeks_between
from engine.model.returns import MilestoneRow, MilestoneState
from engine.model.values import Quantity, Unit
from engine.periods import Period

# Unless these were read of every open milestone, no count of the slipped or overdue is to be trusted.
_DECIDING = frozenset(("planned", "forecast", "done", "state"))


@dataclass(frozen=True, slots=True)
class _Milestone:
    row: MilestoneRow
    expected: date | None  # the latest word on when: the forecast, else the plan
    slipped: bool

    @property
    def slip(self) -> Decimal | None:
        """Weeks between plan and forecast; None where one of them isn't known."""
        if self.row.planned is None or self.expected is None or self.expected <= self.row.planned:
            return None
        return weeks_between(self.row.planned, self.expected)


def milestone_facts(rows: Sequence[MilestoneRow], period: Period) -> dict[str, Quantity]:
    """The figures by their names after "milestones."; none where there are no rows.

    All but `count` are of milestones that are not done. `due` counts those whose date falls in the period, `overdue`
    those whose date passed before its last day: one that is due on that day is not overdue. `slipped` are those
    forecast later than planned, or said to have slipped; `worst_slip` is not known where one of them has no dates. No
    figure but `count` is known while a date or the state of an open one couldn't be read.
    """
    if not rows:
        return {}
    counted = [row for row in rows if row.state is not MilestoneState.CANCELLED]
    rows_open = [row for row in counted if row.done is None or row.done > period.end]
    if any(_DECIDING & row.unread for row in rows_open):
        return {"count": Quantity(Decimal(len(counted)), Unit.NUMBER)}
    open_ = [_read(row) for row in rows_open]
    slipped = [milestone for milestone in open_ if milestone.slipped]
    dates = [milestone.expected for milestone in open_ if milestone.expected is not None]
    counts = {
        "count": len(counted),
        "slipped": len(slipped),
        "unmitigated": sum(not milestone.row.workaround.strip() for milestone in slipped),
        "undated": sum(_is_undated(milestone) for milestone in open_),
        "due": sum(period.start <= day <= period.end for day in dates),
        "overdue": sum(day < period.end for day in dates),
    }
    facts = {name: Quantity(Decimal(number), Unit.NUMBER) for name, number in counts.items()}
    slips = [milestone.slip for milestone in slipped]
    known = [slip for slip in slips if slip is not None]
    if len(known) == len(slips):
        facts["worst_slip"] = Quantity(max(known, default=Decimal(0)), Unit.WEEKS)
    return facts


def _read(row: MilestoneRow) -> _Milestone:
    # A day of completion after the period's end was then still a forecast.
    expected = row.forecast or row.done or row.planned
    later = row.planned is not None and expected is not None and expected > row.planned
    return _Milestone(row, expected, slipped=later or row.state is MilestoneState.SLIPPED)


def _is_undated(milestone: _Milestone) -> bool:
    if milestone.row.state is MilestoneState.UNDATED:
        return True
    return milestone.expected is None and not milestone.slipped
