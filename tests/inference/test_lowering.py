"""A rule as the engine of record holds it: alternatives of plain comparisons."""

from decimal import Decimal

import pytest

from engine.inference.errors import LoweringError
from engine.inference.lowering import MOST_BRANCHES, MOST_OPERANDS, Literal, lower_rule, operands, too_large
from engine.model.values import Unit
from engine.rulebook.rules import Rule
from engine.rulebook.syntax import (
    And,
    Arithmetic,
    At,
    Condition,
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
from tests.inference.sheets import Sheet, compare, ladder, number, rule, sheet

ONE, TWO, THREE = 1_000_000, 2_000_000, 3_000_000
x, y, z = compare("x", "<", 1), compare("y", "<", 2), compare("z", "<", 3)


def branches(condition: Condition) -> tuple[list[str], list[str]]:
    """The alternatives in which a condition holds and those in which it fails, as text: "0<1 1<2"."""
    (lowered,) = lower_rule(rule(condition)).conditions
    return (
        [" ".join(map(text, branch)) for branch in lowered.holds],
        [" ".join(map(text, branch)) for branch in lowered.fails],
    )


def text(literal: Literal) -> str:
    in_words = literal.right if literal.right < ONE else literal.right // ONE
    right = in_words if literal.constant else f"#{literal.right}"
    return f"#{literal.left}{literal.op}{right}"


def ways(asked: Rule) -> list[list[tuple[int, str]]]:
    """How far back each operand is, step by step: the periods, and the names that they are due periods of."""
    return [
        [(step.back, " ".join(fact.name for fact in step.about)) for step in operand.way]
        for operand in lower_rule(asked).operands
    ]


def test_a_comparison_is_one_alternative_and_its_contrary_another() -> None:
    assert branches(x) == (["#0<1"], ["#0>=1"])


@pytest.mark.parametrize(
    ("op", "contrary"), [("<", ">="), ("<=", ">"), (">", "<="), (">=", "<"), ("=", "!="), ("!=", "=")]
)
def test_each_comparison_has_its_contrary(op: Operator, contrary: Operator) -> None:
    assert branches(compare("x", op, 2)) == ([f"#0{op}2"], [f"#0{contrary}2"])


def test_or_is_split_and_and_is_not() -> None:
    assert branches(Or((x, y))) == (["#0<1", "#1<2"], ["#0>=1 #1>=2"])
    assert branches(And((x, y))) == (["#0<1 #1<2"], ["#0>=1", "#1>=2"])


def test_and_of_ors_is_every_choice() -> None:
    assert branches(And((Or((x, y)), z)))[0] == ["#0<1 #2<3", "#1<2 #2<3"]


def test_not_is_pushed_down_to_the_comparisons() -> None:
    assert branches(Not(And((x, Not(y))))) == (["#0>=1", "#1<2"], ["#0<1 #1>=2"])


def test_an_alternative_that_asks_for_more_than_another_is_left_out() -> None:
    assert branches(Or((x, And((x, y))))) == (["#0<1"], ["#0>=1"])
    assert branches(Or((x, x))) == (["#0<1"], ["#0>=1"])


def test_what_contradicts_itself_is_kept_for_it_may_be_unknown() -> None:
    assert branches(And((x, Not(x))))[0] == ["#0<1 #0>=1"]


def test_a_word_holds_as_one_and_does_not_as_something_else() -> None:
    assert branches(Is(Fact("x"), "missing")) == (["#0=1"], ["#0!=1"])


def test_for_three_periods_asks_for_each_of_them() -> None:
    three = rule(ForPeriods(x, 3))
    assert ways(three) == [[], [(1, "x")], [(2, "x")]]
    assert branches(ForPeriods(x, 3)) == (["#0<1 #1<1 #2<1"], ["#0>=1", "#1>=1", "#2>=1"])


def test_periods_within_periods_add_up() -> None:
    nested = rule(ForPeriods(And((x, ForPeriods(x, 2))), 2))
    assert ways(nested) == [[], [(1, "x")], [(2, "x")]]


def test_periods_within_periods_about_something_else_are_counted_by_themselves() -> None:
    nested = rule(ForPeriods(And((ForPeriods(y, 2), x)), 2))
    assert ways(nested) == [[], [(1, "y")], [], [(1, "x y")], [(1, "x y"), (1, "y")], [(1, "x y")]]


def test_brackets_in_brackets_in_brackets_go_back_step_by_step() -> None:
    twice = ForPeriods(And((y, ForPeriods(y, 2))), 2)
    nested = rule(ForPeriods(And((twice, x)), 2))
    assert ways(nested)[4:7] == [[(1, "x y")], [(1, "x y"), (1, "y")], [(1, "x y"), (2, "y")]]


def test_a_constant_on_the_left_changes_sides() -> None:
    assert branches(compare(number(1), "<", Fact("x"))) == (["#0>1"], ["#0<=1"])


def test_what_is_worked_out_of_constants_is_a_constant() -> None:
    tenth = Share(Number(Decimal(10), Unit.PERCENT), number(20))
    assert branches(compare("x", "<", tenth)) == (["#0<2"], ["#0>=2"])


def test_a_constant_that_is_too_large_is_a_figure_that_is_never_known() -> None:
    lowered = lower_rule(rule(compare("x", "<", "9007199254.740993")))
    assert operands(lowered, sheet({"x": 1})) == (ONE, None)


def test_the_same_figure_written_twice_is_one_operand() -> None:
    sums = [compare(Negative(Arithmetic("-", Fact("x", at=At(1, at)), Fact("y"))), "<", at) for at in (1, 2)]
    assert len(lower_rule(rule(Or(tuple(sums)))).operands) == 1
    others = [compare(Negative(Fact(name)), "<", 1) for name in "xy"]
    assert len(lower_rule(rule(Or(tuple(others)))).operands) == 2
    steps = ladder(("best", compare("x", ">=", 3)), ("good", compare("x", ">=", 2)), ("fair", None))
    assert len(lower_rule(steps).operands) == 1


def test_a_ladder_is_its_conditions_in_order_up_to_otherwise() -> None:
    lowered = lower_rule(ladder(("best", x), ("good", None), ("never", y)))
    assert (len(lowered.conditions), lowered.outcomes) == (1, ("best", "good"))
    assert lower_rule(ladder(("best", x), ("good", y))).outcomes == ("best", "good", "quiet")


def test_a_rule_is_lowered_once() -> None:
    one = rule(x)
    assert lower_rule(one) is lower_rule(one)


def test_operands_are_in_millionths_rounded_half_to_even() -> None:
    lowered = lower_rule(rule(And((x, y, z))))
    assert operands(lowered, sheet({"x": "0.0000005", "y": "0.0000015"})) == (0, 2, None)


def test_operands_of_earlier_periods_come_from_them() -> None:
    lowered = lower_rule(rule(ForPeriods(compare("x", "<", ThresholdRef("t")), 3)))
    assert operands(lowered, sheet({"x": 1}, {"x": 2}, t="3")) == (ONE, THREE, TWO, THREE, None, None)


def test_brackets_in_brackets_ask_the_periods_that_both_lead_to() -> None:
    lowered = lower_rule(rule(ForPeriods(And((ForPeriods(y, 2), x)), 2)))
    scope = sheet({"x": 1, "y": 1}, {"x": 2, "y": 2}, {"x": 3, "y": 3})
    assert operands(lowered, scope) == (ONE, TWO, ONE, TWO, THREE, TWO)


def test_a_word_is_one_zero_or_unknown() -> None:
    lowered = lower_rule(rule(Or(tuple(Is(Fact("x"), word) for word in ("missing", "explained", "overdue")))))
    words = Sheet(words=({("x", "missing"): True, ("x", "explained"): False},))
    assert operands(lowered, words) == (1, 0, None)


def test_a_figure_too_large_to_compare_is_unknown_and_named() -> None:
    asks = rule(And((x, ForPeriods(compare("y", "<", Fact("z")), 2), Is(Fact("w"), "missing"))))
    scope = sheet({"x": "9007199254.740992", "y": "9007199254.740993", "z": 1}, {"y": 1, "z": "-1E+30"})
    assert operands(lower_rule(asks), scope) == (2**53, None, ONE, ONE, None, None)
    assert too_large(asks, scope) == ("y", "z")
    assert too_large(asks, sheet({"x": 1})) == ()


def test_a_rule_may_have_as_many_alternatives_as_a_chunk_holds() -> None:
    most = rule(And(tuple(compare(f"x{n}", "<", n) for n in range(MOST_BRANCHES - 1))))
    (lowered,) = lower_rule(most).conditions
    assert len(lowered.holds) + len(lowered.fails) == MOST_BRANCHES


def test_a_rule_with_more_alternatives_is_refused_by_name() -> None:
    more = And(tuple(compare(f"x{n}", "<", n) for n in range(MOST_BRANCHES)))
    with pytest.raises(LoweringError, match=r"^The rule wide has 49 alternatives, more than 48; split it into"):
        lower_rule(rule(more, "wide"))


@pytest.mark.parametrize(("ors", "choices"), [(200, 2), (2, 30)])
def test_a_rule_whose_alternatives_multiply_is_refused_before_they_do(ors: int, choices: int) -> None:
    each = (Or(tuple(compare(f"x{n}{choice}", "<", n) for choice in range(choices))) for n in range(ors))
    with pytest.raises(LoweringError, match=r"^The rule many has more than 48 alternatives; split it"):
        lower_rule(rule(And(tuple(each)), "many"))


def test_a_rule_may_compare_as_many_figures_as_a_chunk_holds() -> None:
    # All but x is superfluous, so that the alternatives are few; the figures are needed all the same.
    most = [And((x, *(compare(f"y{ten}{n}", "<", n) for n in range(11)))) for ten in range(9)]
    assert len(lower_rule(rule(And(tuple(Or((x, many)) for many in most)))).operands) == MOST_OPERANDS


def test_a_rule_with_too_many_figures_is_refused_by_name() -> None:
    tens = [And((x, *(compare(f"y{ten}{n}", "<", n) for n in range(10)))) for ten in range(10)]
    many = And(tuple(Or((x, ten)) for ten in tens))
    with pytest.raises(LoweringError, match=r"^The rule long compares 101 figures, more than 100; split it"):
        lower_rule(rule(many, "long"))
