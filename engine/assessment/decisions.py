"""What people decided of a subject's status, and which of it is in force in a period."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.model.problems import Problem
from engine.model.returns import JudgementKind, JudgementRow
from engine.model.workspace import Portfolio, Scheme, cadence_of
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
    ended the earlier one does again, if it is still running. `rows` is by period.
    """
    returned = _returned_until(rows, portfolio, period)
    found: dict[str, dict[str, Decided]] = {}
    for entered, returns in returned:
        for row in returns.judgements:
            if _holds(row, entered, period) and not _ended_by_milestone(row, returned, period.end):
                found.setdefault(row.subject, {})[row.kind.value] = Decided(row, entered)
    return {subject: InForce(**kinds) for subject, kinds in found.items()}


def judgement_problems(rows: PeriodRows | None, scheme: Scheme) -> Iterator[Problem]:
    """What is wrong with the judgements entered in one period: two of a kind, or one that can decide nothing."""
    seen: dict[tuple[str, JudgementKind], JudgementRow] = {}
    for row in rows.judgements if rows else ():
        earlier = seen.get((row.subject, row.kind))
        if earlier is not None:
            places = f"{earlier.where} and {row.where}" if earlier.where else "the same return"
            yield Problem(
                file=row.file, where=row.where or row.subject, subject=row.subject,
                what=f"two judgements of the kind `{row.kind.value}` on {row.subject} ({places}); the last one counts",
                cure="keep one of them",
            )  # fmt: skip
        seen[row.subject, row.kind] = row
        if row.kind is not JudgementKind.DECLARED and scheme.rank(row.status) is None:
            yield Problem(
                file=row.file, where=row.where or row.subject, subject=row.subject,
                what=f"a judgement of the kind `{row.kind.value}` can't give {scheme.name(row.status)}, "
                "which stands outside the order of statuses; it counts for nothing",
                cure="say it by the subject's lifecycle in config/portfolios",
            )  # fmt: skip


def until_in_words(decided: Decided, portfolio: Portfolio) -> str:
    """When a judgement ends: "2019-02" for a whole period, a day, or "milestone NAME"."""
    row = decided.row
    if row.until_milestone is not None:
        return f"milestone {row.until_milestone}"
    if row.until is None:
        return decided.entered.id
    last = cadence_of(portfolio).containing(row.until)
    return last.id if last is not None and last.end == row.until else row.until.isoformat()


def _returned_until(
    rows: Mapping[str, PeriodRows], portfolio: Portfolio, period: Period
) -> list[tuple[Period, PeriodRows]]:
    """What was returned up to a period, oldest first."""
    cadence = cadence_of(portfolio)
    dated = ((cadence.period(name), returned) for name, returned in rows.items())
    return sorted((pair for pair in dated if pair[0].end <= period.end), key=lambda pair: pair[0].end)


def _holds(row: JudgementRow, entered: Period, period: Period) -> bool:
    """Whether the period's last day lies between a judgement's two ends."""
    if row.from_ is not None and row.from_ > period.end:
        return False
    if row.until is not None:
        return period.end <= row.until
    return row.until_milestone is not None or entered == period


def _ended_by_milestone(row: JudgementRow, returned: Sequence[tuple[Period, PeriodRows]], day: date) -> bool:
    """Whether the milestone until which a judgement holds was done by a day, as last returned."""
    if row.until_milestone is None:
        return False
    name = row.until_milestone.strip().casefold()
    for _, rows in reversed(returned):
        for milestone in rows.milestones.get(row.subject, ()):
            if milestone.milestone.strip().casefold() == name:
                return milestone.done is not None and milestone.done <= day
    return False
