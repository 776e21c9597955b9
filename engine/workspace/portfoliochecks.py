"""What a portfolio's file says that nothing else bears out: names nobody knows, dates and targets nobody can read."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from engine.model.numbers import NumberError, as_unit, read_number
from engine.model.problems import Fault
from engine.model.values import Unit
from engine.model.workspace import (
    DatedNumber,
    EveryWeeks,
    FixedDates,
    LifecycleSpan,
    LifetimeTarget,
    Measure,
    MeasureHere,
    Portfolio,
    Programme,
    Project,
    SeriesBreak,
    TargetWord,
    cadence_of,
)
from engine.periods import Cadence, PeriodError
from engine.workspace.dates import (
    LATEST_YEAR,
    NOT_SET,
    due_day,
    first_day,
    last_day,
    periods_in,
    starts,
    year_starts_in,
)
from engine.workspace.spelling import did_you_mean, fold, quoted
from engine.workspace.yamlfile import Loc, YamlFile

EARLIEST_YEAR = 1900  # before it a date is a slip of the keyboard
MOST_DECIMALS = 6  # as finely as figures are compared

# Names that mean something else where a condition may also name a measure.
RESERVED = frozenset((
    "savings", "milestones", "measures", "projects", "programmes", "portfolio", "status", "lifecycle", "title",
    "actual", "target", "forecast", "previous", "change", "variance", "shortfall", "last_year", "two_back", "run",
    "age", "to_date", "target_to_date", "year_target", "lifetime_target", "linear_target", "previous_target",
    "weeks_to_recovery", "unsecured", "cases", "mean", "upper_limit", "lower_limit", "and", "or", "not", "of", "in",
    "is", "for", "within",
    "otherwise",
))  # fmt: skip


@dataclass(frozen=True)
class Known:
    """The names that the files of the workspace give, those of entries with faults of their own among them."""

    schemes: Collection[str]
    people: Collection[str] | None  # None: people.yaml can't be read, and whoever it names is let pass
    measures: Collection[str]
    whole: bool  # False: entries with faults are left out of the portfolio
    cadence: bool = True  # False: what it says of its cadence can't be read


def check_portfolio(file: YamlFile, portfolio: Portfolio, known: Known) -> Iterator[Fault]:
    """Every fault and warning of one portfolio's file."""
    yield from check_id(file, ("portfolio",), portfolio.portfolio)
    if portfolio.scheme not in known.schemes:
        cure = did_you_mean(portfolio.scheme, known.schemes) or "add it under config/schemes"
        yield file.fault(("scheme",), "unknown-scheme", f"there is no scheme {quoted(portfolio.scheme)}", cure)
    yield from unreadable(file, ("year_starts",), partial(year_starts_in, portfolio))
    yield from unreadable(file, ("returns_due",), partial(due_day, portfolio.returns_due))
    cadence, faults = _cadence(file, portfolio) if known.cadence else (None, [])
    yield from faults
    if cadence is not None:
        yield from unreadable(file, ("starts",), partial(starts, portfolio))
    for name, measure in portfolio.measures.items():
        yield from _check_measure(file, ("measures", name), measure, cadence)
        yield from _check_group(file, ("measures", name, "group"), measure.group, portfolio)
    yield from _check_subjects(file, portfolio, known, cadence)


def check_id(file: YamlFile, loc: Loc, name: str, *, key: bool = False) -> Iterator[Fault]:
    """A name that files, commands and mails use: letters, digits, underscores and hyphens."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*", name):
        what = f"{quoted(name)} can't be used as a name here"
        yield file.fault(loc, "bad-name", what, "use letters a to z, digits, _ and - alone", key=key)


def check_word(file: YamlFile, loc: Loc, name: str, *, key: bool = False) -> Iterator[Fault]:
    """A name that conditions use: where a hyphen would be a minus."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        what = f"{quoted(name)} can't be used as a name in rules"
        yield file.fault(loc, "bad-name", what, "use letters a to z, digits and _ alone, a letter first", key=key)


# ---- the portfolio's time


def unreadable(file: YamlFile, loc: Loc, read: Callable[[], object]) -> Iterator[Fault]:
    """A fault where `read` raises PeriodError, whose sentence ends in a cure of its own."""
    try:
        read()
    except PeriodError as error:
        what, _, cure = str(error).partition("; ")
        yield file.fault(loc, "bad-date", what, cure)


