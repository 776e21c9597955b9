"""A status beside the one before: whether the two can be compared, and what moved it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from engine.assessment.judged import Judged, worst
from engine.inference import plain
from engine.inference.questions import Standing
from engine.model.run import MovedBy

_DECISION: tuple[MovedBy, ...] = ("decision",)
_KINDS: tuple[Literal["override", "floor"], ...] = ("override", "floor")


def compared(now: Judged, then: Judged | None, before: int | None, *, ever: bool) -> Standing:
    """The standing of a subject in the run's own period with all that its trend follows from.

    `then` is the period before, judged again, and `before` the rank of its status; `ever` whether the subject had a
    status in any earlier period. Raises ValueError for a period of history, which has no standing.
    """
    if now.standing is None:
        raise ValueError(f"{now.period} is history: nothing is judged in it")
    return replace(
        now.standing,
        before=before,
        comparable=then is not None and _comparable(now, then),
        new=not ever and before is None,
    )


def _comparable(now: Judged, then: Judged) -> bool:
    """Whether what decides the status now could be told of the period before: a rule on its figures, or a person.

    That the best was earned says nothing of one rule more than of another: the status before is enough.
    """
    if then.is_history or now.settled is None or now.settled.status is None or now.decided.override is not None:
        return True
    if not now.settled.status or now.floor == now.settled.status:
        return True
    known = {(one.asked.order, one.place) for one in then.ruled if one.stands is not None}
    return any(
        one.moves and one.rank == now.settled.status and (one.asked.order, one.place) in known for one in now.ruled
    )


def moved_by(now: Judged, then: Judged | None, previous: str | None, *, rules_changed: bool) -> tuple[MovedBy, ...]:
    """What moved a subject from the status published last (`previous`) to its present one; nothing where it stands.

    `rules_changed` says whether the rules are others than when that was published. Its figures are not: a published
    period whose figures were corrected is derived again first.
    """
    if previous is None or now.status == previous:
        return ()
    found: set[MovedBy] = set(_since(now, then)) if then is not None else set()
    if rules_changed and then is not None and not then.is_history and then.status != previous:
        found.add("rules")
    # Where nothing else did, figures have: of a period that was never published, or lies before the first judged one.
    return in_order(found) or ("figures",)


def in_order(found: Iterable[MovedBy]) -> tuple[MovedBy, ...]:
    """What moved a status, each once, in the order in which it is always told."""
    order: tuple[MovedBy, ...] = ("figures", "rules", "decision")
    moved = frozenset(found)
    return tuple(one for one in order if one in moved)


def ended(now: Judged, then: Judged | None) -> tuple[Literal["override", "floor"], ...]:
    """The judgements in force in the period before that have ended without another in their place.

    Of history nothing ends: an override there is how its published status is told.
    """
    if then is None or then.is_history:
        return ()
    found: list[Literal["override", "floor"]] = []
    pairs = ((now.decided.override, then.decided.override), (now.decided.floor, then.decided.floor))
    for kind, (here, before) in zip(_KINDS, pairs, strict=True):
        if here is not None and here != before:
            return ()
        if here is None and before is not None:
            found.append(kind)
    return tuple(found)


def _since(now: Judged, then: Judged) -> Sequence[MovedBy]:
    """What moved the status since the period before: figures, or what people decided (a lifecycle is that too)."""
    if now.lifecycle is not then.lifecycle:
        return _DECISION
    if now.standing is None or now.settled is None or now.status == then.status:
        return ()
    by_figures = plain.settle(_with_decisions_of(now.standing, now.found, then)).status
    if then.standing is None:
        # All that is known of history is what was published: a decision moved it if one decides now.
        undecided = replace(now.standing, override=None, worst=now.found)
        return _DECISION if plain.settle(undecided).status != now.settled.status else ()
    by_decisions = plain.settle(_with_decisions_of(then.standing, then.found, now)).status
    # Each moved it if without it the status were another; where either alone would do, both did.
    found: list[MovedBy] = []
    if by_decisions != now.settled.status:
        found.append("figures")
    if by_figures != now.settled.status:
        found.append("decision")
    return found or ("figures", "decision")


def _with_decisions_of(standing: Standing, found: int | None, other: Judged) -> Standing:
    """A standing by its own findings, as if what was decided in another period held."""
    override = other.standing.override if other.standing is not None else None
    return replace(standing, override=override, worst=worst((found, other.floor)))
