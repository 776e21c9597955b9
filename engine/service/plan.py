"""What of a workspace's jobs is due, and the command that does it. Pure: the clock is handed in."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine.calendars import Occurrence
from engine.model.jobs import SETTLED, KeptJob
from engine.model.workspace import Workspace, cadence_of
from engine.periods import WorkingDays
from engine.workspace.dates import due_date, working_days
from engine.workspace.jobs import Planned, words_for


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
    words = words_for(job, due.occurrence.day, due.occurrence.held_on, workspace)
    if words is None:
        return None
    if job.do in ("remind", "chase"):
        period = cadence_of(workspace.portfolios[job.about]).period(words[-1])
        late = today > due_date(workspace.portfolios[job.about], period, working_days(workspace.calendar))
        return words if late == (job.do == "chase") else None
    return [*words, "--hold", due.hold] if due.hold else words
