"""Thresholds in a unit that no rule asks for: told at their values, with what to write."""

import pytest

from tests.rulebook.office import rules_of

PERCENT, MONEY, NUMBER = "a percentage", "money", "a plain number"
BELOW = "recruitment < (100% - limit) of target"


def found(threshold: str, *whens: str) -> list[str]:
    """The faults of rules for projects that use the threshold `limit` (lines 4 and 5)."""
    rules = "".join(
        f"  - {{id: r{i}, title: R, for: projects, when: {when}, as: remark}}\n" for i, when in enumerate(whens)
    )
    _, faults = rules_of(f"thresholds:\n  limit:\n    title: T\n    {threshold}\nrules:\n{rules}")
    return [f"{fault.line}:{fault.column}: {fault.what}; {fault.cure}" for fault in faults]


def value(*written: str) -> str:
    return "values: [" + ", ".join(f"{{from: {2015 + i}-04, value: {one}}}" for i, one in enumerate(written)) + "]"


@pytest.mark.parametrize(
    ("written", "when", "used", "is_", "cure"),
    [
        ("40", BELOW, PERCENT, NUMBER, "write `40%`"),
        ("0.4", BELOW, PERCENT, NUMBER, "write `40%`, or `0.4%` if that little is meant"),
        ("0", "recruitment < limit", PERCENT, NUMBER, "write `0%`"),
        ("40", "recruitment.shortfall > limit", PERCENT, NUMBER, "write `40%`"),
        ("40", "income < limit of target", PERCENT, NUMBER, "write `40%`"),
        ("40", "recruitment.change < -limit", PERCENT, NUMBER, "write `40%`"),
        ("40", "income < limit", MONEY, NUMBER, "write `£40k` for thousands, or `£40`"),
        ("-40", "income < limit", MONEY, NUMBER, "write `-£40k` for thousands, or `-£40`"),
        ("4", "income.weeks_to_recovery > limit", "a number of weeks", NUMBER, "write `4 weeks`"),
        ("1", "income.weeks_to_recovery > limit", "a number of weeks", NUMBER, "write `1 week`"),
        ("5%", "delays > limit", NUMBER, PERCENT, "write `5`"),
        ("£4k", "recruitment < limit", PERCENT, MONEY, "write it as `60%`"),
        ("4%", "income < limit", MONEY, PERCENT, "write it as `£50k`, or `limit of …` in the rule"),
    ],
)
def test_a_threshold_in_a_unit_that_no_rule_asks_for_is_told_at_its_value(
    written: str, when: str, used: str, is_: str, cure: str
) -> None:
    assert found(value(written), when) == [f"5:37: `limit` is used as {used}, and this is {is_}; {cure}"]


def test_each_of_its_values_is_told_and_none_of_the_rules() -> None:
    rules = (BELOW, "recruitment.shortfall > limit", "delays > 5")
    assert found(value("40", "not set", "30"), *rules) == [
        "5:37: `limit` is used as a percentage, and this is a plain number; write `40%`",
        "5:98: `limit` is used as a percentage, and this is a plain number; write `30%`",
    ]


def test_the_unit_of_a_threshold_may_be_what_is_wrong() -> None:
    assert found("unit: number\n    " + value("not set"), BELOW) == [
        "5:11: `limit` is used as a percentage, and this is a plain number; write `unit: percent`"
    ]


def test_a_threshold_that_rules_use_in_several_ways_is_told_where_it_does_not_fit() -> None:
    kind = "`limit` is a plain number; write a percentage, such as `60%`, or a threshold that is one"
    assert found(value("40"), "recruitment < limit", "delays > limit") == [
        f"7:59: `recruitment` is a percentage, {kind}"
    ]
    assert [one.partition(":")[0] for one in found(value("40"), "recruitment < limit", "income > limit")] == ["7", "8"]


def test_two_thresholds_in_one_sum_are_both_told() -> None:
    text = """
thresholds:
  first: {title: T, values: [{from: 2018-04, value: 30}]}
  second: {title: T, values: [{from: 2018-04, value: 10}]}
rules:
  - {id: one, title: R, for: projects, when: recruitment < (100% - first - second) of target, as: remark}
"""
    _, faults = rules_of(text)
    assert [(fault.line, fault.cure) for fault in faults] == [(4, "write `30%`"), (5, "write `10%`")]


def test_a_slip_that_is_not_of_the_threshold_stays_where_it_is() -> None:
    (fault,) = found(value("40%"), "recruitment < 60 and recruitment.shortfall > limit")
    assert fault == "7:59: `recruitment` is a percentage, `60` is a plain number; write `recruitment < 60%`"
