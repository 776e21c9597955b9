"""Signals: limits worked out by hand, each of the four rules just in and just out, and what holds of any series."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.facts.attributes import Series, given_history
from engine.facts.signals import SIGNAL, Limits, Reading, process_limits, read_signal, signals_in
from engine.model.values import Unit, plain, to_millionths
from engine.model.workspace import Measure, SeriesBreak
from tests.facts.made import book, figures, months, of_measure, one_project, row, sheet, shown

NUMBERS = Series(Unit.NUMBER)
SEE_SAW = "10 12 10 12 10 12 10 12 10 12 10 12"  # eleven steps of 2


def reading(actuals: str, series: Series = NUMBERS, settled: bool = True) -> Reading:
    return read_signal(given_history(figures(actuals)), series, settled=settled)


def words(found: Reading) -> tuple[set[str], set[str], str]:
    """The words that hold, those that can't be told, and why."""
    return set(found.holds), set(found.unknown), found.why


def limits(actuals: str) -> dict[str, str]:
    """To four places, as one works them out by hand."""
    return {name: plain(round(quantity.value, 4)) for name, quantity in reading(actuals).facts.items()}


def known(actuals: str) -> list[Decimal]:
    return [figure for figure in figures(actuals) if figure is not None]


# ---- the limits


def test_the_limits_lie_2_66_mean_moving_ranges_from_the_mean() -> None:
    # mean (6 x 10 + 6 x 12 + 11) / 13 = 11; ranges 11 x 2 + 1 = 23, mean 23/12 = 1.9167; 2.66 x 1.9167 = 5.0983
    assert limits(f"{SEE_SAW} 11") == {"mean": "11", "upper_limit": "16.0983", "lower_limit": "5.9017"}


def test_a_moving_range_far_above_the_others_is_dropped_before_the_limits_are_drawn() -> None:
    # ranges 11 x 2 + 18 = 40, mean 3.3333; 18 is more than 3.267 x 3.3333 = 10.89 and goes; the mean of the rest is 2
    # mean (6 x 10 + 6 x 12 + 30) / 13 = 12.4615; 2.66 x 2 = 5.32
    assert limits(f"{SEE_SAW} 30") == {"mean": "12.4615", "upper_limit": "17.7815", "lower_limit": "7.1415"}


@pytest.mark.parametrize(
    ("one_step", "last_step", "mean_range"),
    [
        ("734", "3266", "1000"),  # 8000 + 734 + 3266 is 12 x 1000, and 3266 is less than 3.267 x 1000
        ("733", "3267", "793.9091"),  # 3267 is 3.267 x 1000, and goes: 8733 / 11
    ],
)
def test_a_moving_range_of_3_267_times_the_mean_of_them_goes(one_step: str, last_step: str, mean_range: str) -> None:
    steps = [Decimal(800)] * 10 + [Decimal(one_step), Decimal(last_step)]
    rising = [sum(steps[:count], Decimal(0)) for count in range(13)]
    drawn = process_limits(rising)
    assert drawn is not None
    assert plain(round((drawn.upper - drawn.mean) / Decimal("2.66"), 4)) == mean_range


def test_ranges_are_dropped_once_and_not_again() -> None:
    # ranges 9 x 1 + 9 + 30 + 0 = 48, mean 4: 30 is above 13.068 and goes. The mean of the other eleven is 18/11, of
    # which the 9 is more than 3.267 times (5.35); it stays
    steps = [1, 1, 1, 1, 1, 1, 1, 1, 1, 9, 30, 0]
    rising = [Decimal(sum(steps[:count])) for count in range(13)]
    drawn = process_limits(rising)
    assert drawn is not None
    assert plain(round((drawn.upper - drawn.mean) / Decimal("2.66"), 4)) == plain(round(Decimal(18) / 11, 4))


def test_a_figure_that_moved_once_in_years_has_limits_of_some_width() -> None:
    moved_back = "10 10 10 10 10 10 10 10 10 10 10 20 10"
    # both ranges of 10 are far above their mean of 20/12 and would leave noughts alone; so they stay: 2.66 x 1.6667
    assert limits(moved_back) == {"mean": "10.7692", "upper_limit": "15.2026", "lower_limit": "6.3359"}
    assert reading(moved_back).holds == set()
    assert reading("10 10 10 10 10 10 10 10 10 10 10 10 20").why == "above the upper limit"


# ---- the four rules

AROUND_TEN = Limits(mean=Decimal(10), upper=Decimal(16), lower=Decimal(4))  # two thirds of the way: 14, and 6
CALM = "10 " * 10


