"""Who an audience is, on a day: the people who are told, and of which subjects."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from engine.model.workspace import Audience, Person, Portfolio, Subject


class Recipients(NamedTuple):
    """Whom an audience reaches, and whom it can't. A subject without an owner stands under nobody, ""."""

    reachable: dict[str, tuple[str, ...]]  # a person's id -> the refs of the subjects that concern them
    unreachable: dict[str, tuple[str, ...]]  # the same for who has no address


def concerns(audience: Audience, portfolio: Portfolio) -> bool:
    """Whether the audience is told of this portfolio at all."""
    return audience.about.portfolio in (None, portfolio.portfolio)


def recipients(audience: Audience, portfolio: Portfolio, people: Mapping[str, Person], day: date) -> Recipients:
    """The people of an audience on a day, each with the subjects that concern them, in the portfolio's order.

    From a deputy's first day to the last the deputy is told *instead of* the person: a message to somebody who is away
    is one that nobody acts on. A deputy without an address changes nothing, and a deputy's own deputy is not asked.
    """
    subjects = [subject for subject in portfolio.subjects.values() if _is_about(audience, subject)]
    named: dict[str, dict[str, None]] = defaultdict(dict)  # the refs of each, once, in order
    for subject in subjects:
        for person in (subject.owner or "",) if audience.who == "owners" else audience.who:
            named[_standing_in(person, people, day)][subject.ref] = None
    found = {person: tuple(refs) for person, refs in named.items()}
    return Recipients(
        {person: refs for person, refs in found.items() if _has_address(person, people)},
        {person: refs for person, refs in found.items() if not _has_address(person, people)},
    )


def _is_about(audience: Audience, subject: Subject) -> bool:
    about = audience.about
    # `about` says "projects" where a level is "project"; the portfolio's own level is written alike in both.
    at_level = about.level is None or about.level.removesuffix("s") == subject.level
    return at_level and (not about.subjects or subject.ref in about.subjects)


def _standing_in(person: str, people: Mapping[str, Person], day: date) -> str:
    deputy = people[person].deputy if person in people else None
    if deputy and deputy.from_ <= day <= deputy.until and _has_address(deputy.who, people):
        return deputy.who
    return person


def _has_address(person: str, people: Mapping[str, Person]) -> bool:
    return person in people and bool(people[person].email.strip())
