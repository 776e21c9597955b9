"""The database as a whole: brought up with a way back, copied while in use, and put back."""

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.cli import main
from engine.store import backups
from engine.store.database import Database
from engine.store.errors import StoreError
from engine.store.schema import migrate, version_of
from engine.store.store import open_store
from engine.store.tables import SCHEMA
from tests.store.databases import address
from tests.store.samples import NOW, message, opened, publication, publish, queued
from tests.store.server import Server
from tests.test_acceptance import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_backup_is_put_back_with_all_that_was_published(office: Office) -> None:
    run = office.run()
    said = office.telltale("db", "backup")
    (copy,) = (office.folder / "var/backups").iterdir()
    assert said == f"The database is copied to var/backups/{copy.name}.\n"
    (office.folder / "var/telltale.db").write_bytes(b"")
    for ending in ("-wal", "-shm"):
        (office.folder / f"var/telltale.db{ending}").unlink(missing_ok=True)
    office.telltale("status", "improving_lives", expect=2)
    said = office.telltale("db", "restore", str(copy))
    assert "No message waited when it was made." in said
    assert office.json("status", "improving_lives")["subjects"] == run["subjects"]
    assert office.run()["published"] == "unchanged"


def test_what_was_there_before_a_restore_is_kept(office: Office) -> None:
    office.telltale("db", "upgrade")
    office.telltale("db", "backup", "early.db")
    office.run()
    office.telltale("db", "restore", "early.db")
    office.telltale("status", "improving_lives", expect=2)
    (kept,) = (office.folder / "var/backups").glob("*-before-restore.db")
    office.telltale("--now", "2019-02-08T08:00", "db", "restore", str(kept))
    assert office.json("status", "improving_lives")["revision"] == 1


def test_of_two_restores_in_one_second_both_keep_what_was_there(office: Office) -> None:
    office.telltale("db", "upgrade")
    office.telltale("db", "backup", "early.db")
    office.run()
    for _ in range(2):
        office.telltale("--now", "2019-02-08T08:00", "db", "restore", "early.db")
    kept = sorted(one.name for one in (office.folder / "var/backups").iterdir())
    assert kept == ["telltale-20190208T080000-before-restore-2.db", "telltale-20190208T080000-before-restore.db"]
    office.telltale("db", "restore", f"var/backups/{kept[1]}")
    assert office.json("status", "improving_lives")["revision"] == 1


def test_a_database_that_somebody_goes_on_writing_is_not_restored_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as store:
        publish(store, publication())
    database = Database(address(tmp_path), tmp_path)
    backups.backup(database, tmp_path / "copy")
    monkeypatch.setattr(backups, "WAIT", 0.1)
    with database.writing() as connection:
        connection.execute(text("UPDATE runs SET body = ''"))
        with pytest.raises(StoreError, match="is in use; stop the service") as caught:
            backups.restore(database, tmp_path / "copy", NOW)
    assert caught.value.busy
    database.close()


def test_a_damaged_database_is_put_aside_by_a_restore(office: Office) -> None:
    run = office.run()
    office.telltale("db", "backup", "good.db")
    (office.folder / "var/telltale.db").write_bytes(b"A shopping list: bread, milk." * 100)
    for ending in ("-wal", "-shm"):
        (office.folder / f"var/telltale.db{ending}").unlink(missing_ok=True)
    office.telltale("status", "improving_lives", expect=3)
    assert "-damaged.db" in office.telltale("db", "restore", "good.db")
    assert office.json("status", "improving_lives")["subjects"] == run["subjects"]
    (kept,) = (office.folder / "var/backups").glob("*-damaged.db")
    assert kept.read_bytes().startswith(b"A shopping list")


def test_old_backups_make_room_for_new_ones(office: Office) -> None:
    for hour in range(7, 11):
        office.telltale("--now", f"2019-02-08T{hour:02}:00", "db", "backup", "--keep", "2")
    left = sorted(one.name for one in (office.folder / "var/backups").iterdir())
    assert left == ["telltale-20190208T090000.db", "telltale-20190208T100000.db"]


