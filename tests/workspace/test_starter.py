"""The workspace to start from: it is right as it stands, and never costs anybody a file."""

import csv
from pathlib import Path

import pytest

from engine import app
from engine.workspace.loading import load_workspace
from engine.workspace.starter import StarterError, init_workspace
from engine.workspace.yamlfile import read_yaml


def test_the_starting_workspace_has_no_fault_and_no_warning(tmp_path: Path) -> None:
    init_workspace(tmp_path / "new" / "workspace")
    workspace, faults = load_workspace(tmp_path / "new" / "workspace")
    assert faults == []
    assert workspace is not None
    (portfolio,) = workspace.portfolios.values()
    assert len(portfolio.subjects) == 4
    assert len(workspace.scheme_of(portfolio).statuses) == 3


def test_it_has_a_rule_file_an_example_return_and_a_page_to_read(tmp_path: Path) -> None:
    written = {path.relative_to(tmp_path).as_posix(): path for path in init_workspace(tmp_path)}
    rules = read_yaml(written["rules/first_portfolio.yaml"], "rules")
    assert rules.faults == ()
    assert isinstance(rules.data, dict)
    assert all(rule["tests"] for rule in rules.data["rules"])
    workspace, _ = load_workspace(tmp_path)
    assert workspace is not None
    example = written["returns/first_portfolio/2025-04/project_leads/measures.csv"]
    with example.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert row["measure"] in workspace.portfolios["first_portfolio"].subjects[row["subject"]].measures
    assert len(written["README.txt"].read_text(encoding="utf-8").splitlines()) <= 12


def test_its_target_that_changes_within_the_year_is_no_problem_when_it_does(tmp_path: Path) -> None:
    init_workspace(tmp_path)
    owners = tmp_path / "returns/first_portfolio/2025-10/project_leads"
    owners.mkdir(parents=True)
    table = "subject,measure,actual\nhome_visits,visits,121\nassessments,waiting_time,3.5\n"
    (owners / "measures.csv").write_text(table, encoding="utf-8")
    run = app.run(app.open_office(tmp_path, "2025-11-10T09:00"), "first_portfolio", "2025-10")
    assert run.problems == ()
    assert {subject.status for subject in run.subjects} == {"on_track"}


@pytest.mark.parametrize(
    ("visits", "waiting", "programme"),
    [
        ("96", "5.5", "on_track"),
        ("96", "five or so", "at_risk"),  # the only one with a status is off target
        ("120", "five or so", "on_track"),  # and the only one is not
        ("96", "9", "at_risk"),
        ("some", "five or so", None),
    ],
)
def test_a_programme_is_judged_by_those_of_its_projects_that_have_a_status(
    tmp_path: Path, visits: str, waiting: str, programme: str | None
) -> None:
    init_workspace(tmp_path)
    figures = f"subject,measure,actual\nhome_visits,visits,{visits}\nassessments,waiting_time,{waiting}\n"
    (tmp_path / "returns/first_portfolio/2025-04/project_leads/measures.csv").write_text(figures, encoding="utf-8")
    run = app.run(app.open_office(tmp_path, "2025-05-08T09:00"), "first_portfolio", None, publish=False)
    assert [one.status for one in run.subjects if one.ref in ("front_door", "first_portfolio")] == [programme] * 2


def test_what_is_already_there_is_never_written_over(tmp_path: Path) -> None:
    taken = tmp_path / "config" / "people.yaml"
    taken.parent.mkdir()
    taken.write_text("mine", encoding="utf-8")
    with pytest.raises(StarterError, match=r"people\.yaml is already there; choose an empty folder"):
        init_workspace(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [taken]
    assert taken.read_text(encoding="utf-8") == "mine"


def test_a_second_time_is_refused(tmp_path: Path) -> None:
    init_workspace(tmp_path)
    with pytest.raises(StarterError, match="is already there"):
        init_workspace(tmp_path)


def test_a_folder_that_holds_other_things_will_do(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "config").mkdir()
    assert tmp_path / "config" / "people.yaml" in init_workspace(tmp_path)


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "workspace"
    root.mkdir()
    (root / "config").symlink_to(outside)
    with pytest.raises(StarterError, match="config is already there"):
        init_workspace(root)
    assert list(outside.iterdir()) == []


def test_a_file_where_a_folder_should_be_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "workspace").write_text("", encoding="utf-8")
    with pytest.raises(StarterError, match="can't be written: "):
        init_workspace(tmp_path / "workspace")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "rules").write_text("", encoding="utf-8")
    with pytest.raises(StarterError, match="rules is already there"):
        init_workspace(tmp_path / "other")
