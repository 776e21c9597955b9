"""Savings up the tree: own figures, else the sum of the parts; where both are known they agree or it is said."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.returns import SavingsRow
from engine.model.values import Quantity, Unit
from engine.model.workspace import Portfolio, Programme, Project
from tests.facts.made import (
    COMMISSIONING,
    DIRECT_PAYMENTS,
    EARLY_RESOLUTION,
    PORTFOLIO,
    PROMOTING_INDEPENDENCE,
    Row,
    book,
    month,
    portfolio,
    savings,
    sheet,
    shown,
)

A, B = Project(ref="a", title="A"), Project(ref="b", title="B")


def project(ref: str, lifecycle: str = "live", saves: str = "counted") -> Project:
    spans = ({"from": "2018-04", "is": lifecycle},)
    return Project.model_validate({"ref": ref, "title": ref.upper(), "lifecycle": spans, "savings": saves})


def programme_of(*projects: Project | Programme, ref: str = "g") -> Programme:
    return Programme(
        ref=ref,
        title=ref.upper(),
        projects=tuple(one for one in projects if isinstance(one, Project)),
        programmes=tuple(one for one in projects if isinstance(one, Programme)),
    )


def at_risk(*projects: Project | Programme, tables: dict[str, str]) -> dict[str, str]:
    of = book(portfolio(programme_of(*projects)), {"2019-01": [r for s, t in tables.items() for r in savings(s, t)]})
    return shown(sheet(of, "g", "2019-01"), "savings.at_risk")


def test_a_parent_without_rows_is_the_sum_of_its_parts() -> None:
    found = at_risk(A, B, tables={"a": "2018/19 10 . . 3 .\n2019/20 5 . . . .", "b": "2018/19 7 . . -1 ."})
    assert found["savings.at_risk"] == "2000"
    assert found["savings.at_risk in this year"] == "2000"
    assert found["savings.at_risk in 2019/20"] == "0"  # a part without that year adds nothing to it


def test_a_sum_with_an_open_part_unreported_is_unknown() -> None:
    assert at_risk(A, B, tables={"a": "2018/19 10 . . 3 ."}) == {}


def test_a_part_whose_risk_is_not_quantified_leaves_the_sum_unknown() -> None:
    rows: list[Row] = [*savings("a", "2018/19 10 . . 3 .")]
    rows.append(SavingsRow.model_validate({"subject": "b", "year": "2018/19", "target": 9, "state": "unquantified"}))
    found = shown(sheet(book(portfolio(programme_of(A, B)), {"2019-01": rows}), "g", "2019-01"), "savings.")
    assert found["savings.target"] == "10009"
    assert "savings.at_risk" not in found


def test_no_shortfall_is_known_of_a_sum_in_which_one_part_has_no_forecast() -> None:
    rows = [*savings("a", "2018/19 4000 . . . ."), *savings("b", "2018/19 1000 . 900 . .")]
    found = shown(sheet(book(portfolio(programme_of(A, B)), {"2019-01": rows}), "g", "2019-01"), "savings.")
    assert found["savings.target"] == "5000000"
    assert not {"savings.forecast", "savings.shortfall"} & set(found)


def test_what_could_not_be_read_of_one_part_is_unknown_in_the_sum() -> None:
    rows = [*savings("a", "2018/19 10 . . 3 ."), *savings("b", "2018/19 7 . . . .")]
    rows[1] = rows[1].model_copy(update={"unread": frozenset(("at_risk",))})
    found = shown(sheet(book(portfolio(programme_of(A, B)), {"2019-01": rows}), "office", "2019-01"), "savings.")
    assert found["savings.target"] == "17000"
    assert [name for name in found if "at_risk" in name] == []


@pytest.mark.parametrize(
    ("other", "table", "expected"),
    [
        (project("b", "closed"), "2018/19 7 . . 1 .", "3000"),
        (project("b", "not monitored"), "2018/19 7 . . 1 .", "3000"),
        (project("b", saves="not counted"), "2018/19 7 . . 1 .", "3000"),
        (project("b", saves="not counted"), "", "3000"),
        (project("b", "not started"), "", "3000"),
        (project("b", "not started"), "2018/19 7 . . 1 .", "4000"),
        (project("b", "developing"), "2018/19 7 . . 1 .", "4000"),
    ],
)
def test_what_is_closed_or_not_counted_is_left_out_and_what_has_not_begun_counts_once_returned(
    other: Project, table: str, expected: str
) -> None:
    assert at_risk(A, other, tables={"a": "2018/19 10 . . 3 .", "b": table})["savings.at_risk"] == expected


def test_programmes_nest_and_own_figures_stand_before_those_below() -> None:
    inner = programme_of(A, B, ref="inner")
    found = at_risk(
        inner, project("c"), tables={"inner": "2018/19 10 . . 3 .", "a": "2018/19 1 . . 9 .", "c": "all 9 . . 1 ."}
    )
    assert found == {"savings.at_risk": "4000"}  # by year it can't be said: one part gives its total alone


def test_the_published_programmes_add_up_to_the_portfolio() -> None:
    tables = {"office": PORTFOLIO, "pii": PROMOTING_INDEPENDENCE, "early": EARLY_RESOLUTION, "direct": COMMISSIONING}
    programmes = [Programme(ref=ref, title=ref, projects=()) for ref in ("pii", "early", "direct")]
    rows = [row for ref, table in tables.items() for row in savings(ref, table)]
    of = book(portfolio(*programmes), {"2019-01": rows})
    own = shown(sheet(of, "office", "2019-01"), "savings.")
    assert of.problems_of("office", month("2019-01")) == ()
    without = book(portfolio(*programmes), {"2019-01": [row for row in rows if row.subject != "office"]})
    assert shown(sheet(without, "office", "2019-01"), "savings.") == own


def test_own_figures_that_differ_from_the_complete_sum_are_not_itemised() -> None:
    rows = [
        *savings("g", "2018/19 20 . . 5 ."),
        *savings("a", "2018/19 10 . . 3 ."),
        *savings("b", "2018/19 10 . . 0 ."),
    ]
    of = book(portfolio(programme_of(A, B)), {"2019-01": rows})
    (problem,) = of.problems_of("g", month("2019-01"))
    figures = "at risk over all years is £5,000, and the parts below it add up to £3,000"
    assert problem.what == f"G: savings: {figures}: £2,000 is not itemised"
    assert (problem.where, problem.subject) == ("g", "g")
    assert shown(sheet(of, "g", "2019-01"), "savings.at_risk")["savings.at_risk"] == "5000"


def test_own_years_that_differ_though_their_total_does_not_are_named() -> None:
    rows = [*savings("g", "2018/19 5 . . . .\n2019/20 5 . . . ."), *savings("a", "2018/19 10 . . . .")]
    (problem,) = book(portfolio(programme_of(A)), {"2019-01": rows}).problems_of("g", month("2019-01"))
    assert "target in 2018/19 is £5,000, and the parts below it add up to £10,000" in problem.what


def test_a_sum_that_is_not_complete_accuses_nobody() -> None:
    rows = [*savings("g", "2018/19 20 . . 5 ."), *savings("a", "2018/19 10 . . 3 .")]
    assert book(portfolio(programme_of(A, B)), {"2019-01": rows}).problems_of("g", month("2019-01")) == ()


def test_savings_are_expected_once_a_row_came_for_the_subject_or_below() -> None:
    early, late = savings("a", "2018/19 10 . . 3 ."), savings("b", "2018/19 10 . . 3 .")
    of = book(portfolio(programme_of(A, B)), {"2018-11": [], "2018-12": early, "2019-01": late})
    expected = {
        (ref, period): "savings" in sheet(of, ref, period).expected
        for ref in ("office", "g", "a", "b")
        for period in ("2018-11", "2018-12", "2019-01")
    }
    assert {key for key, value in expected.items() if value} == {
        *((ref, period) for ref in ("office", "g", "a") for period in ("2018-12", "2019-01")),
        ("b", "2019-01"),
    }
    assert shown(sheet(of, "a", "2019-01"), "savings.") == {}  # expected and not known


def test_a_control_total_as_printed_that_does_not_add_up_goes_to_the_pmo() -> None:
    place = {"file": "office/2019-01/owners/savings.csv", "where": "line 4"}
    rows = [row.model_copy(update=place) for row in savings("a", DIRECT_PAYMENTS)]
    of = book(portfolio(A), {"2019-01": rows})
    (problem,) = of.problems(month("2019-01"))
    assert (problem.file, problem.where) == (place["file"], place["where"])
    assert problem.what == "A: savings: at risk over all years is -£512,000, and its years add up to -£611,787"
    assert problem.subject == "a"
    assert of.problems(month("2018-12")) == ()


amounts = st.integers(-(10**9), 10**9).map(Decimal)
leaves = st.lists(st.tuples(amounts, st.sampled_from(["2018/19", "2019/20", "previous years"])), max_size=3)
trees = st.recursive(leaves, lambda below: st.tuples(below, below) | st.tuples(below, below, below), max_leaves=12)


def grown(tree: object, numbers: Iterator[int], rows: list[SavingsRow]) -> Programme | Project:
    """The tree as programmes and projects, and its rows."""
    ref = f"s{next(numbers)}"
    if isinstance(tree, tuple):
        return programme_of(*(grown(below, numbers, rows) for below in tree), ref=ref)
    assert isinstance(tree, list)
    rows.append(SavingsRow(subject=ref, year="2020/21", target=Decimal(0)))
    rows += (SavingsRow(subject=ref, year=year, target=amount) for amount, year in tree)
    return Project(ref=ref, title=ref)


@given(trees)
def test_the_sum_of_any_tree_is_that_of_its_leaves(tree: object) -> None:
    rows: list[SavingsRow] = []
    of = book(portfolio(grown(tree, count(), rows)), {"2019-01": rows})
    found = sheet(of, "office", "2019-01")
    assert found.facts["savings.target"].value == sum(row.target or 0 for row in rows)
    of_this_year = [row.target for row in rows if row.target is not None and row.year == "2018/19"]
    expected = Quantity(sum(of_this_year, Decimal(0)), Unit.MONEY) if of_this_year else None
    assert found.facts.get("savings.target in this year") == expected
    assert of.problems(month("2019-01")) == ()


# A saving of 100 made in 2018/19 is there in every later budget: its years stand alone.
RECURRING = "2018/19 100 40 60 40 .\n2019/20 60 . 50 10 .\n2020/21 60 . 50 10 ."


def alone(*projects: Project | Programme) -> Portfolio:
    return portfolio(programme_of(*projects), savings_years="stand alone")


def test_where_years_stand_alone_a_figure_without_a_year_is_this_years_and_no_sum() -> None:
    of = book(alone(A, B), {"2019-01": [*savings("a", RECURRING), *savings("b", "2018/19 10 0 0 10 .")]})
    a, g = (shown(sheet(of, ref, "2019-01"), "savings.") for ref in ("a", "g"))
    assert (a["savings.target"], a["savings.net_at_risk"], a["savings.shortfall"]) == ("100000", "40000", "40")
    assert (g["savings.target"], g["savings.forecast"], g["savings.net_at_risk"]) == ("110000", "60000", "50000")
    assert (g["savings.target in next year"], g["savings.forecast in 2020/21"]) == ("60000", "50000")
    assert of.problems(month("2019-01")) == ()


def test_where_years_stand_alone_and_this_one_is_not_returned_nothing_is_known_without_a_year() -> None:
    of = book(alone(A), {"2019-01": savings("a", "2019/20 60 . 50 10 .")})
    found = shown(sheet(of, "a", "2019-01"), "savings.")
    assert "savings.target" not in found
    assert found["savings.target in next year"] == "60000"


def test_where_years_stand_alone_a_control_total_beside_them_is_a_problem_and_is_not_used() -> None:
    of = book(alone(A), {"2019-01": savings("a", f"{RECURRING}\nall 220 . . . .")})
    assert shown(sheet(of, "a", "2019-01"), "savings.")["savings.target"] == "100000"
    (problem,) = of.problems(month("2019-01"))
    assert problem.what == "A: savings: a control total over all years is not used beside years that stand alone"
    assert problem.cure == "leave it out, or name its year"


def test_a_control_total_alone_stands_wherever_years_stand_alone() -> None:
    of = book(alone(A), {"2019-01": savings("a", "all 35 . 23 12 .")})
    assert shown(sheet(of, "a", "2019-01"), "savings.")["savings.forecast"] == "23000"


def test_where_years_stand_alone_own_figures_are_held_against_the_parts_year_by_year() -> None:
    own = savings("g", "2018/19 100 40 60 40 .\n2019/20 70 . 50 20 .")
    of = book(alone(A), {"2019-01": [*savings("a", RECURRING), *own]})
    whats = [problem.what for problem in of.problems(month("2019-01"))]
    assert whats == [
        "G: savings: target in 2019/20 is £70,000, and the parts below it add up to £60,000: £10,000 is not itemised",
        "G: savings: at risk in 2019/20 is £20,000, and the parts below it add up to £10,000: £10,000 is not itemised",
    ]
