"""The book of facts: what is known of every subject of a portfolio in every period, from its returns."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from engine.facts.counts import MeasureStatuses, child_counts, figure_counts, moving, status_counts
from engine.facts.doubtful import Doubtful
from engine.facts.equals import Evaluator
from engine.facts.measures import Measures, MeasureView
from engine.facts.milestones import Milestones
from engine.facts.names import HELD_FOR, LIFECYCLE, PREVIOUS_STATUS
from engine.facts.rollup import SavingsTree
from engine.facts.timeline import Timeline
from engine.facts.words import OVERDUE
from engine.model.facts import FactSheet, MeasureSheet
from engine.model.problems import Problem
from engine.model.returns import MilestoneRow
from engine.model.values import Quantity, Unit
from engine.model.workspace import Level, Lifecycle, Portfolio, Scheme, Subject
from engine.periods import Period, WorkingDays
from engine.returns.merge import PeriodRows

_COUNTED_AS = {Level.PROJECT: "projects", Level.PROGRAMME: "programmes"}


@dataclass(frozen=True, slots=True)
class SheetStanding:
    """The statuses that a sheet speaks of: they follow from other sheets, and are handed in."""

    measure_statuses: MeasureStatuses = field(default_factory=dict)
    descendants: Mapping[str, str | None] = field(default_factory=dict)  # by ref; None or absent: not rated
    previous: str | None = None
    held_for: int | None = None  # periods


@dataclass(frozen=True, slots=True)
class _Figures:
    """The part of a sheet that doesn't depend on statuses."""

    lifecycle: Lifecycle
    facts: Mapping[str, Quantity]
    states: Mapping[str, frozenset[str]]
    unknown_states: Mapping[str, frozenset[str]]
    expected: frozenset[str]
    views: tuple[MeasureView, ...]
    counted: tuple[MeasureView, ...]  # by measures.*
    below: Mapping[str, tuple[str, ...]]  # open descendants, by what they are counted as


