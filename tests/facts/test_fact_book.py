"""The fact sheet of a subject in a period, over months of returns."""

from datetime import date
from decimal import Decimal

import pytest

from engine.facts.book import SheetStanding
from engine.model.facts import MeasureSheet
from engine.model.returns import MilestoneRow
from engine.model.values import Unit, plain
from engine.model.workspace import Better, EveryWeeks, Measure, MeasureHere, Project, TargetWord
from engine.periods import Months, Weeks
from tests.facts.made import (
    COUNT,
    SHARE,
    attributes,
    book,
    month,
    months,
    of_measure,
    one_project,
    portfolio,
    row,
    sheet,
    shown,
)

# ---- figures over time


def test_a_sheet_looks_back_over_earlier_returns_and_not_ahead() -> None:
    of = book(one_project(COUNT), months("2018-10", "70 75 . 85 99"))
    assert attributes(of, "2019-01") == {
        "actual": "85", "previous": "75", "two_back": "70", "change": "10", "run": "2", "age": "0", "unsecured": "0"
    }  # fmt: skip
    assert attributes(of, "2018-12") == {"previous": "75", "two_back": "70", "age": "1"}
    assert shown(sheet(of, "p", "2019-01"), "m.") == {
        f"m.{name}": value for name, value in attributes(of, "2019-01").items() if name != "actual"
    }
    assert plain(sheet(of, "p", "2019-01").facts["m"].value) == "85"


def test_what_was_never_returned_is_absent_and_expected() -> None:
    of = book(one_project(COUNT), {})
    found = sheet(of, "p", "2019-01")
    counts = {name: count for name, count in shown(found, "m").items() if count != "0"}
    assert counts == {"measures.count": "1", "measures.missing": "1", "measures.overdue": "1"}
    assert found.states["m"] == {"missing", "overdue"}
    assert found.expected == {"m", "measures", "lifecycle"}


@pytest.mark.parametrize(
    ("today", "words"),
    [("2019-02-07", {"missing"}), ("2019-02-08", {"missing", "overdue"})],
)
def test_a_return_on_its_day_is_not_late(today: str, words: set[str]) -> None:
    of = book(one_project(COUNT), {}, today=today)  # the fifth working day of February 2019 is the 7th
    assert sheet(of, "p", "2019-01").states["m"] == words
    assert of.overdue(month("2019-01")) == ((("p", "m", ""),) if "overdue" in words else ())


def test_a_blank_cell_is_not_zero() -> None:
    found = sheet(book(one_project(COUNT), {"2019-01": [row(None)]}), "p", "2019-01")
    assert "m" not in found.facts
    assert found.facts["measures.reported"].value == 0
    zero = sheet(book(one_project(COUNT), {"2019-01": [row("0")]}), "p", "2019-01")
    assert zero.facts["m"].value == 0
    assert zero.facts["measures.reported"].value == 1


def test_the_target_agreed_for_the_day_holds_and_the_return_gives_it_only_where_none_is() -> None:
    dated = [
        {"from": "2018-04", "value": "10"},
        {"from": "2018-06", "value": "20"},
        {"from": "2018-08", "value": "not set"},
        {"from": "2018-09", "value": "to be set"},
    ]
    of = one_project(COUNT, MeasureHere.model_validate({"target": dated}))
    returns = months("2018-05", "5 5 5 5 5")
    returns["2018-07"] = [row("5", target="25")]
    returns["2018-10"] = [row("5", target="30")]
    found = book(of, returns)
    targets = {name: sheet(found, "p", name).facts.get("m.target") for name in returns}
    assert [target and plain(target.value) for target in targets.values()] == [
        "10", "20", "20", None, None, "30"
    ]  # fmt: skip
    assert [of_measure(found, name).target_word for name in returns] == [None] * 4 + [TargetWord.TO_BE_SET, None]
    assert "off target" in of_measure(found, "2018-08").unknown_states


def returned_target(target: Decimal | TargetWord, agreed: object) -> tuple[MeasureSheet, list[str]]:
    """The sheet of a measure at 15, and the problems, where one target is agreed and another is returned."""
    of = one_project(COUNT, MeasureHere.model_validate({"target": agreed}))
    found = book(of, {"2019-01": [row("15").model_copy(update={"target": target, "where": "line 4"})]})
    problems = [f"{problem.where}: {problem.what}" for problem in found.problems_of("p", month("2019-01"))]
    return of_measure(found, "2019-01"), problems


def test_an_owner_who_returns_another_target_than_the_agreed_one_changes_nothing_and_the_pmo_is_told() -> None:
    dated = [
        {"from": "2018-04", "value": "40"},
        {"from": "2018-10", "value": "50", "approved_by": "Board"},
        {"from": "2019-04", "value": "60"},
    ]
    found, problems = returned_target(Decimal(15), dated)
    assert plain(found.facts["target"].value) == "50"
    assert "off target" in found.states
    assert problems == ["line 4: Project: Count: the return's target is 15, but 50 is agreed since 2018-10 and holds"]
    found, problems = returned_target(TargetWord.UP, "50")
    assert (plain(found.facts["target"].value), found.target_word) == ("50", None)
    assert problems == ["line 4: Project: Count: the return's target is up, but 50 is agreed and holds"]


