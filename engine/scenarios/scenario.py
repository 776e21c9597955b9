"""A scenario as read: the returns of its periods, and what must come of them."""

from dataclasses import dataclass
from enum import StrEnum

from engine.model.returns import Return
from engine.model.series import BLANK
from engine.periods import Period
from engine.rulebook.syntax import At

NOTHING = BLANK  # expected of a period: no status, no trend, a rule that is not asked, nobody told
UNCHECKED = "."  # expected of a period: whatever it is
HELD = "held"  # expected of a rule: it can't be judged, and what it found before still stands


class Kind(StrEnum):
    """What a series expects."""

    STATUS = "status"
    TREND = "trend"
    FINDING = "finding"
    PROBLEM = "problem"
    REASON = "reason"  # for which an audience is told of a subject
    MESSAGES = "messages"  # how many an audience gets


@dataclass(frozen=True, slots=True)
class Expected:
    """One expected series. `words` are canonical (a status by its id), one a period; None is not checked."""

    kind: Kind
    words: tuple[str | None, ...]
    at: At
    subject: str | None = None
    audience: str | None = None
    rule: str | None = None
    measure: str | None = None
    part: str | None = None

    @property
    def of(self) -> str:
        """What it is about: "status of direct_payments", "owners told of direct_payments"."""
        match self.kind:
            case Kind.FINDING:
                place = " ".join(one for one in (self.measure, self.part) if one)
                return f"{self.rule} of {self.subject}" + (f" ({place})" if place else "")
            case Kind.REASON:
                return f"{self.audience} told of {self.subject}"
            case Kind.MESSAGES:
                return f"messages to {self.audience}"
            case _:
                return f"{self.kind.value} of {self.subject}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is returned in each period, and what must come of it."""

    name: str  # of its file: "recruitment_recovers"
    title: str
    portfolio: str
    file: str  # as a person sees it: "rules/scenarios/recruitment_recovers.yaml"
    at: At
    periods: tuple[Period, ...]  # oldest first
    returns: tuple[Return, ...]
    expected: tuple[Expected, ...]
