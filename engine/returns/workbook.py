"""An Excel workbook as raw tables, one a sheet. Its zip is measured before anything is unpacked."""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from warnings import catch_warnings, simplefilter

from engine.model.problems import Problem
from engine.returns.cells import Cell, Uncalculated
from engine.returns.hidden import hidden_in, read_unseen
from engine.returns.raw import MOST_ROWS, TABLES, RawTable
from engine.returns.words import Names

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell as SheetCell
    from openpyxl.cell.cell import MergedCell
    from openpyxl.worksheet.worksheet import Worksheet


class Limits(NamedTuple):
    """How large a workbook may be."""

    packed: int = 20_000_000  # bytes
    unpacked: int = 50_000_000  # bytes, all parts together
    parts: int = 2_000  # files in the zip
    rows: int = MOST_ROWS  # with anything in them, a sheet


LIMITS = Limits()
EXCEL_ROWS = 1_048_576
FOR_PEOPLE = Names((name, name) for name in ("guidance", "notes"))  # sheets that nobody expects to be read
MOST_COLUMNS = 26  # A to Z: the widest table has nine; what stands further right is nobody's column

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,2})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_BLANK = Cell(None)
_UNCALCULATED = Cell(Uncalculated())


def read_workbook(
    file: str, content: bytes, limits: Limits = LIMITS, sheets: Names[str] | None = None
) -> tuple[list[RawTable], list[Problem]] | Problem:
    """The tables in a workbook's visible sheets, and what kept others from being read; `file` is its name in problems.

    One problem alone where the workbook can't be opened at all. Without `sheets` it is a return. With them it is a list
    that somebody keeps: only the sheets of these names are read, the one sheet there is stands for the first of them
    whatever its name, and what is written in cells merged downwards counts in each of them.
    """
    what, cure = _unfit(content, limits)
    if what:
        return Problem(file=file, where="", what=f"{what}, so nothing was read", cure=cure)
    from openpyxl import load_workbook  # here, because it takes 0.2 s to import and many returns are CSV

    try:
        with catch_warnings():
            simplefilter("ignore")  # what openpyxl leaves out of a workbook (pictures, validation) is nothing we read
            workbook = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
            try:
                return _tables(workbook, file, content, limits, sheets)
            finally:
                workbook.close()
    except Exception:  # noqa: BLE001 - a broken workbook makes openpyxl raise almost anything; it is bad input, not our fault
        return _broken(file, "")


