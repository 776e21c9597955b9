"""What lies in the returns folder, and what of it is read."""

import os
import sys
from pathlib import Path

import pytest

from engine.model.problems import Problem
from engine.returns.folder import FoundReturn, contents, find_returns, read_return
from engine.returns.workbook import LIMITS
from tests.returns.small import HEADERS, PORTFOLIO, SCHEME, only, portfolio_with, workbook, write

MEASURES = f"{HEADERS['measures']}\npayments,recruited,,15.1%,,,,,\n"
ROWS: list[list[object]] = [[*HEADERS["measures"].split(",")], ["payments", "recruited", None, 15.1]]


def put_workbook(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(workbook({"measures": ROWS}))
    return path


def found_in(root: Path) -> tuple[list[FoundReturn], list[str]]:
    found, problems, refused = find_returns(root, PORTFOLIO)
    return found, [str(problem) for problem in (*problems, *(p for one in refused for p in one.problems))]


def test_a_workbook_and_a_folder_of_csv_files_are_returns_named_after_their_submitter(tmp_path: Path) -> None:
    put_workbook(tmp_path / "lives/2019-01/payments lead.xlsx")
    write(tmp_path / "lives/2019-01/owners/measures.csv", MEASURES)
    write(tmp_path / "lives/2018-12/owners/Savings.CSV", HEADERS["savings"])
    write(tmp_path / "other/2019-01/owners/measures.csv", MEASURES)
    found, problems = found_in(tmp_path)
    assert problems == []
    assert [(one.period, one.submitter, one.source) for one in found] == [
        ("2018-12", "owners", "lives/2018-12/owners"),
        ("2019-01", "owners", "lives/2019-01/owners"),
        ("2019-01", "payments lead", "lives/2019-01/payments lead.xlsx"),
    ]


def test_a_portfolio_without_a_folder_has_no_returns(tmp_path: Path) -> None:
    assert found_in(tmp_path) == ([], [])


@pytest.mark.parametrize(
    "name", ["~$owners.xlsx", ".owners.xlsx", ".submit-x/measures.csv", "Thumbs.db", "desktop.ini"]
)
def test_lock_files_and_hidden_files_are_passed_over(tmp_path: Path, name: str) -> None:
    write(tmp_path / "lives/2019-01" / name, "x")
    assert found_in(tmp_path) == ([], [])


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("January/owners.xlsx", "January: this is not a period's folder, so it was not read ('January' is not"),
        ("2019-13/owners.xlsx", "2019-13: this is not a period's folder"),
        ("owners.xlsx", "owners.xlsx: this is not a period's folder"),
        ("2019-01", "2019-01: this is a file where a period's folder is expected"),
        ("2019-01/savings.csv", "2019-01/savings.csv: this is no return, so it was not read; put it, named after its"),
        ("2019-01/a.xls", "2019-01/a.xls: this is no return, so it was not read; save it as an Excel workbook (.xlsx)"),
        ("2019-01/a/readme.txt", "2019-01/a: the folder holds no table; put measures.csv, savings.csv … in it"),
        ("2019-01/a/readme.txt", "2019-01/a/readme.txt: this is no table of a return, so it was not read; its files"),
        ("2019-01/a/measure.csv", "2019-01/a/measure.csv: this is no table of a return, so it was not read; did you"),
    ],
)  # fmt: skip
def test_what_can_be_no_return_is_a_problem_with_its_cure(tmp_path: Path, path: str, says: str) -> None:
    write(tmp_path / "lives" / path, "x")
    found, problems = found_in(tmp_path)
    assert found == []
    assert any(problem.startswith(f"lives/{says}") for problem in problems), problems


def test_a_file_in_the_portfolios_place_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path / "lives", "x")
    found, [problem] = found_in(tmp_path)
    assert found == []
    assert problem.startswith("lives: the folder can't be opened (")


def test_periods_are_those_of_the_portfolio(tmp_path: Path) -> None:
    write(tmp_path / "lives/2019-Q1/owners/measures.csv", MEASURES)
    found, problems, _ = find_returns(tmp_path, portfolio_with(reports="quarterly"))
    assert [one.period for one in found] == ["2019-Q1"]
    assert problems == []


@pytest.mark.parametrize("other", ["owners.xlsx", "Owners.xlsm", "OWNERS/measures.csv"])
def test_two_returns_of_one_submitter_are_read_neither(tmp_path: Path, other: str) -> None:
    write(tmp_path / "lives/2019-01/owners/measures.csv", MEASURES)
    put_workbook(tmp_path / "lives/2019-01" / other)
    found, problems = found_in(tmp_path)
    assert found == []
    assert len(problems) == 1
    assert "is of the same submitter and period, so neither was read; keep one of them" in problems[0]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
