"""What lies in the returns folder and what of it counts: nothing that can't be read wipes out what was returned."""

import json
from pathlib import Path

import pytest

from engine import app
from engine.cli import main
from engine.cli.answers import list_returns
from engine.model.run import RunOut
from engine.office import UsageError
from tests.returns.small import workbook
from tests.test_runs_over_months import PEOPLE, PORTFOLIO, Months

AUDIENCES = """\
owners: {who: owners, about: {level: projects}}
pmo: {who: [pmo], about: {portfolio: office}, tell: problems, when: after run}
"""
TABLE = "subject,measure,actual\nnorth,visits,100\nsouth,visits,30\n"
ROWS: list[list[object]] = [["subject", "measure", "actual"], ["north", "visits", 80], ["south", "visits", 30]]
JANUARY = "returns/office/2019-01"
KEPT = ", and what was returned before still counts"


@pytest.fixture
def months(tmp_path: Path) -> Months:
    """January, taken in and published: north on target, south far from it."""
    months = Months(tmp_path)
    months.write("config/people.yaml", PEOPLE + "pmo: {name: PMO, email: pmo@council.example}\n")
    months.write("config/audiences.yaml", AUDIENCES)
    months.month("2019-01", "100", "30")
    return months


def put(months: Months, name: str, content: bytes, period: str = "2019-01") -> None:
    path = months.root / "returns/office" / period / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def listed(months: Months, now: str = "2019-02-09") -> list[tuple[str, str, str, int]]:
    """Period, submitter, state and rows of what `returns list` shows."""
    return [
        (one.period, one.submitter, one.state, one.rows) for one in list_returns(months.office(now), "office", None)
    ]


def said(run: RunOut) -> list[str]:
    return [str(problem) for problem in run.problems]


# ---- nothing in it could be understood


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (TABLE.encode("utf-16"), f"the file is not plain text in UTF-8, so nothing was read{KEPT}; save it from Excel"),
        (b"", f"there is no header row, so nothing was read{KEPT}; name the columns in the first row: subject"),
        (b"subj,meas,actual\nnorth,visits,1\n", f"there is no header row, so nothing was read{KEPT}; name the"),
        (b"subject,measure,actual\n", f"understood, so it was not taken in{KEPT}; fill in a row, or delete it"),
    ],
)  # fmt: skip
def test_a_file_from_which_nothing_can_be_read_wipes_nothing_out(months: Months, content: bytes, says: str) -> None:
    mails = months.mails()
    put(months, "owners/measures.csv", content)
    run = months.run("2019-01", now="2019-02-09")
    assert (run.published, run.revision, run.messages) == ("unchanged", 1, ())
    assert months.codes() == {"2019-01": "gr"}
    [problem] = said(run)
    assert says in problem
    [office] = set(months.mails()) - set(mails)
    assert "pmo" in office
    assert listed(months) == [("2019-01", "owners", "not understood", 2)]


def test_a_workbook_whose_one_sheet_has_another_name_wipes_nothing_out(months: Months) -> None:
    (months.root / JANUARY / "owners/measures.csv").write_text(TABLE.replace("north,visits,100\n", ""), "utf-8")
    put(months, "north_lead.xlsx", workbook({"measures": ROWS[:2]}))
    assert months.run("2019-01").problems == ()
    put(months, "north_lead.xlsx", workbook({"Sheet1": ROWS[:2]}))
    run = months.run("2019-01")
    assert run.published == "unchanged"
    [problem] = said(run)
    assert problem == (
        f"office/2019-01/north_lead.xlsx, sheet Sheet1: no table has this name, so the sheet was not read{KEPT}; "
        "write `measures`, `savings`, `milestones`, `judgements` or `explanations`"
    )


