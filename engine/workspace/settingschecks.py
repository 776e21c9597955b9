"""What calendar.yaml and settings.yaml say that can't be: places nobody knows, paths that lead outside."""

import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from engine.model.problems import Fault
from engine.model.settings import Settings
from engine.model.workspace import Calendar
from engine.workspace.mailchecks import check_mail
from engine.workspace.paths import OutsideError, resolve_inside
from engine.workspace.spelling import did_you_mean, quoted
from engine.workspace.yamlfile import Loc, YamlFile

LONGEST_JUDGEMENT = 86_400  # seconds: a day

_POSTGRESQL = re.compile(r"postgresql://(?:[^:@/]*(?P<password>:[^@/]*)?@)?[^@/]*/[^/?]+(?:\?.*)?")
_OWN = ("", "config", "rules")  # where people write, and nothing else does
_EXAMPLES = {"returns": "returns", "outbox": "var/outbox", "database": "sqlite:///var/telltale.db"}


def check_calendar(file: YamlFile, calendar: Calendar) -> Iterator[Fault]:
    """Every fault of calendar.yaml."""
    try:
        ZoneInfo(calendar.time_zone)
    except (KeyError, ValueError, OSError):  # no such zone, a name that is a path, a name of a folder of zones
        what = f"there is no time zone {quoted(calendar.time_zone)}"
        cure = did_you_mean(calendar.time_zone, sorted(available_timezones())) or "write it as Europe/London"
        yield file.fault(("time_zone",), "unknown-place", what, cure)
    shipped = Calendar()
    if (calendar.country, calendar.region) != (shipped.country, shipped.region):  # which need not be looked up
        yield from _check_country(file, calendar)


def _check_country(file: YamlFile, calendar: Calendar) -> Iterator[Fault]:
    import holidays  # slow to import

    countries = holidays.list_supported_countries(include_aliases=True)
    if calendar.country not in countries:
        what = f"no public holidays are known for the country {quoted(calendar.country)}"
        yield file.fault(("country",), "unknown-place", what, "write its two letters, such as GB")
    elif calendar.region is not None and calendar.region not in (regions := countries[calendar.country]):
        what = f"no public holidays are known for the region {quoted(calendar.region)} of {calendar.country}"
        cure = did_you_mean(calendar.region, regions) or "leave `region` empty"
        yield file.fault(("region",), "unknown-place", what, cure)


def check_settings(file: YamlFile, settings: Settings, root: Path) -> Iterator[Fault]:
    """Every fault of settings.yaml; `root` is the workspace that its paths are relative to."""
    yield from _check_database(file, settings.database, root)
    yield from _check_returns(file, settings.returns, root)
    yield from _check_path(file, ("outbox",), settings.outbox, root)
    yield from check_mail(file, settings.mail)
    if not 0 < settings.judge_time_limit <= LONGEST_JUDGEMENT:
        what = f"`judge_time_limit` can't be {settings.judge_time_limit}"
        yield file.fault(("judge_time_limit",), "wrong-value", what, "write a number of seconds above nought")
    service = settings.service
    if not 0 < service.job_time_limit <= LONGEST_JUDGEMENT:
        what = f"`job_time_limit` can't be {service.job_time_limit}"
        yield file.fault(("service", "job_time_limit"), "wrong-value", what, "write a number of seconds above nought")
    if service.catch_up < 0:
        what = f"`catch_up` can't be {service.catch_up}"
        yield file.fault(
            ("service", "catch_up"), "wrong-value", what, "write how many missed runs may send by themselves"
        )


def _without_password(text: str) -> str:
    return re.sub(r"://[^@\s]*@", "://***@", text)


def sqlite_path(database: str) -> str | None:
    """The path of the file that a `database` setting names; None for a database of another kind."""
    return database.removeprefix("sqlite:///") if database.startswith("sqlite:") else None


def _check_path(file: YamlFile, loc: Loc, path: str, root: Path) -> Iterator[Fault]:
    try:
        there = resolve_inside(root, path).relative_to(root.resolve())
    except OutsideError as error:
        yield file.fault(loc, "outside-path", str(error), "name a folder or file inside the workspace")
        return
    own = there.parts[0].casefold() if there.parts else ""
    if own in _OWN:
        whose = f"the workspace's own folder `{own}`" if own else "the workspace itself"
        what = f"`{loc[-1]}` can't be in {whose}" if own else f"`{loc[-1]}` can't be {whose}"
        yield file.fault(loc, "own-folder", what, f"name a folder of its own, such as `{_EXAMPLES[str(loc[-1])]}`")


def _check_returns(file: YamlFile, path: str, root: Path) -> Iterator[Fault]:
    faults = list(_check_path(file, ("returns",), path, root))
    yield from faults
    # Where the setting leaves it to the default, the first return makes the folder.
    if not faults and file.value(("returns",)) is not None and not (root / path).is_dir():
        what = f"there is no folder {quoted(path)}, so no return can be taken in"
        yield file.warning(("returns",), "no-returns-folder", what, "make it, or name the one in which they lie")


def _check_database(file: YamlFile, database: str, root: Path) -> Iterator[Fault]:
    loc = ("database",)
    path = sqlite_path(database)
    if path is not None:
        if path == database or not path or "?" in path or path.startswith(("file:", ":")):
            what = "this database has no file of its own in the workspace"
            yield file.fault(loc, "wrong-value", what, "write it as sqlite:///var/telltale.db")
            return
        yield from _check_path(file, loc, path, root)
        return
    match = _POSTGRESQL.fullmatch(database)
    if not match:
        what = f"{quoted(database)} is no address of a SQLite file or a PostgreSQL database"
        cure = "write it as sqlite:///var/telltale.db, or postgresql://USER@HOST/NAME"
        yield file.fault(loc, "wrong-value", _without_password(what), cure)
    elif match["password"] is not None:
        what = "a password does not belong in a file that others read"
        yield file.fault(loc, "password-in-file", what, "take it out, and set TELLTALE_DATABASE_PASSWORD instead")
