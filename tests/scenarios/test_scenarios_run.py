"""Scenarios: what owners return for some months, and what comes of it."""

import pytest

from tests.scenarios.office import RULES, got, run


def of_meals(given: str, expect: str) -> str:
    return f"given: {{meals: {given}}}\nexpect: {{meals: {expect}}}\n"


@pytest.mark.parametrize(
    ("given", "expect", "came"),
    [
        ("{visits: 95 85 45 100}", "{status: . x4}", "green amber red green"),
        ("{visits: 95 85 45 100}", "{trend: . x4}", "New Worse Worse Better"),
        ("{visits: 95 85 45 100}", "{findings: {short: . x4}}", "quiet fires fires quiet"),
        ("{visits: 95 85 45 100}", "{findings: {short visits: . x4}}", "quiet fires fires quiet"),
        ("{visits: 95 85 45 100}", "{findings: {far_short: . x4}}", "quiet quiet fires quiet"),
        ("{visits: 45 _ _ 100}", "{findings: {far_short: . x4}}", "fires held held quiet"),
        ("{visits: _ _ 45 _}", "{findings: {far_short: . x4}}", "unknown unknown fires held"),
        ("{visits: _ 95 _ _}", "{status: . x4}", "_ green _ _"),
        ("{visits: _ 95 _ _}", "{trend: . x4}", "_ New _ _"),
        ("{visits: 95 95}", "{findings: {at_risk: . .}}", "_ _"),  # nothing was ever returned of savings: not asked
        ("{visits: 95 x3, savings 18/19: {target: £10k, at_risk: _ £2k £0}}", "{status: . x3}", "green amber green"),
        (
            "{visits: 95 x3, milestone Rollout: {planned: 2019-01-31, forecast: 2019-03-31, done: _ _ 2019-03-01}}",
            "{findings: {slipping: . x3}}",
            "fires fires quiet",
        ),
        ("{visits: 45 x3, override: {status: _ Amber _, reason: Late figures}}", "{status: . x3}", "red amber red"),
        ("{visits: 95 x3, floor: {status: _ A _, reason: As we know}}", "{status: . x3}", "green amber green"),
        ("{visits: 95 x2, declared: {status: _ R, reason: As we know}}", "{status: . x2}", "green green"),
        ("{Visits made: 95 x2}", "{status: . x2}", "green green"),  # by its title, as a return may say it
        ("{visits: {actual: 40 x2, target: 40}}", "{problems: . x2}", "MENDED"),
    ],
)  # fmt: skip
def test_what_is_returned_gives_statuses_trends_and_findings(given: str, expect: str, came: str) -> None:
    ((_, series),) = got(of_meals(given, expect)).items()
    if came == "MENDED":
        assert "the configuration says 100" in series or "100" in series
    else:
        assert series == came


def test_a_ladder_is_expected_by_its_band_the_worst_part_first() -> None:
    series = got(
        "given: {rooms: {use North: 85 70 50 _, use South Coast: 90 65 _ _}}\n"
        "expect: {rooms: {findings: {use: . x4, use use South Coast: . x4}, status: . x4}}\n"
    )
    assert series["use of rooms"] == "green amber red held"
    assert series["use of rooms (use South Coast)"] == "green amber held held"
    assert series["status of rooms"] == "green amber red red"


def test_parents_follow_from_their_projects() -> None:
    series = got("given: {meals: {visits: 95 85}, rooms: {use North: 85 x2, use South Coast: 85 x2}}\n"
                 "expect: {homes: {status: . x2, findings: {most: . x2}}}\n")  # fmt: skip
    assert series == {"status of homes": "green amber", "most of homes": "quiet fires"}


def test_messages_are_told_by_audience_with_their_reasons() -> None:
    series = got(
        "given: {meals: {visits: 95 85 45 100}}\n"
        "messages: {owners: {meals: . x4}, board: . x4}\nexpect: {meals: {status: . x4}}\n"
    )
    assert series["owners told of meals"] == "_ first worsened remediated"
    assert series["messages to board"] == "_ _ 1 1"


