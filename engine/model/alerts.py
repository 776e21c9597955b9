"""Cases over time, what an audience was told, and the decisions to tell or not."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal

from engine.model.addressed import Addressed
from engine.model.base import Frozen
from engine.model.run import SubjectOut
from engine.model.workspace import Scheme


class CaseKey(Frozen):
    """One rule on one subject or measure, or a floor or override (rule "floor", "override")."""

    rule: str
    subject: str
    measure: str | None = None
    part: str | None = None


class Case(Frozen):
    """From the period it fires until it is judged quiet."""

    key: CaseKey
    opened: str  # period
    closed: str | None = None
    status: str  # the status it gives now; a ladder's band may change it
    reopened: bool = False  # an earlier case with this key was closed before


class Reason(StrEnum):
    """Why an audience is told of a subject, or isn't. The first that holds, in this order after the gates."""

    FIRST = "first"
    CLOSED = "closed"
    RESTATED = "restated"
    WORSENED = "worsened"
    ANOTHER = "another"
    REOPENED = "reopened"
    REMEDIATED = "remediated"
    EASED = "eased"
    OVERRIDE_ENDED = "override ended"
    # and why not
    ALREADY_TOLD = "already told"
    BELOW_THRESHOLD = "better than this audience's threshold"
    NEVER_AN_EXCEPTION = "never at this audience's threshold"
    NO_ADDRESS = "nobody with an address"

    @property
    def tells(self) -> bool:
        return self not in (self.ALREADY_TOLD, self.BELOW_THRESHOLD, self.NEVER_AN_EXCEPTION, self.NO_ADDRESS)


class Told(Frozen):
    """An audience's latest message on a subject that was not dead, discarded or withdrawn, to one recipient."""

    audience: str
    recipient: str  # a person's id
    subject: str
    period: str
    status: str | None
    cases: tuple[CaseKey, ...]  # open then
    message: str  # id


class Decision(Frozen):
    """Whether a recipient of an audience is told of a subject in an occurrence, and why (not). Always stored."""

    audience: str
    recipient: str
    subject: str
    reason: Reason

    @property
    def tells(self) -> bool:
        return self.reason.tells


class HistoryPoint(Frozen):
    """A subject's published status in one period: for the small picture of the last twelve."""

    period: str
    status: str | None


def last_rated(subject: SubjectOut, earlier: Sequence[HistoryPoint]) -> str | None:
    """A subject's status when it last had one before its period; `earlier` are the periods before, oldest first."""
    before = (subject.previous, *(point.status for point in reversed(earlier)))
    return next((status for status in before if status is not None), None)


class PartOf(Frozen):
    """A programme that a subject belongs to."""

    ref: str
    title: str


class Telling(Addressed):
    """One message about statuses: everything a renderer needs, nothing it must look up."""

    kind: Literal["owner", "digest"]
    scheme: Scheme
    run: str
    rules: dict[str, str] = {}  # their titles by id
    news: tuple[Decision, ...]  # those that tell, the reasons for this message
    subjects: tuple[SubjectOut, ...]  # what is shown: the news, and in a digest every exception and remediated one
    history: dict[str, tuple[HistoryPoint, ...]] = {}  # by subject, oldest first, at most twelve, this period the last
    since: dict[str, str] = {}  # by subject: the period its oldest open case was opened in
    part_of: dict[str, tuple[PartOf, ...]] = {}  # by subject: the programmes above it, nearest first
    overview: SubjectOut | None = None  # in a digest: the portfolio itself, shown on top whatever its status

    def before(self, subject: SubjectOut) -> str | None:
        """The status of a subject shown, when it last had one before this period."""
        return last_rated(subject, self.history.get(subject.ref, ())[:-1])


class Rendered(Frozen):
    """A message's frozen bytes, as the outbox keeps and every attempt sends them."""

    dedupe_key: str
    audience: str
    recipient: str
    address: str
    portfolio: str
    period: str
    revision: int
    subject: str  # the header
    message_id: str
    date: datetime
    body: bytes  # the whole message
    reasons: dict[str, str]  # subject's ref -> reason

    @property
    def id(self) -> str:
        """The message's id in the outbox: short enough to type, and the same whenever it is worked out."""
        return hashlib.sha256(self.dedupe_key.encode()).hexdigest()[:16]


class OutboxState(StrEnum):
    HELD = "held"  # until a person releases it
    PENDING = "pending"
    CLAIMED = "claimed"  # a program has taken it up; nothing was handed over yet
    DATA_STARTED = "data_started"  # it is being handed over: from here on it may have gone out
    SENT = "sent"
    UNCERTAIN = "uncertain"  # whether it went out is not known, until evidence or a person says so
    RETRY = "retry"  # it certainly did not go out, and is tried again
    DEAD = "dead"  # it certainly did not go out, and is not tried again
    DISCARDED = "discarded"  # by a person
    WITHDRAWN = "withdrawn"  # a newer revision took its place


NEEDS_A_PERSON = (OutboxState.HELD, OutboxState.DEAD, OutboxState.UNCERTAIN)


class Act(Frozen):
    """What a person did with a message in the outbox; kept with it."""

    what: Literal["released", "discarded", "said to be sent", "said not to be sent", "sent again"]
    by: str
    at: datetime
    why: str = ""


class OutboxMessage(Frozen):
    """A row of the outbox."""

    id: str
    state: OutboxState
    rendered: Rendered
    run: str | None  # None: a reminder or chaser belongs to no run
    queued: datetime
    sent: datetime | None = None
    detail: str = ""  # the file written, or why it is held or dead
    token: int = 0  # of the latest claim; only who holds it may say what became of the message
    attempts: int = 0  # how often it was claimed
    again_at: datetime | None = None  # of one that is to be tried again: when
    acts: tuple[Act, ...] = ()  # of people, oldest first