def test_nothing_is_overwritten(office: Office) -> None:
    (office.folder / "mine.db").write_text("mine")
    assert "is already there" in office.telltale("db", "backup", "mine.db", expect=2)
    assert (office.folder / "mine.db").read_text() == "mine"


@pytest.mark.parametrize("content", [b"A shopping list: bread, milk." * 100, b""])
def test_what_is_no_backup_is_refused_and_the_database_left_alone(office: Office, content: bytes) -> None:
    office.run()
    (office.folder / "list.db").write_bytes(content)
    said = office.telltale("db", "restore", "list.db", expect=2)
    assert "is damaged, or is no backup" in said or "is no backup of Telltale's" in said
    assert office.json("status", "improving_lives")["revision"] == 1


def test_a_file_that_is_not_there_is_the_users_slip(office: Office) -> None:
    assert "there is no file nowhere.db" in office.telltale("db", "restore", "nowhere.db", expect=2)
    assert not list((office.folder / "var").glob("backups/*"))


def test_a_restore_that_can_not_be_keeps_no_copy_of_what_was_there(office: Office) -> None:
    office.run()
    (office.folder / "list.db").write_bytes(b"A shopping list: bread, milk." * 100)
    for _ in range(2):
        office.telltale("db", "restore", "list.db", expect=2)
    assert not list((office.folder / "var").glob("backups/*"))


@pytest.mark.parametrize("damaged", [False, True])
def test_a_restore_that_fails_halfway_leaves_all_as_it_was(
    office: Office, damaged: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office.run()
    office.telltale("db", "backup", "good.db")
    file = office.folder / "var/telltale.db"
    for ending in ("-wal", "-shm") if damaged else ():
        file.with_name(f"telltale.db{ending}").unlink(missing_ok=True)
    if damaged:
        file.write_bytes(b"A shopping list: bread, milk." * 100)
    before = file.read_bytes()

    def full(*_: object) -> int:
        raise StoreError("There is no room left")

    monkeypatch.setattr(backups, "_hold", full)
    assert main(["-C", str(office.folder), "db", "restore", str(office.folder / "good.db")]) == 3
    assert "There is no room left" in capsys.readouterr().err
    assert not list((office.folder / "var/backups").iterdir())
    assert file.read_bytes() == before


def test_a_backup_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication())
    copy = tmp_path / "newer.db"
    database = Database("sqlite:///var/telltale.db", tmp_path)
    backups.backup(database, copy)
    with sqlite3.connect(copy) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9001'")
    connection.close()
    with pytest.raises(StoreError, match="made by a newer Telltale"):
        backups.restore(database, copy, NOW)
    database.close()


def test_a_backup_of_an_older_program_is_brought_up_before_it_is_put_in_place(tmp_path: Path) -> None:
    older = Database("sqlite:///older.db", tmp_path)
    with older.writing() as connection:
        migrate(connection, "0001")
    older.close()
    opened(tmp_path).close()
    database = Database("sqlite:///var/telltale.db", tmp_path)
    assert backups.restore(database, tmp_path / "older.db", NOW) == 0
    assert version_of(database) == SCHEMA
    database.close()
    assert not list((tmp_path / "var").glob("*.restoring*"))


def test_an_older_database_is_copied_before_it_is_brought_up(tmp_path: Path) -> None:
    database = Database("sqlite:///var/telltale.db", tmp_path)
    with database.writing() as connection:
        migrate(connection, "0001")
    database.close()
    opened(tmp_path).close()
    kept = sqlite3.connect(tmp_path / f"var/telltale.db.before-{SCHEMA}")
    assert kept.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    kept.close()


