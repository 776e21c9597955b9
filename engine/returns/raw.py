"""A table as it lies in a file, before its words are understood: rows of cells, each with its place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.model.problems import Problem
from engine.returns.cells import Cell
from engine.returns.words import Names, fold, tidy
from engine.workspace.spelling import closest, quoted

_SUBJECT = "ref or title of a project, a programme or the portfolio"
_MEASURE = "name or title of one of its measures"
_FIGURE_STATE = (
    "blank, or `provisional`, `under review`, `not due`, `not captured`, `partial`, `unquantified`, `unsecured`"
)
_NOTE = "for people"
# Each table's columns, and what they hold: for the reference page and for the notes in a template.
COLUMNS = {
    "measures": {
        "subject": _SUBJECT,
        "measure": _MEASURE,
        "part": "the part; blank for the whole",
        "actual": "the figure of the period",
        "target": "only where `config/` gives none, else the agreed one holds; a figure, or `to be set`, `up`, `down`",
        "forecast": "what the submitter expects",
        "as_of": "the day that the figure speaks of, where not the period's last",
        "cases": "how many cases the figure rests on: people asked, homes looked at",
        "state": f"{_FIGURE_STATE}; or `off target`, where that is known and no figure is",
        "note": _NOTE,
    },
    "savings": {
        "subject": _SUBJECT,
        "year": "a financial year (`2018/19`), `previous years`, or `all` for the control total",
        "target": "what was to be saved",
        "delivered": "what is saved",
        "forecast": "what will be saved",
        "at_risk": "what will not come; negative where more comes than planned. Blank beside a target is nil, "
        "unless the control total says otherwise",
        "alternative": "of that, what is delivered in another way",
        "state": _FIGURE_STATE,
        "note": _NOTE,
    },
    "milestones": {
        "subject": _SUBJECT,
        "milestone": "its name",
        "planned": "the day agreed",
        "forecast": "the day now expected",
        "done": "the day it was done",
        "state": "blank, or `slipped` where the dates aren't known, `undated`, `cancelled`",
        "workaround": "what works meanwhile; a plan is none",
        "note": _NOTE,
    },
    "judgements": {
        "subject": _SUBJECT,
        "kind": "`declared`, `floor` or `override`; the last two from the submitter `pmo` alone",
        "status": "id, name, code or alias of a status in the order",
        "reason": "why",
        "by": "who; the submitter where blank",
        "from": "the first period or day; this period where blank",
        "until": "the last period or day, or `milestone NAME`, which a return must name; blank means this period only",
    },
    "explanations": {
        "subject": _SUBJECT,
        "measure": _MEASURE,
        "reason": "why the figure is as it is",
        "recovery_by": "the day by which it recovers; without one the explanation holds for this period only",
    },
}
REQUIRED = {
    "measures": ("subject", "measure"),
    "savings": ("subject", "year"),
    "milestones": ("subject", "milestone"),
    "judgements": ("subject", "kind", "status", "reason"),
    "explanations": ("subject", "measure", "reason"),
}
TABLES = Names((name, name) for name in COLUMNS)


class Columns(NamedTuple):
    """The columns that a table may have, by all their names (as `column_name` gives them), and those it must have."""

    names: Names[str]
    required: tuple[str, ...]


OF_RETURNS = {
    table: Columns(Names(zip(names, names, strict=True)), REQUIRED[table]) for table, names in COLUMNS.items()
}
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
    """A column's name however it is written: "As of", "AS_OF" and "as-of" are as_of, "Owner's email" owners_email."""
    return re.sub(r"[\s_-]+", "_", re.sub(r"['’]", "", fold(written)))


def header_words(columns: Columns, cells: Sequence[Cell]) -> int:
    """How many of the columns a row of cells names."""
    found = {columns.names.find(column_name(cell.value)) for cell in cells if isinstance(cell.value, str)}
    return len(found - {None})


def find_header(table: RawTable, columns: Columns | None = None) -> tuple[Header | None, list[Problem]]:
    """The table's columns by name, and what is wrong with the header; no header where a needed column isn't found.

    The header is the row among the first ten with the most known names, two at least. Without `columns` the table is
    one of a return, and has those of its name.
    """
    of = columns or OF_RETURNS[table.name]
    names = of.names.ids
    scores = [header_words(of, cells) for _, cells in table.rows[:HEADER_WITHIN]]
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

    meant: set[str | None] = set()
    for index, cell in enumerate(cells):
        written = column_name(str(cell.value))
        name = of.names.find(written)
        if name is not None:
            found.setdefault(name, []).append(index)
        elif not cell.blank:
            what = f"there is no column {quoted(tidy(str(cell.value)))}, so it was not read"
            problem(index, what, of.names.cure(written, f"the columns are {', '.join(names)}"))
            meant.add(closest(written, names))
    for name, indexes in found.items():
        if len(indexes) > 1:
            problem(
                indexes[1], f"there are {len(indexes)} columns {name}, so none of them was read", "keep one of them"
            )
    single = {name: indexes[0] for name, indexes in found.items() if len(indexes) == 1}
    missing = [name for name in of.required if name not in single]
    if missing:
        what = f"there is no one column {' and none '.join(missing)}, so nothing was read"
        place = table.row_place(number)
        problems.append(Problem(file=table.file, where=place, what=what, cure="add it to the header"))
        return None, problems
    unread = frozenset(name for name in names if name not in single and (name in found or name in meant))
    return Header(at, single, unread), problems
