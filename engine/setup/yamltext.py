"""Somebody's text as a YAML value on one line: the same text to every reader of YAML, whatever its version."""

import re

# What is plainly a text: begins with a letter and holds nothing that means something to YAML, in brackets or out.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_'’()/.&+%£@–-]*(?: [A-Za-z0-9_'’()/.&+%£@–-]+)*")
_NOT_TEXTS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))  # to YAML 1.1, in any case
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def text(value: str) -> str:
    """The value plain where nobody could take it for something else, else in double quotes.

    Texts from cells are on one line and without what can't be seen; what still is neither is left out.
    """
    value = _UNPRINTABLE.sub("", value)
    if _PLAIN.fullmatch(value) and value.lower() not in _NOT_TEXTS:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
