"""What is known of figures and words before anybody returns one: a count is never negative, nothing rises and falls."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from engine.facts.attributes import MOVEMENTS
from engine.facts.names import HELD_FOR, LIFECYCLE, MEASURE_ATTRIBUTES, OF_THE_FIGURE, PREVIOUS_STATUS, TARGETS
from engine.facts.words import MISSING, OVERDUE
from engine.model.numbers import NumberError, read_number
from engine.model.workspace import DatedNumber, Lifecycle, MeasureHere, Portfolio, Scheme
from engine.rulebook.alternatives import name_and_time
from engine.rulebook.linear import Linear

_NO_FIGURE = frozenset((MISSING, OVERDUE))
_COUNTED = ("milestones", "measures", "projects", "programmes")
_SHARE = "off_target_share"
_HUNDRED = Fraction(100)


@dataclass(frozen=True)
class Known:
    """What holds of the figures of one portfolio, whatever is returned."""

    measures: frozenset[str] = frozenset()
    below_nought: frozenset[str] = frozenset()  # measures with a target that is negative
    exclusive: Mapping[str, frozenset[str]] = field(default_factory=dict)  # of these words exactly one holds

    def least(self, name: str) -> Fraction | None:
        """What a figure is never less than."""
        base, attribute = _parts(name)
        if name_and_time(name)[0] == HELD_FOR or base in _COUNTED or attribute in ("shortfall", "age"):
            return Fraction(0)
        return None

    def limits(self, name: str) -> Iterator[Linear]:
        """Sums that are never above nought, of a figure and others that are known with it."""
        least = self.least(name)
        if least is not None:
            yield Linear({name: Fraction(-1)}, least)
        base, attribute = _parts(name)
        if attribute == _SHARE and base in _COUNTED:
            yield Linear({name: Fraction(1)}, -_HUNDRED)
        elif base in _COUNTED and self.is_whole(name) and attribute != "count":
            whole = name.replace(f"{base}.{attribute}", f"{base}.count", 1)
            yield Linear({name: Fraction(1), whole: Fraction(-1)})

    def is_whole(self, name: str) -> bool:
        """Whether a figure has no decimals: it counts things, or periods."""
        base, attribute = _parts(name)
        if name_and_time(name)[0] == HELD_FOR:
            return True
        if base in _COUNTED:
            return attribute not in (_SHARE, "worst_slip")
        return attribute in ("run", "age")

    def not_negative(self, whole: str) -> bool:
        """Whether what a share is a share of may be taken not to be negative: a target, unless one of it is."""
        base, attribute = _parts(whole)
        of_all = not base  # an attribute that stands alone may be any measure's
        negative = bool(self.below_nought) if of_all else base in self.below_nought
        return attribute in TARGETS and not negative

    def one_of(self, name: str) -> frozenset[str]:
        """Words of a name of which exactly one holds wherever any is known; empty for most names."""
        return self.exclusive.get(name_and_time(name)[0], frozenset())

    def exclude_each_other(self, name: str, word: str, other: str) -> bool:
        """Whether two words can't hold of a name together."""
        return word != other and any({word, other} <= group for group in (self.one_of(name), MOVEMENTS))

    def absent(self, name: str, word: str, fact: str) -> bool:
        """Whether a fact is not known while a word holds of a name."""
        if word == MISSING and fact == name:
            return True
        owner, when = name_and_time(name)
        if word not in _NO_FIGURE or name_and_time(fact)[1] != when:
            return False
        base, attribute = _parts(fact)
        if owner == "actual":  # the attributes of the one measure that a rule for measures is asked of
            return not base and attribute in OF_THE_FIGURE
        return owner in self.measures and base == owner and attribute in OF_THE_FIGURE


def known_of(portfolio: Portfolio, scheme: Scheme) -> Known:
    """What is known of the figures of a portfolio."""
    negative = {
        name
        for subject in portfolio.subjects.values()
        for name, here in subject.measures.items()
        if any(_is_negative(text) for target in _targets(here) for text in _texts(target))
    }
    words = {
        LIFECYCLE: frozenset(lifecycle.value for lifecycle in Lifecycle),
        PREVIOUS_STATUS: frozenset(status.id for status in (*scheme.statuses, *scheme.outside)),
    }
    return Known(frozenset(portfolio.measures), frozenset(negative), words)


def _targets(here: MeasureHere) -> Iterable[str | tuple[DatedNumber, ...] | None]:
    return here.target, here.year_target, None if here.lifetime_target is None else here.lifetime_target.value


def _texts(target: str | tuple[DatedNumber, ...] | None) -> Iterable[str]:
    return [one.value for one in target] if isinstance(target, tuple) else [target] if target else []


def _is_negative(text: str) -> bool:
    try:
        return read_number(text).value < 0
    except NumberError:  # a word such as `to be set`; what can't be read is told elsewhere
        return False


def _parts(name: str) -> tuple[str, str]:
    """What a name is about and what it says of that: ("savings", "target") of "savings.target in this year".

    A measure's own figure is its `actual`; of an attribute that stands alone the first is empty. Of what was worked
    out of several figures, which is written in brackets, nothing is told.
    """
    if name.startswith("("):
        return name, ""
    base, dot, attribute = name_and_time(name)[0].partition(" in ")[0].partition(".")
    if dot:
        return base, attribute
    return ("", base) if base in MEASURE_ATTRIBUTES else (base, "actual")
