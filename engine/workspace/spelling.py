"""Names as people write them: compared whatever the case or the alphabet, and the nearest one found for a slip."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

# Cyrillic and Greek letters that look exactly like Latin ones: to its reader, a code typed with them is the same code.
_LOOK_ALIKES = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf",
    "ABEKMHOPCTYXSIJaeopcyxsijABEZHIKMNOPTYXo",
)
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LONGEST_SHOWN = 60  # characters of somebody's text inside a sentence


def fold(text: str) -> str:
    """The text in the form in which names are compared: no case, no look-alike letters, single spaces."""
    latin = unicodedata.normalize("NFKC", text).translate(_LOOK_ALIKES).casefold()
    return " ".join(_INVISIBLE.sub("", latin).split())


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant; None where none is near."""
    by_fold = {fold(name): name for name in reversed(list(known))}
    near = get_close_matches(fold(word[:_LONGEST_SHOWN]), by_fold, n=1, cutoff=0.6)
    return by_fold[near[0]] if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The cure for an unknown name: the nearest known one, else all of them where they are few; "" for none."""
    names = list(known)
    near = closest(word, names)
    if near is not None:
        return f"did you mean `{near}`?"
    return f"write {listed(names)}" if 0 < len(names) <= 8 else ""


def listed(names: Iterable[str]) -> str:
    """The names as a sentence lists them: "`a`, `b` or `c`"."""
    *most, last = [f"`{name}`" for name in names]
    return f"{', '.join(most)} or {last}" if most else last


def quoted(text: str) -> str:
    """Somebody's text inside a sentence: on one line, without what can't be seen, and not too long."""
    line = " ".join(_INVISIBLE.sub("", text).split())
    return f"`{line}`" if len(line) <= _LONGEST_SHOWN else f"`{line[: _LONGEST_SHOWN - 1]}…`"
