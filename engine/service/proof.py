"""A year of the schedule proved: how often each job comes, and what is wrong with that. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.calendars import Occurrence
from engine.model.workspace import Workspace, cadence_of
from engine.periods import Period, WorkingDays, day_in_words
from engine.workspace.dates import due_date, working_days
from engine.workspace.jobs import Planned, period_for, planned

_AROUND = timedelta(days=100)  # a run of the year before, and of the one after, a quarter away at most


@dataclass(frozen=True, slots=True)
class Year:
    """What comes of a job in a year."""

    job: Planned
    found: tuple[Occurrence, ...]  # whose day, by the calendar alone, lies in the year
    faults: tuple[str, ...]
    remarks: tuple[str, ...]  # what does no harm, and may not be meant


@dataclass(frozen=True, slots=True)
class _Run:
    job: Planned
    occurrence: Occurrence
    period: Period


def proved(workspace: Workspace, year: int) -> list[Year]:
    """Every job of a workspace in a year."""
    working, zone = working_days(workspace.calendar), workspace.calendar.time_zone
    years: list[Year] = []
    runs: dict[str, list[_Run]] = defaultdict(list)  # by portfolio
    for job in planned(workspace):
        every = _around(job, working, zone, year)
        slots = dict(job.recurrence.slots(working, date(year, 1, 1), date(year, 12, 31)))
        found = tuple(one for one in every if one.slot in slots)
        faults, remarks = list(_of_the_calendar(job, slots, found, working, year)), []
        if job.do == "run":
            mine = list(_runs(workspace, job, every))
            runs[job.about] += mine
            of_year = [run for run in mine if run.occurrence.slot in slots]
            faults += _too_early(workspace, of_year, working)
            remarks = list(_again(job, of_year))
        years.append(Year(job, found, tuple(faults), tuple(remarks)))
    never = {name: list(_never(workspace, of_portfolio, year)) for name, of_portfolio in runs.items()}
    return [
        Year(
            one.job,
            one.found,
            (*one.faults, *(never.pop(one.job.about, []) if one.job.do == "run" else [])),
            one.remarks,
        )
        for one in years
    ]  # what several jobs leave out together is told at the first of them


def _around(job: Planned, working: WorkingDays, time_zone: str, year: int) -> list[Occurrence]:
    begin, end = (
        datetime.combine(day, datetime.min.time(), ZoneInfo(time_zone))
        for day in (date(year, 1, 1), date(year, 12, 31))
    )
    return list(job.recurrence.occurrences(working, time_zone, begin - _AROUND, end + _AROUND))


def _of_the_calendar(
    job: Planned, slots: dict[str, date], found: Sequence[Occurrence], working: WorkingDays, year: int
) -> Iterator[str]:
    if not slots:
        yield f"{job.name} never comes in {year}"
    for slot, day in slots.items():
        times = sum(one.slot == slot for one in found)
        if times == 0 and job.recurrence.on_holiday == "skip":
            yield f"{job.name} is left out on {day_in_words(day)}, which is no working day"
        elif times != 1:
            yield f"{job.name} comes {times} times in {slot}"
    for one in found:
        if job.recurrence.on_holiday != "keep" and not working.is_working(one.held_on):
            yield f"{job.name} comes on {day_in_words(one.held_on)}, which is no working day"


def _runs(workspace: Workspace, job: Planned, every: Iterable[Occurrence]) -> Iterator[_Run]:
    for one in every:
        if period := period_for(workspace, job.about, one.day):
            yield _Run(job, one, period)


def _too_early(workspace: Workspace, runs: Iterable[_Run], working: WorkingDays) -> Iterator[str]:
    """Runs on a day on which returns are not late yet."""
    for run in runs:
        due = due_date(workspace.portfolios[run.job.about], run.period, working)
        if run.occurrence.held_on <= due:
            yield (
                f"{run.job.name} runs {run.period.id} on {day_in_words(run.occurrence.held_on)}, and returns may come "
                f"until {day_in_words(due)}"
            )


def _again(job: Planned, runs: Iterable[_Run]) -> Iterator[str]:
    """Periods that one job runs more than once: without new figures the second publishes nothing."""
    by_period: dict[str, list[Occurrence]] = defaultdict(list)
    for run in runs:
        by_period[run.period.id].append(run.occurrence)
    again = {period: found for period, found in by_period.items() if len(found) > 1}
    if again:
        first, found = next(iter(again.items()))
        days = " and ".join(f"{one.held_on:%d/%m}" for one in found[:2])
        more = f", and {len(again) - 1} more periods" if len(again) > 1 else ""
        yield f"{job.name} runs {first} {len(found)} times ({days}{' …' if len(found) > 2 else ''}){more}"


def _never(workspace: Workspace, runs: Sequence[_Run], year: int) -> Iterator[str]:
    """Periods that none of a portfolio's runs judges, of those between one that is and the next, or since it starts."""
    if not runs:
        return
    portfolio = runs[0].job.about
    about = workspace.portfolios[portfolio]
    cadence, judged = cadence_of(about), {run.period.id for run in runs}
    periods = sorted((run.period for run in runs), key=lambda one: one.end)
    starts = cadence.period(about.starts)
    at: Period | None = starts if starts.end.year >= year else periods[0]
    while at is not None and at.end < periods[-1].end:
        if at.id not in judged and at.end.year == year:
            yield f"no job runs {at.id} of {portfolio}: a later period has ended by the next run"
        at = cadence.after(at)
