"""The second pass as the engine of record sees it: a dozen fixed rules that give status and trend from a standing.

Two chunks, for the second builds on what the first gives: the status with and without an override, then trend and
exceptions. A rule is its alternatives, each a list of tests on the fact's slots; what is absent fails every test.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar, get_args

from engine.inference.errors import JudgementError
from engine.inference.program import Chunk, Fired, Test
from engine.inference.questions import Settled, Standing
from engine.model.run import Trend
from engine.model.verdicts import Place

Tests = tuple[Test, ...]
Name = TypeVar("Name", bound=str)


def _is(slot: int, value: int) -> Test:
    return (slot, "=", value, 1)


# ---- the status

_OUTSIDE, _OVERRIDDEN, _FOUND, _WORST, _JUDGED, _REQUIRED_UNKNOWN = range(6)  # slots

# "No better than the best" holds nobody back: the best status is earned even beside such a finding.
_HELD_BACK: Test = (_WORST, ">", 0, 1)
_ALL_JUDGED = (_is(_JUDGED, 1), _is(_REQUIRED_UNKNOWN, 0))
_EARNED = ((_is(_FOUND, 0), *_ALL_JUDGED), (_is(_WORST, 0), *_ALL_JUDGED))
_IN_ORDER = _is(_OUTSIDE, 0)
_NO_OVERRIDE = (_IN_ORDER, _is(_OVERRIDDEN, 0))

_STATUS_RULES: Mapping[str, tuple[Tests, ...]] = {
    "the override": ((_IN_ORDER, _is(_OVERRIDDEN, 1)),),
    "the worst": ((*_NO_OVERRIDE, _HELD_BACK),),
    "earned": tuple((*_NO_OVERRIDE, *tests) for tests in _EARNED),
    "beneath, the worst": ((_IN_ORDER, _HELD_BACK),),
    "beneath, earned": tuple((_IN_ORDER, *tests) for tests in _EARNED),
}

# ---- the trend

_STATUS, _BEFORE, _COMPARABLE, _NEW, _FIRST_EXCEPTION = range(5)  # slots

_COMPARED = (_is(_NEW, 0), _is(_COMPARABLE, 1))
_TREND_RULES: Mapping[str, tuple[Tests, ...]] = {
    "New": (((_STATUS, ">=", 0, 1), _is(_NEW, 1)),),
    "Better": ((*_COMPARED, (_STATUS, "<", _BEFORE, 0)),),
    "Same": ((*_COMPARED, (_STATUS, "=", _BEFORE, 0)),),
    "Worse": ((*_COMPARED, (_STATUS, ">", _BEFORE, 0)),),
    "exception": (((_STATUS, ">=", _FIRST_EXCEPTION, 0),),),
    "remediated": (((_STATUS, "<", _FIRST_EXCEPTION, 0), (_BEFORE, ">=", _FIRST_EXCEPTION, 0)),),
}
_TRENDS: tuple[Trend, ...] = get_args(Trend)


class Derived(NamedTuple):
    """What the first chunk gives, in ranks."""

    status: int | None
    beneath: int | None  # without the override
    earned: bool  # of `beneath`


def status_chunk(standings: Sequence[Standing]) -> Chunk:
    """The rules that give a status, and one fact a standing."""
    return _chunk(
        _STATUS_RULES,
        [
            (one.outside, one.override is not None, one.worst is not None, one.worst, one.judged, one.required_unknown)
            for one in standings
        ],
    )


def derived(standing: Standing, fired: Sequence[Fired]) -> Derived:
    """What fired in the first chunk. Raises JudgementError where more than one rule gave the status."""
    said = _said(_STATUS_RULES, fired)
    ranks = {"the override": standing.override, "the worst": standing.worst, "earned": 0}
    beneath = _one(standing, [name for name in ranks if f"beneath, {name}" in said])
    status = _one(standing, [name for name in ranks if name in said])
    return Derived(
        None if status is None else ranks[status], None if beneath is None else ranks[beneath], beneath == "earned"
    )


def trend_chunk(standings: Sequence[Standing], statuses: Sequence[Derived]) -> Chunk:
    """The rules that give trend and exceptions, and one fact a standing."""
    pairs = zip(standings, statuses, strict=True)
    return _chunk(
        _TREND_RULES, [(to.status, one.before, one.comparable, one.new, one.first_exception) for one, to in pairs]
    )


def settled(standing: Standing, status: Derived, fired: Sequence[Fired]) -> Settled:
    """What fired in both chunks. Raises JudgementError where more than one rule gave the trend."""
    said = _said(_TREND_RULES, fired)
    return Settled(
        status.status,
        status.beneath,
        status.earned,
        trend=_one(standing, [trend for trend in _TRENDS if trend in said]),
        exception="exception" in said,
        remediated="remediated" in said,
    )


def _chunk(rules: Mapping[str, tuple[Tests, ...]], facts: Sequence[tuple[int | None, ...]]) -> Chunk:
    chunk = Chunk()
    chunk.add(rules.values(), slots=max(map(len, facts), default=0))
    chunk.facts = [[(0, 0, [None if value is None else int(value) for value in values])] for values in facts]
    return chunk


def _said(rules: Mapping[str, tuple[Tests, ...]], fired: Sequence[Fired]) -> frozenset[str]:
    names = tuple(rules)
    return frozenset(names[which] for _, which in fired)


def _one(standing: Standing, said: Sequence[Name]) -> Name | None:
    if len(said) > 1:
        raise JudgementError(f"the engine says both {' and '.join(said)}", place=Place(standing.subject))
    return said[0] if said else None
