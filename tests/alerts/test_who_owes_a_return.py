"""Who owes a return: what is due and has not come, and what has come in its own way."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.alerts.owed import owed
from engine.facts.book import FactBook
from engine.model.notices import Owed
from engine.model.returns import FigureState, MeasureRow, MilestoneRow, MilestoneState, Return, SavingsRow
from engine.model.values import Unit
from engine.model.workspace import Measure, Portfolio, Programme, Project
from engine.returns.merge import merge
from tests.facts.made import SCHEME, WEEKDAYS, month, portfolio

VISITS = Measure(title="Visits", unit=Unit.NUMBER)
UTILISATION = Measure(title="Utilisation", unit=Unit.PERCENT, parts=("North", "South"))
SURVEY = Measure(title="Survey", unit=Unit.PERCENT, reported="quarterly")
DOUBLED = Measure(title="Twice the visits", unit=Unit.NUMBER, equals="visits + visits")

Row = MeasureRow | SavingsRow | MilestoneRow


def project(*measures: str, lifecycle: Sequence[Mapping[str, str]] = ()) -> Portfolio:
    below = Project.model_validate(
        {"ref": "p", "title": "Project", "measures": {name: {} for name in measures}, "lifecycle": tuple(lifecycle)}
    )
    known = {"visits": VISITS, "utilisation": UTILISATION, "survey": SURVEY, "doubled": DOUBLED}
    return portfolio(Programme(ref="g", title="Programme", projects=(below,)), measures=known)


def figure(measure: str = "visits", actual: int | None = 5, **more: Any) -> MeasureRow:
    return MeasureRow(subject="p", measure=measure, actual=None if actual is None else Decimal(actual), **more)


def return_(*rows: Row, period: str = "2019-01", incomplete: tuple[tuple[str, str], ...] = ()) -> Return:
    return Return(
        portfolio="office", period=period, submitter="lead", source="lead.xlsx", sha256="x",
        measures=tuple(row for row in rows if isinstance(row, MeasureRow)),
        savings=tuple(row for row in rows if isinstance(row, SavingsRow)),
        milestones=tuple(row for row in rows if isinstance(row, MilestoneRow)), incomplete=incomplete,
    )  # fmt: skip


def owing(of: Portfolio, *returns: Return, period: str = "2019-01") -> dict[str, Owed]:
    rows = {name: merge([one for one in returns if one.period == name])[0] for name in {one.period for one in returns}}
    book = FactBook(of, SCHEME, rows, today=date(2019, 2, 1), working=WEEKDAYS)
    return owed(of, book, rows, returns, month(period))


def missing(of: Portfolio, *returns: Return, period: str = "2019-01") -> tuple[str, ...]:
    found = owing(of, *returns, period=period)
    return found["p"].missing if "p" in found else ()


def test_whoever_has_returned_nothing_owes_every_figure() -> None:
    found = owing(project("visits", "survey"), period="2019-03")["p"]
    assert (found.title, found.part_of, found.missing, found.nothing_yet) == (
        "Project", "Programme", ("Visits", "Survey"), True,
    )  # fmt: skip


def test_a_quarterly_measure_is_owed_in_the_last_month_of_its_quarter_only() -> None:
    assert missing(project("visits", "survey"), return_(figure())) == ()


def test_whoever_says_that_a_figure_is_partial_is_not_asked_for_it_again() -> None:
    partial = figure(actual=None, state=FigureState.PARTIAL)
    assert missing(project("visits"), return_(partial)) == ()
    assert missing(project("visits"), return_(figure(actual=None, state=FigureState.PROVISIONAL))) == ("Visits",)


def test_whoever_has_returned_a_part_owes_the_rest_of_it() -> None:
    north = figure("utilisation", 80, part="North")
    found = owing(project("visits", "utilisation"), return_(north))["p"]
    assert (found.missing, found.nothing_yet) == (("Visits", "Utilisation, South"), False)


def test_a_subject_without_measures_owes_nothing_of_its_own() -> None:
    assert owing(project()) == {}


@pytest.mark.parametrize("state", ["not due", "not captured", "under review", "unquantified"])
def test_a_state_in_place_of_the_figure_is_an_answer(state: str) -> None:
    assert missing(project("visits"), return_(figure(actual=None, state=state))) == ()


@pytest.mark.parametrize("state", [None, "provisional"])
def test_an_empty_cell_is_none(state: str | None) -> None:
    assert missing(project("visits"), return_(figure(actual=None, state=state))) == ("Visits",)


def test_a_cell_that_could_not_be_read_was_returned_and_is_the_offices() -> None:
    assert missing(project("visits"), return_(figure(actual=None, unread=frozenset({"actual"})))) == ()


def test_a_figure_that_two_returned_is_the_offices_too() -> None:
    other = return_(figure(actual=6)).model_copy(update={"submitter": "other"})
    assert missing(project("visits"), return_(figure()), other) == ()


def test_what_is_worked_out_is_owed_by_nobody() -> None:
    assert missing(project("visits", "doubled")) == ("Visits",)


@pytest.mark.parametrize("lifecycle", ["closed", "not monitored", "not started", "developing"])
def test_only_what_is_live_owes_anything(lifecycle: str) -> None:
    assert missing(project("visits", lifecycle=[{"from": "2018-01", "is": lifecycle}])) == ()


# ---- savings and milestones: whoever told of them last time tells of them again

SAVINGS = SavingsRow(subject="p", year="2018/19", target=Decimal(1000))


def milestone(**more: Any) -> MilestoneRow:
    return MilestoneRow(subject="p", milestone="Rollout", **more)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ((SAVINGS,), (), ("savings",)),
        ((SAVINGS, milestone()), (), ("savings", "milestones")),
        ((SAVINGS, milestone()), (SAVINGS,), ("milestones",)),
        ((milestone(),), (milestone(done=date(2019, 1, 5)),), ()),
        ((milestone(done=date(2018, 12, 5)),), (), ()),
        ((milestone(state=MilestoneState.CANCELLED),), (), ()),
        ((), (), ()),
    ],
)
def test_what_was_returned_last_time_is_owed_again(
    before: tuple[Row, ...], now: tuple[Row, ...], expected: tuple[str, ...]
) -> None:
    assert missing(project(), return_(*before, period="2018-12"), return_(*now)) == expected


def test_rows_that_could_not_be_used_were_returned() -> None:
    broken = return_(incomplete=(("savings", "p"),))
    assert missing(project(), return_(SAVINGS, period="2018-12"), broken) == ()


def test_last_time_is_the_last_that_the_subject_returned_anything() -> None:
    old, since = return_(SAVINGS, period="2018-11"), return_(figure(), period="2018-12")
    assert missing(project("visits"), old, return_(figure())) == ("savings",)
    assert missing(project("visits"), old, since, return_(figure())) == ()
