"""Over the whole time of a portfolio: when a rule holds, and when the thresholds that it names have other values."""

from collections.abc import Iterable, Iterator

from engine.model.workspace import Portfolio, cadence_of
from engine.periods import Period
from engine.rulebook.rules import Rule, Threshold
from engine.workspace.dates import starts


def turns(rule: Rule, thresholds: Iterable[Threshold], portfolio: Portfolio) -> list[Period]:
    """The periods from which on thresholds may have other values than before, oldest first.

    The first of them is the first in which the rule holds, from the portfolio's start on; what holds in the last of
    them holds ever after. None where the rule holds in no period. A period goes by what holds on its last day.
    """
    first, cadence = starts(portfolio), cadence_of(portfolio)
    changes = [value.from_ for threshold in thresholds for value in threshold.values]
    begun = [first.end if rule.from_ is None else max(rule.from_, first.end)]
    periods = (cadence.containing(day) for day in (*begun, *(day for day in changes if day > begun[0])))
    held = {period.end: period for period in periods if period is not None and rule.holds_on(period.end)}
    return [held[day] for day in sorted(held)]


def without_value(threshold: Threshold, rule: Rule, portfolio: Portfolio) -> Iterator[tuple[Period, Period | None]]:
    """The stretches of time in which a rule needs a threshold that has no value.

    Of each the first period, and the first in which there is a value again; None where there never is.
    """
    since: Period | None = None
    for period in turns(rule, [threshold], portfolio):
        if threshold.on(period.end) is None:
            since = since or period
        elif since is not None:
            yield since, period
            since = None
    if since is not None:
        yield since, None
