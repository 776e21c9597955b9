"""Every case has a test that names it and a line on its portfolio's page that says where it shows."""

import ast
import re
from pathlib import Path

import pytest

from tests.test_docs import ROOT

CASES = {
    "positive_challenge": [f"A-C{number:02}" for number in range(1, 25)],
    "improvement_plan": [f"A-R{number:02}" for number in range(1, 17)],
    "demand_model": [f"A-D{number:02}" for number in range(1, 9)],
}
HERE = Path(__file__).parent


@pytest.mark.parametrize("portfolio", CASES)
def test_every_case_has_a_test_that_names_it(portfolio: str) -> None:
    tree = ast.parse((HERE / f"test_{portfolio}.py").read_text(encoding="utf-8"))
    tests = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")]
    named = {
        one.name: case for one in tests for case in re.findall(r"^A-[A-Z]\d\d", ast.get_docstring(one) or "", re.M)
    }
    assert sorted(set(named.values())) == CASES[portfolio]
    assert [name for name, case in named.items() if f"test_{case.lower().replace('-', '_')}_" not in name] == []


@pytest.mark.parametrize("portfolio", CASES)
def test_every_case_has_a_line_on_the_page(portfolio: str) -> None:
    page = (ROOT / "docs" / "portfolios" / f"{portfolio}.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (A-[A-Z]\d\d) \|", page, re.MULTILINE) == CASES[portfolio]
