"""What is new, worse, continuing, better: under which heading a message shows each subject, and its first line."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from engine.model.alerts import Reason, Telling
from engine.model.run import SubjectOut
from engine.model.workspace import Scheme
from notifiers.money import net_words
from notifiers.words import counted, last_words, listed, name_of, one_line


class Group(StrEnum):
    """The headings, in the order in which they are read."""

    NEW = "New"
    WORSE = "Worse"
    RESTATED = "Restated"
    CONTINUING = "Continuing"
    UNRATED = "No longer rated"
    BETTER = "Better"
    CLOSED = "Closed"


# What a reason says under a subject's name, where the heading does not say it already.
_SAID = {
    Reason.FIRST: "You have not been told of this before.",
    Reason.ANOTHER: "There is a further reason since you were last told.",
    Reason.REOPENED: "It had been put right, and is back.",
    Reason.OVERRIDE_ENDED: "The PMO's judgement that stood here has ended.",
    Reason.EASED: "It is better than when you were last told.",
    Reason.ESCALATED: "It has been open for long, and nobody has acknowledged it.",
    Reason.REMINDER: "You were told of it before, and it still holds.",
}

_BY_REASON = {
    Reason.CLOSED: Group.CLOSED,
    Reason.RESTATED: Group.RESTATED,
    Reason.REMEDIATED: Group.BETTER,
    Reason.EASED: Group.BETTER,
    Reason.ANOTHER: Group.CONTINUING,
    Reason.REOPENED: Group.NEW,
}


def group_of(subject: SubjectOut, reason: Reason | None, scheme: Scheme, before: str | None) -> Group:
    """The heading for a subject; `reason` is None for one that is shown without being news.

    Most reasons say it. Else it goes by `before`, the status published when it last had one: what was no exception is
    new, and an exception that was one before continues, whoever is new to it. A change of rules makes nothing new.
    """
    if subject.not_rated:
        return Group.UNRATED  # whatever took the figures away
    if reason in _BY_REASON:
        return _BY_REASON[reason]
    if subject.lifecycle == "closed":
        return Group.CLOSED
    if subject.status is None:
        return Group.UNRATED
    if not subject.exception:
        return Group.BETTER
    if subject.rules_moved:
        return Group.RESTATED
    now, then = scheme.rank(subject.status), scheme.rank(before)
    if reason is Reason.WORSENED:  # than what was told, whenever that was
        return Group.WORSE if then is None or scheme.is_exception(before) else Group.NEW
    if now is None or then is None or now == then:
        return Group.NEW if then is None else Group.CONTINUING
    if "rules" in subject.moved_by and subject.trend not in ("Worse", "Better"):
        return Group.RESTATED
    if now < then:
        return Group.BETTER
    return Group.WORSE if scheme.is_exception(before) else Group.NEW


def grouped(telling: Telling) -> dict[Group, list[SubjectOut]]:
    """The subjects under their headings; within one the news first, then the worst, then in the portfolio's order."""
    reasons = reasons_of(telling)
    found: dict[Group, list[SubjectOut]] = {group: [] for group in Group}
    for subject in telling.subjects:
        group = group_of(subject, reasons.get(subject.ref), telling.scheme, telling.before(subject))
        found[group].append(subject)
    for subjects in found.values():
        subjects.sort(key=lambda subject: (subject.ref not in reasons, -_rank(telling.scheme, subject)))
    return {group: subjects for group, subjects in found.items() if subjects}


def reasons_of(telling: Telling) -> dict[str, Reason]:
    """Why the message is sent, by subject."""
    return {decision.subject: decision.reason for decision in telling.news if decision.tells}


def said_of(subject: SubjectOut, reason: Reason, telling: Telling) -> str:
    """What a reason says under a subject's name; "" where the heading says it already."""
    if reason is Reason.REOPENED and len(history := telling.history.get(subject.ref, ())) > 1:
        before = history[-2].status
        if telling.scheme.rank(before) is None:  # nobody put anything right
            return f"It is back: it was {name_of(telling.scheme, before)} {last_words(telling.period)}."
    return _SAID.get(reason, "")


def what_changed(subjects: Iterable[SubjectOut]) -> str:
    """Why what was published of these no longer holds: "the rules have changed", or the figures, or judgements."""
    causes = frozenset(cause for subject in subjects for cause in _causes(subject))
    words = {"rules": "the rules", "figures": "the figures", "decision": "the PMO's judgements"}
    changed = [words[cause] for cause in words if cause in causes]
    return f"{listed(changed) or 'the rules or the figures'} have changed"


def _causes(subject: SubjectOut) -> Iterator[str]:
    """By rules, or by figures that are not of a new period."""
    if "rules" in subject.moved_by:
        yield "rules"
    if subject.revised is not None:
        yield from subject.revised.by


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
            return f"{title} is now {status}, because {what_changed((subject,))}."
        case Group.BETTER:
            return f"{title} is now {status}, better than it was."
        case Group.CLOSED:
            return f"{title} is closed."
        case Group.CONTINUING:
            return f"{title} is still {status}."
        case Group.UNRATED:
            restated = reasons_of(telling).get(subject.ref) is Reason.RESTATED
            return f"{title} is no longer rated{f', because {what_changed((subject,))}' if restated else ''}."


def digest_lead(telling: Telling, groups: Mapping[Group, Sequence[SubjectOut]]) -> str:
    """The first line of a digest: "9 exceptions: 7 new, 2 continuing; 1 remediated; £264k net at risk"."""
    money = net_words(telling)
    return _first_capital(f"{_counts(groups)}{f'; {money}' if money else ''}.")


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
    parts += [f"{rest[word]} {word}" for word in _REST if rest[word]]
    return "; ".join(parts)


def _rest(subject: SubjectOut, group: Group) -> str:
    """What became of a subject that is no exception."""
    if subject.remediated:
        return "remediated"  # by whatever heading, as `run` counts them
    return _REST_OF.get(group, "better")


_REST_OF = {
    Group.RESTATED: "restated and no longer one",
    Group.UNRATED: "no longer rated",
    Group.CLOSED: "closed",
}
_REST = ("remediated", *_REST_OF.values(), "better")
