"""`schedule`: what comes next, and a year of it proved. `serve`: keep it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.calendars import Occurrence
from engine.cli import DONE, NO, show
from engine.cli.common import Options, acting_at, emit, open_office
from engine.office import Office, UsageError
from engine.periods import day_in_words
from engine.service.plan import coming
from engine.service.proof import proved
from engine.workspace.dates import working_days
from engine.workspace.jobs import Planned, period_for, planned

if TYPE_CHECKING:
    from engine.service.serve import Service

NEXT, LISTEN, EVERY = 12, "127.0.0.1:8437", 20  # where the command says nothing
AHEAD = timedelta(days=3 * 366)  # as far as what comes next is looked for
MOST = 1000
FIRST_YEAR, LAST_YEAR = 1990, 2100  # for which public holidays are known

Coming = tuple[Planned, Occurrence]


def schedule(options: Options) -> int:
    """List the next occurrences, or check a year."""
    office = open_office(options)
    if options.check is not None:
        if options.next is not None:
            raise UsageError("--next lists what comes, and --check proves a year: give one of them")
        return _check(options, office)
    number = NEXT if options.next is None else options.next
    if not 1 <= number <= MOST:
        raise UsageError(f"--next is 1 to {MOST}")
    jobs = planned(office.workspace)
    found, later = _ahead(office, jobs, number)
    answer = {
        "schema": 1, "time_zone": office.workspace.calendar.time_zone,
        "next": [_as_json(office, *one) for one in found], "later": [_as_json(office, *one) for one in later],
    }  # fmt: skip
    emit(options, answer, lambda: _listed(office, jobs, found, later))
    return DONE


def _ahead(office: Office, jobs: list[Planned], number: int) -> tuple[list[Coming], list[Coming]]:
    """The next occurrences, and of each job that is not among them its own next."""
    calendar, now = office.workspace.calendar, office.now
    every = coming(jobs, working_days(calendar), calendar.time_zone, now, now + AHEAD)
    found = list(islice(every, number))
    listed = {job.name for job, _ in found}
    later: dict[str, Coming] = {}
    for job, one in every:
        if job.name not in listed:
            later.setdefault(job.name, (job, one))
    return found, list(later.values())


def serve(options: Options) -> int:
    """Keep the schedule until stopped."""
    from engine.service.http import address_of
    from engine.service.serve import Service  # APScheduler takes a while to load

    if options.once and (options.listen, options.every) != (None, None):
        raise UsageError("--once looks once and ends: it takes neither --listen nor --every")
    listen = LISTEN if options.listen is None else options.listen
    address_of(listen)
    service = Service(Path(options.workspace), acting_at(options), EVERY if options.every is None else options.every)
    if options.once:
        return _once(options, service)
    service.serve(listen)
    return DONE


def _once(options: Options, service: "Service") -> int:
    from engine.service.worker import FAILED

    settled = service.once()
    if service.failed is not None:
        raise service.failed
    office = service.office()
    found, _ = _ahead(office, planned(office.workspace), 1)
    answer = {"schema": 1, "jobs": settled, "next": [_as_json(office, *one) for one in found]}

    def text() -> str:
        done = [f"{one['job']} {one['occurrence']}: {_outcome(one)}." for one in settled]
        return "\n".join([*(done or ["Nothing was due."]), *(f"Next: {_in_words(office, *one)}." for one in found)])

    emit(options, answer, text)
    return NO if any(one["event"] == FAILED for one in settled) else DONE


def _outcome(settled: Mapping[str, object]) -> str:
    said = str(settled["event"]).removeprefix("job ")
    return f"{said} ({settled['detail']})" if settled.get("detail") else said


def _in_words(office: Office, job: Planned, one: Occurrence) -> str:
    due = one.due.astimezone(ZoneInfo(office.workspace.calendar.time_zone))
    return f"{job.name} on {due:%A} {day_in_words(one.held_on)} at {due:%H:%M %Z}"


def _as_json(office: Office, job: Planned, one: Occurrence) -> dict[str, object]:
    local = one.due.astimezone(ZoneInfo(office.workspace.calendar.time_zone))
    period = period_for(office.workspace, job.about, one.day) if job.do == "run" else None
    return {
        "job": job.name, "do": job.do, "about": job.about or None, "occurrence": one.slot, "day": one.day.isoformat(),
        "due": local.isoformat(), "moved": one.moved, "period": period.id if period else None,
    }  # fmt: skip


def _listed(office: Office, jobs: list[Planned], found: list[Coming], later: list[Coming]) -> str:
    if not jobs:
        return "Nothing comes by itself: config/schedule.yaml has no job, and no audience a calendar of its own."
    if not found:
        return "Nothing comes any more: every listed date has passed."
    said = [show.table(("Day", "Time", "Job", ""), [_row(office, *one) for one in found])]
    if later:
        said += ["", "Later:", show.table(("Day", "Time", "Job", ""), [_row(office, *one) for one in later])]
    return "\n".join(said)


def _row(office: Office, job: Planned, one: Occurrence) -> tuple[str, str, str, str]:
    due = one.due.astimezone(ZoneInfo(office.workspace.calendar.time_zone))
    return f"{due:%a} {day_in_words(one.held_on)}", f"{due:%H:%M %Z}", job.name, _remark(office, job, one)


def _remark(office: Office, job: Planned, one: Occurrence) -> str:
    period = period_for(office.workspace, job.about, one.day) if job.do == "run" else None
    parts = [f"for {period.id}"] if period else []
    if job.do == "run" and not period:
        parts.append("no period has ended by then")
    if one.moved:
        parts.append(f"moved from {one.day:%a} {day_in_words(one.day)}")
    return ", ".join(parts)


def _check(options: Options, office: Office) -> int:
    year = options.check
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UsageError(f"--check takes a year from {FIRST_YEAR} to {LAST_YEAR}")
    checked = proved(office.workspace, year)
    wrong = [text for one in checked for text in one.faults]
    remarks = [text for one in checked for text in one.remarks]
    answer = {
        "schema": 1,
        "year": year,
        "ok": not wrong,
        "jobs": [
            {"job": one.job.name, "times": len(one.found), "moved": [each.slot for each in one.found if each.moved],
             "faults": one.faults, "remarks": one.remarks}
            for one in checked
        ],
    }  # fmt: skip
    rows = [(one.job.name, str(len(one.found)), _moves(one.found)) for one in checked]
    said = [f"No fault in {year}."] if not wrong else [f"In {year}:", *show.bullets(wrong)]
    if remarks:
        said += ["Is this meant? A run without anything new publishes nothing.", *show.bullets(remarks)]
    emit(options, answer, lambda: "\n".join([show.table(("Job", "Times", ""), rows), "", *said]))
    return NO if wrong else DONE


def _moves(found: Sequence[Occurrence]) -> str:
    moved = [f"{one.day:%d/%m} to {one.held_on:%d/%m}" for one in found if one.moved]
    return f"moved: {', '.join(moved)}" if moved else ""
