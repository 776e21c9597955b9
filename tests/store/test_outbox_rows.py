"""The outbox: each message is taken up by one at a time, and what recipients know follows from what may arrive."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from engine.model.alerts import Act, OutboxState
from engine.store.records import Queued
from engine.store.store import Store, open_store
from tests.store.databases import address
from tests.store.samples import (
    NOW,
    message,
    opened,
    publication,
    publish,
    queued,
    told,
)  # fmt: skip

pytestmark = pytest.mark.usefixtures("each_database")

LEASE = timedelta(minutes=5)


def state_of(store: Store, message_id: str) -> OutboxState:
    return next(one.state for one in store.outbox() if one.id == message_id)


def test_a_message_is_taken_up_byte_for_byte_and_sent_once(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(message())]))
        claimed = store.claim(NOW, LEASE)
        assert claimed is not None
        assert claimed.rendered == message()
        assert (claimed.state, claimed.token, claimed.attempts) == ("claimed", 1, 1)
        assert store.delivered(claimed.id, claimed.token, NOW, "var/outbox/lead.eml")
        assert store.claim(NOW + 2 * LEASE, LEASE) is None
        (sent,) = store.outbox()
        assert (sent.state, sent.sent, sent.detail) == ("sent", NOW, "var/outbox/lead.eml")


def test_messages_go_in_the_order_queued_and_are_listed_newest_first(tmp_path: Path) -> None:
    names = ["cross_cutting", "adults", "brokerage"]
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(message(name)) for name in names]))
        claims = [store.claim(NOW, LEASE) for _ in names]
        assert [one and one.rendered.recipient for one in claims] == names
        assert [one.rendered.recipient for one in store.outbox()] == names[::-1]


def test_a_list_can_be_narrowed(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication("2018-12", messages=[queued(message(period="2018-12"))]))
        publish(store, publication("2019-01", messages=[queued(message(), OutboxState.HELD)]))
        assert [one.rendered.period for one in store.outbox("care", "2018-12")] == ["2018-12"]
        assert [one.rendered.period for one in store.outbox(states=[OutboxState.HELD])] == ["2019-01"]
        assert store.outbox("other") == []


def test_a_list_leaves_the_bytes_where_they_are(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(message())]))
        (listed,) = store.outbox()
        whole = store.message(listed.id)
    assert not hasattr(listed.rendered, "body")
    assert whole.rendered == message()
    assert whole.model_dump(exclude={"rendered": {"body"}}) == listed.model_dump()


def test_a_message_is_found_by_its_id_and_by_how_that_begins(tmp_path: Path) -> None:
    first, second = message("adults"), message("brokerage")
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(first), queued(second)]))

        def named(beginning: str) -> list[str]:
            return [one.rendered.recipient for one in store.outbox_named(beginning)]

        assert (named(first.id), named(first.id[:8].upper())) == (["adults"], ["adults"])
        assert (named(""), named("%"), named("_"), named("x")) == ([], [], [], [])
        assert [one.id for one in store.outbox(ids=[second.id])] == [second.id]
        assert store.outbox(ids=[]) == []


def test_a_held_message_is_not_taken_up(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(message(), OutboxState.HELD)]))
        assert store.claim(NOW, LEASE) is None


def test_nobody_else_takes_up_a_message_before_the_lease_ends(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(message())]))
        store.claim(NOW, LEASE)
        assert store.claim(NOW + LEASE - timedelta(seconds=1), LEASE) is None
        again = store.claim(NOW + LEASE, LEASE)
        assert again is not None
        assert (again.token, again.attempts) == (2, 2)


def test_who_was_paused_past_the_lease_can_say_nothing_more(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(message())]))
        paused = store.claim(NOW, LEASE)
        other = store.claim(NOW + LEASE, LEASE)
        assert paused
        assert other
        assert not store.delivered(paused.id, paused.token, NOW + LEASE)
        assert not store.not_delivered(paused.id, paused.token, "no", None)
        assert state_of(store, paused.id) == "claimed"
        assert store.delivered(other.id, other.token, NOW + LEASE)
        assert not store.delivered(other.id, other.token, NOW + LEASE), "it was said already"


def test_what_did_not_go_out_waits_and_goes_again(tmp_path: Path) -> None:
    later = NOW + timedelta(hours=1)
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(message())]))
        claimed = store.claim(NOW, LEASE)
        assert claimed
        assert store.not_delivered(claimed.id, claimed.token, "the disk is full", later)
        (waiting,) = store.outbox()
        assert (waiting.state, waiting.detail) == ("retry", "the disk is full")
        assert store.claim(later - timedelta(seconds=1), LEASE) is None
        again = store.claim(later, LEASE)
        assert again
        assert again.rendered == claimed.rendered


def test_what_can_never_go_out_is_dead(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(message())]))
        claimed = store.claim(NOW, LEASE)
        assert claimed
        assert store.not_delivered(claimed.id, claimed.token, "no such address", None)
        assert store.claim(NOW + timedelta(days=365), LEASE) is None
        assert state_of(store, claimed.id) == "dead"


def test_of_many_who_take_up_messages_at_once_no_two_get_the_same(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(message(f"lead_{number}")) for number in range(40)]))
    got: list[str] = []

    def take() -> None:
        with open_store(address(tmp_path), tmp_path, wait=20) as store:
            while claimed := store.claim(NOW, LEASE):
                got.append(claimed.id)

    takers = [threading.Thread(target=take) for _ in range(4)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()
    assert (len(got), len(set(got))) == (40, 40)


# ---- what recipients know


def test_a_recipient_knows_what_the_latest_message_said(tmp_path: Path) -> None:
    january = message(period="2019-01")
    with opened(tmp_path) as store:
        publish(store, publication("2018-12", messages=[queued(message(period="2018-12"), status="green")]))
        publish(store, publication("2019-01", messages=[queued(january), queued(message("adults"))]))
        known = store.told("care")
        assert store.told("other") == []
    assert known == [told(january), told(message("adults"))]


def test_audiences_know_apart(tmp_path: Path) -> None:
    owners, leaders = message(), message(audience="leaders")
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(owners, status="amber"), queued(leaders)]))
        assert store.told("care") == [told(owners, "amber"), told(leaders)]


@pytest.mark.parametrize("state", ["dead", "discarded", "withdrawn"])
def test_a_message_that_never_arrives_tells_nothing(tmp_path: Path, state: str) -> None:
    december = message(period="2018-12")
    with opened(tmp_path) as store:
        publish(store, publication("2018-12", messages=[queued(december, status="amber")]))
        publish(store, publication("2019-01", messages=[queued(message(), OutboxState(state))]))
        assert store.told("care") == [told(december, "amber")]


@pytest.mark.parametrize("state", ["held", "pending", "claimed", "data_started", "sent", "uncertain", "retry"])
def test_a_message_that_may_arrive_tells(tmp_path: Path, state: str) -> None:
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(message(), OutboxState(state))]))
        expected = told(message()).model_copy(update={"held": state == "held"})
        assert store.told("care") == [expected]


def test_a_message_about_to_be_withdrawn_tells_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(message())]))
        assert store.told("care", without=store.unclaimed("care", ["2019-01"])) == []


def test_what_was_claimed_or_waits_for_its_next_try_can_be_taken_up_again_at_once(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(message())]))
        left = store.claim(NOW, LEASE)
        assert left is not None
        assert store.claim(NOW, LEASE) is None
        store.take_up_again()
        again = store.claim(NOW, LEASE)
        assert again is not None
        assert again.token > left.token
        assert not store.delivered(left.id, left.token, NOW)  # who was paused has lost it
        assert store.not_delivered(again.id, again.token, "no room", NOW + 2 * LEASE)
        assert store.claim(NOW, LEASE) is None
        store.take_up_again()
        assert store.claim(NOW, LEASE) is not None


def test_a_message_that_belongs_to_no_run_is_queued_once(tmp_path: Path) -> None:
    reminders = [Queued(message(name), ()) for name in ("lead", "deputy")]
    with opened(tmp_path) as store:
        assert store.queue(reminders[:1], None, NOW) == [reminders[0].rendered.id]
        assert store.queue(reminders, None, NOW) == [reminders[1].rendered.id]
        assert [(one.rendered.recipient, one.run) for one in store.outbox("care")] == [("deputy", None), ("lead", None)]


def test_what_a_queued_message_tells_is_known_from_then_on(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication())
        store.queue([queued(message())], "care-2019-01-1", NOW)
        assert store.told("care") == [told(message())]


# ---- what people do with messages

BY = Act(what="discarded", by="Head of PMO", at=NOW, why="told by phone")
DOINGS: dict[str, tuple[Callable[[Store, str], bool], set[str], str]] = {
    "release": (lambda store, one: store.release(one, message(), BY), {"held"}, "pending"),
    "discard": (lambda store, one: store.discard(one, BY), {"held", "pending", "retry", "dead"}, "discarded"),
    "it arrived": (lambda store, one: store.resolve(one, BY, sent=True), {"uncertain"}, "sent"),
    "it did not": (lambda store, one: store.resolve(one, BY, sent=False), {"uncertain"}, "pending"),
    "send again": (lambda store, one: store.send_again(one, message(), BY), {"sent", "dead"}, "pending"),
}


@pytest.mark.parametrize("doing", DOINGS)
def test_a_person_can_do_with_a_message_what_its_state_allows_and_nothing_else(tmp_path: Path, doing: str) -> None:
    do, allowed, after = DOINGS[doing]
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(message(str(state)), state) for state in OutboxState]))
        for one in store.outbox():
            assert do(store, one.id) == (one.state in allowed), one.state
        for one in store.outbox():
            before = one.rendered.recipient
            assert (one.state, one.acts) == ((after, (BY,)) if before in allowed else (before, ()))


def test_a_run_withdraws_neither_what_follows_from_no_run_nor_what_goes_out_once_more(tmp_path: Path) -> None:
    sent = message("adults")
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(sent)]))
        claimed = store.claim(NOW, LEASE)
        assert claimed is not None
        assert store.delivered(claimed.id, claimed.token, NOW)
        store.queue([Queued(message("chased"), ())], None, NOW)
        assert store.send_again(sent.id, sent, BY)
        assert store.unclaimed("care", ["2019-01"]) == frozenset()
        assert store.discard(sent.id, BY)
        assert store.told("care") == [told(sent)]  # it had arrived once


def test_whoever_had_a_message_that_a_person_settled_can_say_nothing_more_of_it(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(message())]))
        paused = store.claim(NOW, LEASE)
        assert paused
        assert store.start_data(paused.id, paused.token, NOW, LEASE)
        assert store.lapse(NOW + LEASE) == [paused.id]
        assert store.resolve(paused.id, BY, sent=False)
        assert not store.delivered(paused.id, paused.token, NOW)
        assert state_of(store, paused.id) == "pending"


def test_what_people_did_is_kept_in_its_order(tmp_path: Path) -> None:
    again = BY.model_copy(update={"what": "sent again", "why": "the mailbox was lost"})
    with opened(tmp_path) as store:
        publish(store, publication(messages=[queued(message(), OutboxState.UNCERTAIN)]))
        (one,) = store.outbox()
        assert store.resolve(one.id, BY, sent=True)
        assert store.send_again(one.id, message(), again)
        assert store.outbox()[0].acts == (BY, again)
