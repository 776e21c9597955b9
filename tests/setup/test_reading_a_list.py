"""A list as an analyst keeps it in Excel: what is understood of it, and what is said of each cell that can't be."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from engine.setup.reading import Read, read_file
from engine.setup.template import template
from tests.returns.small import saved, workbook
from tests.setup.lists import HEADER, TODAY, listed, made, read, said


def targets(found: Read) -> dict[str, dict[str, str | None]]:
    return {project.ref: project.targets for project in listed(found).every_project}


def test_a_blank_programme_or_project_is_the_one_above(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        ("Care", "Home visits", "Visits lead", "visits@council.example", "Visits made", "number", "higher", 120),
        (None, None, None, None, "Average wait", "weeks", "lower", "4 weeks"),
        (None, "Assessments", "Assessments lead", "assess@council.example", "Average wait", None, None, 6),
        ("Roads", "Potholes", " visits LEAD ", None, "Mended in a day", "%", "up", "80%"),
    )
    listing = listed(found)
    assert [(one.title, [p.title for p in one.projects]) for one in listing.programmes] == [
        ("Care", ["Home visits", "Assessments"]),
        ("Roads", ["Potholes"]),
    ]
    assert targets(found) == {
        "home_visits": {"visits_made": "120", "average_wait": "4 weeks"},
        "assessments": {"average_wait": "6 weeks"},
        "potholes": {"mended_in_a_day": "80%"},
    }
    assert [project.owner for project in listing.every_project] == ["visits_lead", "assessments_lead", "visits_lead"]
    assert [(person.name, person.email) for person in listing.people] == [
        ("Visits lead", "visits@council.example"),
        ("Assessments lead", "assess@council.example"),
    ]


def test_cells_merged_downwards_count_in_each_row(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "My list"  # the only sheet there is
    rows: list[tuple[str | int | None, ...]] = [
        HEADER,
        ("Care", "Visits", "Lead", "lead@council.example", "Made", "number", "higher", 1),
        (None, "Wait", None, None, "Weeks", "weeks", "lower", 4),
        (None, None, None, None, "Calls", "number", "higher", 2),
        ("Roads", "Potholes", None, None, "Mended", "number", "higher", 3),
    ]
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("A2:A4")
    sheet.merge_cells("C2:D2")
    sheet.merge_cells("C3:C5")  # an owner of three rows, with nothing in its first cell
    sheet["C3"] = "Other lead"
    path = tmp_path / "list.xlsx"
    path.write_bytes(saved(book))
    listing = listed(read_file(path, TODAY))
    assert [(p.title, p.owner) for p in listing.every_project] == [
        ("Visits", "lead"),
        ("Wait", "other_lead"),
        ("Potholes", "other_lead"),
    ]


def test_an_address_may_stand_in_another_row_of_the_project(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        ("Care", "Visits", "Lead", None, "Made", "number", "higher", 1),
        (None, None, None, "lead@council.example", "Calls", "number", "higher", 2),
    )
    assert [(person.name, person.email) for person in listed(found).people] == [("Lead", "lead@council.example")]


def test_a_programme_has_an_owner_and_measures_in_rows_without_a_project(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        ("Care", None, "Director", "director@council.example", "Spend", "money", "lower", "£1,320k"),
        (None, "Visits", "Lead", None, "Made", "number", "higher", 1),
    )
    (care,) = listed(found).programmes
    assert (care.owner, care.targets) == ("director", {"spend": "£1.32m"})
    assert [project.owner for project in care.projects] == ["lead"]


def test_a_project_may_stand_alone_and_without_a_measure(tmp_path: Path) -> None:
    found = read(tmp_path, ("Care", "Visits"), ("none", "Website"), (None, "Lifts"))
    assert [project.title for project in listed(found).projects] == ["Website", "Lifts"]
    assert targets(found) == {"visits": {}, "website": {}, "lifts": {}}


@pytest.mark.parametrize(
    ("unit", "target", "written"),
    [
        ("percent", "50%", "50%"),
        ("%", 15.1, "15.1%"),
        (None, "50%", "50%"),
        ("money", "£1,320k", "£1.32m"),
        ("£", "£950", "£950"),
        ("£000", 1320, "£1.32m"),
        ("£000", "£28", "£28"),
        ("money", "-£8k", "-£8k"),
        ("money", 0, "£0"),
        (None, "£1,234,567", "£1234567"),
        ("weeks", 4, "4 weeks"),
        (None, "1 week", "1 week"),
        ("number", "1,320", "1320"),
        (None, 0.5, "0.5"),
        ("number", "To be set", "to be set"),
        ("percent", " UP ", "up"),
        ("number", None, None),
    ],
)
def test_a_target_is_taken_as_people_write_it(
    tmp_path: Path, unit: str | None, target: object, written: str | None
) -> None:
    found = read(tmp_path, ("Care", "Visits", "Lead", "a@council.example", "Made", unit, "higher", target))
    assert targets(found) == {"visits": {"made": written}}
    _, _, portfolio = made(tmp_path, found)
    assert portfolio.subjects["visits"].measures["made"].target == written


def test_a_cell_shown_as_a_percentage_is_one(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADER)
    sheet.append(("Care", "Visits", None, None, "Recruited", None, "higher", 0.151))
    sheet.append((None, None, None, None, "Saved", None, "higher", 1320))
    sheet["H2"].number_format, sheet["H3"].number_format = "0.0%", '"£"#,##0"k"'
    path = tmp_path / "list.xlsx"
    path.write_bytes(saved(book))
    assert targets(read_file(path, TODAY)) == {"visits": {"recruited": "15.1%", "saved": "£1.32m"}}


def test_a_unit_that_nobody_wrote_is_told_as_a_guess(tmp_path: Path) -> None:
    found = read(tmp_path, ("Care", "Visits", None, None, "Made", None, "higher", "50%"))
    guess = "as its target is written; write its unit if that is wrong"
    assert [str(note) for note in found.notes if "taken for" in note.what] == [
        f"list.xlsx, sheet projects, cell H2: `Made` is taken for a percentage, {guess}"
    ]


def test_the_same_measure_on_many_projects_is_one_whatever_its_capitals(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        ("Care", "A", None, None, "Average  wait", "weeks", "lower", 4),
        (None, "B", None, None, "average wait", None, None, 6),
    )
    assert [(one.id, one.title) for one in listed(found).measures] == [("average_wait", "Average wait")]
    assert targets(found) == {"a": {"average_wait": "4 weeks"}, "b": {"average_wait": "6 weeks"}}


@pytest.mark.parametrize(
    ("unit", "target", "expected"),
    [
        ("£", "£950", "£950"),
        ("£000", 1320, "£1.32m"),
        ("£k", 28, "£28k"),
        ("£m", 1.32, "£1.32m"),
        ("£M", "1.32", "£1.32m"),
        ("£ million", 12, "£12m"),
        ("£m", "£950k", "£950k"),  # what has a unit of its own keeps it
        ("£m", "950k", "£950k"),
        ("£m", 0, "£0"),
    ],
)
def test_a_bare_target_of_money_is_in_what_the_unit_says(
    tmp_path: Path, unit: str, target: object, expected: str
) -> None:
    found = read(tmp_path, ("Care", "A", None, None, "Cost", unit, "lower", target))
    assert targets(found) == {"a": {"cost": expected}}


ONE: tuple[str | int, ...] = ("Care", "Visits", "Lead", "lead@council.example", "Made", "number", "higher", 120)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ((None, "B", None, None, "Made", "percent", "higher", "5%"),
         "cell F3: `Made` is a plain number in sheet projects, cell F2, and a percentage here; make them agree"),
        ((None, "B", None, None, "Made", "number", "lower", 5),
         "cell G3: `Made` is better higher in sheet projects, cell G2, and lower here; make them agree"),
        ((None, "Visits", None, None, "made", None, None, 5),
         "cell E3: `made` of `Visits` stands in sheet projects, row 2 already; keep one of the two rows"),
        ((None, "Visits", "Someone", None, None, None, None, None),
         "cell C3: `Visits` has another owner in sheet projects, cell C2; write one of them"),
        ((None, "B", "Lead", "other@council.example", None, None, None, None),
         "cell D3: `Lead` has another address in sheet projects, cell D2; write one and the same"),
        ((None, "B", None, "b@council.example", None, None, None, None),
         "cell D3: there is an address, and nobody whose it is; name the owner beside it"),
        ((None, "B", "B lead", "Bob <b@council.example>", None, None, None, None),
         "cell D3: `Bob <b@council.example>` is not a plain address; write one address alone"),
        ((None, "B", None, None, None, None, None, 5),
         "cell E3: there is no measure, so the row was not used; write its title in each row"),
        ((None, "B", None, None, "Cost", "money", "lower", 1320),
         "cell H3: 1320 has no unit, and this is money; write £1320k for thousands or £1320"),
        ((None, "B", None, None, "Cost", "money", "lower", "5%"),
         "cell H3: this is money, and what was written is a percentage; write it as £1,320k"),
        ((None, "B", None, None, "Cost", "money", "lower", "about £5k"),
         "cell H3: 'about £5k' is not exact; write the figure alone and the rest as a note"),
        ((None, "B", None, None, "Cost", "money", "lower", "tbc"),
         "cell H3: 'tbc' is not a number; write the figure, or `to be set` where there is none yet"),
        ((None, "B", None, None, "Cost", None, "lower", "to be set"),
         "cell F3: nothing says what `Cost` is counted in; write number, percent, money or weeks"),
        ((None, "B", None, None, "Cost", "dollars", "lower", None),
         "cell F3: `dollars` is not understood here; write `number`, `percent`, `money` or `weeks`"),
        ((None, "B", None, None, "Cost", "money", "hihger", None),
         "cell G3: `hihger` is not understood here; did you mean `higher`?"),
        ((None, "B", None, None, "Cost", "money", "higher", "#N/A"),
         "cell H3: the cell shows #N/A; mend the formula or type the value"),
        ((None, "B" * 300, None, None, None, None, None, None),
         "cell B3: the text has 300 characters; only the first 200 are kept"),
    ],
)  # fmt: skip
def test_each_slip_is_told_with_its_cell(tmp_path: Path, row: tuple[object, ...], problem: str) -> None:
    (slip,) = said(read(tmp_path, ONE, row))
    assert slip.startswith(f"sheet projects, {problem}")


def test_every_slip_is_told_at_once_in_the_order_of_rows(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        ("Care", "A", "Lead", "lead@", "Made", None, "higher", "many"),
        (None, None, None, None, "Cost", "money", "lower", "5%"),
        (None, None, None, None, "Wait", "wekks", "lower", 5),
        about=[("Setting", "Value"), ("Reports", "weekly"), ("Titel", "Ours")],
    )
    assert found.listing is None
    assert [one.partition(":")[0] for one in said(found)] == [
        "sheet portfolio, cell B2", "sheet portfolio, cell A3", "sheet projects, cell D2", "sheet projects, cell H2",
        "sheet projects, cell H3", "sheet projects, cell F4",
    ]  # fmt: skip


def test_an_unknown_column_is_told_and_what_was_meant(tmp_path: Path) -> None:
    found = read(tmp_path, ("Visits", "Made", 5, "red"), header=("Project", "Measure", "Taget", "RAG"))
    first, second, *_ = said(found)
    assert first.startswith(
        "sheet projects, cell C1: there is no column `Taget`, so it was not read; did you mean `target`?"
    )
    assert second.startswith("sheet projects, cell D1: there is no column `RAG`")


def test_a_row_before_any_project_is_told(tmp_path: Path) -> None:
    assert said(read(tmp_path, (None, None, None, None, "Made", "number", "higher", 5))) == [
        "sheet projects, cell B2: the row says of no project what it holds; write the project's title"
    ]


def test_refs_are_given_once_and_can_be_names(tmp_path: Path) -> None:
    header = ("Project", "Ref", "Measure", "Unit")
    found = read(tmp_path, ("A", "CF-1"), ("B", "CF-1"), ("C", "a b"), ("A", "CF-9"), header=header)
    taken, sign, twice = said(found)
    assert taken.startswith("sheet projects, cell B3: the ref `CF-1` is already taken, in sheet projects, cell B2;")
    assert sign.startswith("sheet projects, cell B4: `a b` can't be used as a name; use letters a to z, digits,")
    assert twice.startswith("sheet projects, cell B5: `A` has the ref `CF-1` in sheet projects, cell B2; write one")
    found = read(tmp_path, ("Visits", None), ("Second", "visits"), header=header)
    assert [project.ref for project in listed(found).every_project] == ["visits_2", "visits"]


def test_one_title_in_two_programmes_is_two_projects_and_worth_a_look(tmp_path: Path) -> None:
    found = read(tmp_path, ("Care", "Website"), ("Roads", "Website"))
    assert [project.ref for project in listed(found).every_project] == ["website", "website_2"]
    assert any("stands in sheet projects, row 2 under another programme" in note.what for note in found.notes)


def test_a_row_of_totals_is_a_programme_without_a_project_and_worth_a_look(tmp_path: Path) -> None:
    found = read(tmp_path, ("Care", "Visits"), ("Total",))
    cure = "take the row out if it is a total or a heading"
    assert [str(note) for note in found.notes if "without a project" in note.what] == [
        f"list.xlsx, sheet projects, cell A3: `Total` is a programme without a project; {cure}"
    ]


def test_a_note_about_a_sheet_that_is_not_there_has_no_place(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Project,Measure,Unit,Target\nVisits,Made,number,12\n", encoding="utf-8")
    assert any(str(note).startswith("the portfolio has no title") for note in read_file(path, TODAY).notes)


def test_a_csv_file_will_do(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Programme;Project;KPI;Unit;Better;Target\nCare;Visits;Made;money;up;£1,320k\n", encoding="cp1252")
    assert targets(read_file(path, TODAY)) == {"visits": {"made": "£1.32m"}}


def test_the_portfolio_says_its_own_settings_or_has_defaults(tmp_path: Path) -> None:
    about = listed(read(tmp_path, ONE)).about
    assert (about.name, about.starts, about.reports, about.returns_due) == (
        "our_portfolio", "2025-04", "monthly", "5th working day",
    )  # fmt: skip
    settings = [
        ("Title", "Improving: Lives"), ("Owner", "Director"), ("Owner's email", "director@council.example"),
        ("Reports", "Quarterly"), ("First period", "May 2024"), ("Year starts", "jan"), ("Returns due", "10th day"),
        ("Mail from", "pmo@council.example"),
    ]  # fmt: skip
    found = read(tmp_path, ONE, about=[("Setting", "Value"), *settings])
    about = listed(found).about
    assert (about.name, about.owner, about.reports, about.starts) == (
        "improving_lives", "director", "quarterly", "2024-Q2",
    )  # fmt: skip
    assert (about.year_starts, about.returns_due, about.mail_from) == ("January", "10th day", "pmo@council.example")
    _, workspace, portfolio = made(tmp_path, found)
    assert portfolio.title == "Improving: Lives"
    assert workspace.audiences["board"].who == ("director",)


def test_settings_that_cannot_be_are_told_with_their_cell(tmp_path: Path) -> None:
    settings = [("Name", "a b"), ("First period", "soon"), ("Returns due", "last day"), ("Mail from", "PMO")]
    assert [one.partition(";")[0] for one in said(read(tmp_path, ONE, about=settings))] == [
        "sheet portfolio, cell B1: `a b` can't be used as a name",
        "sheet portfolio, cell B2: `soon` is not a date",
        "sheet portfolio, cell B3: 'last day' is not a day that returns are due on",
        "sheet portfolio, cell B4: `PMO` is not a plain address",
    ]


def test_other_sheets_are_passed_over_and_the_list_has_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(workbook({"Sums": [("a", 1)], "Projects": [HEADER, ONE], "Old": [("b", 2)]}))
    assert targets(read_file(path, TODAY)) == {"visits": {"made": "120"}}
    path.write_bytes(workbook({"Sums": [("a", 1)], "Old": [HEADER, ONE]}))
    assert [str(one) for one in read_file(path, TODAY).problems] == [
        "list.xlsx: which sheet is meant can't be told; call the one with the list projects"
    ]


def test_a_hidden_list_is_not_read(tmp_path: Path) -> None:
    book = load_workbook(BytesIO(workbook({"projects": [HEADER, ONE], "Old": [("b", 2)]})))
    book["projects"].sheet_state = "hidden"
    path = tmp_path / "list.xlsx"
    path.write_bytes(saved(book))
    assert said(read_file(path, TODAY)) == [
        "sheet projects: the sheet is hidden, so it was not read; unhide it, or delete it"
    ]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("list.xlsx", b"PK not really", "this is not an Excel workbook, or it is damaged, so nothing was read"),
        ("list.xls", b"", "this is no list to set up from"),
        ("list.csv", b"\0\0", "the file is not plain text in UTF-8, so nothing was read"),
        ("list.csv", b"", "there is no header row, so nothing was read"),
        ("gone.xlsx", None, "it can't be opened (No such file or directory)"),
    ],
)
def test_a_file_that_is_no_list_is_told_in_a_sentence(
    tmp_path: Path, name: str, content: bytes | None, what: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert what in [problem.what for problem in read_file(tmp_path / name, TODAY).problems]


def test_the_template_holds_nothing_until_it_is_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(template())
    assert [problem.what for problem in read_file(path, TODAY).problems] == ["there is no project in it"]


def test_the_template_filled_in_below_or_over_its_examples_is_a_workspace(tmp_path: Path) -> None:
    for first in (2, 4):
        book = load_workbook(BytesIO(template()))
        sheet = book["projects"]
        heads = [cell.value for cell in sheet[1]]
        for head, value in zip(HEADER, ONE, strict=True):
            sheet.cell(first, heads.index(head) + 1, value)
        book["portfolio"]["B2"] = "Our work"
        path = tmp_path / f"list{first}.xlsx"
        path.write_bytes(saved(book))
        found = read_file(path, TODAY)
        assert listed(found).about.title == "Our work"
        assert targets(found) == {"visits": {"made": "120"}}


def test_every_column_and_setting_of_the_template_says_what_it_is_for() -> None:
    book = load_workbook(BytesIO(template()))
    assert all(cell.comment is not None for cell in book["projects"][1])
    assert all(book["portfolio"].cell(row, 3).value for row in range(1, book["portfolio"].max_row + 1))
    assert book["projects"].freeze_panes == "A2"
    offered = [one.formula1 for one in book["projects"].data_validations.dataValidation]
    assert offered == ['"number,percent,money,weeks,£000"', '"higher,lower"']
