"""What can happen to a database, and the one sentence that each gives."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from engine.store.database import Database
from engine.store.errors import StoreError
from engine.store.store import Store, open_store
from tests.store.databases import address
from tests.store.samples import NOW, message, month, opened, publication, publish, queued, return_

ROOT = Path(__file__).parents[2]
SQLITE = "sqlite:///var/telltale.db"
FILE = Path("var/telltale.db")


def refusal(folder: Path, url: str = SQLITE) -> StoreError:
    """What opening the store says."""
    with pytest.raises(StoreError) as caught:
        open_store(url, folder, wait=0.1)
    assert str(caught.value) == caught.value.sentence
    return caught.value


def with_pages(folder: Path) -> bytearray:
    """The bytes of a store that has some content."""
    with opened(folder) as store:
        for number in range(20):
            publish(store, publication(revision=number + 1, inputs=f"{number}" * 3000))
    return bytearray((folder / FILE).read_bytes())


@pytest.mark.usefixtures("each_database")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="killed as POSIX kills")
def test_a_run_killed_at_any_step_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.store.dying", str(tmp_path), address(tmp_path)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    *killed, last = [json.loads(line) for line in said.stdout.splitlines()]
    before = [[1, 1], ["pending"], 0]
    after = [[2, 2], ["pending", "pending", "withdrawn"], 1]
    assert killed == [[True, before]] * len(killed)
    assert len(killed) > 15, "fewer steps than the transaction has"
    assert last == [False, after]


# ---- SQLite as reliability asks for it


def test_every_commit_is_on_the_disk_and_foreign_keys_are_kept(tmp_path: Path) -> None:
    opened(tmp_path).close()
    database = Database(SQLITE, tmp_path, wait=30)
    with database.reading() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    database.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_the_databases_folder_is_made(tmp_path: Path) -> None:
    open_store("sqlite:///a/b/c.db", tmp_path).close()
    assert (tmp_path / "a/b/c.db").is_file()


def test_an_absolute_path_stays_as_it_is(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path / 'there.db'}", tmp_path / "here").close()
    assert (tmp_path / "there.db").is_file()


def test_a_reader_sees_one_state_while_another_writes(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        database = Database(SQLITE, tmp_path)
        with database.reading() as connection:
            before = connection.exec_driver_sql("SELECT count(*) FROM runs").scalar()
            publish(store, publication())
            after = connection.exec_driver_sql("SELECT count(*) FROM runs").scalar()
        database.close()
        assert (before, after, store.seen("care").runs) == (0, 0, 1)


# ---- faults


def test_a_locked_database_is_busy(tmp_path: Path) -> None:
    opened(tmp_path).close()
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with (
        opened(tmp_path) as store,
        pytest.raises(StoreError, match="is locked by another program; try again") as caught,
    ):
        publish(store, publication())
    assert caught.value.busy
    other.close()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / FILE).write_bytes(b"A shopping list: bread, milk." * 100)
    error = refusal(tmp_path)
    assert error.sentence == (
        f"The database {tmp_path / FILE} is damaged, or is not a database; move it away and restore the last backup"
    )
    assert not error.busy
    assert (tmp_path / FILE).read_bytes().startswith(b"A shopping list")


def test_a_damaged_database_is_found_when_it_is_opened(tmp_path: Path) -> None:
    content = with_pages(tmp_path)
    for page in range(len(content) // 4096 // 2, len(content) // 4096):
        content[page * 4096 : page * 4096 + 64] = b"\x5a" * 64
    (tmp_path / FILE).write_bytes(content)
    assert "is damaged" in refusal(tmp_path).sentence


def test_a_truncated_database_is_found_when_it_is_opened(tmp_path: Path) -> None:
    content = with_pages(tmp_path)
    (tmp_path / FILE).write_bytes(content[: len(content) // 2])
    assert "is damaged" in refusal(tmp_path).sentence


def test_a_full_disk_keeps_nothing_of_what_did_not_fit(tmp_path: Path) -> None:
    opened(tmp_path).close()
    database = Database(SQLITE, tmp_path)

    @event.listens_for(database.engine, "connect")
    def leave_little_room(connection: sqlite3.Connection, _record: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    with Store(database) as store:
        with pytest.raises(StoreError, match=r"There is no room left for .* nothing was kept; free some room"):
            publish(store, publication(messages=[queued(message())], inputs="x" * 100_000))
        assert store.seen("care").runs == 0
        assert store.outbox() == []
    with opened(tmp_path) as store:
        publish(store, publication(inputs="x" * 100_000))


# A program of its own, since it gives up the superuser's rights, who may write everything.
READ_ONLY = f"""
import os, sys
from pathlib import Path
from engine.store.errors import StoreError
from tests.store.samples import opened, publication, publish
folder, rights = Path(sys.argv[1]), int(sys.argv[2], 8)
with opened(folder) as store:
    publish(store, publication())
folder.chmod(0o755)
(folder / {str(FILE)!r}).chmod(0o444)
(folder / "var").chmod(rights)
if os.geteuid() == 0:
    os.seteuid(65534)
try:
    with opened(folder) as store:
        publish(store, publication(revision=2))
except StoreError as error:
    print(error.busy, error)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights as POSIX has them")
@pytest.mark.parametrize("rights_on_the_folder", ["777", "555"])
def test_a_database_that_may_not_be_written_says_so(rights_on_the_folder: str) -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to other users
        command = [sys.executable, "-c", READ_ONLY, folder, rights_on_the_folder]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        (Path(folder) / "var").chmod(0o755)
    assert said.startswith("False The database ")
    assert "is read-only; give this user the right to write it and its folder" in said


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    assert refusal(tmp_path).sentence.startswith("The folder of ")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("telltale.db", "is not a database's address; write it as sqlite:///var/telltale.db"),
        ("oracle8://host/db", "can't be used"),
        ("postgresql+asyncfoo://host/db", "can't be used"),
    ],
)
def test_an_address_that_cannot_be_used_says_what_to_write(tmp_path: Path, url: str, words: str) -> None:
    assert words in refusal(tmp_path, url).sentence


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    assert "hunter2" not in refusal(tmp_path, "postgresql+nosuch://me:hunter2@host/db").sentence


# ---- our own faults stay loud


def test_a_moment_without_a_zone_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as store, pytest.raises(Exception, match="has no time zone"):
        store.keep_return(return_(), NOW.replace(tzinfo=None), month("2019-01").end)


def test_sql_that_is_wrong_is_not_made_a_sentence(tmp_path: Path) -> None:
    database = Database(SQLITE, tmp_path)
    with pytest.raises(OperationalError), database.reading() as connection:
        connection.exec_driver_sql("SELECT nothing FROM nowhere")
    database.close()


def test_the_same_message_twice_in_one_run_is_our_own_fault_and_not_busy(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        one = publication(messages=[queued(message()), queued(message())])
        with pytest.raises(Exception, match="UNIQUE constraint failed: outbox"):
            publish(store, one)
        assert store.seen("care").runs == 0
