"""The reference pages: what is written by docs/generate.py is current, and every example condition can be read."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from engine.facts.names import FactNames
from engine.model.values import Unit
from engine.rulebook.names import Vocabulary
from engine.rulebook.parser import read_condition
from engine.rulebook.slips import Source
from engine.rulebook.syntax import At
from engine.workspace.loading import load_workspace
from engine.workspace.starter import init_workspace
from tests.test_docs import ROOT

REFERENCE = ROOT / "docs" / "reference"
GENERATE: dict[str, Any] = runpy.run_path(str(ROOT / "docs" / "generate.py"))


@pytest.mark.parametrize("page", sorted(GENERATE["PAGES"]))
def test_the_tables_of_a_reference_page_are_current(page: str) -> None:
    path = ROOT / "docs" / page
    assert path.read_text(encoding="utf-8") == GENERATE["refreshed"](path), "run: .venv/bin/python docs/generate.py"


def test_every_key_and_every_fact_has_a_meaning() -> None:
    assert GENERATE["without_meaning"]() == []


def test_every_condition_of_the_rules_page_can_be_read(tmp_path: Path) -> None:
    init_workspace(tmp_path / "office")
    workspace, _ = load_workspace(tmp_path / "office")
    assert workspace is not None
    portfolio = workspace.portfolios["first_portfolio"]
    scheme = workspace.scheme_of(portfolio)
    statuses = tuple(status.id for status in scheme.statuses)
    vocabulary = Vocabulary(FactNames(portfolio, scheme), {"tolerance": Unit.PERCENT}, statuses=statuses)
    page = (REFERENCE / "rules.md").read_text(encoding="utf-8")
    section = page.partition("## Conditions")[2].partition("| form |")[0]
    conditions = re.findall(r"^    (.+)$", section, re.MULTILINE)
    assert len(conditions) > 5
    for text in conditions:
        condition, slips = read_condition(Source(text, At(1, 1)), vocabulary)
        assert condition is not None, (text, slips)
