"""Publishing: a run and all that follows from it, whole or not at all, and what can be asked of it afterwards."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.alerts.cases import CaseChanges
from engine.model.acts import CaseKey
from engine.model.alerts import OutboxState
from engine.store.database import Database
from engine.store.errors import StoreError
from engine.store.store import open_store
from tests.store.databases import address
from tests.store.samples import (
    LATE,
    NOW,
    case,
    message,
    month,
    opened,
    publication,
    publish,
    queued,
)  # fmt: skip

pytestmark = pytest.mark.usefixtures("each_database")

COSTLY = CaseKey(rule="costly", subject="direct_payments", measure="spend", part="North")


def rows(folder: Path) -> dict[str, int]:
    """How many rows each table has."""
    database = Database(address(folder), folder)
    tables = ("runs", "inputs", "statuses", "findings", "problems", "cases", "decisions", "outbox", "told")
    with database.reading() as connection:
        found = {table: connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables}  # noqa: S608 - our own names
    database.close()
    return found


def test_a_run_comes_back_as_it_was_published(tmp_path: Path) -> None:
    one = publication()
    with opened(tmp_path) as store:
        publish(store, one)
        found = store.latest_run("care")
        assert found is not None
        assert found.out == one.out
        assert (found.hash, found.figures_hash, found.rules_hash) == (one.hash, "f", "r")
        assert (found.period_end, found.published_at) == (month("2019-01").end, one.now)
        assert store.inputs(found.id) == one.inputs


def test_everything_that_follows_from_a_run_is_kept_with_it(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication(cases=CaseChanges((case(),), (), ()), messages=[queued(message())]))
    assert set(rows(tmp_path).values()) == {1}


def test_inputs_that_did_not_change_are_kept_once(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication(revision=1))
        publish(store, publication(revision=2))
    assert rows(tmp_path)["inputs"] == 1


def test_before_anything_is_published_there_is_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        assert store.latest_run("care") is None
        assert store.inputs("care-2019-01-1") is None
        assert store.published_periods("care") == []
        assert store.history("care") == {}
        assert store.open_cases("care") == []
        assert store.statuses_ever("care") == frozenset()


# ---- the last revision of each period counts


def test_the_latest_run_is_the_last_revision_of_the_latest_period(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication("2019-02", 1))
        publish(store, publication("2019-01", 1))
        publish(store, publication("2019-01", 2))
        latest, january = store.latest_run("care"), store.latest_run("care", "2019-01")
        before = store.latest_run("care", before=month("2019-02").end)
    assert latest
    assert january
    assert before
    assert (latest.period, latest.revision) == ("2019-02", 1)
    assert (january.period, january.revision) == ("2019-01", 2)
    assert before.id == january.id


def test_periods_come_in_the_order_of_time_whatever_their_names(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for name in ("2019-02", "2018-12", "2019-01"):
            publish(store, publication(name))
        publish(store, publication("2018-12", 2))
        assert store.published_periods("care") == ["2018-12", "2019-01", "2019-02"]


def test_history_has_each_periods_last_revision_oldest_first(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for name, revision, status in (
            ("2018-11", 1, "green"), ("2018-12", 1, "red"), ("2019-01", 1, None), ("2018-12", 2, "amber"),
        ):  # fmt: skip
            publish(store, publication(name, revision, {"direct_payments": status}))
        points = store.history("care")["direct_payments"]
        earlier = store.history("care", before=month("2019-01").end)["direct_payments"]
    found = [(point.period, point.status) for point in points]
    assert found == [("2018-11", "green"), ("2018-12", "amber"), ("2019-01", None)]
    assert [point.period for point in earlier] == ["2018-11", "2018-12"]


def test_a_status_that_a_revision_took_back_was_never_had(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication("2018-12", 1, {"a": "red", "b": "green"}))
        publish(store, publication("2018-12", 2, {"a": None, "b": "green"}))
        publish(store, publication("2019-01", 1, {"a": "red", "b": None, "c": "red"}))
        assert store.statuses_ever("care") == {"a", "b", "c"}
        assert store.statuses_ever("care", before=month("2019-01").end) == {"b"}
        latest = store.latest_run("care")
        assert latest is not None
        assert store.statuses(latest.id) == {"a": "red", "b": None, "c": "red"}


# ---- cases


def test_cases_are_those_after_the_latest_period(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication("2018-12", cases=CaseChanges((case(opened="2018-12"),), (), ())))
        changes = CaseChanges((case(COSTLY),), (), (case(opened="2018-12", closed="2019-01"),))
        publish(store, publication("2019-01", cases=changes))
        assert store.open_cases("care") == [case(COSTLY)]
        assert store.closed_cases("care") == {LATE}


def test_a_revised_past_period_finds_the_cases_that_stood_before_it(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication("2018-12", cases=CaseChanges((case(opened="2018-12"),), (), ())))
        publish(store, publication("2019-01", cases=CaseChanges((), (), (case(opened="2018-12", closed="2019-01"),))))
        publish(store, publication("2019-02", cases=CaseChanges((case(COSTLY, "2019-02"),), (), ())))
        january = month("2019-01").end
        assert store.open_cases("care", before=january) == [case(opened="2018-12")]
        assert store.closed_cases("care", before=january) == frozenset()


def test_a_case_that_a_revision_never_saw_is_gone(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication("2019-01", 1, cases=CaseChanges((case(),), (), ())))
        publish(store, publication("2019-01", 2))
        assert store.open_cases("care") == []


# ---- all or nothing


def test_the_same_revision_twice_is_refused_as_busy(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication())
        kept = rows(tmp_path)
        with pytest.raises(StoreError, match="nothing was kept; try again") as caught:
            store.publish([publication()], {})
        assert caught.value.busy
    assert rows(tmp_path) == kept


def test_a_run_derived_before_another_was_published_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        seen = store.seen("care")
        publish(store, publication("2018-12"))
        with pytest.raises(StoreError, match="Another run of care was published meanwhile") as caught:
            store.publish([publication("2019-01")], {"care": seen})
        assert caught.value.busy
        assert store.published_periods("care") == ["2018-12"]


def test_a_run_of_another_portfolio_meanwhile_does_not_matter(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        seen = store.seen("care")
        publish(store, publication(portfolio="other"))
        store.publish([publication()], {"care": seen})
        assert store.published_periods("care") == ["2019-01"]


def test_where_the_later_of_two_periods_fails_the_earlier_is_not_kept(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication("2018-12", 1))
        publish(store, publication("2019-01", 1))
        kept = rows(tmp_path)
        with pytest.raises(StoreError):
            store.publish([publication("2018-12", 2), publication("2019-01", 1)], {"care": store.seen("care")})
        assert rows(tmp_path) == kept
        store.publish([publication("2018-12", 2), publication("2019-01", 2)], {"care": store.seen("care")})
        assert store.seen("care").runs == 4


def test_of_two_who_publish_at_the_same_time_one_does(tmp_path: Path) -> None:
    opened(tmp_path).close()
    together, outcomes = threading.Barrier(2), []

    def write() -> None:
        with open_store(address(tmp_path), tmp_path, wait=20) as store:
            seen = store.seen("care")
            together.wait()
            try:
                store.publish([publication(messages=[queued(message())])], {"care": seen})
                outcomes.append("published")
            except StoreError as error:
                outcomes.append("busy" if error.busy else str(error))

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(outcomes) == ["busy", "published"]
    assert (rows(tmp_path)["runs"], rows(tmp_path)["outbox"]) == (1, 1)


# ---- a newer revision and the messages of the one before


def test_a_newer_revision_withdraws_what_nobody_has_taken_up(tmp_path: Path) -> None:
    first, second = message(revision=1), message(revision=2)
    with opened(tmp_path) as store:
        publish(store, publication(revision=1, messages=[queued(first, OutboxState.HELD)]))
        going = store.unclaimed("care", ["2019-01"])
        assert going == {first.id}
        publish(store, publication(revision=2, messages=[queued(second)], withdraws=going))
        states = {one.id: (one.state, one.detail) for one in store.outbox()}
    assert states == {first.id: ("withdrawn", "replaced by revision 2"), second.id: ("pending", "")}


def test_a_message_claimed_meanwhile_is_not_withdrawn_and_nothing_is_published(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        publish(store, publication(revision=1, messages=[queued(message())]))
        going = store.unclaimed("care", ["2019-01"])
        store.claim(NOW, timedelta(minutes=5))
        with pytest.raises(StoreError, match="being sent while its replacement was prepared") as caught:
            publish(store, publication(revision=2, withdraws=going))
        assert caught.value.busy
        assert store.seen("care").runs == 1
        assert store.unclaimed("care", ["2019-01"]) == frozenset()
