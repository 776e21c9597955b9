"""Floors, overrides and declared statuses: when they are in force, and what they do to a status."""

import pytest

from engine.assessment.decisions import in_force
from engine.model.returns import MilestoneRow
from engine.model.workspace import Portfolio, cadence_of
from tests.assessment.office import (
    BY_CODE,
    HOMES,
    ONE_PROJECT,
    Office,
    Row,
    code,
    judgement,
    merged,
    months,
    portfolio,
)  # fmt: skip

WELL = months({"homes.beds": "95 95 95 95 95 95"})


def months_in_force(*rows: tuple[str, Row], kind: str = "override") -> str:
    """January to June 2019: the code in force in each month, "." for none."""
    returns: dict[str, list[Row]] = {}
    for name, row in rows:
        returns.setdefault(name, []).append(row)
    shown = []
    for number in range(1, 7):
        period = cadence_of(ONE_PROJECT).period(f"2019-{number:02}")
        found = in_force(merged(returns), ONE_PROJECT, period).get("homes")
        decided = getattr(found, kind) if found else None
        shown.append(code(decided.row.status) if decided else ".")
    return " ".join(shown)


@pytest.mark.parametrize(
    ("until", "begins", "expected"),
    [
        (None, None, ". A . . . ."),  # without an end: that month alone
        ("2019-04-30", None, ". A A A . ."),
        ("2019-04-29", None, ". A A . . ."),  # the period's last day decides
        ("2019-02-27", None, ". . . . . ."),
        ("2019-05-31", "2019-04-01", ". . . A A ."),
        ("2019-05-31", "2019-04-30", ". . . A A ."),
        ("2019-05-31", "2019-05-01", ". . . . A ."),
    ],
)
def test_a_judgement_is_in_force_on_a_months_last_day_or_not_at_all(
    until: str | None, begins: str | None, expected: str
) -> None:
    assert months_in_force(("2019-02", judgement("homes", "override", "A", until, begins=begins))) == expected


def test_the_later_of_two_stands_while_it_lasts_and_then_the_earlier_does_again() -> None:
    earlier = judgement("homes", "override", "A", "2019-06-30")
    later = judgement("homes", "override", "R", "2019-03-31")
    assert months_in_force(("2019-01", earlier), ("2019-02", later)) == "A R R A A A"


def test_kinds_do_not_replace_one_another() -> None:
    rows = [
        ("2019-01", judgement("homes", "floor", "A", "2019-03-31")),
        ("2019-02", judgement("homes", "override", "R", "2019-02-28")),
    ]
    assert months_in_force(*rows, kind="floor") == "A A A . . ."
    assert months_in_force(*rows) == ". R . . . ."


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (None, "A A A A A A"),
        ("2019-03-31", "A A . . . ."),
        ("2019-04-01", "A A A . . ."),
    ],
)
def test_until_a_milestone_is_until_it_is_done(done: str | None, expected: str) -> None:
    milestone = MilestoneRow.model_validate({"subject": "homes", "milestone": "Schedule agreed", "done": done})
    planned = MilestoneRow(subject="homes", milestone="Schedule agreed")
    decided = judgement("homes", "override", "A", milestone=" schedule AGREED")
    rows: list[tuple[str, Row]] = [("2019-01", decided), ("2019-01", planned), ("2019-03", milestone)]
    assert months_in_force(*rows) == expected


def test_the_milestone_of_another_subject_ends_nothing() -> None:
    own = MilestoneRow(subject="homes", milestone="Schedule agreed")
    others = MilestoneRow.model_validate({"subject": "office", "milestone": "Schedule agreed", "done": "2019-02-01"})
    decided = judgement("homes", "override", "A", milestone="Schedule agreed")
    assert months_in_force(("2019-01", decided), ("2019-01", own), ("2019-02", others)) == "A A A A A A"


def test_until_a_milestone_that_no_return_names_is_for_that_month_only() -> None:
    decided = judgement("homes", "override", "A", milestone="Never heard")
    others = MilestoneRow(subject="office", milestone="Never heard")
    assert months_in_force(("2019-02", decided), ("2019-02", others)) == ". A . . . ."


def test_a_milestone_that_a_later_return_names_counts_from_then_on() -> None:
    decided = judgement("homes", "override", "A", milestone="Schedule agreed")
    named = MilestoneRow.model_validate({"subject": "homes", "milestone": "Schedule agreed", "done": "2019-05-01"})
    assert months_in_force(("2019-01", decided), ("2019-03", named)) == "A . A A . ."


CLOSED = portfolio({**HOMES, "lifecycle": [{"from": "2019-01", "is": "closed"}]})
OPENS = portfolio({**HOMES, "lifecycle": [{"from": "2019-03", "is": "live"}]})
AGREED = MilestoneRow.model_validate({"subject": "homes", "milestone": "Schedule agreed", "done": "2019-02-01"})


