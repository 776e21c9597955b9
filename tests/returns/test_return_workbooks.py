"""Workbooks as Excel saves them, and those that nobody should open."""

import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from engine.model.problems import Problem
from engine.returns.hidden import hidden_in
from engine.returns.known import Known
from engine.returns.raw import RawTable
from engine.returns.tables import TablesRead, read_tables
from engine.returns.workbook import LIMITS, Limits, read_workbook
from tests.returns.small import HEADERS, PORTFOLIO, SCHEME, saved, workbook

MEASURES = HEADERS["measures"].split(",")
SAVINGS = HEADERS["savings"].split(",")


def tables(content: bytes, limits: Limits = LIMITS) -> tuple[list[RawTable], list[Problem]]:
    opened = read_workbook("owners.xlsx", content, limits)
    assert not isinstance(opened, Problem), opened
    return opened


def understood(content: bytes, limits: Limits = LIMITS) -> TablesRead:
    raw, problems = tables(content, limits)
    found = read_tables(raw, Known(PORTFOLIO, SCHEME, "owners"))
    return TablesRead(**{**vars(found), "problems": [*problems, *found.problems]})


def refused(content: bytes, limits: Limits = LIMITS) -> str:
    opened = read_workbook("owners.xlsx", content, limits)
    assert isinstance(opened, Problem)
    return str(opened)


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
SHEET = "xl/worksheets/sheet1.xml"


@cache  # a workbook holds the time it was made: each draw of a test must get the same bytes
def a_return() -> bytes:
    return workbook({"measures": [MEASURES, ["payments", "recruited", None, 15.1, "50%"]]})


def test_a_return_made_in_excel_is_read_as_it_looks() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Measures"
    sheet.append(["Return for January 2019"])
    sheet.append([])
    sheet.append([name.replace("_", " ").title() for name in MEASURES])
    sheet.append(
        ["Direct Payments", "recruited", None, 0.151, 0.5, None, date(2019, 1, 31), "Provisional", "slow\nmonth"]
    )
    sheet.append(["Direct Payments", "recouped", None, 1734, "£1.769m", 2081, date(2019, 1, 1)])
    sheet["D4"].number_format = sheet["E4"].number_format = "0.0%"
    sheet["G5"].number_format = "mmm-yy"
    found = understood(saved(book))
    assert found.problems == []
    recruited, recouped = found.measures
    assert (recruited.actual, recruited.target, recruited.as_of) == (Decimal("15.1"), Decimal(50), date(2019, 1, 31))
    assert (recruited.note, recruited.where) == ("slow month", "sheet Measures, row 4")
    assert (recouped.actual, recouped.target) == (Decimal(1_734_000), Decimal(1_769_000))
    assert recouped.as_of == date(2019, 1, 31)


def test_a_problem_names_the_sheet_and_the_cell() -> None:
    content = workbook({"savings": [SAVINGS, [], ["payments", "2018/19", "lots", None, None, True]]})
    found = understood(content)
    assert [(problem.file, problem.where, problem.subject) for problem in found.problems] == [
        ("owners.xlsx", "sheet savings, cell C3", "payments"),
        ("owners.xlsx", "sheet savings, cell F3", "payments"),
    ]


def test_a_cell_that_shows_an_error_is_a_problem_and_blank() -> None:
    content = workbook({"measures": [MEASURES, ["payments", "recruited", None, "#DIV/0!", "50%"]]})
    found = understood(content)
    assert (found.measures[0].actual, found.measures[0].target) == (None, Decimal(50))
    assert "cell D2: the cell shows #DIV/0!" in str(found.problems[0])


def test_a_formula_that_was_never_worked_out_is_a_problem_and_blank() -> None:
    content = workbook({"measures": [MEASURES, ["payments", "recruited", None, "=15+0.1", "50%"]]})
    found = understood(content)
    assert found.measures[0].actual is None
    assert "sheet measures, cell D2: the formula has no result" in str(found.problems[0])


def test_a_formula_that_gives_an_empty_text_is_a_blank_cell() -> None:
    content = workbook({"measures": [MEASURES, ["payments", "recruited", None, '=IF(A9="","",A9)', "50%"]]})
    worked_out = changed(content, SHEET, lambda xml: xml.replace(b'<c r="D2">', b'<c r="D2" t="str">'))
    assert worked_out != content
    found = understood(worked_out)
    assert (found.measures[0].actual, found.problems) == (None, [])


