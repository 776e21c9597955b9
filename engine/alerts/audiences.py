"""Who an audience is, on a day: the people who are told, and of which subjects."""

from collections import defaultdict
from collections.abc import Collection, Mapping
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


def recipients(
    audience: Audience, portfolio: Portfolio, people: Mapping[str, Person], day: date, further: Collection[str] = ()
) -> Recipients:
    """The people of an audience on a day, each with the subjects that concern them, in the portfolio's order.

    `further` are subjects passed on to the audience that it is not about. Named people are told of all of them; owners
    of what lies below a subject that is theirs and that the audience is about.

    From a deputy's first day to the last the deputy is told *instead of* the person: a message to somebody who is away
    is one that nobody acts on. A deputy without an address changes nothing, and a deputy's own deputy is not asked.
    """
    named: dict[str, list[str]] = defaultdict(list)
    for subject in portfolio.subjects.values():
        at: Subject | None = subject
        while at is not None and not is_about(audience, at):
            at = portfolio.subjects.get(at.parent or "") if subject.ref in further else None
        for person in _asked_about(at, audience) if at is not None or subject.ref in further else ():
            refs = named[_standing_in(person, people, day)]
            if subject.ref not in refs:
                refs.append(subject.ref)
    found = {person: tuple(refs) for person, refs in named.items()}
    return Recipients(
        {person: refs for person, refs in found.items() if _has_address(person, people)},
        {person: refs for person, refs in found.items() if not _has_address(person, people)},
    )


def _asked_about(at: Subject | None, audience: Audience) -> tuple[str, ...]:
    """The people for a subject: named ones, or the owner of what the audience is about; "" where it has none."""
    if audience.who != "owners":
        return audience.who
    return (at.owner or "",) if at is not None else ()


def is_about(audience: Audience, subject: Subject) -> bool:
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