def _cadence(file: YamlFile, portfolio: Portfolio) -> tuple[Cadence | None, list[Fault]]:
    match portfolio.reports:
        case EveryWeeks(from_=origin) if not EARLIEST_YEAR <= origin.year <= LATEST_YEAR:
            what = f"{origin.isoformat()} can't be a first reporting day"
            return None, [file.fault(("reports", "from"), "bad-date", what, "write the day of the first report")]
        case FixedDates(dates=days) if not days:
            return None, [
                file.fault(("reports", "dates"), "bad-date", "there are no dates here", "list the reporting days")
            ]
    faults = list(unreadable(file, ("reports", "every"), partial(cadence_of, portfolio)))
    return (None if faults else cadence_of(portfolio)), faults


def _check_dated(
    file: YamlFile, loc: Loc, dated: Iterable[DatedNumber | LifecycleSpan | SeriesBreak], cadence: Cadence | None
) -> Iterator[Fault]:
    """Each `from` can be read, and no two say the same day."""
    if cadence is None:
        return
    seen: dict[object, str] = {}
    for number, one in enumerate(dated):
        here = (*loc, number, "from")
        faults = list(unreadable(file, here, lambda text=one.from_: first_day(text, cadence)))  # type: ignore[misc]
        yield from faults
        if not faults:
            day = first_day(one.from_, cadence)
            if day in seen:
                what = f"two entries begin on {day.isoformat()}"
                yield file.fault(here, "duplicate-date", what, "keep one of them, or change its date")
            seen[day] = one.from_


# ---- measures


def _check_measure(file: YamlFile, loc: Loc, measure: Measure, cadence: Cadence | None) -> Iterator[Fault]:
    name = str(loc[-1])
    yield from check_word(file, loc, name, key=True)
    if name in RESERVED:
        what = f"{quoted(name)} means something else in rules"
        yield file.fault(loc, "bad-name", what, "give the measure another name", key=True)
    if measure.decimals is not None and not 0 <= measure.decimals <= MOST_DECIMALS:
        what = f"`decimals` can't be {measure.decimals}"
        yield file.fault((*loc, "decimals"), "wrong-value", what, f"write a whole number from 0 to {MOST_DECIMALS}")
    if measure.adds_up and measure.unit is Unit.PERCENT:
        what = "percentages don't add up over a year"
        yield file.fault((*loc, "adds_up"), "wrong-value", what, "take `adds_up` out")
    seen: dict[str, str] = {}
    for number, part in enumerate(measure.parts):
        if not part.strip() or fold(part) in seen:
            what = f"the part {quoted(part)} is listed twice" if part.strip() else "a part has no name"
            cure = "keep one of them" if part.strip() else "name it"
            yield file.fault((*loc, "parts", number), "wrong-value", what, cure)
        seen[fold(part)] = part
    if measure.starts is not None and cadence is not None:
        yield from unreadable(file, (*loc, "starts"), partial(first_day, measure.starts, cadence))
    yield from _check_dated(file, (*loc, "series"), measure.series, cadence)
    for number, broken in enumerate(measure.series):
        if text := broken.settles_after:
            here = (*loc, "series", number, "settles_after")
            yield from unreadable(file, here, partial(periods_in, text))


def _check_target(
    file: YamlFile, loc: Loc, target: str | tuple[DatedNumber, ...] | None, unit: Unit, cadence: Cadence | None
) -> Iterator[Fault]:
    if isinstance(target, tuple):
        yield from _check_dated(file, loc, target, cadence)
        for number, one in enumerate(target):
            yield from _check_number(file, (*loc, number, "value"), one.value, unit)
    elif target is not None:
        yield from _check_number(file, loc, target, unit)


def _check_lifetime(
    file: YamlFile, loc: Loc, span: LifetimeTarget, unit: Unit, cadence: Cadence | None
) -> Iterator[Fault]:
    yield from _check_number(file, (*loc, "value"), span.value, unit)
    if cadence is None:
        return
    try:
        first, last = first_day(span.from_, cadence), last_day(span.until, cadence)
    except PeriodError as error:
        what, _, cure = str(error).partition("; ")
        yield file.fault(loc, "bad-date", what, cure)
        return
    if last < first:
        yield file.fault(
            (*loc, "until"), "bad-date", f"it ends before it begins ({first.isoformat()})", "change a date"
        )


