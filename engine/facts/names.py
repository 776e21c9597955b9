"""The universe of names: what a portfolio's fact sheets may hold, with units, and the words that may be said of it."""

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from engine.facts.signals import LIMITS
from engine.facts.words import MEASURE_WORDS, MISSING
from engine.model.values import Unit
from engine.model.workspace import Lifecycle, Portfolio, Scheme
from engine.periods import PeriodError, read_year
from engine.workspace.dates import year_starts_in

# What may be asked of a measure, with its unit; None is the measure's own.
MEASURE_ATTRIBUTES: Mapping[str, Unit | None] = MappingProxyType(
    {
        "actual": None,
        "target": None,
        "forecast": None,
        "previous": None,
        "change": None,
        "variance": None,
        "shortfall": Unit.PERCENT,
        "last_year": None,
        "two_back": None,
        "run": Unit.NUMBER,
        "age": Unit.NUMBER,
        "to_date": None,
        "target_to_date": None,
        "year_target": None,
        "lifetime_target": None,
        "linear_target": None,
        "previous_target": None,
        "weeks_to_recovery": Unit.WEEKS,
        "unsecured": None,
        "cases": Unit.NUMBER,
        **dict.fromkeys(LIMITS),
    }
)

# Of a measure, those that are absent wherever its figure is.
OF_THE_FIGURE = frozenset(("actual", "variance", "shortfall", "change", "run", "unsecured"))
TARGETS = frozenset(("target", "year_target", "lifetime_target", "target_to_date", "linear_target", "previous_target"))

SAVINGS_COLUMNS = ("target", "delivered", "forecast", "at_risk", "alternative")
SAVINGS: Mapping[str, Unit] = MappingProxyType(
    {**dict.fromkeys((*SAVINGS_COLUMNS, "net_at_risk"), Unit.MONEY), "shortfall": Unit.PERCENT}
)
THIS_YEAR, NEXT_YEAR, PREVIOUS_YEARS = "this year", "next year", "previous years"
RELATIVE_YEARS = (THIS_YEAR, NEXT_YEAR, PREVIOUS_YEARS)

MILESTONES: Mapping[str, Unit] = MappingProxyType(
    {
        **dict.fromkeys(
            ("count", "slipped", "unmitigated", "undated", "due", "overdue", "unreported", "after_end"), Unit.NUMBER
        ),
        "worst_slip": Unit.WEEKS,
    }
)
UNREPORTED = "milestones.unreported"  # it speaks of earlier returns, where this period's says nothing
MEASURE_COUNTS = ("count", "reported", "missing", "partial", "not_captured", "overdue", "rated", "off_target")
CHILD_COUNTS: Mapping[str, Unit] = MappingProxyType(
    {"count": Unit.NUMBER, "rated": Unit.NUMBER, "off_target": Unit.NUMBER, "off_target_share": Unit.PERCENT}
)

HELD_FOR = "status.held_for"  # periods
LIFECYCLE, PREVIOUS_STATUS = "lifecycle", "status.previous"  # words, never figures


class FactNames:
    """Every name that a rule of a portfolio may use."""

    def __init__(self, portfolio: Portfolio, scheme: Scheme) -> None:
        """Raises PeriodError where the portfolio's year begins in no month."""
        self._year_starts_in = year_starts_in(portfolio)
        self._measures = frozenset(portfolio.measures)
        statuses = [status.id for status in scheme.statuses]
        of_statuses = [*statuses, *(f"{status}_or_worse" for status in statuses)]
        units: dict[str, Unit] = {}
        for measure, defined in portfolio.measures.items():
            units[measure] = defined.unit
            for attribute, unit in MEASURE_ATTRIBUTES.items():
                if attribute != "actual":
                    units[f"{measure}.{attribute}"] = unit or defined.unit
        for column, unit in SAVINGS.items():
            units[f"savings.{column}"] = unit
            units |= {f"savings.{column} in {year}": unit for year in RELATIVE_YEARS}
        units |= {f"milestones.{name}": unit for name, unit in MILESTONES.items()}
        units |= {f"measures.{name}": Unit.NUMBER for name in (*of_statuses, *MEASURE_COUNTS)}
        for level in ("projects", "programmes"):
            units |= {f"{level}.{name}": Unit.NUMBER for name in of_statuses}
            units |= {f"{level}.{name}": unit for name, unit in CHILD_COUNTS.items()}
        units[HELD_FOR] = Unit.NUMBER
        self._units = units
        self._state_words = {
            LIFECYCLE: frozenset(lifecycle.value for lifecycle in Lifecycle),
            PREVIOUS_STATUS: frozenset(status.id for status in (*scheme.statuses, *scheme.outside)),
        }

    @property
    def measure_attributes(self) -> Mapping[str, Unit | None]:
        """What stands alone in rules for measures, with its unit; None is the measure's own."""
        return MEASURE_ATTRIBUTES

    def unit(self, name: str) -> Unit | None:
        """The unit of a figure by its full name; None where there is no such figure.

        A single year of savings must be written as a label ("2018/19"), as it is on the sheet.
        """
        base, in_, year = name.partition(" in ")
        if in_ and year not in RELATIVE_YEARS and base.startswith("savings."):
            return self._units.get(base) if self._is_year(year) else None
        return self._units.get(name)

    def is_state_only(self, name: str) -> bool:
        """Whether the name holds a word and never a figure ("lifecycle")."""
        return name in self._state_words

    def all(self) -> tuple[str, ...]:
        """Every full name but those of savings in a single year, of which there is no end."""
        return self._all

    def words(self, name: str) -> frozenset[str]:
        """The words that may follow `is` after a name, or after an attribute that stands alone; none for no name."""
        if name in self._state_words:
            return self._state_words[name]
        if name in self._measures or name == "actual":
            return MEASURE_WORDS
        return frozenset((MISSING,)) if self.unit(name) or name in MEASURE_ATTRIBUTES else frozenset()

    @cached_property
    def _all(self) -> tuple[str, ...]:
        return (*self._units, *self._state_words)

    def _is_year(self, text: str) -> bool:
        try:
            return read_year(text, self._year_starts_in) == text
        except PeriodError:
            return False
