"""All that was returned for one period, whoever submitted it. Two submitters for one row is a problem, not a choice."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from engine.model.problems import Problem
from engine.model.returns import (
    ExplanationRow,
    JudgementRow,
    MeasureRow,
    MilestoneRow,
    Return,
    SavingsRow,
)
from engine.returns.words import fold

MeasureKey = tuple[str, str, str | None]  # subject, measure, part

R = TypeVar("R", MeasureRow, SavingsRow, MilestoneRow, JudgementRow, ExplanationRow)


@dataclass(frozen=True, slots=True)
class PeriodRows:
    """The rows of one period that stand. Those of one subject keep the order in which they were written."""

    measures: Mapping[MeasureKey, MeasureRow]
    savings: Mapping[str, tuple[SavingsRow, ...]]  # two rows for one year, from one submitter, add up
    milestones: Mapping[str, tuple[MilestoneRow, ...]]
    judgements: tuple[JudgementRow, ...]
    explanations: Mapping[tuple[str, str], ExplanationRow]  # by subject and measure
    returned: frozenset[str]  # the subjects named in any row, also one that doesn't stand


def merge(returns: Iterable[Return]) -> tuple[PeriodRows, tuple[Problem, ...]]:
    """The rows of one portfolio and period out of its returns, and a problem for each that two submitters sent."""
    ordered = sorted(returns, key=lambda one: one.submitter)
    problems: list[Problem] = []
    measures = _agreed(ordered, lambda r: r.measures, lambda r: (r.measure, r.part and fold(r.part)), problems)
    savings = _agreed(ordered, lambda r: r.savings, lambda r: r.year, problems)
    milestones = _agreed(ordered, lambda r: r.milestones, lambda r: fold(r.milestone), problems)
    judgements = _agreed(ordered, lambda r: r.judgements, lambda r: r.kind, problems)
    explanations = _agreed(ordered, lambda r: r.explanations, lambda r: r.measure, problems)
    rows = PeriodRows(
        measures={(row.subject, row.measure, row.part): row for row in measures},
        savings=_by_subject(savings),
        milestones=_by_subject(milestones),
        judgements=tuple(judgements),
        explanations={(row.subject, row.measure): row for row in explanations},
        returned=frozenset(row.subject for one in ordered for row in _all_rows(one)),
    )
    return rows, tuple(problems)


def _all_rows(one: Return) -> tuple[MeasureRow | SavingsRow | MilestoneRow | JudgementRow | ExplanationRow, ...]:
    return (*one.measures, *one.savings, *one.milestones, *one.judgements, *one.explanations)


def _agreed(
    returns: Iterable[Return],
    table: Callable[[Return], tuple[R, ...]],
    key: Callable[[R], Hashable],
    problems: list[Problem],
) -> list[R]:
    """A table's rows without those that more than one submitter sent."""
    alike: dict[tuple[str, Hashable], list[tuple[Return, R]]] = defaultdict(list)
    for one in returns:
        for row in table(one):
            alike[row.subject, key(row)].append((one, row))
    agreed: list[R] = []
    for sent in alike.values():
        submitters = list(dict.fromkeys(one.submitter for one, _ in sent))
        if len(submitters) == 1:
            agreed += (row for _, row in sent)
        else:
            problems.append(_both(sent[0], submitters, [f"{row.file}, {row.where}" for _, row in sent[1:]]))
    return agreed


def _both(first: tuple[Return, R], submitters: list[str], elsewhere: list[str]) -> Problem:
    _, row = first
    return Problem(
        file=row.file,
        where=row.where,
        what=f"{' and '.join(submitters)} sent the same row (also {'; '.join(elsewhere)}), so neither was used",
        cure="agree who returns it, and take it out of the other return",
        subject=row.subject,
    )


S = TypeVar("S", SavingsRow, MilestoneRow)


def _by_subject(rows: Iterable[S]) -> dict[str, tuple[S, ...]]:
    found: dict[str, list[S]] = defaultdict(list)
    for row in rows:
        found[row.subject].append(row)
    return {subject: tuple(rows) for subject, rows in found.items()}
