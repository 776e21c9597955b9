"""The tables of docs/reference/rules.md that say what the language of rules knows, from its grammar and code."""

import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import get_args

from engine.model.numbers import KIND, read_number
from engine.model.values import LARGEST, Unit, plain
from engine.rulebook.branches import MOST_EACH_WAY, MOST_IN_ALL
from engine.rulebook.grammar import DEEPEST, KEYWORDS, LONGEST
from engine.rulebook.parser import ARITHMETIC, BAND_OPERATORS, MOST_PERIODS, OTHERWISE, WITHIN
from engine.rulebook.syntax import Operator
from engine.workspace.yamlfile import LARGEST as LARGEST_FILE

NUMBERS = ("12", "0.7", "1,320", "1320k", "60%", "15.1%", "£50k", "£1.2m", "£1,320,000", "-£8k", "4 weeks", "1 week")

SIGNS: tuple[str, ...] = (*get_args(Operator), *ARITHMETIC.values(), *KEYWORDS)
BANDS: tuple[str, ...] = (*BAND_OPERATORS, WITHIN, OTHERWISE)
LIMITS: Mapping[str, str] = {
    "characters": f"{LONGEST:,}",
    "levels": str(DEEPEST),
    "periods": f"2 to {MOST_PERIODS}",
    "alternatives": str(MOST_EACH_WAY),
    "alternatives_in_all": str(MOST_IN_ALL),
    "figure": LARGEST,
    "file": f"{LARGEST_FILE:,} bytes",
}

_TEXT = files("engine.rulebook").joinpath("grammar.lark").read_text("utf-8")
_DEFINED = re.compile(r"^\??(?P<name>[A-Za-z_]+)(?:\.\d+)?: (?P<body>.*(?:\n +\|.*)*)", re.MULTILINE)
_DEFINITIONS: Mapping[str, str] = {found["name"]: found["body"] for found in _DEFINED.finditer(_TEXT)}
TOKENS: tuple[str, ...] = tuple(name for name in _DEFINITIONS if name.isupper())


def grammar() -> str:
    """The grammar in readable form: keywords as they are written, without what only the parser needs."""
    rules = {name: _readable(body) for name, body in _DEFINITIONS.items() if not name.isupper()}
    bounds = " | ".join(f'"{word}"' for word in BAND_OPERATORS)  # the one form that is read without the grammar's help
    rules["band"] = [f"({bounds}) sum", f'"{WITHIN}" nearness', f'"{OTHERWISE}"']
    width = max(map(len, rules)) + 2
    lines = [
        f"{f'{name}:' if number == 0 else '|':{'<' if number == 0 else '>'}{width - 1}} {one}"
        for name, alternatives in rules.items()
        for number, one in enumerate(alternatives)
    ]
    return "\n".join(["```text", *lines, "```", ""])


def _readable(body: str) -> list[str]:
    """The alternatives of a rule."""
    text = re.sub(r" -> \w+", "", body)
    for word, token in KEYWORDS.items():
        text = re.sub(rf"\b{token}\b", f'"{word}"', text)
    return [one.strip() for one in re.split(r"\n +\|", text)]


def numbers() -> str:
    """Numbers as they may be written in conditions, with what each means."""
    rows = []
    for text in NUMBERS:
        read = read_number(text)
        rows.append((f"`{text}`", plain(read.value), KIND[read.unit or Unit.NUMBER]))
    return table(("written", "is", "kind"), rows)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    lines = [f"| {' | '.join(cells)} |" for cells in (heads, *rows)]
    return "\n".join([lines[0], f"|{'---|' * len(tuple(heads))}", *lines[1:], ""])
