"""What a rule says of a subject or measure: which outcome holds, or that it can't be known."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.model.values import Quantity

FIRES, QUIET = "fires", "quiet"  # the outcomes of a rule with `when`; a ladder's outcomes are its bands' statuses


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Whom a rule is asked about: a subject, or one measure (or part) of it."""

    subject: str
    measure: str | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule's outcome in one place: "fires", "quiet", a band's status, or None where it can't be known."""

    rule: str
    place: Place
    outcome: str | None
    missing: tuple[str, ...] = ()  # names that were absent, where the outcome is None
    evidence: Mapping[str, Quantity] | None = None  # the figures the condition named, where known
    as_at: str | None = None  # the period this outcome was last judged in, where it is held from then
    last_fired: str | None = None  # the period its condition was last true in, where it only stands until it's cleared
