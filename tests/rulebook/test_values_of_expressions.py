"""What an expression comes to."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.values import Quantity, Unit
from engine.rulebook.parser import read_expression
from engine.rulebook.slips import Source
from engine.rulebook.syntax import NOWHERE, Arithmetic, Expression, Number, Share
from engine.rulebook.values import value_of
from tests.rulebook.office import words_of_subjects
from tests.rulebook.scopes import Sheet, quantity

SHEET = Sheet(
    {"income": "£6k", "income.target": "£28k", "recruitment": "15.1%", "recruitment.target": "50%", "delays": "4"},
    limits={"tolerance": "40%"},
)


def expression(text: str) -> Expression:
    found, slips = read_expression(Source(text, NOWHERE), words_of_subjects())
    assert found is not None, slips
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("income", "£6k"),
        ("-income", "-£6k"),
        ("income.target - income", "£22k"),
        ("90% of income.target", "£25.2k"),
        ("(100% - tolerance) of recruitment.target", "30%"),
        ("50% of 50% of income.target", "£7k"),
        ("income * 3", "£18k"),
        ("delays / 8 * income", "£3k"),
        ("income / 4", "£1.5k"),
        ("income.target / income * 6", "28"),
        ("recruitment / recruitment", "1"),
        ("income + 0", "£6k"),
        ("0 - income", "-£6k"),
    ],
)
def test_figures_are_worked_out_exactly_and_keep_their_unit(text: str, value: str) -> None:
    assert value_of(expression(text), SHEET) == quantity(value)


@pytest.mark.parametrize(
    "text", ["income.forecast", "income + income.forecast", "limit", "tolerance of income.forecast", "-income.forecast"]
)
def test_what_names_something_unknown_is_unknown(text: str) -> None:
    assert value_of(expression(text), SHEET) is None


@pytest.mark.parametrize("text", ["income / 0", "income / (delays - 4)", "0 / 0", "income / (income - £6k)"])
def test_dividing_by_nothing_is_unknown_and_no_crash(text: str) -> None:
    assert value_of(expression(text), SHEET) is None


_figures = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6)


@given(_figures, _figures)
def test_sums_and_shares_lose_no_digit(a: Decimal, b: Decimal) -> None:
    left, right = Number(a, Unit.MONEY), Number(b, Unit.MONEY)
    whole = value_of(Arithmetic("-", Arithmetic("+", left, right), right), Sheet())
    assert whole == Quantity(a, Unit.MONEY)
    share = value_of(Share(Number(a, Unit.PERCENT), right), Sheet())
    assert share is not None
    assert Fraction(share.value) == Fraction(a) * Fraction(b) / 100
