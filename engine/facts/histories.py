"""What was returned of each measure, period by period, and how its history is to be read."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from engine.facts.attributes import ADDITIVE, Explanation, Point, Series
from engine.facts.figures import NOTHING_RETURNED, Figure, Target, figure_of_parts, figure_of_row
from engine.facts.targets import holding, lifetime, previous_target, target_in_words
from engine.facts.timeline import Timeline
from engine.facts.words import says_why_not
from engine.model.returns import FigureState, MeasureRow
from engine.model.workspace import Portfolio, Subject, TargetWord
from engine.periods import Period
from engine.returns.merge import PeriodRows
from engine.workspace.dates import first_day, periods_in, series_start

# What the formulas of a subject's measures come to in a period, by measure.
Formulas = Callable[[Subject, Period], Mapping[str, Decimal]]


class Histories:
    """The figures of every measure, each settled once."""

    def __init__(
        self, portfolio: Portfolio, rows: Mapping[str, PeriodRows], timeline: Timeline, formulas: Formulas
    ) -> None:
        self._measures = portfolio.measures
        self._subjects = portfolio.subjects
        self._timeline = timeline
        self._formulas = formulas
        self._periods = {period.id: period for period in timeline.periods}
        self._rows: dict[tuple[str, str], dict[str, list[MeasureRow]]] = {}
        self._explanations: dict[tuple[str, str], list[Explanation]] = {}
        for period in timeline.periods:
            if period.id in rows:
                self._index(period, rows[period.id])
        self._figures: dict[tuple[str, str, str | None, str], Figure] = {}
        self._points: dict[tuple[str, str, str | None, str], Point] = {}
        self._histories: dict[tuple[str, str, str | None], tuple[list[date], list[Point]]] = {}
        self._series: dict[tuple[str, str], tuple[Series, bool]] = {}

    def is_due(self, ref: str, measure: str, period: Period) -> bool:
        """Whether a figure was owed in the period, and its submitter didn't say that it isn't due."""
        if not self._timeline.owes(self._subjects[ref], self._measures[measure], period):
            return False
        rows = self.rows_of(ref, measure, period)
        return not rows or any(row.state is not FigureState.NOT_DUE for row in rows)

    def lacking_since(self, subject: Subject, measure: str, part: str | None, period: Period) -> Period | None:
        """The last period up to this one in which a figure was owed, while none has come since."""
        owed = self._timeline.last_owed(subject, self._measures[measure], period)
        came = (self._point(subject, measure, part, one).actual for one in self._waited(owed, period))
        return None if any(actual is not None for actual in came) else owed

    def is_answered(self, subject: Subject, measure: str, part: str | None, owed: Period, period: Period) -> bool:
        """Whether somebody has said why there is no figure, from the period in which it was owed until before this one.

        Until then a quarter's figure that did not come is still owed in the months after it.
        """
        said = (self.figure(subject.ref, measure, part, one).said for one in self._waited(owed, period))
        return any(map(says_why_not, said))

    def _waited(self, owed: Period | None, period: Period) -> Sequence[Period]:
        """The periods from that in which a figure was owed until before this one."""
        return self._timeline.back_to(owed.end, period)[:-1] if owed is not None and owed != period else ()

    def judged_parts(self, ref: str, measure: str, period: Period) -> tuple[str, ...]:
        """The parts that are judged by themselves, declared ones first; none of what adds up."""
        defined = self._measures[measure]
        if defined.unit in ADDITIVE:
            return ()
        returned = (row.part for row in self.rows_of(ref, measure, period) if row.part is not None)
        return tuple(dict.fromkeys((*defined.parts, *returned)))

    def figure(self, ref: str, measure: str, part: str | None, period: Period) -> Figure:
        """What was returned of a measure or part in the period."""
        key = (ref, measure, part, period.id)
        if key not in self._figures:
            rows = self.rows_of(ref, measure, period)
            self._figures[key] = self._settled(rows, measure, part) if rows else NOTHING_RETURNED
        return self._figures[key]

    def target(self, subject: Subject, measure: str, part: str | None, period: Period) -> Target:
        """The one agreed in the configuration for the period's last day; where none is, the return's own."""
        returned = self.figure(subject.ref, measure, part, period).target
        agreed = holding(subject.measures[measure].target, period.end, self._measures[measure].unit, self._timeline)
        if agreed is None or (agreed is TargetWord.TO_BE_SET and returned is not None):
            return returned
        return agreed

    def disagreement(self, subject: Subject, measure: str, part: str | None, period: Period) -> str:
        """How the return's target differs from the one that holds; "" where it doesn't."""
        returned = self.figure(subject.ref, measure, part, period).target
        agreed = self.target(subject, measure, part, period)
        if returned is None or agreed is None or returned == agreed:
            return ""
        dated, cadence, since = subject.measures[measure].target, self._timeline.cadence, ""
        if isinstance(dated, tuple):
            begun = [one.from_ for one in dated if first_day(one.from_, cadence) <= period.end]
            since = f" since {max(begun, key=lambda text: first_day(text, cadence))}"
        ours, theirs = (target_in_words(target, self._measures[measure].unit) for target in (agreed, returned))
        return f"the return's target is {theirs}, but {ours} is agreed{since} and holds"

    def history(self, subject: Subject, measure: str, part: str | None, period: Period) -> list[Point]:
        """The measure's history up to the period, oldest first, the period itself last.

        It holds the periods with a row, and of a measure that adds up also the others of the year that were due.
        """
        ends, returned = self._returned(subject, measure, part)
        earlier = returned[: bisect_left(ends, period.end)]
        if self._measures[measure].adds_up:
            year = self._timeline.back_to(self._timeline.year_start(period), period)[:-1]
            unreturned = [one for one in year if one.end not in ends and self.is_due(subject.ref, measure, one)]
            earlier += (self._point(subject, measure, part, one) for one in unreturned)
            earlier.sort(key=lambda point: point.period.end)
        return [*earlier, self._point(subject, measure, part, period)]

    def rows_of(self, ref: str, measure: str, period: Period) -> Sequence[MeasureRow]:
        """What came back of a measure in a period: a row for each part, or one for the whole, or both."""
        return self._rows.get((ref, measure), {}).get(period.id, ())

    def rows_before(self, row: MeasureRow, period: Period) -> list[tuple[Period, MeasureRow]]:
        """The earlier rows of the same measure and part in its series, with their periods, oldest first."""
        begins, end = self.series(row.measure, period)[0].begins, period.end
        return [
            (self._periods[name], one)
            for name, rows in self._rows.get((row.subject, row.measure), {}).items()
            if (then := self._periods[name].end) < end and (begins is None or then >= begins)
            for one in rows
            if one.part == row.part
        ]

    def series(self, measure: str, period: Period) -> tuple[Series, bool]:
        """How a measure's history reads in a period, and whether its series has settled."""
        key = (measure, period.id)
        if key not in self._series:
            defined, cadence = self._measures[measure], self._timeline.cadence
            begins = series_start(defined, period.end, cadence)
            series = Series(defined.unit, defined.better, defined.adds_up, self._timeline.year_starts_in, begins)
            settled = True
            for broken in defined.series:
                if begins is not None and broken.settles_after and first_day(broken.from_, cadence) == begins:
                    settled = len(self._timeline.back_to(begins, period)) > periods_in(broken.settles_after)
            self._series[key] = (series, settled)
        return self._series[key]

    def explanation(self, ref: str, measure: str, period: Period) -> Explanation | None:
        """The explanation that counts in the period, of those given so far; whether or not any still holds.

        One that holds before one that doesn't, one with a day before one without (a note takes no promise back), then
        the latest.
        """
        given = [one for one in self._explanations.get((ref, measure), ()) if one.given.end <= period.end]
        given = [one for one in given if one.holds_in(period)] or given
        given = [one for one in given if one.recovery_by is not None] or given
        return given[-1] if given else None

    def _index(self, period: Period, rows: PeriodRows) -> None:
        for (ref, measure, _), row in rows.measures.items():
            self._rows.setdefault((ref, measure), {}).setdefault(period.id, []).append(row)
        for key, explanation in rows.explanations.items():
            self._explanations.setdefault(key, []).append(Explanation(period, explanation.recovery_by))

    def _settled(self, rows: Sequence[MeasureRow], measure: str, part: str | None) -> Figure:
        if len(rows) == 1 and rows[0].part == part:
            return figure_of_row(rows[0])
        defined = self._measures[measure]
        if defined.unit in ADDITIVE:
            return figure_of_parts(rows, defined.parts, defined.unit)
        figures = {row.part: figure_of_row(row) for row in rows}
        figure, whole = figures.get(part, NOTHING_RETURNED), figures.get(None, NOTHING_RETURNED)
        inherits = figure.target is None and whole.target is not None
        return figure._replace(target=whole.target) if inherits else figure

    def _returned(self, subject: Subject, measure: str, part: str | None) -> tuple[list[date], list[Point]]:
        """All periods that a history holds in any case, oldest first: their last days and the points themselves."""
        key = (subject.ref, measure, part)
        if key not in self._histories:
            by_formula, rows = self._measures[measure].equals is not None, self._rows.get((subject.ref, measure), {})
            periods = [one for name, one in self._periods.items() if by_formula or name in rows]
            points = [self._point(subject, measure, part, one) for one in periods]
            self._histories[key] = ([one.end for one in periods], points)
        return self._histories[key]

    def _point(self, subject: Subject, measure: str, part: str | None, period: Period) -> Point:
        key = (subject.ref, measure, part, period.id)
        if key not in self._points:
            figure = self.figure(subject.ref, measure, part, period)
            target = self.target(subject, measure, part, period)
            here, unit = subject.measures[measure], self._measures[measure].unit
            year_target = holding(here.year_target, figure.as_of or period.end, unit, self._timeline)
            actual = figure.actual
            if actual is None and part is None and self._measures[measure].equals is not None:
                actual = self._formulas(subject, period).get(measure)
            self._points[key] = Point(
                period=period,
                actual=actual,
                target=target if isinstance(target, Decimal) else None,
                forecast=figure.forecast,
                year_target=year_target if isinstance(year_target, Decimal) else None,
                as_of=figure.as_of,
                previous_target=previous_target(here, period, unit, self._timeline),
                lifetime=lifetime(here, unit, self._timeline),
            )
        return self._points[key]
