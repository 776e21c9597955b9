"""The faults: every code is explained, with examples that are what they say, and none is explained in vain."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs import faults
from engine.cli import main
from engine.cli.checking import check
from engine.model.problems import Severity
from engine.workspace.faultbook import FaultKind, explanation, fault_kinds
from engine.workspace.starter import init_workspace
from tests.test_docs import ROOT

KINDS = fault_kinds()
SHOWN = [code for code, kind in KINDS.items() if kind.shows != "words"]

# Where a call that makes a fault has the code: which of its arguments it is.
CALLS = {"fault": 1, "warning": 1, "_fault": 1, "Slip": 1, "_note": 1, "note": 1, "fault_at": 2, "_UnreadableError": 0}
ELSEWHERE = {("yamlfile.py", "_fault"): 2}  # the same name, another order
NO_FAULTS = {("measures.py", "_note")}  # the same name, something else


def codes_in(path: Path, source: str) -> Iterator[str]:
    """The codes that a module gives to faults."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        place = ELSEWHERE.get((path.name, name), CALLS.get(name))
        given = [keyword.value for keyword in node.keywords if name == "Fault" and keyword.arg == "code"]
        if place is not None and len(node.args) > place and (path.name, name) not in NO_FAULTS:
            given.append(node.args[place])
        yield from (one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str))


def used() -> set[str]:
    return {code for path in (ROOT / "engine").rglob("*.py") for code in codes_in(path, path.read_text("utf-8"))}


def test_every_code_is_explained_and_every_explained_one_is_used() -> None:
    assert used() == set(KINDS), "engine/workspace/faults.yaml explains the codes that the modules of engine/ give"


def test_a_code_that_is_not_explained_would_be_found() -> None:
    module = 'file.fault(loc, "quite-new", what)\nSlip(at, "newer", what)\nFault(file=f, code="newest", what=w)\n'
    assert set(codes_in(Path("some.py"), module)) == {"quite-new", "newer", "newest"}


def test_the_page_is_current() -> None:
    """Making it tries every bad example."""
    assert faults.PAGE.read_text(encoding="utf-8") == faults.page(), "run: .venv/bin/python docs/generate.py"


@pytest.mark.parametrize("code", SHOWN)
def test_the_bad_example_has_this_fault_alone_and_the_good_one_has_not(code: str) -> None:
    kind = KINDS[code]
    bad, good = (faults.faults_of(kind, text, bad=text is kind.bad) for text in (kind.bad, kind.good))
    assert {fault.severity for fault in bad if fault.code == code} == {kind.severity}
    assert {fault.code for fault in bad if fault.severity is Severity.ERROR} <= {code}
    assert not [str(fault) for fault in good if fault.code == code or fault.severity is Severity.ERROR]


def test_a_workspace_without_a_portfolio_says_so(tmp_path: Path) -> None:
    init_workspace(tmp_path / "office")
    (tmp_path / "office" / "config" / "portfolios" / "first_portfolio.yaml").unlink()
    assert ("no-portfolio", KINDS["no-portfolio"].severity) in {
        (fault.code, fault.severity) for fault in check(tmp_path / "office")
    }


def test_a_measure_that_no_rule_asks_about_is_pointed_out(tmp_path: Path) -> None:
    init_workspace(tmp_path / "office")
    rules = tmp_path / "office" / "rules" / "first_portfolio.yaml"
    rules.write_text(rules.read_text("utf-8").replace("for: measures", "measure: visits"), encoding="utf-8")
    (found,) = check(tmp_path / "office")
    assert (found.file, found.line) == ("config/portfolios/first_portfolio.yaml", 14)
    assert found.what == "no rule asks whether `waiting_time` meets its target"
    assert (found.code, found.severity) == ("unjudged-measure", KINDS["unjudged-measure"].severity)


def test_a_code_is_explained_in_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--explain", "wrong-unit"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("wrong-unit: Two figures do not go together\n\nThis is an error: `run` stops at it.\n")
    assert "Wrong, in rules/first_portfolio.yaml:" in said
    assert "        when: shortfall > 30%" not in said  # the bad example, which has one line
    assert all(len(line) <= 120 for line in said.splitlines())


def test_a_fault_in_a_scenario_is_not_said_to_stop_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--explain", "own-calendar"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "This is an error: `test` can't try the scenario. `run` does not ask for it, and goes on." in said


def test_a_code_that_there_is_not_is_told_with_what_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--explain", "wrong-units"]) == 2
    assert capsys.readouterr().err == "telltale: there is no fault 'wrong-units'; did you mean `wrong-unit`?\n"


@pytest.mark.parametrize("code", list(KINDS))
def test_a_section_reads_well(code: str) -> None:
    kind: FaultKind = KINDS[code]
    assert kind.title[0].isupper()
    assert not kind.title.endswith(".")
    assert kind.means.strip().endswith((".", "?", '"'))
    assert "{" not in code
    assert explanation(code, kind).startswith(f"{code}: {kind.title}\n")
