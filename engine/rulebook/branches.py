"""How much a rule asks of the engine of record, which holds the alternatives of its condition one by one."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.rulebook.slips import Slip
from engine.rulebook.syntax import And, Comparison, Condition, ForPeriods, Is, Not, Or

MOST_EACH_WAY = 24  # alternatives in which a condition holds, and in which it fails
MOST_IN_ALL = 48  # of a ladder's bands together

_COUNTED = 1_000  # alternatives multiply so fast that nobody needs the exact number beyond this


class Size(NamedTuple):
    """In how many alternatives a condition holds, and in how many it fails, once `or` and `not` are written out."""

    holds: int
    fails: int


def size_of(condition: Condition) -> Size:
    match condition:
        case Comparison() | Is():
            return Size(1, 1)
        case Not(item=item):
            return _contrary(size_of(item))
        case ForPeriods(condition=item, periods=periods):
            return _all([size_of(item)] * periods)
        case And(items=items):
            return _all([size_of(item) for item in items])
        case Or(items=items):
            return _contrary(_all([_contrary(size_of(item)) for item in items]))


def size_slips(conditions: Iterable[Condition]) -> list[Slip]:
    """What is wrong where a rule (a condition, or a ladder's bands) asks too much; at most one slip.

    What passes compares fewer than a hundred figures too: each literal of a condition adds to its alternatives.
    """
    sizes = [(condition, size_of(condition)) for condition in conditions]
    for condition, size in sizes:
        if max(size) > MOST_EACH_WAY:
            return [_too_many(condition, max(size))]
    in_all = sum(sum(size) for _, size in sizes)
    return [_too_many(sizes[0][0], in_all)] if in_all > MOST_IN_ALL else []


def _too_many(condition: Condition, count: int) -> Slip:
    shown = str(count) if count < _COUNTED else f"{_COUNTED:,} or more"
    return Slip(condition.at, "too-complex", f"this has too many alternatives ({shown})", "split the rule")


def _contrary(size: Size) -> Size:
    return Size(size.fails, size.holds)


def _all(sizes: Sequence[Size]) -> Size:
    holds = 1
    for size in sizes:
        holds = min(holds * size.holds, _COUNTED)
    return Size(holds, min(sum(size.fails for size in sizes), _COUNTED))
