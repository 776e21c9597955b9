"""The `because` of a rule: a sentence with names in braces."""

import re
from collections.abc import Callable

from engine.rulebook.names import UnknownNameError, Vocabulary
from engine.rulebook.slips import Slip, Source
from engine.workspace.spelling import quoted

TITLE = "title"  # the one name that is no fact: what the subject or measure is called

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def fill(template: str, shown: Callable[[str], str]) -> str:
    """The sentence with each name replaced by what is shown for it."""
    return _PLACEHOLDER.sub(lambda match: shown(one_name(match[1])), template)


def names_in(template: str) -> tuple[str, ...]:
    """The names between its braces, in the order written."""
    return tuple(one_name(name) for name in _PLACEHOLDER.findall(template))


def one_name(text: str) -> str:
    """The name between braces, however its blanks are written."""
    return " ".join(text.split())


def template_slips(source: Source, vocabulary: Vocabulary) -> list[Slip]:
    """Every name in braces that has no figure behind it, and braces that have no name between them."""
    slips: list[Slip] = []
    for match in _PLACEHOLDER.finditer(source.text):
        found = _wrong(one_name(match[1]), vocabulary)
        if found is not None:
            slips.append(Slip(source.place(match.start()), *found))
    # What is left once the whole pairs are gone has to be free of braces; blanks keep the places.
    rest = _PLACEHOLDER.sub(lambda match: " " * len(match[0]), source.text)
    for brace in re.finditer(r"[{}]", rest):
        at = source.place(brace.start())
        slips.append(Slip(at, "template", f"`{brace[0]}` stands alone here", "write names as `{name}`"))
    return slips


def _wrong(name: str, vocabulary: Vocabulary) -> tuple[str, str, str] | None:
    if name == TITLE:
        return None
    if not name:
        return "template", "there is no name between the braces", "write one, such as `{title}`"
    if re.search(r"[:!\[\]]", name):
        return "template", f"{quoted(name)} says how to show a figure", "write its name alone; its measure knows how"
    try:
        fact = vocabulary.resolve(name)
    except UnknownNameError as error:
        return "unknown-name", error.what, error.cure
    if fact is not None and vocabulary.is_word(fact):
        return "template", f"`{name}` is a word, not a figure", "leave it out; the status is shown anyway"
    return None
