"""The returns folder, PORTFOLIO/PERIOD/NAME: finding what lies there and reading it.

NAME is the submitter: a workbook NAME.xlsx, or a folder NAME/ of CSV files named after their tables. Nothing outside
the returns folder is read, whatever a link says.
"""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from engine.model.problems import Problem
from engine.model.returns import Return
from engine.model.workspace import Portfolio, Scheme, cadence_of
from engine.periods import Cadence, PeriodError
from engine.returns.csvfiles import read_csv
from engine.returns.known import Known
from engine.returns.raw import TABLES, RawTable
from engine.returns.tables import read_tables
from engine.returns.words import fold
from engine.returns.workbook import LIMITS, read_workbook
from engine.workspace.paths import OutsideError, resolve_inside
from engine.workspace.spelling import quoted

WORKBOOKS = (".xlsx", ".xlsm")
# What a return says doesn't depend on where it stands: the bytes, the file, the lines.
_PLACES: dict[str, Any] = {"source": True, "sha256": True} | {
    table: {"__all__": {"file", "where"}}
    for table in ("measures", "savings", "milestones", "judgements", "explanations")
}


@dataclass(frozen=True, slots=True)
class FoundReturn:
    """A return that lies somewhere, not yet read: one workbook, or the CSV files of a folder."""

    portfolio: str
    period: str
    submitter: str
    source: str  # its path below the returns folder, with forward slashes
    files: tuple[Path, ...]
    is_folder: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """A return's bytes, file by file, and the digest of them all."""

    files: tuple[tuple[str, bytes], ...]  # by file name
    sha256: str


@dataclass(frozen=True, slots=True)
class RefusedReturn:
    """What lies in a submitter's place for a period, and why it can't be taken for what the submitter returned."""

    found: FoundReturn
    why: str  # "in two forms", "not understood", "not begun"
    problems: tuple[Problem, ...]


class Lying(NamedTuple):
    """All that lies under the returns folder for a portfolio, by period and submitter."""

    returns: list[FoundReturn]
    problems: list[Problem]  # with what is nobody's return
    refused: list[RefusedReturn]


Digests = Mapping[tuple[str, str], Sequence[str]]  # of what was taken in, oldest first, by period and folded submitter


def find_returns(root: Path, portfolio: Portfolio, taken: Digests | None = None) -> Lying:
    """What lies under `root` for a portfolio, by period and submitter, and a problem for what can't be a return there.

    Of two returns of one submitter for a period, such as owners.xlsx beside owners/, the one counts that was not
    `taken` in before. Where that is both or can't be told, both are refused.
    """
    lying = Lying([], [], [])
    by_submitter: dict[tuple[str, str], list[FoundReturn]] = defaultdict(list)
    cadence = cadence_of(portfolio)
    for period in _entries(root / portfolio.portfolio, root, lying.problems):
        if not _is_period(period, root, cadence, lying.problems):
            continue
        for entry in _entries(period, root, lying.problems):
            found = _as_return(entry, root, portfolio.portfolio, lying)
            if found is not None:
                by_submitter[found.period, fold(found.submitter)].append(found)
    for key, alike in by_submitter.items():
        newest = alike[0] if len(alike) == 1 else _newest(alike, (taken or {}).get(key, ()))
        if newest is not None:
            lying.returns.append(newest)
        else:
            lying.refused.append(_in_two_forms(alike))
    return lying


def _newest(alike: Sequence[FoundReturn], taken: Sequence[str]) -> FoundReturn | None:
    """Of one submitter's returns, the only one not taken in before; else the last taken in. None where none is it."""
    if not taken:
        return None
    try:
        by_digest = {contents(one).sha256: one for one in alike}
    except OSError:
        return None
    fresh = [one for digest, one in by_digest.items() if digest not in taken]
    return fresh[0] if len(fresh) == 1 else by_digest.get(taken[-1]) if not fresh else None


def _in_two_forms(alike: Sequence[FoundReturn]) -> RefusedReturn:
    names = " and ".join(found.source for found in alike[1:])
    what = f"{names} is of the same submitter and period, so neither was read"
    problem = Problem(file=alike[0].source, where="", what=what, cure="keep one of them")
    return RefusedReturn(alike[0], "in two forms", (problem,))


def contents(found: FoundReturn) -> Contents:
    """The return's bytes. Raises OSError where a file can't be opened."""
    files = tuple((path.name, _bytes(path)) for path in found.files)
    if not found.is_folder:
        return Contents(files, sha256(files[0][1]).hexdigest())
    listing = "".join(f"{name} {sha256(content).hexdigest()}\n" for name, content in sorted(files))
    return Contents(files, sha256(listing.encode()).hexdigest())


def read_return(
    found: FoundReturn, portfolio: Portfolio, scheme: Scheme, known: str | None = None
) -> Return | Problem | None:
    """What a return says, with its problems; or the one problem for which none of it can be read.

    None where its bytes have the digest `known`: nothing is new. A return that can't be opened (damaged, or held open
    by another program) replaces no earlier one.
    """
    try:
        given = contents(found)
    except OSError as error:
        what = f"the file can't be opened ({error.strerror})"
        return Problem(file=found.source, where="", what=what, cure="close it in other programs and try again")
    return None if given.sha256 == known else understood(found, given, portfolio, scheme)


