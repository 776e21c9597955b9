"""Publishes, and is killed at one step of the transaction after another; says what was left each time.

Run as `python -m tests.store.dying FOLDER ADDRESS`: a program of its own, since only one without threads may be forked.
"""

import json
import os
import signal
import sys
from pathlib import Path

from sqlalchemy import event

from engine.alerts.cases import CaseChanges
from engine.store.database import Database
from engine.store.store import Store
from tests.store import databases
from tests.store.databases import address
from tests.store.samples import case, message, opened, publication, publish, queued

MOST_STEPS = 100


def publish_until_killed(folder: Path, step: int) -> None:
    """Publish a revised December and January; die just before a statement or the commit, counted from 1."""
    database = Database(address(folder), folder)
    store = Store(database)
    seen, going = store.seen("care"), store.unclaimed("care", ["2019-01"])
    done = 0

    def die_at_the_step(*_: object) -> None:
        nonlocal done
        done += 1
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", die_at_the_step)
    event.listen(database.engine, "commit", die_at_the_step)
    changes = CaseChanges((case(),), (), ())
    again = [queued(message(revision=2)), queued(message("adults", revision=2))]
    store.publish(
        [publication("2018-12", 2), publication("2019-01", 2, cases=changes, messages=again, withdraws=going)],
        {"care": seen},
    )
    store.close()


def left(folder: Path) -> list[object]:
    """What a store opened afterwards finds."""
    with opened(folder) as store:
        revisions = [run.revision for name in ("2018-12", "2019-01") if (run := store.latest_run("care", name))]
        states = sorted(one.state.value for one in store.outbox())
        return [
            revisions,
            states,
            len(store.open_cases("care")),
        ]


def main(folder: Path) -> None:
    """Print, for every step, whether the publisher was killed there and what was left."""
    with opened(folder) as store:
        publish(store, publication("2018-12", 1))
        publish(store, publication("2019-01", 1, messages=[queued(message())]))
    for step in range(1, MOST_STEPS):
        child = os.fork()
        if child == 0:
            publish_until_killed(folder, step)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        print(json.dumps([killed, left(folder)]))  # noqa: T201 - what the test reads
        if not killed:
            return


if __name__ == "__main__":
    databases.current = databases.Databases(known={Path(sys.argv[1]): sys.argv[2]})
    main(Path(sys.argv[1]))
