"""`telltale mail tell` by hand: which of its calendar's days an audience is told for."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.cli import main
from tests.test_runs_over_months import Months

FRIDAYS = '{every: month, on: last Friday, at: "09:00"}'


class ByHand(Months):
    """An office with a board on a calendar of its own, told by command."""

    def calendar(self, when: str = FRIDAYS) -> None:
        self.write("config/audiences.yaml", f"board: {{who: [lead], about: {{level: projects}}, when: {when}}}\n")

    def tell(self, now: str, *words: str, expect: int = 0) -> None:
        assert main(["-C", str(self.root), "--now", now, "mail", "tell", "board", *words]) == expect


@pytest.fixture
def months(tmp_path: Path) -> ByHand:
    made = ByHand(tmp_path)
    made.calendar()
    made.month("2019-01", "80", "100")
    return made


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    (one,) = json.loads(capsys.readouterr().out)["told"]
    return one


@pytest.mark.parametrize(
    ("now", "occurrence"),
    [
        ("2019-02-21T12:00", "2019-01-25"),
        ("2019-02-22T08:59", "2019-01-25"),  # its day, and not yet its hour
        ("2019-02-22T09:00", "2019-02-22"),
        ("2019-02-25T07:00", "2019-02-22"),
        ("2019-03-28T23:59", "2019-02-22"),
    ],
)
def test_without_a_day_it_is_the_last_that_came_round(
    months: ByHand, capsys: pytest.CaptureFixture[str], now: str, occurrence: str
) -> None:
    capsys.readouterr()
    months.tell(now, "--format", "json")
    one = told(capsys)
    assert (one["occurrence"], one["state"], len(one["messages"])) == (occurrence, "told", 1)


def test_told_before_its_hour_an_audience_is_told_again_on_the_hour(
    months: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    months.tell("2019-02-22T08:00")
    months.returns("2019-01", "30", "100")
    months.run("2019-01", now="2019-02-22")
    capsys.readouterr()
    months.tell("2019-02-22T09:01", "--format", "json")
    one = told(capsys)
    assert (one["occurrence"], [message["reasons"] for message in one["messages"]]) == (
        "2019-02-22", [{"north": "restated"}],
    )  # fmt: skip


def test_who_was_told_already_hears_when_the_next_comes(months: ByHand, capsys: pytest.CaptureFixture[str]) -> None:
    months.tell("2019-02-25T07:00")
    capsys.readouterr()
    months.tell("2019-02-26T07:00")
    assert " ".join(capsys.readouterr().out.split()) == (
        "board was told of office for 2019-02-22 already, at 2019-02-25 07:00, from the run office-2019-01-r1. "
        "The next is 2019-03-29."
    )
    months.tell("2019-02-26T07:00", "--format", "json")
    assert told(capsys)["next"] == "2019-03-29"


def test_a_day_moved_by_a_holiday_is_named_by_the_day_it_is_held(
    months: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    months.calendar("{every: week, on: Monday}")
    capsys.readouterr()
    months.tell("2019-05-28T12:00", "--format", "json")  # the Monday is a bank holiday
    assert told(capsys)["occurrence"] == "2019-05-28"
    months.tell("2019-05-28T12:00", "--occurrence", "2019-05-27", expect=2)
    assert capsys.readouterr().err == (
        "telltale: 2019-05-27 is no day on which board is told; the nearest are 2019-05-20 and 2019-05-28\n"
    )


@pytest.mark.parametrize(
    ("when", "day", "said"),
    [
        (FRIDAYS, "2019-02-25",
         "2019-02-25 is no day on which board is told; the nearest are 2019-02-22 and 2019-03-29"),
        (FRIDAYS, "2019-04-01",
         "2019-04-01 is no day on which board is told; the nearest are 2019-03-29 and 2019-04-26"),
        (FRIDAYS, "2019-03-29",
         "2019-03-29 is still to come: board is told at 09:00 on that day, and it is 2019-02-25 08:00 now"),
        ('{every: day, at: "10:00"}', "2019-02-25",
         "2019-02-25 is still to come: board is told at 10:00 on that day, and it is 2019-02-25 08:00 now"),
        ("{dates: [2019-02-01, 2019-03-01]}", "2019-02-08",
         "2019-02-08 is no day on which board is told; the nearest are 2019-02-01 and 2019-03-01"),
        ("{dates: [2019-02-01, 2019-03-01]}", "2018-12-03",
         "2018-12-03 is no day on which board is told; the nearest is 2019-02-01"),
        ("{dates: [2019-01-01]}", "2019-02-11",
         "2019-02-11 is no day on which board is told; the nearest is 2019-01-01"),
        ("{dates: [2019-03-01]}", None, "board has not come round yet: its first day is 2019-03-01, at 09:00"),
        ("{dates: [2019-12-25], on_holiday: skip}", None, "board never comes round: no day of its calendar is left"),
        (FRIDAYS, "friday", "'friday' is not a day; write it as 2019-02-22"),
        (FRIDAYS, "0001-01-01", "'0001-01-01' is not a day; write it as 2019-02-22"),
        (FRIDAYS, "9999-12-31", "'9999-12-31' is not a day; write it as 2019-02-22"),
    ],
)  # fmt: skip
def test_a_day_that_the_calendar_does_not_have_is_refused_and_uses_nothing_up(
    months: ByHand, capsys: pytest.CaptureFixture[str], when: str, day: str | None, said: str
) -> None:
    months.calendar(when)
    capsys.readouterr()
    months.tell("2019-02-25T08:00", *(("--occurrence", day) if day else ()), expect=2)
    assert capsys.readouterr().err == f"telltale: {said}\n"
