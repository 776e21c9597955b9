"""Which rules a threshold moves one way: only of these may values be skipped."""

import pytest

from engine.rulebook.rules import Rule
from engine.whatif.ways import names, one_way
from tests.whatif.made_up import declared


def the_rule(text: str) -> Rule:
    return declared([f"  - {{id: r, title: R, because: so it is, {text}}}\n"]).rulebook.rules[0]


@pytest.mark.parametrize(
    "condition",
    [
        "beds < limit of beds.target",
        "beds < (100% - limit) of beds.target",
        "not (beds.shortfall <= limit) or beds is missing",
        "beds.shortfall - limit > 5% and beds.change < 0",
        "beds.shortfall > 2 * limit",
        "limit / 2 < beds.shortfall",
        "(beds.shortfall > limit) for 3 periods",
        "(beds.shortfall > limit and beds.change < 0) for 3 periods or beds.age > 2",
    ],
)
def test_a_threshold_that_stands_once_in_an_inequality_moves_its_rule_one_way(condition: str) -> None:
    assert one_way(the_rule(f"for: projects, status: amber, when: {condition}"), "limit")


@pytest.mark.parametrize(
    "condition",
    [
        "beds.shortfall = limit",
        "beds.shortfall != limit",
        "beds.shortfall / limit > 2",
        "beds.shortfall > limit and beds.shortfall < 3 * limit",
        "beds.shortfall > limit + limit",
        "(beds < limit of beds.target) for 2 periods",  # a target may fall below nought
        "(beds.shortfall > limit + beds.shortfall) for 2 periods",
        "beds.shortfall > 5%",  # it does not name it
    ],
)
def test_elsewhere_every_value_has_to_be_tried(condition: str) -> None:
    assert not one_way(the_rule(f"for: projects, status: amber, when: {condition}"), "limit")


def test_a_ladder_is_moved_one_way_where_one_band_alone_names_the_threshold() -> None:
    one = "measure: rate, bands: {green: at least 90%, amber: at least limit, red: otherwise}"
    two = "measure: beds, bands: {green: at least limit of target, amber: above (limit - 5%) of target, red: otherwise}"
    assert one_way(the_rule(one), "limit")
    assert names(the_rule(two), "limit")
    assert not one_way(the_rule(two), "limit")


def test_what_clears_a_rule_is_looked_at_by_itself() -> None:
    rule = the_rule("for: projects, status: amber, when: beds.shortfall > 9%, clears: beds.shortfall = limit")
    assert not names(rule, "limit")
