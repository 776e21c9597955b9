"""The result of a run: the JSON contract of `telltale run`, also what the store keeps and the messages show."""

from typing import Literal

from pydantic import Field

from engine.model.base import Frozen
from engine.model.problems import Problem
from engine.model.values import Unit
from engine.model.workspace import Level, Lifecycle

Trend = Literal["Better", "Same", "Worse", "New"]
MovedBy = Literal["figures", "rules", "decision"]


class EvidenceOut(Frozen):
    """One figure behind a finding: exact, in pounds or as 15.1 for per cent, and as people write it."""

    value: str
    unit: Unit
    shown: str


class GapOut(EvidenceOut):
    """How far a figure is from where it clears a finding; of a percentage in points."""

    way: Literal["short", "over"]


class MilestoneOut(Frozen):
    """A milestone that a finding counts, as it was returned."""

    name: str
    planned: str | None = None  # a day
    forecast: str | None = None


class ExplanationOut(Frozen):
    """What was returned in explanation of a measure, where it holds."""

    measure: str
    title: str  # the measure's
    reason: str
    recovery_by: str | None = None  # a day; None: it holds for its own period only


class FindingOut(Frozen):
    """Why a subject isn't better: a rule that fired, or a person's floor."""

    rule: str  # the rule's id, or "floor"
    title: str
    measure: str | None = None
    part: str | None = None
    status: str
    because: str
    evidence: dict[str, EvidenceOut] = {}
    to_clear: str | None = None
    gap: GapOut | None = None  # from being cleared, where that takes one figure alone
    clears_to: str | None = None  # of a ladder: the status of its next better band
    action: str | None = None
    as_at: str | None = None  # held since: the period in which it was last judged
    last_fired: str | None = None  # the period its condition was last true in, where it stands until it is cleared
    source: str | None = None  # "rules/improving_lives.yaml:12"
    milestones: tuple[MilestoneOut, ...] = ()  # those that it counts
    explanations: tuple[ExplanationOut, ...] = ()  # of the measures that it names


NO_DIRECTION = "It has no direction: neither higher nor lower is better."  # why such a measure is never rated


class MeasureOut(Frozen):
    measure: str
    part: str | None = None
    title: str
    unit: Unit
    actual: str | None = None
    target: str | None = None
    shown: str = ""  # "15.1% against 50%"
    status: str | None = None
    supporting: bool = False
    not_rated_because: str | None = None
    note: str = ""  # the return's own, beside the figure
    explanation: ExplanationOut | None = None  # where one holds


class NotAssessed(Frozen):
    """Rules that could not be judged, grouped by what is missing."""

    missing: tuple[str, ...]
    rules: tuple[str, ...]
    words: tuple[str, ...] = ()  # what is missing, as people say it
    never_judged: tuple[str, ...] = ()  # of the rules: not required, and judged in no earlier period either
    quiet_as_at: str | None = None  # the oldest period from which one of the rules is held to have found nothing


class RevisedOut(Frozen):
    """The status that an earlier revision of the same period gave, where it was another."""

    status: str | None
    revision: int
    by: tuple[MovedBy, ...]  # what is different since


class DecisionOut(Frozen):
    """A person's judgement in force."""

    status: str
    reason: str
    by: str
    until: str | None = None  # "2019-02", a date, "milestone NAME"


class SubjectOut(Frozen):
    ref: str
    level: Level
    title: str
    parent: str | None
    owner: str | None
    lifecycle: str
    status: str | None
    derived: str | None  # what the rules and floors say beneath an override
    declared: DecisionOut | None = None
    floor: DecisionOut | None = None
    override: DecisionOut | None = None
    previous: str | None = None  # what was published last time
    trend: Trend | None = None
    moved_by: tuple[MovedBy, ...] = ()
    revised: RevisedOut | None = None
    ended: tuple[Literal["override", "floor"], ...] = ()  # judgements of the period before that nothing replaced
    exception: bool
    remediated: bool
    as_at: str | None = None  # the oldest period a finding in force is held from
    earned: bool = False  # the best status, because every required rule was judged
    findings: tuple[FindingOut, ...] = ()
    measures: tuple[MeasureOut, ...] = ()
    remarks: tuple[str, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()
    judged: tuple[str, ...] = ()  # rules that were judged and quiet
    savings: dict[str, EvidenceOut] = {}  # "target", "net_at_risk" …, where there are any
    savings_in: str | None = None  # the financial year that these are of; None where they are of all years

    @property
    def held_from(self) -> str | None:
        """The period that the status itself is held from; None where a person or the present figures give it."""
        deciding = [finding.as_at for finding in self.findings if finding.status == self.status]
        held = [period for period in deciding if period is not None]
        if self.override is not None or not held or len(held) < len(deciding):
            return None
        return min(held)  # names of periods of one cadence sort by time

    @property
    def not_rated(self) -> bool:
        """Whether it could have a status and has none: too little could be judged. That is no recovery."""
        return self.status is None and self.lifecycle == Lifecycle.LIVE

    @property
    def rules_moved(self) -> bool:
        """Whether the status is another than an earlier revision gave, by a change of rules alone: no decline."""
        return self.revised is not None and self.revised.by == ("rules",)


class MessageOut(Frozen):
    audience: str
    to: tuple[str, ...]
    subject: str
    reasons: dict[str, str]  # subject's ref -> why it is told
    state: str  # of the outbox: "pending" or "held" when queued, then "sent", "retry", "dead" …


class AlsoRevised(Frozen):
    """Another published period that a run derived again: what it moved there, and whom it told."""

    period: str
    run: str
    revision: int
    moved: dict[str, tuple[str | None, str | None]] = {}  # by subject: the status published before, and now
    messages: tuple[MessageOut, ...] = ()


class RunOut(Frozen):
    """`telltale run … --format json`, schema 1."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    portfolio: str
    title: str
    scheme: str
    period: str
    run: str
    revision: int
    changed: tuple[MovedBy, ...] | None = None  # since the revision before
    published: Literal["new", "unchanged", "no"]
    judged_by: Literal["both", "plain"]
    now: str
    rules: dict[str, str] = {}  # the titles of the rules in force, by id
    subjects: tuple[SubjectOut, ...]
    problems: tuple[Problem, ...] = ()
    messages: tuple[MessageOut, ...] = ()
    also: tuple[AlsoRevised, ...] = ()
    undelivered: tuple[Problem, ...] = ()  # messages, of any run, that should be out and aren't
