"""What a run and `explain` say beside statuses: whose a judgement is, what could not be compared, why there is another
revision."""

from pathlib import Path

import pytest

from engine.cli import main
from engine.workspace.starter import init_workspace

APRIL = "returns/first_portfolio/2025-04"


class Analyst:
    """Somebody at the command line, in a workspace as `telltale init` makes it."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self._capsys = root, capsys
        init_workspace(root)

    def edit(self, file: str, old: str, new: str) -> None:
        text = (self.root / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, text
        (self.root / file).write_text(text.replace(old, new), encoding="utf-8")

    def returns(self, path: str, *lines: str) -> None:
        file = self.root / "returns" / "first_portfolio" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(lines), encoding="utf-8")

    def judges(self, *rows: str) -> None:
        self.returns("2025-04/pmo/judgements.csv", "subject,kind,status,reason,by,until", *rows)

    def says(self, *arguments: str) -> str:
        """What the command says, in one line: where it is broken is no matter here."""
        assert main(["-C", str(self.root), "--now", "2025-05-09T09:00", *arguments]) == 0
        return " ".join(self._capsys.readouterr().out.split())


@pytest.fixture
def analyst(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Analyst:
    return Analyst(tmp_path / "office", capsys)


def test_what_a_floor_gives_is_not_said_of_the_rules(analyst: Analyst) -> None:
    analyst.judges(
        "home_visits,override,On track,All is well in May,,2025-05",
        "home_visits,floor,Off track,A post falls empty,,milestone Posts filled",
        "assessments,declared,On track,It goes well,Lead,",
        "assessments,floor,At risk,A decision is awaited,,",
    )
    said = analyst.says("run", "first_portfolio")
    assert "Quicker assessments is declared On track by Lead, and the PMO's floor is At risk" in said
    said = analyst.says("explain", "home_visits")
    assert "Override: On track (by PMO, until May 2025): All is well in May" in said
    assert "No better than: Off track (by PMO, until April 2025)" not in said
    assert "Off track (by PMO, until the milestone “Posts filled” is met): A post falls empty" in said
    assert "Beneath it the PMO's floor gives Off track." in said


def test_what_the_rules_give_is_said_of_them_though_there_is_a_floor(analyst: Analyst) -> None:
    analyst.judges("home_visits,override,On track,All is well,,", "home_visits,floor,At risk,A post falls empty,,")
    analyst.says("run", "first_portfolio")
    assert "Beneath it the rules give At risk." in analyst.says("explain", "home_visits")


def test_a_rule_that_could_be_judged_of_one_measure_alone_says_so(analyst: Analyst) -> None:
    analyst.edit(
        "config/portfolios/first_portfolio.yaml",
        "visits: {target: 120}",
        f"visits: {{target: 120}}\n{' ' * 10}waiting_time: {{target: 6}}",
    )
    analyst.returns("2025-04/project_leads/measures.csv", "subject,measure,actual", "home_visits,visits,120")
    analyst.says("run", "first_portfolio")
    said = analyst.says("explain", "home_visits")
    assert "For want of a figure for Average wait: “A measure falls short of its target”" in said
    assert "Judged, and quiet - A measure falls short of its target (where its figures are known)" in said


def test_a_run_says_why_there_is_another_revision(analyst: Analyst) -> None:
    assert "published as first_portfolio-2025-04-r1. " in analyst.says("run", "first_portfolio")
    analyst.edit("rules/first_portfolio.yaml", "value: 10%", "value: 12%")
    again = "published as first_portfolio-2025-04-r2; changed since r1: rules or config."
    assert again in analyst.says("run", "first_portfolio")
    assert again in analyst.says("status")
    analyst.edit("config/audiences.yaml", "at: at_risk", "at: off_track")
    assert "r3; changed since r2: who is told and how, or what is overdue." in analyst.says("run", "first_portfolio")
    analyst.judges("home_visits,floor,Off track,A post falls empty,,")
    analyst.edit("rules/first_portfolio.yaml", "value: 12%", "value: 10%")
    assert "r4; changed since r3: the figures, rules or config." in analyst.says("run", "first_portfolio")


def test_a_status_beside_one_that_stands_outside_the_order_has_no_trend_and_says_so(analyst: Analyst) -> None:
    analyst.edit(
        "config/portfolios/first_portfolio.yaml",
        "        title: Home visits\n",
        "        title: Home visits\n        lifecycle: [{from: 2025-04, is: closed}, {from: 2025-05, is: live}]\n",
    )
    analyst.says("run", "first_portfolio")
    analyst.returns("2025-05/project_leads/measures.csv", "subject,measure,actual", "home_visits,visits,120")
    analyst.says("run", "first_portfolio", "--period", "2025-05")
    said = analyst.says("explain", "home_visits")
    assert "May 2025: On track. No trend: what was known last time can't be compared." in said
