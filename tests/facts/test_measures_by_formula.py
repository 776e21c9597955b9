"""Measures that are worked out from other figures of their subject, or checked where they are returned."""

import re
from collections.abc import Mapping
from decimal import Decimal

import pytest

from engine.facts.book import FactBook
from engine.facts.equals import differing
from engine.model.returns import MeasureRow
from engine.model.values import Quantity, Unit
from engine.model.workspace import Better, Measure, MeasureHere, Project
from tests.facts.made import Row, book, month, portfolio, savings, sheet, shown

FORMULAS = {
    "budget": None,
    "pressures": None,
    "undelivered": "savings.target in this year - savings.delivered in this year",
    "forecast": "budget + undelivered + pressures",
    "overspend": "forecast - budget",
    "uncovered": "budget - budget.forecast",
    "chicken": "egg + budget",
    "egg": "chicken + budget",
}


def sums(text: str, known: Mapping[str, Quantity]) -> Quantity | None:
    """Names added and taken away: all that these formulas need."""
    total = Decimal(0)
    for sign, name in re.findall(r"(^|[+-] )(.+?)(?: (?=[+-] )|$)", text):
        if name not in known:
            return None
        total += known[name].value * (-1 if sign == "- " else 1)
    return Quantity(total, Unit.MONEY)


def office(returns: Mapping[str, dict[str, str]]) -> FactBook:
    """A project with those formulas, its figures in £; "NAME.forecast" is a forecast. Savings come each period."""
    measures = {
        name: Measure(title=name.title(), unit=Unit.MONEY, better=Better.LOWER, equals=formula)
        for name, formula in FORMULAS.items()
    }
    project = Project(ref="p", title="P", measures=dict.fromkeys(measures, MeasureHere()))
    rows: dict[str, list[Row]] = {}
    for period, cells in returns.items():
        rows[period] = [*savings("p", "2018/19 8646 1061 . . .")]
        for name in {cell.partition(".")[0] for cell in cells}:
            given = {"actual": cells.get(name), "forecast": cells.get(f"{name}.forecast")}
            rows[period].append(MeasureRow.model_validate({"subject": "p", "measure": name, **given}))
    return book(portfolio(project, measures=measures), rows, equals=sums)


def test_a_formula_may_stand_on_savings_on_forecasts_and_on_other_formulas() -> None:
    of = office({"2018-08": {"budget": "57778000", "pressures": "318000", "budget.forecast": "50000000"}})
    found = sheet(of, "p", "2018-08")
    assert found.facts["undelivered"].value == 7_585_000
    assert found.facts["forecast"].value == 65_681_000
    assert found.facts["overspend"].value == 7_903_000
    assert found.facts["uncovered"].value == 7_778_000
    assert "missing" not in found.states["overspend"]


def test_what_can_not_be_worked_out_is_absent() -> None:
    found = sheet(office({"2018-08": {"budget": "57778000"}}), "p", "2018-08")
    assert "overspend" not in found.facts
    assert found.facts["undelivered"].value == 7_585_000


def test_a_quarter_s_sum_that_could_be_worked_out_is_not_waited_for_in_the_months_after_it() -> None:
    quarterly = Measure(title="M", unit=Unit.MONEY, better=Better.LOWER, reported="quarterly")
    measures = {"budget": quarterly, "spent": quarterly.model_copy(update={"equals": "budget"})}
    project = Project(ref="p", title="P", measures=dict.fromkeys(measures, MeasureHere()))
    came = [MeasureRow.model_validate({"subject": "p", "measure": "budget", "actual": "5"})]
    of = book(portfolio(project, measures=measures), {"2018-12": came, "2019-01": []}, equals=sums)
    assert sheet(of, "p", "2018-12").facts["spent"].value == 5
    assert [sheet(of, "p", "2019-01").states[name] for name in measures] == [{"not due"}, {"not due"}]
    assert not any(one.owed for one in sheet(of, "p", "2019-01").measures)


def test_formulas_in_a_circle_come_to_nothing() -> None:
    found = sheet(office({"2018-08": {"budget": "1"}}), "p", "2018-08")
    assert not found.facts.keys() & {"chicken", "egg"}


def test_a_measure_by_formula_has_a_history() -> None:
    of = office({"2018-07": {"budget": "100", "pressures": "5"}, "2018-08": {"budget": "100", "pressures": "8"}})
    found = shown(sheet(of, "p", "2018-08"), "overspend.")
    assert (found["overspend.previous"], found["overspend.change"]) == ("7585005", "3")


def test_a_returned_figure_stands_and_is_checked_against_its_formula() -> None:
    of = office({"2018-08": {"budget": "100", "pressures": "5", "undelivered": "7000000"}})
    found = sheet(of, "p", "2018-08")
    assert found.facts["undelivered"].value == 7_000_000
    assert found.facts["overspend"].value == 7_000_005
    (problem,) = of.problems(month("2018-08"))
    assert problem.what == "P: Undelivered: £7,000,000 was returned, and its formula gives £7,585,000"


def test_without_an_evaluator_a_measure_is_known_where_it_was_returned() -> None:
    measure = Measure(title="M", unit=Unit.MONEY, equals="budget")
    project = Project(ref="p", title="P", measures={"m": MeasureHere()})
    rows = {"2018-08": [MeasureRow(subject="p", measure="m", actual=Decimal(5))], "2018-09": []}
    of = book(portfolio(project, measures={"m": measure}), rows)
    assert sheet(of, "p", "2018-08").facts["m"].value == 5
    assert "m" not in sheet(of, "p", "2018-09").facts
    assert of.problems(month("2018-08")) == ()


@pytest.mark.parametrize(
    ("stated", "calculated", "differs"), [("33.3", "33.3333", False), ("33.4", "33.3333", True), ("40", "39.6", False)]
)
def test_a_figure_is_checked_to_the_places_it_is_stated_to(stated: str, calculated: str, differs: bool) -> None:
    one, other = (Quantity(Decimal(text), Unit.PERCENT) for text in (stated, calculated))
    assert bool(differing(one, other)) is differs
