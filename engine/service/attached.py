"""The program as a job's child: it ends with the service that started it, whatever became of that.

Its standard input is a pipe that the service holds open and never writes to. When the service dies, even by SIGKILL,
the pipe closes. What the child had not committed is undone by the database.
"""

import os
import signal
import sys
from threading import Thread

from engine.cli import main


def _end_with_the_service() -> None:
    while os.read(0, 1):
        pass
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)  # whatever it started, too: the service gave it a group of its own
    os._exit(1)


if __name__ == "__main__":
    Thread(target=_end_with_the_service, daemon=True).start()
    sys.exit(main())
