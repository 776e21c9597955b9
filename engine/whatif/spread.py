"""Things that may be different under each of some values: one for each, or one alone where it is so under all."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
Spread = tuple[T, ...]
ALIKE: Spread[Hashable] = ((),)


def under(spread: Spread[T], place: int) -> T:
    """The one under the value in that place."""
    return spread[place] if len(spread) > 1 else spread[0]


def once_each(keys: Spread[Hashable], make: Callable[[int], T]) -> Spread[T]:
    """What is made for each place, once for all places with the same key."""
    if len(keys) == 1:
        return (make(0),)
    made: dict[Hashable, T] = {}
    for place, key in enumerate(keys):
        if key not in made:
            made[key] = make(place)
    return tuple(made[key] for key in keys) if len(made) > 1 else tuple(made.values())


def joined(spreads: Iterable[Spread[Hashable]]) -> Spread[Hashable]:
    """Keys that are equal for two values where every one of the spreads is."""
    return tuple(zip(*(spread for spread in spreads if len(spread) > 1), strict=True)) or ALIKE


def numbered(keys: Spread[Hashable]) -> Spread[Hashable]:
    """A number in place of each key: keys of keys of keys stay small."""
    numbers: dict[Hashable, int] = {}
    return tuple(numbers.setdefault(key, len(numbers)) for key in keys)


def each(places: Sequence[int], make: Callable[[int], T]) -> Spread[T]:
    """What is made for each place."""
    return _alone_if_alike([make(place) for place in places])


def turning(places: Sequence[int], make: Callable[[int], T | None]) -> Spread[T | None]:
    """The same, where one that is no None and is made for two places is made for all between them."""
    last = len(places) - 1
    first, final = make(0), make(last)
    if first is not None and first == final:
        return (first,)
    found: list[T | None] = [first, *[None] * (last - 1), final] if last else [first]

    def fill(low: int, high: int) -> None:
        if high - low < 2:
            return
        if found[low] is not None and found[low] == found[high]:
            found[low + 1 : high] = [found[low]] * (high - low - 1)
            return
        middle = (low + high) // 2
        found[middle] = make(middle)
        fill(low, middle)
        fill(middle, high)

    fill(0, last)
    return _alone_if_alike(found)


def _alone_if_alike(found: list[T]) -> Spread[T]:
    return tuple(found) if any(one != found[0] for one in found) else (found[0],)
