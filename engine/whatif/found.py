"""What several rules say of a subject, or of its measures, under each of many values of a threshold."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from engine.assessment.judged import Ruled
from engine.whatif.spread import Spread, joined


@dataclass(frozen=True, slots=True)
class Found:
    """What several rules say: those that say the same under every value, and those that don't."""

    alike: tuple[Ruled, ...]
    moved: tuple[Spread[Ruled], ...]

    @classmethod
    def of(cls, rulings: Iterable[Spread[Ruled]]) -> "Found":
        alike: list[Ruled] = []
        moved: list[Spread[Ruled]] = []
        for one in rulings:
            if len(one) == 1:
                alike += one
            else:
                moved.append(one)
        return cls(tuple(alike), tuple(moved))

    @property
    def keys(self) -> Spread[Hashable]:
        """Equal for two values under which all is alike."""
        return joined(tuple(map(id, one)) for one in self.moved)

    def under(self, place: int) -> tuple[Ruled, ...]:
        """All of it under the value in that place."""
        return (*self.alike, *(one[place] for one in self.moved))

    def __add__(self, other: "Found") -> "Found":
        return Found((*self.alike, *other.alike), (*self.moved, *other.moved))