@pytest.mark.parametrize("at", ["lives", "lives/2019-01", "lives/2019-01/owners", "lives/2019-01/owners/measures.csv"])
def test_a_link_that_leaves_the_returns_folder_is_not_followed(tmp_path: Path, at: str) -> None:
    root, outside = tmp_path / "returns", tmp_path / "outside"
    write(outside / "lives/2019-01/owners/measures.csv", MEASURES)
    (root / at).parent.mkdir(parents=True)
    (root / at).symlink_to(outside / at)
    found, problems = found_in(root)
    assert found == []
    assert any("links to outside the returns folder" in problem for problem in problems)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_inside_the_returns_folder_is_followed_and_a_circle_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path / "lives/2018-12/owners/measures.csv", MEASURES)
    (tmp_path / "lives/2019-01").symlink_to(tmp_path / "lives/2018-12")
    (tmp_path / "lives/2019-02").symlink_to(tmp_path / "lives/2019-02")
    found, problems = found_in(tmp_path)
    assert [one.period for one in found] == ["2018-12", "2019-01"]
    assert len(problems) == 1


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="such names can't be made there")
def test_a_name_that_cannot_be_shown_is_a_problem(tmp_path: Path) -> None:
    put_workbook(tmp_path / "lives/2019-01/owners.xlsx")
    (tmp_path / "lives/2019-01/owners.xlsx").rename(tmp_path / "lives/2019-01" / os.fsdecode(b"own\xff\n.xlsx"))
    found, [problem] = found_in(tmp_path)
    assert found == []
    assert "has signs in its name that can't be shown" in problem
    assert problem.encode()


def test_a_return_knows_its_submitter_source_and_digest(tmp_path: Path) -> None:
    write(tmp_path / "lives/2019-01/owners/measures.csv", MEASURES)
    write(tmp_path / "lives/2019-01/owners/savings.csv", f"{HEADERS['savings']}\npayments,2018/20,1\n")
    [found], *_ = find_returns(tmp_path, PORTFOLIO)
    return_ = only(read_return(found, PORTFOLIO, SCHEME))
    assert (return_.portfolio, return_.period, return_.submitter) == ("lives", "2019-01", "owners")
    assert (return_.source, return_.rows) == ("lives/2019-01/owners", 1)
    assert return_.measures[0].where == "line 2"
    assert return_.sha256 == contents(found).sha256
    assert read_return(found, PORTFOLIO, SCHEME, known=return_.sha256) is None
    assert read_return(found, PORTFOLIO, SCHEME, known="another") == return_
    [problem] = return_.problems
    assert (problem.file, problem.where) == ("lives/2019-01/owners/savings.csv", "line 2, column year")


def test_a_digest_changes_with_any_byte_or_file_and_with_nothing_else(tmp_path: Path) -> None:
    def digests() -> str:
        [found], *_ = find_returns(tmp_path, PORTFOLIO)
        return contents(found).sha256

    file = write(tmp_path / "lives/2019-01/owners/measures.csv", MEASURES)
    first = digests()
    write(file, MEASURES)
    os.utime(file, (0, 0))
    assert digests() == first
    write(file, MEASURES.replace("15.1", "15.2"))
    changed = digests()
    write(tmp_path / "lives/2019-01/owners/savings.csv", HEADERS["savings"])
    assert len({first, changed, digests()}) == 3


def test_one_bad_file_leaves_the_others_of_its_folder(tmp_path: Path) -> None:
    write(tmp_path / "lives/2019-01/owners/measures.csv", MEASURES)
    (tmp_path / "lives/2019-01/owners/savings.csv").write_bytes(b"\0\0")
    [found], *_ = find_returns(tmp_path, PORTFOLIO)
    return_ = only(read_return(found, PORTFOLIO, SCHEME))
    assert (return_.rows, len(return_.problems)) == (1, 1)


def test_a_workbook_that_cannot_be_opened_is_a_problem_and_no_return(tmp_path: Path) -> None:
    path = put_workbook(tmp_path / "lives/2019-01/owners.xlsx")
    [found], *_ = find_returns(tmp_path, PORTFOLIO)
    path.write_bytes(b"damaged")
    assert isinstance(read_return(found, PORTFOLIO, SCHEME), Problem)
    path.unlink()
    problem = read_return(found, PORTFOLIO, SCHEME)
    assert isinstance(problem, Problem)
    assert str(problem).startswith("lives/2019-01/owners.xlsx: the file can't be opened (")


def test_a_huge_file_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_workbook(tmp_path / "lives/2019-01/owners.xlsx")
    monkeypatch.setattr("engine.returns.folder.LIMITS", LIMITS._replace(packed=100))
    [found], *_ = find_returns(tmp_path, PORTFOLIO)
    assert len(contents(found).files[0][1]) == 101
