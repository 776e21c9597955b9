"""A disk that is full for real: a file system of its own in memory, which root alone may make."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.store import backups
from engine.store.database import Database
from engine.store.errors import StoreError
from engine.store.store import open_store
from tests.store.samples import NOW, message, publication, publish, queued
from tests.store.server import NoServerError, Server

HERE = Path()


@pytest.fixture
def disk(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder of so many MB, 160 where nothing is said: of those a server and its programs take the most."""
    size = getattr(request, "param", 160)
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root may mount a file system, on Linux")
    folder = Path(tempfile.mkdtemp(prefix="telltale-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=755", "tmpfs", folder], check=False)
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("no file system may be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)
    folder.rmdir()


def test_a_full_disk_keeps_nothing_of_what_was_written_and_all_of_what_was_there(disk: Path) -> None:
    try:
        server = Server(disk)
    except NoServerError as error:
        pytest.skip(f"no PostgreSQL server can be started here: {error}")
    url, filler = server.new_database(), disk / "filler"
    with open_store(url, HERE) as store:
        publish(store, publication(messages=[queued(message())]))
    with filler.open("wb") as file:
        file.write(bytes(shutil.disk_usage(disk).free - 100_000))
    large = message("adults").model_copy(update={"body": os.urandom(30_000_000)})
    with pytest.raises(StoreError) as caught, open_store(url, HERE) as store:
        publish(store, publication(period="2019-02", messages=[queued(large)]))
    said = caught.value.sentence
    assert said.startswith("There is no room left for ") or "was lost" in said or "lets nobody in now" in said
    filler.unlink()
    server.start_again()
    with open_store(url, HERE) as store:
        assert (store.published_periods("care"), len(store.outbox())) == (["2019-01"], 1)
        publish(store, publication(revision=2))
    server.stop()


@pytest.mark.parametrize("disk", [1], indirect=True)
def test_a_backup_that_the_disk_has_no_room_for_is_not_put_back(disk: Path, tmp_path: Path) -> None:
    with open_store("sqlite:///large.db", tmp_path), open_store("sqlite:///telltale.db", disk) as store:
        publish(store, publication())
    large, small = Database("sqlite:///large.db", tmp_path), Database("sqlite:///telltale.db", disk)
    with large.writing() as connection:
        connection.execute(text("INSERT INTO inputs VALUES ('large', :body)"), {"body": "x" * 450_000})
    backups.backup(large, tmp_path / "copy")
    with pytest.raises(StoreError, match=r"There is no room left for .*telltale\.db; nothing was kept") as caught:
        backups.restore(small, tmp_path / "copy", NOW)
    assert not caught.value.busy
    large.close()
    small.close()
    with open_store("sqlite:///telltale.db", disk) as store:
        assert (store.published_periods("care"), store.outbox()) == (["2019-01"], [])
