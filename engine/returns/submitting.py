"""Submitting a return: it is checked, and put whole into the returns folder or not at all."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from engine.model.problems import Problem
from engine.model.returns import Return
from engine.model.workspace import Portfolio, Scheme, cadence_of
from engine.periods import PeriodError
from engine.returns.folder import WORKBOOKS, Contents, FoundReturn, contents, csv_files, cure_for, understood
from engine.returns.words import fold
from engine.workspace.paths import OutsideError, resolve_inside
from engine.workspace.spelling import quoted

_SUBMITTER = re.compile(r"\w(?:[\w .&'()+-]{0,78}[\w)])?")


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a submitted file says, and where it now lies."""

    return_: Return
    destination: Path | None  # None: nothing in it was understood, so it was not put there
    already: bool  # the very same bytes lay there before


def submit(
    file: Path, root: Path, portfolio: Portfolio, scheme: Scheme, period: str, submitter: str | None = None
) -> Submitted | Problem:
    """Puts a workbook, or a folder of CSV files, into the returns folder `root` as one submitter's return.

    It replaces what the submitter sent before, whole; the same bytes again change nothing. The submitter is the name of
    the file or folder unless given. A Problem where it can't be read at all, or can't be a return for that period.
    Raises OSError where the returns folder can't be written.
    """
    folder = file.is_dir()
    name = submitter if submitter is not None else (file.name if folder else file.stem)
    refused = _refused(file, portfolio, period, name)
    if refused:
        return _problem(file, *refused)
    problems: list[Problem] = []
    files = csv_files(file, file, problems) if folder else (file,)
    place = Path(portfolio.portfolio, period, name if folder else f"{name}{file.suffix.lower()}")
    if files is None:
        return problems[-1]
    if not files:
        return _problem(file, "the folder holds no table", "put measures.csv, savings.csv … in it")
    found = FoundReturn(portfolio.portfolio, period, name, place.as_posix(), files, folder)
    try:
        given = contents(found)
    except OSError as error:
        return _problem(file, f"it can't be opened ({error.strerror})", "close it in other programs and try again")
    read = understood(found, given, portfolio, scheme)
    if isinstance(read, Problem):
        return _problem(file, read.what, read.cure)
    read = read.model_copy(update={"problems": (*problems, *read.problems)})
    if not read.is_understood:
        return Submitted(read, None, already=False)
    destination = root / place
    try:
        resolve_inside(root, str(place))
    except OutsideError:
        return _problem(destination, "its place links to outside the returns folder", "replace the link by a folder")
    already = _lies_there(destination, found, given)
    if not already:
        _put(destination, given, folder)
    for other in _others(destination):
        rmtree(other) if other.is_dir() else other.unlink()
    return Submitted(read, destination, already)


def _refused(file: Path, portfolio: Portfolio, period: str, name: str) -> tuple[str, str] | None:
    """Why this can't become a return, and what to do; None where it can."""
    try:
        cadence_of(portfolio).period(period)
    except PeriodError as error:
        return f"the period can't be taken ({error})", "give one of the portfolio's periods"
    if not _SUBMITTER.fullmatch(name):
        return f"{quoted(name)} can't be a submitter's name", "use letters, digits, spaces and hyphens"
    if not file.exists():
        return "there is no such file", "check the path"
    if not file.is_dir() and (file.suffix.lower() not in WORKBOOKS or not file.is_file()):
        return "this is no return", cure_for(file)
    return None


def _lies_there(destination: Path, found: FoundReturn, given: Contents) -> bool:
    files = tuple(destination / path.name for path in found.files) if found.is_folder else (destination,)
    if not all(file.is_file() for file in files):
        return False
    if found.is_folder and {entry.name for entry in destination.iterdir()} != {file.name for file in files}:
        return False
    there = FoundReturn(found.portfolio, found.period, found.submitter, found.source, files, found.is_folder)
    return contents(there).sha256 == given.sha256


def _put(destination: Path, given: Contents, folder: bool) -> None:
    """Writes beside the destination first: a reader meets the old return or the new one, never half of one.

    A folder can't be replaced in one step: the old one steps aside, and comes back if the new one can't take its place.
    """
    destination.parent.mkdir(parents=True, exist_ok=True)
    aside = destination.with_name(f".{destination.name}.replaced")
    if aside.is_dir() and not destination.exists():
        aside.rename(destination)  # the last time was cut off between the two steps
    with TemporaryDirectory(dir=destination.parent, prefix=".submit-") as beside:
        fresh = Path(beside, "fresh")
        if not folder:
            _write(fresh, given.files[0][1])
            fresh.replace(destination)
            return
        fresh.mkdir()
        for name, content in given.files:
            _write(fresh / name, content)
        rmtree(aside, ignore_errors=True)
        if destination.is_dir():
            destination.rename(aside)
        try:
            fresh.rename(destination)
        except OSError:
            if aside.is_dir():
                aside.rename(destination)
            raise
    rmtree(aside, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _others(destination: Path) -> Iterator[Path]:
    """What the submitter sent for this period in another form or spelling, and is now replaced."""
    name = fold(destination.name if destination.is_dir() else destination.stem)
    for entry in list(destination.parent.iterdir()):
        if entry != destination and not entry.name.startswith("."):
            is_return = entry.is_dir() or entry.suffix.lower() in WORKBOOKS
            if is_return and fold(entry.name if entry.is_dir() else entry.stem) == name:
                yield entry


def _problem(file: Path, what: str, cure: str) -> Problem:
    return Problem(file=file.name, where="", what=what, cure=cure)
