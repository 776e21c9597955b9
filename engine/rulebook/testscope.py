"""A scope made of what a rule's test gives, with what follows from it worked out as on a fact sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeGuard

from engine.facts.attributes import Point, Series, given_history, measure_attributes, movement_words
from engine.facts.names import MEASURE_ATTRIBUTES
from engine.facts.signals import read_signal
from engine.facts.words import EXPLAINED, MISSING, OVERDUE, figure_words
from engine.model.returns import FigureState
from engine.model.values import Quantity, Unit, show
from engine.model.workspace import Better, Measure, Portfolio
from engine.rulebook.names import measures_asked
from engine.rulebook.rules import Rule, RuleTest
from engine.rulebook.syntax import Fact
from engine.rulebook.testreading import BETTER, STATE

_THROUGHOUT = ("target", "year_target")  # a single value of these holds in every period of a test
_STATES = frozenset(state.value for state in FigureState)

History = tuple[Quantity | None, ...]  # oldest first


def _is_history(value: object) -> TypeGuard[History]:
    return isinstance(value, tuple) and not isinstance(value, Quantity)  # which is a tuple itself


@dataclass(frozen=True, slots=True)
class TestScope:
    """What is known in a test, `back` periods before its last. Implements engine.rulebook.scope.Scope."""

    __test__ = False  # not one of pytest's

    facts: Mapping[tuple[str, bool], Quantity]  # by name, and whether it stands alone
    holding: Mapping[tuple[str, bool], frozenset[str]]
    untold: Mapping[tuple[str, bool], frozenset[str]]  # words of which it can't be told whether they hold
    thresholds: Mapping[str, Quantity]
    before: "TestScope | None" = None

    def fact(self, fact: Fact) -> Quantity | None:
        return self.facts.get((fact.name, fact.alone))

    def holds(self, fact: Fact, word: str) -> bool | None:
        key = (fact.name, fact.alone)
        if key in self.holding:
            return True if word in self.holding[key] else None if word in self.untold.get(key, ()) else False
        return key not in self.facts if word == MISSING else None

    def threshold(self, name: str) -> Quantity | None:
        return self.thresholds.get(name)

    def earlier(self, back: int, about: tuple[Fact, ...]) -> "TestScope | None":
        """Each history of a test is of the periods in which its figure was due, whatever `about` names."""
        scope: TestScope | None = self
        for _ in range(back):
            scope = None if scope is None else scope.before
        return scope

    def sheet(self) -> tuple[tuple[str, str], ...]:
        """Name and figure or words of all that is known, as a person reads them, sorted by name."""
        lines = {name: show(quantity) for (name, _), quantity in self.facts.items()}
        for (name, _), words in self.holding.items():
            if words:
                lines[name] = ", ".join([*([lines[name]] if name in lines else []), *sorted(words)])
        return tuple(sorted(lines.items()))


def scope_of(test: RuleTest, rule: Rule, portfolio: Portfolio, thresholds: Mapping[str, Quantity]) -> TestScope:
    """The scope of a test's last period; its earlier ones are those of the longest history given."""
    given = _by_measure(test.given, rule, portfolio)
    groups = [_Group(attributes, measure, rule, portfolio) for measure, attributes in given.items()]
    scope = TestScope({}, {}, {}, thresholds)
    before: TestScope | None = None
    for back in reversed(range(max((group.length for group in groups), default=1))):
        facts: dict[tuple[str, bool], Quantity] = {}
        holding: dict[tuple[str, bool], frozenset[str]] = {}
        untold: dict[tuple[str, bool], frozenset[str]] = {}
        for group in groups:
            group.fill(back, facts, holding, untold)
        scope = before = TestScope(facts, holding, untold, thresholds, before)
    return scope


def _by_measure(given: Mapping[str, object], rule: Rule, portfolio: Portfolio) -> dict[str | None, dict[str, object]]:
    """What is given by measure and attribute: "" for the measure of a rule for measures, None for all else by name."""
    groups: dict[str | None, dict[str, object]] = {"": {}} if rule.of_measures else {}
    for name, value in given.items():
        base, _, attribute = name.partition(".")
        if rule.of_measures and (name in MEASURE_ATTRIBUTES or name in (STATE, BETTER)):
            groups[""][name] = value
        elif base in portfolio.measures:
            groups.setdefault(base, {})[attribute or "actual"] = value
        else:
            groups.setdefault(None, {})[name] = value
    return groups