def test_a_formulas_stored_result_is_read() -> None:
    content = workbook({"measures": [MEASURES, ["payments", "recruited", None, "=15+0.1", "50%"]]})
    worked_out = changed(
        content, SHEET, lambda xml: xml.replace(b"<v />", b"<v>15.1</v>").replace(b"<v/>", b"<v>15.1</v>")
    )
    found = understood(worked_out)
    assert found.problems == []
    assert found.measures[0].actual == Decimal("15.1")


def test_sheets_for_people_and_empty_ones_are_passed_over() -> None:
    rows: list[list[object]] = [[*MEASURES], ["payments", "recruited", None, 15.1]]
    found = understood(workbook({"Guidance": [["Fill in"]], "measures": rows, "Notes": [["x"]], "Sheet1": []}))
    assert found.problems == []
    assert len(found.measures) == 1


def test_a_sheet_of_another_name_is_a_problem_that_suggests_the_tables_name() -> None:
    found = understood(workbook({"measure": [MEASURES, ["payments", "recruited", None, 15.1]], "savings": [SAVINGS]}))
    assert found.measures == []
    assert [str(problem) for problem in found.problems] == [
        "owners.xlsx, sheet measure: no table has this name, so the sheet was not read; did you mean `measures`?"
    ]


def test_a_hidden_sheet_is_not_read_and_says_so_where_it_is_a_table() -> None:
    book = Workbook()
    for title in ("measures", "lists"):
        sheet = book.create_sheet(title)
        sheet.append(MEASURES)
        sheet.sheet_state = "hidden"
    found = understood(saved(book))
    assert found.measures == []
    assert [problem.where for problem in found.problems] == ["sheet measures"]
    assert "hidden" in found.problems[0].what


def test_two_sheets_of_one_table_are_read_neither() -> None:
    found = understood(workbook({"measures": [MEASURES, ["payments", "recruited", None, 1]], "measures ": [MEASURES]}))
    assert found.measures == []
    assert "there are 2 sheets measures, so none of them was read" in str(found.problems[0])


def test_an_empty_workbook_is_a_problem() -> None:
    assert [problem.what for problem in tables(workbook({"Sheet1": []}))[1]] == ["no sheet has anything in it"]


def test_a_wrong_note_of_the_sheets_size_hides_no_rows() -> None:
    content = changed(a_return(), SHEET, lambda xml: xml.replace(b'<dimension ref="A1:I2"', b'<dimension ref="A1:A1"'))
    assert len(understood(content).measures) == 1


# ---- what is not opened


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "this is not an Excel workbook, or it is damaged, so nothing was read"),
        (b"subject,measure\n", "this is not an Excel workbook"),
        (b"PK\x03\x04 cut short", "this is not an Excel workbook"),
        (OLD_OFFICE, "the format of Excel 97 to 2003 (.xls), so nothing was read; save it"),
        (
            OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"),
            "the workbook has a password, so nothing was read; save it without one",
        ),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_one_problem(content: bytes, says: str) -> None:
    assert says in refused(content)


def test_a_zip_that_is_no_workbook_is_one_problem() -> None:
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("holiday.jpg", b"\xff\xd8")
    assert refused(held.getvalue()) == (
        "owners.xlsx: the workbook is damaged, so not all of it was read; "
        "open it in Excel and save it as a new workbook (.xlsx)"
    )


def test_a_zip_with_a_password_is_one_problem() -> None:
    content = bytearray(a_return())
    for mark, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = content.find(mark)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(mark, at + 4)
    assert "the workbook has a password" in refused(bytes(content))


def test_a_workbook_that_is_far_larger_inside_than_out_is_not_unpacked() -> None:
    bomb = changed(a_return(), SHEET, lambda xml: xml + b" " * 2_000_000)
    assert len(bomb) < 20_000
    assert "far larger inside than out" in refused(bomb, LIMITS._replace(unpacked=1_000_000))
    assert len(understood(bomb).measures) == 1


def test_a_workbook_of_too_many_parts_or_bytes_is_not_opened() -> None:
    assert "far larger inside" in refused(a_return(), LIMITS._replace(parts=3))
    assert "larger than 0 MB" in refused(a_return(), LIMITS._replace(packed=100))


def test_entities_that_swell_are_not_expanded() -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    swollen = changed(a_return(), SHEET, lambda xml: laughs + xml)
    assert "the workbook is damaged" in refused(swollen)


def test_too_many_rows_are_cut_off_with_a_problem() -> None:
    rows = [["payments", "recruited", str(number), 1] for number in range(20)]
    raw, problems = tables(workbook({"measures": [MEASURES, *rows]}), LIMITS._replace(rows=10))
    assert len(raw[0].rows) == 10
    assert str(problems[0]).startswith("owners.xlsx, sheet measures, row 11: there are more than 10 rows")


