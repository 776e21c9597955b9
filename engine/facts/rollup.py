"""Savings up the tree: a subject's own rows, else the sum of its parts, and where the two differ."""

from collections.abc import Mapping, Sequence
from datetime import date

from engine.facts.savings import Savings, add_up, not_itemised, own_savings, savings_facts
from engine.facts.timeline import Timeline
from engine.model.problems import Problem
from engine.model.returns import ALL_YEARS, SavingsRow
from engine.model.values import Quantity
from engine.model.workspace import Lifecycle, Portfolio, Subject
from engine.periods import Period
from engine.returns.merge import PeriodRows

# What is over, or nobody watches, belongs to no sum. What has not begun belongs to it if it was returned.
_LEFT_OUT = frozenset((Lifecycle.CLOSED, Lifecycle.NOT_MONITORED))


class SavingsTree:
    """The savings of every subject, each worked out once a period."""

    def __init__(self, portfolio: Portfolio, rows: Mapping[str, PeriodRows], timeline: Timeline) -> None:
        self._portfolio = portfolio
        self._rows = rows
        self._timeline = timeline
        self._years_add_up = portfolio.savings_years == "add up"
        self._first_row: dict[str, date] = {}
        for period in timeline.periods:
            for ref in rows[period.id].savings if period.id in rows else ():
                self._first_row.setdefault(ref, period.end)
        self._found: dict[tuple[str, str], Savings | None] = {}
        self._facts: dict[tuple[str, str], Mapping[str, Quantity]] = {}

    def facts(self, ref: str, period: Period) -> Mapping[str, Quantity]:
        """A subject's savings under their full names; none where they are not known."""
        key = (ref, period.id)
        if key not in self._facts:
            savings, this_year = self.savings(ref, period), self._timeline.year(period)
            next_year = self._timeline.year_after(this_year)
            self._facts[key] = (
                {} if savings is None else savings_facts(savings, this_year, next_year, years_add_up=self._years_add_up)
            )
        return self._facts[key]

    def savings(self, ref: str, period: Period) -> Savings | None:
        """A subject's own figures, else the sum of its parts; None where neither is known."""
        key = (ref, period.id)
        if key not in self._found:
            rows = self._own_rows(ref, period)
            below = None if self._is_incomplete(ref, period) else self._sum_of_parts(ref, period)
            self._found[key] = own_savings(rows)[0] if rows else below
        return self._found[key]

    def expected(self, ref: str, period: Period) -> bool:
        """Whether there was ever a row for the subject, or for anything that counts towards its sum."""
        first = self._first_row.get(ref)
        if first is not None and first <= period.end:
            return True
        return any(self.expected(part.ref, period) for part in self._parts(ref, period))

    def problems(self, ref: str, period: Period) -> list[Problem]:
        """Where a subject's control total differs from its years, or its own figures from the sum of its parts."""
        rows, subject = self._own_rows(ref, period), self._portfolio.subjects[ref]
        if not rows:
            return []
        own, differences = own_savings(rows)
        control = next((row for row in rows if row.year == ALL_YEARS), None)
        cure = "correct the years or the control total, whichever is wrong"
        found: list[Problem] = []
        if self._years_add_up:
            found = [_problem(subject, one.sentence("its years"), cure, control) for one in differences]
        elif control is not None and own.itemised:
            what = "a control total over all years is not used beside years that stand alone"
            found = [_problem(subject, what, "leave it out, or name its year", control)]
        below = self._sum_of_parts(ref, period) if subject.children else None
        if below is not None:
            cure = "return what is not itemised, or correct whichever is wrong"
            for one in not_itemised(own, below, self._timeline.year(period), years_add_up=self._years_add_up):
                what = f"{one.sentence('the parts below it')}: {one.not_itemised} is not itemised"
                found.append(_problem(subject, what, cure))
        return found

    def _is_incomplete(self, ref: str, period: Period) -> bool:
        """Whether it returned rows of which one could not be used."""
        rows = self._rows.get(period.id)
        return rows is not None and rows.savings.get(ref) == ()

    def _own_rows(self, ref: str, period: Period) -> Sequence[SavingsRow]:
        rows = self._rows.get(period.id)
        return rows.savings.get(ref, ()) if rows is not None else ()

    def _parts(self, ref: str, period: Period) -> list[Subject]:
        """The children whose savings count towards a subject's."""
        children = (self._portfolio.subjects[child] for child in self._portfolio.subjects[ref].children)
        return [
            child
            for child in children
            if child.savings_counted and self._timeline.lifecycle(child, period) not in _LEFT_OUT
        ]

    def _sum_of_parts(self, ref: str, period: Period) -> Savings | None:
        """Not known where a part that is live has returned nothing, nor of a subject that has no children at all."""
        if not self._portfolio.subjects[ref].children:
            return None
        known: list[Savings] = []
        for part in self._parts(ref, period):
            savings = self.savings(part.ref, period)
            if savings is not None:
                known.append(savings)
            elif self._timeline.lifecycle(part, period) is Lifecycle.LIVE:
                return None
        return add_up(known)


def _problem(subject: Subject, what: str, cure: str, row: SavingsRow | None = None) -> Problem:
    return Problem(
        file=row.file if row is not None else "",
        where=row.where if row is not None else subject.ref,
        what=f"{subject.title}: savings: {what}",
        cure=cure,
        subject=subject.ref,
    )
