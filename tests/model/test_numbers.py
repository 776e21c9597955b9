"""Numbers as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.numbers import NumberError, WrittenNumber, as_unit, read_number
from engine.model.values import Quantity, Unit, show

MONEY, PERCENT, WEEKS, NUMBER = Unit.MONEY, Unit.PERCENT, Unit.WEEKS, Unit.NUMBER


@pytest.mark.parametrize(
    ("written", "value", "unit"),
    [
        ("£1,320k", "1320000", MONEY),
        ("£1.2m", "1200000", MONEY),
        ("£1.5 million", "1500000", MONEY),
        ("£5 thousand", "5000", MONEY),
        ("£1,061.50", "1061.5", MONEY),
        ("-£8k", "-8000", MONEY),
        ("£-8k", "-8000", MONEY),
        ("- £ 8", "-8", MONEY),
        ("(£8k)", "-8000", MONEY),
        ("£(8k)", "-8000", MONEY),
        ("15.1%", "15.1", PERCENT),
        ("15.1 %", "15.1", PERCENT),
        ("-0.5%", "-0.5", PERCENT),
        ("4 weeks", "4", WEEKS),
        ("1 week", "1", WEEKS),
        ("(1,061)", "-1061", None),
        ("1,061", "1061", None),
        ("12,345,678.9", "12345678.9", None),
        ("\u22125", "-5", None),  # the minus of typesetters
        ("\u20135", "-5", None),  # a dash
        ("+5", "5", None),
        (".5", "0.5", None),
        ("1.50", "1.5", None),
        ("007", "7", None),
        ("-0", "0", None),
        ("\u00a0428\u2009", "428", None),  # spaces that Excel and web pages leave
        ("1.5M", "1500000", None),
        ("8 k", "8000", None),
        ("1320K", "1320000", None),
    ],
)
def test_a_number_is_read_exactly_as_people_write_it(written: str, value: str, unit: Unit | None) -> None:
    read = read_number(written)
    assert (str(read.value), read.unit) == (value, unit)


def test_k_and_m_are_remembered_since_they_say_that_a_sum_is_whole() -> None:
    assert read_number("1320k").scaled
    assert read_number("£1.2m").scaled
    assert not read_number("£1,320").scaled


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "there is no number; write one, such as 15.1%, £1,320k or 12"),
        ("   ", "there is no number"),
        ("1,32", "the commas in '1,32' don't part thousands"),
        ("15,1", "the commas in '15,1' don't part thousands"),
        ("1,3200", "don't part thousands"),
        ("0,123", "don't part thousands"),
        ("1,,320", "don't part thousands"),
        ("1 234", "'1 234' has a space inside; write one number without spaces, such as 1234 or 1,234"),
        ("10 20", "has a space inside"),
        ("about 5", "'about 5' is not exact; write the figure alone and the rest as a note"),
        ("at least 31", "is not exact"),
        (">4,000", "is not exact"),
        ("10 days", "'10 days' is in no unit that is read; write weeks, as 4 weeks, or the number alone"),
        ("~80%", "is not exact"),
        ("-", "'-' may mean nought or not known; write 0, or leave it blank where it isn't known"),
        ("\u2013", "may mean nought or not known"),
        ("1e5", "'1e5' is not a number; write it as 15.1%, £1,320k, (1,061) or 12"),
        ("inf", "is not a number"),
        ("NaN", "is not a number"),
        ("twelve", "is not a number"),
        ("not met", "is not a number"),
        ("5 people", "is not a number"),
        ("8km", "is not a number"),
        ("5.", "is not a number"),
        ("1.2.3", "is not a number"),
        ("£", "is not a number"),
        ("£k", "is not a number"),
        ("5k%", "is not a number"),
        ("$5", "is not a number"),
        ("5\u00b2", "is not a number"),  # five squared
        ("\u0663", "is not a number"),  # an Arabic three
        ("=1+1", "is not a number"),
        ("£5%", "'£5%' has two units"),
        ("£4 weeks", "has two units"),
        ("(-5)", "the signs in '(-5)' are not clear"),
        ("(5", "the signs in '(5' are not clear"),
        ("5)", "are not clear"),
        ("--5", "are not clear"),
        ("1" * 41, "is too long for a number"),
    ],
)
def test_what_is_not_one_number_alone_is_refused_in_a_sentence(written: str, says: str) -> None:
    with pytest.raises(NumberError) as error:
        read_number(written)
    assert says in str(error.value)
    assert str(error.value) == f"{error.value.what}; {error.value.cure}"


@pytest.mark.parametrize(
    ("written", "unit", "value"),
    [
        ("15.1", PERCENT, "15.1"),
        ("15.1%", PERCENT, "15.1"),
        ("0.151", PERCENT, "0.151"),
        ("1320", MONEY, "1320000"),
        ("-4499", MONEY, "-4499000"),
        ("79.434", MONEY, "79434"),
        ("0", MONEY, "0"),
        ("£1320", MONEY, "1320"),
        ("£1,320k", MONEY, "1320000"),
        ("1320k", MONEY, "1320000"),
        ("1.2m", MONEY, "1200000"),
        ("428", NUMBER, "428"),
        ("12k", NUMBER, "12000"),
        ("4", WEEKS, "4"),
        ("4 weeks", WEEKS, "4"),
    ],
)
def test_a_return_takes_bare_figures_in_the_measures_unit_and_bare_money_in_thousands(
    written: str, unit: Unit, value: str
) -> None:
    assert str(as_unit(read_number(written), unit, bare_money_thousands=True)) == value


@pytest.mark.parametrize(
    ("written", "unit", "says"),
    [
        ("£5", PERCENT, "this is a percentage, and what was written is money; write it as 15.1%"),
        ("£5", NUMBER, "this is a plain number, and what was written is money; write it as 12"),
        ("15.1%", MONEY, "this is money, and what was written is a percentage; write it as £1,320k"),
        ("15.1%", NUMBER, "this is a plain number, and what was written is a percentage"),
        ("4 weeks", NUMBER, "what was written is a number of weeks"),
        ("5k", PERCENT, "k and m are for money and numbers, and this is a percentage"),
        ("5k", WEEKS, "k and m are for money and numbers, and this is a number of weeks"),
    ],
)
def test_a_unit_that_is_not_the_measures_is_refused(written: str, unit: Unit, says: str) -> None:
    with pytest.raises(NumberError) as error:
        as_unit(read_number(written), unit, bare_money_thousands=True)
    assert says in str(error.value)


def test_where_bare_money_is_not_in_thousands_it_must_say_what_it_is() -> None:
    with pytest.raises(NumberError) as error:
        as_unit(read_number("-50"), MONEY, bare_money_thousands=False)
    assert str(error.value) == "-50 has no unit, and this is money; write -£50k for thousands or -£50"
    assert as_unit(read_number("0"), MONEY, bare_money_thousands=False) == 0
    assert as_unit(read_number("50k"), MONEY, bare_money_thousands=False) == 50_000


figures = st.decimals(min_value="-999999999999", max_value="999999999999", allow_nan=False, places=4)


@given(figures, st.sampled_from([("{}", None), ("{}%", PERCENT), ("£{}", MONEY), ("{} weeks", WEEKS)]))
def test_what_is_written_out_is_read_back_exactly(figure: Decimal, way: tuple[str, Unit | None]) -> None:
    form, unit = way
    plain, grouped = f"{figure:f}", f"{figure:,f}"
    for written in (form.format(plain), form.format(grouped)):
        assert read_number(written) == WrittenNumber(figure + 0, unit)
    size = f"{abs(figure):,f}"
    assert read_number(f"({form.format(size)})").value == -abs(figure)
    assert read_number(form.format(plain).replace("-", "\u2212")).value == figure


@given(st.text(max_size=50) | st.text("0123456789.,£%kmM()-+ \u00a0\u2212eE", max_size=20))
def test_whatever_is_written_is_a_finite_number_or_refused(written: str) -> None:
    try:
        read = read_number(written)
    except NumberError:
        return
    assert read.value.is_finite()
    assert any(sign in "0123456789" for sign in written)


def test_a_figure_too_large_to_be_compared_exactly_is_refused_and_the_largest_is_shown() -> None:
    largest = as_unit(read_number("£9,007,199,254"), Unit.MONEY, bare_money_thousands=True)
    assert show(Quantity(largest, Unit.MONEY)) == "£9,007.199m"
    for written in ("£9,007,199,255", "£1" + "0" * 31, "10,000m"):
        with pytest.raises(NumberError, match="beyond 9,007,199,254, the most that can be compared exactly"):
            as_unit(read_number(written), Unit.MONEY, bare_money_thousands=True)