def _check_number(file: YamlFile, loc: Loc, text: str, unit: Unit) -> Iterator[Fault]:
    if text == NOT_SET or text in set(TargetWord):
        return
    try:
        as_unit(read_number(text), unit, bare_money_thousands=False)
    except NumberError as error:
        yield file.fault(loc, "bad-number", f"the target {quoted(text)} can't be read: {error.what}", error.cure)


def _check_group(file: YamlFile, loc: Loc, group: str | None, portfolio: Portfolio) -> Iterator[Fault]:
    if group is None:
        return
    yield from check_id(file, loc, group)
    if group in portfolio.measures or group in portfolio.subjects:
        what = f"{quoted(group)} is the name of a measure or subject already"
        yield file.fault(loc, "ambiguous-name", what, "name the group otherwise")


# ---- subjects


def _nodes(portfolio: Portfolio) -> Iterator[tuple[Loc, Programme | Project]]:
    """Every programme and project with its loc, depth first."""
    waiting = _below(portfolio, ())
    while waiting:
        loc, node = waiting.pop()
        yield loc, node
        if isinstance(node, Programme):
            waiting += _below(node, loc)


def _below(node: Portfolio | Programme, loc: Loc) -> list[tuple[Loc, Programme | Project]]:
    """What stands directly below, last first."""
    below: list[tuple[Loc, Programme | Project]] = []
    below += (((*loc, "programmes", number), programme) for number, programme in enumerate(node.programmes))
    below += (((*loc, "projects", number), project) for number, project in enumerate(node.projects))
    return below[::-1]


def _check_subjects(file: YamlFile, portfolio: Portfolio, known: Known, cadence: Cadence | None) -> Iterator[Fault]:
    refs: dict[str, Loc] = {portfolio.portfolio: ("portfolio",)}
    carried = set(portfolio.measures_here)
    yield from _check_owner(file, (), portfolio.portfolio, portfolio.owner, known)
    yield from _check_carried(file, ("measures_here",), portfolio.measures_here, portfolio, known, cadence)
    for loc, node in _nodes(portfolio):
        ref = (*loc, "ref")
        yield from check_id(file, ref, node.ref)
        if node.ref in refs:
            line = file.at(refs[node.ref]).line
            what = f"the ref {quoted(node.ref)} is already taken, in line {line}"
            yield file.fault(ref, "duplicate-name", what, "give each subject a ref of its own")
        refs.setdefault(node.ref, ref)
        carried |= set(node.measures)
        yield from _check_owner(file, loc, node.ref, node.owner, known)
        yield from _check_carried(file, (*loc, "measures"), node.measures, portfolio, known, cadence)
        yield from _check_dated(file, (*loc, "lifecycle"), node.lifecycle, cadence)
    misspelt = carried - set(known.measures)  # one of them may be meant for another that then seems unused
    for name in portfolio.measures:
        if name not in carried and known.whole and not misspelt:
            what = f"no subject carries the measure {quoted(name)}"
            cure = "list it under `measures` of a project or programme, or take it out"
            yield file.warning(("measures", name), "unused-measure", what, cure, key=True)


def _check_owner(file: YamlFile, loc: Loc, ref: str, owner: str | None, known: Known) -> Iterator[Fault]:
    if owner is None:
        what = f"{quoted(ref)} has no owner, so nobody is told of it as its owner"
        yield file.warning(loc, "no-owner", what, "add `owner:` with a name from config/people.yaml")
    elif known.people is not None and owner not in known.people:
        cure = did_you_mean(owner, known.people) or "add the role to config/people.yaml"
        yield file.fault((*loc, "owner"), "unknown-person", f"there is no {quoted(owner)} in people.yaml", cure)


def _check_carried(
    file: YamlFile,
    loc: Loc,
    carried: Mapping[str, MeasureHere],
    portfolio: Portfolio,
    known: Known,
    cadence: Cadence | None,
) -> Iterator[Fault]:
    for name, here in carried.items():
        measure = portfolio.measures.get(name)
        if name not in known.measures:
            cure = did_you_mean(name, known.measures) or "define it under the portfolio's `measures`"
            yield file.fault((*loc, name), "unknown-measure", f"there is no measure {quoted(name)}", cure, key=True)
        if measure is not None:
            yield from _check_target(file, (*loc, name, "target"), here.target, measure.unit, cadence)
            yield from _check_target(file, (*loc, name, "year_target"), here.year_target, measure.unit, cadence)
            if here.lifetime_target is not None:
                yield from _check_lifetime(
                    file, (*loc, name, "lifetime_target"), here.lifetime_target, measure.unit, cadence
                )
