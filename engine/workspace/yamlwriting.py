"""Texts written as YAML values: plain where every reader takes them for that very text, else in quotes."""

import re

from engine.workspace.spelling import quoted
from engine.workspace.yamlfile import FORBIDDEN

# Begins with a letter and holds nothing that means something to YAML, in brackets or out.
_WORDS = re.compile(r"[^\W\d_][\w'’()/.&+%£@–-]*(?: [\w'’()/.&+%£@–-]+)*")
# As words, but not a text: to a reader of YAML 1.1, in any case.
_NOT_TEXTS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
# A figure or a day, as config and rule files have them: our own reader takes every value for a text.
_FIGURE = re.compile(r"-?£?[0-9]+(?:\.[0-9]+)?(?:[%km]| weeks?)?|[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")
_BREAK = re.compile(r"[\n\r\x85\u2028\u2029]")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


class UnwritableError(ValueError):
    """A text that no file of ours may hold; the message is one sentence for a person."""


def scalar(text: str, style: str = "") -> str:
    """The text as a value on one line, wherever it stands: `first agreed`, `"as agreed: 40%"`.

    `style` is the quote to use where the value's neighbours have one (' or "); "" for none unless it is needed.
    Raises UnwritableError for a text of several lines, or with characters that nobody can see.
    """
    if _BREAK.search(text):
        raise UnwritableError(f"{quoted(text)} has more than one line; write it on one")
    if FORBIDDEN.search(text):
        raise UnwritableError(f"{quoted(text)} holds a character that nobody can see; type it anew")
    if style == "'":
        return "'" + text.replace("'", "''") + "'"
    if style != '"' and (_FIGURE.fullmatch(text) or (_WORDS.fullmatch(text) and text.lower() not in _NOT_TEXTS)):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '"'


def visible(text: str) -> str:
    """The text without breaks of lines and what nobody can see, so that `scalar` can write it."""
    return _UNSEEN.sub("", text)
