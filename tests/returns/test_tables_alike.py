"""What holds for every table of a return: its header, its columns, its places, and whatever may stand in it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.returns.cells import Cell
from engine.returns.known import Known
from engine.returns.raw import COLUMNS, MOST_ROWS, RawTable, column_letters
from engine.returns.tables import read_tables
from tests.returns.small import HEADERS, PORTFOLIO, SCHEME, read


def test_a_long_text_is_cut_and_says_so() -> None:
    found = read("measures", f"payments,recruited,,1%,,,,,{'word ' * 500}")
    assert len(found.measures[0].note) <= 2_000
    assert found.problems[0].what == "the text has 2,499 characters"


@pytest.mark.parametrize("table", COLUMNS)
def test_columns_may_stand_in_any_order_and_optional_ones_be_missing(table: str) -> None:
    cells = {
        "subject": "payments",
        "measure": "recruited",
        "year": "all",
        "milestone": "M",
        "kind": "floor",
        "status": "EO",
        "reason": "R",
    }
    names = [name for name in reversed(COLUMNS[table]) if name in cells and name not in ("note", "state")]
    raw = RawTable(table, f"{table}.csv", [(1, [Cell(n.title()) for n in names]), (2, [Cell(cells[n]) for n in names])])
    found = read_tables([raw], Known(PORTFOLIO, SCHEME, "pmo"))
    assert found.problems == []
    assert len(getattr(found, table)) == 1


def rows(*lines: str) -> RawTable:
    return RawTable(
        "measures",
        "m.csv",
        [(n, [Cell(c or None) for c in line.split(",")]) for n, line in enumerate(lines, 1)],
        "measures",
    )


def test_the_header_is_found_below_a_title_and_by_any_spelling() -> None:
    table = rows("Return for January", "", "SUBJECT,Measure,Actual,As of", "payments,recruited,15.1%,2019-01")
    found = read_tables([table], Known(PORTFOLIO, SCHEME, "pmo"))
    assert found.problems == []
    assert (found.measures[0].actual, found.measures[0].where) == (Decimal("15.1"), "sheet measures, row 4")


def test_an_unknown_column_is_left_out_with_a_problem() -> None:
    found = read_tables(
        [rows("subject,measure,actuals,colour", "payments,recruited,15%,red")], Known(PORTFOLIO, SCHEME, "pmo")
    )
    assert [row.actual for row in found.measures] == [None]
    assert [row.unread for row in found.measures] == [{"actual"}]  # that, and not a blank, is what is known of it
    assert [(problem.where, problem.what) for problem in found.problems] == [
        ("sheet measures, cell C1", "there is no column `actuals`, so it was not read"),
        ("sheet measures, cell D1", "there is no column `colour`, so it was not read"),
    ]
    assert found.problems[0].cure == "did you mean `actual`?"


def test_a_column_given_twice_is_read_from_neither() -> None:
    found = read_tables(
        [rows("subject,measure,actual,Actual", "payments,recruited,15%,16%")], Known(PORTFOLIO, SCHEME, "pmo")
    )
    assert [row.actual for row in found.measures] == [None]
    assert [row.unread for row in found.measures] == [{"actual"}]
    assert "there are 2 columns actual, so none of them was read" in str(found.problems[0])


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "there is no header row, so nothing was read; name the columns in the first row: subject, measure"),
        (["payments,recruited,15%"], "there is no header row"),
        (["subject,actual,note", "payments,15%,"], "row 1: there is no one column measure, so nothing was read"),
    ],
)
def test_a_table_without_its_needed_columns_is_one_problem(lines: list[str], says: str) -> None:
    found = read_tables([rows(*lines)], Known(PORTFOLIO, SCHEME, "pmo"))
    assert found.measures == []
    assert len(found.problems) == 1
    assert says in str(found.problems[0])


def test_a_cell_of_a_sheet_is_named_as_excel_names_it() -> None:
    assert [column_letters(index) for index in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]
    found = read_tables(
        [rows("subject,measure,part,actual", "payments,recruited,,many")], Known(PORTFOLIO, SCHEME, "pmo")
    )
    assert found.problems[0].where == "sheet measures, cell D2"


def test_hundreds_of_wrong_names_are_each_a_problem() -> None:
    found = read("measures", *(f"nobody_{number},recruited,,1%,,,,," for number in range(500)))
    assert len(found.problems) == 500
    assert MOST_ROWS > 500


words = st.sampled_from(
    [
        "payments",
        "care",
        "recruited",
        "used",
        "OT",
        "override",
        "2018/19",
        "15.1%",
        "£5k",
        "-",
        "",
        "all",
        "2019-01",
        "milestone X",
    ]
)
lines = st.lists(st.lists(words | st.text(max_size=8), max_size=10), max_size=6)


@given(st.sampled_from(sorted(COLUMNS)), lines)
def test_whatever_stands_in_a_table_rows_are_read_or_are_problems(table: str, found_lines: list[list[str]]) -> None:
    header = [Cell(name) for name in HEADERS[table].split(",")]
    raw = RawTable(
        table, f"{table}.csv", [(1, header), *((n, [Cell(c) for c in line]) for n, line in enumerate(found_lines, 2))]
    )
    found = read_tables([raw], Known(PORTFOLIO, SCHEME, "pmo"))
    filled = [line for line in found_lines if any(not Cell(cell).blank for cell in line)]
    assert len(getattr(found, table)) + len(found.problems) >= (1 if filled else 0)
    assert len(getattr(found, table)) <= len(filled)
    for problem in found.problems:
        assert problem.what
        assert problem.cure
