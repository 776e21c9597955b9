"""`telltale test` as an analyst meets it: what passes, what fails and why, and what no test shows."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.cli import main
from engine.cli.show import WIDTH
from engine.workspace.starter import init_workspace

RULES = "rules/first_portfolio.yaml"
SCENARIO = "rules/scenarios/home_visits_recover.yaml"


class Analyst:
    """Somebody at the command line, in a workspace as `telltale init` makes it."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self._capsys = root, capsys
        init_workspace(root)

    def edit(self, file: str, old: str, new: str) -> None:
        text = (self.root / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, text
        (self.root / file).write_text(text.replace(old, new), encoding="utf-8")

    def telltale(self, *arguments: str, expect: int = 0) -> str:
        assert main(["-C", str(self.root), "--now", "2025-05-09T09:00", *arguments]) == expect
        out, err = self._capsys.readouterr()
        return out + err

    def json(self, *arguments: str, expect: int = 0) -> Any:
        return json.loads(self.telltale("test", *arguments, "--format", "json", expect=expect))


@pytest.fixture
def analyst(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Analyst:
    return Analyst(tmp_path / "office", capsys)


def test_the_starting_workspace_passes_its_tests_and_its_scenario(analyst: Analyst) -> None:
    assert analyst.telltale("test") == "7 passed, 0 failed (6 rule tests, 1 scenario).\n"
    answer = analyst.json()
    assert (answer["passed"], answer["failed"], len(answer["tests"]), len(answer["scenarios"])) == (7, 0, 6, 1)
    assert answer["scenarios"][0]["periods"] == ["2025-04", "2025-05", "2025-06", "2025-07"]
    assert "coverage" not in answer


def test_a_failed_test_shows_expected_and_got_with_what_was_known(analyst: Analyst) -> None:
    analyst.edit(
        RULES,
        "{given: {actual: 100, target: 120}, expect: fires}",
        "{given: {actual: 110, target: 120}, expect: fires}",
    )
    assert analyst.telltale("test", expect=1) == (
        "rules/first_portfolio.yaml:20: test 1 of short_of_target expected fires and got quiet\n"
        "    shortfall > tolerance: 8.33% > 10% does not hold\n"
        "\n"
        "  Known\n"
        "  actual     110, off target\n"
        "  age        0\n"
        "  shortfall  8.33%\n"
        "  target     120\n"
        "  variance   -10\n"
        "\n"
        "6 passed, 1 failed (6 rule tests, 1 scenario).\n"
    )
    (failed,) = [one for one in analyst.json(expect=1)["tests"] if not one["ok"]]
    assert (failed["rule"], failed["number"], failed["expected"], failed["got"]) == (
        "short_of_target",
        1,
        "fires",
        "quiet",
    )
    assert failed["sheet"]["shortfall"] == "8.33%"
    (comparison,) = failed["comparisons"]
    assert (comparison["condition"], comparison["holds"]) == ("shortfall > tolerance", False)
    assert comparison["left"]["value"].startswith("8.3333333")


def test_a_failed_scenario_shows_expected_and_got_period_by_period_with_the_sheet_of_the_first(
    analyst: Analyst,
) -> None:
    analyst.edit(RULES, "value: 10%", "value: 30%")
    said = analyst.telltale("test", "--only", "home_visits_recover", expect=1)
    assert said.splitlines()[:7] == [
        f"{SCENARIO}:4: this scenario does not come out as expected",
        "  Home visits fall short, one month is not returned, and they recover",
        f"{SCENARIO}:14: status of home_visits",
        "     Period   Expected  Got",
        "  >  2025-04  at_risk   on_track",
        "  >  2025-05  at_risk   on_track",
        "  >  2025-06  at_risk   _",
    ]
    assert (
        f"{SCENARIO}:20: owners told of home_visits\n     Period   Expected    Got\n  >  2025-04  first       _\n"
        in said
    )
    assert said[said.index("  What the rules saw") :] == (
        "  What the rules saw of home_visits in April 2025:\n"
        "  - short_of_target of visits: quiet (rules/first_portfolio.yaml:12)\n"
        "    shortfall > tolerance: 25% > 30% does not hold\n"
        "\n"
        "  Known             Figure  Is\n"
        "  visits            90      off target\n"
        "  visits.shortfall  25%\n"
        "  visits.target     120\n"
        "\n"
        "0 passed, 1 failed (0 rule tests, 1 scenario).\n"
    )
    assert all(len(line) <= WIDTH for line in said.splitlines())


def test_the_json_of_a_failed_scenario_has_every_series_and_the_whole_sheet(analyst: Analyst) -> None:
    analyst.edit(RULES, "value: 10%", "value: 30%")
    (scenario,) = analyst.json("--only", "home_visits_recover", expect=1)["scenarios"]
    assert scenario["ok"] is False
    series = {one["of"]: one for one in scenario["series"]}
    assert series["status of home_visits"]["expected"] == ["at_risk", "at_risk", "at_risk", "on_track"]
    assert series["status of home_visits"]["got"] == ["on_track", "on_track", "_", "on_track"]
    assert series["owners told of home_visits"]["place"] == f"{SCENARIO}:20"
    (seen,) = scenario["seen"]
    assert seen["sheet"]["period"] == "2025-04"
    assert seen["sheet"]["facts"]["visits.shortfall"]["value"] == "25"
    assert {rule["rule"]: rule["said"] for rule in seen["rules"]} == {"short_of_target": "quiet"}


def test_a_failed_scenario_says_that_a_rule_only_stands_until_it_is_cleared(analyst: Analyst) -> None:
    analyst.edit(RULES, "when: shortfall > tolerance\n", "when: shortfall > tolerance\n    clears: shortfall <= 2%\n")
    said = analyst.telltale("test", "--only", "home_visits_recover", expect=1)
    assert said[said.index("  What the rules saw") :].splitlines()[:5] == [
        "  What the rules saw of home_visits in July 2025:",
        "  - short_of_target of visits: fires (rules/first_portfolio.yaml:12)",
        "    last fired in May 2025, and stands until it is cleared",
        "    shortfall > tolerance: 4.17% > 10% does not hold",
        "    shortfall <= 2%: 4.17% <= 2% does not hold",
    ]
    ((rule,),) = [
        seen["rules"] for seen in analyst.json("--only", "home_visits_recover", expect=1)["scenarios"][0]["seen"]
    ]
    assert (rule["said"], rule["last_fired"]) == ("fires", "2025-05")


def test_a_long_scenario_shows_the_periods_about_the_differences_alone(analyst: Analyst) -> None:
    (analyst.root / SCENARIO).write_text(
        "scenario: A year\nportfolio: first_portfolio\nfrom: 2025-04\n"
        "given: {home_visits: {visits: 115 x12}}\n"
        "expect: {home_visits: {status: on_track x5 at_risk on_track x6}}\n",
        encoding="utf-8",
    )
    lines = analyst.telltale("test", "--only", "home_visits_recover", expect=1).splitlines()
    shown = [
        line.split()[-3] if ">" not in line else "> " + line.split()[1] for line in lines[4:9] if "..." not in line
    ]
    assert lines[4].split() == ["..."]
    assert shown == ["2025-07", "2025-08", "> 2025-09", "2025-10"]


def test_coverage_says_what_is_not_tested_and_which_tests_would(analyst: Analyst) -> None:
    said = analyst.telltale("test", "--coverage")
    assert said == (
        "rules/first_portfolio.yaml:12: short_of_target\n"
        "  - no test in which `shortfall > tolerance` (tolerance is 10%) only just holds\n"
        "  - no test in which `shortfall > tolerance` (tolerance is 10%) just does not hold\n"
        "  add, where the rule says what you mean:\n"
        "      - {given: {shortfall: 11%}, expect: fires}\n"
        "      - {given: {shortfall: 10%}, expect: quiet}\n"
        "\n"
        "rules/first_portfolio.yaml:24: most_projects_off_target\n"
        "  - no test in which `projects.off_target_share > 50%` only just holds\n"
        "  add, where the rule says what you mean:\n"
        "      - {given: {projects.off_target_share: 51%}, expect: fires}\n"
        "\n"
        "first_portfolio: 0 of 2 rules covered.\n"
        "7 passed, 0 failed (6 rule tests, 1 scenario).\n"
    )


def test_tests_copied_from_coverage_are_taken_and_cover_the_rules(analyst: Analyst) -> None:
    said = analyst.telltale("test", "--coverage")
    rules = (analyst.root / RULES).read_text(encoding="utf-8")
    for group in said.split("\n\n")[:2]:
        name = group.splitlines()[0].rpartition(": ")[2]
        added = "\n".join(line for line in group.splitlines() if line.startswith("      - "))
        before, after = rules.split(f"  - id: {name}\n")
        rules = f"{before}  - id: {name}\n{after.replace('    tests:', '    tests:' + chr(10) + added, 1)}"
    (analyst.root / RULES).write_text(rules, encoding="utf-8")
    assert analyst.telltale("check") == "No fault.\n"
    assert analyst.telltale("test", "--coverage") == (
        "first_portfolio: each of 2 rules covered.\n10 passed, 0 failed (9 rule tests, 1 scenario).\n"
    )
    (answer,) = analyst.json("--coverage")["coverage"]
    assert (answer["covered"], [rule["gaps"] for rule in answer["rules"]]) == (2, [[], []])


def test_one_rule_or_one_scenario_can_be_tested_alone(analyst: Analyst) -> None:
    assert analyst.telltale("test", "--only", "short_of_target") == "3 passed, 0 failed (3 rule tests, 0 scenarios).\n"
    assert analyst.telltale("test", "--only", "home_visits_recover").startswith("1 passed, 0 failed")
    said = analyst.telltale("test", "--only", "short_of_targets", expect=2)
    assert said == "telltale: there is no rule and no scenario 'short_of_targets'; did you mean `short_of_target`?\n"


def test_a_slip_in_a_scenario_is_a_fault_for_check_and_stops_test(analyst: Analyst) -> None:
    analyst.edit(SCENARIO, "status: at_risk x3", "status: at_rsk x3")
    what = f"{SCENARIO}:14:13: `at_rsk` is nothing that can be expected here; did you mean `at_risk`?"
    assert analyst.telltale("check", expect=1).startswith(what)
    assert analyst.telltale("test", expect=1) == f"telltale: {what}\n"


def test_a_file_beside_the_scenarios_that_nothing_reads_is_warned_of(analyst: Analyst) -> None:
    (analyst.root / "rules/scenarios/other.yml").write_text("a: b\n", encoding="utf-8")
    (analyst.root / "rules/old").mkdir()
    (analyst.root / "rules/old/rules.yaml").write_text("a: b\n", encoding="utf-8")
    said = analyst.telltale("check")
    assert "rules/scenarios/other.yml:1:1:" in said
    assert "rules/old/rules.yaml:1:1:" in said
    assert said.count("nothing reads this file") == 2


def test_a_link_out_of_the_workspace_is_not_followed(analyst: Analyst, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    (analyst.root / SCENARIO).rename(outside)
    (analyst.root / SCENARIO).symlink_to(outside)
    assert "leads out of the workspace" in analyst.telltale("check", expect=1)


def test_scenarios_may_lie_in_folders_below(analyst: Analyst) -> None:
    below = analyst.root / "rules/scenarios/visits"
    below.mkdir()
    (analyst.root / SCENARIO).rename(below / "recover.yaml")
    assert analyst.telltale("test", "--only", "recover").startswith("1 passed, 0 failed")
