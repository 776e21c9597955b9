"""Delivering what waits in the outbox."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.model.alerts import OutboxMessage, OutboxState
from notifiers.folder import write_eml
from notifiers.outbox import LEASE, DeliveryError, deliver_pending, wait_after
from tests.notifiers.reading import rendered
from tests.notifiers.samples import NOW, telling
from tests.store.samples import message as small_message
from tests.store.samples import opened, publication, publish, queued


class Outbox:
    """An outbox in memory, with the store's own rules of claims."""

    def __init__(self, *recipients: str) -> None:
        self.messages = [
            OutboxMessage(
                id=name, state=OutboxState.PENDING, rendered=rendered(telling(recipient=name)), run="r", queued=NOW
            )
            for name in recipients
        ]
        self.leases: dict[str, datetime] = {}
        self.again: dict[str, datetime] = {}

    def claim(self, now: datetime, lease: timedelta) -> OutboxMessage | None:
        for at, message in enumerate(self.messages):
            ready = (
                message.state is OutboxState.PENDING
                or (message.state is OutboxState.RETRY and self.again[message.id] <= now)
                or (message.state is OutboxState.CLAIMED and self.leases[message.id] <= now)
            )
            if ready:
                more = {"state": OutboxState.CLAIMED, "token": message.token + 1, "attempts": message.attempts + 1}
                self.messages[at] = message.model_copy(update=more)
                self.leases[message.id] = now + lease
                return self.messages[at]
        return None

    def take_up_again(self) -> None:
        waiting = (OutboxState.CLAIMED, OutboxState.RETRY)
        self.messages = [
            one.model_copy(update={"state": OutboxState.PENDING, "token": one.token + 1})
            if one.state in waiting
            else one
            for one in self.messages
        ]

    def delivered(self, message: str, token: int, now: datetime, detail: str = "") -> bool:
        return self._settle(message, token, {"state": OutboxState.SENT, "sent": now, "detail": detail})

    def not_delivered(self, message: str, token: int, detail: str, again_at: datetime | None) -> bool:
        if again_at is not None:
            self.again[message] = again_at
        state = OutboxState.RETRY if again_at else OutboxState.DEAD
        return self._settle(message, token, {"state": state, "detail": detail})

    def states(self) -> dict[str, str]:
        return {message.id: str(message.state) for message in self.messages}

    def _settle(self, name: str, token: int, values: dict[str, object]) -> bool:
        for at, message in enumerate(self.messages):
            if message.id == name and message.token == token and message.state is OutboxState.CLAIMED:
                self.messages[at] = message.model_copy(update=values)
                return True
        return False


def failing(name: str, error: Exception) -> Callable[[OutboxMessage], str]:
    def deliver(message: OutboxMessage) -> str:
        if message.id == name:
            raise error
        return f"{message.id}.eml"

    return deliver


def test_everything_that_waits_goes_once_in_order() -> None:
    box = Outbox("a", "b", "c")
    seen: list[str] = []

    def deliver(message: OutboxMessage) -> str:
        seen.append(message.id)
        return f"{message.id}.eml"

    report = deliver_pending(box, deliver, NOW)
    assert report.sent == ("a", "b", "c") == tuple(seen)
    assert report.failed == ()
    assert [(m.state, m.sent, m.detail) for m in box.messages] == [
        ("sent", NOW, f"{name}.eml") for name in ("a", "b", "c")
    ]
    assert deliver_pending(box, deliver, NOW).sent == ()


def test_one_that_fails_waits_and_stops_no_other() -> None:
    box = Outbox("a", "b", "c")
    report = deliver_pending(box, failing("b", DeliveryError("The disk is full.")), NOW)
    assert report.sent == ("a", "c")
    (failure,) = report.failed
    assert (failure.message, failure.sentence) == ("b", "The disk is full.")
    assert failure.again_at == NOW + timedelta(minutes=1)
    assert box.states() == {"a": "sent", "b": "retry", "c": "sent"}
    assert box.messages[1].detail == "The disk is full."


