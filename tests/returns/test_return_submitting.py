"""Putting a return into the returns folder: whole, once, and only where something in it was understood."""

import sys
from pathlib import Path

import pytest

from engine.model.problems import Problem
from engine.returns.folder import find_returns, read_return
from engine.returns.submitting import Submitted, submit
from tests.returns.small import HEADERS, PORTFOLIO, SCHEME, only, workbook, write


def a_workbook(path: Path, actual: object = 15.1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(workbook({"measures": [HEADERS["measures"].split(","), ["payments", "recruited", None, actual]]}))
    return path


def a_folder(path: Path, actual: str = "15.1%") -> Path:
    write(path / "measures.csv", f"{HEADERS['measures']}\npayments,recruited,,{actual},,,,,\n")
    return path


def sent(file: Path, root: Path, submitter: str | None = None, period: str = "2019-01") -> Submitted:
    answer = submit(file, root, PORTFOLIO, SCHEME, period, submitter)
    assert isinstance(answer, Submitted), answer
    return answer


def lying(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_a_workbook_is_put_under_its_own_name_and_is_found_there(tmp_path: Path) -> None:
    root = tmp_path / "returns"
    file = a_workbook(tmp_path / "desk/Payments Lead.XLSX")
    answer = sent(file, root)
    assert answer.destination == root / "lives/2019-01/Payments Lead.xlsx"
    assert (answer.already, answer.return_.rows, answer.return_.submitter) == (False, 1, "Payments Lead")
    assert answer.destination.read_bytes() == file.read_bytes()
    [found], problems, _ = find_returns(root, PORTFOLIO)
    assert (found.source, problems) == (answer.return_.source, [])


def test_a_folder_of_csv_files_is_put_whole(tmp_path: Path) -> None:
    answer = sent(a_folder(tmp_path / "owners"), tmp_path / "returns")
    assert answer.destination == tmp_path / "returns/lives/2019-01/owners"
    assert lying(tmp_path / "returns") == ["lives/2019-01/owners/measures.csv"]


@pytest.mark.parametrize("make", [a_workbook, a_folder])
def test_the_same_bytes_again_change_nothing(tmp_path: Path, make: object) -> None:
    root = tmp_path / "returns"
    file = a_workbook(tmp_path / "owners.xlsx") if make is a_workbook else a_folder(tmp_path / "owners")
    assert not sent(file, root).already
    again = sent(file, root)
    assert again.already
    assert again.destination is not None
    assert sent(again.destination, root).already
    assert len(lying(root)) == 1


def test_a_corrected_return_replaces_the_earlier_one_whole(tmp_path: Path) -> None:
    root = tmp_path / "returns"
    write(tmp_path / "owners/savings.csv", f"{HEADERS['savings']}\npayments,2018/19,1\n")
    sent(a_folder(tmp_path / "owners"), root)
    (tmp_path / "owners/savings.csv").unlink()
    corrected = sent(a_folder(tmp_path / "owners", "16%"), root)
    assert not corrected.already
    assert lying(root) == ["lives/2019-01/owners/measures.csv"]
    assert "16%" in (root / "lives/2019-01/owners/measures.csv").read_text()


def test_a_return_in_another_form_replaces_the_earlier_one(tmp_path: Path) -> None:
    root = tmp_path / "returns"
    sent(a_folder(tmp_path / "owners"), root)
    sent(a_workbook(tmp_path / "Owners.xlsx"), root)
    assert lying(root) == ["lives/2019-01/Owners.xlsx"]
    sent(a_folder(tmp_path / "owners"), root)
    assert lying(root) == ["lives/2019-01/owners/measures.csv"]


def test_other_submitters_and_periods_are_left_alone(tmp_path: Path) -> None:
    root = tmp_path / "returns"
    file = a_workbook(tmp_path / "owners.xlsx")
    sent(file, root)
    sent(file, root, submitter="pmo")
    sent(file, root, period="2019-02")
    assert lying(root) == ["lives/2019-01/owners.xlsx", "lives/2019-01/pmo.xlsx", "lives/2019-02/owners.xlsx"]


def test_a_return_with_problems_is_put_there_and_says_them(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "owners", "about 15")
    write(folder / "notes.csv", "x")
    answer = sent(folder, tmp_path / "returns")
    assert answer.destination is not None
    assert [problem.file for problem in answer.return_.problems] == ["notes.csv", "lives/2019-01/owners/measures.csv"]
    assert lying(tmp_path / "returns") == ["lives/2019-01/owners/measures.csv"]


def test_what_says_nothing_replaces_nothing(tmp_path: Path) -> None:
    root = tmp_path / "returns"
    sent(a_folder(tmp_path / "owners"), root)
    empty = write(tmp_path / "empty/owners/measures.csv", "subjekt,measur\n").parent
    answer = sent(empty, root)
    assert (answer.destination, len(answer.return_.problems)) == (None, 1)
    assert "15.1%" in (root / "lives/2019-01/owners/measures.csv").read_text()


@pytest.mark.parametrize(
    ("file", "period", "submitter", "says"),
    [
        ("owners.xlsx", "January", None, "the period can't be taken ('January' is not a monthly period"),
        ("owners.xlsx", "2019-01", "../../etc", "`../../etc` can't be a submitter's name; use letters"),
        ("owners.xlsx", "2019-01", "a/b", "can't be a submitter's name"),
        ("owners.xlsx", "2019-01", "a\\b", "can't be a submitter's name"),
        ("owners.xlsx", "2019-01", ".hidden", "can't be a submitter's name"),
        ("owners.xlsx", "2019-01", "a\nb", "can't be a submitter's name"),
        ("owners.xlsx", "2019-01", "", "can't be a submitter's name"),
        ("owners.xlsx", "2019-01", "x" * 200, "can't be a submitter's name"),
        ("gone.xlsx", "2019-01", None, "gone.xlsx: there is no such file; check the path"),
        ("measures.csv", "2019-01", None, "this is no return; put it, named after its table, into a folder"),
        ("owners.ods", "2019-01", None, "this is no return; save it as an Excel workbook (.xlsx)"),
        ("damaged.xlsx", "2019-01", None, "this is not an Excel workbook, or it is damaged"),
        ("nothing", "2019-01", None, "nothing: the folder holds no table; put measures.csv"),
    ],
)
def test_what_cannot_be_a_return_is_refused_and_put_nowhere(
    tmp_path: Path, file: str, period: str, submitter: str | None, says: str
) -> None:
    a_workbook(tmp_path / "owners.xlsx")
    for name in ("measures.csv", "owners.ods", "damaged.xlsx", "nothing/x.txt"):
        write(tmp_path / name, "x")
    answer = submit(tmp_path / file, tmp_path / "returns", PORTFOLIO, SCHEME, period, submitter)
    assert isinstance(answer, Problem)
    assert says in str(answer)
    assert not (tmp_path / "returns").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_nothing_is_written_through_a_link_that_leaves_the_returns_folder(tmp_path: Path) -> None:
    root, outside = tmp_path / "returns", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "lives").symlink_to(outside)
    answer = submit(a_workbook(tmp_path / "owners.xlsx"), root, PORTFOLIO, SCHEME, "2019-01")
    assert isinstance(answer, Problem)
    assert list(outside.iterdir()) == []


def test_a_write_that_fails_leaves_the_earlier_return(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "returns"
    sent(a_folder(tmp_path / "owners"), root)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        submit(a_folder(tmp_path / "owners", "16%"), root, PORTFOLIO, SCHEME, "2019-01")
    assert "15.1%" in (root / "lives/2019-01/owners/measures.csv").read_text()
    assert lying(root) == ["lives/2019-01/owners/measures.csv"]


def test_what_was_submitted_is_what_is_read_later(tmp_path: Path) -> None:
    answer = sent(a_workbook(tmp_path / "owners.xlsx"), tmp_path / "returns")
    [found], *_ = find_returns(tmp_path / "returns", PORTFOLIO)
    assert only(read_return(found, PORTFOLIO, SCHEME)) == answer.return_


def test_where_the_new_folder_cannot_take_its_place_the_old_one_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def folder(name: str, actual: str) -> Path:
        given = tmp_path / name / "owners"
        given.mkdir(parents=True)
        (given / "measures.csv").write_text(f"subject,measure,actual\npayments,recruited,{actual}\n", encoding="utf-8")
        return given

    root = tmp_path / "returns"
    submit(folder("first", "15%"), root, PORTFOLIO, SCHEME, "2019-01")
    rename = Path.rename

    def refused(self: Path, target: Path) -> Path:
        if self.name == "fresh":
            raise PermissionError(13, "Permission denied", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(PermissionError):
        submit(folder("second", "20%"), root, PORTFOLIO, SCHEME, "2019-01")
    kept = root / PORTFOLIO.portfolio / "2019-01" / "owners" / "measures.csv"
    assert "15%" in kept.read_text(encoding="utf-8")
