"""A job's child process: it may crash, hang or be killed, and the service lives."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

LOOK_EVERY = 0.2  # seconds between two looks at the child
LONGEST_ANSWER = 4_000_000  # bytes of what it prints that are read


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended."""

    code: int  # its exit code; negative for the signal that ended it
    out: str = ""
    said: str = ""  # its last line on standard error
    killed: str = ""  # why we ended it


def run_child(arguments: Sequence[str], root: Path, *, limit: float, must_end: Callable[[], str]) -> Ended:
    """Run `telltale` with those arguments in a workspace, and wait for its end.

    `limit` is how many seconds it may take. `must_end` is asked again and again: why it has to end now, or "".
    """
    command = [sys.executable, "-m", "engine.service.attached", "-C", str(root), *arguments, "--format", "json"]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,  # which closes when we die: see `attached.py`
            stdout=out,
            stderr=err,
            start_new_session=True,  # what is sent to our group (Ctrl-C) is ours to pass on
        )
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        with process.stdin:
            killed = _wait(process, limit, must_end)
        for file in (out, err):
            file.seek(0)
        answer = out.read(LONGEST_ANSWER).decode(errors="replace")
        said = err.read(LONGEST_ANSWER).decode(errors="replace").strip().splitlines()
    return Ended(process.returncode, answer, said[-1] if said else "", killed)


def _wait(process: "subprocess.Popen[bytes]", limit: float, must_end: Callable[[], str]) -> str:
    """Wait for the end; why it was brought about, if it was."""
    until = time.monotonic() + limit
    try:
        while True:
            try:
                process.wait(LOOK_EVERY)
            except subprocess.TimeoutExpired:
                why = must_end()
                if time.monotonic() > until:
                    why = f"it took longer than the {limit:g} s that `job_time_limit` allows"
                if why:
                    return why
            else:
                return ""
    finally:
        if process.poll() is None:
            _kill(process)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End the child and whatever it started. What it had not committed is undone by the database."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
