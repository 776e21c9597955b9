"""The service's log: one JSON object a line, on standard error, for whatever collects it."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from typing import TextIO

from engine.service.worker import Said


def log_to(clock: Callable[[], datetime], me: str, stream: TextIO | None = None) -> Said:
    """A log whose lines have `time`, `level`, `event` and `replica`, and the fields of the event."""

    def say(event: str, *, level: str = "info", **fields: object) -> None:
        line = {"time": clock().isoformat(timespec="milliseconds"), "level": level, "event": event, "replica": me}
        print(json.dumps({**line, **fields}, ensure_ascii=False), file=stream or sys.stderr, flush=True)

    return say
