"""Of whom a rule is asked: level, measures and names, worked out once for each rule."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntFlag

from engine.facts.attributes import MOVEMENTS, OFF_TARGET
from engine.facts.signals import SIGNAL
from engine.model.facts import FactSheet, MeasureSheet
from engine.model.workspace import Portfolio
from engine.rulebook.clearing import clearing
from engine.rulebook.rules import EffectiveRules, Rule
from engine.rulebook.syntax import And, Comparison, Condition, Fact, ForPeriods, Is, Not, Or, facts_in, walk

_TOLD = re.compile(r"\{\s*(\w+)")  # what a name in a rule's sentence is about


class Needs(IntFlag):
    """The statuses that a rule asks of its subject's sheet, beside the figures."""

    FIGURES = 0
    BELOW = 1  # of what lies below it
    BEFORE = 2  # its own in the period before
    MEASURES = 4  # of its measures


_COUNTS = ("measures", "projects", "programmes")  # what begins so counts what came back, or how it was judged
_OF_FIGURES = frozenset((OFF_TARGET, SIGNAL, *MOVEMENTS))  # the words that follow from figures; the others are said
_NEEDS = {
    "projects": Needs.BELOW,
    "programmes": Needs.BELOW,
    "status": Needs.BEFORE,
    "measures": Needs.MEASURES,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule and what asking it takes."""

    rule: Rule
    order: int  # its place in the rulebook
    expected: frozenset[str]  # what its subject's sheet must expect
    alone: frozenset[str]  # the attributes it names of the one measure it is asked of
    measures: tuple[str, ...]  # the measures it names in full
    needs: Needs
    grounds: tuple[Comparison | Is, ...]  # what it asks of figures, and not of what was said or how many came back
    of_figures_alone: bool  # it asks nothing else, and of no earlier period: what it says rests on a figure
    clearing: Rule | None = None  # what clears it, as a rule of its own

    @property
    def rates(self) -> bool:
        """Whether it yields a status."""
        return self.rule.yields == "status"


def asked_of(rules: EffectiveRules, portfolio: Portfolio) -> tuple[Asked, ...]:
    """Every rule in force, in the order written."""
    return tuple(_read(rule, order, portfolio) for order, rule in enumerate(rules.rules))


def applies(asked: Asked, sheet: FactSheet) -> bool:
    """Whether a rule for subjects is asked of this one: its level, and all that it names is expected there."""
    rule = asked.rule
    return (
        not rule.of_measures
        and sheet.level in rule.levels
        and (not rule.only or sheet.subject in rule.only)
        and asked.expected <= sheet.expected
    )


def applies_to_measure(asked: Asked, sheet: FactSheet, measure: MeasureSheet) -> bool:
    """Whether a rule for measures is asked of this one.

    A measure without a direction is never coloured, so that no rule that yields a status is asked of it.
    """
    rule = asked.rule
    return (
        rule.of_measures
        and sheet.level in rule.levels
        and rule.measure in (None, measure.measure)
        and (not rule.only or measure.measure in rule.only or sheet.subject in rule.only)
        and (measure.rateable or not asked.rates)
        and asked.expected <= sheet.expected
    )


def base(name: str) -> str:
    """What a name is about: "savings" of "savings.net_at_risk in 2018/19"."""
    return name.partition(" ")[0].partition(".")[0]


def _read(rule: Rule, order: int, portfolio: Portfolio) -> Asked:
    facts = tuple(_facts(rule))
    bases = dict.fromkeys(base(fact.name) for fact in facts if not fact.alone)
    return Asked(
        rule=rule,
        order=order,
        expected=frozenset(bases),
        alone=frozenset(fact.name for fact in facts if fact.alone),
        measures=tuple(name for name in bases if name in portfolio.measures),
        needs=_needs((*bases, *_TOLD.findall(rule.because)), rule),
        grounds=(grounds := tuple(_grounds(rule))),
        of_figures_alone=bool(grounds)
        and all(one in grounds or isinstance(one, And | Or | Not) for one in _asks(rule)),
        clearing=clearing(rule),
    )


def _needs(names: Iterable[str], rule: Rule) -> Needs:
    needs = Needs.FIGURES
    for name in names:
        needs |= _NEEDS.get(name, Needs.FIGURES)
    # The statuses of measures follow from the rules for measures: these can't wait for them.
    return needs & ~Needs.MEASURES if rule.of_measures else needs


def _asks(rule: Rule) -> Iterator[Condition]:
    """All conditions in a rule, of whatever kind."""
    for condition in rule.conditions:
        yield from (node for node in walk(condition) if isinstance(node, Comparison | Is | And | Or | Not | ForPeriods))


def _grounds(rule: Rule) -> Iterator[Comparison | Is]:
    for condition in rule.conditions:
        for node in walk(condition):
            of_figures = isinstance(node, Is) and node.word in _OF_FIGURES
            compares = isinstance(node, Comparison) and any(base(fact.name) not in _COUNTS for fact in facts_in(node))
            if isinstance(node, Comparison | Is) and (of_figures or compares):
                yield node


def _facts(rule: Rule) -> Iterator[Fact]:
    for condition in rule.conditions:
        yield from facts_in(condition)
