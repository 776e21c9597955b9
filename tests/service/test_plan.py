"""What is due: missed ones, in which order, whose messages are held, and the command that does it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest

from engine.model.calendars import Job
from engine.model.jobs import JobState, KeptJob
from engine.model.workspace import Workspace
from engine.service.plan import Look, command, look
from engine.workspace.dates import working_days
from engine.workspace.jobs import period_for, planned
from tests.service.simulated import WORKSPACE

WORKING = working_days(WORKSPACE.calendar)
JOBS = planned(WORKSPACE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def seen(since: str, now: str, kept: Iterable[KeptJob] = (), *, only: str = "", catch_up: int = 3) -> Look:
    jobs = [job for job in JOBS if job.name.startswith(only)]
    begun = {job.name: at(since) for job in jobs}
    return look(jobs, WORKING, "Europe/London", begun, list(kept), at(now), catch_up=catch_up)


def settled(job: str, slot: str, due: str, state: JobState = JobState.DONE) -> KeptJob:
    return KeptJob(job=job, slot=slot, day=date(2028, 1, 1), due=at(due), state=state, token=1, tries=1)


def slots(found: Look) -> list[str]:
    return [f"{one.job.name} {one.occurrence.slot}" for one in found.due]


def test_what_is_due_at_the_same_time_comes_in_the_order_of_the_file() -> None:
    assert slots(seen("2028-01-11T06:00", "2028-01-11T07:00")) == ["chase care 2028-01", "derive care 2028-01"]


def test_every_missed_run_is_done_oldest_first_and_of_all_else_the_latest() -> None:
    found = seen("2028-01-11T06:00", "2028-04-10T12:00", only="derive")
    assert slots(found) == [f"derive care 2028-0{month}" for month in (1, 2, 3, 4)]
    found = seen("2028-01-11T06:00", "2028-04-10T12:00", only="chase")
    assert slots(found) == ["chase care 2028-04"]
    assert [one.occurrence.slot for one in found.passed_over] == ["2028-01", "2028-02", "2028-03"]


@pytest.mark.parametrize(
    ("catch_up", "held"),
    [
        (3, ["2028-01"]),
        (1, ["2028-01", "2028-02", "2028-03"]),
        (0, ["2028-01", "2028-02", "2028-03"]),
        (9, []),
    ],
)
def test_messages_of_a_run_are_held_where_many_after_it_were_missed_too(catch_up: int, held: list[str]) -> None:
    found = seen("2028-01-11T06:00", "2028-04-10T12:00", only="derive", catch_up=catch_up)
    assert [one.occurrence.slot for one in found.due if one.hold] == held
    words = command(found.due[0], WORKSPACE, date(2028, 4, 10))
    assert words is not None
    assert words[:4] == ["run", "care", "--period", "2027-12"]
    if held:
        assert words[4:] == ["--hold", "the run of 2028-01-11 was missed, and 3 after it"]


def test_what_is_settled_is_not_due_and_the_job_begins_after_it() -> None:
    done = [
        settled("derive care", "2028-01", "2028-01-11T07:00"),
        settled("derive care", "2028-03", "2028-03-08T07:00"),
    ]
    found = seen("2028-01-01T00:00", "2028-03-31T00:00", done, only="derive")
    assert slots(found) == ["derive care 2028-02"]
    assert found.since == {"derive care": at("2028-01-11T07:00")}


def test_what_failed_for_good_is_settled_and_what_is_tried_again_is_not() -> None:
    failed = settled("derive care", "2028-01", "2028-01-11T07:00", JobState.FAILED)
    again = settled("derive care", "2028-01", "2028-01-11T07:00", JobState.RETRY)
    assert slots(seen("2028-01-01T00:00", "2028-01-31T00:00", [failed], only="derive")) == []
    assert slots(seen("2028-01-01T00:00", "2028-01-31T00:00", [again], only="derive")) == ["derive care 2028-01"]


def test_another_day_in_the_calendar_does_not_do_a_month_twice() -> None:
    when = {"every": "month", "on": "10th working day"}
    derive = Job.model_validate({"do": "run", "portfolio": "care", "when": when})
    changed = WORKSPACE.model_copy(update={"schedule": {"derive": derive}})
    jobs = [job for job in planned(changed) if job.name == "derive care"]
    done = [settled("derive care", "2028-01", "2028-01-11T07:00")]
    since = {"derive care": at("2028-01-11T07:00")}
    now = at("2028-02-20T00:00")
    found = look(jobs, WORKING, "Europe/London", since, done, now, catch_up=3)
    assert [one.occurrence.slot for one in found.due] == ["2028-02"]


def test_each_job_has_its_command() -> None:
    found = seen("2028-02-28T00:00", "2028-03-09T00:00")
    said = {one.job.name: command(one, WORKSPACE, one.occurrence.held_on) for one in found.due}
    assert said == {
        "remind care": ["mail", "remind", "care", "--period", "2028-02"],
        "chase care": ["mail", "chase", "care", "--period", "2028-02"],
        "derive care": ["run", "care", "--period", "2028-02"],
        "fortnight fortnights": ["run", "fortnights", "--period", "2028-03-06"],
        "spring care": ["run", "care", "--period", "2028-02"],
        "evening": ["db", "backup"],
        "weekly": ["db", "backup"],
        "tell committee": ["mail", "tell", "committee", "--occurrence", "2028-02-29"],
    }


@pytest.mark.parametrize(
    ("portfolio", "day", "period"),
    [
        ("care", date(2019, 2, 1), "2019-01"),
        ("care", date(2019, 1, 31), None),
        ("care", date(2028, 3, 31), "2028-02"),
        ("fortnights", date(2016, 11, 14), None),
        ("fortnights", date(2016, 11, 15), "2016-11-14"),
    ],
)
def test_a_run_is_for_the_last_period_that_had_ended(portfolio: str, day: date, period: str | None) -> None:
    found = period_for(WORKSPACE, portfolio, day)
    assert (found.id if found else None) == period


def test_a_portfolio_on_listed_dates_runs_the_last_of_them() -> None:
    dated = Workspace.model_validate({
        "portfolios": {"dated": {"portfolio": "dated", "title": "Dated", "scheme": "three", "starts": "2019-01-31",
                                 "reports": {"dates": ["2019-01-31", "2019-03-15"]}}},
        "schemes": {}, "people": {}, "audiences": {}, "calendar": {}, "settings": {},
    })  # fmt: skip
    assert [str(period_for(dated, "dated", date(2019, month, 1))) for month in (2, 3, 4)] == [
        "2019-01-31", "2019-01-31", "2019-03-15",
    ]  # fmt: skip
    assert period_for(dated, "dated", date(2019, 1, 1) + timedelta(days=1)) is None


def test_a_run_whose_day_moves_into_the_next_month_is_still_for_its_own() -> None:
    when = {"every": "month", "on": "last day", "on_holiday": "next working day"}
    derive = Job.model_validate({"do": "run", "portfolio": "care", "when": when})
    monthly = WORKSPACE.model_copy(update={"schedule": {"derive": derive}})
    jobs = [job for job in planned(monthly) if job.name == "derive care"]
    since, now = {"derive care": at("2028-01-01T00:00")}, at("2029-01-05T00:00")
    found = look(jobs, WORKING, "Europe/London", since, [], now, catch_up=99)
    periods = [(command(one, monthly, date(2029, 1, 5)) or [])[3] for one in found.due]
    assert periods == ["2027-12", *(f"2028-{month:02}" for month in range(1, 12))]


def test_a_reminder_caught_up_after_the_due_date_and_a_chaser_before_it_are_nothing_to_do() -> None:
    found = seen("2028-02-28T00:00", "2028-03-09T00:00")
    jobs = {one.job.name: one for one in found.due}
    assert command(jobs["remind care"], WORKSPACE, date(2028, 3, 9)) is None
    assert command(jobs["chase care"], WORKSPACE, date(2028, 3, 1)) is None
