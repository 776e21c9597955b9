"""CSV files as Excel, other programs and people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.returns import csvfiles
from engine.returns.csvfiles import read_csv
from tests.returns.small import HEADERS, read

TEXT = "subject,measure,actual,note\npayments,recouped,£1320k,“fine”\n"


def values(content: bytes) -> list[tuple[int, list[object]]]:
    table, problems = read_csv("measures", "owners/measures.csv", content)
    assert problems == []
    return [(number, [cell.value for cell in cells]) for number, cells in table.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_in_any_of_its_usual_forms(encoding: str, separator: str, line_end: str) -> None:
    content = TEXT.replace(",", separator).replace("\n", line_end).encode(encoding)
    assert values(content) == [
        (1, ["subject", "measure", "actual", "note"]),
        (2, ["payments", "recouped", "£1320k", "“fine”"]),
    ]


def test_the_separator_is_the_one_that_parts_the_header_wherever_it_stands() -> None:
    content = b"Return, for January, 2019\n\nsubject;measure;note\npayments;recouped;one, two, three\n"
    assert values(content)[-1] == (4, ["payments", "recouped", "one, two, three"])


def test_quoted_values_may_hold_separators_quotes_and_line_breaks() -> None:
    content = b'subject,measure,note\npayments,recouped,"a ""b"", c\nd"\ncare,moves,e\n'
    assert values(content)[1:] == [(2, ["payments", "recouped", 'a "b", c\nd']), (4, ["care", "moves", "e"])]


def test_a_line_separator_inside_a_cell_ends_no_row() -> None:
    found = read("measures", "payments,recruited,,1%,,,,,one\u2028two\x0bthree", "care,moves,,2,,,,,")
    assert [row.note for row in found.measures] == ["one two three", ""]


def test_a_short_row_has_blanks_at_its_end() -> None:
    found = read("measures", "payments,recruited,,15.1%")
    assert found.problems == []
    assert len(found.measures) == 1


def test_a_row_with_an_unquoted_thousands_comma_is_not_used_since_its_cells_have_moved() -> None:
    found = read("measures", "payments,recouped,,£1,734k,£1,769k,,,,", "care,moves,,34,,,,,")
    assert [row.subject for row in found.measures] == ["care"]
    assert [str(problem) for problem in found.problems] == [
        (
            "measures.csv, line 2: it has 11 cells under 9 columns, so it was not used; "
            'put a value that contains the separator in quotation marks: "£1,320k"'
        )
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (TEXT.encode("utf-16"), "the file is not plain text in UTF-8, so nothing was read; save it from Excel as"),
        (b"subject,measure\npay\0ments,x\n", "the file is not plain text in UTF-8"),
        (b"subject,measure\n\x81\x8d\xff\n", "the file's characters are neither UTF-8 nor Windows text"),
    ],
)
def test_a_file_that_is_no_text_is_one_problem(content: bytes, says: str) -> None:
    table, [problem] = read_csv("measures", "owners/measures.csv", content)
    assert table.rows == ()
    assert str(problem).startswith(f"owners/measures.csv: {says}")


def test_a_file_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvfiles, "MOST_BYTES", 1_000_000)
    _, [problem] = read_csv("measures", "m.csv", b"x" * 1_000_001)
    assert problem.what == "the file is larger than 1 MB, so nothing was read"
    assert problem.cure == "send the table alone: delete rows and columns that are none of it"


@pytest.mark.parametrize("tail", ['care,"moves,1\ncare,moves,2\n', f"care,moves,{'9' * 60_000}\n", 'care,"x"y,1\n'])
def test_from_a_broken_line_on_nothing_is_read_and_what_came_before_is_kept(tail: str) -> None:
    table, [problem] = read_csv("measures", "m.csv", f"subject,measure,actual\npayments,recruited,1\n{tail}".encode())
    assert len(table.rows) == 2
    assert str(problem).startswith("m.csv, line 3: from here on it can't be read")


def test_a_quotation_mark_left_open_over_many_lines_ends_the_reading() -> None:
    content = 'subject,measure,note\npayments,recruited,"' + "all\n" * 50_000
    table, [problem] = read_csv("measures", "m.csv", content.encode())
    assert len(table.rows) == 1
    assert problem.where == "line 2"


def test_many_lines_are_not_one_long_one() -> None:
    lines = "payments,recruited,a note of some length\n" * 5_000
    table, problems = read_csv("measures", "m.csv", f"subject,measure,note\n{lines}".encode())
    assert (len(table.rows), problems) == (5_001, [])


def test_too_many_rows_are_cut_off_with_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvfiles, "MOST_ROWS", 3)
    table, [problem] = read_csv("measures", "m.csv", b"subject,measure\n" + b"a,b\n" * 9)
    assert len(table.rows) == 3
    assert problem.where == "line 4"


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_bytes_a_file_has_it_is_read_or_is_a_problem(content: bytes) -> None:
    table, problems = read_csv("measures", "m.csv", HEADERS["measures"].encode() + b"\n" + content)
    assert table.rows or problems
