"""What nobody sees of a sheet and is read all the same: its hidden rows and columns, whoever or whatever hid them."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from engine.model.problems import Problem
from engine.returns.raw import RawTable, column_letters, find_header

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COLUMNS = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_HIDDEN = re.compile(rb"\shidden=[\"'](?:1|true)[\"']")
_NUMBER = re.compile(rb"\s(r|min|max)=[\"'](\d{1,7})[\"']")
_MOST_SPANS = 5  # that are named: a filter may leave hundreds
_MOST_COLUMNS = 16_384


class Hidden(NamedTuple):
    """The numbers of a sheet's hidden rows, and of its hidden columns, from 1."""

    rows: frozenset[int]
    columns: frozenset[int]


def hidden_in(part: bytes) -> Hidden:
    """What the XML of a sheet says is hidden: openpyxl knows it only where it reads the whole sheet into memory."""
    if b"hidden=" not in part:
        return Hidden(frozenset(), frozenset())
    rows: set[int] = set()
    number = 0
    for found in _ROW.finditer(part):
        number = _numbers(found[1]).get(b"r", number + 1)
        if _HIDDEN.search(found[1]):
            rows.add(number)
    columns: set[int] = set()
    for found in _COLUMNS.finditer(part):
        span = _numbers(found[1])
        if _HIDDEN.search(found[1]) and {b"min", b"max"} <= span.keys():
            columns.update(range(span[b"min"], min(span[b"max"], _MOST_COLUMNS) + 1))
    return Hidden(frozenset(rows), frozenset(columns))


def read_unseen(table: RawTable, hidden: Hidden) -> Iterator[Problem]:
    """A problem where a return's table has something in rows or columns that are hidden, which names them."""
    header, _ = find_header(table) if any(hidden) else (None, [])
    if header is None:
        return
    below = table.rows[header.at + 1 :]
    rows = [number for number, cells in below if number in hidden.rows and not all(cell.blank for cell in cells)]
    columns = [
        index
        for index in sorted(header.columns.values())
        if index + 1 in hidden.columns and any(len(cells) > index and not cells[index].blank for _, cells in below)
    ]
    unseen = [*_named("row", rows, str), *_named("column", columns, column_letters)]
    if unseen:
        what = (
            f"{' and '.join(unseen)} {'is' if len(rows) + len(columns) == 1 else 'are'} hidden, and read all the same"
        )
        cure = "show what is hidden, or clear the filter, and delete what is not meant"
        yield Problem(file=table.file, where=table.place, what=what, cure=cure)


def _numbers(attributes: bytes) -> dict[bytes, int]:
    return {name: int(number) for name, number in _NUMBER.findall(attributes)}


def _named(noun: str, numbers: Sequence[int], shown: Callable[[int], str]) -> Iterator[str]:
    """ "rows 4 to 6, 9 and 12", or nothing where there is none."""
    spans: list[tuple[int, int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    if spans:
        named = [shown(a) if a == b else f"{shown(a)} to {shown(b)}" for a, b in spans[:_MOST_SPANS]]
        left = sum(b - a + 1 for a, b in spans[_MOST_SPANS:])
        *first, last = [*named, *([f"{left} more"] if left else [])]
        yield f"{noun}{'s' if len(numbers) > 1 else ''} {' and '.join([', '.join(first), last] if first else [last])}"
