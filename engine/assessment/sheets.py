"""The fact sheets of any period with the statuses on them that a rule asks for, each made once."""

from collections.abc import Mapping
from copy import copy
from typing import Protocol

from engine.assessment.applies import Needs
from engine.assessment.judged import MeasureKey, Rating
from engine.assessment.past import without
from engine.facts.book import FactBook, SheetStanding
from engine.model.facts import FactSheet, MeasureSheet
from engine.model.returns import MilestoneRow
from engine.model.values import Quantity
from engine.model.verdicts import Place
from engine.model.workspace import Lifecycle, Portfolio, cadence_of
from engine.periods import Period
from engine.workspace.dates import lifecycle_on


class Statuses(Protocol):
    """What judging has found, or finds when it is asked."""

    def status(self, subject: str, period: Period) -> str | None:
        """A subject's status."""

    def ratings(self, subject: str, period: Period) -> Mapping[MeasureKey, Rating]:
        """The statuses of a subject's measures."""

    def status_before(self, subject: str, period: Period) -> tuple[str | None, int | None]:
        """The status of the period before, and for how many periods in a row the subject had stood at it."""


class KnownSheets:
    """The sheets that scopes are read from (scopes.Sheets)."""

    def __init__(
        self, portfolio: Portfolio, book: FactBook, thresholds: Mapping[str, Quantity], statuses: Statuses
    ) -> None:
        self.thresholds = thresholds
        self._portfolio, self._book, self._statuses = portfolio, book, statuses
        self._sheets: dict[tuple[str, str, Needs], FactSheet] = {}  # with statuses
        self._figures: dict[tuple[str, str, Needs], FactSheet] = {}  # without any
        self._measures: dict[tuple[str, str], dict[MeasureKey, MeasureSheet]] = {}
        self._below: dict[str, tuple[str, ...]] = {}
        self._cadence = cadence_of(portfolio)
        self._lifecycles: dict[tuple[str, str], Lifecycle] = {}

    def under(self, thresholds: Mapping[str, Quantity], statuses: Statuses) -> "KnownSheets":
        """The same figures under other thresholds, with other statuses on the sheets."""
        one = copy(self)
        one.thresholds, one._statuses, one._sheets = thresholds, statuses, {}
        return one

    def handed_to(self, statuses: Statuses, anew: Period | None) -> "KnownSheets":
        """The same with statuses from elsewhere, which are the same but for those in the period `anew`."""
        one = copy(self)
        one._statuses = statuses
        if anew is not None:
            one._sheets = without(self._sheets, anew)
        return one

    def lifecycle(self, subject: str, period: Period) -> Lifecycle:
        """A subject's lifecycle on the period's last day."""
        key = (subject, period.id)
        if key not in self._lifecycles:
            self._lifecycles[key] = lifecycle_on(self._portfolio.subjects[subject], period.end, self._cadence)
        return self._lifecycles[key]

    def figures(self, subject: str, period: Period) -> FactSheet:
        """A subject's sheet without any status on it."""
        return self.sheet(subject, period, Needs.FIGURES)

    def sheet(self, subject: str, period: Period, needs: Needs) -> FactSheet:
        key = (subject, period.id, needs)
        known = self._sheets if needs else self._figures
        if key not in known:
            known[key] = self._book.sheet(subject, period, self._standing(subject, period, needs))
        return known[key]

    def unreported_milestones(self, subject: str, period: Period) -> tuple[MilestoneRow, ...]:
        """Those whose date has passed without a word since, as they were last returned."""
        return self._book.unreported_milestones(subject, period)

    def measures(self, subject: str, period: Period) -> Mapping[MeasureKey, MeasureSheet]:
        """A subject's measures and their parts, in the order of its sheet."""
        key = (subject, period.id)
        if key not in self._measures:
            sheets = self.figures(subject, period).measures
            self._measures[key] = {(sheet.measure, sheet.part): sheet for sheet in sheets}
        return self._measures[key]

    def measure(self, place: Place, period: Period) -> MeasureSheet | None:
        if place.measure is None:
            return None
        return self.measures(place.subject, period).get((place.measure, place.part))

    def due_before(self, subject: str, period: Period, back: int, measures: tuple[str, ...]) -> Period | None:
        return self._book.due_before(subject, period, back, measures)

    def _standing(self, subject: str, period: Period, needs: Needs) -> SheetStanding:
        ratings: Mapping[MeasureKey, Rating] = {}
        descendants: dict[str, str | None] = {}
        previous, held_for = None, None
        if needs & Needs.BELOW:
            descendants = {ref: self._statuses.status(ref, period) for ref in self._all_below(subject)}
        if needs & Needs.BEFORE:
            previous, held_for = self._statuses.status_before(subject, period)
        if needs & Needs.MEASURES:
            ratings = self._statuses.ratings(subject, period)
        statuses = {key: rating.status for key, rating in ratings.items()}
        return SheetStanding(statuses, descendants, previous, held_for)

    def _all_below(self, subject: str) -> tuple[str, ...]:
        if subject not in self._below:
            self._below[subject] = tuple(below.ref for below in self._portfolio.descendants(subject))
        return self._below[subject]
