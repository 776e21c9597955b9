"""Trend, history and what moved a status: this month beside the last, judged again by the rules of today."""

import pytest

from engine.model.workspace import Portfolio
from tests.assessment.office import (
    BEDS,
    FAR_BELOW,
    HOMES,
    ONE_PROJECT,
    Office,
    Returns,
    Row,
    by_ref,
    judgement,
    months,
    net_at_risk,
    portfolio,
)

FIRST_SAVINGS: dict[str, list[Row]] = {"2019-02": [net_at_risk("homes", 5)]}
STRICTER = FAR_BELOW.replace("value: 10%", "value: 3%")


def test_an_edited_threshold_is_never_a_decline() -> None:
    returns = months({"homes.beds": "95 95"})
    subject = Office(rules=STRICTER).subject(
        "homes", "2019-02", returns, previous={"homes": "green"}, ever=frozenset({"homes"}), rules_changed=True
    )
    assert (subject.previous, subject.status, subject.trend) == ("green", "amber", "Same")
    assert subject.moved_by == ("rules",)


def test_a_threshold_with_a_date_holds_for_last_month_too_when_it_is_judged_again() -> None:
    dated = FAR_BELOW.replace(
        "approved_by: PMO}]", "approved_by: PMO}, {from: 2019-02, value: 3%, why: tighter, approved_by: PMO}]"
    )
    replay = Office(rules=dated).replay(months({"homes.beds": "95 95"}))
    assert (replay.statuses("homes"), replay.trends("homes")) == ("G A", "New Same")


def test_rules_that_changed_and_changed_nothing_moved_nothing() -> None:
    subject = Office().subject(
        "homes",
        "2019-02",
        months({"homes.beds": "95 80"}),
        previous={"homes": "green"},
        ever=frozenset({"homes"}),
        rules_changed=True,
    )
    assert subject.moved_by == ("figures",)


def test_a_month_that_was_never_published_is_still_the_one_to_compare_with() -> None:
    subject = Office().subject("homes", "2019-02", months({"homes.beds": "95 80"}))
    assert (subject.previous, subject.trend) == (None, "Worse")


def test_figures_and_rules_may_move_a_status_together() -> None:
    subject = Office(rules=STRICTER + "  - {id: low, title: Low, for: projects, when: beds < 50, status: red}").subject(
        "homes",
        "2019-02",
        months({"homes.beds": "95 40"}),
        previous={"homes": "green"},
        ever=frozenset({"homes"}),
        rules_changed=True,
    )
    assert (subject.status, subject.trend, subject.moved_by) == ("red", "Worse", ("figures", "rules"))


@pytest.mark.parametrize(
    ("figures", "decided", "trend", "moved"),
    [
        ("95 80", {}, "Worse", ("figures",)),
        ("95 95", {"2019-02": [judgement("homes", "floor", "A")]}, "Worse", ("decision",)),
        ("95 95", {"2019-02": [judgement("homes", "override", "R")]}, "Worse", ("decision",)),
        ("80 80", {"2019-01": [judgement("homes", "override", "G")]}, "Worse", ("decision",)),  # it ended
        ("95 80", {"2019-02": [judgement("homes", "floor", "A")]}, "Worse", ("figures", "decision")),  # either would do
        (
            "95 80",
            {"2019-02": [judgement("homes", "override", "R")]},
            "Worse",
            ("decision",),
        ),  # covers the figures
        ("95 80", {"2019-02": [judgement("homes", "floor", "G")]}, "Worse", ("figures",)),
        ("80 80", {"2019-02": [judgement("homes", "floor", "A")]}, "Same", ()),
        ("95 95", {"2019-02": [judgement("homes", "override", "G")]}, "Same", ()),
    ],
)
def test_a_move_is_put_down_to_figures_or_to_a_decision(
    figures: str, decided: Returns, trend: str, moved: tuple[str, ...]
) -> None:
    replay = Office().replay(months({"homes.beds": figures}), decided)
    last = replay.runs[-1]["homes"]
    assert (last.trend, last.moved_by) == (trend, moved)


def test_a_new_rule_that_says_nothing_of_last_month_gives_no_trend() -> None:
    # Savings were first returned in February: what decides now can't be told of January.
    rules = FAR_BELOW + "  - {id: savings, title: Savings, for: projects, when: savings.net_at_risk > 0, status: red}"
    replay = Office(rules=rules).replay(months({"homes.beds": "95 95"}), FIRST_SAVINGS)
    assert (replay.statuses("homes"), replay.trends("homes")) == ("G R", "New -")


def test_one_deciding_rule_that_was_judged_last_month_is_enough_for_a_trend() -> None:
    rules = FAR_BELOW + "  - {id: savings, title: Savings, for: projects, when: savings.net_at_risk > 0, status: amber}"
    replay = Office(rules=rules).replay(months({"homes.beds": "95 80"}), FIRST_SAVINGS)
    assert (replay.statuses("homes"), replay.trends("homes")) == ("G A", "New Worse")


def test_a_remediated_exception_was_one_last_month_and_no_longer_is() -> None:
    replay = Office().replay(months({"homes.beds": "80 95 95"}))
    assert [run["homes"].remediated for run in replay.runs] == [False, True, False]
    assert [run["homes"].exception for run in replay.runs] == [True, False, False]


