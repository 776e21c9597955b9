"""Made-up rules and figures of every kind, for the tests that compare evaluators."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar, get_args

from hypothesis import strategies as st

from engine.inference.errors import LoweringError
from engine.inference.lowering import lower_rule
from engine.model.values import Unit
from engine.rulebook.rules import Rule
from engine.rulebook.syntax import (
    CONTRARY,
    And,
    Arithmetic,
    Comparison,
    Condition,
    Expression,
    Fact,
    ForPeriods,
    Is,
    Negative,
    Not,
    Number,
    Operator,
    Or,
    Share,
    ThresholdRef,
)
from tests.inference.sheets import Sheet, ladder, rule

EXAMPLES = int(os.environ.get("TELLTALE_EXAMPLES", "250"))

NAMES = ("x", "x.target", "savings.at_risk in this year", "$and", "id")
THRESHOLDS = ("tolerance", "sid")
WORDS = ("missing", "explained")
STATUSES = ("best", "good", "fair", "poor", "bad", "worse", "worst")

# Around zero, around each other by a millionth and half of one, and around the largest that compares exactly.
NUMBERS = [
    *("0", "-0", "1", "2", "3", "-1", "-2", "50", "100", "95", "-0.5", "15.1"),
    *("0.000001", "-0.000001", "0.0000005", "0.0000015", "-0.0000005", "0.00001", "1E-9", "1E-20"),
    *("0.999999", "0.9999995", "1.000001", "1.0000005", "1.0000015", "49.9999994", "50.0000005"),
    *("9007199254.740992", "-9007199254.740992", "9007199254.740993", "9007199254.740991", "1E+12", "-1E+12"),
]
numbers = st.sampled_from([Decimal(number) for number in NUMBERS])

Key = TypeVar("Key")
Known = TypeVar("Known")


def _known(table: Mapping[Key, Known | None]) -> dict[Key, Known]:
    return {name: value for name, value in table.items() if value is not None}


names = st.builds(Fact, st.sampled_from(NAMES))


@st.composite
def leaves(draw: st.DrawFn) -> Expression:
    kind = draw(st.sampled_from(["name", "name", "number", "threshold"]))
    if kind == "name":
        return draw(names)
    if kind == "number":
        return Number(draw(numbers), Unit.NUMBER)
    return ThresholdRef(draw(st.sampled_from(THRESHOLDS)))


@st.composite
def sums(draw: st.DrawFn) -> Expression:
    kind = draw(st.sampled_from(["leaf", "+", "-", "negative"]))
    if kind == "leaf":
        return draw(leaves())
    if kind == "negative":
        return Negative(draw(leaves()))
    return Arithmetic("+" if kind == "+" else "-", draw(leaves()), draw(leaves()))


@st.composite
def expressions(draw: st.DrawFn) -> Expression:
    kind = draw(st.sampled_from(["leaf", "leaf", "sum", "product", "share", "quotient"]))
    if kind == "leaf":
        return draw(leaves())
    if kind == "product":
        return Arithmetic("*", draw(sums()), draw(leaves()))
    if kind == "share":
        return Share(draw(leaves()), draw(sums()))
    if kind == "quotient":
        # Division comes last: only a quotient is ever rounded on the way (to sixty digits), so nothing builds on one.
        return Arithmetic("/", draw(sums()), draw(sums()))
    return draw(sums())


@st.composite
def comparisons(draw: st.DrawFn) -> Condition:
    op: Operator = draw(st.sampled_from(get_args(Operator)))
    return Comparison(op, draw(expressions()), draw(expressions()))


words: st.SearchStrategy[Condition] = st.builds(Is, st.builds(Fact, st.sampled_from(NAMES)), st.sampled_from(WORDS))


def _combined(below: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    items = st.lists(below, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(And, items),
        st.builds(Or, items),
        st.builds(Not, below),
        st.builds(ForPeriods, below, st.integers(1, 3)),
    )


conditions = st.recursive(comparisons() | comparisons() | words, _combined, max_leaves=5)
simple_conditions = st.recursive(comparisons() | words, _combined, max_leaves=2)


@st.composite
def ladders(draw: st.DrawFn) -> Rule:
    """A ladder of a scheme of two to seven statuses, with or without `otherwise`."""
    statuses = STATUSES[: draw(st.integers(2, len(STATUSES)))]
    bands: list[tuple[str, Condition | None]] = [(status, draw(simple_conditions)) for status in statuses[:-1]]
    if draw(st.booleans()):
        bands.append((statuses[-1], None))
    return ladder(*bands)


@st.composite
def rules_with_clears(draw: st.DrawFn) -> Rule:
    """A rule with `clears`; half of them about the same figure, so that the two hang together."""
    when, clears = draw(st.tuples(simple_conditions, simple_conditions))
    if draw(st.booleans()):
        name, bounds = Fact(draw(st.sampled_from(NAMES))), sorted((draw(numbers), draw(numbers)))
        falls: Operator = draw(st.sampled_from(["<", "<="]))
        when, clears = (
            Comparison(op, name, Number(bound, Unit.NUMBER))
            for op, bound in zip((falls, CONTRARY[falls]), bounds, strict=True)
        )
    return replace(rule(when), clears=clears)


def fits(rule: Rule) -> bool:
    """Whether a rule has few enough alternatives to be taken at all."""
    try:
        lower_rule(rule)
    except LoweringError:
        return False
    return True


any_rule = (conditions.map(rule) | ladders()).filter(fits)
until_cleared = rules_with_clears().filter(lambda one: all(fits(rule(condition)) for condition in one.conditions))
rules = st.lists(any_rule, min_size=1, max_size=3)


# Most figures are known: a condition is unknown soon enough.
_figure = st.sampled_from([*map(Decimal, NUMBERS), *[None] * 4])
_figures = st.fixed_dictionaries(dict.fromkeys(NAMES, _figure)).map(_known)
_words = st.fixed_dictionaries(
    {(name, word): st.sampled_from([True, True, False, False, None]) for name in NAMES for word in WORDS}
).map(_known)
_thresholds = st.fixed_dictionaries(dict.fromkeys(THRESHOLDS, _figure)).map(_known)


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """Figures for one to four periods, with gaps."""
    periods = draw(st.integers(1, 4))
    return Sheet(
        tuple(draw(_figures) for _ in range(periods)),
        tuple(draw(_words) for _ in range(periods)),
        draw(_thresholds),
    )


def listed(rules: Sequence[Rule], sheets: Sequence[Sheet]) -> list[tuple[Rule, Sheet, str]]:
    """Each rule on each sheet, with a subject for each sheet."""
    return [(rule, one, f"project_{index}") for index, one in enumerate(sheets) for rule in rules]
