"""Silences and acknowledgements: which are in force at a moment, and on what.

They count at `now`, the moment of a telling. Judgements count on a period's last day and are part of its figures: see
engine/assessment/decisions.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from engine.model.acts import ActKind, OfficeAct
from engine.model.alerts import Case, HistoryPoint
from engine.model.run import SubjectOut
from engine.model.workspace import Portfolio, Scheme
from engine.periods import day_in_words


@dataclass(frozen=True, slots=True)
class InForce:
    """The silences and acknowledgements of a portfolio that are in force."""

    silences: tuple[OfficeAct, ...] = ()
    acknowledgements: tuple[OfficeAct, ...] = ()

    def silences_on(self, portfolio: Portfolio, subject: str, audience: str) -> tuple[OfficeAct, ...]:
        """Those that keep an audience from hearing of a subject, or of what one rule says of it."""
        above = frozenset(_above(portfolio, subject))
        return tuple(
            act
            for act in self.silences
            if (act.subject == subject or (act.below and act.subject in above)) and act.audience in (None, audience)
        )

    def acknowledged(self, subject: str) -> tuple[OfficeAct, ...]:
        """The acknowledgements of a subject's cases."""
        return tuple(act for act in self.acknowledgements if act.subject == subject)


def in_force(acts: Iterable[OfficeAct], now: datetime, today: date) -> InForce:
    """Those made by `now`, ended by nobody since, whose last day isn't past; `today` is the day in the workspace."""
    made = [act for act in acts if act.made <= now]
    ended = {act.ends for act in made if act.kind is ActKind.END}
    standing = [act for act in made if act.number not in ended and (act.until is None or act.until >= today)]
    return InForce(
        tuple(act for act in standing if act.kind is ActKind.SILENCE),
        tuple(act for act in standing if act.kind is ActKind.ACKNOWLEDGEMENT),
    )


def lapsed(act: OfficeAct, subject: SubjectOut, history: Sequence[HistoryPoint], scheme: Scheme) -> bool:
    """Whether an acknowledgement has lapsed: the subject is, or was since, worse than what was acknowledged.

    `history` are the statuses published before the subject's period. What it was later doesn't bring it back.
    """
    acknowledged = scheme.rank(act.status)
    since = [point.status for point in history if point.period >= act.period]
    ranks = [rank for status in (*since, subject.status) if (rank := scheme.rank(status)) is not None]
    return acknowledged is None or any(rank > acknowledged for rank in ranks)


def covers(act: OfficeAct, case: Case) -> bool:
    """Whether an acknowledgement is of this very case: not of one that was closed and opened again since."""
    return case.key in act.cases and case.opened <= act.period


def says_all_of(act: OfficeAct, other: OfficeAct, portfolio: Portfolio) -> bool:
    """Whether a silence keeps back all the news that another would, for whom it would, however long."""
    beneath = other.subject == act.subject or (act.below and act.subject in _above(portfolio, other.subject))
    return (
        beneath
        and (act.below or not other.below)
        and act.rule in (None, other.rule)
        and act.audience in (None, other.audience)
    )


def in_words(act: OfficeAct) -> str:
    """Who, until when, about what and why: "By the PMO until 31 March 2019, about every case open then: …"."""
    until = f" until {day_in_words(act.until)}" if act.until is not None else ""
    return f"By {act.by}{until}, {about(act)}: {act.why.rstrip('.')}."


def about(act: OfficeAct) -> str:
    """What it keeps back, and from whom: "about all news of meals, for every audience"."""
    if act.kind is ActKind.ACKNOWLEDGEMENT:
        return f"about what the rule {act.rule} had found" if act.rule else "about every case open then"
    of = f"{act.subject} and what lies below it" if act.below else act.subject
    news = f"what the rule {act.rule} finds of {of}" if act.rule else f"all news of {of}"
    return f"about {news}, for {f'the audience {act.audience}' if act.audience else 'every audience'}"


def _above(portfolio: Portfolio, subject: str) -> Iterable[str]:
    at = portfolio.subjects.get(subject)
    while at is not None and at.parent is not None:
        yield at.parent
        at = portfolio.subjects[at.parent]
