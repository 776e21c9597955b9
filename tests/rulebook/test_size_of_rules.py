"""How much a rule may ask of the engine of record."""

import pytest
from hypothesis import given

from engine.inference.lowering import lower_rule
from engine.model.workspace import Level
from engine.rulebook.branches import MOST_EACH_WAY, size_of, size_slips
from engine.rulebook.parser import read_condition
from engine.rulebook.rules import Rule
from engine.rulebook.slips import Source
from engine.rulebook.syntax import NOWHERE, Condition
from tests.rulebook.office import words_of_subjects
from tests.rulebook.trees import conditions


def condition(text: str) -> Condition:
    found, slips = read_condition(Source(text, NOWHERE), words_of_subjects())
    assert found is not None, slips
    return found


@pytest.mark.parametrize(
    ("text", "holds", "fails"),
    [
        ("delays > 5", 1, 1),
        ("income < income.target", 1, 1),
        ("delays > 5 and income > £1", 1, 2),
        ("delays > 5 or income > £1", 2, 1),
        ("not (delays > 5 or income > £1)", 1, 2),
        ("(delays > 5 or delays < 2) and (income > £1 or income is missing)", 4, 2),
        ("(delays > 5) for 3 periods", 1, 3),
        ("(delays > 5 or income > £1) for 3 periods", 8, 3),
        ("((delays > 5) for 3 periods) for 2 periods", 1, 6),
    ],
)
def test_alternatives_are_counted(text: str, holds: int, fails: int) -> None:
    assert size_of(condition(text)) == (holds, fails)


def test_what_is_just_small_enough_is_allowed() -> None:
    just = " or ".join(f"delays = {i}" for i in range(MOST_EACH_WAY))
    assert size_slips([condition(just)]) == []
    (slip,) = size_slips([condition(f"{just} or delays = 99")])
    assert slip.what == "this has too many alternatives (25)"


def test_bands_together_may_not_ask_too_much() -> None:
    fifteen, sixteen = (condition(" or ".join(f"delays = {i}" for i in range(many))) for many in (15, 16))
    assert size_slips([fifteen] * 3) == []  # 16 each, with the one way in which it fails
    (slip,) = size_slips([sixteen, fifteen, fifteen])
    assert (slip.code, slip.what) == ("too-complex", "this has too many alternatives (49)")
    assert (slip.at, slip.cure) == (sixteen.at, "split the rule")


def test_periods_inside_periods_are_counted_without_trying_them_all() -> None:
    text = "delays > 5 or income > £1"
    for _ in range(20):
        text = f"({text}) for 24 periods"
    (slip,) = size_slips([condition(text)])
    assert slip.what == "this has too many alternatives (1,000 or more)"


@given(conditions)
def test_what_is_allowed_can_be_held_by_the_engine_of_record(one: Condition) -> None:
    if size_slips([one]):
        return
    rule = Rule("r", "R", frozenset(Level), of_measures=False, yields="status", status="at_risk", when=one)
    assert lower_rule(rule).outcomes == ("fires", "quiet")  # it raises where a rule is too much
