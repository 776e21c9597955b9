"""The syntax tree of conditions: typed, immutable, each node with its place in the rule file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from engine.model.values import Unit


@dataclass(frozen=True, slots=True)
class At:
    """Where in the file a node begins: line and column, both from 1."""

    line: int
    column: int


NOWHERE = At(0, 0)

# ---- expressions: a number with a unit, or unknown


@dataclass(frozen=True, slots=True)
class Number:
    """A literal: `60%` is 60 per cent, `£50k` is 50,000 pounds, `4 weeks`, `0.7`."""

    value: Decimal
    unit: Unit
    at: At = NOWHERE


@dataclass(frozen=True, slots=True)
class Fact:
    """A name on the fact sheet, in full: "pa_recruitment.target", "savings.target in this year".

    `alone` marks an attribute that stands alone in a rule for measures ("actual", "shortfall"): it is looked up on
    the measure's own sheet. In other rules the parser has already put the measure's name before it.
    """

    name: str
    alone: bool = False
    at: At = NOWHERE


@dataclass(frozen=True, slots=True)
class ThresholdRef:
    name: str
    at: At = NOWHERE


@dataclass(frozen=True, slots=True)
class Share:
    """`90% of savings.target`: a per cent of something, in that something's unit."""

    share: "Expression"
    whole: "Expression"
    at: At = NOWHERE


@dataclass(frozen=True, slots=True)
class Arithmetic:
    op: Literal["+", "-", "*", "/"]
    left: "Expression"
    right: "Expression"
    at: At = NOWHERE


@dataclass(frozen=True, slots=True)
class Negative:
    operand: "Expression"
    at: At = NOWHERE


Expression = Number | Fact | ThresholdRef | Share | Arithmetic | Negative

# ---- conditions: true, false or unknown

Operator = Literal["<", "<=", ">", ">=", "=", "!="]
# What holds where a comparison does not.
CONTRARY: dict[Operator, Operator] = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "=": "!=", "!=": "="}
# What holds with its sides changed over.
# Whether one whole number stands so to another.
HOLDS: dict[Operator, Callable[[int, int], bool]] = {
    "<": int.__lt__, "<=": int.__le__, ">": int.__gt__, ">=": int.__ge__, "=": int.__eq__, "!=": int.__ne__,
}  # fmt: skip
MIRRORED: dict[Operator, Operator] = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Comparison:
    op: Operator
    left: Expression
    right: Expression
    at: At = NOWHERE


@dataclass(frozen=True, slots=True)
class Is:
    """`x is missing`, `x is explained`, `lifecycle is closed`, `status.previous is at_risk`: a word holds of a name."""

    fact: Fact
    word: str
    at: At = NOWHERE


@dataclass(frozen=True, slots=True)
class And:
    items: tuple["Condition", ...]
    at: At = NOWHERE


@dataclass(frozen=True, slots=True)
class Or:
    items: tuple["Condition", ...]
    at: At = NOWHERE


@dataclass(frozen=True, slots=True)
class Not:
    item: "Condition"
    at: At = NOWHERE


@dataclass(frozen=True, slots=True)
class ForPeriods:
    """`(…) for 3 periods`: held in each of the last three due, this one included."""

    condition: "Condition"
    periods: int
    at: At = NOWHERE


Condition = Comparison | Is | And | Or | Not | ForPeriods
Node = Expression | Condition


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, depth first, left to right."""
    yield node
    match node:
        case Share(share=a, whole=b) | Arithmetic(left=a, right=b) | Comparison(left=a, right=b):
            yield from walk(a)
            yield from walk(b)
        case Negative(operand=below) | Not(item=below) | ForPeriods(condition=below) | Is(fact=below):
            yield from walk(below)
        case And(items=items) | Or(items=items):
            for item in items:
                yield from walk(item)
        case _:
            return


def facts_in(node: Node) -> tuple[Fact, ...]:
    """Every fact a condition names, once each, in the order written."""
    seen: dict[tuple[str, bool], Fact] = {}
    for below in walk(node):
        if isinstance(below, Fact):
            seen.setdefault((below.name, below.alone), below)
    return tuple(seen.values())
