"""Reading the tests that stand with a rule: what is given, in what unit, and what is expected."""

from collections.abc import Iterable

from engine.facts.words import MISSING
from engine.model.numbers import KIND, NumberError, as_unit, in_its_unit, read_number
from engine.model.problems import Fault
from engine.model.values import Quantity, Unit
from engine.model.verdicts import FIRES, QUIET
from engine.model.workspace import Better
from engine.periods import Cadence, PeriodError
from engine.rulebook.file import TestEntry, Written
from engine.rulebook.names import UnknownNameError, Vocabulary
from engine.rulebook.rules import RuleTest
from engine.rulebook.syntax import At, Fact
from engine.workspace.dates import last_day
from engine.workspace.spelling import did_you_mean, listed, quoted
from engine.workspace.yamlfile import Loc, YamlFile

UNKNOWN = "unknown"  # what a test expects where the rule can't be judged
STATE, BETTER = "state", "better"  # what a test may give beside facts: a word of a figure, a measure's polarity


class TestReader:
    """Reads the tests of one rule; faults are collected."""

    __test__ = False  # not one of pytest's

    def __init__(self, file: YamlFile, vocabulary: Vocabulary, cadence: Cadence, bands: Iterable[str]) -> None:
        self.faults: list[Fault] = []
        self._file = file
        self._vocabulary = vocabulary
        self._cadence = cadence
        self._outcomes = (*(tuple(bands) or (FIRES, QUIET)), UNKNOWN)

    def read(self, entry: TestEntry, loc: Loc) -> RuleTest:
        given: dict[str, object] = {}
        units: set[Unit] = set()
        for name, written in entry.given.items():
            found = self._given(" ".join(name.split()), written, (*loc, "given", name), units)
            if found is not None and found[1] is not None:
                given[found[0]] = found[1]
        if len(units) > 1:
            what = f"the figures of one measure are {listed_kinds(units)} here"
            self._fault((*loc, "given"), "wrong-unit", what, "write them all in one unit")
        if entry.expect not in self._outcomes:
            cure = did_you_mean(entry.expect, self._outcomes) or f"write {listed(self._outcomes)}"
            self._fault((*loc, "expect"), "unknown-outcome", f"this rule never says {quoted(entry.expect)}", cure)
        on = None
        if entry.on is not None:
            try:
                on = last_day(entry.on, self._cadence)
            except PeriodError as error:
                what, _, cure = str(error).partition("; ")
                self._fault((*loc, "on"), "bad-date", what, cure)
        return RuleTest(given, entry.expect, on, At(*self._file.at(loc)))

    def _given(
        self, name: str, written: Written | tuple[Written, ...], loc: Loc, units: set[Unit]
    ) -> tuple[str, object] | None:
        """The name in the rule's own terms with its value; None with a fault."""
        if self._vocabulary.of_measures and name == BETTER:
            return name, self._one_of(written, [better.value for better in Better], loc)
        base, _, last = name.rpartition(".")
        try:
            fact = self._vocabulary.resolve((base or "actual") if last == STATE else name)
        except UnknownNameError as error:
            self._fault(loc, "unknown-name", error.what, error.cure, key=True)
            return None
        if fact is None:
            what, cure = f"`{name}` is a threshold", "take it out, and say `on:` which day it is to be"
            self._fault(loc, "unknown-name", what, cure, key=True)
            return None
        words = self._vocabulary.names.words(fact.name)
        if last == STATE:
            key = STATE if fact.alone else f"{fact.name}.{STATE}"
            return key, self._one_of(written, sorted(words), loc)
        if self._vocabulary.is_word(fact):
            return fact.name, self._one_of(written, sorted(words), loc)
        if isinstance(written, tuple):
            values = [self._figure(fact, one, (*loc, i), units) for i, one in enumerate(written)]
            return fact.name, tuple(values)
        if written in words:
            return fact.name, written
        return fact.name, self._figure(fact, written, loc, units)

    def _figure(self, fact: Fact, written: Written, loc: Loc, units: set[Unit]) -> Quantity | None:
        if written is None or written == MISSING:
            return None
        try:
            number = read_number(written)
            unit = self._unit(fact, number.unit)
            if number.unit is None and number.value and unit in (Unit.PERCENT, Unit.WEEKS):
                what = f"`{fact.name}` is {KIND[unit]}, and {quoted(written)} has no unit"
                raise NumberError(what, in_its_unit(number.value, unit))
            quantity = Quantity(as_unit(number, unit, bare_money_thousands=False), unit)
        except NumberError as error:
            self._fault(loc, "bad-number", error.what, error.cure)
            return None
        if fact.alone and self._vocabulary.unit(fact, None) is None and number.value:
            units.add(unit)
        return quantity

    def _unit(self, fact: Fact, written: Unit | None) -> Unit:
        """The unit that a figure has to be in. In a rule for measures of several units, the one that is written."""
        unit = self._vocabulary.unit(fact, None)
        if unit is not None:
            return unit
        own = self._vocabulary.own
        if len(own) == 1:
            return next(iter(own))
        unit = written or Unit.NUMBER
        if own and unit not in own:
            raise NumberError(
                f"no measure of this rule is {KIND[unit]}", f"write {' or '.join(KIND[one] for one in own)}"
            )
        return unit

    def _one_of(self, written: Written | tuple[Written, ...], words: list[str], loc: Loc) -> str | None:
        if isinstance(written, str) and written in words:
            return written
        shown = quoted(written) if isinstance(written, str) else "this"
        cure = did_you_mean(written, words) if isinstance(written, str) else f"write {listed(words)}"
        self._fault(loc, "unknown-word", f"{shown} is not a word that can stand here", cure)
        return None

    def _fault(self, loc: Loc, code: str, what: str, cure: str, *, key: bool = False) -> None:
        self.faults.append(self._file.fault(loc, code, what, cure, key=key))


def listed_kinds(units: set[Unit]) -> str:
    return " and ".join(KIND[unit] for unit in sorted(units))
