"""A condition as the alternatives in which it is true, each a set of plain statements about figures and words.

In Kleene's logic nothing is lost: a condition is true exactly where every statement of some alternative is, and false
where every one of some alternative of its contrary is. Unknown is neither.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from engine.model.values import Quantity
from engine.rulebook.linear import Linear, linear
from engine.rulebook.syntax import (
    CONTRARY,
    MIRRORED,
    And,
    Comparison,
    Condition,
    Fact,
    ForPeriods,
    Is,
    Not,
    Operator,
    Or,
    Share,
    facts_in,
    walk,
)

_AT = " @ "  # parts the name of a figure from the earlier period that it is of
MOST = 600  # alternatives; a condition that has more is left undecided


class TooManyError(Exception):
    """A condition has more alternatives than are worth going through."""


@dataclass(frozen=True)
class Relation:
    """`form < 0`, `<= 0`, `= 0` or `!= 0`."""

    form: Linear
    op: Literal["<", "<=", "=", "!="]
    facts: frozenset[str]  # all that has to be known for it to hold
    wholes: frozenset[str]  # what shares in it are shares of


@dataclass(frozen=True)
class Word:
    """A word holds of a name, or doesn't."""

    name: str
    word: str
    holds: bool


Statement = Relation | Word
Alternative = tuple[Statement, ...]


def alternatives(condition: Condition, wanted: bool, thresholds: Mapping[str, Quantity]) -> list[Alternative]:
    """In what ways the condition is true (or false, where that is wanted); none where a threshold has no value.

    `(…) for N periods` speaks of as many sets of figures: those of earlier periods have names of their own (`earlier`).
    Raises TooManyError.
    """
    match condition:
        case Comparison():
            found = _relation(condition, wanted, thresholds)
            return [] if found is None else [(found,)]
        case Is(fact=fact, word=word):
            return [(Word(fact.name, word, wanted),)]
        case Not(item=item):
            return alternatives(item, not wanted, thresholds)
        case ForPeriods(condition=below, periods=periods):
            now = alternatives(below, wanted, thresholds)
            about = ", ".join(sorted(fact.name for fact in facts_in(below)))
            at = (f"{back} back by {about}" for back in range(1, periods))
            everywhen = [now, *([tuple(_earlier(one, when) for one in way) for way in now] for when in at)]
            return _product(everywhen) if wanted else _several(everywhen)
        case And(items=items) | Or(items=items):
            each = (alternatives(item, wanted, thresholds) for item in items)
            return _product(each) if isinstance(condition, And) == wanted else _several(each)


def contrary(statement: Statement) -> Statement:
    """What holds where the statement, all it names being known, doesn't."""
    match statement:
        case Word(name=name, word=word, holds=holds):
            return Word(name, word, not holds)
        case Relation(form=form, op="<"):
            return Relation(-form, "<=", statement.facts, statement.wholes)
        case Relation(form=form, op="<="):
            return Relation(-form, "<", statement.facts, statement.wholes)
        case Relation(form=form, op=op):
            return Relation(form, "!=" if op == "=" else "=", statement.facts, statement.wholes)


def name_and_time(name: str) -> tuple[str, str]:
    """The name that a figure has on the sheet, and the earlier period that it is of; "" for the present one."""
    bare, _, when = name.partition(_AT)
    return bare, when


def _earlier(statement: Statement, when: str) -> Statement:
    """The same of an earlier period. Which one that is hangs on what the brackets are about, since not all are due."""

    def named(name: str) -> str:
        return f"{name}{_AT}{when}"

    match statement:
        case Word(name=name, word=word, holds=holds):
            return Word(named(name), word, holds)
        case Relation(form=form, op=op, facts=facts, wholes=wholes):
            times = {named(name): count for name, count in form.times.items()}
            return Relation(
                Linear(times, form.constant), op, frozenset(map(named, facts)), frozenset(map(named, wholes))
            )


def _relation(comparison: Comparison, wanted: bool, thresholds: Mapping[str, Quantity]) -> Relation | None:
    left, right = linear(comparison.left, thresholds), linear(comparison.right, thresholds)
    if left is None or right is None:
        return None
    op: Operator = comparison.op if wanted else CONTRARY[comparison.op]
    if op in (">", ">="):
        left, right, op = right, left, MIRRORED[op]
    shares = (node.whole for node in walk(comparison) if isinstance(node, Share))
    wholes = frozenset(whole.name for whole in shares if isinstance(whole, Fact))
    facts = frozenset(fact.name for fact in facts_in(comparison))
    return Relation(left - right, op, facts, wholes)  # type: ignore[arg-type]  # the other two are mirrored above


def _several(each: Iterable[list[Alternative]]) -> list[Alternative]:
    found = [one for found in each for one in found]
    if len(found) > MOST:
        raise TooManyError
    return found


def _product(each: Iterable[list[Alternative]]) -> list[Alternative]:
    product: list[Alternative] = [()]
    for found in each:
        if len(product) * len(found) > MOST:
            raise TooManyError
        product = [(*one, *other) for one in product for other in found]
    return product
