"""Copies of a whole database: SQLite's by its own means while it is in use, PostgreSQL's by pg_dump and pg_restore."""

import os
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, update

from engine.model.alerts import OutboxState
from engine.store.database import Database
from engine.store.errors import StoreError
from engine.store.schema import migrate, refuse_newer, version_of
from engine.store.tables import SCHEMA, outbox, schedules

LONGEST = 3600  # seconds that pg_dump or pg_restore may take


def backup(database: Database, target: Path) -> None:
    """Copy a database into a new file, whole or not at all. Raises StoreError."""
    if target.exists():
        raise StoreError(f"{target} is already there; name another file, for nothing is overwritten")
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        if database.is_sqlite:
            database.check()
            _copy(Path(database.name), part)
            _in_one_file(part)
            _check(part)
        else:
            _run(database, ["pg_dump", "--format=custom", "--no-owner", f"--file={part}"])
        part.rename(target)
    except OSError as error:
        raise StoreError(f"The backup {target} can't be written: {error.strerror}") from error
    except sqlite3.Error as error:
        raise StoreError(
            f"The backup {target} can't be written: {error}; free some room, or name another disk"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def restore(database: Database, source: Path, now: datetime) -> int:
    """Put a backup in the place of what is in the database; how many messages are held because of it.

    What waited to be sent when the backup was made may have gone out since, and what came round since would be done
    again: waiting messages are held or uncertain, and jobs begin anew. Raises StoreError, with everything as it was.
    """
    if not source.is_file():
        raise StoreError(f"There is no file {source} to restore from")
    if database.is_sqlite:
        _check(source)
        _refuse_foreign(source)
        return _put_in_place(source, Path(database.name), now)
    options = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"]
    _run(database, ["pg_restore", *options, f"--dbname={database.url.database}", str(source)])
    return _hold(database, now)


def _put_in_place(source: Path, file: Path, now: datetime) -> int:
    """Bring a copy up to this program and hold what waits in it, and only then put it in the database's place."""
    part = file.with_name(f"{file.name}.restoring")
    try:
        _copy(source, part)
        copy = Database(f"sqlite:///{part}", part.parent)
        try:
            if version_of(copy) != SCHEMA:
                with copy.writing() as connection:
                    migrate(connection)
            held = _hold(copy, now)
        finally:
            copy.close()
        _in_one_file(part)
        _copy(part, file)
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"The database {file} is in use ({error}); stop the service and try again", busy=True
        ) from error
    finally:
        for ending in ("", "-wal", "-shm"):
            part.with_name(part.name + ending).unlink(missing_ok=True)
    return held


def move_away(database: Database, target: Path) -> None:
    """Put a damaged SQLite database aside, with what belongs to it. Raises StoreError."""
    file = Path(database.name)
    database.close()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for ending in ("-wal", "-shm", ""):
            part = file.with_name(file.name + ending)
            if part.exists():
                part.rename(target.with_name(target.name + ending))
    except OSError as error:
        raise StoreError(f"{file} can't be moved to {target}: {error.strerror}") from error


def _hold(database: Database, now: datetime) -> int:
    why = f"a backup was restored on {now.date().isoformat()}: it may have gone out since"
    waiting = (OutboxState.PENDING, OutboxState.RETRY, OutboxState.CLAIMED)
    with database.writing() as connection:
        held = connection.execute(
            update(outbox)
            .where(outbox.c.state.in_(waiting))
            .values(state=OutboxState.HELD, detail=why, token=outbox.c.token + 1, lease_until=None, again_at=None)
        ).rowcount
        unsure = connection.execute(
            update(outbox)
            .where(outbox.c.state == OutboxState.DATA_STARTED)
            .values(state=OutboxState.UNCERTAIN, detail=why, token=outbox.c.token + 1, lease_until=None)
        ).rowcount
        connection.execute(delete(schedules))
    return held + unsure


def _copy(source: Path, target: Path) -> None:
    readable = f"{source.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(readable, uri=True)) as from_, closing(sqlite3.connect(target, timeout=10)) as to:
        from_.backup(to)


def _in_one_file(copy: Path) -> None:
    """A copy is kept, moved and mailed as one file: without a write-ahead log beside it."""
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def _check(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            whole = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        whole = False
    if not whole:
        raise StoreError(f"{file} is damaged, or is no backup; take another")


def _refuse_foreign(file: Path) -> None:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:
            row = None
    if row is None:
        raise StoreError(f"{file} is no backup of Telltale's; take another")
    refuse_newer(str(row[0]))


def _run(database: Database, command: Sequence[str]) -> None:
    """One of PostgreSQL's own programs, told by the environment where the database is. Raises StoreError."""
    url = database.url
    query = {name: value for name, value in url.query.items() if isinstance(value, str)}
    known = {
        "PGHOST": url.host or query.get("host"),
        "PGPORT": str(url.port) if url.port else query.get("port"),
        "PGUSER": url.username,
        "PGDATABASE": url.database,
        "PGPASSWORD": str(url.password) if url.password else None,
        "PGSSLMODE": query.get("sslmode"),
        "PGOPTIONS": query.get("options"),
    }
    environment = os.environ | {name: value for name, value in known.items() if value}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST, errors="replace"
        )
    except FileNotFoundError:
        raise StoreError(
            f"{command[0]} is not installed; install PostgreSQL's client programs, or use your own backups"
        ) from None
    except subprocess.TimeoutExpired:
        raise StoreError(f"{command[0]} took longer than {LONGEST} s; nothing was changed") from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it did not say why"])[0]
        raise StoreError(f"{command[0]} failed: {said}")
