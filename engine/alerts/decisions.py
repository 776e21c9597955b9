"""Whether a recipient of an audience is told of a subject, and why, or why not.

The decision is a list of small questions in a fixed order; the first that holds gives the reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from engine.alerts.acts import covers, in_words, lapsed
from engine.alerts.cases import OVERRIDE
from engine.alerts.escalation import Escalation
from engine.alerts.threshold import Threshold
from engine.model.acts import OfficeAct
from engine.model.alerts import Case, Decision, HistoryPoint, Reason, Told
from engine.model.run import SubjectOut
from engine.model.workspace import Audience, Lifecycle, Scheme
from engine.workspace.dates import periods_in


@dataclass(frozen=True)
class Situation:
    """All that one decision follows from. Names of periods of one cadence sort by time."""

    audience: Audience
    scheme: Scheme
    subject: SubjectOut
    period: str
    told: Told | None  # the recipient's latest message from this audience on this subject
    cases: Sequence[Case]  # the subject's open cases after this run
    audience_told: Told | None = None  # the latest of all: where the owner has changed, to whoever was it before
    history: Sequence[HistoryPoint] = ()  # its statuses as published for earlier periods, oldest first
    periods: Sequence[str] = ()  # all that were published before this one, oldest first
    silenced: str | None = None  # the last period in which a silence kept the recipient from hearing of it
    silences: Sequence[OfficeAct] = ()  # in force now, on this subject for this audience
    acknowledgements: Sequence[OfficeAct] = ()  # in force now, of this subject
    concerned: bool = True  # the audience is told of this subject; otherwise it was only passed on
    escalation: Escalation | None = None  # the subject is passed on to this audience now
    sees_through: str | None = None  # what the audience sees that passed it on, now or before

    @cached_property
    def own(self) -> Threshold:
        return Threshold(self.scheme, self.audience.at)

    @cached_property
    def threshold(self) -> Threshold:
        """The audience's own; with that of the one before, where the subject was passed on."""
        return Threshold(self.scheme, self.audience.at, self.sees_through)

    @cached_property
    def seen(self) -> bool:
        """At the threshold now."""
        return self.threshold.sees(self.subject.status)

    @cached_property
    def told_seen(self) -> bool:
        """At the threshold when last told."""
        return self.told is not None and self.threshold.sees(self.told.status)

    @cached_property
    def audience_told_seen(self) -> bool:
        """At the threshold when this reader, or the audience at all, was last told."""
        last = self.audience_told
        return self.told_seen or (last is not None and self.threshold.sees(last.status))

    @cached_property
    def was_seen(self) -> bool:
        """At the threshold in a period published before."""
        before = (self.subject.previous, *(point.status for point in self.history))
        return any(self.threshold.sees(status) for status in before)

    @cached_property
    def corrected(self) -> bool:
        """What is published now of the period last told of is not what was told."""
        then = {point.period: point.status for point in self.history}
        return self.told is not None and then.get(self.told.period, self.told.status) != self.told.status

    @cached_property
    def step(self) -> int | None:
        """How many places worse than what was told; None where either is outside the scheme's order."""
        now = self.scheme.rank(self.subject.status)
        then = self.scheme.rank(self.told.status) if self.told else None
        return None if now is None or then is None else now - then

    @cached_property
    def at_threshold(self) -> list[Case]:
        """The open cases that give a status at the threshold."""
        return [case for case in self.cases if self.threshold.sees(case.status)]

    def is_untold(self, case: Case) -> bool:
        """Whether the recipient doesn't know of a case: it was opened since the last message, or left out then."""
        if self.told is None:
            return True
        known_at = max(self.told.period, self.confirmed or "")
        return case.key not in self.told.cases or (case.reopened and case.opened > known_at)

    @cached_property
    def untold(self) -> list[Case]:
        """Those that the recipient doesn't know of among the open cases that give the subject its status."""
        return [case for case in self.at_threshold if self._gives_the_status(case) and self.is_untold(case)]

    def _gives_the_status(self, case: Case) -> bool:
        """An override replaces whatever is found beneath it."""
        in_force = self.subject.override is None or case.key.rule == OVERRIDE
        return in_force and case.status == self.subject.status

    @cached_property
    def confirmed(self) -> str | None:
        """The period after the last silence since the recipient was told, in which what was told was held against what
        was true: what came and went during the silence is no news."""
        if self.told is None or self.silenced is None or self.silenced < self.told.period:
            return None
        return next((period for period in self.periods if period > self.silenced), self.period)

    def since_told(self, until: str) -> int:
        """How many periods were published after the recipient was told, up to and with one."""
        told = self.told.period if self.told is not None else ""
        return sum(told < period <= until for period in (*self.periods, self.period))