def _unfit(content: bytes, limits: Limits) -> tuple[str, str]:
    """Why the bytes can't be a workbook to read, and what to do; two blanks where they can."""
    save_again = "save it from Excel as an Excel workbook (.xlsx)"
    if len(content) > limits.packed:
        return f"the workbook is larger than {limits.packed // 1_000_000} MB", "send the tables alone, without pictures"
    if content.startswith(_OLD_OFFICE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            return "the workbook has a password", "save it without one"
        return "the workbook is in the format of Excel 97 to 2003 (.xls)", save_again
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return "this is not an Excel workbook, or it is damaged", save_again
    if any(part.flag_bits & 1 for part in parts):
        return "the workbook has a password", "save it without one"
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked or len(parts) > limits.parts:
        return "the workbook is far larger inside than out", "copy the tables into a new workbook"
    return "", ""


def _tables(
    workbook: "Workbook", file: str, content: bytes, limits: Limits, wanted: Names[str] | None
) -> tuple[list[RawTable], list[Problem]]:
    sheets, problems = _sheets_by_table(workbook, file) if wanted is None else _sheets_named(workbook, file, wanted)
    if not sheets and not problems:
        what, cure = "no sheet has anything in it", f"name the sheets {', '.join(wanted or TABLES)}"
        problems.append(Problem(file=file, where="", what=what, cure=cure))
    tables: list[RawTable] = []
    formulas = _formulas(content)
    for name, sheet in sheets.items():
        rows: list[tuple[int, list[Cell]]] = []
        found = _rows(sheet, formulas.get(sheet.title, set()))
        try:
            for row in found if wanted is None else merged_down(found, _merged(content, sheet)):
                if len(rows) == limits.rows:
                    what = f"there are more than {limits.rows:,} rows; from here on none was read"
                    where = f"sheet {sheet.title}, row {row[0]}"
                    problems.append(Problem(file=file, where=where, what=what, cure="delete what is no data"))
                    break
                rows.append(row)
        except Exception:  # noqa: BLE001 - as above; what was read before the damage is kept
            problems.append(_broken(file, f"sheet {sheet.title}"))
        tables.append(RawTable(name, file, rows, sheet=sheet.title))
        if wanted is None:
            problems += read_unseen(tables[-1], hidden_in(_part(content, sheet)))
    return tables, problems


def _sheets_by_table(workbook: "Workbook", file: str) -> tuple[dict[str, "Worksheet"], list[Problem]]:
    """The visible sheet of each table, and problems with those that are none or can't be told apart."""
    found: dict[str, list[Worksheet]] = {}
    problems: list[Problem] = []

    def problem(title: str, what: str, cure: str) -> None:
        problems.append(Problem(file=file, where=f"sheet {title}", what=what, cure=cure))

    for sheet in workbook.worksheets:
        name = TABLES.find(sheet.title)
        if sheet.sheet_state != "visible":
            if name is not None:
                problem(sheet.title, "the sheet is hidden, so it was not read", "unhide it, or delete it")
        elif name is not None:
            found.setdefault(name, []).append(sheet)
        elif FOR_PEOPLE.find(sheet.title) is None and any(_rows(sheet, set())):
            cure = TABLES.cure(sheet.title, "rename it, or call it notes if it is for people")
            problem(sheet.title, "no table has this name, so the sheet was not read", cure)
    for name, sheets in found.items():
        if len(sheets) > 1:
            problem(sheets[1].title, f"there are {len(sheets)} sheets {name}, so none of them was read", "keep one")
    return {name: sheets[0] for name, sheets in found.items() if len(sheets) == 1}, problems


def _sheets_named(workbook: "Workbook", file: str, wanted: Names[str]) -> tuple[dict[str, "Worksheet"], list[Problem]]:
    """The visible sheets of these names; where none has the first name, the only one with anything in it."""
    found: dict[str, Worksheet] = {}
    others: list[Worksheet] = []
    problems: list[Problem] = []
    for sheet in workbook.worksheets:
        name = wanted.find(sheet.title)
        if name is not None and sheet.sheet_state != "visible":
            what, cure = "the sheet is hidden, so it was not read", "unhide it, or delete it"
            problems.append(Problem(file=file, where=f"sheet {sheet.title}", what=what, cure=cure))
        elif name is not None:
            found.setdefault(name, sheet)
        elif sheet.sheet_state == "visible" and FOR_PEOPLE.find(sheet.title) is None and any(_rows(sheet, set())):
            others.append(sheet)
    first = wanted.ids[0]
    if first not in found and not problems and others:
        if len(others) == 1:
            return found | {first: others[0]}, problems
        what, cure = "which sheet is meant can't be told", f"call the one with the list {first}"
        problems.append(Problem(file=file, where="", what=what, cure=cure))
    return found, problems


def _rows(sheet: "Worksheet", formulas: set[tuple[int, int]]) -> Iterator[tuple[int, list[Cell]]]:
    """Each row with anything in it, and its number, hidden or not."""
    for number, row in _cells_by_row(sheet):
        cells: list[Cell] = []
        last = 0
        for column, raw in enumerate(row, start=1):
            value = raw.value
            if value is None:
                # A formula whose result is an empty text has been worked out: it is a text without letters.
                uncalculated = (number, column) in formulas and raw.data_type != "str"
                cells.append(_UNCALCULATED if uncalculated else _BLANK)
            else:
                cells.append(Cell(value) if isinstance(value, str) else Cell(value, raw.number_format))
            if cells[-1] is not _BLANK:
                last = column
        if last:
            yield number, cells[:last]


def _merged(content: bytes, sheet: "Worksheet") -> dict[tuple[int, int], int]:
    """The last row of each range of merged cells, by the row and column (from 1) of its first cell.

    openpyxl knows them only where it reads the whole sheet into memory.
    """
    from openpyxl.utils import column_index_from_string

    return {
        (int(found[2]), column_index_from_string(found[1].decode())): int(found[4])
        for found in islice(_MERGED.finditer(_part(content, sheet)), MOST_ROWS)
    }


def _part(content: bytes, sheet: "Worksheet") -> bytes:
    """The XML of a sheet."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return archive.read(sheet._worksheet_path)  # type: ignore[attr-defined]  # of its read-only sheets alone


def merged_down(
    rows: Iterable[tuple[int, list[Cell]]], merged: Mapping[tuple[int, int], int]
) -> Iterator[tuple[int, list[Cell]]]:
    """The rows, with what the first of cells merged downwards holds in those below it too."""
    reaching: dict[int, tuple[int, Cell]] = {}  # by column: the last row that a merged cell reaches, and the cell
    for number, row in rows:
        cells = list(row)
        for column, (last, cell) in reaching.items():
            if number <= last:
                cells += [_BLANK] * (column - len(cells))
                if cells[column - 1] is _BLANK:
                    cells[column - 1] = cell
        for column, cell in enumerate(row, start=1):
            if (number, column) in merged:
                reaching[column] = (merged[number, column], cell)
        yield number, cells


def _cells_by_row(sheet: "Worksheet") -> Iterator[tuple[int, "tuple[SheetCell | MergedCell, ...]"]]:
    """openpyxl's rows and their numbers, without those that the file leaves out.

    For these it gives one and the same row of nothing, up to a million times where a cell stands at the sheet's foot.
    """
    left_out: object = None
    for number, row in enumerate(sheet.iter_rows(min_row=1, max_row=EXCEL_ROWS, max_col=MOST_COLUMNS), start=1):
        if row is left_out:
            continue
        if len(set(map(id, row))) == 1:  # one empty cell, over and over
            left_out = row
        else:
            yield number, row


def _formulas(content: bytes) -> dict[str, set[tuple[int, int]]]:
    """Where each sheet has formulas, by its title: openpyxl gives either them or their results, so it reads twice."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        sheets = [part for part in archive.namelist() if part.startswith("xl/worksheets/") and part.endswith(".xml")]
        if not any(_FORMULA.search(archive.read(part)) for part in sheets):
            return {}
    from openpyxl import load_workbook

    workbook = load_workbook(BytesIO(content), read_only=True, keep_links=False)
    try:
        return {
            sheet.title: {
                (number, column)
                for number, row in _cells_by_row(sheet)
                for column, cell in enumerate(row, start=1)
                if cell.data_type == "f"
            }
            for sheet in workbook.worksheets
        }
    finally:
        workbook.close()


def _broken(file: str, where: str) -> Problem:
    what = "the workbook is damaged" if not where else "the sheet is damaged"
    return Problem(
        file=file,
        where=where,
        what=f"{what}, so not all of it was read",
        cure="open it in Excel and save it as a new workbook (.xlsx)",
    )
