"""The measures of a subject in a period: the figures and words of each, and the sheets that rules are asked of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.facts.attributes import Point, Series, measure_attributes, movement_words
from engine.facts.equals import Evaluator, differing, worked_out
from engine.facts.figures import Figure
from engine.facts.histories import Histories
from engine.facts.signals import read_signal
from engine.facts.targets import unapproved
from engine.facts.timeline import Timeline
from engine.facts.words import figure_words, says_why_not, words_of_parts
from engine.model.facts import MeasureSheet
from engine.model.problems import Problem
from engine.model.returns import FigureState
from engine.model.values import Quantity
from engine.model.workspace import Measure, Portfolio, Subject, TargetWord
from engine.periods import Period
from engine.returns.merge import PeriodRows


@dataclass(frozen=True, slots=True)
class MeasureView:
    """One measure of a subject in a period.

    `facts`, `states` and `unknown_states` are the whole's. A measure whose parts are judged by themselves has a sheet
    for each of them, and one for the whole only where that was stated.
    """

    measure: str
    facts: Mapping[str, Quantity]
    states: frozenset[str]
    unknown_states: frozenset[str]
    reported: bool
    supporting: bool
    sheets: tuple[MeasureSheet, ...]


class Measures:
    """The measures of every subject, each worked out once a period."""

    def __init__(
        self,
        portfolio: Portfolio,
        rows: Mapping[str, PeriodRows],
        timeline: Timeline,
        *,
        today: date,
        equals: Evaluator | None,
        savings_facts: Callable[[str, Period], Mapping[str, Quantity]],
    ) -> None:
        """`savings_facts` are a subject's savings under their full names: formulas may name them."""
        self.histories = Histories(portfolio, rows, timeline, self._by_formula)
        self._portfolio = portfolio
        self._timeline = timeline
        self._today = today
        self._equals = equals
        self._savings_facts = savings_facts
        self._views: dict[tuple[str, str], tuple[MeasureView, ...]] = {}
        self._names: dict[tuple[str, str], Mapping[str, Quantity]] = {}

    def views(self, ref: str, period: Period) -> tuple[MeasureView, ...]:
        """The measures that a subject carries, in the order written."""
        key = (ref, period.id)
        if key not in self._views:
            subject = self._portfolio.subjects[ref]
            self._views[key] = tuple(self._view(subject, measure, period) for measure in subject.measures)
        return self._views[key]

    def problems(self, ref: str, period: Period) -> list[Problem]:
        """Totals that differ from their parts' sum, figures from their formulas, and targets from those agreed."""
        subject = self._portfolio.subjects[ref]
        found: list[Problem] = []
        for name in subject.measures:
            figure, measure = self.histories.figure(ref, name, None, period), self._portfolio.measures[name]
            what = figure.problem
            if measure.equals is not None and figure.actual is not None and self._equals is not None:
                calculated = self._equals(measure.equals, self._known(subject, period))
                if not what and calculated is not None:
                    what = differing(Quantity(figure.actual, measure.unit), calculated)
            if what:
                found.append(_problem(subject, measure.title, figure, what, "correct whichever is wrong"))
            for what in unapproved(subject.measures[name], period, measure.unit, self._timeline):
                cure = "have it approved and write `approved_by`, or put the earlier one back"
                agreed = Figure(where=f"config/portfolios/{self._portfolio.portfolio}.yaml")
                found.append(_problem(subject, measure.title, agreed, what, cure))
            of_whole = self.histories.disagreement(subject, name, None, period)
            for part in (None, *self.histories.judged_parts(ref, name, period)):
                what = self.histories.disagreement(subject, name, part, period)
                if what and (part is None or what != of_whole):  # a part has the whole's target unless it has its own
                    stated = self.histories.figure(ref, name, part, period)
                    cure = "leave the target out of the return, or have the agreed one changed in the configuration"
                    found.append(_problem(subject, _title(measure, part), stated, what, cure))
        return found

    def _view(self, subject: Subject, name: str, period: Period) -> MeasureView:
        whole = self._sheet(subject, name, None, period)
        parts = self.histories.judged_parts(subject.ref, name, period)
        sheets = [self._sheet(subject, name, part, period) for part in parts]
        if not parts or "actual" in whole.facts:
            sheets.insert(0, whole)
        states, unknown = whole.states, whole.unknown_states
        reported = any("actual" in sheet.facts for sheet in sheets)
        if parts:
            states, unknown = words_of_parts([(s.states, s.unknown_states) for s in sheets], reported=reported)
        return MeasureView(name, whole.facts, states, unknown, reported, whole.supporting, tuple(sheets))

    def _sheet(self, subject: Subject, name: str, part: str | None, period: Period) -> MeasureSheet:
        measure, here = self._portfolio.measures[name], subject.measures[name]
        figure = self.histories.figure(subject.ref, name, part, period)
        history = self.histories.history(subject, name, part, period)
        series, settled = self.histories.series(name, period)
        explanation = self.histories.explanation(subject.ref, name, period)
        facts = measure_attributes(
            history,
            series,
            explanation=explanation,
            periods_since=self._periods_since(history, series),
            unsecured=figure.unsecured,
            cases=figure.cases,
        )
        lacking = None if "actual" in facts else self.histories.lacking_since(subject, name, part, period)
        answered = lacking is not None and self.histories.is_answered(subject, name, part, lacking, period)
        owed = None if answered else lacking
        said = figure_words(
            figure.said,
            reported="actual" in facts,
            due=owed is not None,
            late=owed is not None and self._today > self._timeline.due_date(owed),
            explained=explanation is not None and explanation.holds_in(period),
        )
        holds, unknown = movement_words(facts, measure.better, settled=settled)
        signal = read_signal(history, series, settled=settled)
        unknown = (unknown | signal.unknown) - said
        if figure.unsaid:
            unknown |= frozenset(FigureState) - said
        target = None if "target" in facts else self.histories.target(subject, name, part, period)
        return MeasureSheet(
            subject=subject.ref,
            measure=name,
            part=part,
            title=_title(measure, part),
            facts=facts | signal.facts,
            states=said | holds | signal.holds,
            unknown_states=unknown,
            supporting=measure.supporting if here.supporting is None else here.supporting,
            rateable=measure.better is not None,
            owed=lacking is not None or says_why_not(set(figure.said) - {FigureState.NOT_DUE}),
            decimals=measure.decimals,
            target_text=here.target_text,
            target_word=target if isinstance(target, TargetWord) else None,
            note=figure.note,
            signal=signal.why,
        )

    def _periods_since(self, history: Sequence[Point], series: Series) -> int | None:
        """How many periods ago the last figure came; None where it came now, or not in this series."""
        if history[-1].actual is not None:
            return None
        last = next((point.period for point in reversed(history) if point.actual is not None), None)
        if last is None or (series.begins is not None and last.end < series.begins):
            return None
        return self._timeline.between(last, history[-1].period)

    def _by_formula(self, subject: Subject, period: Period) -> Mapping[str, Decimal]:
        """What the formulas of a subject's measures come to, by measure."""
        known = self._known(subject, period)
        return {name: known[name].value for name in subject.measures if name in known}

    def _known(self, subject: Subject, period: Period) -> Mapping[str, Quantity]:
        """The figures that formulas may name, and those they come to.

        Of a measure with a formula only its present figures are there: its history is made of the formula.
        """
        key = (subject.ref, period.id)
        if key not in self._names:
            names = dict(self._savings_facts(subject.ref, period))
            formulas: dict[str, str] = {}
            for name in subject.measures:
                formula = self._portfolio.measures[name].equals
                facts = (
                    self._present(subject, name, period) if formula else self._sheet(subject, name, None, period).facts
                )
                names |= {name if attribute == "actual" else f"{name}.{attribute}": v for attribute, v in facts.items()}
                if formula and "actual" not in facts:
                    formulas[name] = formula
            if self._equals is not None:
                names |= worked_out(formulas, names, self._equals)
            self._names[key] = names
        return self._names[key]

    def _present(self, subject: Subject, name: str, period: Period) -> Mapping[str, Quantity]:
        figure, unit = self.histories.figure(subject.ref, name, None, period), self._portfolio.measures[name].unit
        target = self.histories.target(subject, name, None, period)
        values = {"actual": figure.actual, "target": target, "forecast": figure.forecast}
        return {name: Quantity(value, unit) for name, value in values.items() if isinstance(value, Decimal)}


def _title(measure: Measure, part: str | None) -> str:
    return measure.title if part is None else f"{measure.title}, {part}"


def _problem(subject: Subject, title: str, figure: Figure, what: str, cure: str) -> Problem:
    sentence = f"{subject.title}: {title}: {what}"
    return Problem(file=figure.file, where=figure.where, what=sentence, cure=cure, subject=subject.ref)
