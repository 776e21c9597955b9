"""Measures that are worked out from others."""

import pytest

from engine.facts.equals import Evaluator
from engine.model.values import Unit
from engine.model.workspace import Better, Measure
from engine.rulebook.formulas import Formulas, formula_faults
from engine.workspace.faultbook import fault_kinds
from engine.workspace.yamlfile import read_yaml_text
from tests.rulebook.office import PORTFOLIO, SCHEME
from tests.rulebook.scopes import quantity

INSTEAD = "write money, such as `income.target`"
KNOWN = {"income": quantity("£6k"), "income.forecast": quantity("£28k"), "delays": quantity("4")}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("income.forecast - income", "£22k"),
        ("income / delays", "£1.5k"),
        ("90% of income.forecast", "£25.2k"),
        ("income - income.target", None),
        ("income /", None),
    ],
)
def test_a_formula_is_worked_out_from_what_is_known(formula: str, value: str | None) -> None:
    evaluate: Evaluator = Formulas(PORTFOLIO, SCHEME)
    assert evaluate(formula, KNOWN) == (quantity(value) if value else None)


def test_what_a_formula_is_made_of_is_told_in_the_order_written() -> None:
    formulas = Formulas(PORTFOLIO, SCHEME)
    assert [fact.name for fact in formulas.facts("income.forecast - income")] == ["income.forecast", "income"]
    assert formulas.facts("income /") == ()


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("income.forecast - income", []),
        ("income.forcast - income", ["2:42: there is no figure `income.forcast`; did you mean `income.forecast`?"]),
        (
            "income - delays",
            [f"2:51: `delays`, a plain number, can't be taken from `income`, money; {INSTEAD}"],
        ),
        (
            "income / income",
            ["2:42: this comes to a plain number, and `gap` is money; change the formula, or the measure's unit"],
        ),
        ("income > £5", ["2:49: `>` compares, and a figure alone belongs here; take the comparison out"]),
    ],
)
def test_a_formula_that_cannot_be_meant_is_a_fault(formula: str, said: list[str]) -> None:
    gap = Measure(title="Gap", unit=Unit.MONEY, better=Better.LOWER, equals=formula)
    portfolio = PORTFOLIO.model_copy(update={"measures": {**PORTFOLIO.measures, "gap": gap}})
    file = read_yaml_text(f"measures:\n  gap: {{title: Gap, unit: money, equals: {formula}}}\n", "lives.yaml")
    faults = list(formula_faults(file, portfolio, SCHEME))
    assert [str(fault).removeprefix("lives.yaml:") for fault in faults] == said
    assert {fault.code for fault in faults} <= fault_kinds().keys()
