"""Connections and transactions; what is peculiar to a kind of database is in `sqlite.py` and `postgresql.py`."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError

from engine.store import postgresql, sqlite
from engine.store.errors import StoreError
from engine.store.sentences import RACED, sentence

WAIT = 30.0  # seconds for another writer to finish


class Database:
    """A database's connections."""

    def __init__(self, url: str, folder: Path, *, password: str | None = None, wait: float = WAIT) -> None:
        """`folder` is where a relative path in the URL begins: the workspace. A SQLite file's own folder is made.

        `password` is used where the URL has none; `wait` is how many seconds to wait for another writer. Raises
        StoreError where the URL can't be understood.
        """
        self._url = _resolved(url, folder, password)
        self._wait = wait
        self.engine = self._engine()
        self.is_sqlite = self._url.get_backend_name() == "sqlite"

    @property
    def name(self) -> str:
        """The database as a sentence may name it: never with its password."""
        return shown_address(self._url) if self._url.get_backend_name() != "sqlite" else str(self._url.database)

    @property
    def url(self) -> URL:
        """Where it is, with the password."""
        return self._url

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database throughout. Raises StoreError."""
        options = {} if self.is_sqlite else postgresql.READING
        with (
            self._in_sentences(),
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that no other of Telltale's writes beside: kept whole at its end, or not at all.

        Raises StoreError, busy where another writer doesn't finish or was first with the same row.
        """
        options = sqlite.WRITING if self.is_sqlite else postgresql.WRITING
        with (
            self._in_sentences(),
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            if not self.is_sqlite:
                postgresql.wait_for_the_writer_before(connection)
            yield connection

    def check(self) -> None:
        """Whether the database can be opened and is whole, as far as it can be asked. Raises StoreError."""
        with self.reading() as connection:
            if self.is_sqlite and connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
                raise StoreError(sentence("SQLITE_CORRUPT", "", self.name) or "")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _engine(self) -> Engine:
        make = sqlite.engine if self._url.get_backend_name() == "sqlite" else postgresql.engine
        try:
            return make(self._url, self._wait)
        except ModuleNotFoundError as error:
            raise StoreError(
                f"The database {self.name} needs the package {error.name}, which is not installed; "
                "install Telltale with its part for PostgreSQL: pip install 'telltale[postgres]'"
            ) from error
        except (ArgumentError, NoSuchModuleError) as error:
            raise StoreError(
                f"The database {self.name} can't be used: {error}; see `database` in config/settings.yaml"
            ) from error
        except OSError as error:
            raise StoreError(f"The folder of {self.name} can't be made: {error.strerror}") from error

    @contextmanager
    def _in_sentences(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError as error:
            if not any(key in str(error.orig) for key in RACED):
                raise  # our own fault
            raise StoreError(
                f"Another program wrote {self.name} at the same time; nothing was kept; try again", busy=True
            ) from error
        except (DBAPIError, sqlite3.Error) as error:
            original = error.orig if isinstance(error, DBAPIError) else error
            code, said = _code_of(original), str(original).strip()
            lost = isinstance(error, DBAPIError) and error.connection_invalidated
            told = sentence(code, said, self.name, lost=lost)
            if told is None:
                raise  # our own fault: SQL that the database doesn't understand
            raise StoreError(told, busy=code in sqlite.BUSY or code in postgresql.BUSY) from error


def shown_address(url: str | URL) -> str:
    """An address as it may be shown: without its password."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return "unreadable"
    return parsed.set(drivername=parsed.get_backend_name()).render_as_string(hide_password=True)


def _resolved(url: str, folder: Path, password: str | None) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(
            "`database` in config/settings.yaml is not a database's address; write it as sqlite:///var/telltale.db"
        ) from error
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed.set(database=str(folder.absolute() / parsed.database))
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername=postgresql.DRIVER)
    return parsed if parsed.password or password is None else parsed.set(password=password)


def _code_of(error: BaseException | None) -> str:
    return getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or ""
