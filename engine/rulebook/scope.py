"""Where a condition looks its names up: one sheet, in one period, under one set of thresholds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from engine.model.values import Quantity
from engine.rulebook.syntax import Fact


class Scope(Protocol):
    """What a condition can ask. None is always "not known"."""

    def fact(self, fact: Fact) -> Quantity | None:
        """The figure under that name."""

    def holds(self, fact: Fact, word: str) -> bool | None:
        """Whether a word ("missing", "explained", "rising", a status or lifecycle) holds of that name."""

    def threshold(self, name: str) -> Quantity | None:
        """The threshold's value in force."""

    def earlier(self, back: int, about: tuple[Fact, ...]) -> "Scope | None":
        """The same place `back` periods earlier, of those in which all that `about` names was due.

        Under the same thresholds; None before the first return, and before the subject was live. Going back in two
        steps comes to the same as in one: `earlier(a, about).earlier(b, about)` is `earlier(a + b, about)`.
        """


@dataclass(frozen=True, slots=True)
class Figures:
    """A scope of figures by their full names, in which nothing else is known."""

    known: Mapping[str, Quantity]

    def fact(self, fact: Fact) -> Quantity | None:
        return self.known.get(fact.name)

    def holds(self, fact: Fact, word: str) -> None:
        return None

    def threshold(self, name: str) -> None:
        return None

    def earlier(self, back: int, about: tuple[Fact, ...]) -> None:
        return None
