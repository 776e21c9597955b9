"""`config/` read into one checked whole: a pure function of its files, with every fault at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from engine.model.base import Frozen
from engine.model.calendars import Job
from engine.model.problems import Fault, Severity
from engine.model.settings import Settings
from engine.model.workspace import Audience, Calendar, Person, Portfolio, Scheme, Workspace
from engine.workspace.dates import by_calendar, working_days
from engine.workspace.paths import OutsideError, resolve_inside
from engine.workspace.peoplechecks import check_audiences, check_people
from engine.workspace.portfoliochecks import Known, check_portfolio
from engine.workspace.schedulechecks import check_schedule
from engine.workspace.schemas import FOLDER as SCHEMAS
from engine.workspace.schemas import are_stale
from engine.workspace.schemechecks import check_scheme
from engine.workspace.settingschecks import check_calendar, check_settings
from engine.workspace.spelling import did_you_mean, quoted
from engine.workspace.validation import salvage, validate
from engine.workspace.yamlfile import Loc, YamlFile, read_yaml

CONFIG = "config"
SINGLE = ("people", "audiences", "calendar", "schedule", "settings")  # files that stand alone; any may be missing
FOLDERS = ("portfolios", "schemes")  # of files of one kind
CADENCES: tuple[Loc, ...] = (("reports",), ("reports", "every"))  # where a portfolio's file has words for a cadence

# Words for what comes round that are used both ways; the last is what to write of a calendar, not of reports.
_WEEKS = "write {every: 2 weeks, from: DAY}, or {dates: [DAY, DAY]}"
_DAYS = "write the days out, as {dates: [DAY, DAY]}"
_MONTHS = "write `2 months` with `from:`, or the days out as {dates: [DAY, DAY]}"
_HALF_YEARS = "write `6 months` with `from:`, or the days out as {dates: [DAY, DAY]}"
_TWO_WAYS = {
    "biweekly": ("every 2 weeks", "twice a week", _WEEKS, "write `2 weeks` with `from:`, or two jobs `every: week`"),
    "bimonthly": ("every 2 months", "twice a month", _DAYS, _MONTHS),
    "biannual": ("every 2 years", "twice a year", _DAYS, _HALF_YEARS),
    "biannually": ("every 2 years", "twice a year", _DAYS, _HALF_YEARS),
    "biyearly": ("every 2 years", "twice a year", _DAYS, _HALF_YEARS),
}

NounT = TypeVar("NounT", bound=Frozen)


@dataclass(frozen=True, slots=True)
class _Read(Generic[NounT]):
    """A file with what it gives; `whole` is False where entries with faults were left out."""

    file: YamlFile
    noun: NounT | None
    whole: bool


def load_workspace(root: Path) -> tuple[Workspace | None, list[Fault]]:
    """The workspace at `root`, and every fault and warning of its config files in their order.

    None where any of the faults is an error.
    """
    workspace, faults = read_workspace(root)
    return (None if any(fault.severity is Severity.ERROR for fault in faults) else workspace), faults


def read_workspace(root: Path) -> tuple[Workspace, list[Fault]]:
    """As `load_workspace`, but for all that can be read in spite of faults: good for finding more faults alone."""
    faults: list[Fault] = list(_stray(root))
    settings = _single(root, "settings", Settings, faults)
    calendar = _single(root, "calendar", Calendar, faults)
    people_file, people, people_known = _mapping(root, "people", Person, faults)
    audiences_file, audiences, audiences_known = _mapping(root, "audiences", Audience, faults)
    schedule_file, schedule, _ = _mapping(root, "schedule", Job, faults)
    schemes = _named(root, "schemes", Scheme, "scheme", faults)
    portfolios = _named(root, "portfolios", Portfolio, "portfolio", faults)

    domains = settings.noun.mail.allowed_domains if settings.noun else ()
    faults += check_people(people_file, people, people_known or (), domains)
    faults += check_audiences(
        audiences_file, audiences, audiences_known or (), people_known, _whole(portfolios), _whole(schemes)
    )
    for scheme in schemes.values():
        if scheme.noun is not None:
            faults += check_scheme(scheme.file, scheme.noun)
    of_calendar = list(check_calendar(calendar.file, calendar.noun)) if calendar.noun is not None else []
    faults += of_calendar
    # The holidays of a place that nobody knows can't be looked up: the shipped ones do for finding other faults.
    working = working_days(Calendar() if calendar.noun is None or of_calendar else calendar.noun)
    for name, one in portfolios.items():
        if one.noun is not None:
            dated = by_calendar(one.noun, working)
            portfolios[name] = replace(one, noun=dated)
            faults += check_portfolio(one.file, dated, _known(one.file, dated, schemes, people_known, one.whole))
    faults += check_schedule(schedule_file, schedule, _whole(portfolios))
    if settings.noun is not None:
        faults += check_settings(settings.file, settings.noun, root)
    faults = sorted(dict.fromkeys(faults), key=lambda fault: (fault.file, fault.line, fault.column))
    workspace = Workspace(
        portfolios={name: one.noun for name, one in portfolios.items() if one.noun is not None},
        schemes={name: one.noun for name, one in schemes.items() if one.noun is not None},
        people=people,
        audiences=audiences,
        calendar=calendar.noun or Calendar(),
        settings=settings.noun or Settings(),
        schedule=schedule,
    )
    return workspace, faults


# ---- files


def _shown(*names: str) -> str:
    return "/".join((CONFIG, *names))


def _read(root: Path, shown: str) -> YamlFile:
    try:
        path = resolve_inside(root, shown)
    except OutsideError as error:
        cure = "put the file itself here"
        fault = Fault(file=shown, line=1, column=1, code="outside-path", what=str(error), cure=cure)
        return YamlFile(shown, None, (fault,), {})
    return read_yaml(path, shown)


def _folder(root: Path, name: str) -> Iterator[str]:
    """The names of the YAML files of a folder under config, in order."""
    folder = root / CONFIG / name
    if folder.is_dir():
        yield from sorted(path.name for path in folder.iterdir() if path.suffix == ".yaml" and path.name[0] != ".")


def _stray(root: Path) -> Iterator[Fault]:
    """What lies in config and is not read, though it looks as if it should be."""
    if not any(_folder(root, "portfolios")):
        shown = _shown("portfolios")
        what, cure = "there is no portfolio here", "write one, or begin with `telltale init`"
        yield Fault(file=shown, line=1, column=1, code="no-portfolio", what=what, cure=cure)
    if are_stale(root):
        what, cure = "the schemas for editors are of another version", "write them anew: `telltale init . --schemas`"
        yield Fault(file=SCHEMAS, line=1, column=1, code="old-schemas", what=what, cure=cure, severity=Severity.WARNING)
    for folder in ("", *FOLDERS):
        base = root / CONFIG / folder
        for path in sorted(base.iterdir()) if base.is_dir() else ():
            name = path.name
            wrong_ending = path.suffix.lower() in (".yml", ".yaml") and path.suffix != ".yaml"
            unknown = not folder and path.suffix == ".yaml" and path.stem not in SINGLE
            if name[0] in ".~" or not (wrong_ending or unknown):
                continue
            cure = did_you_mean(name, [f"{one}.yaml" for one in SINGLE]) if unknown else "let its name end in .yaml"
            yield Fault(
                file=_shown(folder, name) if folder else _shown(name), line=1, column=1, code="stray-file",
                what="nothing reads this file", cure=cure, severity=Severity.WARNING,
            )  # fmt: skip


# ---- files into nouns


def _single(root: Path, name: str, model: type[NounT], faults: list[Fault]) -> _Read[NounT]:
    """A file that stands alone; without it, the defaults of its noun."""
    shown = _shown(f"{name}.yaml")
    if not _exists(root, shown):
        return _Read(YamlFile(shown, {}, (), {}), model(), True)
    return _noun(_read(root, shown), model, faults)


def _mapping(
    root: Path, name: str, model: type[NounT], faults: list[Fault]
) -> tuple[YamlFile, dict[str, NounT], tuple[str, ...] | None]:
    """A file of entries by name: those that are right, and the names of all (None where they can't be read)."""
    shown = _shown(f"{name}.yaml")
    if not _exists(root, shown):
        return YamlFile(shown, {}, (), {}), {}, ()
    file = _read(root, shown)
    faults += file.faults
    if not isinstance(file.data, dict):
        if file.data is not None or not file.faults:
            faults.append(
                file.fault((), "wrong-value", "this should be names with what belongs to each", "write `name: {…}`")
            )
        return file, {}, None
    found: dict[str, NounT] = {}
    for key, value in file.data.items():
        own = list(_ambiguous(file, (key, "when"), (key, "when", "every")))
        noun, wrong = validate(model, file, value, (key,))
        faults += _apart(own, wrong)
        if noun is not None and not own:
            found[key] = noun
    return file, found, tuple(file.data)


def _named(root: Path, folder: str, model: type[NounT], id_key: str, faults: list[Fault]) -> dict[str, _Read[NounT]]:
    """The files of a folder by the id that each gives itself; one with no readable id goes by its file's name."""
    found: dict[str, _Read[NounT]] = {}
    for name in _folder(root, folder):
        file = _read(root, _shown(folder, name))
        read = _noun(file, model, faults, *CADENCES)
        given = file.data.get(id_key) if isinstance(file.data, dict) else None
        key = given if isinstance(given, str) else name.removesuffix(".yaml")
        if key in found:
            what = f"{quoted(key)} is already the {id_key} of {found[key].file.shown}"
            faults.append(file.fault((id_key,), "duplicate-name", what, "give one of them another name"))
        found.setdefault(key, read)
    return found


def _noun(file: YamlFile, model: type[NounT], faults: list[Fault], *cadences: Loc) -> _Read[NounT]:
    faults += file.faults
    if file.data is None and file.faults:
        return _Read(file, None, False)
    own = list(_ambiguous(file, *cadences))
    noun, wrong = salvage(model, file)
    faults += _apart(own, wrong)
    return _Read(file, noun, not own and not wrong)


def _exists(root: Path, shown: str) -> bool:
    path = root / shown
    return path.exists() or path.is_symlink()  # a link that leads nowhere is a fault, not a file that is missing


# ---- words used both ways


def _ambiguous(file: YamlFile, *locs: Loc) -> Iterator[Fault]:
    for loc in locs:
        text = file.value(loc)
        word = re.sub(r"every|[^a-z]", "", text.casefold()) if isinstance(text, str) else ""
        if ways := _TWO_WAYS.get(word):
            one, other, of_reports, of_calendar = ways
            cure = of_calendar if "when" in loc else of_reports
            yield file.fault(loc, "ambiguous-word", f"{quoted(str(text))} may mean {one} or {other}", cure)


def _apart(own: Sequence[Fault], wrong: Sequence[Fault]) -> list[Fault]:
    """Our own faults, and the others that are not about the same place."""
    taken = {(fault.line, fault.column) for fault in own}
    return [*own, *(fault for fault in wrong if (fault.line, fault.column) not in taken)]


# ---- what the checks know


def _whole(read: Mapping[str, _Read[NounT]]) -> dict[str, NounT | None]:
    return {name: one.noun if one.whole else None for name, one in read.items()}


def _known(
    file: YamlFile, portfolio: Portfolio, schemes: Mapping[str, object], people: Sequence[str] | None, whole: bool
) -> Known:
    measures = file.value(("measures",))
    reports = file.value(("reports",))
    return Known(
        schemes=tuple(schemes),
        people=people,
        measures=tuple(measures) if isinstance(measures, dict) else (),
        whole=whole,
        cadence=not any(_ambiguous(file, *CADENCES))
        and (portfolio.reports != "monthly" or reports in (None, "monthly")),
    )