def test_not_rated_is_no_remedy() -> None:
    floor: dict[str, list[Row]] = {"2019-01": [judgement("homes", "floor", "A")]}
    replay = Office().replay(months({"homes.beds": ". ."}), floor)
    assert replay.statuses("homes") == "A -"
    assert not replay.runs[1]["homes"].remediated


# ---- history


FROM_MARCH = Office(of=portfolio(HOMES, starts="2019-03"))
HISTORY: dict[str, list[Row]] = {"2019-02": [judgement("homes", "override", "A")]}


@pytest.mark.parametrize(("figure", "trend", "remediated"), [("95", "Better", True), ("80", "Same", False)])
def test_before_the_start_a_status_is_what_was_published(figure: str, trend: str, remediated: bool) -> None:
    returns = months({"homes.beds": f"95 95 {figure}"})  # which by the rules would have been green
    subject = FROM_MARCH.subject("homes", "2019-03", returns, HISTORY)
    assert (subject.previous, subject.trend, subject.remediated) == ("amber", trend, remediated)


def test_a_status_that_only_history_had_is_not_new_later() -> None:
    history: dict[str, list[Row]] = {"2019-01": [judgement("homes", "override", "A")]}
    subject = FROM_MARCH.subject("homes", "2019-03", months({"homes.beds": "95 95 95"}), history)
    assert (subject.previous, subject.trend) == (None, None)


def test_without_any_history_a_first_status_is_new() -> None:
    subject = FROM_MARCH.subject("homes", "2019-03", months({"homes.beds": "80 80 80"}))
    assert (subject.previous, subject.trend, subject.moved_by) == (None, "New", ())


def test_history_ends_by_figures_unless_somebody_decides_now() -> None:
    returns = months({"homes.beds": "95 95 95"})
    assert FROM_MARCH.subject("homes", "2019-03", returns, HISTORY).moved_by == ("figures",)
    decided = {"2019-03": [judgement("homes", "override", "R")]}
    assert FROM_MARCH.subject("homes", "2019-03", returns, HISTORY, decided).moved_by == ("decision",)


def test_an_override_of_history_may_run_on() -> None:
    running = {"2019-02": [judgement("homes", "override", "A", "2019-03-31")]}
    subject = FROM_MARCH.subject("homes", "2019-03", months({"homes.beds": "95 95 95"}), running)
    assert (subject.status, subject.derived, subject.trend) == ("amber", "green", "Same")


# ---- lifecycle


def living(*spans: tuple[str, str]) -> Portfolio:
    return portfolio({**HOMES, "lifecycle": [{"from": begins, "is": state} for begins, state in spans]})


@pytest.mark.parametrize(
    ("spans", "statuses", "trends"),
    [
        ([("2019-01", "live"), ("2019-03", "closed")], "A A C C", "New Same - -"),
        ([("2019-01", "not started"), ("2019-03", "live")], "W W A A", "- - - Same"),  # waiting was a status
        ([("2019-01", "developing"), ("2019-03", "live")], "- - A A", "- - New Same"),
        ([("2019-01", "not monitored")], "- - - -", "- - - -"),
    ],
)
def test_a_lifecycle_outside_the_order_comes_before_everything(
    spans: list[tuple[str, str]], statuses: str, trends: str
) -> None:
    overridden = {"2019-01": [judgement("homes", "floor", "A", "2019-12-31")]}
    replay = Office(of=living(*spans)).replay(months({"homes.beds": "80 80 80 80"}), overridden)
    assert (replay.statuses("homes"), replay.trends("homes")) == (statuses, trends)


def test_closing_is_a_decision_and_no_remedy() -> None:
    replay = Office(of=living(("2019-01", "live"), ("2019-02", "closed"))).replay(months({"homes.beds": "80 80"}))
    closed = replay.runs[1]["homes"]
    assert (closed.status, closed.derived, closed.exception, closed.remediated) == ("closed", None, False, False)
    assert closed.moved_by == ("decision",)


def test_a_floor_on_what_is_closed_stays_on_record_and_finds_nothing() -> None:
    floor: dict[str, list[Row]] = {"2019-01": [judgement("homes", "floor", "A")]}
    closed = Office(of=living(("2019-01", "closed"))).subject("homes", "2019-01", floor)
    assert closed.floor is not None
    assert (closed.status, closed.derived, closed.findings) == ("closed", None, ())


def test_what_comes_in_while_developing_is_shown_and_not_judged() -> None:
    office = Office(of=living(("2019-01", "developing")))
    subject = office.subject("homes", "2019-01", months({"homes.beds": "12"}))
    assert (subject.status, subject.findings, subject.not_assessed) == (None, (), ())
    (measure,) = subject.measures
    assert (measure.actual, measure.status) == ("12", None)
    assert measure.not_rated_because == "Nothing is judged while the project is developing."


def test_a_project_that_opens_again_carries_nothing_over() -> None:
    spans = [("2019-01", "live"), ("2019-02", "closed"), ("2019-03", "live")]
    replay = Office(of=living(*spans)).replay(months({"homes.beds": "80 . . ."}))
    assert replay.statuses("homes") == "A C - -"


def test_measures_keep_the_portfolios_order_and_subjects_too() -> None:
    of = portfolio(HOMES, {"ref": "care", "title": "Care"}, measures={"beds": BEDS})
    assert list(by_ref(Office(of=of).assess("2019-01", months({"homes.beds": "80"})))) == ["office", "homes", "care"]
    assert list(ONE_PROJECT.subjects) == ["office", "homes"]