class _Group:
    """What is given of one measure, or of none (`measure` None)."""

    def __init__(self, given: Mapping[str, object], measure: str | None, rule: Rule, portfolio: Portfolio) -> None:
        self._measure = measure
        # Words said of the measure's own figure: in its place, or as its `state`.
        self._said = frozenset(value for value in (given.get("actual"), given.get(STATE)) if isinstance(value, str))
        self._given = {name: value for name, value in given.items() if name not in (STATE, BETTER)}
        if measure is not None:
            self._given = _with_actuals(self._given)
        self.length = max((len(value) for value in self._given.values() if _is_history(value)), default=1)
        self._series = _series(given, measure, rule, portfolio)

    def fill(
        self,
        back: int,
        facts: dict[tuple[str, bool], Quantity],
        holding: dict[tuple[str, bool], frozenset[str]],
        untold: dict[tuple[str, bool], frozenset[str]],
    ) -> None:
        """Put in what is known `back` periods before the last."""
        if self._measure is None:
            for name, value in self._given.items():
                if isinstance(value, str):
                    if back == 0:
                        holding[name, False] = frozenset([value])
                elif (quantity := self._at(value, name, back)) is not None:
                    facts[name, False] = quantity
            return
        points, stated = self._history(back)
        signal = read_signal(points, self._series)
        known = measure_attributes(points, self._series) | signal.facts | stated
        for attribute, quantity in known.items():
            facts[self._key(attribute)] = quantity
        words, unknown = movement_words(known, self._series.better)
        said = self._said if back == 0 else frozenset[str]()
        holding[self._key("actual")] = words | signal.holds | said | figure_words(
            [FigureState(word) for word in said & _STATES],
            reported="actual" in known, due=True, late=OVERDUE in said, explained=EXPLAINED in said,
        )  # fmt: skip
        untold[self._key("actual")] = unknown | signal.unknown

    def _key(self, attribute: str) -> tuple[str, bool]:
        if not self._measure:
            return attribute, True
        return (self._measure if attribute == "actual" else f"{self._measure}.{attribute}"), False

    def _history(self, back: int) -> tuple[list[Point], dict[str, Quantity]]:
        """The figures up to a period, from which the rest follows, and what is given of that period outright."""
        # Before the first of its own periods, where another's history goes further back, nothing is known of it.
        periods = range(max(self.length - 1, back), back - 1, -1)
        histories = {name: [self._at(value, name, one) for one in periods] for name, value in self._given.items()}
        points = given_history(
            _values(histories.get("actual", [None] * len(periods))),
            _values(histories.get("target", ())), _values(histories.get("forecast", ())),
            year_starts_in=self._series.year_starts_in,
        )  # fmt: skip
        now = histories.get("year_target", [None])[-1]
        last = points[-1]._replace(year_target=None if now is None else now.value)
        stated = {name: values[-1] for name, values in histories.items()}
        return [*points[:-1], last], {name: value for name, value in stated.items() if value is not None}

    def _at(self, value: object, name: str, back: int) -> Quantity | None:
        if _is_history(value):
            place = len(value) - 1 - back
            return value[place] if place >= 0 else None
        if isinstance(value, Quantity) and (back == 0 or (self._measure is not None and name in _THROUGHOUT)):
            return value
        return None


def _with_actuals(given: Mapping[str, object]) -> dict[str, object]:
    """A figure with `previous` and `two_back` beside it is a history too: `change` follows from it."""
    actual, previous, two_back = given.get("actual"), given.get("previous"), given.get("two_back")
    if not isinstance(actual, Quantity) or not isinstance(previous, Quantity):
        return dict(given)
    return {**given, "actual": (*([two_back] if isinstance(two_back, Quantity) else []), previous, actual)}


def _values(history: Sequence[Quantity | None]) -> list[Decimal | None]:
    return [None if quantity is None else quantity.value for quantity in history]


def _series(given: Mapping[str, object], measure: str | None, rule: Rule, portfolio: Portfolio) -> Series:
    """How the measure is read: as it is defined, or for any measure as those of its unit that the rule is asked of."""
    unit = next((one.unit for name, one in _quantities(given) if MEASURE_ATTRIBUTES.get(name) is None), Unit.NUMBER)
    asked = [portfolio.measures[measure]] if measure else _of_unit(unit, rule, portfolio)
    ways = {one.better for one in asked}
    better = ways.pop() if len(ways) == 1 else Better.HIGHER
    stated = given.get(BETTER)
    if isinstance(stated, str):
        better = Better(stated)
    return Series(asked[0].unit if measure else unit, better, adds_up=any(one.adds_up for one in asked))


def _of_unit(unit: Unit, rule: Rule, portfolio: Portfolio) -> list[Measure]:
    asked = [portfolio.measures[name] for name in measures_asked(portfolio, rule.measure, rule.only)]
    return [one for one in asked if one.unit is unit]


def _quantities(given: Mapping[str, object]) -> list[tuple[str, Quantity]]:
    found: list[tuple[str, Quantity]] = []
    for name, value in given.items():
        values = value if _is_history(value) else (value,)
        found += [(name, one) for one in values if isinstance(one, Quantity)]
    return found
