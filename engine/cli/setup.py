"""`telltale init`, and `telltale returns template`: what is there before the first return comes in."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from engine import app
from engine.cli import DONE, NO, show
from engine.cli.common import Options, acting_at, emit, open_office
from engine.model.problems import Problem
from engine.office import Office, UsageError
from engine.periods import Period, day_in_words, period_in_words

MOST_NOTES = 12  # in the text; JSON has them all


def init(options: Options) -> int:
    """A new workspace: the small one to start from, or one from a list; or the workbook for such a list."""
    if options.template is not None:
        if options.folder is not None or options.from_ is not None:
            raise UsageError("--template writes a workbook and no workspace: leave out the folder and --from")
        return _template(options, Path(options.template))
    if options.folder is None:
        raise UsageError("name the folder that is to become a workspace, as in telltale init office")
    if options.schemas and options.from_ is not None:
        raise UsageError("--schemas writes nothing else: leave out --from")
    if options.schemas:
        return _schemas(options, Path(options.folder))
    if options.from_ is not None:
        return _from_list(options, Path(options.folder), Path(options.from_))
    from engine.workspace.starter import StarterError, init_workspace

    folder = Path(options.folder)
    try:
        made = init_workspace(folder)
    except StarterError as error:
        raise UsageError(str(error)) from None
    answer = {"schema": 1, "made": [str(path) for path in made]}
    text = [
        f"Made a workspace in {folder}:",
        *show.bullets(path.relative_to(folder).as_posix() for path in made),
        f"Next: telltale -C {folder} check, and telltale -C {folder} test; {folder}/README.txt says more.",
    ]
    emit(options, answer, lambda: "\n".join(text))
    return DONE


def _template(options: Options, path: Path) -> int:
    from engine.setup.template import template

    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"{path} is no name for a workbook; let it end in .xlsx")
    write_new({path: template()})
    text = f"Wrote {path}. Fill it in, then: telltale init FOLDER --from {path}"
    emit(options, {"schema": 1, "made": [str(path)]}, lambda: text)
    return DONE


def _schemas(options: Options, folder: Path) -> int:
    from engine.workspace.paths import OutsideError
    from engine.workspace.schemas import write_schemas

    if not (folder / "config").is_dir():
        raise UsageError(f"{folder} is no workspace, for it has no config folder; name one, or leave out --schemas")
    try:
        made = write_schemas(folder)
    except OutsideError as error:
        raise UsageError(f"the schemas can't be written: {error}") from None
    except OSError as error:
        raise UsageError(f"{error.filename or folder} can't be written: {error.strerror}") from None
    text = ["Wrote the schemas for editors:", *show.bullets(path.relative_to(folder).as_posix() for path in made)]
    emit(options, {"schema": 1, "made": [str(path) for path in made]}, lambda: "\n".join(text))
    return DONE


def _from_list(options: Options, folder: Path, path: Path) -> int:
    from engine.setup.files import domains, files, too_large
    from engine.setup.reading import read_file
    from engine.workspace.starter import StarterError, shared_files, write_workspace

    if not path.exists():
        raise UsageError(f"there is no file {path}; check the path")
    read = read_file(path, app.today(acting_at(options)))
    made_of = files(read.listing) if read.listing is not None else {}
    problems = [*read.problems, *too_large(made_of, path.name)]
    if read.listing is None or problems:
        answer = {"schema": 1, "made": [], "problems": _dumped(problems), "notes": _dumped(read.notes)}
        first = f"Nothing was written: {show.count(len(problems), 'problem')}."
        emit(options, answer, lambda: "\n".join([first, *show.bullets(map(str, problems))]))
        return NO
    listing = read.listing
    contents = {name: text.encode() for name, text in made_of.items()} | shared_files()
    try:
        made = write_workspace(folder, dict(sorted(contents.items())))
        with suppress(OSError):  # the first return makes it otherwise; doctor says where nothing can
            (folder / "returns").mkdir(exist_ok=True)
    except StarterError as error:
        raise UsageError(str(error)) from None
    counts = {
        "programmes": len(listing.programmes),
        "projects": len(listing.every_project),
        "measures": len(listing.measures),
        "targets": listing.targets,
        "people": len(listing.people),
    }
    answer = {
        "schema": 1,
        "made": [str(one) for one in made],
        "portfolio": listing.about.name,
        "counts": counts,
        "problems": [],
        "notes": _dumped(read.notes),
    }
    counted = ", ".join(f"{number} {noun if number != 1 else _ONE[noun]}" for noun, number in counts.items())
    mail = ", ".join(f"{domain} ({show.count(number, 'address')})" for domain, number in domains(listing))
    text = [
        f"Made a workspace in {folder} for the portfolio {listing.about.name}: {counted}.",
        *show.bullets(one.relative_to(folder).as_posix() for one in made),
        *_notes(read.notes),
        f"Mail may go to {mail or 'nobody yet'}, and to no other domain.",
        f"Next: telltale -C {folder} check, and telltale -C {folder} test; {folder}/README.txt says more.",
    ]
    emit(options, answer, lambda: "\n".join(text))
    return DONE


_ONE = {
    "programmes": "programme",
    "projects": "project",
    "measures": "measure",
    "targets": "target",
    "people": "person",
}


def _notes(notes: Sequence[Problem]) -> list[str]:
    if not notes:
        return []
    more = len(notes) - MOST_NOTES
    listed = [*show.bullets(map(str, notes[:MOST_NOTES]))]
    return ["Worth a look:", *listed, *([f"  and {more} more; --format json has them all"] if more > 0 else [])]


def write_new(contents: Mapping[Path, bytes]) -> None:
    """Writes files that are not there yet: all of them, or none where one is. Raises UsageError."""
    for path in contents:
        if path.exists() or path.is_symlink():
            raise UsageError(f"{path} is already there, and nothing is overwritten; choose another name, or delete it")
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
    except OSError as error:
        raise UsageError(f"{error.filename} can't be written: {error.strerror}") from None


def _dumped(problems: Sequence[Problem]) -> list[dict[str, object]]:
    return [problem.model_dump(mode="json") for problem in problems]


def returns_template(options: Options) -> int:
    """The workbooks that owners fill in for a period: one, or one for each owner."""
    from engine.returns.earlier import rows_before
    from engine.returns.template import Wanted, has_rows, is_open, template
    from engine.workspace.dates import due_date, working_days
    from engine.workspace.spelling import did_you_mean

    office = open_office(options)
    name = office.the_portfolio(options.portfolio)
    portfolio, scheme = office.portfolio(name), office.workspace.scheme_of(office.portfolio(name))
    period = office.period(name, options.period) if options.period else _last_ended(office, name)
    before = rows_before(office.returns_folder, portfolio, scheme, period)
    subjects = [one for one in portfolio.subjects.values() if is_open(one, portfolio, period) and has_rows(one, before)]
    owners = list(dict.fromkeys(one.owner for one in subjects if one.owner is not None))
    if options.owner is not None and options.owner not in owners:
        cure = did_you_mean(options.owner, owners)
        raise UsageError(f"{options.owner!r} owns nothing to return in {name}" + (f"; {cure}" if cure else ""))
    place = Path(options.place)
    whole = place.suffix.lower() == ".xlsx"
    if place.suffix.lower() in (".xls", ".xlsm", ".xlsb", ".csv", ".ods") and not place.is_dir():
        raise UsageError(f"{place} is no name for a workbook; let it end in .xlsx, or name a folder")
    theirs = [options.owner] if options.owner is not None else [None] if whole else owners
    if not theirs:
        raise UsageError(f"nobody owns anything to return in {name}; write one workbook for all, as FILE.xlsx")
    due = due_date(portfolio, period, working_days(office.workspace.calendar))
    made = {
        place if whole else place / f"{owner}.xlsx": template(
            Wanted(portfolio, scheme, period, due, [one for one in subjects if owner in (None, one.owner)], before)
        )
        for owner in theirs
    }
    write_new(made)
    unowned = [one.ref for one in subjects if one.owner is None] if not whole and options.owner is None else []
    answer = {
        "schema": 1,
        "portfolio": name,
        "period": period.id,
        "made": [str(one) for one in made],
        "unowned": unowned,
    }
    first = next(iter(made))
    back = f"telltale returns submit {first} --period {period.id}"
    if len(office.workspace.portfolios) > 1:
        back += f" --portfolio {name}"
    text = [
        f"Wrote {show.count(len(made), 'workbook')} for {period_in_words(period)}, due on {day_in_words(due)}:",
        *show.bullets(map(str, made)),
        *([f"In none of them, for want of an owner: {', '.join(unowned)}."] if unowned else []),
        f"Filled in, each goes back by: {back}",
    ]
    emit(options, answer, lambda: "\n".join(text))
    return DONE


def _last_ended(office: Office, name: str) -> Period:
    """The last period that has ended, but none before the first that is judged. Raises UsageError."""
    first = office.period(name, office.portfolio(name).starts)
    cadence = office.cadence(name)
    now = cadence.containing(office.today)
    if now is None:
        raise UsageError(f"{name} has no period today; name one with --period")
    ended = now if now.end == office.today else cadence.before(now)
    return ended if ended is not None and ended.end > first.end else first
