"""The fact sheet: all that is known of one subject for one period, under plain names."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.model.problems import Problem
from engine.model.values import Quantity
from engine.model.workspace import Level, Lifecycle, TargetWord
from engine.periods import Period


@dataclass(frozen=True, slots=True)
class MeasureSheet:
    """What is known of one measure (or one part of it) of a subject.

    `facts` are under the attribute names that stand alone in a rule for measures: "actual", "target", "shortfall",
    "previous" … Absent is unknown. `states` are the words that hold of the figure ("missing", "overdue",
    "provisional", "explained", "off target", "rising" …); `unknown_states` those that can't be told.
    """

    subject: str
    measure: str
    part: str | None
    title: str
    facts: Mapping[str, Quantity]
    states: frozenset[str]
    unknown_states: frozenset[str]
    supporting: bool
    rateable: bool  # has a direction (`better`)
    owed: bool = False  # none has come since the configuration last asked for one, or it was said why there is none
    decimals: int | None = None
    target_word: TargetWord | None = None
    target_text: str = ""  # how it was agreed, in words
    note: str = ""
    signal: str = ""  # what makes the figure a signal or, where that can't be told, what is lacking


@dataclass(frozen=True, slots=True)
class FactSheet:
    """All that is known of a subject in a period; what conditions speak about.

    `facts` holds every number under its full name ("pa_recruitment.target", "savings.net_at_risk in 2018/19",
    "projects.off_target_share"); a name that is expected but not known is absent. `states` maps a name to the words
    that hold of it ("pa_recruitment" -> {"missing"}, "lifecycle" -> {"live"}, "status.previous" -> {"at_risk"}).
    `expected` answers whether a rule naming something applies here: measures configured, "savings" and "milestones"
    once a return had a row, "projects" and "programmes" on parents, "measures" where there are any.
    """

    subject: str
    level: Level
    title: str
    period: Period
    lifecycle: Lifecycle
    facts: Mapping[str, Quantity]
    states: Mapping[str, frozenset[str]]
    unknown_states: Mapping[str, frozenset[str]]
    expected: frozenset[str]
    measures: tuple[MeasureSheet, ...] = ()
    problems: tuple[Problem, ...] = field(default=())  # only where a person reads the sheet (FactBook.problems_of)
