"""Text to a tree of tokens, by the grammar; what can't be read is explained in words."""

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, cast

from engine.rulebook.slips import Slip, Source
from engine.workspace.spelling import quoted

if TYPE_CHECKING:
    from lark import Lark, Token, Tree
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

LONGEST = 1_000  # characters of one condition
DEEPEST = 30  # levels of brackets, `not` and operators

Start = Literal["condition", "expression", "nearness"]

KEYWORDS = {"and": "AND", "or": "OR", "not": "NOT", "is": "IS", "of": "OF"}

# What other languages, spreadsheets and word processors write, and what to write here.
_FOREIGN = {
    "==": "write `=`",
    "=<": "write `<=`",
    "=>": "write `>=`",
    "<>": "write `!=`",
    "=!": "write `!=`",
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`, or `!=` for `is not equal to`",
    "≤": "write `<=`",
    "≥": "write `>=`",
    "≠": "write `!=`",
    "–": "write `-`",
    "−": "write `-`",
    "×": "write `*`",
    "÷": "write `/`",
    "$": "money is written with £, such as `£50k`",
    "€": "money is written with £, such as `£50k`",
    "%": "write the number before it, such as `60%`",
}
_QUOTES = "\"'‘’“”`"
_BAND_WORDS = {"at least": ">=", "at most": "<=", "above": ">", "below": "<"}
# What `is` is said with in place of an operator.
_SPOKEN = {
    ">": "above|over|more than|greater than|higher than",
    "<": "below|under|less than|fewer than|lower than",
    ">=": "at least",
    "<=": "at most",
    "=": "equal to|exactly",
}
_NO_UNITS = ("day", "days", "month", "months", "year", "years", "hour", "hours", "minutes")
_EXAMPLES: dict[Start, str] = {
    "condition": "write a condition, such as `savings.net_at_risk > £0`",
    "expression": "write a figure, such as `95% of target`",
    "nearness": "write it as `within 5% of target`",
}
_FIGURE_ENDS = ("NAME", "NUMBER", "IN_YEAR", "RPAR")


def parse_text(source: Source, start: Start) -> "Tree[Token] | Slip":
    """The tree of a text, or what is wrong with it."""
    text = source.text
    if len(text) > LONGEST:
        what = f"this is {len(text):,} characters long, more than {LONGEST:,}"
        return Slip(source.place(0), "too-complex", what, "split the rule")
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    try:
        tree = _parser().parse(text, start=start)
    except UnexpectedCharacters as error:
        return _unexpected_character(source, error)
    except UnexpectedToken as error:
        return _unexpected_token(source, error, start)
    if _depth(tree) > DEEPEST:
        return Slip(source.place(0), "too-complex", f"this is nested more than {DEEPEST} deep", "split the rule")
    return tree


@cache
def _parser() -> "Lark":
    """Built on first use: about 40 ms, and lark itself takes longer to import."""
    from lark import Lark, Token

    def keyword(token: Token) -> Token:
        name = KEYWORDS.get(token.lower())
        return Token.new_borrow_pos(name, token.value, token) if name else token

    return Lark(
        files("engine.rulebook").joinpath("grammar.lark").read_text("utf-8"),
        parser="lalr", lexer="basic", start=["condition", "expression", "nearness"],
        propagate_positions=True, maybe_placeholders=False, lexer_callbacks={"NAME": keyword},
    )  # fmt: skip


def _depth(tree: "Tree[Token]") -> int:
    """Levels of forms inside forms, without recursion: it guards what follows, which recurses."""
    deepest, waiting = 0, [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        for child in node.children:
            if not isinstance(child, str):  # tokens are strings
                waiting.append((child, depth + 1))
    return deepest


# ---- what went wrong, in words


def _unexpected_character(source: Source, error: "UnexpectedCharacters") -> Slip:
    text, offset = source.text, cast("int", error.pos_in_stream)
    character = text[offset]
    if character in _QUOTES:
        return _slip(source, offset, "there are quotation marks here", "write names and words without them")
    if character in "[]{}":
        return _slip(source, offset, f"`{character}` can't stand here", "use round brackets")
    if character in "&|":
        character = re.match(r"[&|]+", text[offset:])[0]  # type: ignore[index]  # it begins with one
        return _slip(source, offset, f"`{character}` is not a word of rules", _FOREIGN[character[0]])
    return _slip(source, offset, f"{quoted(character)} can't be read here", _FOREIGN.get(character, "take it out"))


def _unexpected_token(source: Source, error: "UnexpectedToken", start: Start) -> Slip:
    token = error.token
    if token.type == "$END":
        return _unexpected_end(source, _last_before(source.text, len(source.text)), error.expected, start)
    offset = token.start_pos or 0
    before = _last_before(source.text, offset)
    if before is not None and token.type == before.type == "OPERATOR":
        pair = f"{before}{token}"
        return _slip(
            source, before.start_pos or 0, f"`{pair}` is not an operator", _FOREIGN.get(pair, "write one sign")
        )
    if token.type == "RPAR" and source.text[:offset].count("(") <= source.text[:offset].count(")"):
        return _slip(source, offset, "a bracket is closed that was never opened", "take it out, or open it before")
    for sign, words in _SPOKEN.items() if token.type == "NUMBER" else ():
        spoken = re.search(rf"\bis\s+({words})\s*$", source.text[:offset], re.IGNORECASE)
        if spoken:
            said = quoted(" ".join(spoken[0].lower().split()))
            return _slip(source, spoken.start(), f"{said} is not an operator", f"write `{sign}`")
    what, cure = _out_of_place(source.text, token, before, start)
    return _slip(source, offset, what, cure)


def _unexpected_end(source: Source, before: "Token | None", expected: set[str], start: Start) -> Slip:
    text = source.text
    if before is None:
        return _slip(source, 0, "there is nothing here", _EXAMPLES[start])
    if "RPAR" in expected and "OPERATOR" not in expected:
        return _slip(source, _last_open(text), "this bracket is never closed", "close it with `)`")
    end = len(text.rstrip())
    if before.type in _FIGURE_ENDS:
        what = f"{quoted(text.strip())} ends in a figure, which is neither true nor false"
        return _slip(source, end - 1, what, "compare it with something, such as `… > 0`, or ask `… is missing`")
    return _slip(source, end - 1, f"the text ends after `{before}`", "write what comes after it")


def _out_of_place(text: str, token: "Token", before: "Token | None", start: Start) -> tuple[str, str]:
    band = re.match(r"at\s+(least|most)\b", text[token.start_pos or 0 :], re.IGNORECASE)
    word = " ".join((band[0] if band else token).lower().split())
    written = quoted(word)
    if token.type == "FOR_PERIODS":
        return f"{written} has nothing in brackets before it", f"write `(…) {token}`"
    if word == "in":
        return (
            "`in` is not followed by a year",
            "write `in this year`, `in next year`, `in previous years` or `in 2018/19`",
        )
    if word == "for":
        return "`for` is not followed by a number of periods", "write `(…) for 3 periods`"
    if word == "between":
        return "`between` is not a word of rules", "write `x >= a and x <= b`"
    if word in _BAND_WORDS and start == "condition":
        return f"{written} stands in bands only", f"write `{_BAND_WORDS[word]}`"
    if token.type == "OPERATOR" and start != "condition":
        return f"{written} compares, and a figure alone belongs here", "take the comparison out"
    if token.type == "OPERATOR" and before is not None and before.type in _FIGURE_ENDS:
        return "two comparisons run into each other", "write `a < x and x < b`"
    if before is not None and before.type == "NUMBER" and word in _NO_UNITS:
        return f"{written} is not a unit", "write a time in weeks, such as `2 weeks`"
    if before is None:
        return f"{written} can't come first", _EXAMPLES[start]
    follows = f"{written} can't follow {quoted(before)}"
    if before.type in _FIGURE_ENDS and token.type in ("NAME", "NUMBER", "LPAR", "NOT"):
        return follows, "write `and` or `or` between two conditions, an operator between two figures"
    if token.type == "IS":
        return follows, "write a name before `is`"
    if before.type == "IS":
        return follows, "write `=` for figures; after `is` comes a word, such as `missing`"
    return follows, "write a name or a number there"


def _last_before(text: str, offset: int) -> "Token | None":
    """The last token that begins before a place which the lexer has reached."""
    last = None
    for token in _parser().lex(text):
        if (token.start_pos or 0) >= offset:
            break
        last = token
    return last


def _last_open(text: str) -> int:
    """Where the innermost bracket that is never closed was opened."""
    opened: list[int] = []
    for offset, character in enumerate(text):
        if character == "(":
            opened.append(offset)
        elif character == ")" and opened:
            opened.pop()
    return opened[-1] if opened else 0


def _slip(source: Source, offset: int, what: str, cure: str) -> Slip:
    return Slip(source.place(offset), "condition-syntax", what, cure)
