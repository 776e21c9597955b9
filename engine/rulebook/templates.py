"""The `because` of a rule: a sentence with names in braces."""

import re
from collections.abc import Callable, Iterator

from engine.rulebook.names import UnknownNameError, Vocabulary
from engine.rulebook.slips import Slip, Source
from engine.rulebook.syntax import At
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
        slips += _wrong(one_name(match[1]), source.place(match.start()), vocabulary)
    # What is left once the whole pairs are gone has to be free of braces; blanks keep the places.
    rest = _PLACEHOLDER.sub(lambda match: " " * len(match[0]), source.text)
    for brace in re.finditer(r"[{}]", rest):
        at = source.place(brace.start())
        slips.append(Slip(at, "bad-sentence", f"`{brace[0]}` stands alone here", "write names as `{name}`"))
    return slips


def _wrong(name: str, at: At, vocabulary: Vocabulary) -> Iterator[Slip]:
    if name == TITLE:
        return
    if not name:
        yield Slip(at, "bad-sentence", "there is no name between the braces", "write one, such as `{title}`")
        return
    if re.search(r"[:!\[\]]", name):
        cure = "write its name alone; its measure knows how"
        yield Slip(at, "bad-sentence", f"{quoted(name)} says how to show a figure", cure)
        return
    try:
        fact = vocabulary.resolve(name)
    except UnknownNameError as error:
        yield Slip(at, "unknown-name", error.what, error.cure)
        return
    if fact is not None and vocabulary.is_word(fact):
        cure = "leave it out; the status is shown anyway"
        yield Slip(at, "bad-sentence", f"`{name}` is a word, not a figure", cure)
