"""Conditions that no figures make true, or false: what the solver says is held against every sheet of a small world."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.inference.plain import outcome
from engine.model.values import Quantity, Unit
from engine.rulebook.known import Known, known_of
from engine.rulebook.parser import read_condition
from engine.rulebook.rules import Rule
from engine.rulebook.slips import Source
from engine.rulebook.solver import Budget, Solver
from engine.rulebook.syntax import (  # fmt: skip
    NOWHERE,
    And,
    Arithmetic,
    Comparison,
    Condition,
    Expression,
    Fact,
    ForPeriods,
    Is,
    Not,
    Number,
    Or,
    Share,
    ThresholdRef,
)
from tests.rulebook.office import PORTFOLIO, SCHEME, words_of_subjects

KNOWN = known_of(PORTFOLIO, SCHEME)
SOLVER = Solver(KNOWN, {"limit": Quantity(Decimal(1), Unit.NUMBER), "tolerance": Quantity(Decimal(50), Unit.PERCENT)})


def condition(text: str) -> Condition:
    found, slips = read_condition(Source(text, NOWHERE), words_of_subjects())
    assert found is not None, slips
    return found


NEVER = """
delays > 5 and delays < 3
delays >= 5 and delays < 5
delays = 5 and delays != 5
delays = 1.5 and delays > 2
5 < delays and 3 > delays
delays > 5 and not (delays > 3)
delays > income.run and income.run > delays
delays > milestones.count and delays < 0
delays - delays.target > 3 and delays < delays.target
delays - income.run > 2 and income.run - delays > -1
2 * delays > 10 and delays <= 5
-delays > 5 and delays > -5
delays >= 50% of target and 2 * delays < delays.target
delays / income.run > 5 and delays / income.run < 3
delays / 2 > 4 and delays < 8
delays < 2 * income.run and delays.target > 3 * income.run and 3 * delays > 2 * delays.target and delays > 0 and delays < 9 and delays.target > 0 and delays.target < 9
delays < 80% of target and delays > 90% of target
delays < (100% - tolerance) of target and delays > 60% of target
recruitment < (100% - tolerance) of target and recruitment >= 50% of target
milestones.count < 0
milestones.count > 1 and milestones.count < 2
milestones.count = 1.5
milestones.slipped > milestones.count
projects.off_target > projects.count
projects.off_target_share > 100%
measures.missing < 0
delays.shortfall < 0%
delays.age < 0
status.held_for < 0
savings.shortfall < 0% or savings.shortfall in this year < -5%
delays is missing and delays > 5
delays is missing and delays.shortfall > 5%
delays is overdue and delays > 5
savings.at_risk is missing and savings.at_risk > £5
delays is missing and delays is not missing
delays is rising and delays is falling
delays is steady and delays is rising
lifecycle is live and lifecycle is closed
lifecycle is not live and lifecycle is not closed and lifecycle is not developing and lifecycle is not started and lifecycle is not monitored
status.previous is at_risk and status.previous is compromised
status.previous is on_target and status.previous is obstacles or worse
(delays > 5 and delays < 3) for 3 periods
delays > 5 and (delays < 3) for 2 periods
not ((delays > 3 or delays < 5) for 2 periods)
not (milestones.count >= 0)
(delays > 5 or income is missing) and delays < 3 and income > £1
""".strip().splitlines()  # noqa: E501 - a condition is one line

POSSIBLE = """
delays > 3 and delays < 5
delays >= 5 and delays <= 5
delays > 5 or delays < 3
delays > delays.target and delays < 90% of target + 1
delays < 80% of target and delays >= 80% of target + -1
delays <= 80% of target and delays >= 90% of target
delays.target < 0
delays < 0
income < -£5
income.weeks_to_recovery < 0 weeks
delays.run < -3
recruitment > 100%
savings.target < £0
savings.at_risk < £0
delays > 1 and delays < 2
milestones.count > 1 and milestones.count < 3
milestones.worst_slip > 1 week and milestones.worst_slip < 2 weeks
projects.off_target_share > 33% and projects.off_target_share < 34%
milestones.slipped > milestones.unmitigated
delays / 2 > 4 and delays < 9
delays >= 50% of target and 2 * delays < 1.5 * delays.target
delays * income.run > 5 and delays < 3 and income.run < 2
delays * delays < 0
delays / income.run > 5 and delays < 3
-delays > 5 and delays < -3
delays != 5 and delays > 7
delays != 5 and delays < 3
delays is missing and income > £5
delays is missing and delays.target > 5
delays is missing and delays.previous > 5
delays is rising and income is falling
delays is overdue and delays is missing
delays is not rising and delays is not falling and delays is not steady
not (lifecycle is live) and lifecycle is not closed
delays > 5 and (delays < 8) for 3 periods
(delays > 5) for 2 periods and not ((delays > 5) for 3 periods)
not ((delays > 5) for 2 periods) and delays > 6
projects.at_risk > projects.at_risk_or_worse - 1
""".strip().splitlines()


@pytest.mark.parametrize("text", NEVER)
def test_no_figures_make_it_true(text: str) -> None:
    assert not SOLVER.can_be(condition(text))
    assert not SOLVER.can_be(Not(condition(text)), False)


@pytest.mark.parametrize("text", POSSIBLE)
def test_some_figures_make_it_true(text: str) -> None:
    assert SOLVER.can_be(condition(text))


@pytest.mark.parametrize(
    "text",
    [
        "delays > 3 or delays < 5",
        "delays >= 3 or delays < 3",
        "delays is missing or delays is not missing",
        "delays is missing or delays < 3 or delays >= 3",
        "milestones.count >= 0",
        "projects.off_target_share <= 100%",
        "projects.off_target <= projects.count",
        "(delays > 3 or delays < 5) for 3 periods",
    ],
)
def test_no_figures_make_it_false(text: str) -> None:
    assert not SOLVER.can_be(condition(text), False)
    assert SOLVER.can_be(condition(text))


def test_a_target_that_is_agreed_below_nought_is_not_taken_to_be_above_it() -> None:
    odd = Solver(Known(frozenset(PORTFOLIO.measures), below_nought=frozenset(("delays",))))
    apart = "delays < 80% of target and delays > 90% of target"
    assert odd.can_be(condition(apart))
    assert not odd.can_be(condition(apart.replace("delays", "recruitment")))


def test_a_threshold_without_a_value_makes_nothing_true_or_false() -> None:
    bare = Solver(KNOWN)
    assert not bare.can_be(condition("income > limit"))
    assert not bare.can_be(condition("income > limit"), False)


@pytest.mark.parametrize("text", ["delays / 0 > 3", "delays / 0 + 1 > 3", "1 - delays / 0 > 3", "-(delays / 0) > 3"])
def test_what_divides_by_nought_is_neither_true_nor_false(text: str) -> None:
    assert not SOLVER.can_be(condition(text))
    assert not SOLVER.can_be(condition(text), False)


def test_what_would_take_too_long_is_left_undecided() -> None:
    each = " and ".join(f"(delays > {n} or income > £{n} or recruitment > {n}%)" for n in range(9))
    assert SOLVER.can_be(condition(f"{each} and delays < 0 and income < £0 and recruitment < 0%"))
    years = "(((milestones.count >= 0) for 24 periods) for 24 periods) for 24 periods"
    assert SOLVER.can_be(condition(years), False)


def test_what_has_more_inequalities_than_are_worth_comparing_is_left_undecided() -> None:
    def between(many: int) -> Condition:
        ns = range(1, many)
        each = (f"delays > {n} * income.run + {n} and delays < {n} * income.run - {n}" for n in ns)
        return And(tuple(map(condition, each)))

    assert not SOLVER.can_be(between(5))
    assert SOLVER.can_be(between(25))


def test_a_question_that_would_take_hours_is_left_undecided_and_the_next_is_answered() -> None:
    limits = Solver(KNOWN, budget=Budget(a_question=5_000))
    one, other = (
        condition(f"((delays > {n} or income > £{n}) for 3 periods) for 3 periods and recruitment > {n}%")
        for n in (3, 2)
    )
    assert not limits.implies(one, other)  # 512 ways of the one against 512 of the other
    assert limits.implies(condition("delays > 3"), condition("delays > 2"))
    assert not limits.budget.used_up


def test_once_all_steps_are_taken_nothing_is_decided_any_more() -> None:
    limits = Solver(KNOWN, budget=Budget(in_all=20))
    never = "delays > 5 and delays < 3"
    assert not limits.can_be(condition(never))
    assert [limits.can_be(condition(never)) for _ in range(9)][-1]
    assert limits.budget.used_up
    assert not limits.implies(condition("delays > 3"), condition("delays > 2"))


def test_what_was_decided_costs_nothing_to_ask_again() -> None:
    limits, never = Solver(KNOWN, budget=Budget(in_all=20)), condition("delays > 5 and delays < 3")
    assert not any(limits.can_be(never) for _ in range(50))
    assert not limits.budget.used_up


@pytest.mark.parametrize(
    ("one", "other", "follows"),
    [
        ("delays > 7", "delays > 5", True),
        ("delays > 5", "delays > 5", True),
        ("delays > 5", "delays >= 5", True),
        ("delays > 5", "delays != 5", True),
        ("delays >= 5 and delays <= 5", "delays = 5", True),
        ("2 * delays >= 10", "delays >= 5", True),
        ("2 * delays >= 10", "delays > 5", False),
        ("delays >= 5", "delays > 5", False),
        ("delays > 7", "delays > 5 or income is missing", True),
        ("delays > 7 and income > £5", "delays > 5", True),
        ("delays > 7", "delays > 5 and income > £5", False),
        ("delays > 7 or delays > 9", "delays > 5", True),
        ("delays > 5", "delays is not missing", True),
        ("delays < 80% of target", "delays < 90% of target", True),
        ("delays < delays.target - 3", "delays < delays.target", True),
        ("delays > 9 and delays < income.run and income.run < recruitment.run", "recruitment.run > 9", True),
        ("milestones.slipped > 3 and milestones.count > 0", "milestones.count > 2", True),
        ("delays > 7 or (income > £5 and income < £3)", "delays > 6", True),
        ("lifecycle is closed", "lifecycle is not live", True),
        ("delays is rising", "delays is not falling", True),
        ("(delays > 7) for 3 periods", "delays > 5", True),
        ("(delays > 7) for 3 periods", "(delays > 5) for 2 periods", True),
        ("(delays > 7) for 2 periods", "(delays > 7) for 3 periods", False),
        ("delays > 7", "(delays > 7) for 2 periods", False),
        ("delays is rising", "(delays is rising) for 2 periods", False),
        ("(delays is rising) for 2 periods", "(delays is not falling) for 2 periods", True),
        # what was due before differs with what is asked about
        ("(delays > 7 and income > £1) for 2 periods", "(delays > 7) for 2 periods", False),
        # what the other needs may be unknown
        ("delays > 7", "income > £5 or income <= £5", False),
        ("milestones.count is missing", "milestones.count >= 0", False),
        ("income is missing", "income.target is missing", False),
        # one way of the other has to do: two together are not looked for
        ("delays > 0", "delays < 5 or delays > 3", False),
    ],
)
def test_what_follows_from_a_condition(one: str, other: str, follows: bool) -> None:
    assert SOLVER.implies(condition(one), condition(other)) is follows


# ---- against every sheet of a small world

FIGURES = (None, "-2", "-1", "0", "0.5", "1", "2")
TARGETS = (None, "0", "1", "2")
COUNTS = ((None, None), ("0", "0"), ("1", "0"), ("2", "1"), ("2", "2"))
DELAYS, TARGET, COUNT, SLIPPED = "delays", "delays.target", "milestones.count", "milestones.slipped"


@dataclass(frozen=True)
class Small:
    """A sheet of the small world; what was before it is another of its sheets."""

    number: int
    figures: dict[str, Quantity]
    words: dict[str, str | None]

    def fact(self, fact: Fact) -> Quantity | None:
        return self.figures.get(fact.name)

    def holds(self, fact: Fact, word: str) -> bool | None:
        if word == "missing":
            return fact.name not in self.figures
        held = self.words[fact.name]
        return None if held is None else held == word

    def threshold(self, name: str) -> Quantity | None:
        return SOLVER.thresholds.get(name)

    def earlier(self, back: int, about: tuple[Fact, ...]) -> "Small":
        return WORLD[(self.number + 311 * back) % len(WORLD)]


def _world() -> Iterator[Small]:
    ways = product(FIGURES, TARGETS, COUNTS, ("live", "closed"), ("rising", "steady", None))
    for number, (delays, target, (count, slipped), lifecycle, movement) in enumerate(ways):
        given = {DELAYS: delays, TARGET: target, COUNT: count, SLIPPED: slipped}
        figures = {name: Quantity(Decimal(text), Unit.NUMBER) for name, text in given.items() if text is not None}
        yield Small(number, figures, {"lifecycle": lifecycle, DELAYS: movement if delays is not None else None})


WORLD = list(_world())


def _number(value: str) -> Number:
    return Number(Decimal(value), Unit.NUMBER)


_facts = st.sampled_from([Fact(name) for name in (DELAYS, TARGET, COUNT, SLIPPED)])
_numbers = st.sampled_from(["-1", "0", "0.5", "1", "2"]).map(_number)
_shares = st.sampled_from(["50", "100", "150"]).map(lambda of: Share(Number(Decimal(of), Unit.PERCENT), Fact(TARGET)))
_sides: st.SearchStrategy[Expression] = st.one_of(
    _facts,
    _numbers,
    _shares,
    st.just(ThresholdRef("limit")),
    st.builds(Arithmetic, st.sampled_from("+-"), _facts, _facts),
    st.builds(Arithmetic, st.sampled_from("*/"), _facts, _numbers),
    st.builds(Arithmetic, st.just("*"), _facts, _facts),
)
_operators = st.sampled_from(["<", "<=", ">", ">=", "=", "!="])
_leaves: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Comparison, _operators, _sides, _sides),
    st.builds(Is, st.just(Fact(DELAYS)), st.sampled_from(["missing", "rising", "steady", "falling"])),
    st.builds(Is, st.just(Fact(COUNT)), st.just("missing")),
    st.builds(Is, st.just(Fact("lifecycle")), st.sampled_from(["live", "closed"])),
)


def _grown(leaves: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    def more(below: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(below, min_size=2, max_size=4).map(tuple)
        return st.one_of(
            several.map(And),
            several.map(And),
            several.map(Or),
            below.map(Not),
            st.builds(ForPeriods, below, st.just(2)),
        )

    return st.recursive(leaves, more, max_leaves=8)


_conditions = _grown(_leaves)


def said_of(condition: Condition, world: list[Small] = WORLD) -> list[str | None]:
    rule = Rule("r", "R", frozenset(), of_measures=False, yields="remark", when=condition)
    return [outcome(rule, sheet) for sheet in world]


@given(_conditions)
@settings(max_examples=150)
def test_what_is_said_never_to_be_is_so_on_no_sheet(condition: Condition) -> None:
    never, always = not SOLVER.can_be(condition), not SOLVER.can_be(condition, False)
    if never or always:
        said = said_of(condition)
        assert not (never and "fires" in said)
        assert not (always and "quiet" in said)


@given(_conditions, _conditions)
@settings(max_examples=100)
def test_what_is_said_to_follow_does_so_on_every_sheet(one: Condition, other: Condition) -> None:
    for wider in (other, Or((one, other)), And((one, other))):
        if SOLVER.implies(one, wider):
            pairs = zip(said_of(one), said_of(wider), strict=True)
            assert all(wide == "fires" for narrow, wide in pairs if narrow == "fires")


_of_one_figure = _grown(
    st.builds(Comparison, _operators, st.just(Fact(DELAYS)), st.sampled_from(["-1", "0", "1"]).map(_number))
)
LINE = [
    Small(0, {DELAYS: Quantity(Decimal(half) / 2, Unit.NUMBER)}, {DELAYS: None, "lifecycle": None})
    for half in range(-4, 5)
]


@given(_of_one_figure.filter(lambda one: "ForPeriods" not in repr(one)))
@settings(max_examples=300)
def test_of_one_figure_everything_that_can_never_be_is_found(condition: Condition) -> None:
    """The numbers are -1, 0 and 1: what is true of any figure is true of one of these, halfway between or beyond."""
    said = said_of(condition, LINE)
    assert SOLVER.can_be(condition) == ("fires" in said)
    assert SOLVER.can_be(condition, False) == ("quiet" in said)
