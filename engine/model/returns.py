"""What owners submit: one return is one submitter's, for one portfolio and period."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import PlainSerializer

from engine.model.base import Frozen
from engine.model.problems import Problem
from engine.model.workspace import TargetWord


class FigureState(StrEnum):
    """What is said of a figure beside its number; blank is not in this list."""

    PROVISIONAL = "provisional"
    UNDER_REVIEW = "under review"
    NOT_DUE = "not due"
    NOT_CAPTURED = "not captured"
    PARTIAL = "partial"
    UNQUANTIFIED = "unquantified"
    UNSECURED = "unsecured"
    OFF_TARGET = "off target"  # where there is no figure: so its submitter says


class MilestoneState(StrEnum):
    SLIPPED = "slipped"  # where the dates aren't known
    UNDATED = "undated"
    CANCELLED = "cancelled"


class JudgementKind(StrEnum):
    DECLARED = "declared"  # the owner's own view: moves nothing
    FLOOR = "floor"  # the PMO's finding: no better than
    OVERRIDE = "override"  # the PMO's: replaces, until its end


PREVIOUS_YEARS = "previous years"
ALL_YEARS = "all"  # the control total

# The columns in which something was written that couldn't be read: the row's value is then None or "", and not blank.
# Sorted on the way out, so that the same return is always the same text.
Unread = Annotated[frozenset[str], PlainSerializer(sorted, return_type=list[str])]


class MeasureRow(Frozen):
    """A measure's figures, in the measure's unit (money in pounds, per cent as 15.1)."""

    subject: str
    measure: str
    part: str | None = None
    actual: Decimal | None = None
    target: Decimal | TargetWord | None = None
    forecast: Decimal | None = None
    as_of: date | None = None
    cases: Decimal | None = None  # how many the figure rests on
    state: FigureState | None = None
    note: str = ""
    unread: Unread = frozenset()
    file: str = ""  # under the returns folder: with `where`, for problems found later
    where: str = ""  # "line 4", "sheet measures, row 4"


class SavingsRow(Frozen):
    """A subject's savings in one year, in pounds."""

    subject: str
    year: str  # "2018/19", "previous years", "all"
    target: Decimal | None = None
    delivered: Decimal | None = None
    forecast: Decimal | None = None
    at_risk: Decimal | None = None  # positive for slippage, negative for over-delivery
    alternative: Decimal | None = None  # delivered in an alternative way
    state: FigureState | None = None
    note: str = ""
    unread: Unread = frozenset()
    file: str = ""
    where: str = ""


class MilestoneRow(Frozen):
    subject: str
    milestone: str
    planned: date | None = None
    forecast: date | None = None
    done: date | None = None
    state: MilestoneState | None = None
    workaround: str = ""  # what works meanwhile, not a plan
    note: str = ""
    unread: Unread = frozenset()
    file: str = ""
    where: str = ""


class JudgementRow(Frozen):
    """What a person decided of a subject's status, with the reason."""

    subject: str
    kind: JudgementKind
    status: str  # an id of the scheme (names, codes and aliases are understood on reading)
    reason: str
    by: str
    from_: date | None = None  # None: from this return's period on
    until: date | None = None  # last day in force; None with no until_milestone: this return's period only
    until_milestone: str | None = None  # in force until that milestone of the subject is done
    file: str = ""
    where: str = ""


class ExplanationRow(Frozen):
    subject: str
    measure: str
    reason: str
    recovery_by: date | None = None  # None: holds for this return's period only
    file: str = ""
    where: str = ""


class Return(Frozen):
    """One submitter's return for a period, as understood, with what could not be."""

    portfolio: str
    period: str
    submitter: str  # the name of the file (without ending) or folder
    source: str  # the path under the returns folder
    sha256: str  # of the bytes submitted
    content: str = ""  # digest of what they say, wherever in the file: saved again without a change, it is the same
    measures: tuple[MeasureRow, ...] = ()
    savings: tuple[SavingsRow, ...] = ()
    milestones: tuple[MilestoneRow, ...] = ()
    judgements: tuple[JudgementRow, ...] = ()
    explanations: tuple[ExplanationRow, ...] = ()
    # Table and subject of rows that could not be used at all: what sums or counts them with the others is not known.
    incomplete: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows were understood, over all tables."""
        return sum(map(len, (self.measures, self.savings, self.milestones, self.judgements, self.explanations)))

    @property
    def is_understood(self) -> bool:
        """Whether it can stand as what somebody returned: what says nothing at all replaces nothing."""
        return self.rows > 0
