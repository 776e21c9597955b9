"""Texts written as YAML values: plain where that reads back as the same text, else in quotes."""

import re

from engine.workspace.spelling import quoted
from engine.workspace.yamlfile import read_yaml_text

_BREAK = re.compile(r"[\n\r\x85\u2028\u2029]")


class UnwritableError(ValueError):
    """A text that no file of ours may hold; the message is one sentence for a person."""


def scalar(text: str, style: str = "") -> str:
    """The text as a value on one line, wherever it stands: `first agreed`, `"as agreed: 40%"`.

    `style` is the quote to use where the value's neighbours have one (' or "); "" for none unless it is needed.
    Raises UnwritableError for a text of several lines, or with characters that nobody can see.
    """
    if _BREAK.search(text):
        raise UnwritableError(f"{quoted(text)} has more than one line; write it on one")
    plain, single = text, "'" + text.replace("'", "''") + "'"
    double = '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '"'
    preferred = {"'": [single, double], '"': [double]}.get(style, [plain, double])
    for written in preferred:
        if _reads_as(written, text):
            return written
    raise UnwritableError(f"{quoted(text)} holds a character that nobody can see; type it anew")


def _reads_as(written: str, text: str) -> bool:
    """Whether it is that text in brackets, where more is forbidden than in a line of its own, and there too."""
    brackets, line = (read_yaml_text(form.format(written), "") for form in ("[{{key: {}}}]", "- key: {}\n"))
    return all(not file.faults and file.data == [{"key": text}] for file in (brackets, line))
