"""Short names made from titles: plain letters, readable, each once, and the same for the same list."""

import re
import unicodedata
from collections.abc import Collection

LONGEST = 40  # characters
_SIGNS = {"&": " and ", "%": " percent ", "£": " pounds ", "+": " plus "}
_ARTICLES = ("the", "a", "an")  # which a name can do without at its beginning


def made_name(title: str, kind: str, taken: Collection[str]) -> str:
    """`Packages reduced, ages 18 to 64` is packages_reduced_ages_18_to_64; the second of a name ends in _2.

    A title without a letter of ours is named after its `kind`: measure, measure_2. A letter comes first always.
    """
    return _free(_plain(title) or kind, kind, taken)


def _plain(title: str) -> str:
    for sign, word in _SIGNS.items():
        title = title.replace(sign, word)
    letters = unicodedata.normalize("NFKD", re.sub(r"['’]", "", title)).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", letters)
    if len(words) > 1 and words[0] in _ARTICLES:
        del words[0]
    name = ""
    for word in words:
        longer = f"{name}_{word}" if name else word[:LONGEST]
        if len(longer) > LONGEST:
            break
        name = longer
    return name


def _free(name: str, kind: str, taken: Collection[str]) -> str:
    if not name[0].isalpha():
        name = f"{kind}_{name}"
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def is_name(text: str) -> bool:
    """Whether files, commands and mails can use it as it is."""
    return re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*", text) is not None
