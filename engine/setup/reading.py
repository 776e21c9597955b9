"""A workbook or CSV file with one row a project and measure, read into a listing; each cell amiss is a problem."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from engine.model.problems import Problem
from engine.returns.cells import Cell
from engine.returns.csvfiles import read_csv
from engine.returns.folder import WORKBOOKS
from engine.returns.raw import RawTable, find_header
from engine.returns.rows import LONGEST_NAME, Line
from engine.returns.words import fold
from engine.returns.workbook import LIMITS, read_workbook
from engine.setup.about import read_about
from engine.setup.columns import EXAMPLE, LIST, NO_PROGRAMME, PORTFOLIO, PROJECTS, SHEETS
from engine.setup.listing import Listed, Listing
from engine.setup.measures import Measures
from engine.setup.names import is_name, made_name
from engine.setup.people import People
from engine.workspace.spelling import quoted

THRESHOLD = "tolerance"  # which the first rules use: no measure may have its name


@dataclass
class Read:
    """What was understood. There is a listing only where there is no problem; notes are worth a look, no more."""

    listing: Listing | None = None
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def read_file(path: Path, today: date) -> Read:
    """The list in a workbook (.xlsx, .xlsm) or a CSV file."""
    csv = path.suffix.lower() == ".csv"
    if not csv and path.suffix.lower() not in WORKBOOKS:
        return _nothing(path, "this is no list to set up from", "save it as an Excel workbook (.xlsx), or as CSV")
    try:
        with path.open("rb") as file:
            content = file.read(LIMITS.packed + 1)
    except OSError as error:
        return _nothing(path, f"it can't be opened ({error.strerror})", "check the path, and close it elsewhere")
    if csv:
        table, problems = read_csv(PROJECTS, path.name, content, LIST)
        return read_tables([table], problems, today)
    raw = read_workbook(path.name, content, sheets=SHEETS)
    return Read(problems=[raw]) if isinstance(raw, Problem) else read_tables(*raw, today)


def read_tables(tables: Sequence[RawTable], problems: Sequence[Problem], today: date) -> Read:
    """The listing that these tables are; `problems` are those met on the way to them."""
    read = Read(problems=list(problems))
    by_name = {table.name: table for table in tables}
    reader = _Reader(read)
    about = by_name.get(PORTFOLIO)
    # First, so that the portfolio's name is its own, and its owner the first of the people.
    portfolio = read_about(about, today, reader.people, read.problems, read.notes)
    reader.taken[portfolio.name] = about.place if about is not None else ""
    if PROJECTS in by_name:
        reader.take(by_name[PROJECTS])
    elif not read.problems:
        what, cure = f"there is no sheet {PROJECTS}", "begin with telltale init --template FILE.xlsx"
        read.problems.append(Problem(file=tables[0].file if tables else "", where="", what=what, cure=cure))
    listing = Listing(
        about=portfolio,
        programmes=reader.programmes,
        projects=reader.projects,
        measures=reader.measures.listed(THRESHOLD),
        people=reader.people.listed(),
    )
    if not read.problems and not listing.every_project:
        where = by_name[PROJECTS].place
        what, cure = "there is no project in it", "fill in a row for each project and measure"
        read.problems.append(Problem(file=by_name[PROJECTS].file, where=where, what=what, cure=cure))
    if not read.problems:
        read.listing = listing
    read.problems.sort(key=_row)
    read.notes.sort(key=_row)
    return read


def _nothing(path: Path, what: str, cure: str) -> Read:
    return Read(problems=[Problem(file=path.name, where="", what=what, cure=cure)])


@dataclass
class _Known:
    """A programme or project while the list is read."""

    listed: Listed
    line: Line  # where it was first named
    kind: str  # "programme" or "project": what it is named after where its title has no letters
    owned: str = ""  # the place that names its owner
    named: str = ""  # the place that gives its ref


class _Reader:
    """Takes in the list line by line; a blank programme or project is the one above."""

    def __init__(self, read: Read) -> None:
        self.programmes: list[Listed] = []
        self.projects: list[Listed] = []
        self.people = People(read.notes)
        self.measures = Measures(read.notes)
        self.taken: dict[str, str] = {}  # refs, and where each was given or made
        self._read = read
        self._known: dict[tuple[str, str | None], _Known] = {}  # by folded programme and project
        self._titles: dict[str, _Known] = {}  # projects by folded title alone
        self._unnamed: list[_Known] = []  # without a ref of their own
        self._programme: _Known | None = None
        self._project: _Known | None = None

    def take(self, table: RawTable) -> None:
        header, problems = find_header(table, LIST)
        self._read.problems += problems
        if header is None:
            return
        for number, cells in table.rows[header.at + 1 :]:
            if not _is_example(cells) and any(not cell.blank for cell in cells):
                self._line(Line(table, header, number, cells, self._read.problems))
        for known in self._unnamed:  # after those that people gave, so that these are never in their way
            known.listed.ref = made_name(known.listed.title, known.kind, self.taken)
            self.taken[known.listed.ref] = known.line.where
        for known in self._known.values():
            if known.kind == "programme" and not known.listed.projects:
                line, what = known.line, f"{quoted(known.listed.title)} is a programme without a project"
                cure = "take the row out if it is a total or a heading"
                self._read.notes.append(Problem(file=line.file, where=line.place("programme"), what=what, cure=cure))

    def _line(self, line: Line) -> None:
        self._find_programme(line)
        self._find_project(line)
        on = self._project or self._programme
        if on is None:
            line.problem("the row says of no project what it holds", "write the project's title", "project")
            return
        self._take_ref(line, on)
        self._take_owner(line, on)
        self.measures.stands_in(line, on.listed)

    def _find_programme(self, line: Line) -> None:
        title = line.text("programme", LONGEST_NAME)
        if not title:
            return
        if NO_PROGRAMME.find(title):
            if self._programme is not None:
                self._programme = self._project = None
            return
        known = self._known.get((fold(title), None))
        if known is None:
            known = _Known(Listed("", title), line, "programme")
            self._known[fold(title), None] = known
            self._unnamed.append(known)
            self.programmes.append(known.listed)
        if known is not self._programme:
            self._programme, self._project = known, None

    def _find_project(self, line: Line) -> None:
        title = line.text("project", LONGEST_NAME)
        if not title:
            return
        above = self._programme
        key = (fold(above.listed.title) if above else "", fold(title))
        known = self._known.get(key)
        if known is None:
            known = _Known(Listed("", title), line, "project")
            self._known[key] = known
            self._unnamed.append(known)
            (above.listed.projects if above else self.projects).append(known.listed)
            other = self._titles.setdefault(fold(title), known)
            if other is not known:
                what = f"{quoted(title)} stands in {other.line.where} under another programme, and is two projects"
                cure = "write one programme in both if it is one project"
                self._read.notes.append(Problem(file=line.file, where=line.place("project"), what=what, cure=cure))
        self._project = known

    def _take_ref(self, line: Line, on: _Known) -> None:
        ref = line.text("ref", LONGEST_NAME)
        if not ref or ref == on.listed.ref:
            return
        if on.listed.ref:
            what = f"{quoted(on.listed.title)} has the ref {quoted(on.listed.ref)} in {on.named}"
            line.problem(what, "write one of them, once", "ref")
        elif not is_name(ref):
            what = f"{quoted(ref)} can't be used as a name"
            line.problem(what, "use letters a to z, digits, _ and - alone, or leave it blank", "ref")
        elif ref in self.taken:
            where = f", in {self.taken[ref]}" if self.taken[ref] else ""
            line.problem(f"the ref {quoted(ref)} is already taken{where}", "give each a ref of its own", "ref")
        else:
            on.listed.ref, on.named = ref, line.place("ref")
            self.taken[ref] = on.named
            self._unnamed.remove(on)

    def _take_owner(self, line: Line, on: _Known) -> None:
        owner = self.people.named(line, "owner", line, "email", on.listed.owner)
        if owner is None or owner == on.listed.owner:
            return
        if on.listed.owner is not None:
            what = f"{quoted(on.listed.title)} has another owner in {on.owned}"
            cure = "write one of them; a programme's own owner goes into a row without a project, above its projects"
            line.problem(what, cure, "owner")
            return
        on.listed.owner, on.owned = owner, line.place("owner")


def _row(problem: Problem) -> tuple[bool, int]:
    """Where it stands among the others: by sheet, then by row; what is of no row comes first."""
    found = re.search(r"(?:line |row |cell [A-Z]+)([0-9]+)", problem.where)
    return not problem.where.startswith(f"sheet {PORTFOLIO},"), int(found[1]) if found else 0


def _is_example(cells: Sequence[Cell]) -> bool:
    first = next((cell.value for cell in cells if not cell.blank), None)
    return isinstance(first, str) and fold(first).startswith(EXAMPLE)
