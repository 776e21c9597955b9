"""What the YAML parser stops at, in the words of somebody who edits a file, and where the slip was most likely made.

The parser notices much too late: a quote that is left open swallows every line up to the next one.
"""

import re
from typing import NamedTuple

from ruamel.yaml.error import MarkedYAMLError, StreamMark

_INDENT = "the indentation doesn't fit the lines above", "line it up with the lines it belongs to"
_NO_COLON = "a key has no colon", "write `key: value`"
_RUN_TOGETHER = re.compile(r"([^\W\d][\w.-]*:)(?=[^\s/])")  # a key and its value, but no address such as http://

# The parser's sentence, what we say, and what to do. Checked against the parser by the tests of yamlfile.
_SAID: tuple[tuple[str, str, str], ...] = (
    (r"mapping values are not allowed here", "there is a colon too many", "put text that holds a colon in quotes"),
    (r"found character '(.+)' that cannot start any token", r"text can't begin with `\1`", "put it in quotes"),
    (
        r"expected <block end>, but found '<scalar>'",
        "there is text after a value that has ended",
        "put the whole text in quotes, or take it out",
    ),
    (r"expected <block end>", *_INDENT),
    (r"expected ',' or ']'", "a list in [ ] isn't closed{by}, or lacks a comma", "write [one, two]"),
    (r"expected ',' or '}'", "a mapping in { } isn't closed{by}, or lacks a comma", "write {key: value, key: value}"),
    (
        r"found unexpected (end of stream|document separator)",
        "a quote was opened and never closed",
        "close it with the same mark",
    ),
    (
        r"(found unknown escape|expected escape sequence)",
        "a backslash inside double quotes is not understood",
        "use single quotes",
    ),
    (r"sequence entries are not allowed here", "a list can't begin here", "begin it on a line of its own with `- `"),
    (r"expected the node content", "something is missing before this", "fill it in, or take out the comma or bracket"),
    (
        r"undefined tag handle",
        "`!` begins a YAML tag, which is not read here",
        "leave it out, or put the text in quotes",
    ),
    (
        r"YAML directive|incompatible YAML|expected a digit",
        "lines that begin with % are not read here",
        "leave them out",
    ),
)
_BEGAN_BEFORE = re.compile(r"expected ',' or|found unexpected (end of stream|document separator)")


class Place(NamedTuple):
    """A place in a file: line and column, both from 1."""

    line: int
    column: int


TOP = Place(1, 1)


class LastText(NamedTuple):
    """The text that the parser read last: where, in which quotes ("" for none), and whether its key is in its line."""

    start: Place
    end: Place
    style: str
    beside_key: bool


class Slip(NamedTuple):
    place: Place
    code: str
    what: str
    cure: str


def place_of(mark: StreamMark | None) -> Place:
    return TOP if mark is None else Place(mark.line + 1, mark.column + 1)


def explained(error: MarkedYAMLError, text: str, last: LastText | None) -> Slip:
    """What keeps a file from being read, in plain words, at the place where it is to be mended."""
    lines = text.splitlines()
    place = place_of(error.problem_mark or error.context_mark)
    began = place_of(error.context_mark or error.problem_mark)
    problem, line = str(error.problem or ""), _rest(lines, Place(place.line, 1))
    if problem.startswith(r"found character '\t'") or re.match(r" *\t", line):
        return Slip(place, "tab", "there is a tab here, and YAML takes spaces alone", "replace every tab by spaces")
    swallowed = last is not None and last.start.line < last.end.line == place.line
    if last is not None and swallowed and last.style in ("'", '"'):
        what = f"this quote is closed in line {place.line} only, and more follows there"
        return Slip(last.start, "yaml-syntax", what, "close it where its text ends")
    if "could not find expected ':'" in problem:
        return Slip(began, "yaml-syntax", *without_colon(_rest(lines, began)))
    if "mapping values are not allowed here" in problem:
        if last is not None and swallowed and not last.beside_key:
            return Slip(last.start, "yaml-syntax", *without_colon(_rest(lines, last.start)))
        if ":" not in line[: place.column - 1]:  # so it is the line's own key that can't stand there
            return Slip(Place(place.line, len(line) - len(line.lstrip()) + 1), "yaml-syntax", *_INDENT)
    for pattern, what, cure in _SAID:
        if found := re.search(pattern, problem):
            by = f" by line {place.line}" if began.line < place.line else ""
            at = began if _BEGAN_BEFORE.match(problem) and by else place
            return Slip(at, "yaml-syntax", found.expand(what).replace("{by}", by), cure)
    cure = "compare it with the lines around it: indentation, colons, quotes, brackets"
    return Slip(place, "yaml-syntax", "this can't be read", cure)


def without_colon(text: str) -> tuple[str, str]:
    """What is wrong and what to do, where a key should stand at the beginning of the text and is none."""
    if found := _RUN_TOGETHER.match(text):
        return f"`{found[1]}` runs into its value", "write a space after the colon"
    return _NO_COLON


def run_together(key: str) -> tuple[str, str] | None:
    """The key and the value that were meant where no space parts them."""
    found = _RUN_TOGETHER.match(key)
    return (found[1][:-1], key[found.end() :]) if found else None


def _rest(lines: list[str], place: Place) -> str:
    """What stands in a line from a column on."""
    return lines[place.line - 1][place.column - 1 :] if place.line <= len(lines) else ""
