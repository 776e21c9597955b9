"""Several senders on one outbox: two at once, and one that is stopped while another goes on; and a full disk."""

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from engine.store.errors import StoreError
from engine.store.store import Store
from notifiers.outbox import DATA_LEASE, LEASE
from notifiers.reconcile import reconcile
from tests.sending.faultserver import Box, Fault, Mail, serving
from tests.sending.made import notifier, outbox, send, states
from tests.sending.test_kills import Copies
from tests.store.samples import NOW

ROOT = Path(__file__).parents[2]


def sender(folder: Path, port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.sending.sender", str(folder), str(port)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_two_senders_at_once_send_each_message_once(tmp_path: Path) -> None:
    names = [f"lead_{number}" for number in range(30)]
    box = Box()
    with outbox(tmp_path, *names) as store, serving(box) as port:
        both = [sender(tmp_path, port) for _ in range(2)]
        counts = [int(one.communicate(timeout=120)[0].split()[0]) for one in both]
        assert sum(counts) == len(names)
        assert set(states(store).values()) == {"sent"}
    assert sorted(one.recipients[0] for one in box.mails) == sorted(f"{name}@council.example" for name in names)


@dataclass
class Stopping(Box):
    """Stops the sender (as a suspended machine does) when it comes to a step, and answers as usual."""

    at: str = "rcpt"
    child: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def fault(self, step: str) -> Fault | None:
        if step == self.at and not self.stopped.is_set():
            self.stop()
        return None

    def took(self, mail: Mail) -> None:
        super().took(mail)
        if self.at == "taken" and not self.stopped.is_set():
            self.stop()

    def stop(self) -> None:
        os.kill(self.child, signal.SIGSTOP)
        self.stopped.set()


@contextmanager
def stopped_sender(folder: Path, box: Stopping, port: int) -> Iterator[subprocess.Popen[str]]:
    """A sender that was stopped where the box says; it may go on in the end, and is waited for."""
    child = sender(folder, port)
    box.child = child.pid
    assert box.stopped.wait(60)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def let_go_on(child: subprocess.Popen[str]) -> str:
    child.send_signal(signal.SIGCONT)
    return child.communicate(timeout=60)[0].strip()


def test_a_sender_stopped_past_its_lease_says_nothing_when_it_comes_back(tmp_path: Path) -> None:
    box = Stopping(at="rcpt")
    with outbox(tmp_path, "lead") as store, serving(box) as port, stopped_sender(tmp_path, box, port) as child:
        assert len(send(store, notifier(port), NOW + LEASE).sent) == 1
        assert let_go_on(child) == "0 0 0"
        assert states(store) == {"lead": "sent"}
    assert len(box.mails) == 1


def test_a_sender_stopped_while_handing_over_settles_it_itself_when_it_comes_back(tmp_path: Path) -> None:
    box = Stopping(at="taken")
    with outbox(tmp_path, "lead") as store, serving(box) as port, stopped_sender(tmp_path, box, port) as child:
        assert len(send(store, notifier(port), NOW + DATA_LEASE).uncertain) == 1
        assert states(store) == {"lead": "uncertain"}
        assert let_go_on(child) == "1 0 0"
        assert states(store) == {"lead": "sent"}
    assert len(box.mails) == 1


def test_what_a_sender_stopped_while_handing_over_left_is_settled_by_the_archive(tmp_path: Path) -> None:
    box = Stopping(at="taken")
    with outbox(tmp_path, "lead") as store, serving(box) as port, stopped_sender(tmp_path, box, port) as child:
        send(store, notifier(port), NOW + DATA_LEASE)
        assert len(reconcile(store, Copies(box), NOW + DATA_LEASE)) == 1
        assert let_go_on(child) == "0 0 0"
        assert states(store) == {"lead": "sent"}
    assert len(box.mails) == 1


# ---- a full disk


@dataclass
class Filling(Box):
    """Fills the disk at a step: no file of this process may grow from then on."""

    at: str = "rcpt"
    store: Path = Path()

    def fault(self, step: str) -> Fault | None:
        if step == self.at:
            largest = max(path.stat().st_size for path in self.store.rglob("*.db*"))
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        return None


def with_a_full_disk(store: Store, box: Filling) -> None:
    """Send with a disk that fills, and make room again."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with serving(box) as port:
        try:
            with pytest.raises(StoreError):
                send(store, notifier(port))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_where_the_disk_is_full_before_the_message_nothing_goes_out_and_nothing_is_lost(tmp_path: Path) -> None:
    box = Filling(at="rcpt", store=tmp_path)
    with outbox(tmp_path, "lead") as store:
        with_a_full_disk(store, box)
        assert box.mails == []
        assert states(store) == {"lead": "claimed"}
        with serving(Box(mails=box.mails)) as port:
            assert len(send(store, notifier(port), NOW + timedelta(hours=1)).sent) == 1
    assert len(box.mails) == 1


def test_where_the_disk_is_full_after_the_answer_the_message_is_uncertain_and_not_sent_again(tmp_path: Path) -> None:
    box = Filling(at="message", store=tmp_path)
    with outbox(tmp_path, "lead") as store:
        with_a_full_disk(store, box)
        with serving(Box(mails=box.mails)) as port:
            assert len(send(store, notifier(port), NOW + timedelta(hours=1)).uncertain) == 1
            assert len(reconcile(store, Copies(box), NOW)) == 1
            assert states(store) == {"lead": "sent"}
    assert len(box.mails) == 1
