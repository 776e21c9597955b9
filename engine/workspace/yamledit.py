"""Adding an entry to a list in a YAML text: not a character of what stands there is changed or taken away.

A list may stand in brackets or have a dash before each entry, its entries in braces or a line for each key; the new
one is written as its neighbour is. The result is read again before it is given: it says what the old text said and
the new entry, or there is none.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise

from engine.workspace.yamlfile import Entry, Loc, read_yaml_text
from engine.workspace.yamlwords import TOP, Place
from engine.workspace.yamlwriting import scalar

_BREAK = re.compile(r"\r\n|\r|\n")
_BETWEEN = re.compile(r"(?:\s|#[^\r\n]*)*")  # what may stand between an entry in brackets and the comma after it
_COMMENT = re.compile(r"[ \t]*#")
_BOM = "\ufeff"


class EditError(ValueError):
    """The entry can't be added without touching more than it should; the message is one sentence for a person."""


def with_entry(text: str, loc: Loc, index: int, entry: Mapping[str, str]) -> str:
    """The text with a mapping added to the list at `loc`, as its entry number `index` (from 0).

    Keys of the neighbour come first, in its order and its quotes. Raises EditError where the file can't be read, has no
    list there, or is laid out so that nothing can be added safely; UnwritableError for a value no file may hold.
    """
    bom = _BOM if text.startswith(_BOM) else ""
    edit = _Edit(text.removeprefix(_BOM), loc)
    new = edit.with_entry(index, entry)
    after = read_yaml_text(new, "")
    if after.faults or after.data != _with(edit.file.data, loc, index, dict(entry)):
        raise EditError("the list is laid out so that nothing can be added safely; add the entry in an editor")
    return bom + new


def _with(data: object, loc: Sequence[str | int], index: int, entry: object) -> object:
    """The data with the entry in the list at `loc`."""
    if isinstance(data, dict):
        return {key: _with(value, loc[1:], index, entry) if key == loc[0] else value for key, value in data.items()}
    items = list(data) if isinstance(data, list) else []
    if loc:
        return [_with(one, loc[1:], index, entry) if at == loc[0] else one for at, one in enumerate(items)]
    return [*items[:index], entry, *items[index:]]


