"""What other rules or thresholds would have changed: the JSON contract of `telltale what-if`."""

from typing import Literal

from pydantic import Field

from engine.model.base import Frozen
from engine.model.values import Unit
from engine.model.workspace import Level

EmailKind = Literal["more", "fewer", "changed"]


class ThresholdOut(Frozen):
    """A threshold as the rules have it in the periods looked at, and the value it was tried with."""

    threshold: str
    title: str
    unit: Unit
    was: tuple[str | None, ...]  # exact, oldest first; None where it is not set
    value: str | None  # None where it is tried as not set
    shown: str  # "60% to 65%"


class StatusChange(Frozen):
    """A subject's other status in one period."""

    period: str
    ref: str
    title: str
    level: Level
    was: str | None  # by today's rules
    status: str | None


class EmailChange(Frozen):
    """A message that would be sent besides, no longer, or for other reasons."""

    period: str
    change: EmailKind
    audience: str
    person: str  # a name from people.yaml
    address: str
    was: dict[str, str] = {}  # by today's rules: the reason, by the ref of each subject that it tells of
    reasons: dict[str, str] = {}


class WhatIfOut(Frozen):
    """`telltale what-if … --set` or `--rules`, schema 1."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    portfolio: str
    title: str
    scheme: str
    periods: tuple[str, ...]
    set: tuple[ThresholdOut, ...] = ()
    rules: str | None = None  # the file, where whole rules were tried
    sentence: str
    changes: tuple[StatusChange, ...]
    emails: tuple[EmailChange, ...]


class SweptValue(Frozen):
    """How many stand at each status under one value."""

    value: str  # exact
    shown: str
    is_today: bool
    counts: dict[str, int]  # by status, best first
    not_rated: int
    turned: int  # how many stand at another status than under the value before


class SweepOut(Frozen):
    """`telltale what-if … --sweep`, schema 1. A subject counts once for each period in which it was live."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    portfolio: str
    title: str
    scheme: str
    periods: tuple[str, ...]
    threshold: str
    threshold_title: str
    unit: Unit
    level: Level
    counted: str  # what each number counts, in words: "projects, once in each of 12 months"
    total: int
    today: str | None  # the value in force now, where there is one
    values: tuple[SweptValue, ...]
    same_from: str | None  # the values around today's that give the same statuses as it
    same_to: str | None
    sentences: tuple[str, ...]
    picture: str | None = None  # the file that was written
