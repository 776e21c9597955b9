"""How many measures of a subject, and how many of what lies below it, stand where."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from engine.facts.book import FactBook, SheetStanding
from engine.model.returns import FigureState, MeasureRow
from engine.model.workspace import MeasureHere, Programme, Project
from tests.facts.made import (
    COUNT,
    Row,
    book,
    portfolio,
    sheet,
    shown,
)


def many(returns: Mapping[str, Sequence[Row]], *supporting: str) -> FactBook:
    """One project with measures a, b and c."""
    here = {name: MeasureHere(supporting=True) if name in supporting else MeasureHere() for name in "abc"}
    project = Project(ref="p", title="P", measures=here)
    return book(portfolio(project, measures=dict.fromkeys("abc", COUNT)), returns)


def test_measures_are_counted_by_what_is_said_of_them_and_by_their_status() -> None:
    returns = {
        "2019-01": [
            MeasureRow(subject="p", measure="a", actual=Decimal(5), target=Decimal(6), state=FigureState.PARTIAL),
            MeasureRow(subject="p", measure="b", state=FigureState.NOT_CAPTURED),
        ]
    }
    statuses = {
        ("a", None): "amber",
        ("b", "North"): "green",
        ("b", None): "red",
        ("c", "North"): "green",
        ("c", None): None,
    }
    found = shown(sheet(many(returns), "p", "2019-01", SheetStanding(statuses)), "measures.")
    assert {name.removeprefix("measures."): count for name, count in found.items()} == {
        "count": "3", "reported": "1", "missing": "1", "partial": "1", "not_captured": "1", "overdue": "1",
        "rated": "2", "off_target": "1", "green": "0", "amber": "1", "red": "1",
        "green_or_worse": "2", "amber_or_worse": "2", "red_or_worse": "1",
    }  # fmt: skip


def test_where_no_measure_is_rated_none_is_counted_at_any_status() -> None:
    of = many({"2019-01": [MeasureRow(subject="p", measure="a", actual=Decimal(5), target=Decimal(6))]})
    unrated = SheetStanding({("a", None): None, ("b", "North"): "green", ("b", None): None})
    found = shown(sheet(of, "p", "2019-01", unrated), "measures.")
    assert {name.removeprefix("measures."): count for name, count in found.items()} == {
        "count": "3", "reported": "1", "missing": "2", "partial": "0", "not_captured": "0", "overdue": "2",
        "rated": "0", "off_target": "1",
    }  # fmt: skip


def test_supporting_measures_move_nothing_through_counts_either() -> None:
    found = sheet(many({}, "b", "c"), "p", "2019-01", SheetStanding({("b", None): "red", ("a", None): "green"}))
    assert found.facts["measures.count"].value == found.facts["measures.rated"].value == 1
    assert found.facts["measures.red"].value == 0
    only = sheet(many({}, "a", "b", "c"), "p", "2019-01")
    assert "measures" not in only.expected
    assert shown(only, "measures.") == {}


TREE = portfolio(
    Programme(
        ref="outer",
        title="Outer",
        programmes=(Programme(ref="inner", title="Inner", projects=(Project(ref="deep", title="Deep"),)),),
        projects=tuple(
            Project.model_validate({"ref": ref, "title": ref, "lifecycle": ({"from": "2018-04", "is": lifecycle},)})
            for ref, lifecycle in {"a": "live", "b": "live", "c": "live", "d": "closed", "e": "developing"}.items()
        ),
    ),
    Project(ref="beside", title="Beside"),
)


def test_a_parent_counts_its_open_descendants_at_any_depth() -> None:
    statuses = {"deep": "red", "a": "green", "b": "amber", "c": None, "d": "red", "e": "red", "inner": "green"}
    found = sheet(book(TREE, {}), "outer", "2019-01", SheetStanding(descendants=statuses))
    projects = {name.removeprefix("projects."): count for name, count in shown(found, "projects.").items()}
    assert projects.pop("off_target_share")[:6] == "66.666"
    assert projects == {
        "count": "4", "rated": "3", "off_target": "2", "green": "1", "amber": "1", "red": "1",
        "green_or_worse": "3", "amber_or_worse": "2", "red_or_worse": "1",
    }  # fmt: skip
    assert found.facts["programmes.count"].value == found.facts["programmes.green"].value == 1
    assert {"projects", "programmes"} <= found.expected
    assert sheet(book(TREE, {}), "office", "2019-01").facts["projects.count"].value == 5


def test_nothing_is_known_of_statuses_while_nothing_is_rated_and_nothing_is_counted_below_a_project() -> None:
    found = sheet(book(TREE, {}), "inner", "2019-01")
    assert shown(found, "projects.") == {"projects.count": "1", "projects.rated": "0"}
    assert found.expected == {"projects", "lifecycle"}
    assert sheet(book(TREE, {}), "deep", "2019-01").expected == {"lifecycle"}


def test_the_status_before_is_said_with_all_that_is_no_better() -> None:
    found = sheet(book(TREE, {}), "a", "2019-01", SheetStanding(previous="amber", held_for=3))
    assert found.states["status.previous"] == {"amber"}
    assert found.facts["status.held_for"].value == 3
    assert "status" in found.expected
    closed = sheet(book(TREE, {}), "a", "2019-01", SheetStanding(previous="closed"))
    assert closed.states["status.previous"] == {"closed"}
