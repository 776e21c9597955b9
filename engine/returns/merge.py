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
    # By subject. Two savings rows for one year, from one submitter, add up. A subject with a row that could not be used
    # stands with none: a sum or a count of the others would say too little, and nobody would see it.
    savings: Mapping[str, tuple[SavingsRow, ...]]
    milestones: Mapping[str, tuple[MilestoneRow, ...]]
    judgements: tuple[JudgementRow, ...]
    explanations: Mapping[tuple[str, str], ExplanationRow]  # by subject and measure
    returned: frozenset[str]  # the subjects named in any row, also one that doesn't stand


def merge(returns: Iterable[Return]) -> tuple[PeriodRows, tuple[Problem, ...]]:
    """The rows of one portfolio and period out of its returns, and a problem for each that two submitters sent."""
    ordered = sorted(returns, key=lambda one: one.submitter)
    problems: list[Problem] = []
    incomplete = {pair for one in ordered for pair in one.incomplete}
    found = _Found(ordered, problems, incomplete)
    measures = found.agreed("measures", lambda r: r.measures, lambda r: (r.measure, r.part and fold(r.part)))
    savings = found.agreed("savings", lambda r: r.savings, lambda r: r.year)
    milestones = found.agreed("milestones", lambda r: r.milestones, lambda r: fold(r.milestone))
    judgements = found.agreed("judgements", lambda r: r.judgements, lambda r: r.kind)
    explanations = found.agreed("explanations", lambda r: r.explanations, lambda r: r.measure)
    rows = PeriodRows(
        measures={(row.subject, row.measure, row.part): row for row in measures},
        savings=_by_subject(savings, incomplete, "savings"),
        milestones=_by_subject(milestones, incomplete, "milestones"),
        judgements=tuple(judgements),
        explanations={(row.subject, row.measure): row for row in explanations},
        returned=frozenset(row.subject for one in ordered for row in _all_rows(one)),
    )
    return rows, tuple(problems)


def _all_rows(one: Return) -> tuple[MeasureRow | SavingsRow | MilestoneRow | JudgementRow | ExplanationRow, ...]:
    return (*one.measures, *one.savings, *one.milestones, *one.judgements, *one.explanations)


@dataclass(frozen=True, slots=True)
class _Found:
    """The returns of a period, and what is found wrong between them."""

    returns: Iterable[Return]
    problems: list[Problem]
    incomplete: set[tuple[str, str]]  # table and subject of rows that don't stand

    def agreed(self, name: str, table: Callable[[Return], tuple[R, ...]], key: Callable[[R], Hashable]) -> list[R]:
        """A table's rows without those that more than one submitter sent."""
        alike: dict[tuple[str, Hashable], list[tuple[Return, R]]] = defaultdict(list)
        for one in self.returns:
            for row in table(one):
                alike[row.subject, key(row)].append((one, row))
        agreed: list[R] = []
        for sent in alike.values():
            submitters = list(dict.fromkeys(one.submitter for one, _ in sent))
            if len(submitters) == 1:
                agreed += (row for _, row in sent)
            else:
                self.incomplete.add((name, sent[0][1].subject))
                places = [f"{row.file}, {row.where}" for _, row in sent[1:]]
                self.problems.append(_both(sent[0], submitters, places))
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


def _by_subject(rows: Iterable[S], incomplete: set[tuple[str, str]], table: str) -> dict[str, tuple[S, ...]]:
    found: dict[str, list[S]] = defaultdict(list)
    for row in rows:
        found[row.subject].append(row)
    whole = {subject: tuple(rows) for subject, rows in found.items()}
    return whole | {subject: () for name, subject in incomplete if name == table}
