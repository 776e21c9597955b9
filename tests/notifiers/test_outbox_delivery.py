"""Delivering what waits in the outbox: the real store, and notifiers that do as they are told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.model.alerts import OutboxState, WholeMessage
from engine.store.store import Store
from notifiers.folder import FolderNotifier
from notifiers.outbox import (
    DATA_LEASE,
    LEASE,
    DeliveryError,
    DeliveryReport,
    UncertainError,
    deliver_pending,
    wait_after,
)
from tests.store.samples import NOW, message, opened, publication, publish, queued

DOMAINS = ("council.example",)
MINUTE = timedelta(minutes=1)


@dataclass
class Told:
    """A notifier that does what it is told with a message, before and after it says that data starts."""

    before: dict[str, Exception] = field(default_factory=dict)  # by recipient
    after: dict[str, BaseException] = field(default_factory=dict)
    repeatable: bool = False
    starts: bool = True  # whether it says so
    went: list[tuple[str, bytes]] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None  # happens just before data starts

    def deliver(self, message: WholeMessage, start_data: Callable[[], None]) -> str:
        to = message.rendered.recipient
        if to in self.before:
            raise self.before[to]
        self.meanwhile()
        if self.starts:
            start_data()
        if to in self.after:
            raise self.after[to]
        self.went.append((to, message.rendered.body))
        return f"taken for {to}"


@pytest.fixture
def store(tmp_path: Path, each_database: None) -> Iterator[Store]:
    with opened(tmp_path) as store:
        yield store


def outbox(store: Store, *recipients: str) -> None:
    publish(store, publication(messages=[queued(message(to)) for to in recipients]))


def states(store: Store) -> dict[str, str]:
    return {one.rendered.recipient: str(one.state) for one in reversed(store.outbox())}


def detail_of(store: Store, recipient: str) -> str:
    return next(one.detail for one in store.outbox() if one.rendered.recipient == recipient)


def deliver(store: Store, notifier: Told, now: datetime = NOW, *, at_once: bool = False) -> DeliveryReport:
    return deliver_pending(store, notifier, DOMAINS, lambda: now, at_once=at_once)


def test_everything_that_waits_goes_once_in_order(store: Store) -> None:
    outbox(store, "a", "b", "c")
    notifier = Told()
    assert len(deliver(store, notifier).sent) == 3
    assert [to for to, _ in notifier.went] == ["a", "b", "c"]
    assert states(store) == {"a": "sent", "b": "sent", "c": "sent"}
    assert detail_of(store, "b") == "taken for b"
    assert deliver(store, notifier).sent == []
    assert len(notifier.went) == 3


def test_one_that_fails_waits_and_stops_no_other(store: Store) -> None:
    outbox(store, "a", "b", "c")
    report = deliver(store, Told(before={"b": DeliveryError("The mailbox is full.")}))
    assert len(report.sent) == 2
    (failure,) = report.failed
    assert (failure.sentence, failure.again_at) == ("The mailbox is full.", NOW + MINUTE)
    assert states(store) == {"a": "sent", "b": "retry", "c": "sent"}
    assert detail_of(store, "b") == "The mailbox is full."


def test_one_that_waited_goes_with_the_same_bytes(store: Store) -> None:
    outbox(store, "a")
    deliver(store, Told(before={"a": DeliveryError("no")}))
    assert deliver(store, Told(), NOW + MINUTE - timedelta(seconds=1)).sent == []
    notifier = Told()
    assert len(deliver(store, notifier, NOW + MINUTE).sent) == 1
    assert notifier.went == [("a", message("a").body)]


def test_one_that_was_refused_after_it_was_handed_over_waits_too(store: Store) -> None:
    outbox(store, "a")
    deliver(store, Told(after={"a": DeliveryError("Try later.")}))
    assert states(store) == {"a": "retry"}
    assert len(deliver(store, Told(), NOW + MINUTE).sent) == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_one_that_can_never_go_is_dead(store: Store, when: str) -> None:
    outbox(store, "a")
    fault: dict[str, BaseException] = {"a": DeliveryError("No such address.", for_good=True)}
    report = deliver(store, Told(**{when: fault}))  # type: ignore[arg-type]  # either of the two, by its name
    assert report.failed[0].again_at is None
    assert states(store) == {"a": "dead"}
    assert deliver(store, Told(), NOW + timedelta(days=365)).sent == []


def test_where_the_server_is_at_fault_the_rest_waits_untried_and_ever_longer(store: Store) -> None:
    outbox(store, "a", "b", "c")
    down = DeliveryError("The server is down.", for_all=True)
    report = deliver(store, Told(before={"a": down}))
    assert report.put_off == "The server is down."
    assert states(store) == {"a": "retry", "b": "retry", "c": "retry"}
    notifier = Told()
    assert deliver(store, notifier, NOW + MINUTE - timedelta(seconds=1)).sent == []
    deliver(store, Told(before={"a": down}), NOW + MINUTE)
    assert deliver(store, notifier, NOW + 3 * MINUTE - timedelta(seconds=1)).sent == []
    assert len(deliver(store, notifier, NOW + 3 * MINUTE).sent) == 3


def test_what_waits_for_its_next_try_goes_at_once_where_that_is_asked(store: Store) -> None:
    outbox(store, "a", "b")
    deliver(store, Told(before={"a": DeliveryError("Down.", for_all=True)}))
    assert len(deliver(store, Told(), at_once=True).sent) == 2


def test_what_may_have_gone_out_is_uncertain_and_never_tried_again_by_itself(store: Store) -> None:
    outbox(store, "a", "b")
    report = deliver(store, Told(after={"a": UncertainError("The line broke.")}))
    assert len(report.uncertain) == 1
    assert states(store) == {"a": "uncertain", "b": "sent"}
    notifier = Told()
    deliver(store, notifier, NOW + timedelta(days=365), at_once=True)
    assert notifier.went == []
    assert detail_of(store, "a") == "The line broke."


def test_who_died_while_handing_over_leaves_it_uncertain_once_the_lease_is_over(store: Store) -> None:
    outbox(store, "a")
    dying = store.claim(NOW, LEASE)
    assert dying
    assert store.start_data(dying.id, dying.token, NOW, DATA_LEASE)
    assert deliver(store, Told(), NOW + DATA_LEASE - timedelta(seconds=1)).uncertain == []
    assert states(store) == {"a": "data_started"}
    notifier = Told()
    assert deliver(store, notifier, NOW + DATA_LEASE).uncertain == [dying.id]
    assert states(store) == {"a": "uncertain"}
    assert notifier.went == []


def test_who_died_before_handing_over_leaves_it_to_the_next(store: Store) -> None:
    outbox(store, "a")
    store.claim(NOW, LEASE)
    assert deliver(store, Told(), NOW + LEASE - timedelta(seconds=1)).sent == []
    assert len(deliver(store, Told(), NOW + LEASE).sent) == 1


def test_who_was_paused_past_the_lease_hands_nothing_over(store: Store) -> None:
    outbox(store, "a")
    other = Told()

    def paused() -> None:
        assert len(deliver(store, other, NOW + LEASE).sent) == 1

    notifier = Told(meanwhile=paused)
    report = deliver(store, notifier)
    assert (report.sent, report.failed, report.uncertain) == ([], [], [])
    assert (len(other.went), len(notifier.went)) == (1, 0)
    assert states(store) == {"a": "sent"}


def test_who_was_paused_past_the_lease_hands_nothing_over_even_where_nobody_else_took_it_up(store: Store) -> None:
    outbox(store, "a")
    times = iter([NOW, NOW, NOW + LEASE, NOW])  # at the start, of the claim, when data would start, of the next claim
    notifier = Told()
    deliver_pending(store, notifier, DOMAINS, lambda: next(times), stop=lambda: states(store) == {"a": "claimed"})
    assert notifier.went == []
    assert len(deliver(store, notifier, NOW + LEASE).sent) == 1


def test_who_comes_back_with_the_servers_answer_settles_what_was_uncertain_meanwhile(store: Store) -> None:
    outbox(store, "a")
    paused = store.claim(NOW, LEASE)
    assert paused
    assert store.start_data(paused.id, paused.token, NOW, DATA_LEASE)
    assert store.lapse(NOW + DATA_LEASE) == [paused.id]
    assert store.delivered(paused.id, paused.token, NOW + DATA_LEASE, "250 queued")
    assert states(store) == {"a": "sent"}


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), SystemExit(), ZeroDivisionError()])
def test_whatever_breaks_off_the_handing_over_leaves_it_uncertain(store: Store, interruption: BaseException) -> None:
    outbox(store, "a", "b")
    with pytest.raises(type(interruption)):
        deliver(store, Told(after={"a": interruption}))
    assert states(store) == {"a": "uncertain", "b": "pending"}


def test_a_fault_of_ours_before_the_handing_over_is_not_swallowed_and_loses_nothing(store: Store) -> None:
    outbox(store, "a", "b")
    with pytest.raises(ZeroDivisionError):
        deliver(store, Told(before={"a": ZeroDivisionError()}))
    assert states(store) == {"a": "claimed", "b": "pending"}
    assert len(deliver(store, Told(), NOW + LEASE).sent) == 2


@pytest.mark.parametrize("fault", [None, DeliveryError("late"), UncertainError("late")])
def test_who_lost_the_claim_meanwhile_reports_nothing(store: Store, fault: Exception | None) -> None:
    outbox(store, "a")

    def other_program() -> None:
        other = store.claim(NOW + LEASE, LEASE)
        assert other is not None
        store.delivered(other.id, other.token, NOW + LEASE, "theirs")

    report = deliver(store, Told(meanwhile=other_program, starts=False, after={"a": fault} if fault else {}))
    assert (report.sent, report.failed, report.uncertain) == ([], [], [])
    assert (states(store), detail_of(store, "a")) == ({"a": "sent"}, "theirs")


def test_an_address_whose_domain_was_taken_off_the_list_since_gets_nothing(store: Store) -> None:
    outbox(store, "a")
    notifier = Told()
    report = deliver_pending(store, notifier, ["elsewhere.example"], lambda: NOW)
    assert notifier.went == []
    assert states(store) == {"a": "dead"}
    assert report.failed[0].sentence.startswith("'a@council.example' is outside the domains that mail may go to")


def test_whoever_is_asked_to_stop_finishes_the_message_and_takes_up_no_other(store: Store) -> None:
    outbox(store, "a", "b")
    notifier = Told()
    deliver_pending(store, notifier, DOMAINS, lambda: NOW, stop=lambda: len(notifier.went) == 1)
    assert states(store) == {"a": "sent", "b": "pending"}


def test_the_wait_doubles_up_to_six_hours() -> None:
    minutes = [wait_after(attempts) / MINUTE for attempts in (1, 2, 3, 9, 10, 1000)]
    assert minutes == [1, 2, 4, 256, 360, 360]


# ---- the folder: delivering twice does no harm


def test_a_folder_is_delivered_into(tmp_path: Path, store: Store) -> None:
    publish(store, publication(messages=[queued(message("adults")), queued(message("carers"), OutboxState.HELD)]))
    report = deliver_pending(store, FolderNotifier(tmp_path / "var/outbox", tmp_path), DOMAINS, lambda: NOW)
    (sent,) = store.outbox(states=[OutboxState.SENT])
    assert report.sent == [sent.id]
    assert (tmp_path / sent.detail).read_bytes() == message("adults").body


def test_a_program_killed_between_writing_and_saying_so_duplicates_nothing(tmp_path: Path, store: Store) -> None:
    named = [one.model_copy(update={"body": f"Message-ID: {one.message_id}\r\n\r\n".encode()})
             for one in (message("a"), message("b"))]  # fmt: skip
    publish(store, publication(messages=[queued(one) for one in named]))
    folder = FolderNotifier(tmp_path / "outbox", tmp_path)
    claimed = store.claim(NOW, LEASE)
    assert claimed is not None
    folder.deliver(claimed, lambda: None)  # and here it is killed

    report = deliver_pending(store, folder, DOMAINS, lambda: NOW)
    assert len(report.sent) == 2
    assert len(list((tmp_path / "outbox").iterdir())) == 2


def test_where_delivering_twice_does_no_harm_nothing_waits_for_its_next_try(store: Store) -> None:
    outbox(store, "a", "b")
    deliver(store, Told(before={"a": DeliveryError("the disk is full")}, repeatable=True))
    assert states(store) == {"a": "retry", "b": "sent"}
    assert len(deliver(store, Told(repeatable=True)).sent) == 1
