"""`db upgrade`, `db backup`, `db restore`: the database as a whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path

from engine.app import open_the_store
from engine.cli import DONE, show
from engine.cli.common import Options, emit, open_office
from engine.office import Office, UsageError
from engine.store.backups import backup, check_backup, move, restore
from engine.store.database import Database, shown_address
from engine.store.errors import StoreError
from engine.store.schema import version_of
from engine.store.tables import SCHEMA

FOLDER = "var/backups"
_ENDINGS = {True: ".db", False: ".dump"}  # of SQLite's copies, and PostgreSQL's


def perform(options: Options) -> int:
    """Do what the options say of the workspace's database."""
    office = open_office(options)
    with _database(office) as database:
        if options.subcommand == "backup":
            return _backup(options, office, database)
        if options.subcommand == "restore":
            return _restore(options, office, database)
        return _upgrade(options, office, database)


@contextmanager
def _database(office: Office) -> Iterator[Database]:
    database = Database(office.database, office.root, password=os.environ.get("TELLTALE_DATABASE_PASSWORD"))
    try:
        yield database
    finally:
        database.close()


def _upgrade(options: Options, office: Office, database: Database) -> int:
    database.check()
    before = version_of(database)
    with open_the_store(office):
        pass
    answer = {"schema": 1, "database": shown_address(office.database), "was": before, "is": SCHEMA}
    if before == SCHEMA:
        text = f"The database is of version {SCHEMA}, as this program is: nothing to do."
    elif before is None:
        text = f"The database is made, of version {SCHEMA}."
    else:
        kept = f"; as it was it lies beside it, as *.before-{SCHEMA}" if database.is_sqlite else ""
        text = f"The database was of version {before} and is of {SCHEMA} now{kept}."
    emit(options, answer, lambda: text)
    return DONE


def _backup(options: Options, office: Office, database: Database) -> int:
    if options.keep < 1:
        raise UsageError("--keep is 1 or more: the backup that is made stays")
    target = Path(options.file) if options.file else _by_time(office, database, "")
    if options.file and target.exists():
        raise UsageError(f"{target} is already there; name another file, for nothing is overwritten")
    backup(database, target)
    removed = [] if options.file else _thin_out(target.parent, options.keep)
    shown = str(target if options.file else target.relative_to(office.root.resolve()))
    answer = {"schema": 1, "file": shown, "bytes": target.stat().st_size, "removed": [one.name for one in removed]}
    more = f"; {show.count(len(removed), 'older one')} removed" if removed else ""
    emit(options, answer, lambda: f"The database is copied to {shown}{more}.")
    return DONE


def _restore(options: Options, office: Office, database: Database) -> int:
    source = Path(options.file)
    check_backup(database, source)  # nothing is kept of a database that stays as it is
    kept, damaged = _put_by(office, database)
    try:
        held = restore(database, source, office.now)
    except BaseException:
        if kept is not None and damaged:
            move(kept, Path(database.name))
        elif kept is not None:
            kept.unlink()
        raise
    shown = str(kept.relative_to(office.root.resolve())) if kept else None
    answer = {"schema": 1, "restored": str(source), "kept": shown, "held": held}
    text = [
        f"The database is as {source} has it." + (f" As it was it is kept in {shown}." if shown else ""),
        f"Held, because they may have gone out since that backup was made: {show.count(held, 'message')}. See telltale "
        "mail list." if held else "No message waited when it was made.",
        "Jobs of the service begin anew: nothing that was due until now is caught up.",
    ]  # fmt: skip
    emit(options, answer, lambda: "\n".join(text))
    return DONE


def _put_by(office: Office, database: Database) -> tuple[Path | None, bool]:
    """Copy the database before another takes its place, or move it away if it is damaged; where to, and which."""
    try:
        if version_of(database) is None:
            return None, False
        database.check()
    except StoreError as error:
        if error.busy or not database.is_sqlite:
            raise
        kept = _free(_by_time(office, database, "-damaged"))
        database.close()
        move(Path(database.name), kept)
        return kept, True
    kept = _free(_by_time(office, database, "-before-restore"))
    backup(database, kept)
    return kept, False


def _free(file: Path) -> Path:
    """A name that no file has yet: of several in one second each is kept."""
    numbered = (file.with_stem(f"{file.stem}-{number}") for number in count(2))
    return next(one for one in chain((file,), numbered) if not one.exists())


def _by_time(office: Office, database: Database, what: str) -> Path:
    name = f"telltale-{office.now.strftime('%Y%m%dT%H%M%S')}{what}{_ENDINGS[database.is_sqlite]}"
    return office.inside(FOLDER) / name


def _thin_out(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest of the backups that were named by the time; those removed."""
    pattern = f"telltale-{'[0-9]' * 8}T{'[0-9]' * 6}.*"
    old = sorted(one for one in folder.glob(pattern) if one.suffix in _ENDINGS.values())[:-keep]
    for one in old:
        one.unlink()
    return old
