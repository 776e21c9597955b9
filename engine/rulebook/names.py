"""The names that a condition may use where it stands, and what each of them means there."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from engine.model.values import Unit
from engine.model.workspace import Portfolio
from engine.rulebook.syntax import Fact
from engine.workspace.spelling import did_you_mean, listed, quoted


class Names(Protocol):
    """The names of a portfolio's fact sheets (engine.facts.names has them)."""

    @property
    def measure_attributes(self) -> Mapping[str, Unit | None]:
        """What stands alone in rules for measures, with its unit; None is the measure's own."""

    def unit(self, name: str) -> Unit | None:
        """The unit of a figure by its full name; None where there is no such figure."""

    def is_state_only(self, name: str) -> bool:
        """Whether the name holds a word and never a figure ("lifecycle")."""

    def all(self) -> tuple[str, ...]:
        """Every full name."""

    def words(self, name: str) -> frozenset[str]:
        """The words that may follow `is` after a name, or after an attribute that stands alone."""


def measures_asked(portfolio: Portfolio, measure: str | None, only: Iterable[str]) -> list[str]:
    """The measures that a rule for measures may be asked of: its own, or those in its `only`, or all there are."""
    if measure is not None:
        return [measure] if measure in portfolio.measures else []
    named = set(only)
    carried = {one for ref in named if ref in portfolio.subjects for one in portfolio.subjects[ref].measures}
    return [name for name in portfolio.measures if not named or name in named or name in carried]


def grouped(portfolio: Portfolio) -> dict[str, tuple[str, ...]]:
    """The measures of each group, in the order written."""
    groups: dict[str, tuple[str, ...]] = {}
    for name, measure in portfolio.measures.items():
        if measure.group is not None:
            groups[measure.group] = (*groups.get(measure.group, ()), name)
    return groups


def own_attribute(name: str, measure: str | None, attributes: Container[str]) -> str | None:
    """The attribute that a name means in a rule for measures: alone, or in full where the rule is for one measure."""
    if name in attributes:
        return name
    if measure is None:
        return None
    if name == measure:
        return "actual"
    attribute = name.removeprefix(f"{measure}.")
    return attribute if attribute != name and attribute in attributes else None


class UnknownNameError(ValueError):
    """No name of the sheet, or one that can't be told apart; `what` and `cure` are the sentence.

    `follows` is True where it is unknown only because another name beside it is, which is told already.
    """

    def __init__(self, what: str, cure: str, *, follows: bool = False) -> None:
        super().__init__(f"{what}; {cure}")
        self.what = what
        self.cure = cure
        self.follows = follows


@dataclass(frozen=True)
class Vocabulary:
    """The names that one rule may use.

    `own` are the units that the measure of a rule for measures may have, with one measure of each as an example.
    """

    names: Names
    thresholds: Mapping[str, Unit | None] = field(default_factory=dict)  # None: its own fault is reported elsewhere
    of_measures: bool = False
    measure: str | None = None  # the one measure that the rule is about
    own: Mapping[Unit, str] = field(default_factory=dict)
    statuses: tuple[str, ...] = ()  # the scheme's, best first

    def resolve(self, name: str, beside: Iterable[str] = ()) -> Fact | None:
        """The figure or state that a name means here; None for a threshold.

        `beside` are the names of the same comparison: an attribute alone belongs to the one measure among them.
        Raises UnknownNameError.
        """
        if name in self.thresholds:
            return None
        if self.of_measures:
            if alone := own_attribute(name, self.measure, self.names.measure_attributes):
                return Fact(alone, alone=True)
            if name.startswith("measures."):
                raise UnknownNameError(
                    f"`{name}` counts measures, which a rule for measures is still judging",
                    "move the condition to a rule `for: projects`",
                )
        if self._is_known(name):
            return Fact(name)
        if not self.of_measures and name in self.names.measure_attributes:
            return self._attribute_beside(name, beside)
        raise UnknownNameError(f"there is no figure {quoted(name)}", self._suggestion(name))

    def unit(self, fact: Fact, own: Unit | None) -> Unit | None:
        """A fact's unit, where the measure's own is `own`; None where it can't be told, or it is a word."""
        return (self.names.measure_attributes[fact.name] or own) if fact.alone else self.names.unit(fact.name)

    def is_word(self, fact: Fact) -> bool:
        return not fact.alone and self.names.is_state_only(fact.name)

    def _is_known(self, name: str) -> bool:
        return self.names.unit(name) is not None or self.names.is_state_only(name)

    def _attribute_beside(self, name: str, beside: Iterable[str]) -> Fact:
        def full(measure: str) -> str:
            return measure if name == "actual" else f"{measure}.{name}"

        others = [other for other in beside if other not in self.names.measure_attributes]
        measures = {other.partition(".")[0] for other in others} & self._measures
        if len(measures) == 1:
            return Fact(full(measures.pop()))
        if measures:
            forms = [full(measure) for measure in sorted(measures)]
            raise UnknownNameError(f"`{name}` may be that of several measures here", f"write {listed(forms)}")
        cure = f"write it in full, as `{full('MEASURE')}`" if name != "actual" else "write the name of the measure"
        if len(self._measures) == 1:  # with more of them, an example would be taken for what is meant
            cure = f"write it in full, as `{full(*self._measures)}`"
        follows = not all(other in self.thresholds or self._is_known(other) for other in others)
        raise UnknownNameError(f"`{name}` alone does not say of which measure", cure, follows=follows)

    @cached_property
    def _measures(self) -> frozenset[str]:
        names = self.names.all()
        known = frozenset(names)
        return frozenset(name for name in names if "." not in name and f"{name}.target" in known)

    def _suggestion(self, name: str) -> str:
        alone = self.names.measure_attributes if self.of_measures else ()
        known = (*self.thresholds, *alone, *self.names.all())
        return did_you_mean(name, known) or "`telltale facts` lists the names of a subject"
