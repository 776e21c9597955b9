"""Simulated time: replicas that look at the clock again and again, fail, die, are restarted, and have wrong clocks.

`python -m tests.service.simulated YEARS MINUTES [HOURS]` prints the full figures for docs/scheduling.md: that many
years from 2028 on, a look every so many minutes, a restart every so many hours (240 where none are given). The suite
does less of the same.
"""

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from engine.model.workspace import Workspace
from engine.office import Office
from engine.service.child import Ended
from engine.service.worker import Worker
from engine.store.store import Store, open_store
from engine.workspace.dates import working_days
from engine.workspace.jobs import planned

RESTARTED_EVERY = 240  # hours on average, whatever the time between two looks
SIXTH = {"every": "month", "on": "6th working day", "at": "07:00"}
WORKSPACE = Workspace.model_validate({
    "portfolios": {
        "care": {"portfolio": "care", "title": "Care", "scheme": "three", "starts": "2019-01"},
        "fortnights": {"portfolio": "fortnights", "title": "Fortnights", "scheme": "three",
                       "reports": {"every": "2 weeks", "from": "2016-10-31"}, "starts": "2016-11-14"},
    },
    "schemes": {}, "people": {}, "calendar": {}, "settings": {},
    "audiences": {
        "clt": {"who": ["clt_office"], "when": {"every": "month", "on": "last Friday", "at": "09:00"}},
        "committee": {"who": ["clerk"], "when": {"dates": ["2028-02-29", "2028-05-18", "2028-10-29", "2029-01-11"]}},
    },
    "schedule": {
        "remind": {"do": "remind", "portfolio": "care", "when": {"every": "month", "on": "2nd working day"}},
        "chase": {"do": "chase", "portfolio": "care", "when": SIXTH},
        "derive": {"do": "run", "portfolio": "care", "when": SIXTH},
        "fortnight": {"do": "run", "portfolio": "fortnights",
                      "when": {"every": "2 weeks", "from": "2016-11-02", "at": "08:00"}},
        "spring": {"do": "run", "portfolio": "care", "when": {"every": "day", "at": "01:30"}},
        "evening": {"do": "backup", "when": {"every": "working day", "at": "19:00"}},
        "quarterly": {"do": "chase", "portfolio": "care", "when": {"every": "quarter", "on": "10th working day"}},
        "other_months": {"do": "chase", "portfolio": "care",
                         "when": {"every": "2 months", "on": "20th", "from": "2026-02-01",
                                  "on_holiday": "previous working day"}},
        "weekly": {"do": "backup", "when": {"every": "week", "on": "Monday", "at": "23:59"}},
    },
})  # fmt: skip


class DiedError(Exception):
    """A replica that was killed in the middle of a job."""


@dataclass
class World:
    """Replicas that share a database and a day's work, under one clock that may be wrong."""

    store: Store
    chance: random.Random
    workspace: Workspace = WORKSPACE
    now: datetime = datetime(2028, 1, 1, tzinfo=UTC)
    wrong_by: timedelta = timedelta(0)
    troubles: bool = True
    performed: list[tuple[str, ...]] = field(default_factory=list)
    finished: list[tuple[str, str]] = field(default_factory=list)  # job and slot, each time one is done
    said: Counter[str] = field(default_factory=Counter)
    looks: int = 0  # moments at which one replica looked, or both

    def replica(self, name: str, trouble: Callable[[], float] | None = None) -> Worker:
        """A replica as new; `trouble` is between 0 and 1: what befalls the job it takes up."""
        return Worker(
            store=self.store, office=self.office, clock=self.clock, me=name, say=self.say, stopping=lambda: False,
            must_end=lambda: "", run=lambda words, office, must_end: self.perform(words, trouble or self.trouble),
        )  # fmt: skip

    def clock(self) -> datetime:
        return self.now + self.wrong_by

    def office(self) -> Office:
        return Office(Path(), self.workspace, self.clock(), "")

    def say(self, event: str, *, level: str = "info", **fields: object) -> None:
        self.said[event] += 1
        if event == "job done":
            self.finished.append((str(fields["job"]), str(fields["occurrence"])))

    def trouble(self) -> float:
        return self.chance.random() if self.troubles else 1.0

    def perform(self, words: Sequence[str], trouble: Callable[[], float]) -> Ended:
        self.performed.append(tuple(words))
        fate = trouble()
        if fate < 0.02:
            raise DiedError
        return Ended(3 if fate < 0.06 else 0, '{"run": "r1"}', "the disk is full" if fate < 0.06 else "")

    def look(self, name: str) -> None:
        """One replica looks at the clock; it may die of what it does then."""
        try:
            self.replica(name).tick()
        except DiedError:
            self.said["died"] += 1


def live(world: World, days: float, step: timedelta, every: float = RESTARTED_EVERY, longest_down: int = 12) -> None:
    """Let time go by: two replicas look at random, the clock jumps, and both are down now and then.

    `every` is how many hours lie between two restarts on average, `longest_down` how many hours each lasts at most.
    """
    end = world.now + timedelta(days=days)
    while world.now < end:
        fate = world.chance.random()
        world.wrong_by = timedelta(hours=world.chance.choice((-1, 1)) if fate < 0.1 else 0)
        world.now += step
        world.looks += 1
        if fate > 1 - step / timedelta(hours=every):
            world.now += timedelta(hours=world.chance.randrange(1, longest_down + 1))  # down, and restarted
            world.said["restarts"] += 1
        for name in world.chance.choice((("a",), ("b",), ("a", "b"))):
            world.look(name)
    world.wrong_by = timedelta(0)
    world.troubles = False
    for _ in range(30):  # what failed last is tried again
        world.now += timedelta(minutes=2)
        world.look("a")


def expected(world: World, since: datetime, until: datetime) -> Counter[tuple[str, str]]:
    """Every job's slots between two moments, each once."""
    calendar = world.workspace.calendar
    return Counter(
        (job.name, one.slot)
        for job in planned(world.workspace)
        for one in job.recurrence.occurrences(working_days(calendar), calendar.time_zone, since, until)
    )


def kept(world: World) -> Counter[str]:
    """How many occurrences ended in each way."""
    names = [job.name for job in planned(world.workspace)]
    return Counter(one.state.value for one in world.store.jobs.kept(names, datetime(2000, 1, 1, tzinfo=UTC)))


def figures(years: int, minutes: int, every: float, seed: int) -> dict[str, Any]:
    """What years of it come to."""
    with tempfile.TemporaryDirectory() as folder, open_store("sqlite:///t.db", Path(folder)) as store:
        world = World(store, random.Random(seed))
        world.look("a")
        since = world.now
        live(world, 365.25 * years, timedelta(minutes=minutes), every, longest_down=19)
        wanted, done = expected(world, since, world.now), Counter(world.finished)
        missed = wanted - done
        return {
            "occurrences": wanted.total(), "done once": sum(done[one] == 1 for one in wanted),
            "missed": missed.total(), "extra": (done - wanted).total(), "kept": dict(kept(world)),
            "looks": world.looks, "performed": len(world.performed), "said": dict(world.said),
        }  # fmt: skip


if __name__ == "__main__":
    hours = float(sys.argv[3]) if len(sys.argv) > 3 else RESTARTED_EVERY
    print(figures(int(sys.argv[1]), int(sys.argv[2]), hours, seed=1))  # noqa: T201 - the figures
