"""Scopes written as small tables of figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.model.numbers import read_number
from engine.model.values import Quantity, Unit
from engine.rulebook.syntax import Fact


def quantity(text: str) -> Quantity:
    """A figure as people write it: "15.1%", "£264k", "3"."""
    written = read_number(text)
    return Quantity(written.value, written.unit or Unit.NUMBER)


@dataclass(frozen=True)
class Sheet:
    """A scope of the figures given, by name; attributes that stand alone are given by name too."""

    figures: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    limits: Mapping[str, str] = field(default_factory=dict)
    before: "Sheet | None" = None

    def fact(self, fact: Fact) -> Quantity | None:
        return quantity(self.figures[fact.name]) if fact.name in self.figures else None

    def holds(self, fact: Fact, word: str) -> bool | None:
        return word in self.words[fact.name] if fact.name in self.words else None

    def threshold(self, name: str) -> Quantity | None:
        return quantity(self.limits[name]) if name in self.limits else None

    def earlier(self, back: int, about: tuple[Fact, ...]) -> "Sheet | None":
        if not back:
            return self
        return self.before.earlier(back - 1, about) if self.before else None
