"""The tables of a new database, of a migrated one and of the program are the same."""

import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from engine.model.alerts import Reason
from engine.store import schema
from engine.store.database import Database
from engine.store.errors import StoreError
from engine.store.store import open_store
from engine.store.tables import SCHEMA, metadata
from tests.store.databases import address
from tests.store.samples import opened, publication, publish

pytestmark = pytest.mark.usefixtures("each_database")

ROOT = Path(__file__).parents[2]
MIGRATIONS = Path(schema.__file__).parent / "migrations"


def set_version(folder: Path, version: str) -> None:
    database = Database(address(folder), folder)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    database.close()


def differences(database: Database) -> list[object]:
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


@pytest.mark.parametrize("make", [schema.create, schema.migrate])
def test_a_database_has_the_programs_tables(tmp_path: Path, make: object) -> None:
    database = Database(address(tmp_path), tmp_path)
    assert callable(make)
    with database.writing() as connection:
        make(connection)
    found = differences(database)
    with database.reading() as connection:
        version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    database.close()
    assert found == []
    assert version == SCHEMA


def test_a_column_that_no_migration_makes_would_be_found(tmp_path: Path) -> None:
    database = Database(address(tmp_path), tmp_path)
    with database.writing() as connection:
        schema.migrate(connection)
        connection.execute(text("ALTER TABLE runs DROP COLUMN judged_by"))
    assert len(differences(database)) == 1
    database.close()


# What compare_metadata does not look at: keys, checks, indexes, and the order in which texts sort.
_SQLITE = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '%alembic_version%'"
_POSTGRESQL = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = current_schema()::regnamespace AND conname NOT LIKE 'alembic%'
    UNION SELECT indexname, replace(indexdef, current_schema(), '') FROM pg_indexes
    WHERE schemaname = current_schema() AND tablename NOT LIKE 'alembic%'
    UNION SELECT table_name || '.' || column_name, collation_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name NOT LIKE 'alembic%'
"""


def test_constraints_are_the_same_either_way(tmp_path: Path) -> None:
    made = []
    for make in (schema.create, schema.migrate):
        folder = tmp_path / make.__name__
        database = Database(address(folder), folder)
        with database.writing() as connection:
            make(connection)
            rows = connection.execute(text(_SQLITE if database.is_sqlite else _POSTGRESQL)).all()
            made.append({name: "".join(sorted(re.split(r'[\s,"]+', sql or ""))) for name, sql in rows})
        database.close()
    assert len(made[0]) > 20
    assert made[0] == made[1]


def test_the_newest_migration_is_the_version_the_program_asks_for() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert scripts.get_current_head() == SCHEMA
    assert all(script.revision.isdigit() for script in scripts.walk_revisions())


def test_upgrading_twice_changes_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication())
    with opened(tmp_path) as store:
        assert store.published_periods("care") == ["2019-01"]


def test_a_database_that_lacks_migrations_is_brought_up(tmp_path: Path) -> None:
    database = Database(address(tmp_path), tmp_path)
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    database.close()
    with opened(tmp_path) as store:
        assert store.published_periods("care") == []


def test_a_database_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    opened(tmp_path).close()
    set_version(tmp_path, "9001")
    with pytest.raises(StoreError, match=r"version 9001, made by a newer Telltale .* upgrade this Telltale") as caught:
        opened(tmp_path)
    assert not caught.value.busy


def test_a_database_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    database = Database(address(tmp_path), tmp_path)
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE runs (distance INTEGER)"))
    database.close()
    with pytest.raises(StoreError, match="a table runs that is not Telltale's; name another database"):
        opened(tmp_path)


def test_many_who_open_a_new_database_at_once_all_can(tmp_path: Path) -> None:
    together, outcomes = threading.Barrier(6), []

    def first() -> None:
        together.wait()
        try:
            open_store(address(tmp_path), tmp_path, wait=20).close()
            outcomes.append("opened")
        except StoreError as error:
            outcomes.append(str(error))

    openers = [threading.Thread(target=first) for _ in range(6)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert outcomes == ["opened"] * 6


def test_alembic_is_not_loaded_where_nothing_is_to_be_brought_up(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from engine.store.store import open_store\n"
        "open_store(sys.argv[2], Path(sys.argv[1])).close()\n"
        "sys.exit('alembic' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(tmp_path), address(tmp_path)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def test_naming_the_room_loads_no_sql() -> None:
    code = "import sys, engine.store, engine.store.records, engine.store.errors; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_messages_decisions_and_what_is_known_outlive_the_migrations_of_their_tables(tmp_path: Path) -> None:
    database = Database(address(tmp_path), tmp_path)
    with database.writing() as connection:
        schema.migrate(connection, "0001")
        for statement in (
            "INSERT INTO inputs VALUES ('i', '{}')",
            """INSERT INTO runs VALUES ('r', 'care', '2019-01', '2019-01-31', 1, '', '', '', 'i', 'both',
               '2019-02-08T09:00:00.000000+00:00', '{}')""",
            """INSERT INTO outbox VALUES (7, 'm', 'key', 'r', 'owners', 'lead', 'a@council.example', 'care', '2019-01',
               1, 's', '<m>', '2019-02-08T09:00:00.000000+00:00', {bytes}, '{}', 'sent', '',
               '2019-02-08T09:00:00.000000+00:00', NULL, 1, NULL, 1, NULL)""",
            "INSERT INTO decisions VALUES ('r', 'owners', 'lead', 'direct_payments', 'first')",
            "INSERT INTO told VALUES (9, 'm', 'care', 'owners', 'lead', 'direct_payments', '2019-01', 'red', '[]')",
        ):
            null_and_255 = "x'00ff'" if database.is_sqlite else r"'\x00ff'"
            connection.execute(text(statement.replace("{bytes}", null_and_255)))
    database.close()
    with opened(tmp_path) as store:
        (message,) = store.outbox()
        assert (message.id, message.run, store.message("m").rendered.body) == ("m", "r", b"\x00\xff")
        assert [one.message for one in store.told("care")] == ["m"]
        (decision,) = store.decisions_about("care", "direct_payments")
        assert (decision.occurrence, decision.decision.reason) == ("2019-01", Reason.FIRST)
    database = Database(address(tmp_path), tmp_path)
    with database.reading() as connection:
        if database.is_sqlite:
            assert list(connection.execute(text("PRAGMA foreign_key_check"))) == []
        assert differences(database) == []
    database.close()
