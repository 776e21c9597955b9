"""Bringing a database up to this program's tables. Alembic is imported only when there is something to bring up."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from engine.store.database import Database
from engine.store.errors import StoreError
from engine.store.tables import SCHEMA, metadata


def upgrade(database: Database) -> None:
    """Make the tables of a new database, or bring older ones up. Does nothing where they are this program's already.

    Raises StoreError where the database is of a newer program, or not of this one.
    """
    with database.reading() as connection:
        if _version(connection) == SCHEMA:
            return
    with database.writing() as connection:
        version = _version(connection)  # again: another may have been first
        if version is None:
            _refuse_foreign(connection)
            create(connection)
        elif version != SCHEMA:
            refuse_newer(version)
            migrate(connection)


def keep_before_upgrade(database: Database) -> None:
    """Copy a SQLite database that is about to be brought up, beside itself; nothing where it needs not be.

    Raises StoreError where it can't be copied: nothing is brought up without a way back.
    """
    version = version_of(database)
    if not database.is_sqlite or version in (None, "0", SCHEMA):
        return
    refuse_newer(version or "")
    from engine.store.backups import backup

    kept = Path(database.name).with_name(f"{Path(database.name).name}.before-{SCHEMA}")
    if not kept.exists():  # another may have been first
        backup(database, kept)


def version_of(database: Database) -> str | None:
    """The last migration that a database went through; None where it has no tables of ours. Raises StoreError."""
    with database.reading() as connection:
        return _version(connection)


def refuse_newer(version: str) -> None:
    """Raises StoreError where a database's version is not one that this program knows."""
    if not version.isdigit() or int(version) > int(SCHEMA):
        raise StoreError(
            f"The database is of version {version}, made by a newer Telltale than this one, which knows versions "
            f"up to {SCHEMA}; upgrade this Telltale"
        )


def create(connection: Connection) -> None:
    """All tables at once. A test holds that every migration in turn makes the same."""
    metadata.create_all(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": SCHEMA})


def migrate(connection: Connection, to: str = "head") -> None:
    """Every migration that the database lacks, in turn, inside the transaction that is open."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _version(connection: Connection) -> str | None:
    """The last migration that the database went through, "0" for none; None where it has no tables of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or 0)


def _refuse_foreign(connection: Connection) -> None:
    found = set(inspect(connection).get_table_names()) & set(metadata.tables)
    if found:
        raise StoreError(
            f"The database has a table {min(found)} that is not Telltale's; "
            "name another database in config/settings.yaml"
        )
