"""The periods that a what-if looks at: those there are, and when each of them was run."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.model.returns import Return
from engine.model.workspace import Portfolio, cadence_of
from engine.office import Office, UsageError
from engine.periods import Months, Period
from engine.pipeline import Declared, FactBase
from engine.replay import Replayed, replay
from engine.workspace.dates import due_date, starts

_MORNING = time(7)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a what-if looks at: today's rules, the figures as now known, and the periods."""

    about: Declared
    facts: FactBase
    periods: Sequence[Period]  # all that are replayed, oldest first
    shown: Sequence[Period]  # those that are reported: the last of them
    when: Callable[[Period], datetime]  # each was run
    today: date

    def replayed(self, tried: Declared) -> Iterator[Replayed]:
        """Every period as it would have been published by other rules."""
        return replay(tried, lambda period: self.facts, self.periods, self.when)


def periods_to_replay(
    office: Office, about: Declared, published: Iterable[str], returns: Sequence[Return], upto: str | None
) -> list[Period]:
    """The periods from the portfolio's first judged one on, oldest first: statuses, trends and news build on those.

    They are the published ones, and those with a return that come after the last published. Without `upto` they end
    with the last published period; where nothing is published yet, with the last that has a return. Raises UsageError
    where there is none, or `upto` is none of them.
    """
    name, first = about.portfolio.portfolio, starts(about.portfolio)
    known = {one for one in published if office.has_period(name, one)}
    last = max((office.period(name, one).end for one in known), default=None)
    returned = {one.period for one in returns if last is None or office.period(name, one.period).end > last}
    periods = sorted((office.period(name, one) for one in known | returned), key=lambda period: period.end)
    periods = [one for one in periods if one.end >= first.end and one.start <= office.today]
    if upto is not None:
        end = _among(periods, office.period(name, upto), first, name).end
    elif not periods:
        raise UsageError(f"{name} has neither a published period nor a return from {first.id} on: nothing to try it on")
    else:
        end = last if last is not None and last >= first.end else periods[-1].end
    return [one for one in periods if one.end <= end]


def periods_to_show(office: Office, about: Declared, periods: Sequence[Period], since: str | None) -> list[Period]:
    """Those of the periods that are reported, from the one named on. Raises UsageError."""
    if since is None:
        return list(periods)
    name = about.portfolio.portfolio
    wanted = office.period(name, since)
    if wanted.end > periods[-1].end:
        raise UsageError(f"{since} comes after {periods[-1].id}; write --from and --to in their order")
    first = _among(periods, wanted, starts(about.portfolio), name)
    return [one for one in periods if one.end >= first.end]


def run_at(office: Office, about: Declared) -> Callable[[Period], datetime]:
    """When a period is run: the morning after its returns were due, or now where that is still to come."""
    zone = ZoneInfo(office.workspace.calendar.time_zone)

    def when(period: Period) -> datetime:
        day = due_date(about.portfolio, period, about.working) + timedelta(days=1)
        return min(datetime.combine(day, _MORNING).replace(tzinfo=zone), office.now)

    return when


def noun_of(portfolio: Portfolio) -> str:
    """What one of its periods is called."""
    match cadence_of(portfolio):
        case Months(length=1):
            return "month"
        case Months(length=3):
            return "quarter"
        case _:
            return "period"


def _among(periods: Sequence[Period], wanted: Period, first: Period, name: str) -> Period:
    if wanted in periods:
        return wanted
    if wanted.end < first.end:
        raise UsageError(f"{wanted.id} is history: {name} starts with {first.id}; name it, or a later one")
    if not periods:
        raise UsageError(f"{wanted.id} of {name} is not published, and nobody has returned anything for it")
    raise UsageError(
        f"{wanted.id} of {name} is not published, and nobody has returned anything for it; "
        f"there are {periods[0].id} to {periods[-1].id}"
    )
