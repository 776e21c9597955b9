"""Whether a recipient of an audience is told of a subject, and why, or why not.

The decision is a list of small questions in a fixed order; the first that holds gives the reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.alerts.cases import OVERRIDE
from engine.model.alerts import Case, Decision, Reason, Told
from engine.model.run import SubjectOut
from engine.model.workspace import Audience, Lifecycle, Scheme


@dataclass(frozen=True)
class Threshold:
    """What an audience sees of a scheme: its exceptions, or a status and all that are worse.

    A status that another portfolio's scheme has and this one lacks means this scheme's exceptions.
    """

    scheme: Scheme
    at: str

    def sees(self, status: str | None) -> bool:
        """Whether a status is at the threshold; never so outside the scheme's order, or where there is none."""
        rank = self.scheme.rank(status)
        if rank is None:
            return False
        worst_hidden = self.scheme.rank(self.at)
        return rank >= worst_hidden if worst_hidden is not None else self.scheme.is_exception(status)

    def saw(self, previous: str | None) -> bool:
        """Whether what was remediated had been at the threshold; `previous` is what was published of it.

        By today's rules and figures it was an exception, whatever was published: who sees exceptions sees it.
        """
        return self.scheme.rank(self.at) is None or self.sees(previous)


@dataclass(frozen=True)
class Situation:
    """All that one decision follows from."""

    audience: Audience
    scheme: Scheme
    subject: SubjectOut
    period: str
    told: Told | None  # the recipient's latest message from this audience on this subject
    cases: Sequence[Case]  # the subject's open cases after this run
    was_seen: bool  # whether it was at this audience's threshold in a period published before
    corrected: bool = False  # what is published now of the period last told of is not what was told

    @cached_property
    def threshold(self) -> Threshold:
        return Threshold(self.scheme, self.audience.at)

    @cached_property
    def seen(self) -> bool:
        """At the threshold now."""
        return self.threshold.sees(self.subject.status)

    @cached_property
    def told_seen(self) -> bool:
        """At the threshold when last told."""
        return self.told is not None and self.threshold.sees(self.told.status)

    @cached_property
    def step(self) -> int | None:
        """How many places worse than what was told; None where either is outside the scheme's order."""
        now = self.scheme.rank(self.subject.status)
        then = self.scheme.rank(self.told.status) if self.told else None
        return None if now is None or then is None else now - then

    @cached_property
    def untold(self) -> list[Case]:
        """The open cases that the recipient doesn't know of, at the threshold: opened since, or left out then."""
        if self.told is None:
            return [case for case in self.cases if self.threshold.sees(case.status)]
        # Names of periods of one cadence sort by time.
        return [
            case
            for case in self.cases
            if self.threshold.sees(case.status)
            and (case.key not in self.told.cases or (case.reopened and case.opened > self.told.period))
        ]


def _first(on: Situation) -> bool:
    return on.seen and on.told is None


def _closed(on: Situation) -> bool:
    return on.told_seen and on.subject.lifecycle == Lifecycle.CLOSED


def _restated(on: Situation) -> bool:
    """What was told no longer holds, though nothing happened since but a correction or a change of rules."""
    if on.told is None or on.subject.status == on.told.status or not (on.seen or on.told_seen):
        return False
    return on.told.period == on.period or on.corrected or "rules" in on.subject.moved_by


def _worsened(on: Situation) -> bool:
    return on.seen and on.step is not None and on.step > 0


def _another(on: Situation) -> bool:
    """A case never open before. An override that eases is no new trouble: it replaces what there was."""
    return on.seen and any(not case.reopened and (on.step == 0 or case.key.rule != OVERRIDE) for case in on.untold)


def _reopened(on: Situation) -> bool:
    """A case that was closed is open again, or the subject is back at the threshold after it was told otherwise."""
    return on.seen and on.told is not None and (not on.told_seen or any(case.reopened for case in on.untold))


def _remediated(on: Situation) -> bool:
    """No exception any more. Not rated is no remedy: missing data is never a recovery."""
    in_order = on.scheme.rank(on.subject.status) is not None
    good = in_order and not on.seen and not on.scheme.is_exception(on.subject.status)
    return on.audience.remediated and on.told_seen and good


def _eased(on: Situation) -> bool:
    return on.audience.eased and on.told_seen and on.step is not None and on.step < 0


def _override_ended(on: Situation) -> bool:
    had = on.told is not None and any(key.rule == OVERRIDE for key in on.told.cases)
    return on.seen and had and on.subject.override is None


def _already_told(on: Situation) -> bool:
    """What was told still holds; so it does while nothing can be judged."""
    return on.seen or (on.told_seen and on.subject.status is None)


def _below_threshold(on: Situation) -> bool:
    return on.told is not None or on.was_seen


def _never_an_exception(on: Situation) -> bool:
    return True


QUESTIONS: tuple[tuple[Reason, Callable[[Situation], bool]], ...] = (
    (Reason.FIRST, _first),
    (Reason.CLOSED, _closed),
    (Reason.RESTATED, _restated),
    (Reason.WORSENED, _worsened),
    (Reason.ANOTHER, _another),
    (Reason.REOPENED, _reopened),
    (Reason.REMEDIATED, _remediated),
    (Reason.EASED, _eased),
    (Reason.OVERRIDE_ENDED, _override_ended),
    # and why not
    (Reason.ALREADY_TOLD, _already_told),
    (Reason.BELOW_THRESHOLD, _below_threshold),
    (Reason.NEVER_AN_EXCEPTION, _never_an_exception),
)


def decide(audience: str, recipient: str, on: Situation) -> Decision:
    """The decision for one recipient (a person's id) of an audience (its name), on one subject."""
    reason = next(reason for reason, holds in QUESTIONS if holds(on))
    return Decision(audience=audience, recipient=recipient, subject=on.subject.ref, reason=reason)
