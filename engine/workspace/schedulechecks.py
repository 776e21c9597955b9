"""What schedule.yaml, and every calendar in `config/`, says that can't be."""

from collections.abc import Iterator, Mapping

from engine.calendars import CalendarError, read
from engine.model.calendars import Job, OwnCalendar
from engine.model.problems import Fault
from engine.model.workspace import Portfolio
from engine.workspace.portfoliochecks import check_id
from engine.workspace.spelling import did_you_mean, quoted
from engine.workspace.yamlfile import Loc, YamlFile


def check_schedule(
    file: YamlFile, jobs: Mapping[str, Job], portfolios: Mapping[str, Portfolio | None]
) -> Iterator[Fault]:
    """Every fault of schedule.yaml."""
    for name, job in jobs.items():
        yield from check_id(file, (name,), name, key=True)
        if job.portfolio is not None and job.portfolio not in portfolios:
            what = f"there is no portfolio {quoted(job.portfolio)}"
            yield file.fault((name, "portfolio"), "unknown-portfolio", what, did_you_mean(job.portfolio, portfolios))
        if job.do == "backup" and job.portfolio is not None:
            what = "a backup is of the whole database"
            yield file.fault((name, "portfolio"), "wrong-value", what, "take `portfolio` out")
        yield from check_when(file, (name, "when"), job.when)


def check_when(file: YamlFile, loc: Loc, calendar: OwnCalendar) -> Iterator[Fault]:
    """What keeps a calendar from being understood."""
    try:
        read(calendar)
    except CalendarError as error:
        at = (*loc, error.key) if error.key is not None else loc
        yield file.fault(at, "wrong-value", error.what, error.cure)
