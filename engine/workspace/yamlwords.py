"""What the YAML parser says, in the words of somebody who edits a file."""

import re

_INDENT = "line it up with the lines it belongs to"

# The parser's sentence, what we say, and what to do. Checked against the parser by the tests of yamlfile.
_SAID: tuple[tuple[str, str, str], ...] = (
    (
        r"mapping values are not allowed here",
        "there is a colon too many, or the line above isn't finished",
        "put text that holds a colon in quotes, and check the indentation",
    ),
    (r"could not find expected ':'", "a key has no colon", "write `key: value`"),
    (r"found character '(.+)' that cannot start any token", r"text can't begin with `\1`", "put it in quotes"),
    (
        r"expected <block end>, but found '<scalar>'",
        "there is text after a value that has ended",
        "put the whole text in quotes, or take it out",
    ),
    (r"expected <block end>", "the indentation doesn't fit the lines above", _INDENT),
    (r"expected ',' or ']'", "a list in [ ] isn't closed, or lacks a comma", "write [one, two]"),
    (r"expected ',' or '}'", "a mapping in { } isn't closed, or lacks a comma", "write {key: value, key: value}"),
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


def in_words(problem: str, line: str) -> tuple[str, str, str]:
    """Code, what is wrong and what to do, for the parser's `problem` in a line of the file."""
    if problem.startswith(r"found character '\t'") or re.match(r" *\t", line):
        return "tab", "there is a tab here, and YAML takes spaces alone", "replace every tab by spaces"
    for pattern, what, cure in _SAID:
        if found := re.search(pattern, problem):
            return "syntax", found.expand(what), cure
    return "syntax", "this can't be read", "compare it with the lines around it: indentation, colons, quotes, brackets"
