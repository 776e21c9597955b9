"""An office with audiences on calendars of their own, and tellings of it that are killed on the way.

Run as `python -m tests.telling FOLDER ADDRESS`, it tells each audience, and is killed just before one write after
another; it says what was left each time. A program of its own, since only one without threads may be forked.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from engine import app
from engine.office import Office
from engine.store.store import open_store
from tests.test_runs_over_months import Months

MOST_STEPS = 100
DAY = "2019-02-22"  # the last Friday of February
AUDIENCES = """\
board: {who: [lead], about: {level: projects}, when: {every: month, on: last Friday, at: "09:00"}, release: by hand}
desk: {who: [lead, north_lead], tell: problems, when: {every: month, on: last Friday, at: "09:00"}}
"""


def published(root: Path, address: str) -> Months:
    """January is published: there is a status for the board, and a cell that can't be read for the desk."""
    months = Months(root)
    months.write("config/audiences.yaml", AUDIENCES)
    months.write("config/settings.yaml", f"database: {address}\nmail: {{allowed_domains: [council.example]}}\n")
    months.month("2019-01", "80", "many")
    return months


def on_the_day(months: Months) -> Office:
    return app.open_office(months.root, f"{DAY}T12:00")


def tell_until_killed(office: Office, audience: str, step: int) -> None:
    """Tell, and die just before a statement that writes, or the commit of one, counted from 1."""
    done, written = 0, False

    def die_at_the_step() -> None:
        nonlocal done
        done += 1
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def executing(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal written
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            written = True
            die_at_the_step()

    def committing(_connection: Any) -> None:
        nonlocal written
        if written:
            written = False
            die_at_the_step()

    event.listen(Engine, "before_cursor_execute", executing)
    event.listen(Engine, "commit", committing)
    app.tell(office, audience, "office", DAY)


def left(office: Office, audience: str) -> list[object]:
    """Whether the occurrence is told, and how many messages there are, whatever became of them."""
    with open_store(office.database, office.root) as store:
        told = store.telling(audience, "office", DAY) is not None
        return [told, len([one for one in store.outbox() if one.rendered.audience == audience])]


def main(root: Path, address: str) -> None:
    """Print, for every audience and step, whether the teller was killed there and what was left."""
    office = on_the_day(published(root, address))
    for audience in office.workspace.audiences:
        killed, step = True, 0
        while killed and step < MOST_STEPS:
            step += 1
            child = os.fork()
            if child == 0:
                tell_until_killed(office, audience, step)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            killed = os.WIFSIGNALED(status)
            print(json.dumps([audience, killed, left(office, audience)]))  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