def test_a_returned_target_that_is_the_agreed_one_or_where_none_is_agreed_is_no_problem() -> None:
    assert returned_target(Decimal("50.0"), "50")[1] == []
    found, problems = returned_target(Decimal(15), None)
    assert (plain(found.facts["target"].value), problems) == ("15", [])
    found, problems = returned_target(Decimal(15), "to be set")
    assert (plain(found.facts["target"].value), problems) == ("15", [])


def test_a_returned_target_that_could_not_be_read_leaves_the_agreed_one_in_force() -> None:
    unread = row("15").model_copy(update={"unread": frozenset(("target",))})
    agreed = book(one_project(COUNT, MeasureHere(target="50")), {"2019-01": [unread]})
    assert attributes(agreed, "2019-01")["target"] == "50"
    none = book(one_project(COUNT), {"2019-01": [unread]})
    assert "off target" in of_measure(none, "2019-01").unknown_states


def test_what_was_said_of_a_figure_and_could_not_be_read_is_unknown() -> None:
    unread = {"unread": frozenset(("state",))}
    of = book(one_project(COUNT), {"2019-01": [row("15").model_copy(update=unread)]})
    assert {"provisional", "under review", "unsecured"} <= sheet(of, "p", "2019-01").unknown_states["m"]
    assert "unsecured" not in attributes(of, "2019-01")
    parts = [row("9", "North"), row("6", "South").model_copy(update=unread)]
    parted = book(one_project(COUNT.model_copy(update={"parts": ("North", "South")})), {"2019-01": parts})
    assert "provisional" in sheet(parted, "p", "2019-01").unknown_states["m"]
    assert attributes(parted, "2019-01").get("unsecured") is None


def test_a_target_for_the_year_is_that_of_the_day_the_figure_speaks_of() -> None:
    here = MeasureHere.model_validate(
        {"year_target": [{"from": "2018-04", "value": "365"}, {"from": "2019-04", "value": "730"}]}
    )
    late = row("5").model_copy(update={"as_of": date(2019, 3, 31)})
    of = book(one_project(COUNT, here), {"2019-03": [row("5")], "2019-04": [late], "2019-05": [row("5")]})
    lines = [sheet(of, "p", name).facts["m.linear_target"].value for name in ("2019-03", "2019-04")]
    assert lines == [365, 365]
    assert sheet(of, "p", "2019-05").facts["m.year_target"].value == 730


def test_a_series_that_broke_is_unsettled_for_as_long_as_it_says() -> None:
    broken = {"from": "2018-10", "why": "new system", "settles_after": "2 periods"}
    measure = COUNT.model_copy(
        update={"series": Measure.model_validate({"title": "", "unit": "number", "series": [broken]}).series}
    )
    of = book(one_project(measure), months("2018-08", "5 6 70 80 90"))
    assert "m.previous" not in sheet(of, "p", "2018-10").facts
    assert shown(sheet(of, "p", "2018-11"), "m.change") == {"m.change": "10"}
    assert {"rising", "falling", "steady"} <= sheet(of, "p", "2018-11").unknown_states["m"]
    assert "rising" in sheet(of, "p", "2018-12").states["m"]
    assert of.due_before("p", month("2018-12"), 2, ["m"]) == month("2018-10")
    assert of.due_before("p", month("2018-12"), 3, ["m"]) is None
    assert of.due_before("p", month("2018-12"), 3, []) == month("2018-09")


def test_figures_that_add_up_do_so_over_the_year_and_a_month_without_one_leaves_it_unknown() -> None:
    income = Measure(title="Income", unit=Unit.MONEY, better=Better.HIGHER, adds_up=True)
    of = one_project(income, MeasureHere(target="£100"))
    whole = book(of, months("2018-03", "900 80 90 120"))
    assert shown(sheet(whole, "p", "2018-06"), "m.t") == {
        "m.target": "100",
        "m.to_date": "290",
        "m.target_to_date": "300",
        "m.two_back": "80",
    }
    gap = book(of, months("2018-04", "80 . 120"))
    assert "m.to_date" not in sheet(gap, "p", "2018-06").facts
    late = book(of, months("2018-05", "80 90"))  # nothing is known of April
    assert "m.to_date" not in sheet(late, "p", "2018-06").facts
    begun = one_project(income, MeasureHere(), [{"from": "2018-05", "is": "live"}])  # and nothing was owed
    assert sheet(book(begun, months("2018-05", "80 90")), "p", "2018-06").facts["m.to_date"].value == 170


# ---- parts


