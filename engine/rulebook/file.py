"""A rule file as it may be written, key by key."""

from typing import Literal

from pydantic import Field

from engine.model.base import Frozen
from engine.model.values import Unit
from engine.model.workspace import DatedNumber

Whom = Literal["projects", "programmes", "portfolio", "measures"]
Written = str | None  # a value as it stands in the file; None is a blank


class ThresholdEntry(Frozen):
    """A number that rules name instead of writing it, with the days from which its values hold."""

    title: str
    unit: Unit | None = None  # needed only where no value is set yet
    values: tuple[DatedNumber, ...]


class TestEntry(Frozen):
    """What a rule says where certain facts are given."""

    __test__ = False  # not one of pytest's

    given: dict[str, Written | tuple[Written, ...]] = {}
    expect: str
    on: str | None = None  # a day: the thresholds that hold then; without it their latest values


class RuleEntry(Frozen):
    """One rule. Either `when` (and `clears`) with `status` or `as`, or `bands`."""

    id: str
    title: str
    for_: Whom | tuple[Whom, ...] | None = Field(default=None, alias="for")
    only: str | tuple[str, ...] = ()
    measure: str | None = None
    when: str | None = None
    clears: str | None = None  # once it fired, it stands until this is true
    status: str | None = None
    as_: Literal["remark", "problem"] | None = Field(default=None, alias="as")
    bands: dict[str, str] = {}
    because: str = ""
    action: str = ""
    required: bool = True
    supporting: bool = False
    from_: str | None = Field(default=None, alias="from")
    until: str | None = None
    tests: tuple[TestEntry, ...] = ()


class RuleFile(Frozen):
    """The rules and thresholds of one portfolio."""

    portfolio: str
    thresholds: dict[str, ThresholdEntry] = {}
    rules: tuple[RuleEntry, ...] = ()
