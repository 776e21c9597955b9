"""The returns that come with the repository, read with its own configuration."""

from decimal import Decimal
from pathlib import Path

import pytest

from engine.model.returns import Return
from engine.model.workspace import Portfolio, Scheme
from engine.returns.folder import find_returns, read_return
from engine.returns.merge import PeriodRows, merge
from engine.workspace.loading import load_workspace
from tests.returns.small import only

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def improving_lives() -> tuple[Portfolio, Scheme]:
    workspace, _ = load_workspace(ROOT)
    assert workspace is not None
    portfolio = workspace.portfolios["improving_lives"]
    return portfolio, workspace.scheme_of(portfolio)


@pytest.fixture(scope="module")
def returns(improving_lives: tuple[Portfolio, Scheme]) -> list[Return]:
    portfolio, scheme = improving_lives
    found, problems, refused = find_returns(ROOT / "examples/returns", portfolio)
    assert (problems, refused) == ([], [])
    return [only(read_return(one, portfolio, scheme)) for one in found]


def rows_of(returns: list[Return], period: str) -> PeriodRows:
    rows, problems = merge([one for one in returns if one.period == period])
    assert problems == ()
    return rows


def test_they_are_read_without_a_single_problem(returns: list[Return]) -> None:
    assert {(one.period, one.submitter): one.problems for one in returns} == {
        ("2018-12", "owners"): (),
        ("2018-12", "pmo"): (),
        ("2019-01", "direct_payments_lead"): (),
        ("2019-01", "owners"): (),
        ("2019-01", "pmo"): (),
    }


def test_the_workbooks_percentage_and_thousands_are_read_as_they_are_shown(returns: list[Return]) -> None:
    measures = rows_of(returns, "2019-01").measures
    recruited = measures["direct_payments", "pa_recruitment", None]
    recouped = measures["direct_payments", "dp_recoup", None]
    assert (recruited.actual, recruited.target) == (Decimal("15.1"), Decimal(50))
    assert (recouped.actual, recouped.forecast) == (Decimal(1_734_000), Decimal(2_081_000))


def test_the_code_typed_in_another_alphabet_is_on_target(returns: list[Return]) -> None:
    written = (ROOT / "examples/returns/improving_lives/2019-01/pmo/judgements.csv").read_text(encoding="utf-8")
    assert "minimum_income,override,\u041e\u0422," in written
    [row] = [row for row in rows_of(returns, "2019-01").judgements if row.subject == "minimum_income"]
    assert row.status == "on_target"


def test_the_printed_savings_columns_add_up_to_the_printed_totals(returns: list[Return]) -> None:
    savings = rows_of(returns, "2019-01").savings
    for subject in ("improving_lives", "ASCH1812", "ASCH1801", "ASCH1805"):
        *years, control = savings[subject]
        assert control.year == "all"
        assert sum(row.target or 0 for row in years) == control.target
        assert sum(row.at_risk or 0 for row in years) == (control.at_risk or 0)
        assert sum(row.alternative or 0 for row in years) == (control.alternative or 0)


def test_one_projects_printed_total_does_not_add_up_on_purpose(returns: list[Return]) -> None:
    *years, control = rows_of(returns, "2019-01").savings["direct_payments"]
    assert sum(row.at_risk or 0 for row in years) == Decimal(-611_787)
    assert control.at_risk == Decimal(-512_000)


def test_december_has_every_status_that_january_calls_last_months(returns: list[Return]) -> None:
    december = rows_of(returns, "2018-12")
    assert len(december.judgements) == 16
    assert all(row.kind == "override" and row.reason for row in december.judgements)
    assert december.measures["targeted_reviews", "review_rate", None].actual == Decimal("72.5")
