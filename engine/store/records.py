"""What goes into the store at once, and what comes out of it. No SQL here, so that importing it costs nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from engine.alerts.cases import CaseChanges
from engine.model.alerts import Decision, OutboxState, Rendered, Told
from engine.model.run import RunOut
from engine.periods import Period


@dataclass(frozen=True, slots=True)
class Queued:
    """A message as it goes into the outbox, with what its recipient will then know."""

    rendered: Rendered
    told: tuple[Told, ...]  # their `message` is the rendered message's `id`
    state: OutboxState = OutboxState.PENDING  # or held
    detail: str = ""  # why it is held


@dataclass(frozen=True, slots=True)
class Publication:
    """One period's run with all that follows from it: kept whole or not at all."""

    out: RunOut
    period: Period
    now: datetime
    hash: str  # of everything that the run follows from
    figures_hash: str
    rules_hash: str
    acts_hash: str  # of what people decided by command; "" where nobody did
    inputs: str  # the parsed inputs, as text: from them the run can be derived again
    cases: CaseChanges
    decisions: tuple[Decision, ...] = ()
    occurrences: Mapping[str, str] = field(default_factory=dict)  # of the telling, by audience
    messages: tuple[Queued, ...] = ()
    withdraws: frozenset[str] = frozenset()  # ids of messages of earlier revisions, not yet claimed, that this replaces


@dataclass(frozen=True, slots=True)
class ToldBy:
    """What a message says of a subject to its recipient, and what became of the message."""

    told: Told
    state: OutboxState
    queued: datetime
    sent: datetime | None


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a portfolio had come when something began to be derived from what was published and told of it."""

    runs: int  # published, every revision counted
    told: int  # the number of the last thing told, 0 before the first
    acts: int  # the number of the last act of a person, likewise


@dataclass(frozen=True, slots=True)
class MadeTelling:
    """An occurrence of an audience's telling on a calendar of its own, which is told once."""

    audience: str
    portfolio: str
    occurrence: str  # a day, ISO
    run: str  # that it was about
    made: datetime


@dataclass(frozen=True, slots=True)
class MadeDecision:
    """A decision as it was kept, with the telling that it was made for."""

    decision: Decision
    period: str
    occurrence: str
    run: str
    made: datetime


@dataclass(frozen=True)
class StoredRun:
    """A published run."""

    id: str
    portfolio: str
    period: str
    period_end: date
    revision: int
    hash: str
    figures_hash: str
    rules_hash: str
    acts_hash: str
    judged_by: str
    published_at: datetime
    body: str  # JSON

    @cached_property
    def out(self) -> RunOut:
        """The run as the JSON contract has it; read from the text when first asked for."""
        return RunOut.model_validate_json(self.body)
