"""What one measure's own history says of it: the attributes that stand alone in a rule for measures, and its words.

Everything here is pure, and also serves rule tests, which give a bare history without a workspace around it.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from engine.facts.arithmetic import is_worse, shortfall, total, weeks_between
from engine.model.values import EXACT, Quantity, Unit
from engine.model.workspace import Better
from engine.periods import Months, Period, financial_year, periods_between, year_bounds, year_label

# The words that follow from the figures alone; the others are said of a figure (words.py).
OFF_TARGET = "off target"
RISING, FALLING, STEADY = "rising", "falling", "steady"
MOVEMENTS = frozenset((RISING, FALLING, STEADY))


# Parts of these add up to a whole; of percentages and durations each part is judged by itself.
ADDITIVE = frozenset((Unit.NUMBER, Unit.MONEY))


class Point(NamedTuple):  # one a period of every history, and these are quickly made
    """A measure's figures in one period, in the measure's unit, with the targets that held then."""

    period: Period
    actual: Decimal | None = None
    target: Decimal | None = None
    forecast: Decimal | None = None
    year_target: Decimal | None = None
    as_of: date | None = None  # the day the figure speaks of, where it isn't the period's last
    previous_target: Decimal | None = None  # agreed before the target, where that was changed within the year
    lifetime: "Lifetime | None" = None


class Lifetime(NamedTuple):
    """A target to be reached between two days, both in it."""

    target: Decimal
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Explanation:
    """An explanation of a measure: the period it was given in, and the day by which recovery is promised."""

    given: Period
    recovery_by: date | None

    def holds_in(self, period: Period) -> bool:
        """Until its day, judged at the period's end; without a day, in its own period."""
        if self.recovery_by is None:
            return self.given.id == period.id
        return self.recovery_by >= period.end


@dataclass(frozen=True, slots=True)
class Series:
    """How a measure's history is to be read."""

    unit: Unit
    better: Better | None = None
    adds_up: bool = False
    year_starts_in: int = 4  # month
    begins: date | None = None  # the last break: nothing before it is compared


def measure_attributes(
    history: Sequence[Point],
    series: Series,
    *,
    explanation: Explanation | None = None,
    periods_since: int | None = None,
    unsecured: Decimal | None = None,
    cases: Decimal | None = None,
) -> dict[str, Quantity]:
    """What is known of a measure in the last period of its history, by attribute; what is unknown is absent.

    `history` is oldest first: every period that had a figure, and for a measure that adds up every period of the
    year in which one was due. `periods_since` is how many periods ago it was last reported where that can't be read
    off a history with gaps; without it the history's own periods are counted.
    """
    now = history[-1]
    since = history if series.begins is None else [p for p in history if p.period.end >= series.begins]
    reported = [point.actual for point in since[:-1] if point.actual is not None]
    found: dict[str, Decimal | None] = {
        "actual": now.actual,
        "target": now.target,
        "forecast": now.forecast,
        "year_target": now.year_target,
        "previous_target": now.previous_target,
        "lifetime_target": None if now.lifetime is None else now.lifetime.target,
        "previous": reported[-1] if reported else None,
        "two_back": reported[-2] if len(reported) > 1 else None,
        "linear_target": _linear_target(now, series),
        "unsecured": unsecured if series.unit in ADDITIVE else None,
    }
    if now.actual is not None:
        if now.target is not None:
            found["variance"] = EXACT.subtract(now.actual, now.target)
            found["shortfall"] = shortfall(now.actual, now.target, series.better)
        if reported:
            found["change"] = EXACT.subtract(now.actual, reported[-1])
    if series.adds_up:
        found["to_date"], found["target_to_date"] = _to_date(history, series)
    if len(since) > 1:
        found["last_year"] = _last_year(since)
    facts = {name: Quantity(value, series.unit) for name, value in found.items() if value is not None}
    if "shortfall" in facts:
        facts["shortfall"] = Quantity(facts["shortfall"].value, Unit.PERCENT)
    if now.actual is not None and reported:
        facts["run"] = Quantity(Decimal(_run([*reported, now.actual])), Unit.NUMBER)
    if cases is not None:
        facts["cases"] = Quantity(cases, Unit.NUMBER)
    age = _age(since) if periods_since is None else periods_since
    if now.actual is not None or reported:
        facts["age"] = Quantity(Decimal(age), Unit.NUMBER)
    weeks = None if explanation is None else _weeks_to_recovery(history, explanation, series.better)
    if weeks is not None:
        facts["weeks_to_recovery"] = Quantity(weeks, Unit.WEEKS)
    return facts


