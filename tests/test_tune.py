"""`telltale tune` as an analyst uses it: the file, what is said, what is refused; real files and a real database."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.cli import main

NOW = "2025-06-09T09:00"
CONFIG = {
    "config/schemes/lights.yaml": """\
scheme: lights
title: Lights
statuses:
  - {id: green, name: Green, code: G, colour: "#00703c"}
  - {id: amber, name: Amber, code: A, colour: "#f47738", exception: yes}
""",
    "config/people.yaml": "north_lead: {name: North Lead, email: north@council.example}\n",
    "config/audiences.yaml": "owners: {who: owners, about: {level: projects}}\n",
    "config/settings.yaml": "mail: {allowed_domains: [council.example]}\n",
}
PORTFOLIO = """\
portfolio: {name}
title: The office
scheme: lights
starts: {starts}
reports: {reports}
measures:
  visits: {{title: Visits, unit: number, better: higher}}
projects:
  - {{ref: {name}_north, title: North, owner: north_lead, measures: {{visits: {{target: 100}}}}}}
"""
RULES = """\
portfolio: {name}   # ours
thresholds:
  {threshold}:
    title: How far below target visits may fall
    values: [{{from: 2024-04, value: 10%, why: agreed, approved_by: PMO}}]

rules:
  - id: short
    title: Short of target
    for: measures
    when: shortfall > {threshold}
    status: amber
    because: "{{actual}} of {{target}}"
    tests:
      - {{given: {{actual: 85, target: 100}}, expect: fires}}
      - {{given: {{actual: 90, target: 100}}, expect: quiet}}
      - {{given: {{actual: 85, target: 100}}, expect: fires, on: 2025-01}}
"""


class Office:
    """A workspace in which commands are given, and what they say."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self._capsys = root, capsys
        for file, text in CONFIG.items():
            self.write(file, text)
        self.portfolio("north")

    def write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def portfolio(self, name: str, threshold: str = "tolerance", reports: str = "monthly") -> None:
        first = "2025-Q1" if reports == "quarterly" else "2025-01"
        self.write(f"config/portfolios/{name}.yaml", PORTFOLIO.format(name=name, reports=reports, starts=first))
        self.write(f"rules/{name}.yaml", RULES.format(name=name, threshold=threshold))

    def rules(self, name: str = "north") -> Path:
        return self.root / f"rules/{name}.yaml"

    def telltale(self, *arguments: str, expect: int = 0) -> str:
        """What the program prints, errors too."""
        self._capsys.readouterr()
        assert main(["-C", str(self.root), "--now", NOW, *arguments]) == expect
        said = self._capsys.readouterr()
        return said.out + said.err

    def tune(self, value: str, from_: str, *more: str, threshold: str = "tolerance", expect: int = 0) -> str:
        why = () if "--why" in more else ("--why", "two posts stay empty")
        return self.telltale("tune", threshold, value, "--from", from_, *why, "--by", "Board", *more, expect=expect)

    def tuned(self, value: str, from_: str, *more: str) -> Any:
        return json.loads(self.tune(value, from_, "--format", "json", *more))

    def month(self, period: str, visits: int) -> None:
        """A return, and its run."""
        figures = f"subject,measure,actual\nnorth_north,visits,{visits}\n"
        self.write(f"returns/north/{period}/owners/measures.csv", figures)
        self.telltale("run", "north", "--period", period)

    def statuses(self) -> dict[str, str | None]:
        """North's published status by month."""
        found = {}
        for period in ("2025-01", "2025-02", "2025-03"):
            run = json.loads(self.telltale("status", "north", "--period", period, "--format", "json"))
            found[period] = next(one["status"] for one in run["subjects"] if one["ref"] == "north_north")
        return found


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path / "office", capsys)


def test_the_file_has_the_new_value_and_says_why_and_who_and_the_rest_stays(office: Office) -> None:
    before = office.rules().read_text(encoding="utf-8")
    said = office.tune("20%", "2025-05")
    new = ", {from: 2025-05, value: 20%, why: two posts stay empty, approved_by: Board}]"
    assert office.rules().read_text(encoding="utf-8") == before.replace("PMO}]", "PMO}" + new)
    assert said.splitlines()[:3] == ["--- rules/north.yaml", "+++ rules/north.yaml", "@@ -2,7 +2,7 @@"]
    assert "`tolerance` is 20% from 1 May 2025 on and 10% before. The first period judged by it is May 2025." in said
    assert "Written to rules/north.yaml. Next: telltale -C" in said


