"""A sweep counted: how many stand at each status under each value, and where it matters what the value is."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import pairwise

from engine.model.values import Quantity, plain
from engine.model.whatif import SweepOut, SweptValue
from engine.model.workspace import Level, Lifecycle, cadence_of
from engine.periods import Period, period_in_words
from engine.pipeline import Declared
from engine.rulebook.rules import Threshold
from engine.whatif.candidates import shown, shown_all, values_between, with_values
from engine.whatif.looked import Looked, noun_of
from engine.whatif.spread import under
from engine.whatif.sweep import Statuses, UnderEach, can_sweep
from engine.workspace.dates import lifecycle_on

_STEPS = 2  # steps that are named where most turn at several
Swept = Mapping[tuple[str, str], Statuses]  # by subject and period


def sweep(looked: Looked, threshold: Threshold, values: Sequence[Quantity], level: Level) -> SweepOut:
    """A sweep of the values, with today's among them where it lies between, counted for one level of subjects."""
    today = threshold.on(looked.today)
    if today is not None and values[0] < today < values[-1]:
        values = sorted({*values, today})
    return _counted(looked, threshold, values, level, swept(looked, threshold, values), today)


def swept(looked: Looked, threshold: Threshold, values: Sequence[Quantity]) -> Swept:
    """Every subject's status in each of the periods shown under each value.

    Rules that speak of the status before are judged by a whole replay for each value, all others far more quickly.
    """
    about = looked.about
    if not all(can_sweep(about, about.rulebook.on(period.end)) for period in looked.shown):
        return _one_by_one(looked, threshold, values)
    by_rules: dict[Hashable, UnderEach] = {}
    found: dict[tuple[str, str], Statuses] = {}
    for period in looked.shown:
        rules = about.rulebook.on(period.end)
        others = {name: value for name, value in rules.thresholds.items() if name != threshold.name}
        key = (tuple(map(id, rules.rules)), tuple(sorted(others.items())))
        if key not in by_rules:
            by_rules[key] = UnderEach(about, looked.facts, rules, threshold.name, values)
        found |= {(ref, period.id): by_rules[key].statuses(ref, period) for ref in about.portfolio.subjects}
    return found


def _one_by_one(looked: Looked, threshold: Threshold, values: Sequence[Quantity]) -> Swept:
    found: dict[tuple[str, str], list[str | None]] = {}
    for value in values:
        for one in looked.replayed(with_values(looked.about, [(threshold, value)])):
            for subject in one.run.subjects:
                found.setdefault((subject.ref, one.period.id), []).append(subject.status)
    return {key: tuple(statuses) for key, statuses in found.items()}


def _counted(
    looked: Looked,
    threshold: Threshold,
    values: Sequence[Quantity],
    level: Level,
    found: Swept,
    today: Quantity | None,
) -> SweepOut:
    about, periods = looked.about, looked.shown
    live = list(_live(about, level, periods))
    statuses = [[under(found[key], place) for key in live] for place in range(len(values))]
    turned = [0, *(sum(a != b for a, b in zip(one, other, strict=True)) for one, other in pairwise(statuses))]
    points = tuple(
        SweptValue(
            value=plain(value.value),
            shown=shown(value),
            is_today=value == today,
            counts={status.id: standing.count(status.id) for status in about.scheme.statuses},
            not_rated=standing.count(None),
            turned=moved,
        )
        for value, standing, moved in zip(values, statuses, turned, strict=True)
    )
    same = _same_as_today(points)
    return SweepOut(
        portfolio=about.portfolio.portfolio,
        title=about.portfolio.title,
        scheme=about.scheme.scheme,
        periods=tuple(period.id for period in periods),
        threshold=threshold.name,
        threshold_title=threshold.title,
        unit=threshold.unit,
        level=level,
        counted=_what_is_counted(about, level, periods),
        total=len(live),
        today=None if today is None else plain(today.value),
        values=points,
        same_from=same[0].value if same else None,
        same_to=same[-1].value if same else None,
        sentences=tuple(_sentences(looked, threshold, today, points, same, len(live))),
    )


def _live(about: Declared, level: Level, periods: Sequence[Period]) -> Iterator[tuple[str, str]]:
    """The subjects of a level in the periods in which they were live: no threshold moves the others."""
    cadence = cadence_of(about.portfolio)
    for subject in about.portfolio.subjects.values():
        if subject.level is level:
            for period in periods:
                if lifecycle_on(subject, period.end, cadence) is Lifecycle.LIVE:
                    yield subject.ref, period.id


def _same_as_today(points: Sequence[SweptValue]) -> Sequence[SweptValue]:
    """The values around today's, it among them, between which nothing turns; none where today's is not among them."""
    today = next((place for place, point in enumerate(points) if point.is_today), None)
    if today is None:
        return ()
    first = last = today
    while first and not points[first].turned:
        first -= 1
    while last + 1 < len(points) and not points[last + 1].turned:
        last += 1
    return points[first : last + 1]


def _what_is_counted(about: Declared, level: Level, periods: Sequence[Period]) -> str:
    """ "projects in January 2019", "projects, once in each of 12 months" """
    what = level.value if level is Level.PORTFOLIO else f"{level.value}s"
    if len(periods) == 1:
        return f"{what} in {period_in_words(periods[0])}"
    return f"{what}, once in each of {len(periods)} {noun_of(about.portfolio)}s"


def _sentences(
    looked: Looked,
    threshold: Threshold,
    today: Quantity | None,
    points: Sequence[SweptValue],
    same: Sequence[SweptValue],
    total: int,
) -> Iterator[str]:
    most = max(point.turned for point in points)
    if most:
        steps = [f"{one.shown} and {other.shown}" for one, other in pairwise(points) if other.turned == most]
        where = f"between {' and between '.join(steps[:_STEPS])}" + (" (and elsewhere)" if len(steps) > _STEPS else "")
        yield f"The most turn {where}: {most:,} of {total:,}{' each' if len(steps) > 1 else ''}."
    else:
        yield f"No value tried from {points[0].shown} to {points[-1].shown} gives another status."
    if today is None:
        yield "Today it is not set."
    elif not same:
        yield f"Today's value, {shown(today)}, lies outside the range."
    elif len(same) > 1 and most:
        yield f"All values tried from {same[0].shown} to {same[-1].shown} give the statuses of today's {shown(today)}."
    elif most:
        yield f"No other value tried gives the statuses of today's {shown(today)}."
    held = values_between(threshold, looked.shown[0].end, looked.shown[-1].end)
    if held != (today,):
        noun = f"{noun_of(looked.about.portfolio)}{'' if len(looked.shown) == 1 else 's'}"
        yield f"In the {noun} looked at the rules have {shown_all(held)}; here each value is tried in all of them."
