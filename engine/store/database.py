"""Connections and transactions, and what goes wrong with them put into a sentence."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError

from engine.store.errors import StoreError

WAIT = 30.0  # seconds for another writer to finish


class Database:
    """A database's connections. SQLite: write-ahead log, every commit on the disk, foreign keys kept."""

    def __init__(self, url: str, folder: Path, *, wait: float = WAIT) -> None:
        """`folder` is where a relative path in the URL begins: the workspace. The file's own folder is made.

        `wait` is how many seconds to wait for another writer. Raises StoreError where the URL can't be understood.
        """
        self._url = _resolved(url, folder)
        self._wait = wait
        self.engine = self._engine()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database throughout. Raises StoreError."""
        with self._in_sentences(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that nobody else writes beside (SQLite): kept whole at its end, or not at all.

        Raises StoreError, busy where another writer doesn't finish or was first with the same row.
        """
        with (
            self._in_sentences(),
            self.engine.connect().execution_options(writing=True) as connection,
            connection.begin(),
        ):
            yield connection

    def check(self) -> None:
        """Whether the database can be opened and is whole. Raises StoreError."""
        if self._is_sqlite:
            with self.reading() as connection:
                said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
            if said != "ok":
                raise StoreError(_DAMAGED.format(self._name))

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @property
    def _is_sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    @property
    def _name(self) -> str:
        """The database as a sentence may name it: never with its password."""
        if self._is_sqlite:
            return str(self._url.database)
        return self._url.render_as_string(hide_password=True)

    def _engine(self) -> Engine:
        try:
            if not self._is_sqlite:
                return create_engine(self._url)
            Path(self._url.database or "").parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(self._url, connect_args={"timeout": self._wait})
        except (ArgumentError, ModuleNotFoundError, NoSuchModuleError) as error:
            raise StoreError(
                f"The database {self._name} can't be used: {error}; see `database` in config/settings.yaml"
            ) from error
        except OSError as error:
            raise StoreError(f"The folder of {self._name} can't be made: {error.strerror}") from error
        event.listen(engine, "connect", self._on_connect)
        event.listen(engine, "begin", _begin)
        return engine

    def _on_connect(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself: `_begin` does
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            self._use_wal(connection)
        except sqlite3.Error:
            connection.close()  # nobody else knows of it yet
            raise

    def _use_wal(self, connection: sqlite3.Connection) -> None:
        """Turn the write-ahead log on. SQLite doesn't wait here for another that does the same, so we do."""
        until = time.monotonic() + self._wait
        while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if _name_of(error) != "SQLITE_BUSY" or time.monotonic() > until:
                    raise
                time.sleep(0.01)

    @contextmanager
    def _in_sentences(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError as error:
            if not any(key in str(error.orig) for key in _RACED):
                raise  # our own fault
            raise StoreError(
                f"Another program wrote {self._name} at the same time; nothing was kept; try again", busy=True
            ) from error
        except (DBAPIError, sqlite3.Error) as error:
            original = error.orig if isinstance(error, DBAPIError) else error
            name, said = _name_of(original), str(original).strip()
            sentence = self._sentence(name, said)
            if sentence is None:
                raise  # our own fault: SQL that the database doesn't understand
            raise StoreError(sentence, busy=name in _BUSY) from error

    def _sentence(self, name: str, said: str) -> str | None:
        """`name` is SQLite's name of the error, or PostgreSQL's code; none where PostgreSQL can't be reached."""
        if name in _BUSY:
            return f"The database {self._name} is locked by another program; try again in a moment"
        if name.startswith("SQLITE_READONLY") or name == "25006":
            return f"The database {self._name} is read-only; give this user the right to write it and its folder"
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            return _DAMAGED.format(self._name)
        if name in ("SQLITE_FULL", "53100"):
            return f"There is no room left for {self._name}; nothing was kept; free some room and try again"
        if name.startswith("SQLITE_CANTOPEN"):
            return f"The database {self._name} can't be opened; check that this user may read and write its folder"
        if name.startswith("SQLITE_IOERR"):
            return f"The disk of {self._name} failed ({said}); nothing was kept; check the disk"
        if not name and not self._is_sqlite:
            return f"The database {self._name} can't be reached ({said.partition(chr(10))[0]}); check that it is up"
        return None


_DAMAGED = "The database {} is damaged, or is not a database; move it away and restore the last backup"
_BUSY = ("SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED", "55P03", "40001", "40P01")
# Of two who derive the same at the same time, the second finds its number taken. PostgreSQL names the key that says
# so, SQLite its columns.
_RACED = ("uq_runs_revision", "runs_pkey", "runs.revision", "runs.id", "uq_returns_number", "returns.number")


def _resolved(url: str, folder: Path) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(
            "`database` in config/settings.yaml is not a database's address; write it as sqlite:///var/telltale.db"
        ) from error
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed.set(database=str(folder.absolute() / parsed.database))
    return parsed


def _begin(connection: Connection) -> None:
    """A writer takes its place at once: one that reads first and writes later finds that another came between."""
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _name_of(error: BaseException | None) -> str:
    return getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or ""
