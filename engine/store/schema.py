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
        elif not version.isdigit() or int(version) > int(SCHEMA):
            raise StoreError(
                f"The database is of version {version}, made by a newer Telltale than this one, which knows versions "
                f"up to {SCHEMA}; upgrade this Telltale"
            )
        elif version != SCHEMA:
            migrate(connection)


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
