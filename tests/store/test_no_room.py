"""A PostgreSQL server whose disk is full for real: a file system of its own in memory, which root alone may make."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.store.errors import StoreError
from engine.store.store import open_store
from tests.store.samples import message, publication, publish, queued
from tests.store.server import NoServerError, Server

HERE = Path()


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder of 160 MB, of which a server and its programs take the most."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root may mount a file system, on Linux")
    folder = Path(tempfile.mkdtemp(prefix="telltale-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m,mode=755", "tmpfs", folder], check=False)
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
