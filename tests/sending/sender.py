"""A sender of its own: `python -m tests.sending.sender FOLDER PORT` sends all that waits, and says how many it sent."""

import sys
from pathlib import Path

from engine.store.store import open_store
from tests.sending.made import notifier, send
from tests.store.databases import address


def main(folder: Path, port: int) -> None:
    with open_store(address(folder), folder) as store:
        report = send(store, notifier(port, step=30, last_reply=30))
    print(len(report.sent), len(report.failed), len(report.uncertain))  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
