"""The files made from a list: right at once, whatever the titles are, and as somebody would have typed them."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.cli import main
from engine.returns.cells import Cell
from engine.returns.raw import RawTable
from engine.setup.files import domains, files, too_large
from engine.setup.names import LONGEST, made_name
from engine.setup.reading import Read, read_tables
from engine.workspace.schemas import schema_line
from engine.workspace.starter import init_workspace
from engine.workspace.yamlfile import LARGEST, read_yaml, read_yaml_text
from engine.workspace.yamlwriting import scalar, visible
from tests.setup.lists import HEADER, TODAY, listed, made, read
from tests.test_schemas import VALIDATORS, as_an_editor_sees, kind_of

VISITS = ("Care", "Visits", "Lead", "lead@council.example", "Made", "number", "higher", 120)


def of_rows(*rows: tuple[object, ...]) -> Read:
    """What is understood of rows as a reader of files gives them."""
    cells = [(number, [Cell(value) for value in row]) for number, row in enumerate((HEADER, *rows), start=1)]
    return read_tables([RawTable("projects", "list.xlsx", cells, "projects")], [], TODAY)


def telltale(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The command's answer in the workspace, which has to be "done"."""
    code = main(["-C", str(root), "--format", "json", *arguments])
    answer = capsys.readouterr().out
    assert code == 0, answer
    return json.loads(answer)


@pytest.mark.parametrize(
    "rows",
    [
        [VISITS],
        [("none", "Visits", "Lead", "lead@council.example", "Wait", "weeks", "lower", 4)],
        [("Care", "Visits", "Lead", "lead@council.example", "Cost", "money", "lower", "£5k")],
        [("Care", "Visits", "Lead", "lead@council.example", "Recruited", "percent", "higher", "up")],
        [("Care", "Visits", "Lead", "lead@council.example", "Made", "number", None, 5)],  # nothing has a direction
        [("Care", "Visits", "Lead", "lead@council.example")],  # nothing is measured
        [("Care", None, "Head", "d@council.example"), VISITS, (None, None, None, None, "Wait", "weeks", "lower", 4)],
    ],
)  # fmt: skip
def test_what_is_made_has_no_fault_and_its_tests_pass_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[tuple[object, ...]]
) -> None:
    root, _, _ = made(tmp_path, of_rows(*rows))
    (root / "returns").mkdir()  # as init does
    found = telltale(root, capsys, "check")
    assert [one for one in found["faults"] if one["code"] != "no-owner"] == []
    tested = telltale(root, capsys, "test")
    assert tested["failed"] == 0
    assert tested["passed"] >= 9
    (coverage,) = telltale(root, capsys, "test", "--coverage")["coverage"]
    assert [rule["rule"] for rule in coverage["rules"] if not rule["covered"]] == []


def test_each_file_begins_with_the_line_that_editors_look_for(tmp_path: Path) -> None:
    texts = files(listed(read(tmp_path, VISITS)))
    first = {path: text.splitlines()[0] for path, text in texts.items() if path.endswith(".yaml")}
    kinds = {"config/people.yaml": "people", "rules/our_portfolio.yaml": "rules"}
    assert len(first) == 6
    assert all(line.startswith("# yaml-language-server: $schema=") for line in first.values())
    assert {path: first[path] for path in kinds} == {path: schema_line(kind, path) for path, kind in kinds.items()}


def test_an_editor_finds_nothing_wrong_whatever_things_are_called(tmp_path: Path) -> None:
    odd = ("012", "no", "1e3", "2025-04-01", "12:30", "null", "0x1F", "=1+1", "a: b", "~", "On")
    rows: list[tuple[object, ...]] = [
        ("1.5", title, f"{title} lead", f"l{n}@council.example", title, "percent", "up", 5)
        for n, title in enumerate(odd)
    ]
    for target, kind in (
        (120, "number"),
        ("-£8k", "money"),
        ("to be set", "weeks"),
        ("£1.32m", "money"),
        (0.5, "weeks"),
    ):
        rows.append(("Care", f"Of {target}", None, None, f"M {target}", kind, "down", target))
    root, _, _ = made(tmp_path, of_rows(*rows))
    for path in (*root.glob("config/**/*.yaml"), *root.glob("rules/*.yaml")):
        seen = as_an_editor_sees(read_yaml(path, path.name))
        assert [error.message for error in VALIDATORS[kind_of(path)].iter_errors(seen)] == [], path


def test_the_order_of_the_list_is_the_order_of_the_file(tmp_path: Path) -> None:
    _, _, portfolio = made(tmp_path, read(tmp_path, ("B", "Z"), ("A", "Y"), ("B", "X"), ("none", "W"), ("A", "V")))
    assert list(portfolio.subjects) == ["our_portfolio", "b", "z", "x", "a", "y", "v", "w"]


