"""How far a subject is from its next better status, in a few words: "£10.8k short of On Target"."""

from engine.model.run import FindingOut, SubjectOut
from engine.model.workspace import Scheme
from notifiers.words import one_line


def next_status(subject: SubjectOut, scheme: Scheme) -> str:
    """The name of the status that stands once the one finding that decides is cleared; "" where no one finding does.

    Two findings at the same status must both be cleared, a person's judgement stands until it is ended, and the best
    status has to be earned by every rule that could not be judged.
    """
    now = scheme.rank(subject.status)
    deciding = [finding for finding in subject.findings if scheme.rank(finding.status) == now]
    held_by_a_person = subject.override is not None or (deciding and deciding[0].rule == "floor")
    if not now or len(deciding) != 1 or held_by_a_person:
        return ""
    others = [rank for finding in subject.findings if (rank := scheme.rank(finding.status)) is not None and rank < now]
    rank = max([*others, _of_a_ladder(deciding[0], scheme)])
    unjudged = any(set(one.rules) - set(one.never_judged) for one in subject.not_assessed)
    return "" if rank == 0 and unjudged else one_line(scheme.statuses[rank].name)


def _of_a_ladder(finding: FindingOut, scheme: Scheme) -> int:
    """The rank of the band that is reached next; 0 where there is none between."""
    return scheme.rank(finding.clears_to) or 0


def distance_of(finding: FindingOut, aim: str) -> str:
    """The gap where what clears a finding is one figure: "£10.8k short of On Target", or "14.9 points short"."""
    if (gap := finding.gap) is None:
        return ""
    shown = one_line(gap.shown)
    if not aim:
        return f"{shown} {gap.way}"
    return f"{shown} short of {aim}" if gap.way == "short" else f"{shown} over the limit for {aim}"
