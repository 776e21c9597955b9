"""A job's child process crashes, hangs, or fails: the job fails and is told, and the service lives."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from engine.service.child import Ended
from engine.service.metrics import is_well
from engine.service.serve import Service
from tests.service.test_replicas import wait_for
from tests.test_acceptance import ROOT, Office

DERIVE = '{do: run, portfolio: improving_lives, when: {every: month, on: 6th working day, at: "07:00"}}'


class Looks:
    """A service that looks when it is told to, on a real workspace."""

    def __init__(self, office: Office, capsys: pytest.CaptureFixture[str]) -> None:
        self.office, self._capsys = office, capsys
        self.first = Service(office.folder, "2019-02-08T06:59", 30)
        self.first.look()

    def at(self, now: str) -> tuple[Service, list[dict[str, Any]]]:
        """A look at a time, and what was logged of it."""
        self._capsys.readouterr()
        service = Service(self.office.folder, now, 30)
        service.look()
        said = [json.loads(line) for line in self._capsys.readouterr().err.splitlines()]
        return service, [line for line in said if line["event"] != "overdue returns are not known"]  # by such a child


@pytest.fixture
def looks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Looks:
    office = Office(tmp_path)
    (tmp_path / "config/schedule.yaml").write_text(f"derive: {DERIVE}\n")
    return Looks(office, capsys)


def instead_of_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let children be a script instead of the program."""
    program = tmp_path / "child.sh"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr("engine.service.child.sys", type("Sys", (), {"executable": str(program)}))