def test_one_that_waited_goes_with_the_same_bytes() -> None:
    box = Outbox("a")
    before = box.messages[0].rendered.body
    deliver_pending(box, failing("a", DeliveryError("no")), NOW)
    assert deliver_pending(box, failing("", ValueError()), NOW + timedelta(seconds=59)).sent == ()
    got: list[bytes] = []

    def deliver(message: OutboxMessage) -> str:
        got.append(message.rendered.body)
        return ""

    assert deliver_pending(box, deliver, NOW + timedelta(minutes=1)).sent == ("a",)
    assert got == [before]


def test_one_that_can_never_go_is_dead() -> None:
    box = Outbox("a")
    report = deliver_pending(box, failing("a", DeliveryError("No such address.", for_good=True)), NOW)
    assert report.failed[0].again_at is None
    assert box.states() == {"a": "dead"}


def test_a_fault_of_ours_is_not_swallowed_and_loses_nothing() -> None:
    box = Outbox("a", "b")
    with pytest.raises(ZeroDivisionError):
        deliver_pending(box, failing("a", ZeroDivisionError()), NOW)
    assert box.states() == {"a": "claimed", "b": "pending"}
    assert deliver_pending(box, failing("", ValueError()), NOW + LEASE).sent == ("a", "b")


@pytest.mark.parametrize("error", [None, DeliveryError("late")])
def test_who_lost_the_claim_meanwhile_reports_nothing(error: DeliveryError | None) -> None:
    box = Outbox("a")

    def deliver(message: OutboxMessage) -> str:
        other = box.claim(NOW + LEASE, LEASE)  # a second program, while this one was paused
        assert other is not None
        box.delivered("a", other.token, NOW + LEASE, "theirs")
        if error:
            raise error
        return "ours"

    report = deliver_pending(box, deliver, NOW)
    assert (report.sent, report.failed) == ((), ())
    assert (box.states(), box.messages[0].detail) == ({"a": "sent"}, "theirs")


def test_the_wait_doubles_up_to_six_hours() -> None:
    minutes = [wait_after(attempts) / timedelta(minutes=1) for attempts in (1, 2, 3, 9, 10, 1000)]
    assert minutes == [1, 2, 4, 256, 360, 360]


def test_the_real_store_is_delivered_from(tmp_path: Path) -> None:
    messages = [queued(small_message("adults")), queued(small_message("carers"), OutboxState.HELD)]
    with opened(tmp_path) as store:
        publish(store, publication(messages=messages))
        report = deliver_pending(store, lambda one: write_eml(tmp_path / "outbox", one).name, NOW)
        (sent,) = store.outbox(states=[OutboxState.SENT])
        assert report.sent == (sent.id,)
        assert (tmp_path / "outbox" / sent.detail).read_bytes() == small_message("adults").body


def test_a_program_killed_between_writing_and_saying_so_duplicates_nothing(tmp_path: Path) -> None:
    box = Outbox("a", "b")
    claimed = box.claim(NOW, LEASE)
    assert claimed is not None
    write_eml(tmp_path, claimed)  # and here it is killed

    later = NOW + LEASE
    report = deliver_pending(box, lambda message: write_eml(tmp_path, message).name, later)
    assert report.sent == ("a", "b")
    assert len(list(tmp_path.iterdir())) == 2


def test_where_delivering_twice_does_no_harm_nothing_waits_for_its_next_try() -> None:
    box = Outbox("a", "b")
    deliver_pending(box, failing("a", DeliveryError("the disk is full")), NOW)
    assert box.states() == {"a": "retry", "b": "sent"}
    assert deliver_pending(box, lambda message: "a.eml", NOW).sent == ()
    assert deliver_pending(box, lambda message: "a.eml", NOW, at_once=True).sent == ("a",)