def test_mail_goes_to_the_domains_of_the_list_alone(tmp_path: Path) -> None:
    found = read(
        tmp_path, VISITS, (None, "B", "B lead", "b@council.example"), (None, "C", "C lead", "c@Partner.example")
    )
    assert domains(listed(found)) == [("council.example", 2), ("partner.example", 1)]
    _, workspace, _ = made(tmp_path, found)
    assert workspace.settings.mail.allowed_domains == ("council.example", "partner.example")


def test_a_list_too_long_for_one_portfolio_is_told(tmp_path: Path) -> None:
    made_of = {"config/people.yaml": "x" * (LARGEST + 1)}
    (problem,) = too_large(made_of, "list.xlsx")
    assert str(problem).startswith("list.xlsx: config/people.yaml would be larger than 1 MB")
    assert too_large(files(listed(read(tmp_path, VISITS))), "list.xlsx") == []


# ---- whatever people call things

TITLES = st.one_of(
    st.text(max_size=30),
    st.sampled_from([
        "no", "On", "~", "null", "012", "1e3", "0x1F", "12:30", "2025-04-01", "=1+1", "+44", "@home", "- dash", "a: b",
        "a #b", "# all", "{x}", "[x]", "'q'", '"q"', "back\\slash", "tab\there", "line\nbreak", "% of visits", "£5k",
        "!tag", "&anchor", "*alias", "|", ">", "?", "Café – naïve", "日本語", "🚑 ambulances", "a,b", "ends with:",
        "Is", "target", "tolerance", "savings", "portfolio", "example", "y", "Zoë’s ‘list’", "\u2028", "\ufeffbom",
        "\ufffe",
    ]),
)  # fmt: skip


@given(TITLES)
def test_any_text_is_the_same_text_when_the_file_is_read(written: str) -> None:
    kept = "".join(one for one in written if one.isprintable() or one == "\xad")
    for form in ("{{key: {}}}", "key: {}", "[{{key: {}}}]"):
        file = read_yaml_text(form.format(scalar(visible(kept))), "x")
        assert file.faults == ()
        data = file.data[0] if isinstance(file.data, list) else file.data
        assert data == {"key": kept or ""}


@given(st.lists(st.tuples(TITLES, TITLES, TITLES, TITLES), min_size=1, max_size=6))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_things_are_called_the_workspace_has_no_fault_or_says_why(
    rows: list[tuple[str, str, str, str]],
) -> None:
    found = of_rows(*((a, b, c, None, d, "number", "higher", n) for n, (a, b, c, d) in enumerate(rows)))
    if found.listing is None:
        assert found.problems
        return
    with TemporaryDirectory() as folder:
        _, _, portfolio = made(Path(folder), found)
        titles = {project.title for project in portfolio.subjects.values()}
        assert {project.title for project in found.listing.every_project} <= titles


@given(st.lists(TITLES, max_size=12))
def test_names_are_plain_short_and_each_once_and_the_same_for_the_same_list(titles: list[str]) -> None:
    def names() -> list[str]:
        found: list[str] = []
        for title in titles:
            found.append(made_name(title, "measure", found))
        return found

    found = names()
    assert len(set(found)) == len(found)
    assert all(name.isascii() and name.isidentifier() and len(name) <= LONGEST + 12 for name in found)
    assert names() == found


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Packages reduced, ages 18 to 64", "packages_reduced_ages_18_to_64"),
        ("The Lead's own list", "leads_own_list"),
        ("Café & crèche", "cafe_and_creche"),
        ("% off target", "percent_off_target"),
        ("65 and over", "measure_65_and_over"),
        ("日本語", "measure"),
        ("The", "the"),
        ("x" * 60, "x" * LONGEST),
        ("A very long title of something which few would call so", "very_long_title_of_something_which_few"),
    ],
)  # fmt: skip
def test_a_name_is_made_that_people_can_read(title: str, name: str) -> None:
    assert made_name(title, "measure", ()) == name


def test_a_hundred_projects_of_ten_measures_are_one_list() -> None:
    rows = [
        (f"Programme {p // 10}", f"Project {p}", f"Lead {p}", f"l{p}@council.example", f"M {m}", "percent", "up", "50%")
        for p in range(100)
        for m in range(10)
    ]  # fmt: skip
    found = listed(of_rows(*rows))
    assert (len(found.programmes), len(found.every_project), len(found.measures), found.targets) == (10, 100, 10, 1000)


def test_the_parents_of_a_list_are_judged_as_those_of_the_starting_workspace(tmp_path: Path) -> None:
    root, _, _ = made(tmp_path, of_rows(VISITS))
    whens = []
    init_workspace(tmp_path / "first")
    for path in (root / "rules/our_portfolio.yaml", tmp_path / "first/rules/first_portfolio.yaml"):
        rules = read_yaml(path, "rules").data
        assert isinstance(rules, dict)
        whens += [rule["when"] for rule in rules["rules"] if rule["id"] == "most_projects_off_target"]
    assert whens == ["projects.off_target_share > 50%"] * 2
