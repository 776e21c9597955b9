"""The jobs that a workspace has by its schedule and its calendars, and the words that do each. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from engine.calendars import Recurrence, read
from engine.model.calendars import OwnCalendar
from engine.model.workspace import Workspace, cadence_of
from engine.periods import Cadence, Dates, Period

Do = Literal["run", "remind", "chase", "tell", "backup"]


@dataclass(frozen=True, slots=True)
class Planned:
    """One job, for one portfolio or audience."""

    name: str  # its name in schedule.yaml with the portfolio's, or "tell" with the audience's
    do: Do
    about: str  # the portfolio or audience; "" for the whole workspace
    recurrence: Recurrence
    calendar: OwnCalendar  # as written


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


def words_for(job: Planned, day: date, held_on: date, workspace: Workspace) -> list[str] | None:
    """The words after `telltale` that do a job's occurrence of a day; None where no period has ended by then."""
    if job.do == "backup":
        return ["db", "backup"]
    if job.do == "tell":
        return ["mail", "tell", job.about, "--occurrence", held_on.isoformat()]
    period = period_for(workspace, job.about, day)
    if period is None:
        return None
    return [*(["run"] if job.do == "run" else ["mail", job.do]), job.about, "--period", period.id]


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
