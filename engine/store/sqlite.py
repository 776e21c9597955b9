"""SQLite: write-ahead log, every commit on the disk, foreign keys kept, one writer at a time."""

import sqlite3
import time
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

WRITING = {"writing": True}
BUSY = ("SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED")


def engine(url: URL, wait: float) -> Engine:
    """Connections to a file, whose folder is made. `wait` is how many seconds to wait for another writer."""
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    made = create_engine(url, connect_args={"timeout": wait})

    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself: `_begin` does
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            _use_wal(connection, wait)
        except sqlite3.Error:
            connection.close()  # nobody else knows of it yet
            raise

    event.listen(made, "connect", on_connect)
    event.listen(made, "begin", _begin)
    return made


def _use_wal(connection: sqlite3.Connection, wait: float) -> None:
    """Turn the write-ahead log on. SQLite doesn't wait here for another that does the same, so we do."""
    until = time.monotonic() + wait
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _begin(connection: Connection) -> None:
    """A writer takes its place at once: one that reads first and writes later finds that another came between."""
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