# ---- the gates


def _silenced(on: Situation) -> bool:
    """A silence of a rule holds back all news of a subject where it was found, as long as no other case has any."""
    if any(act.rule is None for act in on.silences):
        return True
    rules = {act.rule for act in on.silences}
    known = on.told.cases if on.told is not None else ()
    if not any(key.rule in rules for key in (*known, *(case.key for case in on.cases))):
        return False
    return not any(_is_news(case, on) for case in on.at_threshold if case.key.rule not in rules)


def _holding_back(on: Situation) -> list[OfficeAct]:
    """The silences that hold all news back, or those of rules where there are none; what lasts longest first."""
    whole = [act for act in on.silences if act.rule is None]
    return sorted(whole or on.silences, key=lambda act: act.until or date.max, reverse=True)


def _is_news(case: Case, on: Situation) -> bool:
    """It is worse than what was told, or as bad and not known of."""
    then, now = on.scheme.rank(on.told.status) if on.told is not None else None, on.scheme.rank(case.status) or 0
    return then is None or now > then or (now == then and on.is_untold(case))


def _acknowledged(on: Situation) -> bool:
    """Every case is acknowledged, and this recipient knows of all that is as bad: it holds back no worse news."""
    if not (on.seen and on.told_seen and on.at_threshold) or on.untold or (on.step or 0) > 0:
        return False
    return all(_acknowledgement_of(case, on) for case in on.at_threshold)


def _acknowledgement_of(case: Case, on: Situation) -> OfficeAct | None:
    return next(
        (
            act
            for act in on.acknowledgements
            if covers(act, case) and not lapsed(act, on.subject, on.history, on.scheme)
        ),
        None,
    )


# ---- why


def _first(on: Situation) -> bool:
    return on.concerned and on.told is None and on.own.sees(on.subject.status)


def _closed(on: Situation) -> bool:
    return on.audience_told_seen and on.subject.lifecycle == Lifecycle.CLOSED


def _restated(on: Situation) -> bool:
    """What was told no longer holds, though nothing happened since but a correction or a change of rules."""
    if on.told is None or on.subject.status == on.told.status or not (on.seen or on.told_seen):
        return False
    return on.told.period == on.period or on.corrected or "rules" in on.subject.moved_by


def _worsened(on: Situation) -> bool:
    return on.seen and on.step is not None and on.step > 0


def _another(on: Situation) -> bool:
    """A case never open before gives the very status that was told; a lower one is no news beside what is known."""
    return on.seen and on.step == 0 and any(not case.reopened for case in on.untold)


def _reopened(on: Situation) -> bool:
    """A case that was closed is open again, or the subject is back at the threshold after it was told otherwise."""
    return on.seen and on.told is not None and (not on.told_seen or any(case.reopened for case in on.untold))


def _remediated(on: Situation) -> bool:
    """No exception any more. Not rated is no remedy: missing data is never a recovery."""
    in_order = on.scheme.rank(on.subject.status) is not None
    good = in_order and not on.seen and not on.scheme.is_exception(on.subject.status)
    return on.audience.remediated and on.audience_told_seen and good


def _eased(on: Situation) -> bool:
    return on.audience.eased and on.told_seen and on.step is not None and on.step < 0