@pytest.mark.parametrize(
    ("of", "row", "said"),
    [
        (ONE_PROJECT, judgement("homes", "override", "A", milestone="Never heard"),
         ("the `override` of homes holds until the milestone “Never heard”, which no return names for it; it holds "
         "for this period only")),
        (ONE_PROJECT, judgement("homes", "override", "A", milestone="Schedule agreed"),
         "the `override` of homes is never in force: the milestone “Schedule agreed” was done on 1 February 2019"),
        (ONE_PROJECT, judgement("homes", "floor", "A", "2019-01-31"),
         "the `floor` of homes is never in force: it ends on 31 January 2019, before the last day of 2019-02"),
        (CLOSED, judgement("homes", "override", "A"),
         "the `override` of homes counts for nothing: the subject is closed"),
        (CLOSED, judgement("homes", "floor", "A", "2019-03-31"),
         "the `floor` of homes counts for nothing: the subject is closed"),
    ],
)  # fmt: skip
def test_a_judgement_that_decides_less_than_was_meant_is_told_to_the_pmo(of: Portfolio, row: Row, said: str) -> None:
    assessed = Office(of=of).assess("2019-02", WELL, {"2019-02": [row, AGREED]})
    assert [(problem.subject, problem.what) for problem in assessed.problems] == [("homes", said)]
    assert assessed.problems[0].where == "judgements.csv line 2"


@pytest.mark.parametrize(
    ("of", "row"),
    [
        (ONE_PROJECT, judgement("homes", "override", "A", "2019-02-28")),
        (ONE_PROJECT, judgement("homes", "override", "A", "2019-05-31", begins="2019-04-01")),
        (CLOSED, judgement("homes", "declared", "A")),  # the owner's own view moves nothing anyhow
        (OPENS, judgement("homes", "floor", "A", "2019-03-31", begins="2019-03-01")),  # it is live by then
    ],
)
def test_a_judgement_that_decides_what_was_meant_is_no_problem(of: Portfolio, row: Row) -> None:
    assert not Office(of=of).assess("2019-02", WELL, {"2019-02": [row]}).problems


def test_the_last_of_two_of_a_kind_in_one_month_counts_and_the_pmo_is_told() -> None:
    returns = {"2019-01": [judgement("homes", "floor", "R"), judgement("homes", "floor", "A")]}
    assessed = Office().assess("2019-01", WELL, returns)
    (problem,) = assessed.problems
    assert problem.subject == "homes"
    assert "two judgements of the kind `floor` on homes" in str(problem)
    assert next(one.status for one in assessed.subjects if one.ref == "homes") == "amber"


def test_what_was_entered_twice_last_month_is_not_reported_again() -> None:
    returns = {"2019-01": [judgement("homes", "floor", "R"), judgement("homes", "floor", "A")]}
    assert not Office().assess("2019-02", WELL, returns).problems


@pytest.mark.parametrize(
    ("kind", "code_", "figure", "status", "derived"),
    [
        ("override", "A", "95", "amber", "green"),
        ("override", "G", "80", "green", "amber"),  # better than the rules: the derived status stays visible
        ("override", "A", ".", "amber", None),
        ("floor", "A", "95", "amber", "amber"),
        ("floor", "R", "80", "red", "red"),
        ("floor", "A", ".", "amber", "amber"),
        ("floor", "G", "80", "amber", "amber"),  # no better than the best holds nobody back
        ("declared", "R", "95", "green", "green"),  # the owner's own view moves nothing
    ],
)
def test_what_a_judgement_does_to_a_status(
    kind: str, code_: str, figure: str, status: str, derived: str | None
) -> None:
    decided = {"2019-01": [judgement("homes", kind, code_)]}
    subject = Office().subject("homes", "2019-01", months({"homes.beds": figure}), decided)
    assert (subject.status, subject.derived) == (status, derived)
    shown = getattr(subject, kind)
    assert (shown.status, shown.reason, shown.by, shown.until) == (
        BY_CODE[code_], f"{kind} for a reason", "pmo", "2019-01",
    )  # fmt: skip


def test_a_floor_stands_among_the_findings_with_its_reason() -> None:
    decided = {"2019-01": [judgement("homes", "floor", "R", "2019-03-31")]}
    subject = Office().subject("homes", "2019-01", months({"homes.beds": "80"}), decided)
    assert [(one.rule, one.status) for one in subject.findings] == [("floor", "red"), ("far_below", "amber")]
    assert subject.findings[0].because == "floor for a reason"


@pytest.mark.parametrize(
    ("until", "milestone", "shown"),
    [(None, "", "2019-01"), ("2019-03-31", "", "2019-03"), ("2019-03-15", "", "2019-03-15"),
     (None, "Schedule agreed", "milestone Schedule agreed")],
)  # fmt: skip
def test_the_end_of_a_judgement_is_said_as_it_was_meant(until: str | None, milestone: str, shown: str) -> None:
    decided = {"2019-01": [judgement("homes", "override", "A", until, milestone=milestone)]}
    subject = Office().subject("homes", "2019-01", WELL, decided)
    assert subject.override is not None
    assert subject.override.until == shown


@pytest.mark.parametrize(("figure", "declared", "told"), [("80", "G", True), ("80", "A", False), ("80", "R", False),
                                                         ("95", "G", False), (".", "G", False)])  # fmt: skip
def test_a_declared_status_better_than_the_rules_is_told_to_the_pmo(figure: str, declared: str, told: bool) -> None:
    decided = {"2019-01": [judgement("homes", "declared", declared)]}
    problems = Office().assess("2019-01", months({"homes.beds": figure}), decided).problems
    assert [problem.subject for problem in problems] == (["homes"] if told else [])
    if told:
        assert problems[0].what == "Homes is declared Green by pmo, and its rules give Amber"


def test_an_override_outside_the_order_decides_nothing_and_the_pmo_is_told() -> None:
    decided = {"2019-01": [judgement("homes", "override", "C")]}
    assessed = Office().assess("2019-01", WELL, decided)
    assert next(one.status for one in assessed.subjects if one.ref == "homes") == "green"
    (problem,) = assessed.problems
    assert "can't give Closed" in problem.what
    assert "lifecycle" in problem.cure
