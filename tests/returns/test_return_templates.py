"""The workbook that an owner fills in: what stands in it, and that it comes back as a return without a problem."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from engine.model.returns import Return
from engine.model.workspace import (
    Lifecycle,
    LifecycleSpan,
    MeasureHere,
    Portfolio,
    Programme,
    Project,
    cadence_of,
)
from engine.returns.earlier import rows_before
from engine.returns.merge import PeriodRows, merge
from engine.returns.submitting import Submitted, submit
from engine.returns.template import Wanted, has_rows, is_open, template
from tests.returns.small import PORTFOLIO, SCHEME, portfolio_with, saved, write

TARGETS = {
    "recruited": MeasureHere(target="72.29%"),
    "recouped": MeasureHere(target="£28k"),
    "moves": MeasureHere(target="120"),
    "waiting": MeasureHere(target="4 weeks"),
    "used": MeasureHere(target="95%"),
}
HARD = '=1+1 "Signals": no'


def portfolio(**changes: object) -> Portfolio:
    payments = Project(ref="payments", title="Direct Payments", owner="lead", measures=TARGETS)
    hard = Project(ref="hard", title=HARD, owner="other", measures={"moves": MeasureHere(target="to be set")})
    twin = Project(ref="twin", title="cross-cutting WORK", owner="other", measures={"moves": MeasureHere()})
    programme = Programme(ref="cross", title="Cross-cutting work", projects=(payments, hard, twin))
    return portfolio_with(**{"programmes": (programme,), **changes})


def book_of(
    here: Portfolio, owner: str | None = None, before: PeriodRows | None = None, period: str = "2019-01"
) -> Workbook:
    at = cadence_of(here).period(period)
    subjects = [one for one in here.subjects.values() if is_open(one, here, at) and owner in (None, one.owner)]
    wanted = Wanted(here, SCHEME, at, date(2019, 2, 7), subjects, before or merge([])[0])
    return load_workbook(BytesIO(template(wanted)))


def rows(book: Workbook, sheet: str) -> list[tuple[object, ...]]:
    """The rows below the header, without the blank cells at their ends."""
    found: list[tuple[object, ...]] = []
    for row in book[sheet].iter_rows(min_row=2, values_only=True):
        filled = [number for number, value in enumerate(row, start=1) if value is not None]
        found.append(row[: filled[-1]] if filled else ())
    return found


def submitted(book: Workbook, here: Portfolio, tmp_path: Path, period: str = "2019-01") -> Return:
    file = tmp_path / "lead.xlsx"
    file.write_bytes(saved(book))
    done = submit(file, tmp_path / "returns", here, SCHEME, period)
    assert isinstance(done, Submitted), done
    return done.return_


def type_in(sheet: Worksheet, cells: Mapping[str, float | str | date]) -> None:
    for place, value in cells.items():
        sheet[place] = value


def test_the_rows_of_the_owners_projects_stand_in_it_with_their_targets() -> None:
    assert rows(book_of(portfolio(), "lead"), "measures") == [
        ("Direct Payments", "Assistants recruited", None, None, 0.7229),
        ("Direct Payments", "Funds recouped", None, None, 28),
        ("Direct Payments", "People moved", None, None, 120),
        ("Direct Payments", "Longest wait", None, None, 4),
        ("Direct Payments", "Utilisation", "South", None, 0.95),
        ("Direct Payments", "Utilisation", "Mid", None, 0.95),
        ("Direct Payments", "Utilisation", "North", None, 0.95),
    ]


def test_a_measure_that_begins_later_stands_in_it_from_then_on() -> None:
    here = portfolio()
    measures = {**here.measures, "moves": here.measures["moves"].model_copy(update={"starts": "2019-02"})}
    later = portfolio(measures=measures)

    def asked(period: str) -> bool:
        return "People moved" in [row[1] for row in rows(book_of(later, "lead", period=period), "measures")]

    assert (asked("2019-01"), asked("2019-02")) == (False, True)


def test_filled_in_it_is_a_return_without_a_problem(tmp_path: Path) -> None:
    here = portfolio()
    book = book_of(here, "lead")
    # As Excel keeps what is typed into cells that show 15.1%, £6.5k, 118 and 4.5 weeks.
    type_in(book["measures"], {"D2": 0.151, "D3": 6.5, "D4": 118, "D5": 4.5, "D6": 0.9, "D7": "91%", "D8": 0.92})
    type_in(book["measures"], {"F3": 20, "I3": "provisional", "G3": date(2019, 1, 30), "J3": "two posts are empty"})
    type_in(book["savings"], {"A2": "Direct Payments", "B2": "2018/19", "C2": 100, "F2": 20})
    type_in(book["milestones"], {"A2": "payments", "B2": "New system", "C2": date(2019, 3, 1), "F2": "slipped"})
    type_in(
        book["explanations"], {"A2": "Direct Payments", "B2": "People moved", "C2": "snow", "D2": date(2019, 3, 31)}
    )
    read = submitted(book, here, tmp_path)
    assert read.problems == ()
    assert [row.actual for row in read.measures] == [
        Decimal("15.1"), 6500, 118, Decimal("4.5"), 90, 91, 92,
    ]  # fmt: skip
    assert [row.target for row in read.measures] == [Decimal("72.29"), 28000, 120, 4, 95, 95, 95]
    assert (read.measures[1].forecast, read.measures[1].as_of) == (Decimal(20000), date(2019, 1, 30))
    assert (read.savings[0].target, read.savings[0].at_risk) == (Decimal(100_000), Decimal(20_000))
    assert read.milestones[0].planned == date(2019, 3, 1)
    assert read.explanations[0].recovery_by == date(2019, 3, 31)


def test_left_as_it_is_it_says_nothing_of_any_figure(tmp_path: Path) -> None:
    here = portfolio()
    read = submitted(book_of(here), here, tmp_path)
    assert read.problems == ()
    assert {row.actual for row in read.measures} == {None}
    assert (read.savings, read.milestones, read.judgements, read.explanations) == ((), (), (), ())


def test_titles_are_no_formulas_and_those_that_two_share_give_way_to_refs(tmp_path: Path) -> None:
    here = portfolio()
    book = book_of(here, "other")
    assert rows(book, "measures") == [(HARD, "People moved", None, None, "to be set"), ("twin", "People moved")]
    assert [book["measures"].cell(row, 1).data_type for row in (2, 3)] == ["s", "s"]
    assert [row.subject for row in submitted(book, here, tmp_path).measures] == ["hard", "twin"]


def test_what_is_agreed_is_locked_and_what_is_asked_is_not() -> None:
    sheet = book_of(portfolio(), "other")["measures"]
    locked = {cell.coordinate for row in sheet["A1:J3"] for cell in row if cell.protection.locked}
    assert sheet.protection.sheet
    assert {one for one in locked if one[1] != "1"} == {"A2", "B2", "C2", "E2", "A3", "B3", "C3"}
    assert not any(sheet.column_dimensions[letter].protection.locked for letter in "ABCDEFGHI")


def test_each_column_says_what_it_holds_and_states_are_offered() -> None:
    book = book_of(portfolio())
    for name in ("measures", "savings", "milestones", "explanations"):
        assert all(cell.comment is not None for cell in book[name][1])
    (offered,) = book["measures"].data_validations.dataValidation
    assert (
        offered.formula1 == '"provisional,under review,not due,not captured,partial,unquantified,unsecured,off target"'
    )


@pytest.mark.parametrize(
    ("state", "owed", "listed"),
    [
        (Lifecycle.LIVE, True, True),
        (Lifecycle.DEVELOPING, False, True),
        (Lifecycle.NOT_STARTED, False, True),
        (Lifecycle.NOT_MONITORED, False, False),
        (Lifecycle.CLOSED, False, False),
    ],
)
def test_figures_are_asked_of_live_projects_alone(state: Lifecycle, owed: bool, listed: bool) -> None:
    span = LifecycleSpan.model_validate({"from": "2018-04", "is": state})
    one = Project(ref="one", title="One", measures={"moves": MeasureHere()}, lifecycle=(span,))
    two = Project(ref="two", title="Two", measures={"moves": MeasureHere()})
    book = book_of(portfolio_with(programmes=(), projects=(one, two)))
    assert ("One", "People moved") in rows(book, "measures") or not owed
    assert len(rows(book, "measures")) == 1 + owed
    choices = [choice.formula1 or "" for choice in book["savings"].data_validations.dataValidation]
    assert any("One" in choice for choice in choices) is listed


def test_a_measure_that_is_worked_out_is_not_asked_for() -> None:
    worked_out = PORTFOLIO.measures["moves"].model_copy(update={"equals": "recouped - recruited"})
    here = portfolio(measures={**PORTFOLIO.measures, "moves": worked_out})
    assert "People moved" not in [row[1] for row in rows(book_of(here, "lead"), "measures")]


def test_the_target_is_the_one_that_holds_in_the_period() -> None:
    dated = MeasureHere.model_validate(
        {"target": [{"from": "2018-04", "value": "40%"}, {"from": "2019-02", "value": "60%"}]}
    )
    here = portfolio_with(projects=(Project(ref="one", title="One", measures={"recruited": dated}),), programmes=())
    assert rows(book_of(here), "measures") == [("One", "Assistants recruited", None, None, 0.4)]
    assert rows(book_of(here, period="2019-02"), "measures") == [("One", "Assistants recruited", None, None, 0.6)]


def test_a_sum_in_parts_has_its_target_as_a_whole_alone(tmp_path: Path) -> None:
    parts = PORTFOLIO.measures["moves"].model_copy(update={"parts": ("South", "North")})
    here = portfolio(measures={**PORTFOLIO.measures, "moves": parts})
    assert [row for row in rows(book_of(here, "lead"), "measures") if row[1] == "People moved"] == [
        ("Direct Payments", "People moved", "South"),
        ("Direct Payments", "People moved", "North"),
    ]


BEFORE = """\
subject,year,target,delivered,forecast,at_risk
payments,2018/19,100,60,80,20
"""
MILESTONES = """\
subject,milestone,planned,forecast,done,state,workaround
payments,New system,31/03/2019,30/04/2019,,,Paper forms
payments,Old plan,,,,cancelled,
payments,Pilot,01/12/2018,,05/12/2018,,
"""


def test_milestones_begin_as_they_were_last_told_and_savings_with_their_years(tmp_path: Path) -> None:
    here = portfolio()
    root = tmp_path / "returns"
    for period in ("2018-11", "2018-12"):
        write(root / f"lives/{period}/owners/savings.csv", BEFORE)
    write(root / "lives/2018-12/owners/milestones.csv", MILESTONES)
    write(root / "lives/2019-01/owners/savings.csv", BEFORE.replace("2018/19", "2019/20"))
    before = rows_before(root, here, SCHEME, cadence_of(here).period("2019-01"))
    book = book_of(here, before=before)
    assert rows(book, "savings") == [("Direct Payments", "2018/19")]
    remark = book["savings"]["F2"].comment
    assert remark is not None
    assert remark.text == "Last time: £20k"
    read = submitted(book, here, tmp_path)
    assert read.problems == ()
    assert [(row.milestone, row.planned, row.forecast, row.done, row.workaround) for row in read.milestones] == [
        ("New system", date(2019, 3, 31), date(2019, 4, 30), None, "Paper forms"),
        ("Pilot", date(2018, 12, 1), None, date(2018, 12, 5), ""),
    ]
    # An untouched row must not say that nothing is at risk, as one with a target would.
    assert [(row.year, row.target, row.at_risk) for row in read.savings] == [("2018/19", None, None)]


def test_a_programme_is_in_it_only_where_something_can_be_returned_of_it() -> None:
    here = portfolio()
    nothing = merge([])[0]
    assert [one.ref for one in here.subjects.values() if has_rows(one, nothing)] == ["payments", "hard", "twin"]