@pytest.mark.parametrize(
    ("last", "signal"),
    [
        # beyond the limits
        ("10 10 16", ""),
        ("10 10 16.000001", "above the upper limit"),
        ("10 10 4", ""),
        ("10 10 3.999999", "below the lower limit"),
        ("16.1 10 10", ""),  # it was one, two periods ago
        # 7 figures on one side of the mean
        ("11 12 11 13 12 13 11", "7 figures in a row above the mean"),
        ("11 12 10 13 12 13 11", ""),  # one of the 7 is the mean itself
        ("12 11 13 12 13 11", ""),  # 6, and a 10 before
        ("9 8 9 7 8 7 9", "7 figures in a row below the mean"),
        ("9 8 9 7 8 7 9 10", ""),
        # 6 steps one way
        ("8 9 10 11 12 13 13.5", "6 rises in a row"),
        ("8 9 10 11 12 13 13", ""),  # the last is no step
        ("9.9 9.8 10 11 12 13 13.5", ""),  # 5 steps
        ("8 9 10 11 12 13 13.5 13.4", ""),
        ("13 12 11 10.5 9 8 7", "6 falls in a row"),
        ("13 12 11 11 9 8 7", ""),
        # 2 of the last 3 beyond two thirds of the way to a limit
        ("14.1 10 14.1", "2 of the last 3 figures near or above the upper limit"),
        ("10 14.1 14.1", "2 of the last 3 figures near or above the upper limit"),
        ("14 10 14.1", ""),  # one of them is on the line
        ("14.1 14.1 10", ""),  # the latest is neither
        ("14.1 10 10 14.1", ""),  # 2 of 4
        ("5.9 10 14.1", ""),  # on either side
        ("5.9 5.9 14.1", ""),
        ("5.9 14.1 5.9", "2 of the last 3 figures near or below the lower limit"),
        ("17 10 14.1", "2 of the last 3 figures near or above the upper limit"),  # one beyond is near as well
        # several at once
        ("14.5 10 17", "above the upper limit; 2 of the last 3 figures near or above the upper limit"),
    ],
)
def test_each_rule_just_in_and_just_out(last: str, signal: str) -> None:
    assert "; ".join(signals_in(known(CALM + last), AROUND_TEN)) == signal


def test_figures_are_compared_in_millionths_as_in_rules() -> None:
    assert signals_in(known(CALM + "10 10 16.0000004"), AROUND_TEN) == ()
    rising_by_nothing = " ".join(f"10.000000{digit}" for digit in range(1, 8))
    assert signals_in(known(CALM + rising_by_nothing), AROUND_TEN) == ()


# ---- from when on, and from where


def test_it_takes_thirteen_figures_to_tell() -> None:
    twelve, thirteen = reading(SEE_SAW), reading(f"{SEE_SAW} 11")
    assert twelve.facts == {}
    assert words(twelve) == (set(), {SIGNAL}, "needs 13 figures, has 12")
    assert words(thirteen) == (set(), set(), "")


def test_periods_without_a_figure_do_not_count() -> None:
    assert reading(f"{SEE_SAW} . . 11").facts == reading(f"{SEE_SAW} 11").facts
    assert reading("10 12 . " * 4 + "10").why == "needs 13 figures, has 9"


def test_without_a_figure_in_the_period_it_can_not_be_told_and_the_limits_stand() -> None:
    found = reading(f"{SEE_SAW} 30 .")
    assert words(found) == (set(), {SIGNAL}, "")
    assert found.facts == reading(f"{SEE_SAW} 30").facts


def test_a_break_in_the_series_starts_it_anew() -> None:
    broken = Series(Unit.NUMBER, begins=date(2018, 5, 1))  # the history begins in April 2018
    assert reading(f"99 {SEE_SAW}", broken).why == "needs 13 figures, has 12"
    assert reading(f"99 {SEE_SAW} 11", broken).facts == reading(f"{SEE_SAW} 11").facts


def test_a_series_that_has_not_settled_has_no_signals() -> None:
    found = reading(f"{SEE_SAW} 30", settled=False)
    assert words(found) == (set(), {SIGNAL}, "its series has not settled yet")


def test_a_signal_stands_on_the_sheet_with_the_limits() -> None:
    of = book(one_project(Measure(title="Count", unit=Unit.MONEY)), months("2018-01", f"{SEE_SAW} 30"))
    found = sheet(of, "p", "2019-01")
    assert SIGNAL in found.states["m"]
    assert of_measure(of, "2019-01").signal == "above the upper limit"
    assert found.facts["m.upper_limit"].unit is Unit.MONEY
    assert shown(found, "m.upper_limit")["m.upper_limit"][:7] == "17.7815"
    before = sheet(of, "p", "2018-12")
    assert SIGNAL in before.unknown_states["m"]
    assert "m.mean" not in before.facts
    assert of_measure(of, "2018-12").signal == "needs 13 figures, has 12"


