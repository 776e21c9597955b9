"""The scenarios that are shipped, and the one that the docs show: free of faults, and they come out as expected."""

import re
from pathlib import Path

import pytest

from engine import app
from engine.office import Office
from engine.scenarios.folder import read_scenarios
from engine.scenarios.reading import read_scenario
from engine.scenarios.running import run_scenario
from engine.workspace.yamlfile import read_yaml_text

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def office() -> Office:
    return app.open_office(ROOT, "2019-02-08T07:00")


def test_those_of_the_repository_come_out_as_expected(office: Office) -> None:
    scenarios, faults = read_scenarios(ROOT, office.workspace)
    assert faults == []
    assert scenarios
    for one in scenarios:
        result = run_scenario(app.declared(office, one.portfolio), one)
        assert [compared.expected.of for compared in result.failed] == []


def test_the_scenario_in_the_reference_is_one(office: Office) -> None:
    page = (ROOT / "docs/reference/tests.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```yaml\n(scenario: .*?)```", page, re.DOTALL)
    about = app.declared(office, "improving_lives")
    scenario, faults = read_scenario(
        read_yaml_text(text, "shown"), office.workspace, {"improving_lives": about.rulebook}
    )
    assert faults == []
    assert scenario is not None
    assert run_scenario(about, scenario).ok