def test_each_slip_of_a_return_that_could_not_be_understood_is_told_after_what_became_of_it(months: Months) -> None:
    put(months, "owners/measures.csv", b"subject,measure,actual\nnorht,visits,1\nnorth,visit,1\n")
    first, *slips = said(months.run("2019-01", now="2019-02-09"))
    assert first == (
        f"office/2019-01/owners: nothing in this return could be understood, so it was not taken in{KEPT}; "
        "mend what is said of it, and save it there again"
    )
    assert [slip.partition(": ")[2] for slip in slips] == [
        "`norht` is no subject of this portfolio; did you mean `north`?",
        "`visit` is no measure of north; did you mean `visits`?",
    ]


def test_the_office_is_told_once_of_a_return_that_could_not_be_understood(months: Months) -> None:
    put(months, "owners/measures.csv", b"")
    months.run("2019-01", now="2019-02-09")
    mails = months.mails()
    months.run("2019-01", now="2019-02-10")
    assert months.mails() == mails


def test_a_first_return_that_could_not_be_understood_is_a_problem_and_no_return(months: Months) -> None:
    put(months, "owners/measures.csv", b"subj,meas\n", "2019-02")
    with pytest.raises(UsageError, match="2019-02 has not ended, and nobody has returned anything for it yet"):
        months.run("2019-02", now="2019-02-20")
    [problem] = [problem for problem in said(months.run("2019-02")) if "header" in problem]
    assert problem == (
        "office/2019-02/owners/measures.csv: there is no header row, so nothing was read; "
        "name the columns in the first row: subject, measure, part, actual, target, forecast, as_of, cases, state, note"
    )
    assert listed(months)[1:] == [("2019-02", "owners", "not understood", 0)]
    put(months, "owners/measures.csv", TABLE.encode(), "2019-02")
    assert months.run("2019-02").problems == ()


def test_where_the_only_return_can_t_be_understood_the_run_says_why_there_is_nothing_to_judge(tmp_path: Path) -> None:
    months = Months(tmp_path)
    put(months, "owners/measures.csv", b"")
    with pytest.raises(UsageError) as refused:
        app.run(months.office("2019-02-08"), "office", None)
    assert str(refused.value) == (
        "office has no return in returns yet that could be taken in (office/2019-01/owners/measures.csv: there is no "
        "header row, so nothing was read); returns list shows what lies there"
    )


def test_what_was_returned_under_names_that_are_no_more_is_left_alone(months: Months) -> None:
    months.write("config/portfolios/office.yaml", PORTFOLIO.replace("ref: north,", "ref: n,").replace("North", "N"))
    put(months, "owners/measures.csv", b"")
    months.run("2019-01", now="2019-02-09")
    with app.open_the_store(months.office("2019-02-09")) as store:
        stored = store.latest_run("office")
    assert stored is not None
    assert {one.ref: one.status for one in stored.out.subjects if one.level == "project"} == {"n": None, "south": "red"}


def test_a_return_taken_in_is_read_anew_by_an_edited_portfolio_whatever_is_left_of_it(months: Months) -> None:
    months.write("config/portfolios/office.yaml", PORTFOLIO.replace("visits", "calls").replace("Visits", "Calls"))
    run = months.run("2019-01", now="2019-02-09")
    assert months.codes() == {"2019-01": "__"}
    assert any("`visits` is no measure of north" in problem for problem in said(run))


# ---- another form, another spelling


def test_a_newer_return_in_the_other_form_replaces_the_older_one(months: Months) -> None:
    put(months, "owners.xlsx", workbook({"measures": ROWS}))
    assert listed(months) == [("2019-01", "owners", "changed", 2)]
    run = months.run("2019-01", now="2019-02-09")
    assert (months.codes(), run.problems) == ({"2019-01": "ar"}, ())
    assert listed(months) == [("2019-01", "owners", "taken in", 2)]
    again = months.run("2019-01", now="2019-02-10")  # the older form still lies there
    assert (again.published, again.problems) == ("unchanged", ())


