"""Conditions, bands and expressions read from their text: names resolved, units checked, faults collected."""

import re
from typing import TYPE_CHECKING, Literal, cast

from engine.model.numbers import NumberError, as_unit, read_number, shifted
from engine.model.values import EXACT, Unit
from engine.periods import PeriodError, read_year
from engine.rulebook.grammar import Start, parse_text
from engine.rulebook.names import UnknownNameError, Vocabulary
from engine.rulebook.slips import Slip, Source
from engine.rulebook.syntax import (
    And,
    Arithmetic,
    At,
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
from engine.rulebook.units import expression_slips, unit_slips
from engine.workspace.spelling import did_you_mean, quoted

if TYPE_CHECKING:
    from lark import Token, Tree

MOST_PERIODS = 24  # what `for N periods` may ask

OTHERWISE, WITHIN = "otherwise", "within"
_BAND = re.compile(r"\s*(at\s+least|at\s+most|above|below|within)\b\s*", re.IGNORECASE)
BAND_OPERATORS: dict[str, Operator] = {"at least": ">=", "at most": "<=", "above": ">", "below": "<"}
ARITHMETIC: dict[str, Literal["+", "-", "*", "/"]] = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}


def read_condition(source: Source, vocabulary: Vocabulary) -> tuple[Condition | None, list[Slip]]:
    """A condition by its text, or None with all that is wrong with it. Never raises for what a person wrote."""
    tree, slips = _tree(source, "condition")
    if tree is None:
        return None, slips
    reader = _Reader(source, vocabulary)
    condition = reader.condition(_only_child(tree))
    if condition is not None:
        reader.slips += unit_slips(condition, vocabulary)
    return (None, reader.slips) if reader.slips else (condition, [])


def read_expression(source: Source, vocabulary: Vocabulary) -> tuple[Expression | None, list[Slip]]:
    """A figure worked out from others ("forecast_spend - budget"), or None with all that is wrong with it."""
    tree, slips = _tree(source, "expression")
    if tree is None:
        return None, slips
    reader = _Reader(source, vocabulary)
    expression = reader.expression(_only_child(tree))
    if expression is not None:
        reader.slips += expression_slips(expression, vocabulary)
    return (None, reader.slips) if reader.slips else (expression, [])


def read_band(source: Source, vocabulary: Vocabulary) -> tuple[Condition | None, list[Slip]]:
    """A band's own condition on the measure's figure ("at least 95% of target"); None without slips is `otherwise`."""
    if source.text.strip().lower() == OTHERWISE:
        return None, []
    opening = _BAND.match(source.text)
    if opening is None:
        cure = "write `at least …`, `at most …`, `above …`, `below …`, `within 5% of target` or `otherwise`"
        return None, [Slip(source.place(0), "condition-syntax", f"{quoted(source.text)} is not a band", cure)]
    words = " ".join(opening[1].lower().split())
    # Blanks stand in for the opening words, so that the columns of what follows stay true.
    rest = Source(" " * opening.end() + source.text[opening.end() :], source.at, source.style)
    tree, slips = _tree(rest, "nearness" if words == WITHIN else "expression")
    if tree is None:
        return None, slips
    reader = _Reader(rest, vocabulary)
    at = source.place(opening.start(1))
    condition = reader.nearness(tree, at) if words == WITHIN else reader.bound(tree, BAND_OPERATORS[words], at)
    if condition is not None:
        reader.slips += unit_slips(condition, vocabulary)
    return (None, reader.slips) if reader.slips else (condition, [])


def _tree(source: Source, start: Start) -> "tuple[Tree[Token] | None, list[Slip]]":
    tree = parse_text(source, start)
    return (None, [tree]) if isinstance(tree, Slip) else (tree, [])


