"""What is asked of an evaluator and what it answers, in both passes."""

from dataclasses import dataclass
from typing import Literal

from engine.model.verdicts import Place
from engine.rulebook.rules import Rule
from engine.rulebook.scope import Scope


@dataclass(frozen=True, slots=True)
class Question:
    """First pass: which outcome has this rule in this place?"""

    rule: Rule
    place: Place
    scope: Scope


@dataclass(frozen=True, slots=True)
class Standing:
    """Second pass: all that a subject's status and trend follow from. Ranks count from 0, the best."""

    subject: str
    outside: bool  # its lifecycle puts it outside the scheme's order
    override: int | None  # rank of an override in force
    worst: int | None  # rank of the worst finding or floor; None where there is none
    judged: bool  # at least one rule that applies was judged
    required_unknown: bool  # a required rule that applies could be neither judged nor held
    before: int | None  # last period's rank, re-judged; None where it had none
    comparable: bool  # the deciding rule could be judged on last period's figures
    new: bool  # no status in any earlier period
    first_exception: int  # the best rank that the scheme marks as an exception; len(statuses) where none is


@dataclass(frozen=True, slots=True)
class Settled:
    """Status and trend, in ranks: `status` None with `outside` false is not rated."""

    status: int | None
    derived: int | None  # what findings and floors alone give
    earned: bool  # the best status because everything required was judged (of `derived`)
    trend: Literal["Better", "Same", "Worse", "New"] | None
    exception: bool
    remediated: bool
