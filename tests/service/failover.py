"""How long a job of a killed replica waits for another one, with the program as it is delivered.

`python -m tests.service.failover TIMES [postgresql]` kills as many holders just after they have begun a job, and prints
the seconds until another replica begins it: for each try it was started a little later, so that its looks fall
differently.
"""

import json
import signal
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from engine.service.worker import TAKEN_UP_WITHIN
from tests.store.server import Server
from tests.test_acceptance import ROOT, Office

DUE = datetime.fromisoformat("2019-02-08T07:00")
LATER = 4.0  # seconds that the other one starts later with each try
DERIVE = '{do: run, portfolio: improving_lives, when: {every: month, on: 6th working day, at: "07:00"}}'


class Replica:
    """`telltale serve` with its defaults, on a port of its own."""

    def __init__(self, folder: Path, name: str, now: datetime) -> None:
        self._log = folder / f"{name}.log"
        command = [sys.executable, "-m", "engine", "-C", str(folder), "--now", now.isoformat(), "serve"]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--listen", "127.0.0.1:0"], cwd=ROOT, stderr=log, stdout=log, start_new_session=True
            )

    def wait_for(self, event: str) -> float:
        """The moment at which it has said so, on the monotonic clock."""
        until = time.monotonic() + 3 * TAKEN_UP_WITHIN.total_seconds()
        while time.monotonic() < until:
            lines = [json.loads(line) for line in self._log.read_text().splitlines() if line.startswith("{")]
            if any(line["event"] == event for line in lines):
                return time.monotonic()
            time.sleep(0.05)
        raise TimeoutError(f"{event}: never said\n{self._log.read_text()}")


def failover(folder: Path, wait: float, database: str = "") -> tuple[float, int, int]:
    """Seconds from the death of one replica until the other has the job; the revision, and how many messages."""
    office = Office(folder)
    if database:
        office.edit("config/settings.yaml", "sqlite:///var/telltale.db", database)
    (folder / "config/schedule.yaml").write_text(f"derive: {DERIVE}\n")
    office.telltale("serve", "--once", "--now", (DUE - timedelta(days=1)).isoformat())  # it sees the job
    begun = time.monotonic()
    started: list[Replica] = []
    try:
        holder = Replica(folder, "holder", DUE)
        started.append(holder)
        holder.wait_for("job begins")
        holder.process.send_signal(signal.SIGKILL)
        died = time.monotonic()
        time.sleep(wait)
        other = Replica(folder, "other", DUE + timedelta(seconds=time.monotonic() - begun))
        started.append(other)
        taken = other.wait_for("job begins") - died
        other.wait_for("job done")
    finally:
        for one in started:
            one.process.kill()
            one.process.wait()
    run = office.json("status", "improving_lives", "--period", "2019-01")
    return taken, run["revision"], len(office.json("mail", "list")["messages"])


def figures(times: int, server: Server | None) -> None:
    """Prints what as many tries come to."""
    for number in range(times):
        with tempfile.TemporaryDirectory() as place:
            taken, revision, messages = failover(Path(place), number * LATER, server.new_database() if server else "")
        print(f"taken up after {taken:.1f} s; revision {revision}, {messages} messages", flush=True)  # noqa: T201 - the figures


if __name__ == "__main__":
    if sys.argv[2:] == ["postgresql"]:
        with tempfile.TemporaryDirectory(prefix="telltale-") as folder:
            Path(folder).chmod(0o755)
            running = Server(Path(folder))
            figures(int(sys.argv[1]), running)
            running.stop()
    else:
        figures(int(sys.argv[1]), None)
