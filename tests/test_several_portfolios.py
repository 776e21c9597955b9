"""A workspace with several portfolios: which one a command without a name is for, and what a demonstration shows."""

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
  - {id: amber, name: Amber, code: A, colour: "#ffdd00", exception: yes}
  - {id: red, name: Red, code: R, colour: "#d4351c", exception: yes}
""",
    "config/people.yaml": """\
north_lead: {name: North Lead, email: north@council.example}
south_lead: {name: South Lead, email: south@council.example}
board: {name: The Board, email: board@council.example}
""",
    "config/audiences.yaml": """\
owners: {who: owners, about: {level: projects}}
board: {who: [board]}
""",
    "config/settings.yaml": "mail: {allowed_domains: [council.example]}\n",
}
PORTFOLIO = """\
portfolio: {name}
title: Services in the {name}
scheme: lights
owner: board
starts: {starts}
measures:
  visits: {{title: Visits, unit: number, better: higher}}
projects:
"""
PROJECT = "  - {{ref: {name}_{at}, title: Team {at}, owner: {name}_lead, measures: {{visits: {{target: 100}}}}}}\n"
RULES = """\
portfolio: {name}
thresholds:
  {name}_tolerance: {{title: How far below, values: [{{from: 2017-04, value: 10%, why: agreed, approved_by: PMO}}]}}
rules:
  - id: short
    title: Short of target
    for: measures
    when: shortfall > {name}_tolerance
    status: amber
    because: "{{actual}} of {{target}} visits"
    tests: [{{given: {{actual: 85, target: 100}}, expect: fires}}]
  - id: very_short
    title: Very short of target
    for: measures
    when: shortfall > 60%
    status: red
    because: "only {{actual}} of {{target}} visits"
    tests: [{{given: {{actual: 30, target: 100}}, expect: fires}}]
"""


class Office:
    """Portfolios `north` and `south`, reported on years apart, and what commands say there."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self._capsys = root, capsys
        for name, text in CONFIG.items():
            self._write(name, text)

    def portfolio(self, name: str, period: str, *visits: int) -> None:
        teams = [PROJECT.format(name=name, at=at) for at, _ in enumerate(visits, 1)]
        self._write(f"config/portfolios/{name}.yaml", PORTFOLIO.format(name=name, starts=period) + "".join(teams))
        self._write(f"rules/{name}.yaml", RULES.format(name=name))
        rows = [f"{name}_{at},visits,{figure}\n" for at, figure in enumerate(visits, 1)]
        self._write(f"returns/{name}/{period}/owners/measures.csv", "subject,measure,actual\n" + "".join(rows))

    def _write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def says(self, *arguments: str, expect: int = 0) -> str:
        assert main(["-C", str(self.root), "--now", NOW, *arguments]) == expect
        printed = self._capsys.readouterr()
        return printed.out + printed.err

    def json(self, *arguments: str) -> Any:
        return json.loads(self.says(*arguments, "--format", "json"))


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    made = Office(tmp_path, capsys)
    made.portfolio("south", "2025-04", 80, 100)
    made.portfolio("north", "2018-01", 85, 20, 100, 84, 83, 82, 81)
    return made


def test_a_demonstration_tells_of_each_portfolio_in_a_few_lines_the_worst_first(office: Office) -> None:
    said = office.says("demo")
    north, south, end = said.split("\n\n")
    assert north.splitlines() == [
        "Services in the north, January 2018",
        "  1 Green, 5 Amber, 1 Red, 1 Not rated. Decided: 7 by rule. Trend: 7 New.",
        "  - Red (New): Team 2. only 20 of 100 visits",
        "  - Amber (New): Team 1. 85 of 100 visits",
        "  - Amber (New): Team 4. 84 of 100 visits",
        "  - Amber (New): Team 5. 83 of 100 visits",
        "  - Amber (New): Team 6. 82 of 100 visits",
        "  1 more exception, 2 messages.",
    ]
    assert south.splitlines()[0] == "Services in the south, April 2025"
    assert "  telltale demo north\n  telltale demo south\n" in end


def test_a_demonstration_of_one_portfolio_shows_all_of_it(office: Office) -> None:
    said = office.says("demo", "south")
    assert "  Amber      New    rule          Team 1 (south_1)\n" in said
    assert "Services in the north" not in said


def test_a_demonstration_judges_each_portfolio_on_its_own_day(office: Office) -> None:
    runs = office.json("demo")["runs"]
    assert [(run["portfolio"], run["now"][:10]) for run in runs] == [("north", "2018-02-08"), ("south", "2025-05-09")]


def test_a_preview_for_a_person_looks_where_they_could_be_told(office: Office) -> None:
    assert [one["subject"] for one in office.json("mail", "preview", "--to", "south_lead")["messages"]] == [
        "Services in the south: status of what you own"
    ]
    assert len(office.json("mail", "preview", "--to", "board")["messages"]) == 2
    assert len(office.json("mail", "preview", "south", "--to", "board")["messages"]) == 1


def test_a_preview_leaves_out_the_portfolio_that_has_no_such_period(office: Office) -> None:
    assert len(office.json("mail", "preview", "--period", "2018-01")["messages"]) == 2
    assert "is history" in office.says("mail", "preview", "--period", "2017-01", expect=2)


def test_another_value_is_tried_on_the_portfolio_that_has_the_threshold(office: Office) -> None:
    assert office.says("what-if", "--set", "south_tolerance=25%").startswith("Services in the south, 2025-04: ")
    assert office.says("what-if", "--sweep", "north_tolerance=0%..20%/10%").startswith("Services in the north, 2018-01")
    said = office.says("what-if", "--set", "south_tolerence=25%", expect=2)
    assert "did you mean `south_tolerance`" in said


def test_a_command_that_can_only_be_for_one_asks_which(office: Office) -> None:
    assert office.says("status", expect=2) == "telltale: name a portfolio: north, south\n"


def test_workbooks_are_handed_out_with_the_command_that_takes_them_back(office: Office) -> None:
    said = office.says("returns", "template", str(office.root / "forms"), "--portfolio", "south")
    assert said.endswith("--period 2025-05 --portfolio south\n")