def test_the_older_form_edited_after_the_newer_was_taken_in_is_the_newer_one(months: Months) -> None:
    put(months, "owners.xlsx", workbook({"measures": ROWS}))
    months.run("2019-01", now="2019-02-09")
    months.returns("2019-01", "20", "20")
    months.run("2019-01", now="2019-02-10")
    assert months.codes() == {"2019-01": "rr"}


def test_an_edited_portfolio_reads_the_newer_of_two_forms_anew(months: Months) -> None:
    put(months, "owners.xlsx", workbook({"measures": ROWS}))
    months.run("2019-01", now="2019-02-09")
    months.write("config/portfolios/office.yaml", PORTFOLIO.replace("better: higher", "better: lower"))
    run = months.run("2019-01", now="2019-02-10")
    assert (months.codes(), run.problems) == ({"2019-01": "gg"}, ())


@pytest.mark.parametrize("taken", [True, False])
def test_where_neither_of_two_forms_was_taken_in_both_are_refused_and_neither_is_called_gone(
    months: Months, taken: bool
) -> None:
    period = "2019-01" if taken else "2019-02"
    put(months, "owners/measures.csv", TABLE.replace("100", "99").encode(), period)
    put(months, "owners.xlsx", workbook({"measures": ROWS}), period)
    run = months.run(period, now="2019-03-08")
    [problem] = [one for one in said(run) if "owners" in one]
    assert problem == (
        f"office/{period}/owners: office/{period}/owners.xlsx is of the same submitter and period, so "
        f"neither was read{KEPT if taken else ''}; keep one of them"
    )
    assert listed(months)[-1] == (period, "owners", "in two forms", 2 if taken else 0)


def test_a_submitter_spelled_otherwise_is_the_same_one(months: Months) -> None:
    put(months, "Owners.xlsx", workbook({"measures": ROWS}))
    run = months.run("2019-01", now="2019-02-09")
    assert (months.codes(), run.problems) == ({"2019-01": "ar"}, ())
    assert listed(months) == [("2019-01", "owners", "taken in", 2)]


def test_a_folder_without_a_table_is_not_called_gone(months: Months) -> None:
    (months.root / JANUARY / "owners/measures.csv").rename(months.root / JANUARY / "owners/measure.csv")
    problems = said(months.run("2019-01", now="2019-02-09"))
    assert not [one for one in problems if "no longer in the folder" in one]
    assert any(f"office/2019-01/owners: the folder holds no table{KEPT}; put measures.csv" in one for one in problems)
    assert listed(months) == [("2019-01", "owners", "not understood", 2)]


# ---- a period that has not begun


def test_a_return_for_a_period_that_has_not_begun_is_a_problem_and_waits_for_it(months: Months) -> None:
    put(months, "owners/measures.csv", TABLE.encode(), "2052-04")
    run = months.run("2019-01", now="2019-02-09")
    assert said(run) == [
        "office/2052-04/owners: 2052-04 has not begun, so it was not read; put it into the folder of its own period"
    ]
    assert run.published == "unchanged"
    assert listed(months) == [("2019-01", "owners", "taken in", 2), ("2052-04", "owners", "not begun", 0)]
    with pytest.raises(UsageError, match="2052-04 has not begun"):
        months.run("2052-04", now="2019-02-09")
    put(months, "owners/measures.csv", TABLE.encode(), "2019-02")
    assert months.run("2019-02", now="2019-02-10").problems == run.problems


def test_a_return_for_the_period_that_runs_is_taken_in(months: Months) -> None:
    put(months, "owners/measures.csv", TABLE.encode(), "2019-02")
    assert said(months.run("2019-02", now="2019-02-01")) == []