def understood(found: FoundReturn, given: Contents, portfolio: Portfolio, scheme: Scheme) -> Return | Problem:
    """What these bytes say; or the one problem for which none of it can be read."""
    raw = _csv_tables(found, given) if found.is_folder else read_workbook(found.source, given.files[0][1])
    if isinstance(raw, Problem):
        return raw
    tables, problems = raw
    read = read_tables(tables, Known(portfolio, scheme, found.submitter))
    said = Return(
        portfolio=found.portfolio,
        period=found.period,
        submitter=found.submitter,
        source=found.source,
        sha256=given.sha256,
        measures=tuple(read.measures),
        savings=tuple(read.savings),
        milestones=tuple(read.milestones),
        judgements=tuple(read.judgements),
        explanations=tuple(read.explanations),
        incomplete=tuple(sorted(read.incomplete)),
        problems=(*problems, *read.problems),
    )
    content = sha256(said.model_dump_json(exclude=_PLACES).encode()).hexdigest()
    return said.model_copy(update={"content": content})


def csv_files(folder: Path, root: Path, problems: list[Problem]) -> tuple[Path, ...] | None:
    """A folder's tables, by name; a problem for each file that is none. None, with a problem, where a table is twice.

    A return that can't be read as it was meant must not replace the one before it.
    """
    found: dict[str, list[Path]] = defaultdict(list)
    for entry in _entries(folder, root, problems):
        name = TABLES.find(entry.stem) if entry.suffix.lower() == ".csv" and entry.is_file() else None
        if name is None:
            is_csv = entry.suffix.lower() == ".csv"
            cure = TABLES.cure(entry.stem, "") if is_csv else f"its files are {', '.join(f'{t}.csv' for t in TABLES)}"
            problems.append(_problem(entry, root, "this is no table of a return, so it was not read", cure))
        else:
            found[name].append(entry)
    for files in found.values():
        if len(files) > 1:
            what = "the folder has this table twice, so nothing in it was read"
            problems.append(_problem(files[1], root, what, "keep one"))
    twice = any(len(files) > 1 for files in found.values())
    return None if twice else tuple(files[0] for files in found.values())


def _csv_tables(found: FoundReturn, given: Contents) -> tuple[list[RawTable], list[Problem]]:
    tables: list[RawTable] = []
    problems: list[Problem] = []
    for file, content in given.files:
        table, faults = read_csv(fold(Path(file).stem), f"{found.source}/{file}", content)
        problems += faults
        if table.rows or not faults:
            tables.append(table)
    return tables, problems


def _is_period(path: Path, root: Path, cadence: Cadence, problems: list[Problem]) -> bool:
    try:
        cadence.period(path.name)
    except PeriodError as error:
        problems.append(
            _problem(path, root, f"this is not a period's folder, so it was not read ({error})", "rename it")
        )
        return False
    if not path.is_dir():
        problems.append(_problem(path, root, "this is a file where a period's folder is expected", "move it into one"))
        return False
    return True


def _as_return(entry: Path, root: Path, portfolio: str, lying: Lying) -> FoundReturn | None:
    """The return that a file or folder is; None where it is none: a problem, or a refused return, says why."""
    folder = entry.is_dir()
    files = csv_files(entry, root, lying.problems) if folder else (entry,)
    if not folder and (entry.suffix.lower() not in WORKBOOKS or not entry.is_file()):
        lying.problems.append(_problem(entry, root, "this is no return, so it was not read", cure_for(entry)))
        return None
    submitter = entry.name if folder else entry.stem
    found = FoundReturn(portfolio, entry.parent.name, submitter, _source(entry, root), files or (), folder)
    if files:
        return found
    if files is None:
        problem = lying.problems.pop()  # the table that is there twice
    else:
        problem = _problem(entry, root, "the folder holds no table", "put measures.csv, savings.csv … in it")
    lying.refused.append(RefusedReturn(found, "not understood", (problem,)))
    return None


def cure_for(path: Path) -> str:
    """What to do with a file that is no workbook."""
    if path.suffix.lower() == ".csv":
        return "put it, named after its table, into a folder named after who submits it"
    return "save it as an Excel workbook (.xlsx)"


def _entries(folder: Path, root: Path, problems: list[Problem]) -> Iterator[Path]:
    """What lies in a folder, by name, without hidden files and Excel's lock files; links out of `root` are problems."""
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - the names alone are wanted
    except FileNotFoundError:
        return
    except OSError as error:  # a file in a folder's place, or a folder that may not be looked into
        problems.append(
            _problem(folder, root, f"the folder can't be opened ({error.strerror})", "make it one that can")
        )
        return
    for name in names:
        path = folder / name
        if name.startswith((".", "~$")) or name.lower() in ("thumbs.db", "desktop.ini"):
            continue
        if not name.isprintable():
            what = f"{quoted(ascii(name))} has signs in its name that can't be shown, so it was not read"
            problems.append(_problem(folder, root, what, "rename it"))
            continue
        try:
            resolve_inside(root, str(path.relative_to(root)))
        except OutsideError:
            what = "this links to outside the returns folder, so it was not read"
            problems.append(_problem(path, root, what, "put a copy here"))
            continue
        yield path


def _bytes(path: Path) -> bytes:
    """The file's bytes, no more of them than make plain that they are too many."""
    with path.open("rb") as file:
        return file.read(LIMITS.packed + 1)


def _source(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _problem(path: Path, root: Path, what: str, cure: str) -> Problem:
    return Problem(file=_source(path, root), where="", what=what, cure=cure)