class _Edit:
    """A list in a text, with its layout."""

    def __init__(self, text: str, loc: Loc) -> None:
        self.text, self.loc = text, loc
        self.file = read_yaml_text(text, "")
        there = self.file.value(loc)
        if self.file.faults or not isinstance(there, list):
            raise EditError("there is no list to add to; mend the file first")
        self.size = len(there)
        self.lines = [0, *(found.end() for found in _BREAK.finditer(text))]  # where each begins
        found = _BREAK.search(text)
        self.newline = found[0] if found else "\n"

    def with_entry(self, index: int, entry: Mapping[str, str]) -> str:
        near = max(index - 1, 0)  # the entry whose layout is followed
        bracketed = self.text[self._start()] == "["
        return (self._in_brackets if bracketed else self._with_dash)(near, entry, first=index == 0)

    # ---- a list with a dash before each entry

    def _with_dash(self, near: int, entry: Mapping[str, str], *, first: bool) -> str:
        dash = self.file.at(self.loc).column - 1  # how far it is indented
        gap = max(self.file.at((*self.loc, near)).column - dash - 2, 1)
        if self.text[self._start(near)] == "{":
            keys = [self._braced(near, entry)]
        else:
            keys = [f"{key}: {value}" for key, value in self._pairs(near, entry)]
        heads = [f"{' ' * dash}-{' ' * gap}", *[" " * (dash + 1 + gap)] * (len(keys) - 1)]
        lines = [head + key for head, key in zip(heads, keys, strict=True)]
        blank = [""] if self.size > 1 and self._parted_by_a_blank_line(max(near - 1, 0)) else []
        if first:
            return self._inserted((self._above(self._line(self._start())), self._whole_lines([*lines, *blank])))
        end = self._end(near)
        at = end if end in self.lines else self._next_line(end)  # a text in lines of its own ends where the next begins
        while at < len(self.text) and re.match(rf" {{{dash + 1},}}#", self.text[at : self._next_line(at)]):
            at = self._next_line(at)  # a comment that is indented as part of the entry
        return self._inserted((at, self._whole_lines([*blank, *lines], at)))

    def _whole_lines(self, lines: list[str], at: int = 0) -> str:
        """Lines as inserted where a line begins, or at the end of a last line that is not closed."""
        return "".join(line + self.newline if at in self.lines else self.newline + line for line in lines)

    def _parted_by_a_blank_line(self, index: int) -> bool:
        """Whether an empty line stands between an entry and the next."""
        between = self.text[self._end(index) : self._start(index + 1)]
        return any(not line.strip(" \t") for line in _BREAK.split(between)[1:-1])

    def _above(self, line: int) -> int:
        """Where the comments directly above a line begin, else the line."""
        while line and _COMMENT.match(self.text, above := self._line(line - 1)):
            line = above
        return line

    # ---- a list in brackets

    def _in_brackets(self, near: int, entry: Mapping[str, str], *, first: bool) -> str:
        new = self._braced(near, entry)
        if not self.size:
            return self._inserted((self._start() + 1, new))
        start, end = self._start(near), self._end(near)
        indent = self.text[self._line(start) : start]
        own_line = not indent.strip(" \t")
        if first and own_line:
            return self._inserted((self._above(self._line(start)), f"{indent}{new},{self.newline}"))
        if first:
            return self._inserted((start, f"{new}, "))
        found = _BETWEEN.match(self.text, end)
        after = end if found is None else found.end()  # the comma after the entry, or the bracket that ends the list
        next_line = self._next_line(end)
        if own_line and self.text[after] == "]" and after < next_line:
            return self._inserted((end, f",{self.newline}{indent}{new}"))
        if own_line and self.text[after] == "]":
            return self._inserted((end, ","), (next_line, f"{indent}{new}{self.newline}"))
        if own_line and re.fullmatch(r"[ \t]*,[ \t]*(#.*)?", self.text[end:next_line].rstrip("\r\n")):
            return self._inserted((next_line, f"{indent}{new},{self.newline}"))
        return self._inserted((end, f", {new}"))

    # ---- the entry

    def _braced(self, near: int, entry: Mapping[str, str]) -> str:
        pad = " " if self.size and re.match(r"\{ ", self.text[self._start(near) :]) else ""
        return f"{{{pad}{', '.join(f'{key}: {value}' for key, value in self._pairs(near, entry))}{pad}}}"

    def _pairs(self, near: int, entry: Mapping[str, str]) -> list[tuple[str, str]]:
        """Keys and values as they are written: those that the neighbour has as they are there."""
        neighbour = self.file.value((*self.loc, near))
        there = neighbour if isinstance(neighbour, dict) else {}
        keys = [*(key for key in there if key in entry), *(key for key in entry if key not in there)]
        found: list[tuple[str, str]] = []
        for key in keys:
            written = self.file.entry((*self.loc, near, key)) if key in there else Entry(TOP)
            mark = self.text[self._offset(written.key)] if written.key else ""
            found.append((scalar(key, mark), scalar(entry[key], written.style)))
        return found

    # ---- offsets in the text

    def _inserted(self, *pieces: tuple[int, str]) -> str:
        """The text with each piece at its offset; offsets ascend."""
        cuts = [0, *(at for at, _ in pieces), len(self.text)]
        parts = [self.text[one:other] for one, other in pairwise(cuts)]
        return parts[0] + "".join(piece + part for (_, piece), part in zip(pieces, parts[1:], strict=True))

    def _offset(self, place: Place) -> int:
        return self.lines[place.line - 1] + place.column - 1

    def _start(self, *index: int) -> int:
        return self._offset(self.file.at((*self.loc, *index)))

    def _end(self, index: int) -> int:
        return self._offset(self.file.ends[(*self.loc, index)])

    def _line(self, offset: int) -> int:
        """Where the line of an offset begins."""
        return self.lines[bisect_right(self.lines, offset) - 1]

    def _next_line(self, offset: int) -> int:
        """Where the line after it begins, or the text ends."""
        following = bisect_right(self.lines, offset)
        return self.lines[following] if following < len(self.lines) else len(self.text)
