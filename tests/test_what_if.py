"""`telltale what-if` as it is used: a workspace with months of returns, real files and SQLite, and what is printed."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from engine.cli import main
from engine.model.run import RunOut
from tests.test_runs_over_months import RULES, Months

NOW = "2019-08-08T07:00"
# North and south, of a target of 100 each: amber from 10% short on, red from 50% on.
FIGURES = {
    "2019-01": ("95", "95"),
    "2019-02": ("85", "95"),
    "2019-03": ("84", "_"),
    "2019-04": ("95", "80"),
    "2019-05": ("40", "80"),
    "2019-06": ("88", "92"),
}


@pytest.fixture
def months(tmp_path: Path) -> Months:
    made = Months(tmp_path)
    for period, (north, south) in FIGURES.items():
        made.returns(period, north, south)
    return made


class Said:
    """What one command printed, and its exit code."""

    def __init__(self, months: Months, capsys: pytest.CaptureFixture[str], *arguments: str) -> None:
        self.code = main(["-C", str(months.root), "--now", NOW, "what-if", *arguments])
        printed = capsys.readouterr()
        self.out, self.err = printed.out, printed.err

    @property
    def json(self) -> dict[str, object]:
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def sentence(self) -> str:
        return self.out.splitlines()[0]


def test_a_sentence_says_who_turns_when_and_how_many_emails(months: Months, capsys: pytest.CaptureFixture[str]) -> None:
    said = Said(months, capsys, "--set", "tolerance=15%")
    assert said.code == 0
    # North is 15% short in February and 12% in June; 16% in March stays amber, which is then told as the first time.
    assert said.sentence == (
        "The office, 2019-01 to 2019-06: "
        "10% to 15% turns 1 project Green in 2 of 6 months and sends 2 more and 1 fewer emails."
    )
    said = Said(months, capsys, "--set", "tolerance=4%")
    assert "10% to 4% turns 2 projects, 1 programme and the portfolio Amber in" in said.sentence


def test_the_table_has_a_row_for_each_change_and_months_in_a_row_are_one(
    months: Months, capsys: pytest.CaptureFixture[str]
) -> None:
    said = Said(months, capsys, "--set", "tolerance=20%", "--from", "2019-02")
    assert "  2019-02 to 2019-03  Amber          Green  North (north)\n" in said.out
    assert "  2019-06             Amber          Green  North (north)\n" in said.out
    assert "  2019-04             Amber          Green  South (south)\n" not in said.out.replace("2019-04 to", "")


def test_what_is_told_is_what_runs_by_the_other_rules_would_send(
    months: Months, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same months really run under both rules, each in a workspace of its own, a month after the other."""
    sent: dict[str, set[tuple[str, str, str, str]]] = {}
    statuses: dict[str, dict[tuple[str, str], str | None]] = {}
    for name, value in (("today", "10%"), ("tried", "15%")):
        other = Months(tmp_path / name)
        other.write("rules/office.yaml", RULES.replace("value: 10%", f"value: {value}"))
        sent[name], statuses[name] = set(), {}
        for at, (period, figures) in enumerate(FIGURES.items()):
            other.returns(period, *figures)
            run: RunOut = other.run(period, f"2019-{at + 2:02}-08")
            sent[name] |= {(period, m.to[0], ref, reason) for m in run.messages for ref, reason in m.reasons.items()}
            statuses[name] |= {(period, one.ref): one.status for one in run.subjects}
    told = Said(months, capsys, "--set", "tolerance=15%", "--format", "json").json
    changes, emails = told["changes"], told["emails"]
    assert isinstance(changes, list)
    assert isinstance(emails, list)
    assert {(one["period"], one["ref"]): (one["was"], one["status"]) for one in changes} == {
        key: (status, statuses["tried"][key])
        for key, status in statuses["today"].items()
        if status != statuses["tried"][key]
    }
    was = {(e["period"], e["address"], ref, reason) for e in emails for ref, reason in e["was"].items()}
    now = {(e["period"], e["address"], ref, reason) for e in emails for ref, reason in e["reasons"].items()}
    assert (was - now, now - was) == (sent["today"] - sent["tried"], sent["tried"] - sent["today"])


def test_other_rules_are_tried_from_a_file_or_a_folder(
    months: Months, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "office.yaml").write_text(RULES.replace("> 50%\n    status: red", "> 30%\n    status: red"))
    by_folder = Said(months, capsys, "--rules", str(folder), "--format", "json").json
    by_file = Said(months, capsys, "--rules", str(folder / "office.yaml"), "--format", "json").json
    assert by_folder["changes"] == by_file["changes"] == []
    (folder / "office.yaml").write_text(RULES.replace("shortfall > 50%", "shortfall > 15%"))
    said = Said(months, capsys, "--rules", str(folder))
    assert "office.yaml" not in said.sentence
    assert "turns 2 projects Red in 3 of 6 months" in said.sentence


