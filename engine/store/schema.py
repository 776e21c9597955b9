"""Bringing a database up to this program's tables. Alembic is imported only when there is something to bring up."""

from pathlib import Path

from sqlalchemy import Connection, MetaData, inspect, text

from engine.store.database import Database
from engine.store.errors import StoreError
from engine.store.tables import SCHEMA, metadata

VERSION_TABLE = "alembic_version"
TABLES = frozenset({*metadata.tables, VERSION_TABLE})  # a migration that drops one for good names it here


def upgrade(database: Database) -> None:
    """Make the tables of a new database, or bring older ones up. Does nothing where they are this program's already.

    Before a SQLite database is brought up it is copied, beside itself: nothing is brought up without a way back.
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
            if database.is_sqlite and version != "0":
                _keep(Path(database.name))
            migrate(connection)


def _keep(file: Path) -> None:
    """Copy a SQLite database beside itself. While our own transaction is open nobody writes it, and nobody else copies.

    A copy that lies there already is older: this one takes its place.
    """
    from engine.store.backups import copy_of

    copy_of(file, file.with_name(f"{file.name}.before-{SCHEMA}"))


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


def empty(connection: Connection) -> None:
    """Take away Telltale's tables, and no others. Raises StoreError where one is a newer program's, or not ours."""
    version = _version(connection)
    if version is None:
        _refuse_foreign(connection)
    elif not version.isdigit() or int(version) > int(SCHEMA):
        raise StoreError(
            f"The database is of version {version}, and this Telltale knows versions up to {SCHEMA}: what else belongs "
            "to it is not known; restore into an empty database, and name that in config/settings.yaml"
        )
    made = MetaData()
    made.reflect(connection, only=lambda name, _: name in TABLES)
    made.drop_all(connection)


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
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or 0)


def _refuse_foreign(connection: Connection) -> None:
    found = set(inspect(connection).get_table_names()) & set(metadata.tables)
    if found:
        raise StoreError(
            f"The database has a table {min(found)} that is not Telltale's; "
            "name another database in config/settings.yaml"
        )
