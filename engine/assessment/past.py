"""A portfolio's periods, looking back: what came before, and what is history."""

from collections.abc import Hashable, Iterator, Mapping
from datetime import date
from typing import TypeVar

from engine.model.workspace import Measure, Portfolio, cadence_of
from engine.periods import Period
from engine.workspace.dates import series_start, starts

Key = TypeVar("Key", bound=tuple[Hashable, ...])
Kept = TypeVar("Kept")


class Past:
    """The periods before any period, each worked out once."""

    def __init__(self, portfolio: Portfolio) -> None:
        self._cadence = cadence_of(portfolio)
        self._starts = starts(portfolio)
        self._before: dict[str, Period | None] = {}

    def period(self, name: str) -> Period:
        """A period by its name."""
        return self._cadence.period(name)

    def before(self, period: Period) -> Period | None:
        """The period before; None where the cadence has none."""
        if period.id not in self._before:
            self._before[period.id] = self._cadence.before(period)
        return self._before[period.id]

    def series_start(self, measure: Measure, period: Period) -> date | None:
        """The first day of the series that a measure's figures belong to in a period; None where none broke."""
        return series_start(measure, period.end, self._cadence)

    def is_history(self, period: Period) -> bool:
        """Whether it lies before the first period that is judged."""
        return period.end < self._starts.end

    def judged_before(self, period: Period) -> Iterator[Period]:
        """The judged periods before one, the latest first."""
        earlier = self.before(period)
        while earlier is not None and not self.is_history(earlier):
            yield earlier
            earlier = self.before(earlier)


def without(kept: Mapping[Key, Kept], period: Period) -> dict[Key, Kept]:
    """What was kept of other periods than this one, where every key has its period's name in it."""
    return {key: value for key, value in kept.items() if period.id not in key}
