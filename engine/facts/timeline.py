"""A portfolio's periods in order, and what each of them asks of its subjects."""

from collections.abc import Iterable
from datetime import date, timedelta

from engine.model.workspace import Lifecycle, Measure, Portfolio, Subject, cadence_of
from engine.periods import Period, WorkingDays, financial_year, periods_between, year_bounds, year_label
from engine.workspace.dates import due_date, first_day, lifecycle_on, starts, year_starts_in


class Timeline:
    """Periods, financial years and lifecycles of a portfolio, each worked out once."""

    def __init__(self, portfolio: Portfolio, returned: Iterable[str], working: WorkingDays) -> None:
        """`returned` are the names of the periods that have returns.

        Raises PeriodError where one of them is no period of the portfolio's cadence.
        """
        self.cadence = cadence_of(portfolio)
        self.year_starts_in = year_starts_in(portfolio)
        self._portfolio = portfolio
        self._working = working
        known = sorted((self.cadence.period(name) for name in returned), key=lambda period: period.end)
        self.periods = tuple(periods_between(self.cadence, known[0], known[-1])) if known else ()
        self._before: dict[str, Period | None] = {
            later.id: earlier for earlier, later in zip(self.periods, self.periods[1:], strict=False)
        }
        self._due_dates: dict[str, date] = {}
        self._lifecycles: dict[tuple[str, str], Lifecycle] = {}
        self._quarter_ends: dict[str, bool] = {}

    def before(self, period: Period) -> Period | None:
        """The period before; None where the cadence has none."""
        if period.id not in self._before:
            self._before[period.id] = self.cadence.before(period)
        return self._before[period.id]

    def back_to(self, first: date, period: Period) -> list[Period]:
        """The periods that end on or after a day, up to and with this one, oldest first."""
        found: list[Period] = []
        at: Period | None = period
        while at is not None and at.end >= first:
            found.append(at)
            at = self.before(at)
        return found[::-1]

    def between(self, earlier: Period, period: Period) -> int:
        """How many periods ago the earlier one was."""
        return len(self.back_to(earlier.end, period)) - 1

    def year(self, period: Period) -> str:
        """The label of the financial year that a period belongs to: that of its last day."""
        return financial_year(period.end, self.year_starts_in)

    def year_after(self, label: str) -> str:
        return year_label(int(label[:4]) + 1, self.year_starts_in)

    def year_start(self, period: Period) -> date:
        return year_bounds(self.year(period), self.year_starts_in)[0]

    def due_date(self, period: Period) -> date:
        """The last day on which the period's returns are not late."""
        if period.id not in self._due_dates:
            self._due_dates[period.id] = due_date(self._portfolio, period, self._working)
        return self._due_dates[period.id]

    def lifecycle(self, subject: Subject, period: Period) -> Lifecycle:
        """A subject's lifecycle on the period's last day."""
        key = (subject.ref, period.id)
        if key not in self._lifecycles:
            self._lifecycles[key] = lifecycle_on(subject, period.end, self.cadence)
        return self._lifecycles[key]

    def owes(self, subject: Subject, measure: Measure, period: Period) -> bool:
        """Whether a live subject's figure is due: each period, or in the last of a quarter (of the financial year).

        None is before the measure `starts`.
        """
        if self.lifecycle(subject, period) is not Lifecycle.LIVE:
            return False
        if measure.starts is not None and period.end < first_day(measure.starts, self.cadence):
            return False
        return measure.reported == "each period" or self._ends_a_quarter(period)

    def last_owed(self, subject: Subject, measure: Measure, period: Period) -> Period | None:
        """The latest period up to this one in which a figure was due of a subject that has been live since.

        What was due in history, or before the first return, is not waited for.
        """
        first = max([starts(self._portfolio).end, *(one.end for one in self.periods[:1])])
        at: Period | None = period
        while at is not None and (at == period or at.end >= first):
            if self.lifecycle(subject, at) is not Lifecycle.LIVE:
                return None
            if self.owes(subject, measure, at):
                return at
            at = self.before(at)
        return None

    def _ends_a_quarter(self, period: Period) -> bool:
        if period.id not in self._quarter_ends:
            after = self.cadence.after(period)
            last = after.end if after is not None else period.end + timedelta(days=92)
            self._quarter_ends[period.id] = self._quarter(period.end) != self._quarter(last)
        return self._quarter_ends[period.id]

    def _quarter(self, day: date) -> int:
        return (day.year * 12 + day.month - self.year_starts_in) // 3
