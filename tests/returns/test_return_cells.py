"""Single cells, as a person sees them in a workbook or writes them in a CSV file."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.numbers import NumberError
from engine.model.values import Unit
from engine.model.workspace import TargetWord
from engine.periods import Months, Weeks
from engine.returns import cells
from engine.returns.cells import Cell, CellError, Uncalculated

MONTHLY = Months()


@pytest.mark.parametrize(
    ("value", "number_format", "unit", "read"),
    [
        # a percentage is what the cell shows
        (0.151, "0.0%", Unit.PERCENT, "15.1"),
        (0.5, "0%", Unit.PERCENT, "50"),
        (1.49, "0%;[Red]-0%", Unit.PERCENT, "149"),
        (15.1, "General", Unit.PERCENT, "15.1"),
        (0.151, "General", Unit.PERCENT, "0.151"),
        (0.151, '0.0"%"', Unit.PERCENT, "0.151"),  # a sign that is only painted on
        ("15.1%", "0.0%", Unit.PERCENT, "15.1"),
        # what Excel works out is what its fifteen digits say
        (0.1 + 0.2, "General", Unit.NUMBER, "0.3"),
        (1608.787, "#,##0", Unit.MONEY, "1608787"),
        # money is in thousands unless the cell shows a pound, or hides thousands
        (1320, "General", Unit.MONEY, "1320000"),
        (-4499, "#,##0;(#,##0)", Unit.MONEY, "-4499000"),
        (1320, "£#,##0", Unit.MONEY, "1320"),
        (1320.5, "[$£-809]#,##0.00", Unit.MONEY, "1320.5"),
        (1320.5, '_-"£"* #,##0.00_-;\\-"£"* #,##0.00_-', Unit.MONEY, "1320.5"),
        (1320000, "#,##0,", Unit.MONEY, "1320000"),
        (1320000, "#,##0,,", Unit.MONEY, "1320000"),
        (1320000, '£#,##0,"k"', Unit.MONEY, "1320000"),
        (1320, '£#,##0"k"', Unit.MONEY, "1320000"),
        (1.32, '£0.00"m"', Unit.MONEY, "1320000"),
        (1.32, "0.00\\m", Unit.MONEY, "1320000"),
        (0, "General", Unit.MONEY, "0"),
        # numbers
        (428, "#,##0", Unit.NUMBER, "428"),
        (52000, "#,##0,", Unit.NUMBER, "52000"),
        (31, '0 "homes"', Unit.NUMBER, "31"),
        (4, "[Blue]0.0", Unit.WEEKS, "4"),
        (65.0, "", Unit.NUMBER, "65"),
    ],
)
def test_a_number_is_read_as_its_cell_shows_it(value: object, number_format: str, unit: Unit, read: str) -> None:
    assert str(cells.number(Cell(value, number_format), unit)) == read


@pytest.mark.parametrize(
    ("value", "number_format", "unit", "says"),
    [
        (0.151, "0.0%", Unit.NUMBER, "this is a plain number, and what was written is a percentage"),
        (5, "£0", Unit.PERCENT, "this is a percentage, and what was written is money"),
        (5, "[$$-409]#,##0", Unit.MONEY, "the cell is formatted in $; format it in £, or type the sum in pounds"),
        (5, "#,##0\\ [$€-407]", Unit.MONEY, "the cell is formatted in €"),
        (True, "General", Unit.NUMBER, "this is TRUE, not a number"),
        (datetime(2019, 3, 1), "dd/mm/yyyy", Unit.NUMBER, "this is the date 1 March 2019, not a number"),  # noqa: DTZ001
        (time(12, 30), "hh:mm", Unit.NUMBER, "this is the time 12:30:00, not a number"),
        ("#DIV/0!", "0%", Unit.PERCENT, "the cell shows #DIV/0!; mend the formula or type the value"),
        ("#N/A", "", Unit.MONEY, "the cell shows #N/A"),
        ("#REF!", "", Unit.MONEY, "the cell shows #REF!"),
        (Uncalculated(), "", Unit.MONEY, "the formula has no result; open the workbook in Excel"),
        (1e300, "", Unit.NUMBER, "the number is too large to be right"),
        (float("inf"), "", Unit.NUMBER, "the number is too large to be right"),
        ("n/a", "", Unit.NUMBER, "'n/a' is not a number"),
    ],
)
def test_a_cell_that_holds_no_such_number_is_refused(value: object, number_format: str, unit: Unit, says: str) -> None:
    with pytest.raises((CellError, NumberError)) as error:
        cells.number(Cell(value, number_format), unit)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("to be set", TargetWord.TO_BE_SET),
        (" To  Be Set ", TargetWord.TO_BE_SET),
        ("UP", TargetWord.UP),
        ("down", TargetWord.DOWN),
    ],
)
def test_a_target_may_be_a_word(written: str, meant: TargetWord) -> None:
    assert cells.target(Cell(written), Unit.PERCENT) is meant


def test_a_target_that_is_neither_a_known_word_nor_a_number_is_refused() -> None:
    assert cells.target(Cell("80%"), Unit.PERCENT) == 80
    with pytest.raises(NumberError):
        cells.target(Cell("as high as possible"), Unit.PERCENT)


@pytest.mark.parametrize(
    "written",
    [
        "31/10/2019",
        "31/10/19",
        "31.10.2019",
        "31.10.19",
        "31-10-2019",
        "2019-10-31",
        "2019-10-31 00:00:00",
        "2019-10-31T00:00:00",
        "31 October 2019",
        "31st October 2019",
        "31 Oct 2019",
        "31-Oct-19",
        "31-oct-2019",
    ],
)
def test_a_day_is_written_day_first_or_year_first(written: str) -> None:
    assert cells.days(Cell(written), MONTHLY) == (date(2019, 10, 31), date(2019, 10, 31))


def test_a_day_in_numbers_is_never_month_first() -> None:
    assert cells.days(Cell("01/02/2019"), MONTHLY).first == date(2019, 2, 1)


@pytest.mark.parametrize("written", ["2019-11", "11/2019", "Nov 2019", "November 2019", "NOV. 2019", "Nov-2019"])
def test_a_month_is_its_first_and_last_day(written: str) -> None:
    assert cells.days(Cell(written), MONTHLY) == (date(2019, 11, 1), date(2019, 11, 30))


def test_september_is_also_sept() -> None:
    assert cells.days(Cell("30 Sept 2019"), MONTHLY).last == date(2019, 9, 30)


def test_a_period_is_its_first_and_last_day() -> None:
    assert cells.days(Cell("2019-Q1"), Months(3)) == (date(2019, 1, 1), date(2019, 3, 31))
    fortnights = Weeks(2, date(2016, 10, 31))
    assert cells.days(Cell("2016-10-31"), fortnights) == (date(2016, 10, 31), date(2016, 10, 31))


@pytest.mark.parametrize(
    ("value", "number_format", "first", "last"),
    [
        (datetime(2019, 2, 1), "dd/mm/yyyy", date(2019, 2, 1), date(2019, 2, 1)),  # noqa: DTZ001
        (datetime(2019, 2, 1, 16, 30), "dd/mm/yyyy hh:mm", date(2019, 2, 1), date(2019, 2, 1)),  # noqa: DTZ001
        # Excel turns a typed 2019-02 into the first of the month and shows it as Feb-19
        (datetime(2019, 2, 1), "mmm-yy", date(2019, 2, 1), date(2019, 2, 28)),  # noqa: DTZ001
        (datetime(2019, 2, 1), '[$-809]mmmm" d"\\ yyyy', date(2019, 2, 1), date(2019, 2, 28)),  # noqa: DTZ001
        (date(2020, 2, 29), "yyyy-mm-dd", date(2020, 2, 29), date(2020, 2, 29)),
    ],
)
def test_a_workbooks_date_is_a_day_or_the_month_it_is_shown_as(
    value: object, number_format: str, first: date, last: date
) -> None:
    assert cells.days(Cell(value, number_format), MONTHLY) == (first, last)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("early 2019", "`early 2019` is not a date; write a day as 31/10/2019 or 2019-10-31, a month as October 2019"),
        ("end of February", "is not a date"),
        ("2019", "is not a date"),
        ("10/31/2019", "there is no day 10/31/2019; write the day first: 31/10/2019, or 2019-10-31"),
        ("31/02/2019", "there is no day 31/02/2019"),
        ("2019-02-30", "there is no day 2019-02-30"),
        ("2019-13", "there is no month 2019-13"),
        ("13/2019", "there is no month 13/2019"),
        ("19-10-31", "`19-10-31` may begin with the day or the year; write the year in full"),
        ("Nov-19", "`Nov-19` may be a month or a day; write the year in full, as Nov 2019"),
        ("31 Octember 2019", "`Octember` is not a month"),
        ("31/10/0219", "the year of 31/10/0219 can't be right"),
        ("2109-10-31", "the year of 2109-10-31 can't be right"),
        ("31/10/2019" * 9, "is too long for a date"),
        (43769, "this is the number 43769, not a date"),
        (True, "this is TRUE, not a date"),
        (timedelta(days=3), "this is the time 3 days, 0:00:00, not a date"),
        (datetime(1900, 1, 5), "the year of 1900-01-05 can't be right"),  # noqa: DTZ001 - a small number shown as a date
        ("#VALUE!", "the cell shows #VALUE!"),
    ],
)
def test_a_date_that_can_be_misread_or_is_impossible_is_refused(value: object, says: str) -> None:
    with pytest.raises(CellError) as error:
        cells.days(Cell(value), MONTHLY)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("  two\n lines\u00a0here ", "two lines here"),
        ("zero\u200bwidth\x00\x07\ud800", "zerowidth"),
        (65, "65"),
        (65.0, "65"),
        (True, "TRUE"),
        (datetime(2019, 3, 1), "2019-03-01"),  # noqa: DTZ001
    ],
)
def test_words_are_tidied_and_figures_among_them_are_written_out(value: object, words: str) -> None:
    assert cells.text(Cell(value)) == words


@pytest.mark.parametrize(
    ("value", "blank"), [(None, True), ("", True), (" \u00a0\u200b", True), ("0", False), (0, False)]
)
def test_a_blank_cell_is_not_zero(value: object, blank: bool) -> None:
    assert Cell(value).blank is blank


anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.text("0123456789/-. OctNov", max_size=16)
    | st.datetimes()
    | st.dates()
    | st.times()
    | st.timedeltas()
    | st.just(Uncalculated())
)
formats = st.sampled_from(["", "General", "0.0%", "£#,##0", "#,##0,", "mmm-yy"]) | st.text(
    '0#?.,%£$;_*\\"[]-dmyk ', max_size=20
)


@given(anything, formats, st.sampled_from(Unit))
def test_whatever_a_cell_holds_it_is_read_or_refused_in_a_sentence(
    value: object, number_format: str, unit: Unit
) -> None:
    cell = Cell(value, number_format)
    if cell.blank:
        return
    for read in (
        lambda: cells.number(cell, unit),
        lambda: cells.target(cell, unit),
        lambda: cells.days(cell, MONTHLY),
        lambda: cells.text(cell),
    ):
        said = ("read", "as it is")
        try:
            found = read()
        except (CellError, NumberError) as error:
            said = (error.what, error.cure)
        else:
            said = (str(found), "as it is")
            assert not isinstance(found, Decimal) or found.is_finite()
        assert all(said), said
        assert "".join(said).encode()  # nothing that a mail or a database could not carry
