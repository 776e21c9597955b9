"""Which earlier periods can tell what this one can't: looking back makes no sheet of a period that can't."""

from collections.abc import Mapping

from engine.assessment.applies import base
from engine.facts.attributes import MOVEMENTS, OFF_TARGET
from engine.facts.names import OF_THE_FIGURE, UNREPORTED
from engine.facts.signals import SIGNAL
from engine.model.verdicts import Place
from engine.model.workspace import Portfolio, cadence_of
from engine.periods import Period
from engine.returns.merge import PeriodRows
from engine.rulebook.rules import Rule
from engine.rulebook.syntax import And, Comparison, Condition, Fact, ForPeriods, Is, Not, Or, facts_in

# Known of a measure in a period, as OF_THE_FIGURE is, only if its figure came back for that period.
_WORDS_OF_THE_FIGURE = MOVEMENTS | {OFF_TARGET, SIGNAL}
_OWN_TABLES = frozenset({"savings", "milestones"})


class Returned:
    """What came back in each period, as far as it takes to see that a rule can't have been judged there."""

    def __init__(self, portfolio: Portfolio, rows: Mapping[str, PeriodRows]) -> None:
        self._portfolio = portfolio
        self._rows = rows
        self._in: dict[str, set[tuple[str, str]]] = {}
        cadence = cadence_of(portfolio)
        self._periods = sorted((cadence.period(name) for name in rows), key=lambda period: period.end)
        self._first: dict[tuple[str, str], Period] | None = None

    def may_tell(self, rule: Rule, place: Place, period: Period) -> bool:
        """Whether the rule may have been judged there; False only where a figure that it can't do without is absent."""
        return self._rule_may_tell(rule, place, period, ever=False)

    def may_ever_tell(self, rule: Rule, place: Place, period: Period) -> bool:
        """Whether the rule may have been judged in that or any earlier period."""
        return self._rule_may_tell(rule, place, period, ever=True)

    def _rule_may_tell(self, rule: Rule, place: Place, period: Period, *, ever: bool) -> bool:
        condition = rule.when if rule.when is not None else rule.bands[0].when
        return condition is None or self._may_tell(condition, place, period, ever=ever)

    def _may_tell(self, condition: Condition, place: Place, period: Period, *, ever: bool) -> bool:
        match condition:
            case Comparison():
                return all(self._may_be_known(fact, place, period, ever) for fact in facts_in(condition))
            case Is(fact=fact, word=word):
                return word not in _WORDS_OF_THE_FIGURE or self._may_be_known(fact, place, period, ever)
            case Not(item=item):
                return self._may_tell(item, place, period, ever=ever)
            case And(items=items) | Or(items=items):
                return any(self._may_tell(item, place, period, ever=ever) for item in items)
            case ForPeriods(condition=below):
                return self._may_tell(below, place, period, ever=True)

    def _may_be_known(self, fact: Fact, place: Place, period: Period, ever: bool) -> bool:
        about = self._rests_on(fact, place)
        if about is None:
            return True
        if not ever:
            return (place.subject, about) in self._returned(period)
        first = self._first_returned.get((place.subject, about))
        return first is not None and first.end <= period.end

    def _rests_on(self, fact: Fact, place: Place) -> str | None:
        """What must have come back for a fact to be known: a measure, "savings", "milestones"; None for nothing."""
        about = place.measure if fact.alone and place.measure is not None else base(fact.name)
        if about in _OWN_TABLES:
            return about if fact.name != UNREPORTED else None
        attribute = fact.name if fact.alone else fact.name.partition(".")[2] or "actual"
        defined = self._portfolio.measures.get(about)
        rests = defined is not None and defined.equals is None and attribute in OF_THE_FIGURE
        return about if rests else None

    def _returned(self, period: Period) -> set[tuple[str, str]]:
        """Subject and figure of all that came back; savings also for all that lies above the subject."""
        if period.id not in self._in:
            self._in[period.id] = self._read(self._rows.get(period.id))
        return self._in[period.id]

    @property
    def _first_returned(self) -> Mapping[tuple[str, str], Period]:
        """The period in which each figure first came back."""
        if self._first is None:
            self._first = {}
            for period in self._periods:
                for returned in self._returned(period):
                    self._first.setdefault(returned, period)
        return self._first

    def _read(self, rows: PeriodRows | None) -> set[tuple[str, str]]:
        if rows is None:
            return set()
        found = {(row.subject, row.measure) for row in rows.measures.values() if row.actual is not None}
        found |= {(subject, "milestones") for subject in rows.milestones}
        for subject in rows.savings:
            at: str | None = subject
            while at is not None:
                found.add((at, "savings"))
                at = self._portfolio.subjects[at].parent
        return found
