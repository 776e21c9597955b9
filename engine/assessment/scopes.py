"""Where a condition looks its names up: a subject's sheet, or one measure's own with its subject's behind it."""

from collections.abc import Mapping
from typing import Protocol

from engine.assessment.applies import Asked, Needs, base
from engine.facts.names import PREVIOUS_STATUS
from engine.facts.words import MISSING
from engine.model.facts import FactSheet, MeasureSheet
from engine.model.values import Quantity
from engine.model.verdicts import Place
from engine.periods import Period
from engine.rulebook.syntax import Fact

_NO_WORDS = frozenset[str]()


class Sheets(Protocol):
    """What scopes are read from: the sheets of any period."""

    @property
    def thresholds(self) -> Mapping[str, Quantity]:
        """The thresholds' values in force."""

    def sheet(self, subject: str, period: Period, needs: Needs) -> FactSheet:
        """A subject's sheet, with the statuses that are needed."""

    def measure(self, place: Place, period: Period) -> MeasureSheet | None:
        """A measure's (or part's) own sheet; None where the subject hadn't got it."""

    def due_before(self, subject: str, period: Period, back: int, measures: tuple[str, ...]) -> Period | None:
        """The period `back` due periods earlier; None before the first return, and before the subject was live."""


class SubjectScope:
    """A subject in a period, as one rule sees it."""

    __slots__ = ("_asked", "_period", "_read", "_sheets", "_subject")

    def __init__(self, sheets: Sheets, asked: Asked, subject: str, period: Period) -> None:
        self._sheets, self._asked, self._subject, self._period = sheets, asked, subject, period
        self._read: FactSheet | None = None

    @property
    def sheet(self) -> FactSheet:
        """The subject's sheet, worked out when it is first asked for: what lies below has been judged by then."""
        if self._read is None:
            self._read = self._sheets.sheet(self._subject, self._period, self._asked.needs)
        return self._read

    def fact(self, fact: Fact) -> Quantity | None:
        return self.sheet.facts.get(fact.name)

    def holds(self, fact: Fact, word: str) -> bool | None:
        sheet, name = self.sheet, fact.name
        if name == PREVIOUS_STATUS and name not in sheet.states:
            return None
        if "." in name and name != PREVIOUS_STATUS:
            return _figure_holds(word, is_known=name in sheet.facts)
        return _holds(word, sheet.states.get(name, _NO_WORDS), sheet.unknown_states.get(name, _NO_WORDS))

    def measures(self, fact: Fact) -> tuple[MeasureSheet, ...]:
        """The sheets of the measure that a fact names, and of its parts."""
        return tuple(sheet for sheet in self.sheet.measures if sheet.measure == base(fact.name))

    def threshold(self, name: str) -> Quantity | None:
        return self._sheets.thresholds.get(name)

    def earlier(self, back: int, about: tuple[Fact, ...]) -> "SubjectScope | None":
        then = self._sheets.due_before(self._subject, self._period, back, _measures(self._asked, about))
        return None if then is None else SubjectScope(self._sheets, self._asked, self._subject, then)


class MeasureScope:
    """One measure in a period: attributes that stand alone are its own, other names its subject's.

    A part that nobody returned then has no sheet (None): nothing is known of it, but the period is there.
    No rule for measures names what counts the measures (the rulebook refuses it): that follows from those very rules.
    """

    __slots__ = ("_asked", "_period", "_place", "_sheet", "_sheets", "_subject")

    def __init__(self, sheets: Sheets, asked: Asked, place: Place, period: Period, sheet: MeasureSheet | None) -> None:
        self._sheets, self._asked, self._place, self._period, self._sheet = sheets, asked, place, period, sheet
        self._subject: SubjectScope | None = None

    @property
    def sheet(self) -> MeasureSheet:
        """The measure's own sheet. Raises LookupError for a period without one."""
        if self._sheet is None:
            raise LookupError(f"{self._place} has no sheet for {self._period.id}")
        return self._sheet

    def fact(self, fact: Fact) -> Quantity | None:
        if fact.alone:
            return self._sheet.facts.get(fact.name) if self._sheet is not None else None
        return self._behind().fact(fact)

    def holds(self, fact: Fact, word: str) -> bool | None:
        if not fact.alone:
            return self._behind().holds(fact, word)
        if self._sheet is None:
            return None
        if fact.name == "actual":
            return _holds(word, self._sheet.states, self._sheet.unknown_states)
        return _figure_holds(word, is_known=fact.name in self._sheet.facts)

    def measures(self, fact: Fact) -> tuple[MeasureSheet, ...]:
        """The sheets of the measure that a fact names, and of its parts; its own where the fact stands alone."""
        if not fact.alone:
            return self._behind().measures(fact)
        return () if self._sheet is None else (self._sheet,)

    def threshold(self, name: str) -> Quantity | None:
        return self._sheets.thresholds.get(name)

    def earlier(self, back: int, about: tuple[Fact, ...]) -> "MeasureScope | None":
        place, due = self._place, _measures(self._asked, about)
        if place.measure is not None and any(fact.alone for fact in about):
            due = (place.measure, *due)
        then = self._sheets.due_before(place.subject, self._period, back, due)
        if then is None:
            return None
        return MeasureScope(self._sheets, self._asked, place, then, self._sheets.measure(place, then))

    def _behind(self) -> SubjectScope:
        if self._subject is None:
            self._subject = SubjectScope(self._sheets, self._asked, self._place.subject, self._period)
        return self._subject


def _measures(asked: Asked, about: tuple[Fact, ...]) -> tuple[str, ...]:
    """The measures that are named in full, among what a condition is about."""
    named = {base(fact.name) for fact in about if not fact.alone}
    return tuple(name for name in asked.measures if name in named)


def _holds(word: str, states: frozenset[str], unknown: frozenset[str]) -> bool | None:
    if word in states:
        return True
    return None if word in unknown else False


def _figure_holds(word: str, *, is_known: bool) -> bool | None:
    """Of a figure that nobody says anything of (a target, savings) only that it is missing can be told."""
    return not is_known if word == MISSING else None