def test_each_part_of_a_percentage_is_judged_and_the_whole_only_where_it_was_stated() -> None:
    of = one_project(SHARE, MeasureHere(target="95%"))
    parts = book(of, {"2019-01": [row("96", "North"), row("34", "South")]})
    assert [one.part for one in parts.measures("p", month("2019-01"))] == ["North", "South"]
    assert of_measure(parts, "2019-01", "South").title == "Share, South"
    assert plain(of_measure(parts, "2019-01", "South").facts["variance"].value) == "-61"
    found = sheet(parts, "p", "2019-01")
    assert "m" not in found.facts
    assert "off target" in found.states["m"]
    assert found.facts["measures.reported"].value == found.facts["measures.off_target"].value == 1
    stated = book(of, {"2019-01": [row("96", "North"), row("34", "South"), row("60")]})
    assert [one.part for one in stated.measures("p", month("2019-01"))] == [None, "North", "South"]
    assert sheet(stated, "p", "2019-01").facts["m"].value == 60


def test_a_part_has_a_history_and_its_own_target_or_that_of_the_whole() -> None:
    returns = {
        "2018-12": [row("90", "North"), row("50", "South")],
        "2019-01": [row("96", "North", target="97"), row("34", "South"), row(None, target="80")],
    }
    of = book(one_project(SHARE), returns)
    north, south = (of_measure(of, "2019-01", part) for part in ("North", "South"))
    assert [plain(part.facts["target"].value) for part in (north, south)] == ["97", "80"]
    assert [plain(part.facts["change"].value) for part in (north, south)] == ["6", "-16"]
    agreed = book(one_project(SHARE, MeasureHere(target="95%")), returns)
    assert {plain(of_measure(agreed, "2019-01", part).facts["target"].value) for part in ("North", "South")} == {"95"}
    assert [problem.what.partition(": the")[0] for problem in agreed.problems_of("p", month("2019-01"))] == [
        "Project: Share", "Project: Share, North"
    ]  # fmt: skip


def test_a_part_that_did_not_come_is_missing_and_makes_the_whole_partial() -> None:
    of = book(one_project(SHARE), {"2019-01": [row("96", "North")]})
    assert of_measure(of, "2019-01", "South").states == {"missing", "overdue"}
    assert "partial" in sheet(of, "p", "2019-01").states["m"]
    assert of.overdue(month("2019-01")) == (("p", "m", "South"),)


def test_a_total_that_differs_from_its_parts_is_a_problem_of_its_subject() -> None:
    money = Measure(title="Overspend", unit=Unit.MONEY, better=Better.LOWER)
    of = book(
        one_project(money), {"2018-12": [row("5")], "2019-01": [row("370", "Staff"), row("39", "Travel"), row("410")]}
    )
    (problem,) = of.problems(month("2019-01"))
    assert problem.what == "Project: Overspend: the total is stated as £410, and the parts add up to £409"
    assert of.problems_of("p", month("2019-01")) == (problem,)
    assert of.problems(month("2018-12")) == ()


# ---- milestones, periods


def test_milestones_are_expected_once_there_was_one_and_unknown_until_returned_again() -> None:
    slipped = MilestoneRow(subject="p", milestone="x", planned=date(2018, 12, 31), forecast=date(2019, 1, 14))
    of = book(one_project(COUNT), {"2018-12": [slipped], "2019-01": []})
    assert shown(sheet(of, "p", "2018-12"), "milestones.slipped") == {"milestones.slipped": "1"}
    assert shown(sheet(of, "p", "2019-01"), "milestones.") == {"milestones.unreported": "1"}  # its date has passed
    assert "milestones" in sheet(of, "p", "2019-01").expected
    assert "milestones" not in sheet(of, "p", "2018-11").expected


def test_the_book_holds_every_period_from_the_first_return_to_the_last() -> None:
    of = book(one_project(COUNT), {"2019-01": [], "2018-11": []})
    assert [period.id for period in of.periods] == ["2018-11", "2018-12", "2019-01"]
    assert book(one_project(COUNT), {}).periods == ()


def test_a_quarterly_portfolio_looks_back_by_quarters() -> None:
    project = Project(ref="p", title="P", measures={"m": MeasureHere()})
    of = book(
        portfolio(project, measures={"m": COUNT}, reports="quarterly"), {"2018-Q3": [row("5")], "2018-Q4": [row("7")]}
    )
    last = Months(3).period("2018-Q4")
    found = of.sheet("p", last, SheetStanding())
    assert found.facts["m.change"].value == 2
    assert found.period == last


def test_a_fortnightly_portfolio_finds_the_same_fortnight_of_last_year() -> None:
    every = {"every": "2 weeks", "from": "2016-10-31"}
    project = Project(ref="p", title="P", measures={"m": MeasureHere()})
    of = portfolio(project, measures={"m": COUNT}).model_copy(update={"reports": EveryWeeks.model_validate(every)})
    fortnights = Weeks(2, date(2016, 10, 31))
    returns = {"2016-10-31": [row("5")], "2016-11-14": [row("6")], "2017-10-30": [row("9")]}
    last = fortnights.period("2017-10-30")
    found = book(of, returns)
    facts = found.sheet("p", last, SheetStanding()).facts
    assert [plain(facts[name].value) for name in ("m.last_year", "m.previous")] == ["5", "6"]
    assert found.due_before("p", last, 26, ["m"]) == fortnights.period("2016-10-31")
    assert found.due_before("p", last, 27, ["m"]) is None
