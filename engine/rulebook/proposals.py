"""Tests that could be added to a rule: figures put on its limits and beside them, and what the rule says of them.

A proposal says what the rule does now. Whether that is what was meant is for its author to judge.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cached_property

from engine.facts.names import MEASURE_ATTRIBUTES, FactNames
from engine.facts.words import MISSING
from engine.model.values import EXACT, Quantity, Unit
from engine.model.workspace import Lifecycle, Portfolio, Scheme
from engine.rulebook.describe import describe_number
from engine.rulebook.known import Known
from engine.rulebook.names import measures_asked
from engine.rulebook.rules import EffectiveRules, Rule, RuleTest
from engine.rulebook.ruletests import Evaluate, run_test
from engine.rulebook.syntax import Comparison, Expression, Fact, ForPeriods, Is, facts_in, walk
from engine.rulebook.testreading import BETTER, STATE, UNKNOWN
from engine.rulebook.testscope import TestScope
from engine.rulebook.values import value_of
from engine.rulebook.worked import Worked, worked

Given = Mapping[str, object]  # as in RuleTest: a Quantity, a history of them, or a word

_ROUND_FIGURE = Decimal(100)  # where nothing says what a figure might be
_HUNDREDTH, _MILLIONTH = Decimal("0.01"), Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Tried:
    """A test: what it gives, what the rule says of it, and its comparisons."""

    given: Given
    outcome: str
    scope: TestScope
    worked: tuple[Worked, ...]


Wanted = Callable[[Tried], bool]


class Proposals:
    """Finds tests for one rule."""

    def __init__(
        self, rule: Rule, portfolio: Portfolio, scheme: Scheme, effective: EffectiveRules, evaluate: Evaluate
    ) -> None:
        self._rule, self._portfolio, self._effective, self._evaluate = rule, portfolio, effective, evaluate
        self._names, self._known = FactNames(portfolio, scheme), Known()
        self._likely = (Lifecycle.LIVE.value, *(status.id for status in scheme.statuses))
        self._nodes = tuple(node for condition in rule.conditions for node in walk(condition))
        self._facts = {fact.name: fact for condition in rule.conditions for fact in facts_in(condition)}
        # How many periods a test has to have: as many as are asked in a row, and one more for what may clear the rule.
        self._in_a_row = [node.periods for node in self._nodes if isinstance(node, ForPeriods)]
        self._periods = max(self._in_a_row, default=1) + (rule.clears is not None)
        self._proposed: list[Tried] = []

    def has(self, wanted: Wanted) -> bool:
        """Whether a test that was proposed already shows it."""
        return any(map(wanted, self._proposed))

    def first(self, wanted: Wanted) -> str | None:
        """A test that shows what is wanted, as the rule file would have it: one proposed before, else the first found.

        None where none is found.
        """
        for tried in self._proposed:
            if wanted(tried):
                return as_written(tried)
        for tried in self._tries:
            if wanted(tried):
                self._proposed.append(tried)
                return as_written(tried)
        return None

    @cached_property
    def _tries(self) -> list[Tried]:
        givens = {as_text(given): given for given in self._givens()}
        tried = [self._tried(given) for given in givens.values()]
        return sorted(tried, key=lambda one: one.outcome == UNKNOWN)  # these say least

    def _tried(self, given: Given) -> Tried:
        result = run_test(RuleTest(given, ""), 0, self._rule, self._portfolio, self._effective, self._evaluate)
        return Tried(given, result.got, result.scope, tuple(worked(self._rule, result.scope)))

    # ---- what to try

    def _givens(self) -> Iterator[Given]:
        for template in self._templates():
            yield template
            for node in self._nodes:
                if isinstance(node, Comparison):
                    yield from self._beside(node, template)
                elif isinstance(node, Is):
                    yield self._with_word(node, template)
        yield {}

    def _templates(self) -> Iterator[dict[str, object]]:
        """What the rule's own tests give of what it names, the fullest first; then made-up figures.

        These make all of its comparisons hold, none, one alone or all but one.
        """
        of_tests = (
            {name: value for name, value in one.given.items() if self._is_named(name)} for one in self._rule.tests
        )
        yield from sorted(of_tests, key=len, reverse=True)
        asked = [node for node in self._nodes if isinstance(node, Comparison | Is)]
        for odd in (None, *asked):
            for most in (True, False):
                yield self._made_up({id(node): most is not (node is odd) for node in asked})

    def _made_up(self, holds: Mapping[int, bool]) -> dict[str, object]:
        """Figures with which each comparison holds or not, as far as one figure of it can be moved."""
        units = {name: self._unit(fact) for name, fact in self._facts.items()}
        given: dict[str, object] = {name: Quantity(_ROUND_FIGURE, unit) for name, unit in units.items() if unit}
        for node in self._nodes:
            if isinstance(node, Is):
                given = dict(self._with_word(node, given) if holds[id(node)] else self._without_word(node, given))
            elif isinstance(node, Comparison):
                moved = (self._tried(one) for one in self._beside(node, given))
                fits = (
                    one.given for one in moved if any(w.node == node and w.holds is holds[id(node)] for w in one.worked)
                )
                given = dict(next(fits, given))
        return given

    def _beside(self, node: Comparison, template: Mapping[str, object]) -> Iterator[Given]:
        """The template with one figure of a comparison on its limit, and beside it."""
        for figure in (node.left, node.right):
            values = self._values(figure, node, template) if isinstance(figure, Fact) else []
            if not isinstance(figure, Fact) or not values:
                continue
            if not self._in_a_row:
                yield from ({**template, figure.name: value} for value in values)
            if self._periods > 1:
                # The same in every period, or before it a figure about any limit that the rule has for it.
                before = dict.fromkeys(
                    one for other in self._asked_of(figure) for one in self._values(figure, other, template)
                )
                for value in values:
                    for first in (value, *before):
                        yield {**template, figure.name: (first, *(value for _ in range(self._periods - 1)))}
                        if self._rule.clears is not None:  # it fires, and then the last period clears it
                            yield {**template, figure.name: (*(first for _ in range(self._periods - 1)), value)}

    def _asked_of(self, figure: Fact) -> Iterator[Comparison]:
        """The comparisons that have it for one of their sides."""
        for node in self._nodes:
            if isinstance(node, Comparison):
                sides = (side.name for side in (node.left, node.right) if isinstance(side, Fact))
                if figure.name in sides:
                    yield node

    def _values(self, figure: Fact, node: Comparison, template: Mapping[str, object]) -> list[Quantity]:
        """Figures on the limit that a comparison has for one of its sides, and beside it."""
        other = node.right if isinstance(node.left, Fact) and node.left.name == figure.name else node.left
        unit = self._unit(figure)
        if unit is None or figure.name in {fact.name for fact in facts_in(other)}:
            return []
        limit = self._value(other, {name: value for name, value in template.items() if name != figure.name})
        return [] if limit is None else [Quantity(one, unit) for one in self._around(figure, limit.value, unit)]

    def _around(self, figure: Fact, limit: Decimal, unit: Unit) -> Iterator[Decimal]:
        """Figures on a limit and near it on both sides, those first that people would write."""
        step = _step(limit, unit)
        values = [limit, EXACT.add(limit, step), EXACT.subtract(limit, step)]
        for places in (Decimal(1), _HUNDREDTH):
            values += [limit.quantize(places, rounding, EXACT) for rounding in (ROUND_FLOOR, ROUND_CEILING)]
        least = self._known.least(figure.name)
        for value in dict.fromkeys(values):
            if least is not None and value < Decimal(least.numerator) / least.denominator:
                continue
            if value.quantize(_MILLIONTH, ROUND_FLOOR, EXACT) != value:  # nobody would write that out
                continue
            if not self._known.is_whole(figure.name) or value == value.to_integral_value():
                yield value

    def _with_word(self, node: Is, template: Mapping[str, object]) -> Given:
        name = node.fact.name
        if self._names.is_state_only(name) or node.word == MISSING:
            return {**template, name: node.word}
        return {**template, (STATE if node.fact.alone else f"{name}.{STATE}"): node.word}

    def _without_word(self, node: Is, template: Mapping[str, object]) -> Given:
        name = node.fact.name
        if not self._names.is_state_only(name):
            return template
        others = self._names.words(name) - {node.word}
        return {**template, name: next(word for word in (*self._likely, *sorted(others)) if word in others)}

    # ---- helpers

    def _value(self, expression: Expression, given: Given) -> Quantity | None:
        test = run_test(RuleTest(given, ""), 0, self._rule, self._portfolio, self._effective, self._evaluate)
        return value_of(expression, test.scope)

    def _unit(self, fact: Fact) -> Unit | None:
        """A figure's unit; of one that stands alone, that of the first measure that the rule is asked of."""
        if not fact.alone:
            return self._names.unit(fact.name)
        measures = measures_asked(self._portfolio, self._rule.measure, self._rule.only)
        own = (self._portfolio.measures[name].unit for name in measures)
        return MEASURE_ATTRIBUTES[fact.name] or next(own, None)

    def _is_named(self, given: str) -> bool:
        """Whether what a test gives is of something that the rule names."""
        base, _, last = given.rpartition(".")
        if given in self._facts or given == BETTER:
            return True
        return (base or "actual") in self._facts if last == STATE else False


def as_written(tried: Tried) -> str:
    """A test as the rule file has it: "{given: {pa_recruitment: 30%}, expect: quiet}"."""
    return f"{{given: {as_text(tried.given)}, expect: {tried.outcome}}}"


def as_text(given: Given) -> str:
    """What a test gives, as the rule file has it."""
    return f"{{{', '.join(f'{name}: {_text(value)}' for name, value in given.items())}}}"


def _text(value: object) -> str:
    if isinstance(value, Quantity):
        return describe_number(value.value, value.unit)
    if isinstance(value, tuple):
        return f"[{', '.join(_text(one) for one in value)}]"
    return MISSING if value is None else str(value)


def _step(limit: Decimal, unit: Unit) -> Decimal:
    """A distance that is near a limit and easily written: a tenth of it to one figure, or 1 where that is near too."""
    if unit is not Unit.MONEY and limit == limit.to_integral_value():
        return Decimal(1)
    if not limit:
        return Decimal(1000)
    tenth = abs(limit) / 10
    place = Decimal(1).scaleb(tenth.adjusted())
    return EXACT.multiply((tenth / place).to_integral_value(ROUND_FLOOR), place)
