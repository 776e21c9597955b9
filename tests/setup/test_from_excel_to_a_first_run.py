"""The commands on the way from a list in Excel to the first run, and what they refuse on it."""

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from engine.cli import main
from engine.setup.reading import read_file
from tests.returns.small import saved, workbook
from tests.setup.lists import HEADER, TODAY, listed

ROWS = (
    ("Care", "Home visits", "Visits lead", "visits@council.example", "Visits made", "number", "higher", 120),
    (None, None, None, None, "Average wait", "weeks", "lower", "4 weeks"),
    ("Roads", "Potholes", "Roads lead", "roads@council.example", "Mended in a day", "percent", "higher", "80%"),
)


class Shell:
    """The program, run in a folder as somebody would."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def said(self, *arguments: str, expect: int = 0) -> str:
        code = main(["--now", "2025-05-09T09:00", *arguments])
        spoken = self._capsys.readouterr()
        assert code == expect, spoken
        return spoken.out + spoken.err

    def json(self, *arguments: str, expect: int = 0) -> Any:
        return json.loads(self.said(*arguments, "--format", "json", expect=expect))

    def list_of(self, *rows: tuple[object, ...], name: str = "list.xlsx") -> str:
        (self.folder / name).write_bytes(workbook({"projects": [HEADER, *rows]}))
        return name


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, capsys)


def test_from_a_list_to_the_first_published_month(shell: Shell) -> None:
    made = shell.json("init", "office", "--from", shell.list_of(*ROWS))
    assert made["counts"] == {"programmes": 2, "projects": 2, "measures": 3, "targets": 3, "people": 2}
    assert shell.json("-C", "office", "check")["ok"]
    assert shell.json("-C", "office", "test")["failed"] == 0
    given = shell.json("-C", "office", "returns", "template", "office/forms")
    assert (given["period"], given["made"]) == (
        "2025-04",
        ["office/forms/visits_lead.xlsx", "office/forms/roads_lead.xlsx"],
    )
    for file, figures in (("visits_lead", (96, 3.5)), ("roads_lead", (0.85,))):
        path = shell.folder / f"office/forms/{file}.xlsx"
        book = load_workbook(path)
        for number, figure in enumerate(figures, start=2):
            book["measures"].cell(number, 4).value = figure
        book.save(path)
        assert shell.json("-C", "office", "returns", "submit", str(path), "--period", "2025-04")["submitted"]
    run = shell.json("-C", "office", "run", "our_portfolio")
    assert run["problems"] == []
    assert {one["ref"]: one["status"] for one in run["subjects"] if one["level"] == "project"} == {
        "home_visits": "at_risk",
        "potholes": "on_track",
    }


def test_with_one_slip_nothing_is_written(shell: Shell) -> None:
    file = shell.list_of(*ROWS, ("Roads", "Lights", "Lights lead", "lights@", "Lit", "percent", "higher", "many"))
    said = shell.said("init", "office", "--from", file, expect=1)
    assert said.splitlines()[0] == "Nothing was written: 2 problems."
    assert "list.xlsx, sheet projects, cell D5: `lights@` is not a plain address" in said
    assert not (shell.folder / "office").exists()
    answer = shell.json("init", "office", "--from", file, expect=1)
    assert [one["where"] for one in answer["problems"]] == ["sheet projects, cell D5", "sheet projects, cell H5"]


def test_a_workbook_of_another_kind_is_no_folder_for_templates(shell: Shell) -> None:
    shell.said("init", "office", "--from", shell.list_of(*ROWS))
    assert "let it end in .xlsx" in shell.said("-C", "office", "returns", "template", "form.xls", expect=2)
    assert not (shell.folder / "form.xls").exists()


def test_what_could_not_be_judged_is_never_said_to_have_been(shell: Shell) -> None:
    """A list of people waiting that is to be empty. In May nobody says how many wait, so the rule of April is held."""
    ward = ("Ward", "ward@council.example")
    rows = (
        ("Care", "Home care", *ward, "Hours", "number", "higher", 100),
        (None, None, None, None, "Waiting", "number", "lower", 0),
        ("Total",),
        ("Care", "Safety", "Safety lead", None, "Hours", "number", None, 100),
    )
    shell.said("init", "office", "--from", shell.list_of(*rows))
    runs = (("2025-04", "0", "2025-05-09"), ("2025-05", "", "2025-06-09"), ("2025-06", "3", "2025-07-09"))
    for period, waiting, day in runs:
        folder = shell.folder / f"office/returns/our_portfolio/{period}/ward"
        folder.mkdir(parents=True)
        figures = f"home_care,hours,100\nhome_care,waiting,{waiting}\nsafety,hours,100\n"
        (folder / "measures.csv").write_text(f"subject,measure,actual\n{figures}", encoding="utf-8")
        shell.said("-C", "office", "run", "our_portfolio", "--now", f"{day}T09:00")
    april = shell.said("-C", "office", "explain", "home_care", "--period", "2025-04")
    assert "Every rule that is required could be judged, and none fired." in april
    may = shell.said("-C", "office", "explain", "home_care", "--period", "2025-05")
    assert "On track" in may
    assert "Every rule that is required could be judged" not in may
    assert "No rule fired. Those that could not be judged were quiet when they last were" in may
    june = shell.said("-C", "office", "explain", "home_care", "--period", "2025-06")
    assert "Waiting is 3 against" in june  # one is too many, where none is the target
    total = shell.said("-C", "office", "explain", "total")
    assert "No rule that gives a status is asked of it in this period." in total
    assert "Owner: Safety lead (without an address)" in shell.said("-C", "office", "explain", "safety")


def test_nothing_is_ever_overwritten(shell: Shell) -> None:
    file = shell.list_of(*ROWS)
    shell.said("init", "office", "--from", file)
    assert "is already there" in shell.said("init", "office", "--from", file, expect=2)
    shell.said("init", "--template", "blank.xlsx")
    assert "blank.xlsx is already there" in shell.said("init", "--template", "blank.xlsx", expect=2)
    shell.said("-C", "office", "returns", "template", "form.xlsx")
    assert "form.xlsx is already there" in shell.said("-C", "office", "returns", "template", "form.xlsx", expect=2)
    (shell.folder / "forms").mkdir()
    (shell.folder / "forms/roads_lead.xlsx").write_text("mine", encoding="utf-8")
    shell.said("-C", "office", "returns", "template", "forms", expect=2)
    assert [path.name for path in (shell.folder / "forms").iterdir()] == ["roads_lead.xlsx"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["init"], "name the folder that is to become a workspace"),
        (["init", "office", "--template", "a.xlsx"], "--template writes a workbook and no workspace"),
        (["init", "--template", "a.csv"], "a.csv is no name for a workbook; let it end in .xlsx"),
        (["init", "--template", "file/a.xlsx"], "file can't be written: "),
    ],
)
def test_what_does_not_go_together_is_said_in_a_sentence(shell: Shell, arguments: list[str], sentence: str) -> None:
    (shell.folder / "file").write_text("", encoding="utf-8")
    said = shell.said(*arguments, expect=2)
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_one_owner_or_one_workbook_for_all(shell: Shell) -> None:
    shell.said("init", "office", "--from", shell.list_of(*ROWS, ("Roads", "Lights")))
    office = ("-C", "office", "returns", "template")
    one = shell.json(*office, "--portfolio", "our_portfolio", "--for", "roads_lead", "--period", "2025-05", "r.xlsx")
    assert (one["period"], one["made"], one["unowned"]) == ("2025-05", ["r.xlsx"], [])
    assert load_workbook("r.xlsx")["measures"].max_row == 2
    shell.said(*office, "all.xlsx")
    assert load_workbook("all.xlsx")["measures"].max_row == 4
    assert "In none of them, for want of an owner: lights." in shell.said(*office, "forms")
    assert "did you mean `roads_lead`?" in shell.said(*office, "--for", "road_lead", "x.xlsx", expect=2)
    shell.said("init", "alone", "--from", shell.list_of(("Roads", "Lights"), name="alone.xlsx"))
    assert "nobody owns anything" in shell.said("-C", "alone", "returns", "template", "empty", expect=2)
    assert "is not a monthly period" in shell.said(*office, "--period", "May", "x.xlsx", expect=2)


# ---- workbooks that nobody should open


def test_a_bomb_is_not_unpacked(shell: Shell) -> None:
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b"\0" * 60_000_000)
    (shell.folder / "list.xlsx").write_bytes(held.getvalue())
    said = shell.said("init", "office", "--from", "list.xlsx", expect=1)
    assert "the workbook is far larger inside than out, so nothing was read" in said


def test_cells_merged_to_the_foot_of_the_sheet_are_only_read_where_there_are_rows(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (HEADER, *ROWS[:1], (None, "Lifts", None, None, None, None, None, None)):
        sheet.append(row)
    book.save(tmp_path / "small.xlsx")
    out = BytesIO()
    merges = b"".join(b'<mergeCell ref="A2:XFD1048576"/>' for _ in range(50_000))
    with zipfile.ZipFile(tmp_path / "small.xlsx") as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b"</sheetData>", b"</sheetData><mergeCells>" + merges + b"</mergeCells>")
            new.writestr(name, part)
    (tmp_path / "list.xlsx").write_bytes(out.getvalue())
    (care,) = listed(read_file(tmp_path / "list.xlsx", TODAY)).programmes
    assert [project.title for project in care.projects] == ["Home visits", "Lifts"]


def test_a_formula_without_a_result_is_told(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (HEADER, ROWS[0]):
        sheet.append(row)
    sheet["H2"] = "=60*2"
    (tmp_path / "list.xlsx").write_bytes(saved(book))
    (problem,) = read_file(tmp_path / "list.xlsx", TODAY).problems
    assert str(problem).startswith("list.xlsx, sheet Sheet, cell H2: the formula has no result; open the workbook")
