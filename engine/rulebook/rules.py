"""A rulebook as read: rules and dated thresholds, each with its place in the file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from engine.model.values import Quantity, Unit
from engine.model.workspace import Level
from engine.rulebook.syntax import NOWHERE, At, Condition, ThresholdRef, walk


@dataclass(frozen=True, slots=True)
class ThresholdValue:
    from_: date  # first day it holds
    value: Quantity | None  # None: `not set`
    why: str = ""
    approved_by: str = ""
    at: At = NOWHERE


@dataclass(frozen=True, slots=True)
class Threshold:
    name: str
    title: str
    unit: Unit
    values: tuple[ThresholdValue, ...]  # oldest first
    at: At = NOWHERE

    def on(self, day: date) -> Quantity | None:
        """What holds on a day; None where nothing does."""
        held = [value for value in self.values if value.from_ <= day]
        return held[-1].value if held else None


@dataclass(frozen=True, slots=True)
class Band:
    """One rung of a ladder. `when` is its own condition as written; None for `otherwise`."""

    status: str
    when: Condition | None
    at: At = NOWHERE


@dataclass(frozen=True, slots=True)
class RuleTest:
    """`{given: …, expect: fires}`: facts by name (each a value, a state or a history, oldest first)."""

    given: Mapping[str, object]  # name -> Quantity | tuple of (Quantity | None) | str (a state)
    expect: str  # "fires", "quiet", "unknown", or a band's status
    on: date | None = None  # thresholds as they hold on that day; without it their latest values
    at: At = NOWHERE


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Either `when` with what it yields, or `bands` (a ladder, first band that holds)."""

    id: str
    title: str
    levels: frozenset[Level]  # whose subjects it is asked of
    of_measures: bool  # asked of each measure of those subjects
    yields: Literal["status", "remark", "problem"]
    status: str | None = None  # what it yields, where `yields` is "status" and there are no bands
    when: Condition | None = None
    clears: Condition | None = None  # where there is one: having fired, the rule stands until this is true
    bands: tuple[Band, ...] = ()
    because: str = ""  # template: "{pa_recruitment} recruited against {pa_recruitment.target}"
    action: str = ""
    required: bool = True
    supporting: bool = False  # the status it gives a measure is the measure's alone
    only: frozenset[str] = frozenset()  # refs of subjects, or ids of measures; empty: all
    measure: str | None = None  # a ladder's, or any rule for one measure
    from_: date | None = None
    until: date | None = None
    tests: tuple[RuleTest, ...] = ()
    file: str = ""
    at: At = NOWHERE

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All that it asks, in the order written."""
        return tuple(one for one in (self.when, self.clears, *(band.when for band in self.bands)) if one is not None)

    @property
    def thresholds(self) -> frozenset[str]:
        """The thresholds that its conditions name."""
        nodes = (node for condition in self.conditions for node in walk(condition))
        return frozenset(node.name for node in nodes if isinstance(node, ThresholdRef))

    def holds_on(self, day: date) -> bool:
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A rule with faults, as it is written."""

    written: object
    at: At

    @property
    def of_measures(self) -> bool:
        """Whether it is asked of measures, so that their units are its own."""
        if not isinstance(self.written, dict):
            return False
        return "measure" in self.written or "measures" in str(self.written.get("for"))

    def mentions(self, name: str) -> bool:
        """Whether a name stands anywhere in it."""
        return re.search(rf"\b{re.escape(name)}\b", str(self.written)) is not None


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules and thresholds of a portfolio."""

    portfolio: str
    rules: tuple[Rule, ...]
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)

    @property
    def latest(self) -> "EffectiveRules":
        """All rules, with each threshold's latest value."""
        values = {name: t.values[-1].value for name, t in self.thresholds.items() if t.values}
        return EffectiveRules(self.rules, {name: value for name, value in values.items() if value is not None})

    def on(self, day: date) -> "EffectiveRules":
        """What holds on a day."""
        return EffectiveRules(
            tuple(rule for rule in self.rules if rule.holds_on(day)),
            {name: value for name, t in self.thresholds.items() if (value := t.on(day)) is not None},
        )


@dataclass(frozen=True, slots=True)
class EffectiveRules:
    """The rules in force on a day with the thresholds' values; a threshold without a value is absent."""

    rules: tuple[Rule, ...]
    thresholds: Mapping[str, Quantity]
