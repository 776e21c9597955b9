"""Workbooks for people to fill in, from plain descriptions of their sheets.

What somebody's text says is never a formula: a title that begins with `=` stays a title.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from math import ceil
from typing import TYPE_CHECKING

from engine.returns.raw import column_letters

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell as SheetCell
    from openpyxl.cell.cell import MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

ROOM = 200  # rows below the filled ones that have lists and formats too
NOTE_AUTHOR = "Telltale"
_HEADER, _GIVEN, _EXAMPLE = "1F4E5F", "EDEDED", "7A7A7A"  # colours, as Excel has them
_LINE = 15  # points: the height of a line of text
_LONGEST_LIST = 250  # characters that Excel takes as a list of choices in place


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its header, the note that comes up over it, and what its cells may hold."""

    title: str
    note: str
    width: int = 14  # characters
    choices: Sequence[str] = ()  # offered as a list; something else may still be typed
    number_format: str = "General"  # of the empty rows below


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in a cell from the beginning. A number is shown in `number_format`; None is an empty cell."""

    value: str | Decimal | date | None = None
    number_format: str = "General"
    given: bool = False  # greyed, and locked where the sheet is: it is not for the reader to change
    remark: str = ""  # comes up over the cell
    choices: Sequence[str] = ()  # offered for this cell alone


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table with a header that stays in sight."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Filled]] = ()
    examples: int = 0  # how many of the rows, from the first, only show how it is done
    locked: bool = False  # what is given can't be typed over
    room: int = ROOM  # empty rows below, to type in


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet for people alone: lines of text in columns, the first line large."""

    title: str
    lines: Sequence[Sequence[str]]
    widths: Sequence[int] = (28, 100)


def written(sheets: Sequence[Sheet | Page]) -> bytes:
    """The bytes of a workbook with these sheets, in their order."""
    from openpyxl import Workbook  # slow to import

    book = Workbook()
    book.remove(book.worksheets[0])
    lists = _Lists(book)
    for sheet in sheets:
        there = book.create_sheet(sheet.title)
        if isinstance(sheet, Page):
            _page(there, sheet)
        else:
            _table(lists, there, sheet)
    if "lists" in book.sheetnames:
        book.move_sheet("lists", len(sheets))  # out of the way
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def put(cell: "SheetCell | MergedCell", value: str | Decimal | date | None) -> None:
    """Sets a cell to a number, or to a text that stays one."""
    cell.value = value
    if isinstance(value, str) and value:
        cell.data_type = "s"
        cell.quotePrefix = value[0] in "=+-@"  # so that it also stays one when somebody edits the cell


def _page(there: "Worksheet", page: Page) -> None:
    from openpyxl.styles import Alignment, Font

    for row, line in enumerate(page.lines, start=1):
        for column, text in enumerate(line, start=1):
            cell = there.cell(row, column)
            put(cell, text)
            cell.alignment = Alignment(wrap_text=len(line) > 1, vertical="top")
            cell.font = Font(bold=row == 1 or (column == 1 and len(line) > 1), size=14 if row == 1 else 11)
        # Not every program makes a row as high as its text.
        lines = max((ceil(len(text) / width) for text, width in zip(line, page.widths, strict=False)), default=1)
        if len(line) > 1:
            there.row_dimensions[row].height = _LINE * max(lines, 1)
    for column, width in enumerate(page.widths):
        there.column_dimensions[column_letters(column)].width = width
    there.sheet_view.showGridLines = False
    _printed(there)


def _table(lists: "_Lists", there: "Worksheet", sheet: Sheet) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill, Protection

    white, header = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor=_HEADER)
    grey = PatternFill("solid", fgColor=_GIVEN)
    example, free, kept = Font(italic=True, color=_EXAMPLE), Protection(locked=False), Protection(locked=True)
    wrapped = Alignment(vertical="center", wrap_text=True)
    for index, column in enumerate(sheet.columns):
        head = there.cell(1, index + 1)
        put(head, column.title)
        head.font, head.fill, head.alignment = white, header, wrapped
        if column.note:
            head.comment = Comment(column.note, NOTE_AUTHOR, width=300, height=40 + 18 * (len(column.note) // 38))
        whole = there.column_dimensions[column_letters(index)]  # its style is that of every cell not yet written
        whole.width, whole.protection, whole.number_format = column.width, free, column.number_format
    there.row_dimensions[1].height = 32
    there.freeze_panes = "A2"
    for number, row in enumerate(sheet.rows, start=2):
        for index, one in enumerate(row):
            cell = there.cell(number, index + 1)
            put(cell, one.value)
            cell.number_format = one.number_format
            cell.protection = kept if one.given else free
            if one.given:
                cell.fill = grey
            if number - 2 < sheet.examples:
                cell.font = example
            if one.remark:
                cell.comment = Comment(one.remark, NOTE_AUTHOR, width=260, height=60)
    _offer(lists, there, sheet)
    _printed(there)
    there.print_options.gridLines = True
    if sheet.locked:
        for allowed in ("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows", "sort", "autoFilter"):
            setattr(there.protection, allowed, False)  # False is "not forbidden"
        there.protection.enable()  # without a password: it keeps slips out, not people


def _printed(there: "Worksheet") -> None:
    """On paper: across, as wide as the page."""
    from openpyxl.worksheet.properties import PageSetupProperties

    there.page_setup.orientation = "landscape"
    there.page_setup.fitToWidth, there.page_setup.fitToHeight = 1, 0
    there.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _offer(lists: "_Lists", there: "Worksheet", sheet: Sheet) -> None:
    """The choices of columns and cells."""
    from openpyxl.worksheet.datavalidation import DataValidation

    last = len(sheet.rows) + sheet.room + 1

    def offer(choices: Sequence[str], cells: str) -> None:
        text = ",".join(choices)
        in_place = len(text) <= _LONGEST_LIST and not any("," in one or '"' in one for one in choices)
        offered = DataValidation(type="list", formula1=f'"{text}"' if in_place else lists.place(choices))
        offered.showErrorMessage = False  # what else people write is understood too, or told with its cell
        there.add_data_validation(offered)
        offered.add(cells)

    for index, column in enumerate(sheet.columns):
        if column.choices:
            offer(column.choices, f"{column_letters(index)}2:{column_letters(index)}{last}")
    for number, row in enumerate(sheet.rows, start=2):
        for index, one in enumerate(row):
            if one.choices:
                offer(one.choices, f"{column_letters(index)}{number}")


class _Lists:
    """Long lists of choices, in a hidden sheet that is made for the first of them; the same list lies there once."""

    def __init__(self, book: "Workbook") -> None:
        self._book = book
        self._places: dict[tuple[str, ...], str] = {}

    def place(self, choices: Sequence[str]) -> str:
        """Where the list lies, as a formula says it."""
        key = tuple(choices)
        if not self._places:
            self._book.create_sheet("lists").sheet_state = "hidden"
        if key not in self._places:
            column = len(self._places) + 1
            for row, choice in enumerate(choices, start=1):
                put(self._book["lists"].cell(row, column), choice)
            letters = column_letters(column - 1)
            self._places[key] = f"lists!${letters}$1:${letters}${len(choices)}"
        return self._places[key]