def test_a_cell_at_the_far_end_of_the_sheet_makes_no_rows_between() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "measures"
    sheet.append(MEASURES)
    sheet.append(["payments", "recruited", None, 15.1])
    sheet.cell(1_048_576, 1, "stray")
    sheet.cell(3, 16_384, "stray")
    raw, _ = tables(saved(book))
    assert [number for number, _ in raw[0].rows] == [1, 2, 1_048_576]


def test_a_row_is_read_though_its_first_cells_are_blank() -> None:
    found = understood(workbook({"measures": [MEASURES, [None, "recruited", None, 15.1], [None] * 8 + ["alone"]]}))
    assert [problem.where for problem in found.problems] == ["sheet measures, cell A2", "sheet measures, cell A3"]


def test_what_was_read_before_a_sheet_is_damaged_is_kept() -> None:
    rows = [["payments", "recruited", str(number), 1] for number in range(3000)]
    cut = changed(workbook({"measures": [MEASURES, *rows]}), SHEET, lambda xml: xml[: len(xml) // 2])
    raw, problems = tables(cut)
    assert 0 < len(raw[0].rows) < 3000
    assert [problem.what for problem in problems] == ["the sheet is damaged, so not all of it was read"]


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_workbook_is_read_in_part_or_is_a_problem(data: st.DataObject) -> None:
    content = bytearray(a_return())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    opened = read_workbook("owners.xlsx", bytes(content))
    if not isinstance(opened, Problem):
        read_tables(opened[0], Known(PORTFOLIO, SCHEME, "owners"))


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_workbook_with_a_damaged_sheet_is_read_in_part_or_is_a_problem(data: st.DataObject) -> None:
    def damage(xml: bytes) -> bytes:
        at = data.draw(st.integers(0, len(xml) - 1))
        return xml[:at] + data.draw(st.binary(max_size=6)) + xml[at + data.draw(st.integers(0, 6)) :]

    part = data.draw(st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]))
    opened = read_workbook("owners.xlsx", changed(a_return(), part, damage))
    if not isinstance(opened, Problem):
        read_tables(opened[0], Known(PORTFOLIO, SCHEME, "owners"))


# ---- what nobody sees


def unseen(*rows: int, columns: str = "", filled: int = 4) -> list[str]:
    """The problems of a sheet with a title, a header and some rows of figures, of which some are hidden."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "milestones"
    sheet.append(["What is to be done"])
    sheet.append(HEADERS["milestones"].split(","))
    for number in range(filled):
        sheet.append(["payments", f"step {number}", "2019-03-01"])
    for row in rows:
        sheet.row_dimensions[row].hidden = True
    for column in columns:
        sheet.column_dimensions[column].hidden = True
    found = understood(saved(book))
    assert len(found.milestones) == filled
    return [str(problem) for problem in found.problems]


@pytest.mark.parametrize(
    ("rows", "columns", "named"),
    [
        ((4,), "", "row 4 is hidden"),
        ((3, 4, 5), "", "rows 3 to 5 are hidden"),
        ((3, 5, 6), "C", "rows 3 and 5 to 6 and column C are hidden"),
        ((), "BC", "columns B to C are hidden"),
    ],
)
def test_hidden_rows_and_columns_are_read_and_named(rows: tuple[int, ...], columns: str, named: str) -> None:
    [problem] = unseen(*rows, columns=columns)
    assert problem == (
        f"owners.xlsx, sheet milestones: {named}, and read all the same; "
        "show what is hidden, or clear the filter, and delete what is not meant"
    )


def test_of_many_hidden_rows_the_first_are_named_and_the_others_counted() -> None:
    [problem] = unseen(*range(3, 23, 2), filled=20)
    assert "rows 3, 5, 7, 9, 11 and 5 more are hidden" in problem


def test_hidden_rows_and_columns_with_nothing_in_them_are_no_problem() -> None:
    assert unseen(1, 2, 40, columns="DEZ") == []


def test_a_sheet_that_leaves_out_the_numbers_of_its_rows_is_counted() -> None:
    hidden = hidden_in(b'<x:sheetData><x:row r="3"/><x:row spans="1:3" hidden="1"><c/></x:row><x:row hidden="0"/>')
    assert hidden == (frozenset({4}), frozenset())
    assert hidden_in(b"<cols><col min='2' max='3' hidden='true'/></cols>").columns == {2, 3}
    assert hidden_in(b'<cols><col min="2" max="3" collapsed="1"/></cols>').columns == frozenset()
