"""A subject's own savings rows: by year and over all years, in £000 as the published report prints them."""

from decimal import Decimal

import pytest

from engine.facts.savings import own_savings, savings_facts
from engine.model.returns import FigureState, SavingsRow
from engine.model.values import Unit, plain
from tests.facts.made import (
    COMMISSIONING,
    DIRECT_PAYMENTS,
    EARLY_RESOLUTION,
    PORTFOLIO,
    PROMOTING_INDEPENDENCE,
    savings,
)


def facts(table: str) -> dict[str, str]:
    """In £000 and per cent, without "savings."."""
    found = savings_facts(own_savings(savings("p", table))[0], "2018/19", "2019/20")
    thousands = {name: value / 1000 if unit is Unit.MONEY else value for name, (value, unit) in found.items()}
    return {name.removeprefix("savings."): plain(value) for name, value in thousands.items()}


@pytest.mark.parametrize(
    ("table", "target", "at_risk", "net"),
    [
        (PORTFOLIO, "25505", "-7979", "-8001"),
        (PROMOTING_INDEPENDENCE, "20150", "-8243", "-8265"),
        (EARLY_RESOLUTION, "1317", "0", "0"),
        (COMMISSIONING, "4038", "264", "264"),
    ],
)
def test_the_published_columns_add_up(table: str, target: str, at_risk: str, net: str) -> None:
    found = facts(table)
    assert (found["target"], found["at_risk"], found["net_at_risk"]) == (target, at_risk, net)
    assert own_savings(savings("p", table))[1] == ()


def test_the_years_stand_under_their_own_names_and_under_those_they_have_from_here() -> None:
    found = facts(PORTFOLIO)
    assert found["net_at_risk in 2018/19"] == found["net_at_risk in this year"] == "-4521"
    assert found["target in 2019/20"] == found["target in next year"] == "12604"
    assert found["net_at_risk in previous years"] == "-3138"
    assert "target in previous years" not in found
    assert "at_risk in 2022/23" not in found


def test_a_control_total_that_differs_from_its_years_is_a_problem_and_the_years_stand() -> None:
    assert facts(DIRECT_PAYMENTS)["at_risk"] == "-611.787"
    (difference,) = own_savings(savings("p", DIRECT_PAYMENTS))[1]
    expected = "at risk over all years is -£512,000, and its years add up to -£611,787"
    assert difference.sentence("its years") == expected


def test_a_control_total_stands_where_no_year_gives_the_column() -> None:
    assert facts("all 100 . . 5 .")["net_at_risk"] == "5"
    found = facts("2018/19 100 . . . .\nall 100 80 . . .")
    assert (found["delivered"], found["at_risk"]) == ("80", "0")
    assert "delivered in 2018/19" not in found


@pytest.mark.parametrize(
    ("table", "at_risk", "net"),
    [
        ("2018/19 174 . . . .", "0", "0"),
        ("2018/19 0 . . . .", "0", "0"),
        ("2018/19 . 79.434 . . .", None, None),
        ("2018/19 . . . -2243 .", "-2243", "-2243"),
        ("2018/19 28 6 6 22 22", "22", "0"),
        ("2018/19 174 . . . 20", "0", "-20"),
        ("2018/19 . . . . 20", None, None),
    ],
)
def test_blank_is_nil_beside_a_target_and_not_known_without(table: str, at_risk: str | None, net: str | None) -> None:
    found = facts(table)
    assert (found.get("at_risk"), found.get("net_at_risk")) == (at_risk, net)


def test_what_is_at_risk_but_not_quantified_is_not_nil() -> None:
    rows = [
        SavingsRow(subject="p", year="2018/19", target=Decimal(5), state=FigureState.UNQUANTIFIED),
        SavingsRow(subject="p", year="2019/20", target=Decimal(5), at_risk=Decimal(1)),
    ]
    found = savings_facts(own_savings(rows)[0], "2018/19", "2019/20")
    assert {name for name in found if "at_risk" in name} == {
        f"savings.{column} in {year}" for column in ("at_risk", "net_at_risk") for year in ("2019/20", "next year")
    }
    assert found["savings.target"].value == 10


@pytest.mark.parametrize(
    ("years", "control", "at_risk", "net", "in_2018_19"),
    [
        ("2018/19 500 . . . .", "500 . . 500 .", None, None, None),  # a blank is no nil where the total denies it
        ("2018/19 500 . . . .\n2019/20 5 . . 7 .", "505 . . 500 .", None, None, None),
        ("2018/19 500 . . . .\n2019/20 5 . . 7 .", "505 . . 7 .", "7", "7", "0"),
        ("2018/19 500 . . . .", "400 . . 0 .", "0", "0", "0"),  # the targets differ, and both say nil
        ("2018/19 500 . . 0 .", "500 . . 500 .", "0", "0", "0"),  # all is stated: the years stand
        ("2018/19 500 . . 30 .", "500 . . 30 22", "30", None, "30"),
        ("2018/19 500 . . 30 22", "500 . . 30 20", "30", "8", "30"),
    ],
)
def test_a_blank_is_not_nil_where_the_control_total_says_otherwise(
    years: str, control: str, at_risk: str | None, net: str | None, in_2018_19: str | None
) -> None:
    found = facts(f"{years}\nall {control}")
    assert (found.get("at_risk"), found.get("net_at_risk")) == (at_risk, net)
    assert found.get("at_risk in 2018/19") == in_2018_19


def test_a_control_total_that_a_blank_denies_is_still_a_problem() -> None:
    (difference,) = own_savings(savings("p", "2018/19 500 . . . .\nall 500 . . 500 ."))[1]
    assert difference.sentence("its years") == "at risk over all years is £500,000, and its years add up to £0"