class FactBook:
    """All that the returns say, subject by subject; whatever is asked for is worked out once.

    `rows` are the returns of each period, `today` decides what is overdue, `equals` works out the formulas of
    measures (without it they are known only where they were returned). Raises PeriodError where `rows` names a
    period that the portfolio hasn't got, or its configuration has a date that can't be read.
    """

    def __init__(
        self,
        portfolio: Portfolio,
        scheme: Scheme,
        rows: Mapping[str, PeriodRows],
        *,
        today: date,
        working: WorkingDays,
        equals: Evaluator | None = None,
    ) -> None:
        self._portfolio = portfolio
        self._scheme = scheme
        self._rows = rows
        self._timeline = Timeline(portfolio, rows, working)
        self._savings = SavingsTree(portfolio, rows, self._timeline)
        self._measures = Measures(
            portfolio, rows, self._timeline, today=today, equals=equals, savings_facts=self._savings.facts
        )
        self._doubtful = Doubtful(portfolio, rows, self._timeline, self._measures.histories)
        self._milestones = Milestones(
            ((period, rows[period.id].milestones) for period in self.periods if period.id in rows),
            {ref: subject.ends for ref, subject in portfolio.subjects.items()},
        )
        self._figures: dict[tuple[str, str], _Figures] = {}
        self._problems: dict[tuple[str, str], tuple[Problem, ...]] = {}

    @property
    def periods(self) -> tuple[Period, ...]:
        """Every period from the first that has a return to the last, oldest first."""
        return self._timeline.periods

    def measures(self, subject: str, period: Period) -> tuple[MeasureSheet, ...]:
        """The sheets that rules for measures are asked of: each measure, or its parts where they are judged apart."""
        return tuple(sheet for view in self._measures.views(subject, period) for sheet in view.sheets)

    def sheet(self, subject: str, period: Period, standing: SheetStanding) -> FactSheet:
        """All that is known of a subject in a period, with the statuses handed in."""
        figures, scheme = self._of(subject, period), self._scheme
        facts, states = dict(figures.facts), dict(figures.states)
        expected = figures.expected
        if figures.counted:
            facts |= status_counts(figures.counted, standing.measure_statuses, scheme)
        for name, refs in figures.below.items():
            facts |= child_counts(name, [standing.descendants.get(ref) for ref in refs], scheme)
        if standing.held_for is not None:
            facts[HELD_FOR] = Quantity(Decimal(standing.held_for), Unit.NUMBER)
        if standing.previous is not None:
            states[PREVIOUS_STATUS] = frozenset((standing.previous,))
        if standing.previous is not None or standing.held_for is not None:
            expected |= {"status"}
        declared = self._portfolio.subjects[subject]
        return FactSheet(
            subject=subject,
            level=declared.level,
            title=declared.title,
            period=period,
            lifecycle=figures.lifecycle,
            facts=facts,
            states=states,
            unknown_states=figures.unknown_states,
            expected=expected,
            measures=tuple(sheet for view in figures.views for sheet in view.sheets),
        )

    def unreported_milestones(self, subject: str, period: Period) -> tuple[MilestoneRow, ...]:
        """Those whose date has passed without a word since, as they were last returned."""
        return self._milestones.unreported(subject, period)

    def problems(self, period: Period) -> tuple[Problem, ...]:
        """Everything in the period's figures that doesn't add up or looks like a slip, in the portfolio's order."""
        return tuple(problem for ref in self._portfolio.subjects for problem in self.problems_of(ref, period))

    def problems_of(self, subject: str, period: Period) -> tuple[Problem, ...]:
        """The same of one subject."""
        key = (subject, period.id)
        if key not in self._problems:
            self._problems[key] = (
                *self._measures.problems(subject, period),
                *self._savings.problems(subject, period),
                *self._doubtful.problems(subject, period),
            )
        return self._problems[key]

    def due_before(self, subject: str, period: Period, back: int, measures: Collection[str]) -> Period | None:
        """The `back`th earlier period in which all these measures of the subject were due; without any, any period.

        None where that lies before the first return, before the series of one of them begins, or beyond a period in
        which the subject was not live.
        """
        histories, declared = self._measures.histories, self._portfolio.subjects[subject]
        begins = [histories.series(measure, period)[0].begins for measure in measures]
        earliest = max(
            (self.periods[0].end if self.periods else period.end, *(day for day in begins if day is not None))
        )
        at = period
        while back:
            before = self._timeline.before(at)
            if before is None or before.end < earliest:
                return None
            if self._timeline.lifecycle(declared, before) is not Lifecycle.LIVE:
                return None
            at = before
            if all(histories.is_due(subject, measure, at) for measure in measures):
                back -= 1
        return at

    def overdue(self, period: Period) -> tuple[tuple[str, str, str], ...]:
        """The figures that are missing and whose day has passed: subject, measure, part ("" for the whole)."""
        return tuple(
            (sheet.subject, sheet.measure, sheet.part or "")
            for ref in self._portfolio.subjects
            for sheet in self.measures(ref, period)
            if OVERDUE in sheet.states
        )

    def _of(self, ref: str, period: Period) -> _Figures:
        key = (ref, period.id)
        if key not in self._figures:
            self._figures[key] = self._worked_out(self._portfolio.subjects[ref], period)
        return self._figures[key]

    def _worked_out(self, subject: Subject, period: Period) -> _Figures:
        views = self._measures.views(subject.ref, period)
        counted, below = tuple(moving(views)), self._open_below(subject, period)
        lifecycle = self._timeline.lifecycle(subject, period)
        facts = dict(self._savings.facts(subject.ref, period))
        for name, quantity in self._milestones.facts(subject.ref, period).items():
            facts[f"milestones.{name}"] = quantity
        for view in views:
            for attribute, quantity in view.facts.items():
                facts[view.measure if attribute == "actual" else f"{view.measure}.{attribute}"] = quantity
        expected = {*subject.measures, *below, LIFECYCLE}
        if counted:
            expected.add("measures")
            facts |= figure_counts(counted)
        if self._savings.expected(subject.ref, period):
            expected.add("savings")
        if self._milestones.expected(subject.ref, period):
            expected.add("milestones")
        return _Figures(
            lifecycle=lifecycle,
            facts=facts,
            states={view.measure: view.states for view in views} | {LIFECYCLE: frozenset((lifecycle.value,))},
            unknown_states={view.measure: view.unknown_states for view in views},
            expected=frozenset(expected),
            views=views,
            counted=counted,
            below=below,
        )

    def _open_below(self, subject: Subject, period: Period) -> dict[str, tuple[str, ...]]:
        """The live descendants of each level, where there are any."""
        found: dict[str, list[str]] = {}
        for below in self._portfolio.descendants(subject.ref):
            if self._timeline.lifecycle(below, period) is Lifecycle.LIVE:
                found.setdefault(_COUNTED_AS[below.level], []).append(below.ref)
        return {name: tuple(refs) for name, refs in found.items()}
