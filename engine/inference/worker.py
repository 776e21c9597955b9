"""One child process: started, spoken to within a time limit, and ended for good."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from math import ceil
from pathlib import Path
from typing import Any

from engine.inference.child import LENGTH, POSITION

# Python's own safe path: a workspace that holds a file named json.py must not be imported from.
COMMAND = (sys.executable, "-P", "-X", "faulthandler", "-m", "engine.inference.child")
_ROOT = Path(__file__).parents[2]


class GoneError(Exception):
    """The child answers no more; the message says why, as the end of a sentence."""


class Worker:
    """A running child, to be waited for that many seconds at a time. Whoever makes one must `end` it.

    Where this process dies first, the child ends by itself: as soon as it waits for more, or when its time is over.
    """

    def __init__(self, seconds: float, command: Sequence[str] = COMMAND) -> None:
        self._seconds = seconds
        path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
        with ExitStack() as held:
            self._stderr = held.enter_context(tempfile.TemporaryFile())
            self._position = held.enter_context(tempfile.TemporaryFile()).fileno()
            ours, theirs = socket.socketpair()
            self._socket = held.enter_context(ours)
            with theirs:
                self._process = subprocess.Popen(
                    (*command, str(self._position), str(ceil(seconds) + 1)),
                    stdin=theirs.fileno(),
                    stdout=theirs.fileno(),
                    stderr=self._stderr,
                    pass_fds=(self._position,),
                    env={**os.environ, "PYTHONPATH": path},
                    start_new_session=True,  # a Ctrl-C in the terminal is ours to handle, not the child's
                )
            self._held = held.pop_all()

    @property
    def pid(self) -> int:
        pid: int = self._process.pid
        return pid

    def send(self, content: Any) -> None:
        """Send one frame. Raises GoneError where the child doesn't take it in time."""
        os.ftruncate(self._position, 0)
        body = json.dumps(content, separators=(",", ":")).encode()
        self._socket.settimeout(self._seconds)
        try:
            self._socket.sendall(LENGTH.pack(len(body)) + body)
        except TimeoutError:
            raise self._silent() from None
        except OSError:
            raise self._ended() from None

    def receive(self) -> Any:
        """The next frame. Raises GoneError where none comes in time, or the child has ended."""
        until = time.monotonic() + self._seconds
        try:
            (length,) = LENGTH.unpack(self._read(LENGTH.size, until))
            return json.loads(self._read(length, until))
        except TimeoutError:
            raise self._silent() from None
        except (EOFError, OSError):
            raise self._ended() from None

    def reached(self) -> tuple[int, int | None] | None:
        """The chunk and fact it was at when last heard of; no fact before a chunk's first, None before any chunk."""
        content = os.pread(self._position, POSITION.size, 0)
        if len(content) < POSITION.size:
            return None
        chunk, fact = POSITION.unpack(content)
        return chunk, fact if fact >= 0 else None

    def said(self) -> str:
        """All that it wrote on its standard error."""
        self._stderr.seek(0)
        return self._stderr.read().decode(errors="replace").strip()

    def end(self) -> None:
        """Kill it, whatever it does, and leave nothing behind: it keeps nothing that would need an orderly end."""
        self._process.kill()
        self._process.wait()
        self._held.close()

    def _read(self, length: int, until: float) -> bytes:
        parts: list[bytes] = []
        while length:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._socket.settimeout(left)
            part = self._socket.recv(min(length, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def _silent(self) -> GoneError:
        return GoneError(f"the judging process gave no answer within {self._seconds:g} seconds")

    def _ended(self) -> GoneError:
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return GoneError("the judging process closed its side")
        if code < 0:
            return GoneError(f"the judging process was ended by {signal.Signals(-code).name}")
        last = self.said().rpartition("\n")[2]
        return GoneError(f"the judging process ended with {last or f'exit code {code}'}")