def unread(table: str, *cells: tuple[int, str]) -> dict[str, str]:
    """The facts where of these lines (from 0) these columns could not be read."""
    rows = savings("p", table)
    for line, column in cells:
        rows[line] = rows[line].model_copy(update={"unread": rows[line].unread | {column}})
    found = savings_facts(own_savings(rows)[0], "2018/19", "2019/20")
    return {
        name.removeprefix("savings."): plain(value / 1000) for name, (value, _) in found.items() if " in " not in name
    }


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("previous_years 500 . . . .", "at_risk"),
        ("2018/19 500 . . . .\n2019/20 5 . . 7 .", "at_risk"),
        ("2018/19 500 . . . .\nall 500 . . 0 .", "at_risk"),  # perhaps a sum that passed over the cell
        ("all 500 . . . .", "at_risk"),
        ("2018/19 500 . . . .", "state"),  # it may say that what is at risk isn't quantified
        ("2018/19 . . . . .", "target"),  # nor can a blank beside it be told
    ],
)
def test_a_cell_that_could_not_be_read_is_not_nil(table: str, column: str) -> None:
    found = unread(table, (0, column))
    assert not {"at_risk", "net_at_risk"} & set(found)
    assert (column == "target") == ("target" not in found)


def test_an_unread_alternative_leaves_what_is_at_risk_and_takes_the_net() -> None:
    found = unread("2018/19 500 . . 30 .", (0, "alternative"))
    assert (found["at_risk"], "alternative" in found, "net_at_risk" in found) == ("30", False, False)


def test_years_that_could_be_read_keep_their_figures_beside_one_that_could_not() -> None:
    rows = savings("p", "2018/19 500 . . . .\n2019/20 5 . . . .")
    rows[0] = rows[0].model_copy(update={"unread": frozenset(("at_risk",))})
    found = savings_facts(own_savings(rows)[0], "2018/19", "2019/20")
    assert "savings.at_risk in this year" not in found
    assert found["savings.at_risk in next year"].value == 0


def test_an_unread_control_total_is_no_nil_either_and_years_that_are_stated_stand() -> None:
    assert "at_risk" not in unread("2018/19 500 . . . .\nall 500 . . . .", (1, "at_risk"))
    assert unread("2018/19 500 . . 30 .\nall 500 . . . .", (1, "at_risk"))["at_risk"] == "30"
    assert "delivered" not in unread("2018/19 . . . 30 .\nall . . . . .", (1, "delivered"))


def test_no_shortfall_is_known_where_a_forecast_could_not_be_read() -> None:
    found = unread("2018/19 100 . . 5 .\nall 100 . 90 5 .", (0, "forecast"))
    assert not {"forecast", "shortfall"} & set(found)


def test_rows_of_one_year_add_up() -> None:
    assert facts("2018/19 100 40 . . .\n2018/19 50 . . 20 .")["net_at_risk in this year"] == "20"
    assert facts("2018/19 100 40 . . .\n2018/19 50 . . 20 .")["target"] == "150"


@pytest.mark.parametrize(
    ("table", "delivered", "forecast"),
    [
        ("2018/19 1640 . . . .\n2019/20 1640 . 1640 . .", None, None),
        ("2018/19 1640 5 . . .\n2019/20 1640 0 1640 . .", "5", None),
        ("2018/19 1640 5 1640 . .\n2019/20 . . . 3 .", "5", "1640"),
        ("2018/19 100 40 . . .\n2018/19 50 . . 20 .", None, None),
        ("2018/19 1640 . . . .\n2019/20 1640 5 . . .\nall . 5 2000 . .", "5", "2000"),
    ],
)
def test_what_is_delivered_or_forecast_is_known_where_all_that_has_a_target_says_it(
    table: str, delivered: str | None, forecast: str | None
) -> None:
    found = facts(table)
    assert (found.get("delivered"), found.get("forecast")) == (delivered, forecast)


@pytest.mark.parametrize(
    ("target", "forecast", "shortfall"),
    [("2800", "2600", "7.14"), ("28", "30", "0"), ("0", "0", "0"), ("0", "-1", "100")],
)
def test_the_shortfall_is_per_cent_of_the_target_as_a_measures_is(target: str, forecast: str, shortfall: str) -> None:
    assert facts(f"2018/19 {target} . {forecast} . .")["shortfall"][:4] == shortfall


def test_a_shortfall_holds_like_against_like() -> None:
    assert "shortfall" not in facts("2018/19 2010 . . . .\n2019/20 2800 . 2600 . .")
    assert facts("2018/19 2010 . . . .\n2019/20 2800 . 2600 . .")["shortfall in next year"][:4] == "7.14"
    assert facts("2018/19 1280 . 1280 . .\n2019/20 . . 500 . .")["shortfall"] == "0"
    assert facts("all 100 . 90 . .")["shortfall"] == "10"


def test_previous_years_take_in_every_earlier_year_that_is_named() -> None:
    rows = savings("p", "previous_years . . . 100 .\n2017/18 . . . 11 .\n2018/19 50 . . . .")
    assert (
        savings_facts(own_savings(rows)[0], "2018/19", "2019/20")["savings.at_risk in previous years"].value == 111_000
    )
    later = savings_facts(own_savings(rows)[0], "2019/20", "2020/21")
    assert later["savings.at_risk in previous years"].value == 111_000
    assert later["savings.target in previous years"].value == 50_000
    assert "savings.target in this year" not in later