def events(said: list[dict[str, Any]]) -> list[str]:
    return [line["event"] for line in said]


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for the child")
@pytest.mark.parametrize(
    ("script", "said_of"),
    [
        ("kill -SEGV $$", "its process was ended by signal 11"),
        ("echo 'telltale: the disk is full' >&2; exit 3", "the disk is full"),
        ("sleep 60", "it took longer than the 0.5 s that `job_time_limit` allows"),
    ],
    ids=["crashes", "says why", "hangs"],
)
def test_a_child_that_fails_is_tried_again_and_then_has_failed_for_good(
    looks: Looks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said_of: str
) -> None:
    looks.office.edit("config/settings.yaml", "database:", "service: {job_time_limit: 0.5}\ndatabase:")
    with monkeypatch.context() as patched:
        instead_of_python(tmp_path, patched, script)
        for now in ("07:00", "07:02", "07:08"):
            service, said = looks.at(f"2019-02-08T{now}")
            assert events(said) == ["job begins", "job is tried again"]
            assert said[-1]["detail"] == said_of
        service, said = looks.at("2019-02-08T07:30")
        assert events(said) == ["job begins", "job failed", "sending failed"]  # the office's mail, by such a child too
        assert said[1]["level"] == "error"
    assert service.health is not None
    assert [(one.job, one.state) for one in service.health.last] == [("derive improving_lives", "failed")]
    assert service.health.wrong == ""
    looks.office.telltale("status", "improving_lives", expect=2)  # nothing is published
    _, said = looks.at("2019-02-08T08:30")
    assert [one for one in events(said) if one.startswith("job")] == []


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for the child")
def test_a_job_that_was_given_up_is_told_to_the_office_once_by_mail(
    looks: Looks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = (
        f"case \"$*\" in *' run '*) echo 'telltale: the disk is full' >&2; exit 3;; esac; exec {sys.executable} \"$@\""
    )
    instead_of_python(tmp_path, monkeypatch, failing)
    for now in ("07:00", "07:02", "07:08", "07:30", "07:31"):
        looks.at(f"2019-02-08T{now}")
    messages = looks.office.json("mail", "list", "--now", "2019-02-08T08:00")["messages"]
    assert [(one["audience"], one["state"]) for one in messages] == [("office", "sent")]
    (file,) = (tmp_path / "var/outbox").iterdir()
    mail = message_from_bytes(file.read_bytes(), policy=default).get_body(("plain",))
    assert mail is not None
    words = mail.get_content().replace("\r\n", "\n")
    assert "1 job of the service given up" in words
    assert (
        "* New. derive improving_lives: due on 8 February 2019, given up after 4 tries.\n  The disk is full.\n" in words
    )
    assert "  telltale run improving_lives --period 2019-01\n" in words


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for the child")
def test_the_office_hears_of_a_failed_job_once_the_rules_that_kept_it_from_being_told_are_mended(
    looks: Looks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for_good = f"case \"$*\" in *' run '*) exit 2;; *' overdue'*) exit 1;; esac; exec {sys.executable} \"$@\""
    instead_of_python(tmp_path, monkeypatch, for_good)
    rules = tmp_path / "rules/improving_lives.yaml"
    written = rules.read_text(encoding="utf-8")
    rules.write_text(written.replace("- recruitment_tolerance)", "- recruitment_tolernce)"), encoding="utf-8")
    _, said = looks.at("2019-02-08T07:00")
    assert events(said) == ["job begins", "job failed", "the office was not told"]
    assert "recruitment_tolernce" in said[-1]["detail"]
    rules.write_text(written, encoding="utf-8")
    for now in ("07:05", "07:06"):
        looks.at(f"2019-02-08T{now}")
    messages = looks.office.json("mail", "list", "--now", "2019-02-08T08:00")["messages"]
    assert [(one["audience"], one["state"]) for one in messages] == [("office", "sent")]


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for the child")
def test_what_another_program_was_at_too_is_tried_again_soon(
    looks: Looks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead_of_python(tmp_path, monkeypatch, "echo 'telltale: another run was published meanwhile' >&2; exit 4")
    for now in ("07:00", "07:02", "07:04"):  # after any other failure the third try comes five minutes later
        _, said = looks.at(f"2019-02-08T{now}")
        assert events(said) == ["job begins", "job is tried again"]


def test_a_run_that_takes_too_long_publishes_nothing_and_is_done_when_there_is_time(looks: Looks) -> None:
    looks.office.edit("config/settings.yaml", "database:", "service: {job_time_limit: 0.3}\ndatabase:")
    _, said = looks.at("2019-02-08T07:00")
    assert events(said) == ["job begins", "job is tried again"]
    looks.office.telltale("status", "improving_lives", expect=2)
    looks.office.edit("config/settings.yaml", "0.3", "300")
    service, said = looks.at("2019-02-08T07:02")
    assert events(said) == ["job begins", "job done"]
    assert said[-1]["run"] == "improving_lives-2019-01-r1"
    assert service.health is not None
    assert service.health.standing is not None
    assert service.health.standing.last_period_end["improving_lives"].isoformat() == "2019-01-31"
    assert service.health.overdue_returns is not None
    late = looks.office.json("returns", "overdue", "improving_lives")["portfolios"]
    assert service.health.overdue_returns["improving_lives"] == len(late[0]["owners"])


def test_while_a_long_job_runs_the_service_counts_as_alive(looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(looks.office.folder, "2019-02-08T07:00", 30)
    seen = []

    def long(arguments: object, root: object, *, limit: float, must_end: Callable[[], str]) -> Ended:
        if service.health is not None:
            service.health = replace(service.health, at=service.health.at - timedelta(hours=1))  # an hour goes by
        must_end()
        seen.append(is_well(service.health, service.clock()))
        return Ended(0, '{"portfolios": []}')

    monkeypatch.setattr("engine.service.serve.run_child", long)
    service.look()
    assert set(seen) == {(True, "well")}


def test_a_fault_in_config_is_told_and_what_was_there_before_is_kept(
    looks: Looks, capsys: pytest.CaptureFixture[str]
) -> None:
    looks.office.edit("config/schedule.yaml", "6th working day", "some day")
    looks.first.look()
    assert looks.first.health is not None
    assert "`some day` is not a day of it" in looks.first.health.wrong
    assert "config can't be used; going on with what was there before" in capsys.readouterr().err
    looks.first.look()  # it stays told as long as it is there
    assert "`some day` is not a day of it" in looks.first.health.wrong
    looks.office.edit("config/schedule.yaml", "some day", "7th working day")
    looks.first.look()
    assert looks.first.health.wrong == ""
    assert "config was read again" in capsys.readouterr().err


def test_a_database_that_is_damaged_is_told_and_the_service_lives(looks: Looks) -> None:
    (looks.office.folder / "var/telltale.db").write_bytes(b"A shopping list: bread, milk." * 100)
    for name in ("telltale.db-wal", "telltale.db-shm"):
        (looks.office.folder / "var" / name).unlink(missing_ok=True)
    service, said = looks.at("2019-02-08T07:00")
    assert events(said) == ["the database can't be used"]
    assert service.health is not None
    assert "is damaged" in service.health.wrong


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="a process's children are looked up in /proc")
def test_the_child_of_a_service_that_is_killed_ends_with_it(looks: Looks) -> None:
    words = ["serve", "--listen", "127.0.0.1:0"]  # a command that goes on until somebody ends it
    script = (
        "import sys; from pathlib import Path; from engine.service.child import run_child\n"
        f"run_child({words!r}, Path(sys.argv[1]), limit=600, must_end=lambda: '')"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(looks.office.folder)], cwd=ROOT)
    try:
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
        child = wait_for(lambda: children.read_text().split(), "it has a child")[0]
        wait_for(lambda: b"attached" in Path(f"/proc/{child}/cmdline").read_bytes(), "which is the program")
        time.sleep(1)
        assert children.read_text().split() == [child]  # it lives as long as its parent
    finally:
        parent.kill()
        parent.wait()
    wait_for(lambda: not is_alive(child), "the child has ended")


def is_alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_what_could_not_be_sent_is_told_with_its_reason(looks: Looks) -> None:
    (looks.office.folder / "var/outbox").write_text("a file where the folder should be")
    _, said = looks.at("2019-02-08T07:00")
    assert events(said) == ["job begins", "job is tried again"]
    assert "a message can't be written to the folder outbox: File exists" in said[-1]["detail"]
    (looks.office.folder / "config/schedule.yaml").write_text("{}\n")
    _, said = looks.at("2019-02-08T07:30")
    details = [line["detail"] for line in said if line["event"] == "sending failed"]
    assert details
    assert all("is retry: a message can't be written to the folder outbox" in one for one in details), details
