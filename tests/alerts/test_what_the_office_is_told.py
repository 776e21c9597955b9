"""The office's mail: what it has to look at, told once, with what still stands beside it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.alerts.officenews import about_to_end, office_notices, office_told
from engine.model.acts import ActKind, OfficeAct
from engine.model.alerts import OutboxMessage, OutboxState, Rendered, Told
from engine.model.notices import Failed, OfficeNotice, Owed
from engine.model.problems import Problem
from engine.model.run import DecisionOut
from engine.model.workspace import About, Audience
from tests.alerts.months import OWNERS, run_of, subject, workspace
from tests.facts.made import month

OFFICE = Audience(who=("leaders_office",), tell="problems")
DUE = date(2019, 2, 7)
NOW = datetime(2019, 2, 8, 7, tzinfo=UTC)
CELL = Problem(
    file="care/2019-01/lead.xlsx", where="sheet measures, cell D7", what="'abc' is no number", cure="type one"
)
OTHER = Problem(file="", where="meals", what="meals has no owner")
OWES = {"visits": Owed(ref="visits", title="Visits", missing=("Figure",), nothing_yet=True)}


def message(state: OutboxState, name: str = "a", audience: str = "owners") -> OutboxMessage:
    rendered = Rendered(
        dedupe_key=name, audience=audience, recipient=name, address=f"{name}@council.example", portfolio="care",
        period="2019-01", revision=1, subject="Care", message_id=f"<{name}>", date=NOW, body=b"", reasons={},
    )  # fmt: skip
    return OutboxMessage(id=name * 16, state=state, rendered=rendered, run=None, queued=NOW, detail="no such mailbox")


def news(
    problems: Sequence[Problem] = (), messages: Iterable[OutboxMessage] = (), owed: dict[str, Owed] | None = None,
    told: Iterable[Told] = (), today: date = date(2019, 2, 8), audience: Audience = OFFICE, subjects: Any = (),
    acts: Iterable[OfficeAct] = (), failed: Sequence[Failed] = (),
) -> list[OfficeNotice]:  # fmt: skip
    office = workspace({"owners": OWNERS, "office": audience})
    run = run_of(*subjects).model_copy(update={"problems": tuple(problems)})
    return office_notices(
        office,
        office.portfolios["care"],
        month("2019-01"),
        run,
        messages,
        owed or {},
        DUE,
        told,
        NOW,
        today,
        acts,
        failed,
    )


def known(notice: OfficeNotice) -> list[Told]:
    return office_told(notice, "m")


def test_with_nothing_to_look_at_there_is_no_mail() -> None:
    assert news() == []


@pytest.mark.parametrize("state", ["held", "dead", "uncertain"])
def test_its_own_mail_that_is_stuck_calls_for_no_other(state: str) -> None:
    assert news(messages=[message(OutboxState(state), audience="office")]) == []


def test_an_unreadable_cell_is_told_once() -> None:
    (first,) = news([CELL])
    assert (first.recipient, first.problems, first.is_new(CELL)) == ("leaders_office", (CELL,), True)
    assert news([CELL], told=known(first)) == []


def test_what_still_stands_is_shown_beside_what_is_new_and_is_not_called_new() -> None:
    (first,) = news([CELL])
    (second,) = news([CELL, OTHER], told=known(first))
    assert second.problems == (CELL, OTHER)
    assert (second.is_new(CELL), second.is_new(OTHER)) == (False, True)
    assert second.dedupe_key != first.dedupe_key


def test_the_same_news_twice_is_the_same_message() -> None:
    assert news([CELL])[0].dedupe_key == news([CELL])[0].dedupe_key


def test_the_same_cell_wrong_in_another_period_is_another_problem() -> None:
    (first,) = news([CELL])
    office = workspace({"office": OFFICE})
    run = run_of(period="2019-02").model_copy(update={"problems": (CELL,)})
    again = office_notices(
        office, office.portfolios["care"], month("2019-02"), run, (), {}, DUE, known(first), NOW, NOW.date()
    )
    assert len(again) == 1


@pytest.mark.parametrize("state", [OutboxState.HELD, OutboxState.DEAD, OutboxState.UNCERTAIN])
def test_a_message_that_is_stuck_is_told_once_for_each_way_of_being_stuck(state: OutboxState) -> None:
    (first,) = news(messages=[message(state)])
    assert [(one.state, one.to, one.why) for one in first.stuck] == [(state, "a@council.example", "no such mailbox")]
    assert news(messages=[message(state)], told=known(first)) == []
    other = OutboxState.DEAD if state is not OutboxState.DEAD else OutboxState.HELD
    assert len(news(messages=[message(other)], told=known(first))) == 1


def test_who_owes_a_return_is_news_from_the_day_after_it_was_due() -> None:
    assert news(owed=OWES, today=DUE) == []
    (late,) = news(owed=OWES, today=date(2019, 2, 8))
    assert [(one.name, one.titles) for one in late.owing] == [("Visits Lead", ("Visits",))]
    assert news(owed=OWES, today=date(2019, 2, 9), told=known(late)) == []


def test_who_owes_a_return_is_shown_before_it_is_late_where_there_is_mail_anyway() -> None:
    (notice,) = news([CELL], owed=OWES, today=date(2019, 2, 1))
    assert [one.person for one in notice.owing] == ["visits_lead"]
    assert not notice.is_new(notice.owing[0])


def given_up(job: str, portfolio: str, slot: str = "2019-02") -> Failed:
    return Failed(
        job=job, slot=slot, portfolio=portfolio, due=NOW.date(), tries=4, why="the disk is full", command="telltale"
    )


def test_a_job_that_was_given_up_is_told_once_and_again_when_it_next_fails() -> None:
    derive = given_up("derive care", "care")
    (first,) = news(failed=[derive])
    assert (first.failed, first.is_new(derive)) == ((derive,), True)
    assert news(failed=[derive], told=known(first)) == []
    assert len(news(failed=[given_up("derive care", "care", "2019-03")], told=known(first))) == 1


def test_a_job_of_another_portfolio_is_told_there_and_one_of_none_with_the_first() -> None:
    assert news(failed=[given_up("derive other", "other")]) == []
    (notice,) = news(failed=[given_up("backup", "")])
    assert [one.job for one in notice.failed] == ["backup"]


def decided(until: str | None) -> DecisionOut:
    return DecisionOut(status="amber", reason="as the office sees it", by="PMO", until=until)


@pytest.mark.parametrize(
    ("until", "told"),
    [
        ("2019-01", True),  # ends with this period
        ("2019-02-10", True),  # before the next one's last day
        ("2019-02", False), ("2019-12", False), (None, False), ("milestone Rollout", False),
    ],
)  # fmt: skip
def test_a_judgement_whose_last_period_this_is_is_told(until: str | None, told: bool) -> None:
    floor = subject("g").model_copy(update={"floor": decided(until)})
    override = subject("g", "visits").model_copy(update={"override": decided(until)})
    found = news(subjects=(floor, override))
    assert [[(one.ref, one.kind) for one in notice.ending] for notice in found] == (
        [[("meals", "floor"), ("visits", "override")]] if told else []
    )


def gate(number: int, until: date | None, kind: ActKind = ActKind.SILENCE) -> OfficeAct:
    return OfficeAct(
        number=number, kind=kind, portfolio="care", subject="meals", by="PMO", why="as agreed", made=NOW,
        period="2019-01", until=until,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("until", "told"),
    [
        (date(2019, 2, 9), True),
        (date(2019, 3, 7), True),  # the day on which the next returns are due: the next mail comes after it
        (date(2019, 3, 8), False),
        (None, False),
    ],
)
def test_a_silence_or_acknowledgement_that_ends_before_the_next_mail_is_told(until: date | None, told: bool) -> None:
    acts = [gate(1, until), gate(2, until, ActKind.ACKNOWLEDGEMENT)]
    found = news(acts=about_to_end(acts, NOW.date(), date(2019, 3, 7)))
    assert [[(one.kind, one.number, one.title) for one in notice.ending] for notice in found] == (
        [[("silence", 1, "Meals"), ("acknowledgement", 2, "Meals")]] if told else []
    )


def test_within_two_weeks_an_end_is_near_whatever_is_due() -> None:
    acts = [gate(1, date(2019, 2, 22)), gate(2, date(2019, 2, 23))]
    assert [one.number for one in about_to_end(acts, NOW.date(), date(2019, 1, 31))] == [1]


def test_each_silence_that_ends_is_told_once() -> None:
    acts = [gate(1, date(2019, 2, 9)), gate(2, date(2019, 2, 9))]
    (first,) = news(acts=acts[:1])
    (second,) = news(acts=acts, told=known(first))
    assert [second.is_new(one) for one in second.ending] == [False, True]
    assert news(acts=acts, told=[*known(first), *known(second)]) == []


def test_an_audience_that_is_told_of_statuses_has_no_such_mail() -> None:
    assert news([CELL], audience=OFFICE.model_copy(update={"tell": "statuses"})) == []


def test_an_audience_about_another_portfolio_has_no_such_mail() -> None:
    assert news([CELL], audience=OFFICE.model_copy(update={"about": About(portfolio="other")})) == []
