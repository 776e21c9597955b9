"""The targets that `config/` agrees: which one holds, which one it took the place of, and whether anybody approved."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from engine.facts.arithmetic import in_full
from engine.facts.attributes import Lifetime
from engine.facts.figures import Target, read_target
from engine.facts.timeline import Timeline
from engine.model.values import Quantity, Unit
from engine.model.workspace import DatedNumber, MeasureHere, TargetWord
from engine.periods import Period
from engine.workspace.dates import NOT_SET, dated_number, first_day, last_day

Dated = str | tuple[DatedNumber, ...] | None


def holding(dated: Dated, day: date, unit: Unit, timeline: Timeline) -> Target:
    """The target that holds on a day; None where there is none, or none any more."""
    return None if dated is None else read_target(dated_number(dated, day, timeline.cadence), unit)


def previous_target(here: MeasureHere, period: Period, unit: Unit, timeline: Timeline) -> Decimal | None:
    """The target that the one which holds took the place of within the financial year; None where none was changed."""
    changed = _changed(here.target, period, timeline)
    was = _read(changed[0], unit) if changed is not None else None
    return was if isinstance(was, Decimal) else None


def lifetime(here: MeasureHere, unit: Unit, timeline: Timeline) -> Lifetime | None:
    """What is to be reached over a span of years; None where nothing is."""
    span = here.lifetime_target
    target = None if span is None else read_target(span.value, unit)
    if span is None or not isinstance(target, Decimal):
        return None
    return Lifetime(target, first_day(span.from_, timeline.cadence), last_day(span.until, timeline.cadence))


def unapproved(here: MeasureHere, period: Period, unit: Unit, timeline: Timeline) -> Iterator[str]:
    """How a target that holds was changed within the financial year without an approval on record."""
    for what, dated in (("target", here.target), ("year's target", here.year_target)):
        changed = _changed(dated, period, timeline)
        if changed is None or changed[1].approved_by.strip():
            continue
        _, now = changed
        was, is_ = (_words(_read(one, unit), unit) for one in changed)
        why = f" ({now.why})" if now.why else ""
        change = f"was changed from {was} to {is_}" if was != is_ else "was set anew"
        yield f"the {what} {change} from {now.from_} on{why}, and nobody is named as having approved that"


def target_in_words(target: Decimal | TargetWord, unit: Unit) -> str:
    """ "£1,769,000", "to be set" """
    return in_full(Quantity(target, unit)) if isinstance(target, Decimal) else target.value


def _changed(dated: Dated, period: Period, timeline: Timeline) -> tuple[DatedNumber, DatedNumber] | None:
    """The entry before the one that holds, and that one, where it began within the financial year.

    One that begins with the year takes nobody by surprise: a new year has new targets.
    """
    if not isinstance(dated, tuple):
        return None
    begins = [(first_day(one.from_, timeline.cadence), one) for one in dated]
    begun = sorted((pair for pair in begins if pair[0] <= period.end), key=lambda pair: pair[0])
    if len(begun) < 2 or begun[-1][0] <= timeline.year_start(period):
        return None
    return begun[-2][1], begun[-1][1]


def _read(one: DatedNumber, unit: Unit) -> Target:
    return None if one.value == NOT_SET else read_target(one.value, unit)


def _words(target: Target, unit: Unit) -> str:
    return NOT_SET if target is None else target_in_words(target, unit)
