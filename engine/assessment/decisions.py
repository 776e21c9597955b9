"""What people decided of a subject's status, and which of it is in force in a period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.model.returns import JudgementRow, MilestoneRow
from engine.model.workspace import Portfolio, cadence_of
from engine.periods import Period
from engine.returns.merge import PeriodRows


@dataclass(frozen=True, slots=True)
class Decided:
    """A judgement with the period in whose return it was entered."""

    row: JudgementRow
    entered: Period


@dataclass(frozen=True, slots=True)
class InForce:
    """The judgements on one subject in force in a period, at most one of each kind."""

    declared: Decided | None = None
    floor: Decided | None = None
    override: Decided | None = None


NOTHING = InForce()


def in_force(rows: Mapping[str, PeriodRows], portfolio: Portfolio, period: Period) -> Mapping[str, InForce]:
    """What is in force on the period's last day, by subject; only what was returned up to that period counts.

    Each judgement runs until its own end: where two of a kind overlap the one entered later stands, and once it has
    ended the earlier one does again, if it is still running. One until a milestone that no return has named holds for
    its own period only. `rows` is by period.
    """
    returned = returned_until(rows, portfolio, period)
    found: dict[str, dict[str, Decided]] = {}
    for entered, returns in returned:
        for row in returns.judgements:
            if holds(row, entered, returned, period):
                found.setdefault(row.subject, {})[row.kind.value] = Decided(row, entered)
    return {subject: InForce(**kinds) for subject, kinds in found.items()}


def until_in_words(decided: Decided, portfolio: Portfolio) -> str:
    """When a judgement ends: "2019-02" for a whole period, a day, or "milestone NAME"."""
    row = decided.row
    if row.until_milestone is not None:
        return f"milestone {row.until_milestone}"
    if row.until is None:
        return decided.entered.id
    last = cadence_of(portfolio).containing(row.until)
    return last.id if last is not None and last.end == row.until else row.until.isoformat()


def returned_until(
    rows: Mapping[str, PeriodRows], portfolio: Portfolio, period: Period
) -> list[tuple[Period, PeriodRows]]:
    """What was returned up to a period, oldest first."""
    cadence = cadence_of(portfolio)
    dated = ((cadence.period(name), returned) for name, returned in rows.items())
    return sorted((pair for pair in dated if pair[0].end <= period.end), key=lambda pair: pair[0].end)


def awaited(row: JudgementRow, returned: Sequence[tuple[Period, PeriodRows]]) -> MilestoneRow | None:
    """The milestone until which a judgement holds, as last returned; None where no return names it, or it has none.

    `returned` is oldest first.
    """
    if row.until_milestone is None:
        return None
    name = row.until_milestone.strip().casefold()
    return next(
        (
            milestone
            for _, rows in reversed(returned)
            for milestone in rows.milestones.get(row.subject, ())
            if milestone.milestone.strip().casefold() == name
        ),
        None,
    )


def holds(row: JudgementRow, entered: Period, returned: Sequence[tuple[Period, PeriodRows]], period: Period) -> bool:
    """Whether the period's last day lies between a judgement's two ends.

    `returned` is what was returned up to the period, oldest first.
    """
    if (row.from_ is not None and row.from_ > period.end) or (row.until is not None and row.until < period.end):
        return False
    if row.until is not None and row.until_milestone is None:
        return True
    milestone = awaited(row, returned)
    if milestone is None:
        return entered == period
    return milestone.done is None or milestone.done > period.end
