"""A year of simulated days: every job once in each of its periods, whatever happens to clocks and replicas."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.service.simulated import World, expected, kept, live
from tests.store.samples import opened

HOURS = timedelta(hours=1)


def test_a_leap_year_with_restarts_deaths_failures_and_wrong_clocks_does_every_job_once(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        world = World(store, random.Random(28))
        world.look("a")
        since = world.now
        live(world, 366, 11 * HOURS)
        wanted = expected(world, since, world.now)
        assert Counter(world.finished) == wanted
        assert set(kept(world)) == {"done"}
    assert world.said["restarts"] > 10
    assert world.said["died"] > 3
    assert world.said["job is tried again"] > 10
    slots = Counter(job for job, _ in wanted)
    assert slots["derive care"] == slots["chase care"] == slots["tell clt"] == 12
    assert (
        sum(job == "spring care" and slot.startswith("2028") for job, slot in wanted) == 366
    )  # the life may outlast it
    assert ("tell committee", "2028-02-29") in wanted
    assert {("spring care", "2028-03-26"), ("spring care", "2028-10-29")} <= wanted.keys()
    assert 26 <= slots["fortnight fortnights"] <= 27


def test_without_trouble_nothing_is_done_twice_either(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        world = World(store, random.Random(1), troubles=False)
        world.look("a")
        live(world, 60, 7 * HOURS)
        assert len(world.performed) == len(world.finished) == len(set(world.finished))


@pytest.mark.parametrize("wrong_by", [-HOURS, HOURS])
def test_a_clock_that_is_an_hour_wrong_and_put_right_does_no_job_twice(tmp_path: Path, wrong_by: timedelta) -> None:
    with opened(tmp_path) as store:
        world = World(store, random.Random(), now=datetime(2028, 1, 11, 0, 0, tzinfo=UTC), troubles=False)
        world.look("a")
        for minutes in range(0, 24 * 60, 10):
            world.now = datetime(2028, 1, 11, 0, 0, tzinfo=UTC) + timedelta(minutes=minutes)
            world.wrong_by = wrong_by if 6 * 60 <= minutes < 8 * 60 else timedelta(0)
            world.look("a")
        assert sorted(world.finished) == [
            ("chase care", "2028-01"), ("derive care", "2028-01"),
            ("evening", "2028-01-11"), ("spring care", "2028-01-11"),
        ]  # fmt: skip


@pytest.mark.usefixtures("each_database")
def test_down_over_the_due_time_it_is_done_as_soon_as_it_is_up(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        world = World(store, random.Random(), now=datetime(2028, 1, 11, 6, 59, tzinfo=UTC), troubles=False)
        world.look("a")
        world.now += timedelta(hours=3)
        world.look("b")
        assert ("derive care", "2028-01") in world.finished
        assert ("chase care", "2028-01") in world.finished
        world.look("a")
        assert len(world.finished) == len(set(world.finished))
