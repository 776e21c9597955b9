"""What people do by `telltale decide`: judgements of a status, silences, acknowledgements, and the end of any."""

from datetime import date, datetime
from enum import StrEnum

from engine.model.base import Frozen


class CaseKey(Frozen):
    """One rule on one subject or measure, or a floor or override (rule "floor", "override")."""

    rule: str
    subject: str
    measure: str | None = None
    part: str | None = None


class ActKind(StrEnum):
    """The first three are judgements, as returns have them too (`JudgementKind`)."""

    OVERRIDE = "override"
    FLOOR = "floor"
    DECLARED = "declared"
    SILENCE = "silence"
    ACKNOWLEDGEMENT = "acknowledgement"
    END = "end"

    @property
    def is_judgement(self) -> bool:
        return self in (ActKind.OVERRIDE, ActKind.FLOOR, ActKind.DECLARED)


class OfficeAct(Frozen):
    """One act, with who, why and until when. It is never rewritten: what ends it is an act of its own."""

    number: int = 0  # in the order in which they were made; 0 until it is kept
    kind: ActKind
    portfolio: str
    subject: str
    by: str
    why: str
    made: datetime  # with its time zone
    # The period that it is about: of a judgement the first it counts for, of a judgement's end the first it counts for
    # no longer; of the others the latest that was published then, "" before the first.
    period: str
    status: str | None = None  # that a judgement gives; that was acknowledged
    until: date | None = None  # the last day in force; of a judgement None with no milestone: its own period only
    until_milestone: str | None = None  # of a judgement: in force until that milestone of the subject is done
    rule: str | None = None  # of a silence or acknowledgement: of this rule alone
    audience: str | None = None  # of a silence: for this audience alone
    below: bool = False  # of a silence: also all that lies below the subject
    cases: tuple[CaseKey, ...] = ()  # that are acknowledged
    ends: int | None = None  # of an end: the number of the act that it ends
