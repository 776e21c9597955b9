"""Figures as people write them."""

from decimal import Decimal

import pytest

from engine.model.values import EXACT, Quantity, Unit, show


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        (30, "30 days"),
        (28, "4 weeks"),
        (1, "1 day"),
        (-10, "-10 days"),
        (0, "0 weeks"),
    ],
)
def test_weeks_made_of_whole_days_are_shown_in_days(days: int, shown: str) -> None:
    assert show(Quantity(EXACT.divide(Decimal(days), Decimal(7)), Unit.WEEKS)) == shown


@pytest.mark.parametrize(
    ("weeks", "decimals", "shown"), [("4.3", None, "4.3 weeks"), ("8.5", 1, "8.5 weeks"), ("4", 1, "4.0 weeks")]
)
def test_weeks_that_somebody_wrote_stay_weeks(weeks: str, decimals: int | None, shown: str) -> None:
    assert show(Quantity(Decimal(weeks), Unit.WEEKS), decimals) == shown