class _Reader:
    """Turns the grammar's tree into ours; what it can't make sense of becomes a slip, and None of all that holds it."""

    def __init__(self, source: Source, vocabulary: Vocabulary) -> None:
        self.slips: list[Slip] = []
        self._source = source
        self._vocabulary = vocabulary
        self._beside: tuple[str, ...] = ()  # the names in the comparison being read

    # ---- conditions

    def condition(self, tree: "Tree[Token]") -> Condition | None:
        at = self._at(tree)
        match tree.data:
            case "any_of" | "all_of":
                items = [self.condition(branch) for branch in _branches(tree)]
                whole = [item for item in items if item is not None]
                if len(whole) < len(items):
                    return None
                return Or(tuple(whole), at) if tree.data == "any_of" else And(tuple(whole), at)
            case "not_":
                item = self.condition(_only_child(tree))
                return None if item is None else Not(item, at)
            case "for_periods":
                return self._for_periods(tree)
            case "comparison":
                return self._comparison(tree)
            case _:
                return self._state(tree)

    def bound(self, tree: "Tree[Token]", op: Operator, at: At) -> Condition | None:
        right = self.expression(_only_child(tree))
        return None if right is None else Comparison(op, Fact("actual", alone=True, at=at), right, at)

    def nearness(self, tree: "Tree[Token]", at: At) -> Condition | None:
        written = cast("Token", tree.children[0])
        points = re.fullmatch(r"(.*?)\s*points?", written)
        distance = self._number(points[1] if points else str(written), self._place(written))
        centre = self.expression(_branches(tree)[0])
        if distance is None or centre is None:
            return None
        if not points and distance.unit is not Unit.PERCENT:
            what = f"{quoted(written)} does not say of what"
            self._note(distance.at, "wrong-unit", what, "write `within 5% of …` or `within 5 points of …`")
            return None
        reach: Expression = (
            Number(distance.value, Unit.PERCENT, distance.at) if points else Share(distance, centre, distance.at)
        )
        actual = Fact("actual", alone=True, at=at)
        return And(
            (
                Comparison(">=", actual, Arithmetic("-", centre, reach, at), at),
                Comparison("<=", actual, Arithmetic("+", centre, reach, at), at),
            ),
            at,
        )

    def _for_periods(self, tree: "Tree[Token]") -> Condition | None:
        written = cast("Token", tree.children[-1])
        periods = int(written.split()[1])
        condition = self.condition(_branches(tree)[0])
        if not 2 <= periods <= MOST_PERIODS:
            self._note(
                self._place(written),
                "wrong-value",
                f"{quoted(written)} is not between 2 and {MOST_PERIODS} periods",
                "write `for 3 periods`, or leave it out for the present one alone",
            )
            return None
        return None if condition is None else ForPeriods(condition, periods, self._at(tree))

    def _comparison(self, tree: "Tree[Token]") -> Condition | None:
        left_tree, right_tree = _branches(tree)
        self._beside = tuple(str(fact.children[0]) for fact in tree.find_data("fact"))
        left, right = self.expression(left_tree), self.expression(right_tree)
        self._beside = ()
        if left is None or right is None:
            return None
        return Comparison(cast("Operator", str(tree.children[1])), left, right, self._at(tree))

    def _state(self, tree: "Tree[Token]") -> Condition | None:
        fact_tree, *tokens = tree.children
        fact = self._fact(cast("Tree[Token]", fact_tree))
        negations = sum(1 for token in cast("list[Token]", tokens) if token.type == "NOT")
        words = [token for token in cast("list[Token]", tokens) if token.type == "NAME"]
        word = " ".join(token.lower() for token in words)
        if fact is None:
            return None
        if isinstance(fact, ThresholdRef):
            self._note(fact.at, "unknown-word", f"`{fact.name}` is a threshold, and has no states", "compare it")
            return None
        known = self._vocabulary.names.words(fact.name)
        if negations and f"not {word}" in known:
            word, negations = f"not {word}", negations - 1
        # Ids of statuses may have capitals, which were lost above; `str` because words may be members of an enum.
        word = next((str(one) for one in known if one.lower() == word), word)
        if word not in known:
            what = f"nothing is ever {quoted(word)} of `{fact.name}`"
            cure = did_you_mean(word, sorted(known)) or "write one of its words, such as `missing`"
            self._note(self._place(words[0]), "unknown-word", what, cure)
            return None
        condition: Condition | None = Is(fact, word, self._at(tree))
        if cast("Token", tokens[-1]).type == "OR_WORSE":
            condition = self._or_worse(fact, word, self._at(tree))
        if condition is None:
            return None
        for _ in range(negations):
            condition = Not(condition, condition.at)
        return condition

    def _or_worse(self, fact: Fact, word: str, at: At) -> Condition | None:
        statuses = self._vocabulary.statuses
        if word not in statuses:
            self._note(at, "unknown-word", f"`{word}` has nothing worse", f"write `{fact.name} is {word}`")
            return None
        worse = tuple(Is(fact, status, at) for status in statuses[statuses.index(word) :])
        return worse[0] if len(worse) == 1 else Or(worse, at)

    # ---- expressions

    def expression(self, tree: "Tree[Token]") -> Expression | None:
        at = self._at(tree)
        match tree.data:
            case "number":
                return self._number(str(tree.children[0]), at)
            case "fact":
                return self._figure(tree)
            case "negative":
                operand = self.expression(_only_child(tree))
                if isinstance(operand, Number):
                    return Number(EXACT.minus(operand.value), operand.unit, at)
                return None if operand is None else Negative(operand, at)
            case _:
                left, right = (self.expression(branch) for branch in _branches(tree))
                if left is None or right is None:
                    return None
                if tree.data == "share_of":
                    return Share(left, right, at)
                return Arithmetic(ARITHMETIC[str(tree.data)], left, right, at)

    def _number(self, text: str, at: At) -> Number | None:
        if re.search(r"points?$", text):
            self._note(at, "bad-number", f"{quoted(text)} can't stand here", "points stand in `within 5 points of`")
            return None
        try:
            written = read_number(text)
            unit = written.unit or Unit.NUMBER
            value = as_unit(written, unit, bare_money_thousands=False)
        except NumberError as error:
            self._note(at, "bad-number", error.what, error.cure)
            return None
        return Number(shifted(value, 0), unit, at)

    def _figure(self, tree: "Tree[Token]") -> Expression | None:
        figure = self._fact(tree)
        if isinstance(figure, Fact) and self._vocabulary.is_word(figure):
            words = sorted(self._vocabulary.names.words(figure.name))
            example = next((word for word in words if word != "missing"), "missing")
            what = f"`{figure.name}` is a word, not a figure"
            self._note(figure.at, "wrong-unit", what, f"ask for it with `is`, such as `{figure.name} is {example}`")
            return None
        return figure

    def _fact(self, tree: "Tree[Token]") -> Fact | ThresholdRef | None:
        at, (name, *years) = self._at(tree), [str(token) for token in tree.children]
        if years:
            of_year = self._in_year(name, years[0], at)
            if of_year is None:
                return None
            name = of_year
        try:
            fact = self._vocabulary.resolve(name, self._beside)
        except UnknownNameError as error:
            if not error.follows:
                self._note(at, "unknown-name", error.what, error.cure)
            return None
        return ThresholdRef(name, at) if fact is None else Fact(fact.name, fact.alone, at)

    def _in_year(self, name: str, written: str, at: At) -> str | None:
        """The full name of a figure of one year, the year in the form of the fact sheet."""
        year = " ".join(written.lower().split()).removeprefix("in ")
        if not year[0].isalpha() and not re.fullmatch(r"\d{4}", year):
            try:
                year = read_year(year, starts_in=4)  # any month but January, whose years are written alone
            except PeriodError as error:
                what, _, cure = str(error).partition("; ")
                self._note(at, "bad-date", what, cure)
                return None
        full = f"{name} in {year}"
        if self._vocabulary.names.unit(full) is None and self._vocabulary.names.unit(name) is not None:
            if name.startswith("savings."):
                self._note(at, "bad-date", f"`{year}` is not a financial year", "write it as `in 2018/19`")
                return None
            self._note(at, "unknown-name", f"`{name}` is not kept by year", f"write `{name}` alone")
            return None
        return full

    # ---- places

    def _at(self, tree: "Tree[Token]") -> At:
        return self._source.place(tree.meta.start_pos)

    def _place(self, token: "Token") -> At:
        return self._source.place(token.start_pos or 0)

    def _note(self, at: At, code: str, what: str, cure: str) -> None:
        self.slips.append(Slip(at, code, what, cure))


def _branches(tree: "Tree[Token]") -> "list[Tree[Token]]":
    return [child for child in tree.children if not isinstance(child, str)]


def _only_child(tree: "Tree[Token]") -> "Tree[Token]":
    (child,) = _branches(tree)
    return child
