"""What goes wrong with a database, put into a sentence: by SQLite's name of the error, or PostgreSQL's code."""

from engine.store import postgresql, sqlite

# Of two who derive the same at the same time, the second finds its number taken. PostgreSQL names the key that says
# so, SQLite its columns.
RACED = (
    *("uq_runs_revision", "runs_pkey", "runs.revision", "runs.id"),
    *("uq_returns_number", "returns.number", "inputs_pkey", "inputs.hash"),
    *("jobs_pkey", "jobs.job", "schedules_pkey", "schedules.job"),
)

_ENDED = ("57P01", "57P02", "25P03")  # the server ended the connection


def sentence(code: str, said: str, name: str, *, lost: bool = False) -> str | None:
    """What to tell a person; None where the fault is our own. `lost` is that a connection broke while it was used.

    `said` are the database's own words, `name` the database's, without its password. Without a code the server of a
    PostgreSQL database was not reached, or it didn't let us in.
    """
    first = said.partition("\n")[0]
    if lost or code in _ENDED:
        return (
            f"The connection to {name} was lost ({first}); what was being written is kept whole or not at all; try "
            "again: nothing is done twice"
        )
    if code in ("57P03", "53300"):
        return f"The database {name} lets nobody in now ({first}); try again in a moment"
    if code in sqlite.BUSY or code in postgresql.BUSY:
        return f"The database {name} is locked by another program; try again in a moment"
    if code.startswith("SQLITE_READONLY"):
        return f"The database {name} is read-only; give this user the right to write it and its folder"
    if code == "25006":
        return f"The database {name} is read-only; name the server that takes writes"
    if code == "42501":
        return f"The database {name} does not allow this user that ({first}); make the user its owner"
    if code == "2BP01":
        on = next((line.removeprefix("DETAIL:").strip() for line in said.splitlines() if "DETAIL:" in line), first)
        return f"Something that is not Telltale's rests on its tables ({on}); take it away and try again"
    if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or code in ("XX001", "XX002"):
        return f"The database {name} is damaged, or is not a database; move it away and restore the last backup"
    if code in ("SQLITE_FULL", "53100"):
        return f"There is no room left for {name}; nothing was kept; free some room and try again"
    if code.startswith("SQLITE_CANTOPEN"):
        return f"The database {name} can't be opened; check that this user may read and write its folder"
    if code.startswith("SQLITE_IOERR") or code == "58030":
        return f"The disk of {name} failed ({first}); nothing was kept; check the disk"
    if not code and not name.startswith("/") and "://" in name:
        return f"The database {name} can't be reached ({first}); check that it is up, its address and its password"
    return None
