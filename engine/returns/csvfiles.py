"""A CSV file as one raw table: its encoding, its separator and its lines."""

import csv
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from engine.model.problems import Problem
from engine.returns.cells import Cell
from engine.returns.raw import HEADER_WITHIN, MOST_ROWS, OF_RETURNS, Columns, RawTable, header_words

MOST_BYTES = 10_000_000
LONGEST_LINE = 50_000  # characters of one record

_SEPARATORS = ",;\t"
_BLANK = Cell(None)


def read_csv(name: str, file: str, content: bytes, columns: Columns | None = None) -> tuple[RawTable, list[Problem]]:
    """The table `name` from the bytes of a file, and what kept the rest of it from being read.

    UTF-8 (with or without a byte order mark) or Windows' cp1252; commas, semicolons or tabs, whichever separate the
    header into the table's columns; without `columns` those of a return's table of that name.
    """
    of = columns or OF_RETURNS[name]
    text, problem = _decoded(file, content)
    if problem is not None:
        return RawTable(name, file, ()), [problem]
    lines = list(StringIO(text, newline=""))  # splitlines would also break at signs that stand inside cells
    separator = max(_SEPARATORS, key=lambda candidate: _names_in_header(of, lines, candidate))
    rows: list[tuple[int, list[Cell]]] = []
    problems: list[Problem] = []
    width = 0
    for number, values in _records(file, lines, separator, problems):
        cells = [Cell(value) if value else _BLANK for value in values]
        if header_words(of, cells) >= 2 and not width:
            width = len(values)
        if width and len(values) > width:
            what = f"it has {len(values)} cells under {width} columns, so it was not used"
            cure = 'put a value that contains the separator in quotation marks: "£1,320k"'
            problems.append(Problem(file=file, where=f"line {number}", what=what, cure=cure))
            continue
        if len(rows) == MOST_ROWS:
            what = f"there are more than {MOST_ROWS:,} rows; from here on none was read"
            problems.append(Problem(file=file, where=f"line {number}", what=what, cure="delete what is no data"))
            break
        rows.append((number, cells))
    return RawTable(name, file, rows), problems


def _decoded(file: str, content: bytes) -> tuple[str, Problem | None]:
    what = ""
    cure = 'save it from Excel as "CSV UTF-8 (comma delimited)"'
    if len(content) > MOST_BYTES:
        what = f"the file is larger than {MOST_BYTES // 1_000_000} MB"
        cure = "send the table alone: delete rows and columns that are none of it"
    elif b"\0" in content or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        what = "the file is not plain text in UTF-8"  # UTF-16, which Excel calls Unicode text, or no text at all
    else:
        for encoding in ("utf-8-sig", "cp1252"):
            try:
                return content.decode(encoding), None
            except UnicodeDecodeError:
                continue
        what = "the file's characters are neither UTF-8 nor Windows text"
    return "", Problem(file=file, where="", what=f"{what}, so nothing was read", cure=cure)


def _names_in_header(columns: Columns, lines: list[str], separator: str) -> int:
    records = _records("", lines, separator, [])
    headers = islice(records, HEADER_WITHIN)
    return max((header_words(columns, list(map(Cell, values))) for _, values in headers), default=0)


def _records(file: str, lines: list[str], separator: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of the line it begins on; stops, with a problem, where it can't go on."""

    def bounded() -> Iterator[str]:
        since = 0  # characters since the record began
        for line in lines:
            since = since + len(line) if reader.line_num > ended else len(line)
            if since > LONGEST_LINE:
                raise csv.Error("too long")
            yield line

    ended = 0
    reader = csv.reader(bounded(), delimiter=separator, strict=True)
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            what = "from here on it can't be read: a quotation mark may be missing or a line too long"
            cure = "close every quotation mark, and double those inside a text"
            problems.append(Problem(file=file, where=f"line {ended + 1}", what=what, cure=cure))
            return
        yield ended + 1, record
        ended = reader.line_num