def test_a_copy_of_an_earlier_upgrade_gives_way_to_that_of_this_one(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / "var/telltale.db").unlink(missing_ok=True)
        database = Database("sqlite:///var/telltale.db", tmp_path)
        with database.writing() as connection:
            migrate(connection, "0001")
            connection.execute(text("INSERT INTO inputs VALUES (:name, '')"), {"name": name})
        database.close()
        opened(tmp_path).close()
        kept = sqlite3.connect(tmp_path / f"var/telltale.db.before-{SCHEMA}")
        assert kept.execute("SELECT hash FROM inputs").fetchall() == [(name,)]
        kept.close()


def test_of_many_who_bring_a_database_up_at_once_one_copies_it_as_it_was(tmp_path: Path) -> None:
    database = Database("sqlite:///var/telltale.db", tmp_path)
    with database.writing() as connection:
        migrate(connection, "0001")
    database.close()
    together, outcomes = threading.Barrier(6), []

    def replica() -> None:
        together.wait()
        try:
            open_store(address(tmp_path), tmp_path).close()  # each waits for its turn as long as a program does
            outcomes.append("opened")
        except StoreError as error:
            outcomes.append(error.sentence)

    replicas = [threading.Thread(target=replica) for _ in range(6)]
    for one in replicas:
        one.start()
    for one in replicas:
        one.join()
    assert outcomes == ["opened"] * 6
    kept = sqlite3.connect(tmp_path / f"var/telltale.db.before-{SCHEMA}")
    assert kept.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    kept.close()
    assert not list((tmp_path / "var").glob("*.part"))


def test_upgrade_says_what_it_did(office: Office) -> None:
    assert office.telltale("db", "upgrade") == f"The database is made, of version {SCHEMA}.\n"
    assert "nothing to do" in office.telltale("db", "upgrade")


def with_programs(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(server.programs), prepend=":")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_waited_at_the_time_of_the_backup_is_held_after_a_restore(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = address(tmp_path)
    if kind == "postgresql":
        server: Server = request.getfixturevalue("server")
        with_programs(server, monkeypatch)
        url = server.new_database()
    database = Database(url, tmp_path)
    monkeypatch.setattr("tests.store.databases.current.known", {tmp_path: url})
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(message()), queued(message("adults"))]))
        store.jobs.begin(["derive care"], NOW)
        assert store.jobs.claim("derive care", "2019-02", NOW.date(), NOW, now=NOW, lease=NOW - NOW, by="replica")
        backups.backup(database, tmp_path / "copy")
        assert [store.claim(NOW, NOW - NOW) is not None for _ in range(2)] == [True, True]
        publish(store, publication(revision=2))
    assert backups.restore(database, tmp_path / "copy", NOW) == 2
    with opened(tmp_path) as store:
        assert [one.state for one in store.outbox()] == ["held", "held"]
        assert {one.detail for one in store.outbox()} == {
            "a backup was restored on 2019-02-07: it may have gone out since"
        }
        latest = store.latest_run("care")
        assert latest is not None
        assert latest.revision == 1
        later = NOW.replace(year=2020)
        assert store.jobs.begin(["derive care"], later) == {"derive care": later}
        assert store.jobs.unfinished(["derive care"]) == []
    database.close()


def test_where_the_servers_certificate_is_found_is_told_to_pg_dump(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pg_dump").write_text('#!/bin/sh\necho "$PGSSLROOTCERT" >&2; exit 1\n')
    (tmp_path / "pg_dump").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    database = Database(f"{server.new_schema()}&sslrootcert=/office/ca.pem", tmp_path)
    with pytest.raises(StoreError, match=r"pg_dump failed: /office/ca\.pem"):
        backups.backup(database, tmp_path / "copy")
    database.close()


def test_without_pg_dump_it_is_said(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("pg_dump") is None
    database = Database(server.new_schema(), tmp_path)
    with pytest.raises(StoreError, match="pg_dump is not installed"):
        backups.backup(database, tmp_path / "copy")
    database.close()
