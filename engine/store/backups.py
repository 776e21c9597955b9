"""Copies of a whole database: SQLite's by its own means while it is in use, PostgreSQL's as `dumps.py` has it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, update

from engine.model.alerts import OutboxState
from engine.model.jobs import JobState
from engine.store.database import WAIT, Database
from engine.store.errors import NoBackupError, StoreError
from engine.store.schema import migrate, refuse_newer
from engine.store.sentences import sentence
from engine.store.sqlite import BUSY
from engine.store.tables import jobs, outbox, schedules


def backup(database: Database, target: Path) -> None:
    """Copy a database into a new file, whole or not at all. Raises StoreError."""
    if target.exists():
        raise StoreError(f"{target} is already there; name another file, for nothing is overwritten")
    if database.is_sqlite:
        database.check()
        copy_of(Path(database.name), target)
        return
    from engine.store.dumps import dump

    with _written_whole(target) as part:
        dump(database, part)


def copy_of(file: Path, target: Path) -> None:
    """Copy a SQLite database, whole or not at all; what was at the target is gone then. Raises StoreError."""
    with _written_whole(target) as part:
        _copy(file, part)
        _in_one_file(part)
        if not _is_whole(part):
            raise StoreError(f"{file} is damaged, so no backup was made of it; restore the last one")


@contextmanager
def _written_whole(target: Path) -> Iterator[Path]:
    """A file beside the target that takes its place once it is written."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield part
        part.replace(target)
    except OSError as error:
        raise StoreError(f"The backup {target} can't be written: {error.strerror}") from error
    except sqlite3.Error as error:
        raise StoreError(
            f"The backup {target} can't be written: {error}; free some room, or name another disk"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def check_backup(database: Database, source: Path) -> None:
    """Whether a database can be restored from a file, as far as can be told beforehand. Raises StoreError."""
    if not source.is_file():
        raise NoBackupError(f"there is no file {source} to restore from")
    if database.is_sqlite:
        if not _is_whole(source):
            raise NoBackupError(f"{source} is damaged, or is no backup; take another")
        _refuse_foreign(source)
        return
    from engine.store.dumps import version_in

    version_in(source)


def restore(database: Database, source: Path, now: datetime) -> int:
    """Put a backup in the place of what is in the database; how many messages are held because of it.

    What waited to be sent when the backup was made may have gone out since, and what came round since would be done
    again: waiting messages are held or uncertain, and jobs begin anew. A backup of an older program is brought up.
    Raises StoreError, with everything as it was.
    """
    check_backup(database, source)
    if database.is_sqlite:
        return _put_in_place(source, Path(database.name), now)
    from engine.store.dumps import put_back

    with database.writing() as connection:
        put_back(connection, database, source)
        migrate(connection)
        return _hold(connection, now)


def _put_in_place(source: Path, file: Path, now: datetime) -> int:
    """Bring a copy up to this program and hold what waits in it, and only then put it in the database's place."""
    part = file.with_name(f"{file.name}.restoring")
    try:
        _copy(source, part)
        copy = Database(f"sqlite:///{part}", part.parent)
        try:
            with copy.writing() as connection:
                migrate(connection)
                held = _hold(connection, now)
        finally:
            copy.close()
        _in_one_file(part)
        _copy(part, file)
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorname", "")
        if code in BUSY:
            raise StoreError(f"The database {file} is in use; stop the service and try again", busy=True) from error
        told = sentence(code, str(error), str(file))
        if told is None:
            raise  # our own fault
        raise StoreError(told) from error
    finally:
        for ending in ("", "-wal", "-shm"):
            part.with_name(part.name + ending).unlink(missing_ok=True)
    return held


def move(file: Path, target: Path) -> None:
    """Put a SQLite database elsewhere, with what belongs to it. Raises StoreError."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for ending in ("-wal", "-shm", ""):
            part = file.with_name(file.name + ending)
            if part.exists():
                part.replace(target.with_name(target.name + ending))
    except OSError as error:
        raise StoreError(f"{file} can't be moved to {target}: {error.strerror}") from error


def _hold(connection: Connection, now: datetime) -> int:
    restored = f"a backup was restored on {now.date().isoformat()}"
    why = f"{restored}: it may have gone out since"
    waiting = (OutboxState.PENDING, OutboxState.RETRY, OutboxState.CLAIMED)
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
    connection.execute(
        update(jobs)
        .where(jobs.c.state.in_((JobState.CLAIMED, JobState.RETRY)))
        .values(
            state=JobState.SKIPPED, detail=restored, finished=now, token=jobs.c.token + 1, lease_until=None,
            again_at=None,
        )
    )  # fmt: skip
    return held + unsure


def _copy(source: Path, target: Path) -> None:
    readable = f"{source.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(readable, uri=True)) as from_, closing(sqlite3.connect(target, timeout=WAIT)) as to:
        from_.backup(to, progress=_refuse_busy)


def _refuse_busy(status: int, _left: int, _pages: int) -> None:
    """The library would try again for ever what waited in vain for another who writes."""
    if status & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorname = "SQLITE_BUSY"
        raise error


def _in_one_file(copy: Path) -> None:
    """A copy is kept, moved and mailed as one file: without a write-ahead log beside it."""
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def _is_whole(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def _refuse_foreign(file: Path) -> None:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:
            row = None
    if row is None:
        raise NoBackupError(f"{file} is no backup of Telltale's; take another")
    refuse_newer(str(row[0]))