def _override_ended(on: Situation) -> bool:
    had = on.told is not None and any(key.rule == OVERRIDE for key in on.told.cases)
    return on.seen and had and on.subject.override is None


def _escalated(on: Situation) -> bool:
    """It is passed on, and was not told since; once it fell in a silence it has lapsed for who was told before."""
    if on.escalation is None or not on.seen:
        return False
    if on.told is None:
        return True
    return on.told.period < on.escalation.due and (on.silenced is None or on.silenced < on.escalation.due)


def _reminder(on: Situation) -> bool:
    """Due after so many published periods, and again after as many; one that fell in a silence has lapsed."""
    if on.audience.remind_every is None or not (on.seen and on.told_seen) or (on.told and on.told.held):
        return False
    every = periods_in(on.audience.remind_every)
    lapsed_until = on.since_told(on.silenced) if on.silenced is not None else 0
    return on.since_told(on.period) // every > lapsed_until // every


# ---- and why not


def _held_for_release(on: Situation) -> bool:
    return on.told is not None and on.told.held and _already_told(on)


def _already_told(on: Situation) -> bool:
    """What was told still holds; so it does while nothing can be judged."""
    return on.seen or (on.told_seen and on.subject.status is None)


def _below_threshold(on: Situation) -> bool:
    return on.told is not None or on.was_seen


def _never_an_exception(on: Situation) -> bool:
    return True


QUESTIONS: tuple[tuple[Reason, Callable[[Situation], bool]], ...] = (
    (Reason.SILENCED, _silenced),
    (Reason.ACKNOWLEDGED, _acknowledged),
    # why
    (Reason.FIRST, _first),
    (Reason.CLOSED, _closed),
    (Reason.RESTATED, _restated),
    (Reason.WORSENED, _worsened),
    (Reason.ANOTHER, _another),
    (Reason.REOPENED, _reopened),
    (Reason.REMEDIATED, _remediated),
    (Reason.EASED, _eased),
    (Reason.OVERRIDE_ENDED, _override_ended),
    (Reason.ESCALATED, _escalated),
    (Reason.REMINDER, _reminder),
    # and why not
    (Reason.HELD_FOR_RELEASE, _held_for_release),
    (Reason.ALREADY_TOLD, _already_told),
    (Reason.BELOW_THRESHOLD, _below_threshold),
    (Reason.NEVER_AN_EXCEPTION, _never_an_exception),
)


def decide(audience: str, recipient: str, on: Situation) -> Decision:
    """The decision for one recipient (a person's id) of an audience (its name), on one subject."""
    reason = next(reason for reason, holds in QUESTIONS if holds(on))
    return Decision(
        audience=audience, recipient=recipient, subject=on.subject.ref, reason=reason, detail=_detail(reason, on),
        through=_through(on),
    )  # fmt: skip


def _through(on: Situation) -> str | None:
    """The audience that passed the subject on, as long as it is still open there and this one would not be told."""
    if not on.seen or (on.concerned and on.own.sees(on.subject.status)):
        return None
    if on.escalation is not None:
        return on.escalation.through
    return on.told.through if on.told is not None else None


def _detail(reason: Reason, on: Situation) -> str:
    match reason:
        case Reason.SILENCED:
            return " ".join(in_words(act) for act in _holding_back(on))
        case Reason.ACKNOWLEDGED:
            acts = (_acknowledgement_of(case, on) for case in on.at_threshold)
            return " ".join(dict.fromkeys(in_words(act) for act in acts if act is not None))
        case Reason.ESCALATED if on.escalation is not None:
            return f"Open since {on.escalation.since} with the audience {on.escalation.through}."
        case Reason.REMINDER if on.told is not None:
            return f"Told last in {on.told.period}, {on.since_told(on.period)} periods ago."
        case Reason.ALREADY_TOLD if on.seen and on.step is not None and on.step < 0:
            return "It is better than that, of which only an audience with `eased: yes` is told."
        case _:
            return ""
