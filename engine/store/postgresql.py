"""PostgreSQL: one writer of Telltale's at a time, as in SQLite, and nobody who stops halfway holds the others up.

Writers queue for a lock that ends with their transaction, whatever becomes of their connection. The lock only spares
them the work: whoever came past it would still find the keys of runs, messages and jobs taken.
"""

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import URL

DRIVER = "postgresql+psycopg"
READING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
WRITING = {"isolation_level": "READ COMMITTED"}  # each statement sees what the writer before has kept
IDLE = 30  # seconds after which the server ends a transaction whose program does nothing: it was paused, or is gone

# Codes of what passes by itself: locks, conflicts, a server that starts, stops or is full, a transaction it ended.
BUSY = ("55P03", "40001", "40P01", "57P01", "57P02", "57P03", "53300", "25P03")

_WRITERS = 0x7E117A1E  # any number that nobody else takes for a lock in the same database


def engine(url: URL, wait: float) -> Engine:
    """Connections to a server. `wait` is how many seconds to wait for another writer, and to be let in.

    Raises ModuleNotFoundError where psycopg isn't installed.
    """
    settings = {
        "lock_timeout": f"{int(wait * 1000)}ms",
        "idle_in_transaction_session_timeout": f"{IDLE}s",
        "client_encoding": "UTF8",
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    given = url.query.get("options", "")
    return create_engine(
        url.difference_update_query(["options"]),
        pool_pre_ping=True,  # the server may have been started anew since
        connect_args={
            "options": f"{given if isinstance(given, str) else ' '.join(given)} {options}".strip(),
            "connect_timeout": max(2, int(wait)),
            "tcp_user_timeout": IDLE * 1000,  # for a server that went without a word
            "application_name": "telltale",
        },
    )


def wait_for_the_writer_before(connection: Connection) -> None:
    """Begin a writer's transaction: nobody else of Telltale's writes until it ends."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")
