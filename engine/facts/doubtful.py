"""What looks like a slip in a subject's returns of a period: its rows one by one, each against its own history."""

from collections.abc import Iterator, Mapping

from engine.facts.attributes import ADDITIVE
from engine.facts.figures import Target
from engine.facts.histories import Histories
from engine.facts.savingstraps import doubt_of_savings
from engine.facts.timeline import Timeline
from engine.facts.traps import Doubt, Returned, doubt_of_figure, doubt_of_target, is_ordinary
from engine.model.problems import Problem
from engine.model.returns import MeasureRow, SavingsRow
from engine.model.workspace import Lifecycle, Portfolio, Subject, Trap, ignored
from engine.periods import Period
from engine.returns.merge import PeriodRows


class Doubtful:
    """The data traps of a portfolio's returns, where `ignore_traps` doesn't silence them."""

    def __init__(
        self, portfolio: Portfolio, rows: Mapping[str, PeriodRows], timeline: Timeline, histories: Histories
    ) -> None:
        self._portfolio = portfolio
        self._rows = rows
        self._timeline = timeline
        self._histories = histories

    def problems(self, ref: str, period: Period) -> Iterator[Problem]:
        """What looks like a slip in what came back of a subject; nothing of one that isn't live."""
        subject = self._portfolio.subjects[ref]
        if self._timeline.lifecycle(subject, period) is not Lifecycle.LIVE:
            return
        for name in subject.measures:
            for row in self._histories.rows_of(ref, name, period):
                for doubt in self._of_measure(subject, row, period):
                    yield _problem(subject, self._title(row), row, doubt, f"the measure `{name}`")
        if Trap.THOUSANDS not in ignored(subject.ignore_traps):
            for saved in self._savings(ref, period):
                found = doubt_of_savings(saved, *self._saved_before(saved, period))
                if found is not None:
                    yield _problem(subject, f"savings, {saved.year}", saved, found, f"`{ref}`")

    def _of_measure(self, subject: Subject, row: MeasureRow, period: Period) -> Iterator[Doubt]:
        measure, here = self._portfolio.measures[row.measure], subject.measures[row.measure]
        if self._is_ordinary(row, period):
            return
        silent = ignored(measure.ignore_traps, here.ignore_traps, subject.ignore_traps)
        year_start = self._timeline.year_start(period)
        before = [Returned(then, one.actual, one.target) for then, one in self._histories.rows_before(row, period)]
        now = Returned(period, row.actual, row.target)
        # What counts up to a year's target begins anew with the year.
        alike = before if here.year_target is None else [one for one in before if one.period.end >= year_start]
        found = [doubt_of_figure(now, alike, measure.unit, self._target(subject, row, period), silent)]
        if Trap.TARGET not in silent and not self._has_reason(subject, row, period):
            found.append(doubt_of_target(now, before, measure.unit, year_start))
        yield from (doubt for doubt in found if doubt is not None)

    def _is_ordinary(self, row: MeasureRow, period: Period) -> bool:
        """Whether the row of the period before is enough to see that nothing is odd: so it is of most."""
        then = self._timeline.before(period)
        if then is None or row.actual is None:
            return False
        begins = self._histories.series(row.measure, period)[0].begins
        for last in self._histories.rows_of(row.subject, row.measure, then):
            if last.part == row.part and last.actual is not None and (begins is None or then.end >= begins):
                unit = self._portfolio.measures[row.measure].unit
                return row.target in (None, last.target) and is_ordinary(row.actual, last.actual, unit)
        return False

    def _target(self, subject: Subject, row: MeasureRow, period: Period) -> Target:
        """The target that holds for a row; the agreed one of what adds up is the whole's."""
        if row.part is not None and self._portfolio.measures[row.measure].unit in ADDITIVE:
            return row.target
        return self._histories.target(subject, row.measure, row.part, period)

    def _has_reason(self, subject: Subject, row: MeasureRow, period: Period) -> bool:
        """Whether a changed target is accounted for: agreed in the configuration, noted, or explained."""
        if subject.measures[row.measure].target is not None or row.note.strip():
            return True
        explanation = self._histories.explanation(subject.ref, row.measure, period)
        return explanation is not None and explanation.holds_in(period)

    def _title(self, row: MeasureRow) -> str:
        title = self._portfolio.measures[row.measure].title
        return title if row.part is None else f"{title}, {row.part}"

    def _savings(self, ref: str, period: Period) -> tuple[SavingsRow, ...]:
        rows = self._rows.get(period.id)
        return rows.savings.get(ref, ()) if rows is not None else ()

    def _saved_before(self, row: SavingsRow, period: Period) -> tuple[SavingsRow | None, Period | None]:
        """The row of the same year in the last period in which savings came back; none where there are several."""
        before = self._timeline.before(period)
        while before is not None and before.end >= self._timeline.periods[0].end:
            rows = self._savings(row.subject, before)
            if rows:
                alike = [one for one in rows if one.year == row.year]
                return (alike[0], before) if len(alike) == 1 else (None, None)
            before = self._timeline.before(before)
        return None, None


def _problem(subject: Subject, title: str, row: MeasureRow | SavingsRow, doubt: Doubt, silenced_at: str) -> Problem:
    return Problem(
        file=row.file,
        where=", ".join(part for part in (row.where, f"column {doubt.column}") if part),
        what=f"{subject.title}: {title}: {doubt.what}",
        cure=f"{doubt.cure}; if it is right, `ignore_traps: [{doubt.trap.value}]` at {silenced_at} ends the question",
        subject=subject.ref,
    )
