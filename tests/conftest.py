"""What all tests share."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.store import databases
from tests.store.server import NoServerError, Server

# Two shared cores make single examples slow now and then: a deadline would only fail by chance.
settings.register_profile("desk", deadline=None)
# In CI a failure has to be one that anybody can repeat: the same examples every time.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A real PostgreSQL server, one for all tests of a process; where none can be started, the test is skipped."""
    folder = Path(tempfile.mkdtemp(prefix="telltale-"))  # pytest's own folders are closed to other users
    folder.chmod(0o755)
    try:
        running = Server(folder)
    except NoServerError as error:
        pytest.skip(f"no PostgreSQL server can be started here: {error}")
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test is run twice: `opened(folder)` and `address(folder)` mean SQLite first, then PostgreSQL."""
    server = request.getfixturevalue("server") if request.param == "postgresql" else None
    monkeypatch.setattr(databases, "current", databases.Databases(server))
