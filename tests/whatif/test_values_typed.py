"""Thresholds and values as they are typed behind --set and --sweep."""

import pytest

from engine.office import UsageError
from engine.rulebook.rules import Rulebook
from engine.whatif.candidates import read_setting, read_settings, read_sweep, shown
from tests.assessment.office import rulebook

RULES = """
thresholds:
  tolerance: {title: T, values: [{from: 2018-01, value: 10%, why: agreed, approved_by: PMO}]}
  reserve: {title: R, values: [{from: 2018-01, value: £50k, why: agreed, approved_by: PMO}]}
  wait: {title: W, values: [{from: 2018-01, value: 4 weeks, why: agreed, approved_by: PMO}]}
  visits: {title: V, values: [{from: 2018-01, value: 12, why: agreed, approved_by: PMO}]}
rules: []
"""


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return rulebook(RULES)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("tolerance=65%", "65%"),
        ("tolerance = 9.64%", "9.64%"),
        ("tolerance=0", "0%"),
        ("reserve=£1.2m", "£1.2m"),
        ("reserve=-£8k", "-£8k"),
        ("reserve=£12,345.50", "£12,345.5"),
        ("wait=1 week", "1 week"),
        ("visits=1320", "1,320"),
        ("visits=not set", "not set"),
    ],
)
def test_a_value_is_read_as_people_write_it(rules: Rulebook, typed: str, read: str) -> None:
    assert shown(read_setting(typed, rules)[1]) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("tolerance=50%..54%/1%", "50% 51% 52% 53% 54%"),
        ("tolerance=54%..50%/2%", "50% 52% 54%"),
        ("tolerance=0.5%..1%/0.2%", "0.5% 0.7% 0.9%"),
        ("reserve=£0k..£100k/£50k", "£0 £50k £100k"),
        ("reserve=-£1k..£1k/£1k", "-£1k £0 £1k"),
        ("wait=1..3/1 week", "1|2|3 weeks"),
        ("visits=1..3/1", "1 2 3"),
    ],
)
def test_a_range_is_read_from_the_least_value_on(rules: Rulebook, typed: str, read: str) -> None:
    found = [shown(value) for value in read_sweep(typed, rules)[1]]
    assert found == (["1 week", "2 weeks", "3 weeks"] if "|" in read else read.split())


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("tolerance", "names no threshold with a value; write it as tolerance=65%"),
        ("tolerance=", "names no threshold with a value"),
        ("=65%", "names no threshold with a value"),
        ("tolerence=65%", "there is no threshold `tolerence`; did you mean `tolerance`?"),
        ("tolerance=65", "this threshold is a percentage, and the number has no unit; write 65%"),
        ("tolerance=0.65", "the number has no unit; write 65%, or 0.65% if that is meant"),
        ("tolerance=£65", "this is a percentage, and what was written is money"),
        ("reserve=50", "50 has no unit, and this is money; write £50k for thousands or £50"),
        ("tolerance=about 5%", "is not exact"),
        ("tolerance=5%%", "is not a number"),
        ("visits=99999999999", "this is beyond 9,007,199,254"),
    ],
)
def test_what_can_not_be_tried_is_refused_in_a_sentence(rules: Rulebook, typed: str, words: str) -> None:
    with pytest.raises(UsageError, match=None) as refused:
        read_setting(typed, rules)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("tolerance=65%", "`65%` is no range; write it as 50%..70%/1%"),
        ("tolerance=50%..70%", "has no step"),
        ("tolerance=50%..70%/0%", "a step of nought"),
        ("tolerance=50%..70%/£1", "is in two units"),
        ("tolerance=£50..£70/£1", "this is a percentage, and what was written is money"),
        ("tolerance=50..70/1", "the number has no unit"),
        ("tolerance=50%..50%/1%", "is one value alone; try it with --set"),
        ("tolerance=0%..100%/0.1%", "has 1,001 values"),
        ("tolerance=0%..50%/0.1%", "has 501 values; take a larger step: 200 are the most"),
        ("tolerance=a..b/c", "is no range"),
        ("nothing=1..2/1", "there is no threshold `nothing`"),
    ],
)
def test_a_range_that_can_not_be_swept_is_refused_likewise(rules: Rulebook, typed: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_sweep(typed, rules)
    assert words in str(refused.value)


def test_a_threshold_has_one_value_at_a_time(rules: Rulebook) -> None:
    with pytest.raises(UsageError, match="`wait` is given two values"):
        read_settings(["wait=1 week", "visits=2", "wait=2 weeks"], rules)


def test_where_there_are_no_thresholds_that_is_said() -> None:
    with pytest.raises(UsageError, match="there is no threshold `x`; the rules have none"):
        read_setting("x=1", rulebook("rules: []"))
