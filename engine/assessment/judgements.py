"""What is wrong with the judgements entered in a period: those that decide nothing, or less than was meant."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from engine.assessment.decisions import awaited, returned_until
from engine.model.problems import Problem
from engine.model.returns import JudgementKind, JudgementRow
from engine.model.workspace import Lifecycle, Portfolio, Scheme, cadence_of
from engine.periods import Period, day_in_words
from engine.returns.merge import PeriodRows
from engine.workspace.dates import lifecycle_on


class _Wrong(NamedTuple):
    what: str
    cure: str


def judgement_problems(
    rows: Mapping[str, PeriodRows], portfolio: Portfolio, scheme: Scheme, period: Period
) -> Iterator[Problem]:
    """The problems of the judgements entered in a period; `rows` is by period."""
    entered = rows.get(period.id)
    if entered is None or not entered.judgements:
        return
    returned = returned_until(rows, portfolio, period)
    seen: dict[tuple[str, JudgementKind], JudgementRow] = {}
    for row in entered.judgements:
        found = (
            _twice(row, seen.get((row.subject, row.kind))),
            _outside_the_order(row, scheme),
            _never_in_force(row, period),
            _not_live(row, portfolio, period),
            _until_what(row, returned),
        )
        seen[row.subject, row.kind] = row
        for wrong in filter(None, found):
            yield Problem(
                file=row.file,
                where=row.where or row.subject,
                subject=row.subject,
                what=wrong.what,
                cure=wrong.cure,
            )


def _twice(row: JudgementRow, earlier: JudgementRow | None) -> _Wrong | None:
    if earlier is None:
        return None
    places = f"{earlier.where} and {row.where}" if earlier.where else "the same return"
    return _Wrong(
        f"two judgements of the kind `{row.kind.value}` on {row.subject} ({places}); the last one counts",
        "keep one of them",
    )


def _outside_the_order(row: JudgementRow, scheme: Scheme) -> _Wrong | None:
    if row.kind is JudgementKind.DECLARED or scheme.rank(row.status) is not None:
        return None
    return _Wrong(
        f"a judgement of the kind `{row.kind.value}` can't give {scheme.name(row.status)}, "
        "which stands outside the order of statuses; it counts for nothing",
        "say it by the subject's lifecycle in config/portfolios",
    )


def _never_in_force(row: JudgementRow, period: Period) -> _Wrong | None:
    """What is entered for a period counts from there on: it decides nothing where it ended before."""
    if row.until is None or row.until >= period.end:
        return None
    return _Wrong(
        f"the `{row.kind.value}` of {row.subject} is never in force: it ends on {day_in_words(row.until)}, "
        f"before the last day of {period.id}",
        "write a later `until`, or leave it blank for this period only",
    )


def _not_live(row: JudgementRow, portfolio: Portfolio, period: Period) -> _Wrong | None:
    if row.kind is JudgementKind.DECLARED:
        return None
    day = max(period.end, row.from_) if row.from_ is not None else period.end
    lifecycle = lifecycle_on(portfolio.subjects[row.subject], day, cadence_of(portfolio))
    if lifecycle is Lifecycle.LIVE:
        return None
    return _Wrong(
        f"the `{row.kind.value}` of {row.subject} counts for nothing: the subject is {lifecycle.value}",
        "take it out, or correct the subject's lifecycle in config/portfolios",
    )


def _until_what(row: JudgementRow, returned: Sequence[tuple[Period, PeriodRows]]) -> _Wrong | None:
    if row.until_milestone is None:
        return None
    milestone = awaited(row, returned)
    if milestone is None:
        return _Wrong(
            f"the `{row.kind.value}` of {row.subject} holds until the milestone “{row.until_milestone}”, which no "
            "return names for it; it holds for this period only",
            "write the milestone's name as its return does, or a date",
        )
    if milestone.done is not None and milestone.done <= returned[-1][0].end:
        return _Wrong(
            f"the `{row.kind.value}` of {row.subject} is never in force: the milestone “{row.until_milestone}” "
            f"was done on {day_in_words(milestone.done)}",
            "take it out, or write what it waits for",
        )
    return None
