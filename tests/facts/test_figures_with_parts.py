"""Parts of numbers and money add up to their whole; a stated total stands, and is checked."""

from decimal import Decimal

import pytest

from engine.facts.figures import figure_of_parts, read_target
from engine.model.numbers import NumberError
from engine.model.returns import FigureState, MeasureRow
from engine.model.values import Unit
from engine.model.workspace import TargetWord


def row(part: str | None, actual: str = ".", target: str = ".", said: str = ".") -> MeasureRow:
    numbers = [None if cell == "." else Decimal(cell) for cell in (actual, target)]
    state = None if said == "." else FigureState(said)
    where = f"line of {part}"
    return MeasureRow(
        subject="p", measure="m", part=part, actual=numbers[0], target=numbers[1], state=state, where=where
    )


@pytest.mark.parametrize(
    ("rows", "actual"),
    [
        ([row("North", "2"), row("South", "3")], "5"),
        ([row("North", "2"), row("South", "3"), row("Elsewhere", "1")], "6"),
        ([row("North", "2")], None),
        ([row("North", "2"), row("South")], None),
        ([row("North", "2"), row(None, "5")], "5"),
        ([row(None, "5")], "5"),
        ([row("North", "2"), row("South", "3"), row(None)], "5"),
    ],
)
def test_a_sum_is_known_when_every_declared_and_every_returned_part_is(
    rows: list[MeasureRow], actual: str | None
) -> None:
    figure = figure_of_parts(rows, ["North", "South"], Unit.NUMBER)
    assert figure.actual == (None if actual is None else Decimal(actual))
    assert figure.problem == ""


def test_a_stated_total_that_differs_from_its_parts_stands_and_is_a_problem() -> None:
    rows = [row("Staffing", "370000"), row("Transport", "39000"), row(None, "410000")]
    figure = figure_of_parts(rows, [], Unit.MONEY)
    assert figure.actual == 410_000
    assert figure.problem == "the total is stated as £410,000, and the parts add up to £409,000"
    assert figure.where == "line of None"


def test_a_whole_of_which_only_some_parts_came_is_partial() -> None:
    rows = [row("North", "2"), row("South", said="not captured")]
    assert figure_of_parts(rows, [], Unit.NUMBER).said == {FigureState.PARTIAL}


def test_what_is_not_secured_is_the_sum_of_the_parts_that_say_so() -> None:
    funding = [row("agreed", "-4000"), row("proposed", "-1979", said="unsecured"), row(None, "-5979")]
    assert figure_of_parts(funding, [], Unit.MONEY).unsecured == -1979
    assert figure_of_parts(funding[:1], [], Unit.MONEY).unsecured == 0
    assert figure_of_parts([row("proposed", said="unsecured")], [], Unit.MONEY).unsecured is None


def test_targets_of_parts_add_up_too_unless_the_whole_has_its_own() -> None:
    parts = [row("North", "2", "4"), row("South", "3", "5")]
    assert figure_of_parts(parts, [], Unit.NUMBER).target == 9
    assert figure_of_parts([*parts, row(None, ".", "10")], [], Unit.NUMBER).target == 10
    assert figure_of_parts([*parts, row("Mid", "1")], [], Unit.NUMBER).target is None


def test_a_target_is_a_number_with_its_unit_or_a_word() -> None:
    assert read_target("£1.769m", Unit.MONEY) == 1_769_000
    assert read_target("50%", Unit.PERCENT) == 50
    assert read_target("to be set", Unit.NUMBER) is TargetWord.TO_BE_SET
    assert read_target(None, Unit.NUMBER) is None
    with pytest.raises(NumberError):
        read_target("1769", Unit.MONEY)