def movement_words(
    facts: Mapping[str, Quantity], better: Better | None, *, settled: bool = True
) -> tuple[frozenset[str], frozenset[str]]:
    """Of `off target`, `rising`, `falling` and `steady`: those that hold, and those that can't be told.

    An unsettled series, or one without an earlier figure, neither rises nor falls nor is steady, so far as is known.
    """
    holds, unknown = set[str](), set[str]()
    variance, change = facts.get("variance"), facts.get("change")
    if variance is None or better is None:
        unknown.add(OFF_TARGET)
    elif is_worse(variance.value, better):
        holds.add(OFF_TARGET)
    if change is None or not settled:
        unknown |= MOVEMENTS
    else:
        holds.add(RISING if change.value > 0 else FALLING if change.value < 0 else STEADY)
    return frozenset(holds), frozenset(unknown)


def given_history(
    actuals: Sequence[Decimal | None],
    targets: Sequence[Decimal | None] = (),
    forecasts: Sequence[Decimal | None] = (),
    *,
    year_starts_in: int = 4,
) -> list[Point]:
    """A bare history, oldest first, as consecutive months that begin with a financial year.

    Targets and forecasts are as many as the actuals, or one that holds throughout, or none.
    """
    months = Months()
    first = months.containing(year_bounds(year_label(2018, year_starts_in), year_starts_in)[0])
    last = first
    for _ in actuals[1:]:
        last = months.after(last)
    periods = periods_between(months, first, last)[: len(actuals)]
    rows = zip(periods, actuals, _throughout(targets, actuals), _throughout(forecasts, actuals), strict=True)
    return [Point(period, actual, target, forecast) for period, actual, target, forecast in rows]


def _throughout(values: Sequence[Decimal | None], actuals: Sequence[object]) -> Sequence[Decimal | None]:
    return list(values) * len(actuals) if len(values) == 1 else values or [None] * len(actuals)


def _run(figures: Sequence[Decimal]) -> int:
    """How many changes in a row went the way of the last one: positive upwards, negative downwards, 0 for no change."""
    steps = [(b > a) - (b < a) for a, b in pairwise(figures)]
    way, run = steps[-1], 0
    for step in reversed(steps):
        if step != way:
            break
        run += step
    return run


def _age(since: Sequence[Point]) -> int:
    """Periods since the last figure, counted in the history's own."""
    return next((back for back, point in enumerate(reversed(since)) if point.actual is not None), len(since))


def _last_year(since: Sequence[Point]) -> Decimal | None:
    end = since[-1].period.end
    day = end.replace(year=end.year - 1, day=28) if (end.month, end.day) == (2, 29) else end.replace(year=end.year - 1)
    return next((point.actual for point in since if point.period.start <= day <= point.period.end), None)


def _to_date(history: Sequence[Point], series: Series) -> tuple[Decimal | None, Decimal | None]:
    """Actual and target summed over the financial year so far; None where a figure in it is not known.

    Where the series broke in the year, what was counted before can't be added to what came after.
    """
    start, _ = year_bounds(financial_year(history[-1].period.end, series.year_starts_in), series.year_starts_in)
    year = [point for point in history if point.period.end >= start]
    if series.begins is not None:
        if any(point.actual is not None for point in year if point.period.end < series.begins):
            return None, None
        year = [point for point in year if point.period.end >= series.begins]
    return total(point.actual for point in year), total(point.target for point in year)


def _linear_target(now: Point, series: Series) -> Decimal | None:
    """The year's target in equal twelfths, up to the day the figure speaks of: months gone, and days of the month.

    Where there is none, the same of the lifetime's; all of it once the lifetime is over, nothing before it begins.
    """
    day = now.as_of or now.period.end
    if now.year_target is not None:
        gone = (day.month - series.year_starts_in) % 12
        days = Decimal(monthrange(day.year, day.month)[1])
        return EXACT.divide(EXACT.multiply(now.year_target, gone * days + day.day), 12 * days)
    if now.lifetime is None or day < now.lifetime.first:
        return None
    target, first, last = now.lifetime
    return EXACT.divide(EXACT.multiply(target, _months(first, min(day, last))), _months(first, last))


def _months(first: date, last: date) -> Decimal:
    """From the beginning of one day to the end of another; a part of a month by its days."""
    whole = Decimal((last.year - first.year) * 12 + last.month - first.month)
    begun = EXACT.divide(Decimal(first.day - 1), Decimal(monthrange(first.year, first.month)[1]))
    ended = EXACT.divide(Decimal(last.day), Decimal(monthrange(last.year, last.month)[1]))
    return EXACT.subtract(EXACT.add(whole, ended), begun)


def _weeks_to_recovery(history: Sequence[Point], explanation: Explanation, better: Better | None) -> Decimal | None:
    """From the period's end to the promised day; negative once it has passed, until the measure was seen to recover."""
    now = history[-1].period
    if explanation.recovery_by is None:
        return None
    if not explanation.holds_in(now):
        later = [point for point in history if point.period.end > explanation.given.end]
        if any(_on_target(point, better) for point in later):
            return None
    return weeks_between(now.end, explanation.recovery_by)


def _on_target(point: Point, better: Better | None) -> bool:
    if point.actual is None or point.target is None or better is None:
        return False
    return not is_worse(EXACT.subtract(point.actual, point.target), better)
