"""Milestones, counted as they stood on a period's last day."""

from collections.abc import Iterable, Mapping, Sequence
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


class Milestones:
    """What was returned of the milestones of every subject, in any period."""

    def __init__(
        self,
        returned: Iterable[tuple[Period, Mapping[str, Sequence[MilestoneRow]]]],
        ends: Mapping[str, date | None],
    ) -> None:
        """`returned` are the rows of each subject in each period, oldest first; `ends` the last days of their plans."""
        self._ends = ends
        self._of: dict[str, list[tuple[Period, Sequence[MilestoneRow]]]] = {}
        for period, subjects in returned:
            for ref, rows in subjects.items():
                self._of.setdefault(ref, []).append((period, rows))

    def expected(self, ref: str, period: Period) -> bool:
        """Whether a return up to the period had one."""
        return ref in self._of and self._of[ref][0][0].end <= period.end

    def facts(self, ref: str, period: Period) -> dict[str, Quantity]:
        """The figures by their names after "milestones."; `unreported` where there are rows, or it isn't nought."""
        rows = next((rows for at, rows in self._of.get(ref, ()) if at == period), ())
        facts, silent = milestone_facts(rows, period, self._ends.get(ref)), self.unreported(ref, period)
        if rows or silent:
            facts["unreported"] = Quantity(Decimal(len(silent)), Unit.NUMBER)
        return facts

    def unreported(self, ref: str, period: Period) -> tuple[MilestoneRow, ...]:
        """The milestones whose date passed before the period's last day, and of which its return says nothing.

        The last word on each counts. Whether one whose date or state couldn't be read has passed is not known, and it
        is left out.
        """
        last: dict[str, tuple[Period, MilestoneRow]] = {}
        for at, rows in self._of.get(ref, ()):
            if at.end <= period.end:
                last |= {_name(row): (at, row) for row in rows}
        return tuple(row for at, row in last.values() if at != period and _has_passed(row, period))


def milestone_facts(rows: Sequence[MilestoneRow], period: Period, ends: date | None = None) -> dict[str, Quantity]:
    """The figures by their names after "milestones."; none where there are no rows.

    All but `count` are of milestones that are not done. `due` counts those whose date falls in the period, `overdue`
    those whose date passed before its last day: one that is due on that day is not overdue. `slipped` are those
    forecast later than planned, or said to have slipped; `after_end` those whose date lies after the plan `ends`, where
    it does; `worst_slip` is not known where one of them has no dates. No
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
    if ends is not None:
        counts["after_end"] = sum(day > ends for day in dates)
    facts = {name: Quantity(Decimal(number), Unit.NUMBER) for name, number in counts.items()}
    slips = [milestone.slip for milestone in slipped]
    known = [slip for slip in slips if slip is not None]
    if len(known) == len(slips):
        facts["worst_slip"] = Quantity(max(known, default=Decimal(0)), Unit.WEEKS)
    return facts


def _name(row: MilestoneRow) -> str:
    return " ".join(row.milestone.split()).casefold()


def _has_passed(row: MilestoneRow, period: Period) -> bool:
    if row.state is MilestoneState.CANCELLED or row.done is not None or _DECIDING & row.unread:
        return False
    expected = row.forecast or row.planned
    return expected is not None and expected < period.end


def _read(row: MilestoneRow) -> _Milestone:
    # A day of completion after the period's end was then still a forecast.
    expected = row.forecast or row.done or row.planned
    later = row.planned is not None and expected is not None and expected > row.planned
    return _Milestone(row, expected, slipped=later or row.state is MilestoneState.SLIPPED)


def _is_undated(milestone: _Milestone) -> bool:
    if milestone.row.state is MilestoneState.UNDATED:
        return True
    return milestone.expected is None and not milestone.slipped
