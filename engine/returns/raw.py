"""A table as it lies in a file, before its words are understood: rows of cells, each with its place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.model.problems import Problem
from engine.returns.cells import Cell
from engine.returns.words import Names, fold, tidy
from engine.workspace.spelling import closest, quoted

COLUMNS = {
    "measures": ("subject", "measure", "part", "actual", "target", "forecast", "as_of", "state", "note"),
    "savings": ("subject", "year", "target", "delivered", "forecast", "at_risk", "alternative", "state", "note"),
    "milestones": ("subject", "milestone", "planned", "forecast", "done", "state", "workaround", "note"),
    "judgements": ("subject", "kind", "status", "reason", "by", "from", "until"),
    "explanations": ("subject", "measure", "reason", "recovery_by"),
}
REQUIRED = {
    "measures": ("subject", "measure"),
    "savings": ("subject", "year"),
    "milestones": ("subject", "milestone"),
    "judgements": ("subject", "kind", "status", "reason"),
    "explanations": ("subject", "measure", "reason"),
}
TABLES = Names((name, name) for name in COLUMNS)
HEADER_WITHIN = 10  # rows: a title and some guidance may stand above the header
MOST_ROWS = 20_000  # a table; more is a slip (a column dragged to the foot of the sheet) or an attack


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table of one file. `rows` have their number in the file, from 1."""

    name: str  # "measures"
    file: str  # relative to the returns folder
    rows: Sequence[tuple[int, Sequence[Cell]]]
    sheet: str | None = None  # its sheet's name; None for a CSV file

    def row_place(self, row: int) -> str:
        """ "sheet measures, row 4" or "line 4"."""
        return f"sheet {self.sheet}, row {row}" if self.sheet is not None else f"line {row}"

    def cell_place(self, row: int, index: int, column: str) -> str:
        """ "sheet measures, cell D7" or "line 4, column actual"; `index` from 0."""
        if self.sheet is not None:
            return f"sheet {self.sheet}, cell {column_letters(index)}{row}"
        return f"line {row}, column {column}"

    @property
    def place(self) -> str:
        """Where the table as a whole lies: "sheet measures", or "" where the file says it."""
        return f"sheet {self.sheet}" if self.sheet is not None else ""


@dataclass(frozen=True, slots=True)
class Header:
    """Where each column of a table is, and the row that says so (its index among the table's rows).

    `unread` are columns that the table seems to have and that couldn't be told: given twice, or under another name.
    """

    at: int
    columns: dict[str, int]
    unread: frozenset[str] = frozenset()


def column_letters(index: int) -> str:
    """The letters of a sheet's column: 0 is A, 26 is AA."""
    letters = ""
    left = index + 1
    while left:
        left, last = divmod(left - 1, 26)
        letters = chr(ord("A") + last) + letters
    return letters


def column_name(written: str) -> str:
    """A column's name however it is written: "As of", "AS_OF" and "as-of" are as_of."""
    return re.sub(r"[\s_-]+", "_", fold(written))


def header_words(table: str, cells: Sequence[Cell]) -> int:
    """How many of a row's cells are names of the table's columns."""
    names = {column_name(cell.value) for cell in cells if isinstance(cell.value, str)}
    return len(names.intersection(COLUMNS[table]))


def find_header(table: RawTable) -> tuple[Header | None, list[Problem]]:
    """The table's columns by name, and what is wrong with the header; no header where a needed column isn't found.

    The header is the row among the first ten with the most known names, two at least.
    """
    names = COLUMNS[table.name]
    scores = [header_words(table.name, cells) for _, cells in table.rows[:HEADER_WITHIN]]
    if max(scores, default=0) < 2:
        what, cure = (
            "there is no header row, so nothing was read",
            f"name the columns in the first row: {', '.join(names)}",
        )
        return None, [Problem(file=table.file, where=table.place, what=what, cure=cure)]
    at = scores.index(max(scores))
    number, cells = table.rows[at]
    found: dict[str, list[int]] = {}
    problems: list[Problem] = []

    def problem(index: int, what: str, cure: str) -> None:
        place = table.cell_place(number, index, column_letters(index))
        problems.append(Problem(file=table.file, where=place, what=what, cure=cure))

    known = Names((name, name) for name in names)
    meant: set[str | None] = set()
    for index, cell in enumerate(cells):
        name = column_name(str(cell.value))
        if name in names:
            found.setdefault(name, []).append(index)
        elif not cell.blank:
            what = f"there is no column {quoted(tidy(str(cell.value)))}, so it was not read"
            problem(index, what, known.cure(name, f"the columns are {', '.join(names)}"))
            meant.add(closest(name, names))
    for name, indexes in found.items():
        if len(indexes) > 1:
            problem(
                indexes[1], f"there are {len(indexes)} columns {name}, so none of them was read", "keep one of them"
            )
    columns = {name: indexes[0] for name, indexes in found.items() if len(indexes) == 1}
    missing = [name for name in REQUIRED[table.name] if name not in columns]
    if missing:
        what = f"there is no one column {' and none '.join(missing)}, so nothing was read"
        place = table.row_place(number)
        problems.append(Problem(file=table.file, where=place, what=what, cure="add it to the header"))
        return None, problems
    unread = frozenset(name for name in names if name not in columns and (name in found or name in meant))
    return Header(at, columns, unread), problems