def test_the_answer_for_programs_has_all_of_it(office: Office) -> None:
    office.tune("30%", "2025-10")
    answer = office.tuned("20%", "2025-05")
    assert {key: answer[key] for key in ("schema", "written", "portfolio", "threshold", "file", "line")} == {
        "schema": 1, "written": True, "portfolio": "north", "threshold": "tolerance", "file": "rules/north.yaml",
        "line": 5,
    }  # fmt: skip
    assert (answer["from"], answer["until"], answer["published"], answer["warnings"]) == (
        "2025-05-01", "2025-10-01", [], [],
    )  # fmt: skip
    assert answer["value"] == {"value": "20", "unit": "percent", "shown": "20%"}
    assert answer["before"] == {"value": "10", "unit": "percent", "shown": "10%"}
    assert "+    values: [{from: 2024-04, value: 10%, why: agreed, approved_by: PMO}, {from: 2025-05," in answer["diff"]


def test_a_dry_run_writes_nothing_and_says_how_to_see_what_would_change(office: Office) -> None:
    before = office.rules().read_bytes()
    said = office.tune("20%", "2025-05", "--dry-run")
    assert office.rules().read_bytes() == before
    assert "Nothing is written: this was a dry run." in said
    assert said.endswith("what-if north --set tolerance=20%\n")
    assert office.tuned("20%", "2025-05", "--dry-run")["written"] is False


@pytest.mark.parametrize("more", [("--dry-run",), ()])
def test_tests_that_the_new_value_fails_are_told_at_their_lines(office: Office, more: tuple[str, ...]) -> None:
    dashed = "\n      - {from: 2024-04, value: 10%, why: agreed, approved_by: PMO}\n"
    text = office.rules().read_text(encoding="utf-8")
    office.write("rules/north.yaml", text.replace(" [" + dashed.strip(" -\n") + "]\n", dashed))
    (failing,) = office.tuned("20%", "2025-05", *more)["failing"]
    assert (failing["name"], failing["expected"], failing["got"]) == ("test 1 of short", "fires", "quiet")
    file, line = failing["place"].split(":")
    lines = (office.root / file).read_text(encoding="utf-8").splitlines()
    assert lines[int(line) - 1].strip() == "- {given: {actual: 85, target: 100}, expect: fires}"


def test_a_threshold_that_ends_asks_for_tests_that_expect_unknown(office: Office) -> None:
    said = office.telltale("tune", "tolerance", "not set", "--from", "2025-05", "--why", "it ends", "--by", "PMO")
    assert "Let a test expect unknown, or say" in said


def test_scenarios_that_the_new_value_fails_are_told_too(office: Office) -> None:
    office.write(
        "rules/scenarios/winter.yaml",
        "scenario: A winter\nportfolio: north\nfrom: 2025-04\n"
        "given: {north_north: {visits: 85 85}}\nexpect: {north_north: {status: amber amber}}\n",
    )
    said = office.tune("20%", "2025-05")
    assert "Passed before, and fail now:" in said
    assert "  - rules/scenarios/winter.yaml:1: scenario winter\n" in said
    office.telltale("test", expect=1)


def test_a_value_between_others_fails_no_test_of_the_latest(office: Office) -> None:
    office.tune("20%", "2025-05")
    assert office.tuned("15%", "2025-04")["failing"] == []


def test_months_published_already_are_named_and_stay_until_they_are_run_again(office: Office) -> None:
    for month in (1, 2, 3):
        office.month(f"2025-0{month}", visits=85)
    assert office.statuses() == {"2025-01": "amber", "2025-02": "amber", "2025-03": "amber"}
    said = office.tune("20%", "2025-02")
    assert "Published already: 2025-02 to 2025-03. To judge them by the new value and publish them anew:" in said
    assert "run north --period 2025-02" in said
    assert office.statuses()["2025-02"] == "amber"
    office.telltale("run", "north", "--period", "2025-02")
    assert office.statuses() == {"2025-01": "amber", "2025-02": "green", "2025-03": "green"}


def test_only_the_months_until_the_next_value_are_named(office: Office) -> None:
    for month in (1, 2, 3):
        office.month(f"2025-0{month}", visits=85)
    assert office.tuned("20%", "2025-03")["published"] == ["2025-03"]
    assert office.tuned("15%", "2025-02")["published"] == ["2025-02"]
    assert office.tuned("25%", "2025-04")["published"] == []


@pytest.mark.parametrize(
    ("reports", "from_", "sentence"),
    [
        ("monthly", "2025-05-15", "from 15 May 2025 on and 10% before. The first period judged by it is May 2025."),
        ("monthly", "2024-06", "from 1 June 2024 on and 10% before. The first period judged by it is January 2025."),
        ("quarterly", "2025-Q2", "from 1 April 2025 on and 10% before. The first period judged by it is April to June"),
        ("quarterly", "2025-05", "from 1 May 2025 on and 10% before. The first period judged by it is April to June"),
        ("monthly", "2024-02", "from 1 February 2024 to 31 March 2024, not set before and 10% after. No period is"),
    ],
)
def test_it_says_which_period_is_the_first_to_be_judged_so(
    office: Office, reports: str, from_: str, sentence: str
) -> None:
    office.portfolio("north", reports=reports)
    assert f"`tolerance` is 20% {sentence}" in office.tune("20%", from_)


