"""The formulas of measures that are worked out from others (`equals: forecast_spend - budget`)."""

from collections.abc import Iterator, Mapping

from engine.facts.names import FactNames
from engine.model.numbers import KIND
from engine.model.problems import Fault
from engine.model.values import Quantity
from engine.model.workspace import Portfolio, Scheme
from engine.rulebook.names import Vocabulary
from engine.rulebook.parser import read_expression
from engine.rulebook.scope import Figures
from engine.rulebook.slips import Source
from engine.rulebook.syntax import NOWHERE, At, Expression, Fact, facts_in
from engine.rulebook.units import unit_of
from engine.rulebook.values import value_of
from engine.workspace.yamlfile import YamlFile


class Formulas:
    """Works out formulas by their text: an engine.facts.equals.Evaluator. Each is read once.

    A formula that can't be read comes to nothing here; `formula_faults` tells of it.
    """

    def __init__(self, portfolio: Portfolio, scheme: Scheme) -> None:
        self._vocabulary = Vocabulary(FactNames(portfolio, scheme))
        self._read: dict[str, Expression | None] = {}

    def __call__(self, text: str, known: Mapping[str, Quantity]) -> Quantity | None:
        expression = self._expression(text)
        return None if expression is None else value_of(expression, Figures(known))

    def facts(self, text: str) -> tuple[Fact, ...]:
        """What a formula is made of, in the order written."""
        expression = self._expression(text)
        return () if expression is None else facts_in(expression)

    def _expression(self, text: str) -> Expression | None:
        if text not in self._read:
            self._read[text], _ = read_expression(Source(text, NOWHERE), self._vocabulary)
        return self._read[text]


def formula_faults(file: YamlFile, portfolio: Portfolio, scheme: Scheme) -> Iterator[Fault]:
    """What is wrong with the formulas of a portfolio, at their places in its file."""
    vocabulary = Vocabulary(FactNames(portfolio, scheme))
    for name, measure in portfolio.measures.items():
        if measure.equals is None:
            continue
        loc = ("measures", name, "equals")
        entry = file.entry(loc)
        expression, slips = read_expression(Source(measure.equals, At(*entry.value), entry.style), vocabulary)
        yield from (slip.as_fault(file.shown) for slip in slips)
        unit = None if expression is None else unit_of(expression, vocabulary)
        if unit is not None and unit is not measure.unit:
            what = f"this comes to {KIND[unit]}, and `{name}` is {KIND[measure.unit]}"
            yield file.fault(loc, "wrong-unit", what, "change the formula, or the measure's unit")
