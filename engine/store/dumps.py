"""PostgreSQL's backups: made by pg_dump, and put back table by table inside a transaction of ours.

pg_restore by itself would need tables of the same version, and a transaction of its own. Here it only gives the rows of
one table after the other; the migrations make the tables that they go into, up to the backup's version.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import Connection, MetaData, Table, func, select

from engine.store.database import Database
from engine.store.errors import NoBackupError, StoreError
from engine.store.schema import TABLES, VERSION_TABLE, empty, migrate, refuse_newer
from engine.store.sentences import sentence

LONGEST = 3600  # seconds that pg_dump may take

_HEADER = re.compile(rb'COPY .+? \((?P<columns>[\w", ]+)\) FROM stdin;\n')
_END = b"\\.\n"


def dump(database: Database, target: Path) -> None:
    """Write what is in Telltale's schema into a file. Raises StoreError."""
    with database.reading() as connection:
        schema = str(connection.scalar(select(func.current_schema()))).replace('"', '""')
    options = ["--format=custom", "--no-owner", "--no-privileges", "--encoding=UTF8", f'--schema="{schema}"']
    _run(database, ["pg_dump", *options, f"--file={target}"])


def version_in(source: Path) -> str:
    """The version of the database that a backup was made of. Raises StoreError where there is none, or a newer one."""
    with _script(source, VERSION_TABLE) as lines:
        found = [next(lines, b"").decode(errors="replace").strip() for line in lines if _HEADER.fullmatch(line)]
    if len(found) != 1 or not found[0].isdigit():
        raise NoBackupError(f"{source} is no backup of Telltale's; take another")
    refuse_newer(found[0])
    return found[0]


def put_back(connection: Connection, database: Database, source: Path) -> None:
    """Put what a backup has in the place of Telltale's tables, which are of the backup's version then.

    The transaction is the caller's: until it ends nobody sees any of it. Raises StoreError.
    """
    version = version_in(source)
    empty(connection)
    migrate(connection, to=version)
    made = MetaData()
    made.reflect(connection, only=lambda name, _: name in TABLES and name != VERSION_TABLE)
    for table in made.sorted_tables:  # what is referred to comes before what refers to it
        try:
            _fill(connection, source, table)
        except psycopg.Error as error:
            said = str(error).partition("\n")[0]
            raise StoreError(
                sentence(error.sqlstate or "", said, database.name)
                or f"{source} does not fit the tables of version {version} ({said}); take another"
            ) from error


def _fill(connection: Connection, source: Path, table: Table) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - whoever calls has asked what kind it is
    name = connection.dialect.identifier_preparer.quote(table.name)
    found = False
    with _script(source, table.name) as lines:
        for line in lines:
            if header := _HEADER.fullmatch(line):
                found = True
                into = f"COPY {name} ({header['columns'].decode()}) FROM STDIN"
                with driver.cursor() as cursor, cursor.copy(into.encode()) as copy:
                    for row in iter(lambda: next(lines, _END), _END):
                        copy.write(row)
    if not found:
        raise NoBackupError(f"{source} is no whole backup: it lacks the table {table.name}; take another")
    if (number := table.autoincrement_column) is not None:  # rows to come are numbered after those put back
        after = func.coalesce(select(func.max(number)).scalar_subquery(), 0) + 1
        connection.execute(select(func.setval(func.pg_get_serial_sequence(name, number.name), after, False)))


@contextmanager
def _script(source: Path, table: str) -> Iterator[Iterator[bytes]]:
    """The lines of the script that would put the rows of a table back. Raises StoreError where a backup is damaged."""
    command = ["pg_restore", "--data-only", f"--table={table}", "--file=-", str(source)]
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said)
        except FileNotFoundError:
            raise StoreError(_not_installed(command[0])) from None
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        with process:
            try:
                yield iter(process.stdout)
            except BaseException:
                process.kill()
                raise
        said.seek(0)
        # It reads the file and nothing else: what it can't read is no backup, or a damaged one.
        if process.returncode:
            why = _failure(command, said.read().decode(errors="replace"))
            raise NoBackupError(
                f"{source} is no backup of a PostgreSQL database, or a damaged one ({why}); take another"
            )


def _run(database: Database, command: Sequence[str]) -> None:
    """One of PostgreSQL's own programs, told by the environment where the database is. Raises StoreError."""
    url = database.url
    given = {name: value for name, value in url.query.items() if isinstance(value, str)}
    named = {"host": url.host, "port": url.port, "user": url.username, "password": url.password}
    known = given | {name: str(value) for name, value in named.items() if value} | {"database": url.database or ""}
    # libpq's variables are named by its words: sslrootcert is PGSSLROOTCERT, channel_binding PGCHANNELBINDING.
    environment = os.environ | {f"PG{name.replace('_', '').upper()}": value for name, value in known.items()}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST, errors="replace"
        )
    except FileNotFoundError:
        raise StoreError(_not_installed(command[0])) from None
    except subprocess.TimeoutExpired:
        raise StoreError(f"{command[0]} took longer than {LONGEST} s; nothing was changed") from None
    if done.returncode:
        raise StoreError(_failure(command, done.stderr))


def _not_installed(program: str) -> str:
    return f"{program} is not installed; install PostgreSQL's client programs, or use your own backups"


def _failure(command: Sequence[str], said: str) -> str:
    """Why a program failed, in the first line of what it said."""
    words = (said.strip().splitlines() or ["it did not say why"])[0]
    return f"{command[0]} failed: {words.removeprefix(f'{command[0]}: ')}"
