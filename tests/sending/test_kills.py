"""A sender killed at each step of a sending: what arrived, what is held, what goes on. Nothing is lost, nothing twice.

TELLTALE_KILLS says how often each step is tried; `make kills` tries each 20 times.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from engine.model.alerts import Act, OutboxState
from engine.store.store import Store
from notifiers.outbox import DATA_LEASE, deliver_pending
from notifiers.reconcile import reconcile
from tests.sending.faultserver import Box, serving
from tests.sending.killed import STEPS, notifier
from tests.store.samples import NOW, opened

ROOT = Path(__file__).parents[2]
TRIES = int(os.environ.get("TELLTALE_KILLS", "1"))
ADDRESS, ARCHIVE = "lead@council.example", "copies@council.example"
LATER = NOW + DATA_LEASE


def kill_at_every_step(folder: Path, port: int, address: str = ADDRESS, archive: str = ARCHIVE) -> None:
    """Leaves the outbox in the folder as senders left it that were killed."""
    command = [sys.executable, "-m", "tests.sending.killed", str(folder), str(port), str(TRIES), address, archive]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


class Copies:
    """What the server took, as an archive."""

    def __init__(self, box: Box) -> None:
        self.box = box

    def holding(self, message_ids: Collection[str]) -> frozenset[str]:
        return frozenset(message_ids) & self.counted().keys()

    def counted(self) -> Counter[str]:
        """How many copies of each message arrived, by Message-ID."""
        heads = (one.body.partition(b"\r\n\r\n")[0].decode() for one in self.box.mails)
        return Counter(head.partition("Message-ID: ")[2].partition("\r\n")[0] for head in heads)


def go_on(store: Store, port: int, address: str = ADDRESS, archive: str = ARCHIVE) -> None:
    """Another program sends what may be sent, once all leases are over."""
    deliver_pending(store, notifier(port, archive), [address.rpartition("@")[2]], lambda: LATER)


def steps_in(store: Store, state: str) -> Counter[str]:
    """How many messages of each step are in a state."""
    names = list(STEPS)
    rows = store.outbox(states=[OutboxState(state)])
    return Counter(names[int(one.rendered.recipient.split("_")[1])] for one in rows)


def test_a_sender_killed_at_any_step_loses_nothing_and_sends_nothing_twice(tmp_path: Path) -> None:
    box = Box()
    copies = Copies(box)
    with serving(box) as port:
        kill_at_every_step(tmp_path, port)
        arrived_by_the_killed = len(box.mails)
        with opened(tmp_path) as store:
            go_on(store, port)
            unsure = steps_in(store, "uncertain")
            settled = reconcile(store, copies, LATER)
            held = steps_in(store, "uncertain")

            states = {one.rendered.message_id: one.state.value for one in store.outbox()}
            assert set(states.values()) == {"sent", "uncertain"}
            assert len(states) == len(STEPS) * TRIES
            for message_id, state in states.items():
                assert copies.counted()[message_id] == (1 if state == "sent" else 0)

            # Before data_started it went on by itself; after the last dot the archive says that it arrived.
            names = list(STEPS)
            between = names[names.index("after data_started is kept") : names.index("after the last dot")]
            assert held == Counter(dict.fromkeys(between, TRIES))
            whole = names[names.index("after data_started is kept") : names.index("after the answer is kept")]
            assert set(unsure) == set(whole)

            # And a person who has looked says of the rest that it did not.
            act = Act(what="said not to be sent", by="PMO", at=LATER, why="not in the server's log")
            for one in store.outbox(states=[OutboxState.UNCERTAIN]):
                assert store.resolve(one.id, act, sent=False)
            go_on(store, port)
            assert set(copies.counted().values()) == {1}
            assert len(copies.counted()) == len(STEPS) * TRIES
    print(  # noqa: T201 - the figures of docs/reliability.md
        f"{len(STEPS)} steps, {len(states)} kills: {arrived_by_the_killed} arrived from the killed, "
        f"{len(settled)} settled by the archive, {held.total()} held for a person; 0 lost, 0 twice"
    )
