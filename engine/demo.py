"""The examples judged and told, into a database and an outbox of their own: what `telltale demo` shows."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from shutil import rmtree
from zoneinfo import ZoneInfo

from engine import app
from engine.intake import period_to_run, take_in
from engine.model.run import RunOut
from engine.office import Office
from engine.workspace.dates import due_date, working_days


@dataclass(frozen=True, slots=True)
class Demo:
    """The runs of a demonstration, and the workspace as it was used for it."""

    office: Office
    runs: tuple[RunOut, ...]
    outbox: Path


def demonstrate(root: Path, portfolio: str | None) -> Demo:
    """Judges the latest period of each of a workspace's portfolios into a database and outbox of their own, made anew.

    The time is the morning after its returns were due, so that every run of it is alike.
    """
    office = app.open_office(root, None)
    folder = office.inside("var/demo")
    rmtree(folder, ignore_errors=True)
    settings = office.workspace.settings
    settings = settings.model_copy(
        update={"outbox": "var/demo/outbox", "mail": settings.mail.model_copy(update={"notifier": "folder"})}
    )
    office = replace(
        office,
        workspace=office.workspace.model_copy(update={"settings": settings}),
        database="sqlite:///var/demo/telltale.db",
    )
    working = working_days(office.workspace.calendar)
    runs: list[RunOut] = []
    for name in office.names(portfolio):
        about = app.declared(office, name)
        with app.open_the_store(office) as store:
            taken = take_in(office, about, store, keep=False)
        period = period_to_run(office, about, taken, None)
        morning = datetime.combine(due_date(about.portfolio, period, working) + timedelta(days=1), time(7))
        zone = ZoneInfo(office.workspace.calendar.time_zone)
        runs.append(app.run(replace(office, now=morning.replace(tzinfo=zone)), name, period.id))
    return Demo(office, tuple(runs), office.inside(settings.outbox))