def test_a_break_that_settles_later_keeps_a_measure_from_signals_until_then() -> None:
    broken = SeriesBreak.model_validate({"from": "2018-01", "why": "new system", "settles_after": "14 periods"})
    of = book(
        one_project(Measure(title="Count", unit=Unit.NUMBER, series=(broken,))),
        months("2017-12", f"500 {SEE_SAW} 30 10 40"),
    )
    assert {name: of_measure(of, name).signal for name in ("2018-12", "2019-01", "2019-03")} == {
        "2018-12": "needs 13 figures, has 12",
        "2019-01": "its series has not settled yet",
        "2019-03": "above the upper limit; 2 of the last 3 figures near or above the upper limit",
    }


def test_each_part_of_a_percentage_has_limits_of_its_own_and_the_whole_is_a_signal_if_one_is() -> None:
    share = Measure(title="Share", unit=Unit.PERCENT, parts=("North", "South"))
    returned = months("2018-01", f"{SEE_SAW} 11")
    pairs = zip(returned.items(), f"{SEE_SAW} 30".split(), f"{SEE_SAW} 11".split(), strict=True)
    of = book(
        one_project(share), {name: [row(north, "North"), row(south, "South")] for (name, _), north, south in pairs}
    )
    assert SIGNAL in of_measure(of, "2019-01", "North").states
    assert SIGNAL not in of_measure(of, "2019-01", "South").states
    assert SIGNAL in sheet(of, "p", "2019-01").states["m"]


# ---- what holds of any series

SOME_FIGURES = st.lists(st.integers(0, 1000), min_size=13, max_size=36)


def made_of(values: Sequence[int]) -> Reading:
    return read_signal(given_history([Decimal(value) for value in values]), NUMBERS)


def by_the_book(values: Sequence[int]) -> set[str]:
    """The four rules once more, in exact fractions and as plainly as they can be said."""
    steps = [Fraction(abs(b - a)) for a, b in pairwise(values)]
    usual = [step for step in steps if step < Fraction("3.267") * sum(steps) / len(steps)]
    if not any(usual):
        usual = steps
    mean, width = Fraction(sum(values), len(values)), Fraction("2.66") * sum(usual) / len(usual)
    away = [value - mean for value in values]
    found = set()
    for side, sign in (("above", 1), ("below", -1)):
        there = [sign * one for one in away]
        if there[-1] > width:
            found.add(f"beyond {side}")
        if all(one > 0 for one in there[-7:]):
            found.add(f"side {side}")
        if all(b > a for a, b in pairwise(there[-7:])):
            found.add(f"steps {side}")
        if there[-1] > width * 2 / 3 and sum(one > width * 2 / 3 for one in there[-3:]) >= 2:
            found.add(f"near {side}")
    return found


_TOLD = {
    "above the upper limit": "beyond above",
    "below the lower limit": "beyond below",
    "7 figures in a row above the mean": "side above",
    "7 figures in a row below the mean": "side below",
    "6 rises in a row": "steps above",
    "6 falls in a row": "steps below",
    "2 of the last 3 figures near or above the upper limit": "near above",
    "2 of the last 3 figures near or below the lower limit": "near below",
}


def told(found: Reading) -> set[str]:
    return {_TOLD[one] for one in found.why.split("; ")} if found.why else set()


@given(SOME_FIGURES)
def test_signals_are_those_by_the_book(values: list[int]) -> None:
    found = made_of(values)
    assert told(found) == by_the_book(values)
    assert (SIGNAL in found.holds) == bool(found.why)


@given(SOME_FIGURES, st.integers(-500, 500), st.integers(1, 50))
def test_signals_are_the_same_from_another_nought_and_in_another_measure(
    values: list[int], shift: int, scale: int
) -> None:
    assert made_of([value * scale + shift for value in values]).why == made_of(values).why


@given(SOME_FIGURES)
def test_turned_upside_down_what_was_above_is_below(values: list[int]) -> None:
    swap = {"above": "below", "below": "above"}
    mirrored = {f"{kind} {swap[side]}" for kind, side in (one.split() for one in told(made_of(values)))}
    assert told(made_of([-value for value in values])) == mirrored


@given(st.integers(-1000, 1000), st.integers(13, 36))
def test_what_never_moves_never_signals(value: int, count: int) -> None:
    found = made_of([value] * count)
    assert found.holds == set()
    assert {plain(quantity.value) for quantity in found.facts.values()} == {str(value)}


@given(SOME_FIGURES)
def test_the_mean_lies_half_way_between_the_limits(values: list[int]) -> None:
    facts = made_of(values).facts
    twice = facts["upper_limit"].value + facts["lower_limit"].value
    assert to_millionths(twice) == to_millionths(facts["mean"].value * 2)


def test_the_order_of_the_figures_matters() -> None:
    ordered = sorted(known(f"{SEE_SAW} 9"))
    assert read_signal(given_history(ordered), NUMBERS).holds == {SIGNAL}
    assert reading(f"{SEE_SAW} 9").holds == set()
