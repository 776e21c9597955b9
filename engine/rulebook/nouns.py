"""What facts are called in a sentence, and how finely their figures are shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.facts.names import LIFECYCLE, MEASURE_ATTRIBUTES, PREVIOUS_STATUS, UNREPORTED
from engine.model.values import Quantity, Unit, show
from engine.model.workspace import Measure, Scheme
from engine.rulebook.names import own_attribute
from engine.rulebook.syntax import Fact

NOT_KNOWN = "not known"

_ATTRIBUTES = {
    "actual": "{}",
    "target": "the target of {}",
    "forecast": "the forecast of {}",
    "previous": "the figure before of {}",
    "change": "the change in {}",
    "variance": "the variance of {}",
    "shortfall": "the shortfall of {}",
    "last_year": "last year's figure of {}",
    "two_back": "the figure of {} two reports ago",
    "run": "the run of changes in {}",
    "age": "the age of {}",
    "to_date": "{} to date",
    "target_to_date": "the target to date of {}",
    "year_target": "the year's target of {}",
    "lifetime_target": "the lifetime's target of {}",
    "cases": "the cases behind {}",
    "linear_target": "the straight-line target of {}",
    "previous_target": "the earlier target of {}",
    "weeks_to_recovery": "the time to recovery of {}",
    "unsecured": "the unsecured part of {}",
    "mean": "the mean of {}",
    "upper_limit": "the upper limit of {}",
    "lower_limit": "the lower limit of {}",
}
_FIXED = {
    "savings.target": "the savings target",
    "savings.delivered": "savings delivered",
    "savings.forecast": "savings forecast",
    "savings.at_risk": "savings at risk",
    "savings.alternative": "savings delivered in other ways",
    "savings.net_at_risk": "net savings at risk",
    "savings.shortfall": "the shortfall of savings",
    "milestones.count": "milestones",
    "milestones.unmitigated": "milestones slipped without a workaround",
    "milestones.undated": "milestones without a date",
    UNREPORTED: "milestones whose date has passed without a word",
    "milestones.after_end": "milestones after the end of the plan",
    "milestones.worst_slip": "the longest slip of a milestone",
    "status.held_for": "periods at this status",
    LIFECYCLE: "the lifecycle",
    PREVIOUS_STATUS: "the last status",
}
_COUNTS = {
    "count": "{}",
    "missing": "{} without a figure",
    "partial": "{} reported in part",
    "not_captured": "{} not captured",
    "off_target": "{} off target",
    "off_target_share": "the share of {} off target",
}
_NONE_IS_GOOD = ("savings.at_risk", "savings.net_at_risk")  # nought of these is "no savings at risk"


@dataclass(frozen=True, slots=True)
class Terms:
    """How one subject, or one measure of it, is spoken of."""

    title: str  # the subject's; in a rule for measures the measure's, with its part
    measures: Mapping[str, Measure]  # the portfolio's
    scheme: Scheme
    measure: str | None = None  # in a rule for measures: the one whose attributes stand alone

    def fact(self, name: str) -> Fact:
        """The fact that a name in a `because` means."""
        alone = own_attribute(name, self.measure, MEASURE_ATTRIBUTES) if self.measure is not None else None
        return Fact(name) if alone is None else Fact(alone, alone=True)

    def measure_of(self, fact: Fact) -> tuple[str | None, str]:
        """The measure that a fact belongs to, if any, and the attribute."""
        if fact.alone:
            return self.measure, fact.name
        base, _, attribute = fact.name.partition(".")
        return (base, attribute or "actual") if base in self.measures else (None, fact.name)

    def shown(self, fact: Fact, quantity: Quantity | None) -> str:
        """The fact's figure as people read it, with its measure's decimals."""
        if quantity is None:
            return NOT_KNOWN
        return show(quantity, self.decimals(fact, quantity.unit))

    def decimals(self, fact: Fact, unit: Unit) -> int | None:
        """To how many places a fact is shown: those of its measure, for what is in the measure's own unit."""
        measure, attribute = self.measure_of(fact)
        defined = self.measures.get(measure) if measure is not None else None
        if defined is None or MEASURE_ATTRIBUTES.get(attribute, unit) is not None or unit is Unit.MONEY:
            return None
        return defined.decimals

    def noun(self, fact: Fact) -> str:
        """What the fact is called inside a sentence."""
        measure, attribute = self.measure_of(fact)
        if measure is not None:
            title = self.title if fact.alone else self.measures[measure].title
            return _ATTRIBUTES.get(attribute, "{}").format(title)
        name, _, year = fact.name.partition(" in ")
        return self._fixed(name) + (f" in {year}" if year else "")

    def counts(self, fact: Fact) -> bool:
        """Whether nought of it is said as "no …"."""
        base, _, last = fact.name.partition(".")
        if fact.alone or fact.name.partition(" in ")[0] in _NONE_IS_GOOD:
            return not fact.alone
        return base in ("milestones", "measures", "projects", "programmes") and last not in (
            "worst_slip",
            "off_target_share",
        )

    def word(self, word: str) -> str:
        """A word after `is`: a status by its name."""
        status = self.scheme.get(word)
        return word if status is None else status.name

    def _fixed(self, name: str) -> str:
        if name in _FIXED:
            return _FIXED[name]
        things, _, last = name.partition(".")
        if last in _COUNTS:
            return _COUNTS[last].format(things)
        status = self.scheme.get(last.removesuffix("_or_worse"))
        if status is not None:
            return f"{things} at {status.name}{' or worse' if last.endswith('_or_worse') else ''}"
        return f"{things} {last.replace('_', ' ')}".strip()
