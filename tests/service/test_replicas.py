"""Two replicas as real programs, one of them killed or paused in the middle of a run: each job once.

TELLTALE_REPLICAS says how often each case is tried; `make replicas` tries each 5 times, on both databases.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.store.databases import Databases, address
from tests.test_acceptance import ROOT, Office

DUE = "2019-02-08T07:00"
JUST_BEFORE = "2019-02-08T06:59:57"
TIMES = int(os.environ.get("TELLTALE_REPLICAS", "0"))  # 0 is the suite: once, some on one database alone
BOTH = ("sqlite", "postgresql")
PATIENCE = 120.0  # seconds, on a machine that does much else

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="killed and paused as POSIX does")


class Replica:
    """A replica in a process of its own, and its log."""

    def __init__(self, folder: Path, name: str) -> None:
        self.log = folder / f"{name}.log"
        command = [sys.executable, "-m", "tests.service.replica", str(folder), JUST_BEFORE, name]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stderr=log, stdout=log, start_new_session=True)

    def said(self, event: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == event]

    def kill(self, sent: signal.Signals) -> None:
        self.process.send_signal(sent)


def wait_for(found: Callable[[], Any], what: str) -> Any:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if value := found():
            return value
        time.sleep(0.05)
    pytest.fail(f"waited in vain: {what}")


def tried(*in_the_suite: str) -> Callable[[Any], Any]:
    """The databases that a case is tried on: those named, or both TIMES times."""
    databases = BOTH * TIMES or in_the_suite
    return pytest.mark.parametrize(
        "database", databases, ids=[f"{one}-{number}" if TIMES else one for number, one in enumerate(databases)]
    )


@pytest.fixture
def office(tmp_path: Path, database: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A workspace whose database is SQLite's or PostgreSQL's."""
    server = request.getfixturevalue("server") if database == "postgresql" else None
    monkeypatch.setattr("tests.store.databases.current", Databases(server))
    office = Office(tmp_path)
    office.edit("config/settings.yaml", "sqlite:///var/telltale.db", address(tmp_path))
    derive = '{do: run, portfolio: improving_lives, when: {every: month, on: 6th working day, at: "07:00"}}'
    (tmp_path / "config/schedule.yaml").write_text(f"derive: {derive}\n")
    office.telltale("status", "improving_lives", expect=2)  # the tables are made
    return office


@contextmanager
def replicas(folder: Path, *names: str) -> Iterator[list[Replica]]:
    started = [Replica(folder, name) for name in names]
    try:
        yield started
    finally:
        for one in started:
            one.process.kill()
            one.process.wait()


def once(office: Office, both: list[Replica]) -> None:
    """The run of January is published once, and told once."""
    assert sum(len(one.said("job done")) for one in both) == 1
    run = office.json("status", "improving_lives", "--period", "2019-01")
    assert run["revision"] == 1
    messages = office.json("mail", "list")["messages"]
    assert messages
    assert {one["state"] for one in messages} == {"sent"}
    assert len(list((office.folder / "var/outbox").iterdir())) == len(messages)


@tried("sqlite")
def test_two_replicas_do_a_job_once_and_stop_when_they_are_told(office: Office) -> None:
    with replicas(office.folder, "a", "b") as both:
        wait_for(lambda: [*both[0].said("job done"), *both[1].said("job done")], "the job is done")
        for one in both:
            one.kill(signal.SIGTERM)
        assert [one.process.wait(PATIENCE) for one in both] == [0, 0]
        once(office, both)
        (done,) = [*both[0].said("job done"), *both[1].said("job done")]
        assert done["run"] == "improving_lives-2019-01-r1"
        assert (done["job"], done["occurrence"], done["try"]) == ("derive improving_lives", "2019-02", 1)


@pytest.mark.parametrize("fate", [pytest.param(signal.SIGKILL, id="killed"), pytest.param(signal.SIGSTOP, id="paused")])
@tried(*BOTH)
def test_what_befalls_one_in_the_middle_of_a_run_the_other_takes_up(office: Office, fate: signal.Signals) -> None:
    with replicas(office.folder, "a", "b") as both:
        begun = wait_for(lambda: next((one for one in both if one.said("job begins")), None), "the job begins")
        other = next(one for one in both if one is not begun)
        begun.kill(fate)
        taken = wait_for(lambda: other.said("job begins"), "the other takes it up")
        assert taken[0]["try"] == 2
        wait_for(lambda: other.said("job done"), "the other has done it")
        if fate is signal.SIGSTOP:
            begun.kill(signal.SIGCONT)
            wait_for(lambda: begun.said("job lost"), "the paused one finds that it has lost the job")
        once(office, both)


@tried("sqlite")
def test_a_job_that_is_stopped_by_a_restart_is_done_by_whoever_comes_next(office: Office) -> None:
    with replicas(office.folder, "a") as (first,):
        wait_for(lambda: first.said("job begins"), "the job begins")
        first.kill(signal.SIGTERM)
        assert first.process.wait(PATIENCE) == 0
        assert first.said("job done")  # within its grace it is finished
        assert first.said("service ends")
    with replicas(office.folder, "b") as (second,):
        wait_for(lambda: second.said("service begins"), "the next begins")
        time.sleep(2)
        assert not second.said("job begins")
        once(office, [first, second])
