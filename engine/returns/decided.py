"""Judgements that the PMO entered by command (`telltale decide`), beside those in returns: from here on they are one.

An act counts from its own period on, like a judgement in that period's return. Where the return has one of the same
kind on the same subject, the act is the later and holds; that there are two is told as a problem.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from engine.model.acts import ActKind, OfficeAct
from engine.model.returns import JudgementKind, JudgementRow
from engine.periods import Cadence, Period, PeriodError
from engine.returns.merge import PeriodRows, merge


def with_acts(rows: Mapping[str, PeriodRows], acts: Iterable[OfficeAct], cadence: Cadence) -> dict[str, PeriodRows]:
    """The rows of all periods, by name, with the judgements among the acts added to the periods that they begin in.

    Those of a period that the portfolio has no longer, its cadence having been changed, count no more.
    """
    every = tuple(_of_cadence(acts, cadence))
    ended = {act.ends: cadence.period(act.period) for act in every if act.kind is ActKind.END and act.period}
    entered: dict[str, list[JudgementRow]] = defaultdict(list)
    for act in every:
        row = as_row(act, cadence.period(act.period), ended.get(act.number)) if act.kind.is_judgement else None
        if row is not None:
            entered[act.period].append(row)
    nothing, _ = merge(())
    added = {
        name: replace(rows.get(name, nothing), judgements=(*rows.get(name, nothing).judgements, *judgements))
        for name, judgements in entered.items()
    }
    return {**rows, **added}


def judgements_until(acts: Iterable[OfficeAct], period: Period, cadence: Cadence) -> list[OfficeAct]:
    """The judgements entered for a period or one before it, and the ends that had come by then."""
    every = tuple(_of_cadence(acts, cadence))
    judgements = {act.number for act in every if act.kind.is_judgement}
    return [
        act
        for act in every
        if (act.kind.is_judgement or act.ends in judgements) and cadence.period(act.period).end <= period.end
    ]


def _of_cadence(acts: Iterable[OfficeAct], cadence: Cadence) -> Iterator[OfficeAct]:
    for act in acts:
        try:
            if act.period:
                cadence.period(act.period)
        except PeriodError:
            continue
        yield act


def as_row(act: OfficeAct, entered: Period, ended: Period | None = None) -> JudgementRow | None:
    """A judgement as a return would say it; None where it was ended before it ever counted.

    `entered` is the first period that it counts for, `ended` the first that it counts for no longer.
    """
    until = act.until
    if until is None and act.until_milestone is None:
        until = entered.end
    if ended is not None:
        if ended.end <= entered.end:
            return None
        last = ended.start - timedelta(days=1)
        until = last if until is None else min(until, last)
    return JudgementRow(
        subject=act.subject, kind=JudgementKind(act.kind.value), status=act.status or "", reason=act.why, by=act.by,
        until=until, until_milestone=act.until_milestone, where=f"act {act.number}",
    )  # fmt: skip
