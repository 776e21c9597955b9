"""Cases over time, what an audience was told, and the decisions to tell or not."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal

from engine.model.acts import CaseKey, OfficeAct
from engine.model.addressed import Addressed
from engine.model.base import Frozen
from engine.model.run import SubjectOut
from engine.model.workspace import Scheme


class Case(Frozen):
    """From the period it fires until it is judged quiet."""

    key: CaseKey
    opened: str  # period
    closed: str | None = None
    status: str  # the status it gives now; a ladder's band may change it
    reopened: bool = False  # an earlier case with this key was closed before


class Reason(StrEnum):
    """Why a recipient of an audience is told of a subject, or isn't: the first that holds, in this order."""

    # the gates
    SILENCED = "silenced"
    ACKNOWLEDGED = "acknowledged"
    # why
    FIRST = "first"
    CLOSED = "closed"
    RESTATED = "restated"
    WORSENED = "worsened"
    ANOTHER = "another"
    REOPENED = "reopened"
    REMEDIATED = "remediated"
    EASED = "eased"
    OVERRIDE_ENDED = "override ended"
    ESCALATED = "escalated"
    REMINDER = "reminder"
    # and why not
    HELD_FOR_RELEASE = "held for release"
    ALREADY_TOLD = "already told"
    BELOW_THRESHOLD = "better than this audience's threshold"
    NEVER_AN_EXCEPTION = "never at this audience's threshold"
    NO_ADDRESS = "nobody with an address"
    NOT_MADE = "no message could be made"

    @property
    def tells(self) -> bool:
        return self not in _TELL_NOBODY

    @property
    def sentence(self) -> str:
        """The reason in general, as a person reads it."""
        return _SENTENCES[self]


_TELL_NOBODY = (
    Reason.SILENCED,
    Reason.ACKNOWLEDGED,
    Reason.HELD_FOR_RELEASE,
    Reason.ALREADY_TOLD,
    Reason.BELOW_THRESHOLD,
    Reason.NEVER_AN_EXCEPTION,
    Reason.NO_ADDRESS,
    Reason.NOT_MADE,
)
_SENTENCES = {
    Reason.SILENCED: "A silence is in force.",
    Reason.ACKNOWLEDGED: "It is acknowledged, and no worse than what was told.",
    Reason.FIRST: "It is at this audience's threshold, and this reader was never told of it.",
    Reason.CLOSED: "What was told is closed now.",
    Reason.RESTATED: "What was told no longer holds, though only a correction, a rule or a decision moved it.",
    Reason.WORSENED: "It is worse than what was told.",
    Reason.ANOTHER: "There is a new case at the status that was told.",
    Reason.REOPENED: "It is back, after it was put right, closed or not rated.",
    Reason.REMEDIATED: "It is no exception any more.",
    Reason.EASED: "It is better than what was told, and still at the threshold.",
    Reason.OVERRIDE_ENDED: "The override that was told has ended, and it is still at the threshold.",
    Reason.ESCALATED: "It has been open for long, and nobody has acknowledged it.",
    Reason.REMINDER: "What was told still holds, and it is time to say so again.",
    Reason.HELD_FOR_RELEASE: "A message that says what is true waits for its release.",
    Reason.ALREADY_TOLD: "There is no news since what was told.",
    Reason.BELOW_THRESHOLD: "It is better than what this audience is told of.",
    Reason.NEVER_AN_EXCEPTION: "It was never at what this audience is told of.",
    Reason.NO_ADDRESS: "There is news, and nobody with an address to tell it to.",
    Reason.NOT_MADE: "There is news, and no message could be made of it.",
}


class Told(Frozen):
    """An audience's latest message on a subject that was not dead, discarded or withdrawn, to one recipient."""

    audience: str
    recipient: str  # a person's id
    subject: str
    period: str
    status: str | None
    cases: tuple[CaseKey, ...]  # open then
    message: str  # id
    through: str | None = None  # the audience that passed the subject on, where this one would not be told of it
    held: bool = False  # the message still waits for a person to release it


class Silenced(Frozen):
    """The last period in which a silence kept a recipient from hearing of a subject."""

    audience: str
    recipient: str
    subject: str
    period: str


class Decision(Frozen):
    """Whether a recipient of an audience is told of a subject in an occurrence, and why (not). Always stored."""

    audience: str
    recipient: str
    subject: str
    reason: Reason
    detail: str = ""  # what the reason's sentence leaves open: whose silence it is, since when a case is open
    through: str | None = None  # the audience that passed the subject on

    @property
    def tells(self) -> bool:
        return self.reason.tells

    @property
    def sentence(self) -> str:
        """The decision as a person reads it."""
        return f"{self.reason.sentence} {self.detail}".rstrip()


SHOWN_PERIODS = 12  # in the small picture of a message


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
    acts: dict[str, tuple[OfficeAct, ...]] = {}  # by subject: silences and acknowledgements that are in force on it
    through: dict[str, str] = {}  # by subject: the audience that passed it on to this one
    through_whom: dict[str, tuple[str, ...]] = {}  # by subject: the names of those who are told of it there
    overview: SubjectOut | None = None  # in a digest: the portfolio itself, shown on top whatever its status

    def before(self, subject: SubjectOut) -> str | None:
        """The status of a subject shown, when it last had one before this period."""
        return last_rated(subject, self.history.get(subject.ref, ())[:-1])


class Envelope(Frozen):
    """A message without its bytes: whom it is for, what it is about, and what names it."""

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
    reasons: dict[str, str]  # subject's ref -> reason

    @property
    def id(self) -> str:
        """The message's id in the outbox: short enough to type, and the same whenever it is worked out."""
        return hashlib.sha256(self.dedupe_key.encode()).hexdigest()[:16]


class Rendered(Envelope):
    """A message's frozen bytes, as the outbox keeps and every attempt sends them."""

    body: bytes  # the whole message


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


WENT_WRONG = (OutboxState.RETRY, OutboxState.DEAD, OutboxState.UNCERTAIN)  # after a try to send it
NEEDS_A_PERSON = (OutboxState.HELD, OutboxState.DEAD, OutboxState.UNCERTAIN)


class Act(Frozen):
    """What a person did with a message in the outbox; kept with it."""

    what: Literal["released", "discarded", "said to be sent", "said not to be sent", "sent again"]
    by: str
    at: datetime
    why: str = ""


class OutboxMessage(Frozen):
    """A row of the outbox, without the message's bytes."""

    id: str
    state: OutboxState
    rendered: Envelope
    run: str | None  # None: a reminder or chaser belongs to no run
    queued: datetime
    sent: datetime | None = None
    detail: str = ""  # the file written, or why it is held or dead
    token: int = 0  # of the latest claim; only who holds it may say what became of the message
    attempts: int = 0  # how often it was claimed
    again_at: datetime | None = None  # of one that is to be tried again: when
    acts: tuple[Act, ...] = ()  # of people, oldest first


class WholeMessage(OutboxMessage):
    """A row of the outbox with the message's bytes: one that is to be handed over, or made anew."""

    rendered: Rendered