def test_the_portfolio_is_the_one_that_has_the_threshold(office: Office) -> None:
    office.portfolio("south", threshold="slack")
    before = office.rules().read_bytes()
    assert "Written to rules/south.yaml" in office.tune("20%", "2025-05", threshold="slack")
    assert office.rules().read_bytes() == before


def test_where_several_have_it_one_has_to_be_named(office: Office) -> None:
    office.portfolio("south")
    said = office.tune("20%", "2025-05", expect=2)
    assert said == ("telltale: 'tolerance' is a threshold of several portfolios; name one of north, south\n")
    assert "Written to rules/south.yaml" in office.tune("20%", "2025-05", "--portfolio", "south")


def test_a_threshold_that_no_portfolio_has_is_refused_with_the_nearest(office: Office) -> None:
    office.portfolio("south", threshold="slack")
    said = office.tune("20%", "2025-05", threshold="slak", expect=2)
    assert said == "telltale: there is no threshold 'slak' in any rule file; did you mean `slack`?\n"


@pytest.mark.parametrize(
    ("value", "from_", "more", "sentence"),
    [
        ("20", "2025-05", (), "`tolerance` can't be '20': this threshold is a percentage, and the number has no unit"),
        ("£20k", "2025-05", (), "`tolerance` can't be '£20k': this is a percentage, and what was written is money"),
        ("-five", "2025-05", (), ""),  # a word that begins with a dash is an option that there is not
        ("20%", "May", (), "'May' is not a date; write a month such as 2019-04"),
        ("20%", "2024-04", (), "`tolerance` has a value from 2024-04 on already (10%, line 5)"),
        ("10%", "2025-05", (), "`tolerance` is 10% on 2025-05 already; there is nothing to change"),
        ("20%", "2025-05", ("--why", "one\ntwo"), "`one two` has more than one line; write it on one"),
        ("20%", "2025-05", ("--why", ""), "nothing says why"),
        ("20%", "2025-05", ("--portfolio", "nowhere"), "there is no portfolio 'nowhere'"),
    ],
)
def test_what_is_refused_leaves_the_file_alone(
    office: Office, value: str, from_: str, more: tuple[str, ...], sentence: str
) -> None:
    before = office.rules().read_bytes()
    if value == "-five":
        with pytest.raises(SystemExit) as stopped:
            office.tune(value, from_, *more)
        assert stopped.value.code == 2
    else:
        said = office.tune(value, from_, *more, expect=2)
        assert said.startswith(f"telltale: {sentence}")
        assert said.count("\n") == 1
    assert office.rules().read_bytes() == before


def test_a_value_below_nought_is_no_option(office: Office) -> None:
    assert office.tuned("-5%", "2025-05")["value"] == {"value": "-5", "unit": "percent", "shown": "-5%"}


def test_rules_with_a_fault_are_mended_first(office: Office) -> None:
    text = office.rules().read_text(encoding="utf-8").replace("status: amber", "status: red")
    office.rules().write_text(text, encoding="utf-8")
    assert "there is no status `red`" in office.tune("20%", "2025-05", expect=1)
    assert office.rules().read_text(encoding="utf-8") == text


def test_a_rule_file_that_links_out_of_the_workspace_is_not_written(office: Office, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    office.rules().rename(elsewhere)
    office.rules().symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    assert "leads out of the workspace" in office.tune("20%", "2025-05", expect=1)
    assert elsewhere.read_bytes() == before


def test_a_file_from_windows_stays_one(office: Office) -> None:
    windows = b"\xef\xbb\xbf" + office.rules().read_bytes().replace(b"\n", b"\r\n")
    office.rules().write_bytes(windows)
    said = office.tune("20%", "2025-05", "--why", "two posts: “empty” #1 👩‍💻")
    written = office.rules().read_bytes()
    new = ', {from: 2025-05, value: 20%, why: "two posts: “empty” #1 👩‍💻", approved_by: Board}'.encode()
    assert written == windows.replace(b"PMO}]", b"PMO}" + new + b"]")
    assert "\r" not in said


def test_without_a_usable_database_the_rules_can_still_be_tuned(office: Office) -> None:
    office.write("var/telltale.db", "this is no database" * 100)
    said = office.tune("20%", "2025-05")
    assert "Which published periods it changes is not known: " in said
    assert "Written to rules/north.yaml." in said
    assert office.tuned("30%", "2025-06")["published"] is None