def test_every_fault_of_other_rules_is_told(months: Months, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "tried.yaml"
    file.write_text(RULES.replace("status: amber", "status: ambre").replace("shortfall > 50%", "shortfal > 50%"))
    said = Said(months, capsys, "--rules", str(file))
    assert said.code == 1
    assert said.out.count("tried.yaml:") == 3
    assert "did you mean" in said.out
    faults = Said(months, capsys, "--rules", str(file), "--format", "json").json
    assert (faults["ok"], len(faults["faults"])) == (False, 3)  # type: ignore[arg-type]


def test_nothing_is_stored_or_sent(months: Months, capsys: pytest.CaptureFixture[str]) -> None:
    months.run("2019-01")

    def everything() -> dict[str, str]:
        files = (path for path in months.root.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm")))
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    before = everything()
    for arguments in (["--set", "tolerance=15%"], ["--sweep", "tolerance=5%..20%/5%"], ["--rules", "rules"]):
        Said(months, capsys, *arguments, "--to", "2019-06")
    assert everything() == before


def test_the_published_months_are_looked_at_and_with_to_those_that_only_have_returns(
    months: Months, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Said(months, capsys, "--set", "tolerance=15%", "--format", "json").json["periods"] == list(FIGURES)
    months.run("2019-01")
    months.run("2019-02")
    assert Said(months, capsys, "--set", "tolerance=15%", "--format", "json").json["periods"] == ["2019-01", "2019-02"]
    further = Said(months, capsys, "--set", "tolerance=15%", "--from", "2019-02", "--to", "2019-04", "--format", "json")
    assert further.json["periods"] == ["2019-02", "2019-03", "2019-04"]
    alone = Said(months, capsys, "--set", "tolerance=15%", "--period", "2019-02", "--format", "json")
    assert alone.json["periods"] == ["2019-02"]


def test_a_correction_counts_as_it_is_known_now(months: Months, capsys: pytest.CaptureFixture[str]) -> None:
    months.run("2019-01")
    before = Said(months, capsys, "--set", "tolerance=15%").sentence
    assert before == "The office, 2019-01: 10% to 15% turns no status and sends the same emails."
    months.returns("2019-01", "88", "95")
    now = Said(months, capsys, "--set", "tolerance=15%").sentence
    assert now == "The office, 2019-01: 10% to 15% turns 1 project Green and sends 1 fewer email."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "say what to try: --set NAME=VALUE, --rules FILE, or --sweep"),
        (["--set", "tolerance=5%", "--sweep", "tolerance=1%..5%/1%"], "--set and --sweep do not go together"),
        (["--set", "tolerence=5%"], "there is no threshold `tolerence`; did you mean `tolerance`?"),
        (["--set", "tolerance=5%", "--picture", "x.png"], "--picture is about a sweep"),
        (["--set", "tolerance=5%", "--level", "projects"], "--level is about a sweep"),
        (["--set", "tolerance=5%", "--from", "2018-12"], "2018-12 is history: office starts with 2019-01"),
        (["--set", "tolerance=5%", "--to", "2018-12"], "2018-12 is history: office starts with 2019-01"),
        (["--set", "tolerance=5%", "--to", "2019-07"], "2019-07 of office is not published, and nobody has returned"),
        (["--set", "tolerance=5%", "--from", "2019-05", "--to", "2019-02"], "2019-05 comes after 2019-02"),
        (["--set", "tolerance=5%", "--from", "May"], "'May' is not a monthly period; write it as 2019-01"),
        (["--set", "tolerance=5%", "--period", "2019-02", "--to", "2019-03"], "--period names one period"),
        (["--rules", "nowhere"], "there are no rules at nowhere; name a rule file, or a folder that has office.yaml"),
        (["--sweep", "tolerance=5%..9%/1%", "--picture", "x.pdf"], "'x.pdf' is no picture that can be drawn"),
        (["nowhere", "--set", "tolerance=5%"], "there is no portfolio 'nowhere'; there is office"),
    ],
)
def test_what_can_not_be_tried_is_said_in_one_sentence(
    months: Months, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    said = Said(months, capsys, *arguments)
    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert said.err.count("\n") == 1


def test_a_portfolio_without_any_return_has_nothing_to_try_it_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = Said(Months(tmp_path), capsys, "--set", "tolerance=5%")
    assert said.code == 2
    assert "office has neither a published period nor a return from 2019-01 on" in said.err


# ---- sweeps


def test_a_sweep_counts_each_project_in_each_month_under_each_value(
    months: Months, capsys: pytest.CaptureFixture[str]
) -> None:
    said = Said(months, capsys, "--sweep", "tolerance=0%..25%/5%")
    assert said.code == 0
    assert "projects, once in each of 6 months (12 in all)." in said.out
    # Per cent short: 5 5, 15 5, 16 none, 5 20, 60 20, 12 8. What is not returned in March is held where it was amber.
    rows = re.findall(r"^([> ]) +(\d+%) +(\d+) +(\d+) +(\d+) +(\d+)  ", said.out, re.MULTILINE)
    assert [" ".join(row).strip() for row in rows] == [
        "0% 0 11 1 0",  # value, green, amber, red, not rated
        "5% 4 6 1 1",
        "> 10% 5 5 1 1",
        "15% 7 3 1 1",
        "20% 10 0 1 1",
        "25% 10 0 1 1",
    ]


def test_the_knee_and_the_stretch_around_today_are_named(months: Months, capsys: pytest.CaptureFixture[str]) -> None:
    said = Said(months, capsys, "--sweep", "tolerance=0%..25%/5%")
    assert "The most turn between 0% and 5%: 5 of 12.\n" in said.out
    assert "No other value tried gives the statuses of today's 10%.\n" in said.out
    said = Said(months, capsys, "--sweep", "tolerance=8%..12%/1%")
    assert "All values tried from 8% to 11% give the statuses of today's 10%.\n" in said.out
    said = Said(months, capsys, "--sweep", "tolerance=21%..30%/1%")
    assert "No value tried from 21% to 30% gives another status.\n" in said.out
    assert "Today's value, 10%, lies outside the range.\n" in said.out


def test_todays_value_is_put_between_those_asked_for(months: Months, capsys: pytest.CaptureFixture[str]) -> None:
    found = Said(months, capsys, "--sweep", "tolerance=7%..15%/4%", "--format", "json").json["values"]
    assert isinstance(found, list)
    assert [(one["shown"], one["is_today"]) for one in found] == [
        ("7%", False), ("10%", True), ("11%", False), ("15%", False),
    ]  # fmt: skip


def test_dated_values_are_named_and_each_month_is_tried_with_one(
    months: Months, capsys: pytest.CaptureFixture[str]
) -> None:
    dated = RULES.replace(
        "{from: 2018-01, value: 10%, why: agreed, approved_by: PMO}",
        "{from: 2018-01, value: 10%, why: agreed, approved_by: PMO}, "
        "{from: 2019-04, value: 15%, why: agreed, approved_by: PMO}",
    )
    plain = Said(months, capsys, "--sweep", "tolerance=5%..25%/5%", "--format", "json").json["values"]
    months.write("rules/office.yaml", dated)
    said = Said(months, capsys, "--sweep", "tolerance=5%..25%/5%")
    assert "the rules have 10% and later 15%; here each value is tried in all of them" in said.out.replace("\n", " ")
    values = Said(months, capsys, "--sweep", "tolerance=5%..25%/5%", "--format", "json").json["values"]
    assert isinstance(values, list)
    assert isinstance(plain, list)
    assert [one["counts"] for one in values] == [one["counts"] for one in plain]
    assert "10% and later 15% to 20% turns" in Said(months, capsys, "--set", "tolerance=20%").sentence


@pytest.mark.parametrize(("level", "total"), [("projects", 12), ("programmes", 6), ("portfolio", 6)])
def test_a_sweep_counts_the_level_asked_for(
    months: Months, capsys: pytest.CaptureFixture[str], level: str, total: int
) -> None:
    found = Said(months, capsys, "--sweep", "tolerance=5%..25%/5%", "--level", level, "--format", "json").json
    assert found["total"] == total
    values = found["values"]
    assert isinstance(values, list)
    assert all(sum(one["counts"].values()) + one["not_rated"] == total for one in values)


def test_a_picture_is_written_where_it_is_asked_for(
    months: Months, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, begins in (("knee.svg", b"<?xml"), ("knee.png", b"\x89PNG")):
        said = Said(months, capsys, "--sweep", "tolerance=5%..25%/5%", "--picture", str(tmp_path / name))
        assert said.out.endswith(f"The picture is in {tmp_path / name}.\n")
        assert (tmp_path / name).read_bytes().startswith(begins)
    nowhere = Said(months, capsys, "--sweep", "tolerance=5%..25%/5%", "--picture", str(tmp_path / "no" / "knee.png"))
    assert nowhere.code == 3
    assert "No such file or directory" in nowhere.err


def test_a_picture_is_drawn_anew_over_its_own_kind_alone(
    months: Months, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("knee.svg", "knee.png"):
        picture = tmp_path / name
        for values in ("5%..25%/5%", "5%..20%/5%"):
            assert Said(months, capsys, "--sweep", f"tolerance={values}", "--picture", str(picture)).code == 0
        drawn = picture.read_bytes()
        for other in (b"", b"my own notes", b"<?xml version='1.0'?><svg/>", b"\x89PNG\r\n another"):
            picture.write_bytes(other)
            refused = Said(months, capsys, "--sweep", "tolerance=5%..25%/5%", "--picture", str(picture))
            assert (refused.code, picture.read_bytes()) == (2, other)
            assert "is there already, and is no picture of a sweep; give --picture another name" in refused.err
        picture.write_bytes(drawn)
    (tmp_path / "folder.svg").mkdir()
    assert Said(months, capsys, "--sweep", "tolerance=5%..9%/1%", "--picture", str(tmp_path / "folder.svg")).code == 2
