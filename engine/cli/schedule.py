"""`schedule`: what comes next, and a year of it proved. `serve`: keep it."""

from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.calendars import Occurrence
from engine.cli import DONE, NO, show
from engine.cli.common import Options, acting_at, emit, open_office
from engine.office import Office, UsageError
from engine.periods import day_in_words
from engine.service.plan import Planned, coming, period_for, planned
from engine.workspace.dates import due_date, working_days

AHEAD = timedelta(days=3 * 366)  # as far as what comes next is looked for
MOST = 1000
FIRST_YEAR, LAST_YEAR = 1990, 2100  # for which public holidays are known


def schedule(options: Options) -> int:
    """List the next occurrences, or check a year."""
    office = open_office(options)
    if options.check is not None:
        return _check(options, office)
    if not 1 <= options.next <= MOST:
        raise UsageError(f"--next is 1 to {MOST}")
    calendar, now = office.workspace.calendar, office.now
    jobs = planned(office.workspace)
    every = coming(jobs, working_days(calendar), calendar.time_zone, now, now + AHEAD)
    found = list(islice(every, options.next))
    answer = {"schema": 1, "time_zone": calendar.time_zone, "next": [_as_json(office, *one) for one in found]}
    emit(options, answer, lambda: _listed(office, jobs, found))
    return DONE


def serve(options: Options) -> int:
    """Keep the schedule until stopped."""
    from engine.service.serve import Service  # APScheduler takes a while to load

    service = Service(Path(options.workspace), acting_at(options), options.every)
    if options.once:
        service.once()
        if service.health is not None and service.health.wrong:
            raise UsageError(service.health.wrong)
    else:
        service.serve(options.listen)
    return DONE


def _as_json(office: Office, job: Planned, one: Occurrence) -> dict[str, object]:
    local = one.due.astimezone(ZoneInfo(office.workspace.calendar.time_zone))
    period = period_for(office.workspace, job.about, one.day) if job.do == "run" else None
    return {
        "job": job.name, "do": job.do, "about": job.about or None, "occurrence": one.slot, "day": one.day.isoformat(),
        "due": local.isoformat(), "moved": one.moved, "period": period.id if period else None,
    }  # fmt: skip


def _listed(office: Office, jobs: list[Planned], found: list[tuple[Planned, Occurrence]]) -> str:
    if not jobs:
        return "Nothing comes by itself: config/schedule.yaml has no job, and no audience a calendar of its own."
    if not found:
        return "Nothing comes any more: every listed date has passed."
    zone = ZoneInfo(office.workspace.calendar.time_zone)
    rows = [
        (f"{one.due.astimezone(zone):%a} {day_in_words(one.held_on)}", f"{one.due.astimezone(zone):%H:%M %Z}",
         job.name, _remark(office, job, one))
        for job, one in found
    ]  # fmt: skip
    return show.table(("Day", "Time", "Job", ""), rows)


def _remark(office: Office, job: Planned, one: Occurrence) -> str:
    period = period_for(office.workspace, job.about, one.day) if job.do == "run" else None
    parts = [f"for {period.id}"] if period else []
    if job.do == "run" and not period:
        parts.append("no period has ended by then")
    if one.moved:
        parts.append(f"moved from {one.day:%a} {day_in_words(one.day)}")
    return ", ".join(parts)


# ---- a year proved


def _check(options: Options, office: Office) -> int:
    year = options.check
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UsageError(f"--check takes a year from {FIRST_YEAR} to {LAST_YEAR}")
    checked = [(job, *_year(office, job, year)) for job in planned(office.workspace)]
    wrong = [text for _, _, faults in checked for text in faults]
    answer = {
        "schema": 1,
        "year": year,
        "ok": not wrong,
        "jobs": [
            {"job": job.name, "times": len(found), "moved": [one.slot for one in found if one.moved], "faults": faults}
            for job, found, faults in checked
        ],
    }
    rows = [(job.name, str(len(found)), _moves(found)) for job, found, _ in checked]
    said = [f"No fault in {year}."] if not wrong else [f"In {year}:", *show.bullets(wrong)]
    emit(options, answer, lambda: "\n".join([show.table(("Job", "Times", ""), rows), "", *said]))
    return NO if wrong else DONE


def _year(office: Office, job: Planned, year: int) -> tuple[list[Occurrence], list[str]]:
    """What comes of a job whose day, by its calendar, is in the year, and all that is wrong with it."""
    calendar = office.workspace.calendar
    working, zone = working_days(calendar), ZoneInfo(calendar.time_zone)
    first, last = date(year, 1, 1), date(year, 12, 31)
    begin, end = (datetime.combine(day, datetime.min.time(), zone) for day in (first, last))
    around = timedelta(days=40)
    every = job.recurrence.occurrences(working, calendar.time_zone, begin - around, end + around)
    slots = dict(job.recurrence.slots(working, first, last))
    found = [one for one in every if one.slot in slots]
    faults = [f"{job.name} never comes in {year}"] if not slots else []
    for slot, day in slots.items():
        times = sum(one.slot == slot for one in found)
        if times == 0 and job.recurrence.on_holiday == "skip":
            faults.append(f"{job.name} is left out on {day_in_words(day)}, which is no working day")
        elif times != 1:
            faults.append(f"{job.name} comes {times} times in {slot}")
    faults += [
        f"{job.name} comes on {day_in_words(one.held_on)}, which is no working day"
        for one in found
        if job.recurrence.on_holiday != "keep" and not working.is_working(one.held_on)
    ]
    if job.do == "run":
        faults += _too_early(office, job, found)
    return found, faults


def _too_early(office: Office, job: Planned, found: list[Occurrence]) -> list[str]:
    """Runs on a day on which returns are not late yet."""
    working = working_days(office.workspace.calendar)
    early = []
    for one in found:
        period = period_for(office.workspace, job.about, one.day)
        due = due_date(office.portfolio(job.about), period, working) if period else None
        if period and due and one.held_on <= due:
            early.append(
                f"{job.name} runs {period.id} on {day_in_words(one.held_on)}, and returns may come until "
                f"{day_in_words(due)}"
            )
    return early


def _moves(found: list[Occurrence]) -> str:
    moved = [f"{one.day:%d/%m} to {one.held_on:%d/%m}" for one in found if one.moved]
    return f"moved: {', '.join(moved)}" if moved else ""