def test_submit_refuses_a_period_that_has_not_begun(months: Months, capsys: pytest.CaptureFixture[str]) -> None:
    path = months.root / "owners.xlsx"
    path.write_bytes(workbook({"measures": ROWS}))
    command = ["-C", str(months.root), "--now", "2019-02-09T07:00", "returns", "submit", str(path), "--period"]
    assert main([*command, "2052-04"]) == 2
    assert capsys.readouterr().err == "telltale: 2052-04 has not begun: today is 2019-02-09\n"
    assert not (months.root / "returns/office/2052-04").exists()
    assert main([*command, "2019-02"]) == 0


# ---- no folder at all


def test_without_a_returns_folder_and_with_nothing_taken_in_a_run_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    months = Months(tmp_path)
    months.write("config/settings.yaml", "returns: nosuch\nmail: {allowed_domains: [council.example]}\n")
    command = ["-C", str(months.root), "--now", "2019-02-09T07:00", "run", "office"]
    for period in ([], ["--period", "2019-01"]):
        assert main([*command, *period]) == 2
        assert capsys.readouterr().err == (
            "telltale: there is no folder nosuch, and nothing of office was ever taken in; "
            "make it, or mend `returns` in config/settings.yaml\n"
        )
    assert months.codes() == {}


def test_where_the_returns_folder_is_gone_nothing_is_wiped_out_and_it_is_said_once(months: Months) -> None:
    (months.root / "returns").rename(months.root / "elsewhere")
    run = months.run("2019-01", now="2019-02-09")
    assert (run.published, months.codes()) == ("unchanged", {"2019-01": "gr"})
    assert said(run) == [f"returns: there is no such folder{KEPT}; make it, or mend `returns` in config/settings.yaml"]
    assert listed(months) == [("2019-01", "owners", "gone from the folder", 2)]


def test_check_warns_of_a_returns_folder_that_is_not_there(months: Months, capsys: pytest.CaptureFixture[str]) -> None:
    months.write("config/settings.yaml", "returns: nosuch\nmail: {allowed_domains: [council.example]}\n")
    assert main(["-C", str(months.root), "check"]) == 0
    assert (
        "config/settings.yaml:1:10: warning: there is no folder `nosuch`, so no return can be taken in; "
        "make it, or name the one in which they lie [no-returns-folder]"
    ) in " ".join(capsys.readouterr().out.split())


def test_doctor_says_what_to_do_about_a_returns_folder_that_is_not_there(
    months: Months, capsys: pytest.CaptureFixture[str]
) -> None:
    months.write("config/settings.yaml", "returns: nosuch\nmail: {allowed_domains: [council.example]}\n")
    assert main(["-C", str(months.root), "doctor", "--format", "json"]) == 1
    checks = {one["what"]: one for one in json.loads(capsys.readouterr().out)["checks"]}
    found = "there is no folder nosuch; make it, or mend `returns` in config/settings.yaml"
    assert checks["returns"] == {"what": "returns", "ok": False, "found": found}


# ---- a file that is not there


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("returns submit nosuch.xlsx --period 2019-01", "there is no file or folder nosuch.xlsx; check the path"),
        ("returns submit nosuch --period 2019-01", "there is no file or folder nosuch; check the path"),
        ("init --from nosuch.xlsx new", "there is no file nosuch.xlsx; check the path"),
        ("init --from nosuch.csv new", "there is no file nosuch.csv; check the path"),
        ("what-if office --rules nosuch.yaml", "there are no rules at nosuch.yaml"),
        ("db restore nosuch.db", "there is no file nosuch.db to restore from"),
        ("db restore list.db", "list.db is damaged, or is no backup; take another"),
        ("returns submit list.db --period January", "'January' is not a monthly period"),
    ],
)
def test_a_file_that_is_not_there_or_no_backup_is_the_users_slip(
    months: Months, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str, says: str
) -> None:
    monkeypatch.chdir(months.root)
    months.write("list.db", "A shopping list: bread, milk. " * 100)
    assert main(["--now", "2019-02-09T07:00", *command.split()]) == 2
    said = capsys.readouterr()
    assert (said.out, says in said.err) == ("", True), said