def test_what_is_not_returned_is_overdue_on_the_morning_after_its_day() -> None:
    (one,) = run(of_meals("{visits: 95 _}", "{problems: [_, The visits are overdue]}")).compared
    assert one.ok
    (other,) = run(of_meals("{visits: 95 _}", "{problems: [_, something else]}")).compared
    assert other.differs == (False, True)


def test_a_scenario_may_begin_in_history_where_nothing_is_judged() -> None:
    head = "scenario: S\nportfolio: care\nfrom: 2018-12\n"
    given = "{visits: 95 85 95, override: {status: R _ _, reason: As published}}"
    result = run(of_meals(given, "{status: . amber green, trend: . Better Better}"), head=head)
    assert [one.differs for one in result.compared] == [(False, False, False)] * 2


def test_periods_not_checked_may_be_anything() -> None:
    assert run(of_meals("{visits: 45 95}", "{status: . green}")).ok


@pytest.mark.parametrize(
    ("expect", "differs"),
    [
        ("{status: green amber red green}", "...."),
        ("{status: All_Green Yellow R G}", "...."),  # by name, alias or code
        ("{status: green green red green}", ".!.."),
        ("{status: _ amber red green}", "!..."),
        ("{status: closed amber red _}", "!..!"),
        ("{trend: New Worse Worse Better}", "...."),
        ("{trend: new worse same better}", "..!."),
        ("{findings: {short: quiet fires held quiet}}", "..!."),
        ("{findings: {at_risk: _ x4}}", "...."),
        ("{findings: {at_risk: quiet _ _ _}}", "!..."),
        ("{problems: _ x4}", "...."),
    ],
)
def test_each_period_is_held_against_what_is_expected(expect: str, differs: str) -> None:
    (one,) = run(of_meals("{visits: 95 85 45 100}", expect)).compared
    assert "".join("!" if wrong else "." for wrong in one.differs) == differs
    assert one.ok == ("!" not in differs)
    assert one.first == (differs.index("!") if "!" in differs else None)


@pytest.mark.parametrize(
    ("told", "differs"),
    [
        ("{owners: {meals: _ first worsened remediated}}", "...."),
        ("{owners: {meals: first _ worsened remediated}}", "!!.."),
        ("{owners: {meals: _ first worsened eased}}", "...!"),
        ("{board: 0 0 1 1}", "...."),
        ("{board: _ _ 1 2}", "...!"),
        ("{owners: _ 1 1 1}", "...."),
    ],
)
def test_messages_are_held_against_what_is_expected(told: str, differs: str) -> None:
    (one,) = run(f"given: {{meals: {{visits: 95 85 45 100}}}}\nmessages: {told}\n").compared
    assert "".join("!" if wrong else "." for wrong in one.differs) == differs


def test_an_edited_rule_fails_the_scenario_and_the_sheet_says_why() -> None:
    text = of_meals("{visits: 95 85 45 100}", "{status: green amber red green}")
    assert run(text).ok
    result = run(text, RULES.replace("value: 10%", "value: 20%"))
    assert [one.differs for one in result.failed] == [(False, True, False, False)]
    assert result.first_difference() == {"meals": 1}
    seen = result.seen("meals", 1)
    assert str(seen.sheet.facts["visits"].value) == "85"
    short = next(one for one in seen.rulings if one.rule == "short" and one.measure == "visits")
    assert (short.said, short.source) == ("quiet", "rules/care.yaml:5")
    assert [(one.text, one.figures, one.holds) for one in short.comparisons] == [
        ("shortfall > tolerance", "15% > 20%", False)
    ]


def test_what_rules_said_of_subjects_that_are_checked_counts_for_coverage() -> None:
    result = run(of_meals("{visits: 95 85}", "{status: green amber}"))
    said = set(result.outcomes())
    assert {("short", "fires"), ("short", "quiet"), ("far_short", "quiet")} <= said
    assert not {rule for rule, _ in said} & {"use", "most"}  # of subjects of which nothing is expected
    unchecked = run(of_meals("{visits: 95 85}", "{status: . .}"))
    assert set(unchecked.outcomes()) == set()
    of_the_first = run(of_meals("{visits: 95 85}", "{status: green .}"))
    assert ("short", "quiet") in set(of_the_first.outcomes())
    assert ("short", "fires") not in set(of_the_first.outcomes())  # in a period of which nothing is expected
