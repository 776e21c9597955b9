"""The names that a return may use: the portfolio's subjects, measures and parts, the scheme's statuses."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from engine.model.returns import ALL_YEARS, PREVIOUS_YEARS, FigureState, JudgementKind, MilestoneState
from engine.model.workspace import Measure, Portfolio, Scheme, Status, cadence_of
from engine.periods import MONTHS, Cadence
from engine.returns.words import Names

E = TypeVar("E", bound=StrEnum)


def _words(enum: type[E]) -> Names[E]:
    return Names((member.value, member) for member in enum)


FIGURE_STATES = _words(FigureState)
SAVINGS_STATES = Names((state.value, state) for state in FigureState if state is not FigureState.OFF_TARGET)
MILESTONE_STATES = _words(MilestoneState)
JUDGEMENT_KINDS = _words(JudgementKind)
OTHER_YEARS = Names((word, word) for word in (PREVIOUS_YEARS, ALL_YEARS))


@dataclass
class Known:
    """What names mean in one portfolio; a name is understood whatever its case, spaces or alphabet.

    Raises PeriodError where the portfolio's cadence can't be read (the workspace is checked before).
    """

    portfolio: Portfolio
    scheme: Scheme
    submitter: str
    cadence: Cadence = field(init=False)
    subjects: Names[str] = field(init=False)
    statuses: Names[Status] = field(init=False)
    year_starts: int = field(init=False)  # the month, 1 to 12
    _measures: dict[str, Names[str]] = field(init=False, default_factory=dict)
    _parts: dict[str, Names[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.cadence = cadence_of(self.portfolio)
        self.year_starts = MONTHS.index(self.portfolio.year_starts) + 1
        subjects = self.portfolio.subjects
        self.subjects = Names(zip(subjects, subjects, strict=True), ((s.title, s.ref) for s in subjects.values()))
        statuses = (*self.scheme.statuses, *self.scheme.outside)
        self.statuses = Names(((s.id, s) for s in statuses), _names_of(statuses))

    def measures_at(self, subject: str) -> Names[str]:
        """The measures that this subject carries, by id and title."""
        if subject not in self._measures:
            here = self.portfolio.subjects[subject].measures
            titles = ((self.portfolio.measures[m].title, m) for m in here)
            self._measures[subject] = Names(zip(here, here, strict=True), titles)
        return self._measures[subject]

    def measure(self, measure: str) -> Measure:
        return self.portfolio.measures[measure]

    def parts_of(self, measure: str) -> Names[str] | None:
        """The parts that the measure declares; None where it declares none."""
        parts = self.portfolio.measures[measure].parts
        if not parts:
            return None
        if measure not in self._parts:
            self._parts[measure] = Names(zip(parts, parts, strict=True))
        return self._parts[measure]


def _names_of(statuses: Iterable[Status]) -> Iterable[tuple[str, Status]]:
    return ((name, status) for status in statuses for name in (status.name, status.code, *status.aliases))
