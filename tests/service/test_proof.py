"""A year of the schedule proved: periods that a job runs twice, or that none runs."""

from typing import Any

import pytest

from engine.model.workspace import Workspace
from engine.service.proof import proved
from tests.service.simulated import WORKSPACE

SIXTH = {"every": "month", "on": "6th working day"}


def runs(*calendars: dict[str, Any]) -> Workspace:
    """The office of the simulated year with runs of Care alone."""
    schedule = {f"run{number}": {"do": "run", "portfolio": "care", "when": one} for number, one in enumerate(calendars)}
    plain = WORKSPACE.model_dump(mode="python", by_alias=True)
    return Workspace.model_validate({**plain, "audiences": {}, "schedule": schedule})


def faults(office: Workspace, year: int = 2028) -> list[str]:
    return [fault for one in proved(office, year) for fault in one.faults if "returns may come" not in fault]


def remarks(office: Workspace) -> list[str]:
    return [remark for one in proved(office, 2028) for remark in one.remarks]


def test_a_monthly_run_judges_each_month_once() -> None:
    office = runs(SIXTH)
    assert (faults(office), remarks(office)) == ([], [])
    assert [len(one.found) for one in proved(office, 2028)] == [12]


def test_months_between_quarterly_runs_are_never_judged() -> None:
    said = faults(runs({"every": "quarter", "on": "10th working day"}))
    assert said[0] == "no job runs 2028-01 of care: a later period has ended by the next run"
    assert [text.split()[3] for text in said] == [f"2028-{month:02}" for month in (1, 2, 4, 5, 7, 8, 10, 11)]


@pytest.mark.parametrize("other", [{"every": "2 months", "on": "6th working day", "from": "2027-12-01"}])
def test_what_one_job_leaves_out_another_may_do(other: dict[str, str]) -> None:
    odd = {"every": "2 months", "on": "6th working day", "from": "2027-11-01"}
    assert len(faults(runs(odd))) == 6
    assert faults(runs(odd, other)) == []


def test_a_month_that_is_run_more_than_once_is_named_and_no_fault() -> None:
    office = runs({"every": "2 weeks", "from": "2027-01-12"})
    assert faults(office) == []
    assert remarks(office) == ["run0 care runs 2027-12 2 times (11/01 and 25/01), and 11 more periods"]


def test_runs_every_two_weeks_judge_each_fortnight_once() -> None:
    (one,) = [one for one in proved(WORKSPACE, 2028) if one.job.name == "fortnight fortnights"]
    assert [fault for fault in one.faults if "returns may come" not in fault] == []
    assert (one.remarks, len(one.found)) == ((), 26)
