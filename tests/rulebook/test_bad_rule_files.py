"""Rule files with one defect each (bad/*.bad.yaml): `check` finds that one, at its place, in its words, and no other.

The first line of each says what is to be found. They are rule files of the workspace that `telltale init` makes.
"""

import shutil
from pathlib import Path

import pytest

from engine.cli.checking import check
from engine.cli.show import fault_line
from engine.workspace.starter import init_workspace

BAD = sorted(Path(__file__).with_name("bad").glob("*.bad.yaml"))
RULES = "rules/first_portfolio.yaml"


def office(folder: Path, rules: str) -> Path:
    init_workspace(folder)
    shutil.rmtree(folder / "rules" / "scenarios")  # they speak of other rules
    (folder / RULES).write_text(rules, encoding="utf-8")
    return folder


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name.removesuffix(".bad.yaml"))
def test_one_defect_is_one_fault(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    expected = text.splitlines()[0].removeprefix("# ")
    assert [fault_line(fault) for fault in check(office(tmp_path / "office", text))] == [f"{RULES}:{expected}"]


def test_there_are_enough_of_them_and_each_is_another_defect() -> None:
    assert len(BAD) >= 30
    assert len({path.read_text(encoding="utf-8").partition("\n")[2] for path in BAD}) == len(BAD)


def test_every_fault_of_a_file_is_found_at_once(tmp_path: Path) -> None:
    """Errors hide no warnings, and one rule's faults none of another's."""
    text = """\
portfolio: first_portfolio
thresholds:
  spare: {title: Not used, values: [{from: 2025-04, value: 3}]}
  named: {title: Named in a rule that can't be used, values: [{from: 2025-04, value: 3}]}
rules:
  - {id: one, title: One, for: projects, when: visits < 9%, status: at_risk}
  - {id: two, title: Two, for: projects, when: visits > named and visitz < 9, status: at_risk}
  - {id: three, title: Three, for: projects, when: visits > 9 and visits < 8, status: at_risk}
"""
    found = [(fault.line, fault.code) for fault in check(office(tmp_path / "office", text))]
    assert found == [
        (3, "unused-threshold"),
        (6, "untested"),
        (6, "wrong-unit"),
        (7, "untested"),
        (7, "unknown-name"),
        (8, "untested"),
        (8, "never-fires"),
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        # what is wrong in config/ is told there, and not again where rules name it
        ("portfolios/first_portfolio.yaml", "made, unit: number", "made, unit: nmber", ["wrong-value"]),
        ("portfolios/first_portfolio.yaml", "visits: {target: 120}", "vists: {target: 120}", ["unknown-measure"]),
        ("portfolios/first_portfolio.yaml", "title: Home visits", "titel: Home visits", ["unknown-key"]),
        ("schemes/three_status.yaml", "colour: \"#ffdd00\", exception: yes", "exception: perhaps", ["wrong-value"]),
        ("calendar.yaml", "country: GB", "country: [", ["yaml-syntax"]),
        ("settings.yaml", "returns: returns", "returns: [", ["yaml-syntax"]),
    ],
)  # fmt: skip
def test_a_fault_in_config_is_told_once(file: str, old: str, new: str, expected: list[str], tmp_path: Path) -> None:
    root = tmp_path / "office"
    init_workspace(root)
    path = root / "config" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert [fault.code for fault in check(root)] == expected


def test_faults_of_rules_are_found_whatever_is_wrong_in_config(tmp_path: Path) -> None:
    root = office(tmp_path / "office", "portfolio: first_portfolio\nrules:\n\t- {}\n")
    for file, spoilt in (("calendar.yaml", "["), ("settings.yaml", "["), ("portfolios/first_portfolio.yaml", "a: ]")):
        (root / "config" / file).write_text(spoilt, encoding="utf-8")
    assert [fault.code for fault in check(root) if fault.file == RULES] == ["tab"]


def test_a_file_in_rules_that_nothing_reads_is_pointed_out(tmp_path: Path) -> None:
    root = tmp_path / "office"
    init_workspace(root)
    for name in ("first_portfolio.yml", "second.yaml", ".hidden.yaml", "notes.txt"):
        (root / "rules" / name).write_text("a: b\n", encoding="utf-8")
    assert [(fault.file, fault.code) for fault in check(root)] == [
        ("rules/first_portfolio.yml", "stray-file"),
        ("rules/second.yaml", "stray-file"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("owner.txt.j2", "{{ message.portfolio }}\n{{ message.nothing }}\n", ":2:1: 'dict object' has no"),
        ("owner.html.j2", "\udcff", ":1:1: this file is not UTF-8 text; save it as UTF-8 [bad-template]"),
        ("digest.html.j2", "{% for one in %}\n", ":1:1: "),
        ("parts.txt.j2", "{% macro status(subject) %}{{ 1 + 1 }}{% endmacro %}\n", ":1:1: `+` can't be used"),
    ],
)  # fmt: skip
def test_templates_of_ones_own_are_tried(name: str, text: str, said: str, tmp_path: Path) -> None:
    root = tmp_path / "office"
    init_workspace(root)
    folder = root / "config" / "templates"
    folder.mkdir()
    (folder / name).write_text(text, encoding="utf-8", errors="surrogateescape")
    (found,) = check(root)
    assert fault_line(found).startswith(f"config/templates/{name}{said}")
    assert found.code == "bad-template"
    (folder / name).unlink()
    shipped = Path(__file__).parents[2] / "notifiers" / "templates"
    for template in shipped.glob("*.j2"):
        shutil.copy(template, folder)
    assert check(root) == []
