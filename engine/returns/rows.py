"""One row of a table while it is read: its cells by column, and the problems found in it."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from engine.model.numbers import NumberError
from engine.model.problems import Problem
from engine.model.values import Unit
from engine.model.workspace import TargetWord
from engine.returns import cells
from engine.returns.cells import Cell, CellError, Days
from engine.returns.known import Known
from engine.returns.raw import Header, RawTable
from engine.returns.words import Names
from engine.workspace.spelling import quoted

LONGEST_NAME = 200  # characters of a milestone, part or person
LONGEST_TEXT = 2_000  # characters of a note or reason

T = TypeVar("T")


class Line:
    """A row's cells by column. A blank cell is None or "", never nought.

    An unreadable one is a problem and gives the same, but its column is then `unread`, as are those that the table's
    header leaves in doubt.
    """

    def __init__(
        self, table: RawTable, header: Header, number: int, row: Sequence[Cell], problems: list[Problem]
    ) -> None:
        self._table = table
        self._columns = header.columns
        self._number = number
        self._cells = row
        self._problems = problems
        self._unread = set(header.unread)
        self.subject = ""  # the ref of what it is about, once that is known
        self.table = table.name
        self.file = table.file
        self.where = table.row_place(number)

    @property
    def unread(self) -> frozenset[str]:
        """The columns that held something unreadable, of those read so far."""
        return frozenset(self._unread)

    def problem(self, what: str, cure: str, column: str | None = None) -> None:
        """Notes what is wrong with the row, or with one of its cells."""
        place = self.place(column)
        self._problems.append(
            Problem(file=self._table.file, where=place, what=what, cure=cure, subject=self.subject or None)
        )

    def place(self, column: str | None = None) -> str:
        """Where a cell is, or the row itself where no column is meant or the table does not have it."""
        if column is None or column not in self._columns:
            return self.where
        return self._table.cell_place(self._number, self._columns[column], column)

    def name(
        self, column: str, names: Names[T], is_not: str, cure: str = "use the ids of the configuration"
    ) -> T | None:
        """What the cell names; None, with a problem, where it is blank or names nothing known."""
        written = self.needed(column)
        if written is None:
            return None
        found = names.find(written)
        if found is None:
            self.problem(f"{quoted(written)} {is_not}", names.cure(written, cure), column)
        return found

    def word(self, column: str, names: Names[T]) -> T | None:
        """One of a column's own words, such as a state; None where the cell is blank or (a problem) says another."""
        return self.read(column, self._one_of(names))

    def needed(self, column: str, longest: int = LONGEST_TEXT) -> str | None:
        """The words of a cell that may not be blank; None, with a problem, where it is."""
        before = len(self._problems)
        written = self.text(column, longest)
        if not written and len(self._problems) == before:
            self.problem(f"there is no {column.replace('_', ' ')}, so the row was not used", "fill it in", column)
        return written or None

    def text(self, column: str, longest: int = LONGEST_TEXT) -> str:
        """The cell's words, cut with a problem where they are too many."""
        written = self.read(column, cells.text) or ""
        if len(written) > longest:
            self.problem(f"the text has {len(written):,} characters", f"only the first {longest:,} are kept", column)
        return written[:longest].rstrip()

    def number(self, column: str, unit: Unit) -> Decimal | None:
        return self.read(column, lambda cell: cells.number(cell, unit))

    def target(self, column: str, unit: Unit) -> Decimal | TargetWord | None:
        return self.read(column, lambda cell: cells.target(cell, unit))

    def has(self, column: str) -> bool:
        """Whether anything is written in the cell."""
        return self._cell(column) is not None

    def _one_of(self, names: Names[T]) -> Callable[[Cell], T]:
        def read(cell: Cell) -> T:
            written = cells.text(cell)
            found = names.find(written)
            if found is None:
                raise CellError(f"{quoted(written)} is not understood here", names.cure(written, "leave it blank"))
            return found

        return read

    def read(self, column: str, reader: Callable[[Cell], T]) -> T | None:
        """What the reader makes of the cell; None where it is blank or (a problem) can't be read."""
        cell = self._cell(column)
        if cell is None:
            return None
        try:
            return reader(cell)
        except (CellError, NumberError) as error:
            self.problem(error.what, error.cure, column)
            self._unread.add(column)
            return None

    def _cell(self, column: str) -> Cell | None:
        index = self._columns.get(column)
        if index is None or index >= len(self._cells) or self._cells[index].blank:
            return None
        return self._cells[index]


class Row(Line):
    """A row of a return's table, in the names that the portfolio has."""

    def __init__(
        self, table: RawTable, header: Header, number: int, row: Sequence[Cell], known: Known, problems: list[Problem]
    ) -> None:
        super().__init__(table, header, number, row, problems)
        self.known = known

    def find_subject(self) -> bool:
        """Whether the row names a subject of the portfolio, which is then `subject`."""
        self.subject = self.name("subject", self.known.subjects, "is no subject of this portfolio") or ""
        return bool(self.subject)

    def day(self, column: str) -> date | None:
        """A day; of a month or period its last."""
        days = self.days(column)
        return days.last if days else None

    def days(self, column: str) -> Days | None:
        return self.read(column, lambda cell: cells.days(cell, self.known.cadence))
