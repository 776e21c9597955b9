"""What is new, worse, continuing, better: under which heading a message shows each subject, and its first line."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

from engine.model.alerts import Reason, Telling
from engine.model.run import SubjectOut
from engine.model.values import Quantity, Unit, show
from engine.model.workspace import Level, Scheme
from notifiers.words import counted, name_of, one_line


class Group(StrEnum):
    """The headings, in the order in which they are read."""

    NEW = "New"
    WORSE = "Worse"
    RESTATED = "Restated"
    CONTINUING = "Continuing"
    BETTER = "Better"
    CLOSED = "Closed"


NOTES = {
    Group.RESTATED: "The rules, or earlier figures, have changed: what was told before no longer holds.",
}

# What a reason says under a subject's name, where the heading does not say it already.
SAID = {
    Reason.FIRST: "You have not been told of this before.",
    Reason.ANOTHER: "There is a further reason since you were last told.",
    Reason.REOPENED: "It had been put right, and is back.",
    Reason.OVERRIDE_ENDED: "The PMO's judgement that stood here has ended.",
    Reason.EASED: "It is better than when you were last told.",
}

_BY_REASON = {
    Reason.CLOSED: Group.CLOSED,
    Reason.RESTATED: Group.RESTATED,
    Reason.REMEDIATED: Group.BETTER,
    Reason.EASED: Group.BETTER,
    Reason.WORSENED: Group.WORSE,
    Reason.ANOTHER: Group.CONTINUING,
    Reason.REOPENED: Group.NEW,
}


def group_of(subject: SubjectOut, reason: Reason | None, scheme: Scheme) -> Group:
    """The heading for a subject; `reason` is None for one that is shown without being news.

    Most reasons say it. A subject told for the first time, or shown for completeness, goes by what was published: an
    exception that was one before continues, whoever is new to it.
    """
    if reason in _BY_REASON:
        return _BY_REASON[reason]
    if subject.lifecycle == "closed":
        return Group.CLOSED
    if not subject.exception:
        return Group.CONTINUING if subject.status is None else Group.BETTER
    now, before = scheme.rank(subject.status), scheme.rank(subject.previous)
    if now is None or before is None or now == before:
        return Group.CONTINUING if before is not None else Group.NEW
    if {"rules", "correction"} & set(subject.moved_by) and subject.trend not in ("Worse", "Better"):
        return Group.RESTATED
    if now < before:
        return Group.BETTER
    return Group.WORSE if scheme.is_exception(subject.previous) else Group.NEW


def grouped(telling: Telling) -> dict[Group, list[SubjectOut]]:
    """The subjects under their headings; within one the news first, then the worst, then in the portfolio's order."""
    reasons = reasons_of(telling)
    found: dict[Group, list[SubjectOut]] = {group: [] for group in Group}
    for subject in telling.subjects:
        found[group_of(subject, reasons.get(subject.ref), telling.scheme)].append(subject)
    for subjects in found.values():
        subjects.sort(key=lambda subject: (subject.ref not in reasons, -_rank(telling.scheme, subject)))
    return {group: subjects for group, subjects in found.items() if subjects}


def reasons_of(telling: Telling) -> dict[str, Reason]:
    """Why the message is sent, by subject."""
    return {decision.subject: decision.reason for decision in telling.news if decision.tells}


def _rank(scheme: Scheme, subject: SubjectOut) -> int:
    rank = scheme.rank(subject.status)
    return -1 if rank is None else rank


# ---- the first line


def owner_lead(telling: Telling, groups: Mapping[Group, Sequence[SubjectOut]]) -> str:
    """The first line of an owner's message: of one subject what became of it, of several how many of each."""
    if len(telling.subjects) != 1:
        return _first_capital(f"{_counts(groups, ' in what you own')}.")
    ((group, (subject,)),) = groups.items()
    title, status = one_line(subject.title), name_of(telling.scheme, subject.status)
    match group:
        case Group.NEW:
            return f"{title} is now {status}."
        case Group.WORSE:
            return f"{title} is now {status}, worse than it was."
        case Group.RESTATED:
            return f"{title} is now {status}, because the rules or earlier figures have changed."
        case Group.BETTER:
            return f"{title} is now {status}, better than it was."
        case Group.CLOSED:
            return f"{title} is closed."
        case Group.CONTINUING:
            return f"{title} is not rated." if subject.status is None else f"{title} is still {status}."


def digest_lead(telling: Telling, groups: Mapping[Group, Sequence[SubjectOut]]) -> str:
    """The first line of a digest: "9 exceptions: 7 new, 2 continuing; 1 remediated; £264k net at risk"."""
    at_risk = net_at_risk(telling)
    money = f"; {show(Quantity(at_risk, Unit.MONEY))} net at risk" if at_risk > 0 else ""
    return _first_capital(f"{_counts(groups)}{money}.")


def net_at_risk(telling: Telling) -> Decimal:
    """Pounds net at risk in the exceptions shown, each once: what a programme states stands for all below it."""
    exceptions = {subject.ref: subject for subject in telling.subjects if subject.exception}
    known = {ref: net for ref, subject in exceptions.items() if (net := net_of(subject)) is not None}
    total = Decimal(0)
    for ref, net in known.items():
        subject = exceptions[ref]
        above = {subject.parent, *(part.ref for part in telling.part_of.get(ref, ()))}
        if subject.level is not Level.PORTFOLIO:
            above.add(telling.portfolio)
        if net > 0 and above.isdisjoint(known):
            total += net
    return total


def net_of(subject: SubjectOut) -> Decimal | None:
    """A subject's savings net at risk in pounds; negative where more than the target is delivered."""
    found = subject.savings.get("net_at_risk")
    return Decimal(found.value) if found else None


def _first_capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _counts(groups: Mapping[Group, Sequence[SubjectOut]], where: str = "") -> str:
    """ "9 exceptions: 7 new, 1 worse, 1 continuing; 1 remediated"."""
    words = {Group.NEW: "new", Group.WORSE: "worse", Group.RESTATED: "restated", Group.CONTINUING: "continuing",
             Group.BETTER: "better"}  # fmt: skip
    exceptions = {word: sum(s.exception for s in groups.get(group, ())) for group, word in words.items()}
    kinds = {word: number for word, number in exceptions.items() if number}
    match list(kinds.items()):
        case []:
            parts = [f"no exceptions{where}"]
        case [(word, number)]:
            parts = [f"{counted(number, f'{word} exception')}{where}"]
        case _:
            split = ", ".join(f"{number} {word}" for word, number in kinds.items())
            parts = [f"{counted(sum(kinds.values()), 'exception')}{where}: {split}"]
    rest = Counter(_rest(s, group) for group, subjects in groups.items() for s in subjects if not s.exception)
    parts += [
        f"{rest[word]} {word}" for word in ("remediated", "restated", "closed", "not rated", "better") if rest[word]
    ]
    return "; ".join(parts)


def _rest(subject: SubjectOut, group: Group) -> str:
    """What became of a subject that is no exception."""
    if group in (Group.CLOSED, Group.RESTATED):
        return str(group).lower()
    if subject.status is None:
        return "not rated"
    return "remediated" if subject.remediated else "better"
