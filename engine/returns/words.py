"""Words as people type them in returns: found again whatever the case, the spaces or the alphabet of their letters."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Generic, TypeVar

from engine.workspace import spelling

# What can't be seen: control characters, zero-width and direction marks, halves of surrogate pairs.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)
_MOST_SUGGESTIONS = 50  # a return with more wrong names needs another cure than near ones, and they take time to find
_LISTED = 8

T = TypeVar("T")


def tidy(text: str) -> str:
    """The text without what can't be seen, every run of spaces or line breaks one space, none at its ends."""
    return " ".join(_INVISIBLE.sub("", text).split())


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """The text in the form in which names are compared; kept, since a return says the same names in row after row."""
    return spelling.fold(text)


class Names(Generic[T]):
    """Things that go by several names: an id each, and others that count only where they are no other thing's id.

    A name that two things share belongs to neither: it would be a guess.
    """

    def __init__(self, ids: Iterable[tuple[str, T]], also: Iterable[tuple[str, T]] = ()) -> None:
        first, second = tuple(ids), tuple(also)
        self.ids = tuple(name for name, _ in first)
        self._all = (*self.ids, *(name for name, _ in second))
        self._found: dict[str, T] = {}
        self._shared: set[str] = set()
        self._cures: dict[str, str] = {}
        self._add(first)
        self._add(second)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def find(self, text: str) -> T | None:
        """What goes by that name; None where nothing does, or more than one thing."""
        return self._found.get(fold(text))

    def cure(self, text: str, otherwise: str) -> str:
        """What to write in place of a name not found: one that is near, any where they are few, or `otherwise`."""
        folded = fold(text)
        if folded in self._shared:
            return "more than one goes by that name: write its id"
        if folded not in self._cures:
            near = spelling.closest(text, self._all) if len(self._cures) < _MOST_SUGGESTIONS else None
            few = f"write {spelling.listed(self.ids)}" if 0 < len(self.ids) <= _LISTED else ""
            self._cures[folded] = f"did you mean `{near}`?" if near else few
        return self._cures[folded] or otherwise

    def _add(self, layer: Iterable[tuple[str, T]]) -> None:
        fresh: dict[str, T] = {}
        for name, thing in layer:
            folded = fold(name)
            if folded not in self._found and fresh.setdefault(folded, thing) != thing:
                self._shared.add(folded)
        self._found.update((name, thing) for name, thing in fresh.items() if name not in self._shared)
