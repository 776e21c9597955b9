"""A backup of PostgreSQL put back: older ones, into a database in use, and what fails halfway."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.store import backups, dumps
from engine.store.database import Database
from engine.store.errors import NoBackupError, StoreError
from engine.store.schema import migrate, version_of
from engine.store.store import open_store
from engine.store.tables import SCHEMA
from tests.store.samples import NOW, message, publication, publish, queued
from tests.store.server import Server
from tests.store.test_migrations import differences

OLDER = (
    "INSERT INTO inputs VALUES ('i', '{}')",
    """INSERT INTO runs VALUES ('r', 'care', '2019-01', '2019-01-31', 1, '', '', '', 'i', 'both',
       '2019-02-08T09:00:00.000000+00:00', '{}')""",
    r"""INSERT INTO outbox VALUES (7, 'm', 'key', 'r', 'owners', 'lead', 'a@council.example', 'care', '2019-01',
       1, E'a\ttab, a line\nand a \\ – café', '<m>', '2019-02-08T09:00:00.000000+00:00', '\x00ff0a5c', '{}',
       'pending', '', '2019-02-08T09:00:00.000000+00:00', NULL, 1, NULL, 1, NULL)""",
    "INSERT INTO decisions VALUES ('r', 'owners', 'lead', 'direct_payments', 'first')",
)


@pytest.fixture(autouse=True)
def programs(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(server.programs), prepend=":")


@pytest.fixture
def used(server: Server, tmp_path: Path) -> Iterator[Database]:
    """A database of this program with a run and a message that waits."""
    url = server.new_schema()
    with open_store(url, tmp_path) as store:
        publish(store, publication(messages=[queued(message())]))
    database = Database(url, tmp_path)
    yield database
    database.close()


def older_dump(server: Server, folder: Path, version: str = "0001") -> Path:
    """A real dump of a database whose migrations end earlier, with a message that waits."""
    older = Database(server.new_schema(), folder)
    with older.writing() as connection:
        migrate(connection, version)
        for statement in OLDER if version == "0001" else ():
            connection.execute(text(statement))
    backups.backup(older, folder / "older.dump")
    older.close()
    return folder / "older.dump"


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as connection:
        names = connection.scalars(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
        ).all()
        return {
            name: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {name}"))), key=repr)  # noqa: S608 - ours
            for name in names
        }


def test_a_dump_of_an_older_version_replaces_a_newer_database_and_holds_what_waits_in_it(
    server: Server, tmp_path: Path, used: Database
) -> None:
    assert backups.restore(used, older_dump(server, tmp_path), NOW) == 1
    assert version_of(used) == SCHEMA
    assert differences(used) == []
    with open_store(str(used.url), tmp_path) as store:
        (one,) = store.outbox()
        assert (one.id, one.state) == ("m", "held")
        assert store.message("m").rendered.body == b"\x00\xff\n\\"
        assert one.rendered.subject == "a\ttab, a line\nand a \\ – café"
        (decision,) = store.decisions_about("care", "direct_payments")
        assert decision.occurrence == "2019-01"
        publish(store, publication(revision=2, messages=[queued(message())]))  # numbers go on after those restored
        assert len(store.outbox()) == 2


@pytest.mark.parametrize("version", [f"{number:04}" for number in range(2, int(SCHEMA) + 1)])
def test_a_dump_of_any_version_is_brought_up(server: Server, tmp_path: Path, used: Database, version: str) -> None:
    backups.restore(used, older_dump(server, tmp_path, version), NOW)
    assert version_of(used) == SCHEMA
    assert differences(used) == []


def test_restoring_the_same_dump_again_comes_to_the_same(server: Server, tmp_path: Path, used: Database) -> None:
    dump = older_dump(server, tmp_path)
    backups.restore(used, dump, NOW)
    once = everything(used)
    backups.restore(used, dump, NOW)
    assert everything(used) == once


def test_into_an_empty_database(server: Server, tmp_path: Path) -> None:
    empty = Database(server.new_schema(), tmp_path)
    assert backups.restore(empty, older_dump(server, tmp_path), NOW) == 1
    assert version_of(empty) == SCHEMA
    empty.close()


def test_a_restore_that_fails_while_it_holds_messages_leaves_the_database_as_it_was(
    server: Server, tmp_path: Path, used: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump, before = older_dump(server, tmp_path), everything(used)

    def killed(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(backups, "_hold", killed)
    with pytest.raises(KeyboardInterrupt):
        backups.restore(used, dump, NOW)
    assert everything(used) == before


def test_a_dump_that_was_cut_off_leaves_the_database_as_it_was(server: Server, tmp_path: Path, used: Database) -> None:
    dump, before = older_dump(server, tmp_path), everything(used)
    whole = dump.read_bytes()
    refused = 0
    for share in (0.2, 0.5, 0.7, 0.9, 0.97):
        dump.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(StoreError, match=r"pg_restore failed|is no backup of Telltale's"):
            backups.restore(used, dump, NOW)
        refused += 1
        assert everything(used) == before
    assert refused == 5


def test_a_connection_that_is_cut_in_the_middle_leaves_the_database_as_it_was(
    server: Server, tmp_path: Path, used: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump, before, hold = older_dump(server, tmp_path), everything(used), backups._hold

    def cut_off(connection: object, now: object) -> int:
        server.sql("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        return hold(connection, now)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(backups, "_hold", cut_off)
    with pytest.raises(StoreError, match="was lost") as caught:
        backups.restore(used, dump, NOW)
    assert caught.value.busy
    assert everything(used) == before


def test_a_dump_of_a_newer_program_is_refused_and_the_database_left_alone(
    server: Server, tmp_path: Path, used: Database
) -> None:
    newer = Database(server.new_schema(), tmp_path)
    with newer.writing() as connection:
        migrate(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '9001'"))
    backups.backup(newer, tmp_path / "newer.dump")
    newer.close()
    before = everything(used)
    with pytest.raises(StoreError, match="version 9001, made by a newer Telltale"):
        backups.restore(used, tmp_path / "newer.dump", NOW)
    assert everything(used) == before


def test_a_database_of_a_newer_program_is_not_restored_into(server: Server, tmp_path: Path, used: Database) -> None:
    dump = older_dump(server, tmp_path)
    with used.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9001'"))
    with pytest.raises(StoreError, match="restore into an empty database"):
        backups.restore(used, dump, NOW)


def test_a_file_that_is_no_dump_is_the_users_slip(tmp_path: Path, used: Database) -> None:
    before = everything(used)
    (tmp_path / "list.dump").write_text("A shopping list: bread, milk.", encoding="utf-8")
    with pytest.raises(NoBackupError, match="pg_restore failed: error: input file"):
        backups.check_backup(used, tmp_path / "list.dump")
    assert everything(used) == before


def test_a_dump_of_something_else_is_refused(server: Server, tmp_path: Path, used: Database) -> None:
    other = Database(server.new_schema(), tmp_path)
    with other.writing() as connection:
        connection.execute(text("CREATE TABLE runs (distance INTEGER)"))
    backups.backup(other, tmp_path / "other.dump")
    other.close()
    before = everything(used)
    with pytest.raises(StoreError, match="is no backup of Telltale's"):
        backups.restore(used, tmp_path / "other.dump", NOW)
    assert everything(used) == before


def test_a_dump_that_lacks_one_of_the_tables_is_refused_and_the_database_left_alone(
    tmp_path: Path, used: Database
) -> None:
    whole = dumps._run

    def without_the_outbox(database: Database, command: Sequence[str]) -> None:
        whole(database, [*command, "--exclude-table=outbox"])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dumps, "_run", without_the_outbox)
        backups.backup(used, tmp_path / "part.dump")
    before = everything(used)
    with pytest.raises(StoreError, match=r"part\.dump is no whole backup: it lacks the table outbox"):
        backups.restore(used, tmp_path / "part.dump", NOW)
    assert everything(used) == before


def test_a_schema_whose_name_has_a_space_is_put_back(server: Server, tmp_path: Path) -> None:
    server.sql('CREATE SCHEMA "the office"')
    url = f"{server.address('postgres')}&options=-csearch_path%3D%22the%5C%20office%22"
    with open_store(url, tmp_path) as store:
        publish(store, publication(messages=[queued(message())]))
    database = Database(url, tmp_path)
    backups.backup(database, tmp_path / "copy")
    assert backups.restore(database, tmp_path / "copy", NOW) == 1
    database.close()


def test_tables_of_others_in_the_same_database_are_neither_copied_nor_touched(
    server: Server, tmp_path: Path, used: Database
) -> None:
    with used.writing() as connection:
        connection.execute(text("CREATE TABLE canteen (dish TEXT)"))
        connection.execute(text("INSERT INTO canteen VALUES ('soup')"))
    backups.restore(used, older_dump(server, tmp_path), NOW)
    assert everything(used)["canteen"] == [("soup",)]


def test_what_rests_on_the_tables_is_named_and_nothing_is_changed(
    server: Server, tmp_path: Path, used: Database
) -> None:
    with used.writing() as connection:
        connection.execute(text("CREATE VIEW for_excel AS SELECT id FROM runs"))
    before = everything(used)
    with pytest.raises(StoreError, match="for_excel"):
        backups.restore(used, older_dump(server, tmp_path), NOW)
    assert everything(used) == before
