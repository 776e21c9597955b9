"""The whole program on PostgreSQL: by the setting, by the environment, and two replicas at once."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.store.server import Server
from tests.test_acceptance import NOW, ROOT, Office

PASSWORD = "hunter2"


@pytest.fixture
def office(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A workspace whose database is a PostgreSQL server's, by the setting, with a password from the environment."""
    office = Office(tmp_path)
    office.edit("config/settings.yaml", "sqlite:///var/telltale.db", server.new_schema())
    monkeypatch.setenv("TELLTALE_DATABASE_PASSWORD", PASSWORD)
    return office


def test_a_run_is_published_and_told_as_with_sqlite(office: Office) -> None:
    office.telltale("check")
    run = office.run()
    assert (run["published"], run["undelivered"]) == ("new", [])
    assert office.run()["published"] == "unchanged"
    assert office.json("status", "improving_lives")["subjects"] == run["subjects"]
    assert len(office.json("mail", "list")["messages"]) == len(run["messages"]) > 0
    assert not (office.folder / "var/telltale.db").exists()


def test_the_environment_names_another_database_and_its_password_is_never_shown(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path)
    monkeypatch.setenv("TELLTALE_DATABASE", server.new_schema().replace("telltale@", f"telltale:{PASSWORD}@"))
    said = office.telltale("doctor")
    assert "ok  database" in said
    assert "postgresql://telltale:***@/postgres" in said
    assert PASSWORD not in said + json.dumps(office.run())
    assert not (office.folder / "var/telltale.db").exists()
    office.telltale("demo")
    assert (office.folder / "var/demo/telltale.db").exists()


def test_an_early_backup_is_put_back_and_then_what_was_there_before_that(
    office: Office, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(server.programs), prepend=":")
    office.telltale("db", "upgrade")
    office.telltale("db", "backup", "early.dump")
    run = office.run()
    assert "No message waited when it was made." in office.telltale("db", "restore", "early.dump")
    office.telltale("status", "improving_lives", expect=2)
    (kept,) = (office.folder / "var/backups").glob("*-before-restore.dump")
    office.telltale("--now", "2019-02-08T08:00", "db", "restore", str(kept))
    assert office.json("status", "improving_lives")["subjects"] == run["subjects"]
    assert office.run()["published"] == "unchanged"
    (office.folder / "list.dump").write_text("A shopping list: bread, milk.")
    assert "pg_restore failed" in office.telltale("db", "restore", "list.dump", expect=2)
    assert len(list((office.folder / "var/backups").iterdir())) == 2


def test_a_server_that_is_not_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(tmp_path)
    monkeypatch.setenv("TELLTALE_DATABASE", f"postgresql://office:{PASSWORD}@127.0.0.1:1/telltale")
    said = office.telltale("status", "improving_lives", expect=3)
    assert said.count("\n") == 1
    assert "can't be reached" in said
    assert PASSWORD not in said


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql://office:hunter2@db.example/t", "[password-in-file]"),
        ("postgresql://db.example", "[wrong-value]"),
        ("mysql://office:hunter2@db.example/t", "[wrong-value]"),
    ],
)
def test_an_address_that_can_not_be_is_a_fault_of_the_setting(tmp_path: Path, address: str, words: str) -> None:
    office = Office(tmp_path)
    office.edit("config/settings.yaml", "sqlite:///var/telltale.db", address)
    said = office.slip()
    assert any(words in line and line.startswith("config/settings.yaml:") for line in said), said
    assert PASSWORD not in "".join(said)


def test_replicas_that_run_at_once_publish_and_tell_once(office: Office) -> None:
    command = [sys.executable, "-m", "engine", "-C", str(office.folder), "--now", NOW, "run", "improving_lives"]

    def run(_: int) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)

    with ThreadPoolExecutor(3) as replicas:
        done = list(replicas.map(run, range(3)))
    assert {one.returncode for one in done} <= {0, 4}, [one.stderr for one in done]
    assert sum("published as" in one.stdout for one in done) == 1
    assert office.json("status", "improving_lives")["revision"] == 1
    messages = office.json("mail", "list")["messages"]
    assert {one["state"] for one in messages} == {"sent"}
    assert len(messages) == len(list((office.folder / "var/outbox").iterdir()))
