"""What a measure's own history says of it, in small tables of months and figures."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.facts.attributes import (
    Explanation,
    Lifetime,
    Point,
    Series,
    given_history,
    measure_attributes,
    movement_words,
)
from engine.facts.names import MEASURE_ATTRIBUTES
from engine.model.values import Quantity, Unit, plain
from engine.model.workspace import Better
from tests.facts.made import figures, month

HIGHER = Series(Unit.NUMBER, Better.HIGHER)
LOWER = Series(Unit.NUMBER, Better.LOWER)
ADDS_UP = Series(Unit.NUMBER, Better.HIGHER, adds_up=True)


def words(facts: Mapping[str, Quantity], better: Better | None, settled: bool = True) -> tuple[set[str], set[str]]:
    holds, unknown = movement_words(facts, better, settled=settled)
    return set(holds), set(unknown)


def attributes(actuals: str, targets: str = "", series: Series = HIGHER) -> dict[str, str]:
    facts = measure_attributes(given_history(figures(actuals), figures(targets)), series)
    return {name: plain(quantity.value) for name, quantity in facts.items()}


@pytest.mark.parametrize(
    ("actual", "target", "series", "expected"),
    [
        ("15.1", "50", HIGHER, "69.8"),
        ("6", "28", HIGHER, "78.57142857"),
        ("428", "402", HIGHER, "0"),
        ("50", "50", HIGHER, "0"),
        ("0.7", "0.5", LOWER, "40"),
        ("0.4", "0.5", LOWER, "0"),
        ("-12", "-10", HIGHER, "20"),
        ("0", "0", HIGHER, "0"),
        ("5", "0", HIGHER, "0"),
    ],
)
def test_a_shortfall_is_per_cent_of_the_target_on_its_wrong_side(
    actual: str, target: str, series: Series, expected: str
) -> None:
    assert attributes(actual, target, series)["shortfall"][:11] == expected


@pytest.mark.parametrize(("actual", "series"), [("5", LOWER), ("0.01", LOWER), ("-1", HIGHER)])
def test_a_target_of_nought_is_met_or_missed_wholly(actual: str, series: Series) -> None:
    assert attributes(actual, "0", series)["shortfall"] == "100"
    assert attributes(actual, "0", series)["variance"] == actual


def test_a_measure_without_a_direction_has_a_variance_and_no_shortfall() -> None:
    facts = attributes("5", "7", Series(Unit.NUMBER))
    assert facts["variance"] == "-2"
    assert "shortfall" not in facts


@pytest.mark.parametrize(
    ("actuals", "previous", "two_back", "change"),
    [
        ("522 475 516", "475", "522", "41"),
        ("522 . 516", "522", None, "-6"),
        ("522 475 .", "475", "522", None),
        ("516", None, None, None),
        (". . 516", None, None, None),
    ],
)
def test_previous_is_the_last_figure_that_was_reported(
    actuals: str, previous: str | None, two_back: str | None, change: str | None
) -> None:
    facts = attributes(actuals)
    assert (facts.get("previous"), facts.get("two_back"), facts.get("change")) == (previous, two_back, change)


@pytest.mark.parametrize(
    ("actuals", "run"),
    [
        ("70 75 80 85", "3"),
        ("90 85", "-1"),
        ("90 85 86", "1"),
        ("90 85 85", "0"),
        ("85 85 86 87", "2"),
        ("70 . 75 80", "2"),
        ("70", None),
        ("70 75 .", None),
    ],
)
def test_a_run_counts_the_changes_that_went_one_way(actuals: str, run: str | None) -> None:
    assert attributes(actuals).get("run") == run


@pytest.mark.parametrize(("actuals", "age"), [("1 2 3", "0"), ("1 2 .", "1"), ("1 . .", "2"), (". . .", None)])
def test_the_age_of_a_figure_is_counted_in_periods(actuals: str, age: str | None) -> None:
    assert attributes(actuals).get("age") == age


def test_last_year_is_the_same_month_a_year_ago() -> None:
    assert attributes("10 " + "1 " * 11 + "12")["last_year"] == "10"
    assert "last_year" not in attributes(". " + "1 " * 11 + "12")
    assert "last_year" not in attributes("1 " * 11 + "12")


@pytest.mark.parametrize(
    ("actuals", "targets", "to_date", "target_to_date"),
    [
        ("80 80 80 80 120", "100", "440", "500"),
        ("300 50", "300 50", "350", "350"),
        ("80 . 80", "100", None, "300"),
        ("80 80 .", "100", None, "300"),
        ("80 80", "100 .", "160", None),
        ("9 " * 12 + "5 6", "1", "11", "2"),
    ],
)
def test_the_year_to_date_is_known_when_each_of_its_months_is(
    actuals: str, targets: str, to_date: str | None, target_to_date: str | None
) -> None:
    facts = attributes(actuals, targets, ADDS_UP)
    assert (facts.get("to_date"), facts.get("target_to_date")) == (to_date, target_to_date)


def test_only_what_adds_up_has_a_year_to_date() -> None:
    assert "to_date" not in attributes("80 80", "100")


def test_nothing_looks_past_the_break_of_a_series() -> None:
    broken = Series(Unit.NUMBER, Better.HIGHER, begins=date(2018, 6, 1))
    facts = attributes("517 518 954", series=broken)
    assert facts == {"actual": "954", "age": "0"}
    assert attributes("517 518 954 960", series=broken)["previous"] == "954"


def test_a_year_to_date_does_not_add_what_was_counted_otherwise() -> None:
    broken = Series(Unit.NUMBER, adds_up=True, begins=date(2018, 6, 1))
    assert "to_date" not in attributes("5 5 7 7", series=broken)
    assert attributes(". . 7 7", series=broken)["to_date"] == "14"


@pytest.mark.parametrize(
    ("period", "as_of", "line"),
    [
        ("2019-09", date(2019, 8, 31), 1_500_000),  # five twelfths, in a leap year too
        ("2019-09", None, 1_800_000),
        ("2019-04", date(2019, 4, 15), 150_000),
        ("2020-02", date(2020, 2, 29), 3_300_000),
        ("2020-03", None, 3_600_000),
    ],
)
def test_the_straight_line_goes_by_twelfths_and_within_a_month_by_days(
    period: str, as_of: date | None, line: int
) -> None:
    point = Point(month(period), year_target=Decimal(3_600_000), as_of=as_of)
    found = measure_attributes([point], Series(Unit.MONEY, Better.HIGHER))["linear_target"]
    assert found == Quantity(Decimal(line), Unit.MONEY)


@pytest.mark.parametrize(
    ("then", "line"), [("2017-03", None), ("2017-04", "3"), ("2018-03", "36"), ("2019-03", "72"), ("2019-05", "72")]
)
def test_a_lifetimes_target_is_held_to_the_months_of_the_lifetime(then: str, line: str | None) -> None:
    lifetime = Lifetime(Decimal(72), date(2017, 4, 1), date(2019, 3, 31))
    facts = measure_attributes([Point(month(then), lifetime=lifetime)], HIGHER)
    assert facts["lifetime_target"] == Quantity(Decimal(72), Unit.NUMBER)
    assert facts.get("linear_target") == (None if line is None else Quantity(Decimal(line), Unit.NUMBER))


def test_where_a_year_has_a_target_too_the_line_leads_to_the_years_end() -> None:
    lifetime = Lifetime(Decimal(80), date(2017, 4, 1), date(2019, 3, 31))
    point = Point(month("2018-03"), year_target=Decimal(30), lifetime=lifetime)
    assert measure_attributes([point], HIGHER)["linear_target"].value == 30


@pytest.mark.parametrize(
    ("recovery_by", "actuals", "days"),
    [
        (date(2018, 9, 28), "30", 28),
        (date(2018, 9, 30), "30 30", 0),  # still holds on its last day
        (date(2018, 9, 30), "30 30 30", -31),  # passed, and not recovered
        (date(2018, 9, 30), "30 . .", -31),
        (date(2018, 9, 30), "30 41 30", None),  # it had recovered: the old promise is spent
        (date(2018, 10, 31), "30 41", 31),  # recovered early: the explanation still stands
        (None, "30 30", None),
    ],
)
def test_the_weeks_to_recovery_run_from_the_end_of_the_period(
    recovery_by: date | None, actuals: str, days: int | None
) -> None:
    periods = map(month, ("2018-08", "2018-09", "2018-10"))
    history = [Point(period, actual, Decimal(40)) for actual, period in zip(figures(actuals), periods, strict=False)]
    facts = measure_attributes(history, HIGHER, explanation=Explanation(month("2018-08"), recovery_by))
    weeks = facts.get("weeks_to_recovery")
    assert (weeks and round(weeks.value * 7, 20)) == days
    assert weeks is None or weeks.unit is Unit.WEEKS


@pytest.mark.parametrize(
    ("actuals", "target", "series", "holds"),
    [
        ("85 90", "100", HIGHER, {"off target", "rising"}),
        ("85 90", "80", HIGHER, {"rising"}),
        ("90 85", "80", LOWER, {"off target", "falling"}),
        ("90 90", "90", LOWER, {"steady"}),
    ],
)
def test_a_figure_is_off_target_or_not_and_goes_one_way(
    actuals: str, target: str, series: Series, holds: set[str]
) -> None:
    facts = measure_attributes(given_history(figures(actuals), figures(target)), series)
    assert words(facts, series.better) == (holds, set())


def test_what_can_not_be_told_is_unknown() -> None:
    movements = {"rising", "falling", "steady"}
    one = measure_attributes(given_history([Decimal(5)], [Decimal(6)]), HIGHER)
    assert words(one, Better.HIGHER) == ({"off target"}, movements)
    assert words(one, None) == (set(), movements | {"off target"})
    two = measure_attributes(given_history(figures("5 6")), HIGHER)
    assert words(two, Better.HIGHER) == ({"rising"}, {"off target"})
    assert words(two, Better.HIGHER, settled=False) == (set(), movements | {"off target"})


amounts = st.none() | st.decimals(-(10**12), 10**12, places=3)


@given(
    st.lists(amounts, min_size=1, max_size=30),
    amounts,
    st.sampled_from([None, *Better]),
    st.booleans(),
    st.none() | st.dates(date(2018, 1, 1), date(2021, 1, 1)),
    st.none() | st.dates(date(2017, 1, 1), date(2022, 1, 1)),
)
def test_any_history_gives_attributes_of_known_names_and_units(
    actuals: list[Decimal | None],
    target: Decimal | None,
    better: Better | None,
    adds_up: bool,
    begins: date | None,
    recovery_by: date | None,
) -> None:
    history = given_history(actuals, [target])
    series = Series(Unit.MONEY, better, adds_up, begins=begins)
    explanation = Explanation(history[len(history) // 2].period, recovery_by)
    facts = measure_attributes(history, series, explanation=explanation)
    for name, quantity in facts.items():
        assert quantity.unit is (MEASURE_ATTRIBUTES[name] or Unit.MONEY)
        assert quantity.value.is_finite()
    assert ("actual" in facts) == (actuals[-1] is not None)
    holds, unknown = movement_words(facts, better)
    assert not holds & unknown
