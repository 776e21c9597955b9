"""Which jobs a workspace has, what of them is due, and the command that does it. Pure: the clock is handed in."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from engine.calendars import Occurrence, Recurrence, read
from engine.model.calendars import OwnCalendar
from engine.model.jobs import SETTLED, KeptJob
from engine.model.workspace import Workspace, cadence_of
from engine.periods import Cadence, Dates, Period, WorkingDays
from engine.workspace.dates import due_date, working_days

Do = Literal["run", "remind", "chase", "tell", "backup"]


@dataclass(frozen=True, slots=True)
class Planned:
    """One job, for one portfolio or audience."""

    name: str  # its name in schedule.yaml with the portfolio's, or "tell" with the audience's
    do: Do
    about: str  # the portfolio or audience; "" for the whole workspace
    recurrence: Recurrence
    calendar: OwnCalendar  # as written


@dataclass(frozen=True, slots=True)
class Due:
    """An occurrence of a job that is to be done now."""

    job: Planned
    occurrence: Occurrence
    hold: str = ""  # why the messages that come of it are held


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the clock finds."""

    due: tuple[Due, ...]  # oldest first
    passed_over: tuple[Due, ...]  # missed, and a later one says the same
    since: Mapping[str, datetime]  # by job, the moment until which all is settled; those that have moved alone


def planned(workspace: Workspace) -> list[Planned]:
    """Every job of a workspace without faults: those of its schedule, then the audiences with a calendar of their own.

    What is due at the same moment is done in this order.
    """
    found: list[Planned] = []
    for name, job in workspace.schedule.items():
        when = read(job.when)
        if job.do == "backup":
            found.append(Planned(name, job.do, "", when, job.when))
            continue
        portfolios = [job.portfolio] if job.portfolio is not None else list(workspace.portfolios)
        found += [Planned(f"{name} {portfolio}", job.do, portfolio, when, job.when) for portfolio in portfolios]
    for name, audience in workspace.audiences.items():
        if isinstance(audience.when, OwnCalendar):
            found.append(Planned(f"tell {name}", "tell", name, read(audience.when), audience.when))
    return found


def look(
    jobs: Collection[Planned],
    working: WorkingDays,
    time_zone: str,
    since: Mapping[str, datetime],
    kept: Collection[KeptJob],
    now: datetime,
    *,
    catch_up: int,
) -> Look:
    """What is due at a moment, of what came round since each job's own.

    Of a run every missed occurrence is done, of all else the latest alone: a reminder of last month helps nobody. The
    messages of a run are held where `catch_up` later ones or more were missed too.
    """
    settled = {(one.job, one.slot) for one in kept if one.state in SETTLED}
    begun = {(one.job, one.slot) for one in kept}
    due: list[tuple[datetime, int, Due]] = []
    passed_over: list[Due] = []
    moved: dict[str, datetime] = {}
    for order, job in enumerate(jobs):
        occurrences = list(job.recurrence.occurrences(working, time_zone, since[job.name], now))
        for one in occurrences:
            if (job.name, one.slot) not in settled:
                break
            moved[job.name] = one.due
        missed = [one for one in occurrences if (job.name, one.slot) not in settled]
        for later, one in zip(range(len(missed) - 1, -1, -1), missed, strict=True):
            if job.do != "run" and later and (job.name, one.slot) not in begun:
                passed_over.append(Due(job, one))
                continue
            hold = f"the run of {one.held_on.isoformat()} was missed, and {later} after it" if later >= catch_up else ""
            due.append((one.due, order, Due(job, one, hold if job.do == "run" and later else "")))
    due.sort(key=lambda one: one[:2])
    return Look(tuple(one for _, _, one in due), tuple(passed_over), moved)


def coming(
    jobs: Iterable[Planned], working: WorkingDays, time_zone: str, after: datetime, until: datetime
) -> Iterator[tuple[Planned, Occurrence]]:
    """All that comes round after a moment and until another, in its order."""
    found = [
        (one.due, order, job, one)
        for order, job in enumerate(jobs)
        for one in job.recurrence.occurrences(working, time_zone, after, until)
    ]
    yield from ((job, one) for _, _, job, one in sorted(found, key=lambda each: each[:2]))


def command(due: Due, workspace: Workspace, today: date) -> list[str] | None:
    """The words after `telltale` that do it; None where there is nothing to do.

    So it is where no period has ended yet, and where a reminder would come after the due date, or a chaser before.
    """
    job = due.job
    match job.do:
        case "backup":
            return ["db", "backup"]
        case "tell":
            return ["mail", "tell", job.about, "--occurrence", due.occurrence.held_on.isoformat()]
        case "remind" | "chase":
            period = period_for(workspace, job.about, due.occurrence.day)
            if period is None:
                return None
            late = today > due_date(workspace.portfolios[job.about], period, working_days(workspace.calendar))
            return ["mail", job.do, job.about, "--period", period.id] if late == (job.do == "chase") else None
        case "run":
            period = period_for(workspace, job.about, due.occurrence.day)
            hold = ["--hold", due.hold] if due.hold else []
            return None if period is None else ["run", job.about, "--period", period.id, *hold]


def period_for(workspace: Workspace, portfolio: str, day: date) -> Period | None:
    """The last period of a portfolio that ended before a day; None where that is history, or there is none.

    The day is the calendar's own, before any holiday moves it: moved over the end of a month it would name another.
    """
    about = workspace.portfolios[portfolio]
    cadence = cadence_of(about)
    period = _ended_before(cadence, day)
    return period if period is not None and period.end >= cadence.period(about.starts).end else None


def _ended_before(cadence: Cadence, day: date) -> Period | None:
    if isinstance(cadence, Dates):  # which has no period that a day after its last one lies in
        ended = [end for end in cadence.days if end < day]
        return cadence.period(max(ended).isoformat()) if ended else None
    now = cadence.containing(day)
    return cadence.before(now) if now is not None else None
