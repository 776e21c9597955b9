"""What is peculiar to PostgreSQL: who comes in, who waits, who was paused, and the sentence that each fault gives."""

import threading
import time
from pathlib import Path

import pytest

from engine.alerts.cases import CaseChanges
from engine.store import postgresql
from engine.store.database import Database, shown_address
from engine.store.errors import StoreError
from engine.store.store import Store, open_store
from tests.store.samples import NOW, case, message, publication, publish, queued
from tests.store.server import Server
from tests.store.test_outbox_rows import LEASE

HERE = Path()


@pytest.fixture
def url(server: Server) -> str:
    """The address of a place with Telltale's tables."""
    made = server.new_schema()
    open_store(made, HERE).close()
    return made


def refusal(url: str) -> StoreError:
    with pytest.raises(StoreError) as caught, open_store(url, HERE, wait=0.1) as store:
        publish(store, publication())
    return caught.value


# ---- one writer at a time, and what holds without that


def test_a_writer_waits_for_the_one_before_and_is_busy_after_the_wait(url: str) -> None:
    first = Database(url, HERE)
    with first.writing():
        error = refusal(url)
    first.close()
    assert error.busy
    assert "is locked by another program; try again" in error.sentence


def test_a_reader_waits_for_nobody_and_sees_one_state(url: str) -> None:
    other = Database(url, HERE)
    with open_store(url, HERE) as store, other.reading() as connection:
        before = connection.exec_driver_sql("SELECT count(*) FROM runs").scalar()
        publish(store, publication())
        after = connection.exec_driver_sql("SELECT count(*) FROM runs").scalar()
        assert (before, after, store.seen("care").runs) == (0, 0, 1)
    other.close()


def test_the_keys_hold_where_the_queue_of_writers_fails(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "wait_for_the_writer_before", lambda connection: None)
    together, outcomes = threading.Barrier(6), []

    def derive() -> None:
        with open_store(url, HERE) as store:
            together.wait()
            try:
                publish(store, publication(messages=[queued(message())]))
                outcomes.append("published")
            except StoreError as error:
                outcomes.append("busy" if error.busy else error.sentence)

    at_once(derive, 6)
    assert sorted(outcomes) == ["busy"] * 5 + ["published"]
    with open_store(url, HERE) as store:
        assert (store.seen("care").runs, len(store.outbox())) == (1, 1)


def test_no_message_is_taken_up_twice_where_the_queue_of_writers_fails(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "wait_for_the_writer_before", lambda connection: None)
    with open_store(url, HERE) as store:
        publish(store, publication(messages=[queued(message(f"lead_{number}")) for number in range(40)]))
    got: list[str] = []

    def take() -> None:
        with open_store(url, HERE) as store:
            while claimed := store.claim(NOW, LEASE):
                got.append(claimed.id)

    at_once(take, 4)
    assert (len(got), len(set(got))) == (40, 40)


def at_once(work: object, number: int) -> None:
    assert callable(work)
    threads = [threading.Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# ---- who was paused, or cut off


def test_who_is_paused_inside_a_transaction_holds_nobody_up(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "IDLE", 1)
    paused = Database(url, HERE)

    def paused_while_another_publishes() -> None:
        with paused.writing() as connection:
            connection.exec_driver_sql("DELETE FROM runs")
            with open_store(url, HERE, wait=20) as store:  # it waits until the server has ended the paused one
                publish(store, publication())
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(StoreError, match="was lost") as caught:
        paused_while_another_publishes()
    assert caught.value.busy
    with open_store(url, HERE) as store:
        assert store.seen("care").runs == 1
    paused.close()


def test_a_connection_cut_in_the_middle_keeps_nothing_and_the_next_one_works(server: Server, url: str) -> None:
    database = Database(url, HERE)

    def cut_off() -> None:
        with database.writing() as connection:
            connection.exec_driver_sql("INSERT INTO inputs VALUES ('h', '{}')")
            (pid,) = connection.exec_driver_sql("SELECT pg_backend_pid()").one()
            server.sql(f"SELECT pg_terminate_backend({pid}, 5000)")
            connection.exec_driver_sql("SELECT 1")

    with Store(database) as store:
        with pytest.raises(StoreError, match="nothing is done twice") as caught:
            cut_off()
        assert caught.value.busy
        assert store.inputs("h") is None
        publish(store, publication())


def test_a_server_started_anew_is_found_again(server: Server, url: str) -> None:
    with open_store(url, HERE) as store:
        assert store.seen("care").runs == 0
        server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        time.sleep(0.1)
        publish(store, publication())


# ---- faults


def test_a_database_that_lets_nobody_in_is_told(server: Server) -> None:
    url = server.new_database()
    server.sql(f"ALTER DATABASE {url.partition('@/')[2].partition('?')[0]} ALLOW_CONNECTIONS false")
    error = refusal(url)
    assert "is not currently accepting connections" in error.sentence
    assert not error.busy


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("read_only_sql_transaction", "is read-only; name the server that takes writes"),
        ("disk_full", "There is no room left for "),
        ("insufficient_privilege", "does not allow this user that"),
        ("data_corrupted", "is damaged"),
        ("io_error", "The disk of "),
    ],
)
def test_a_fault_in_the_middle_of_a_run_is_told_and_nothing_is_kept(url: str, fault: str, words: str) -> None:
    database = Database(url, HERE)
    with database.writing() as connection:
        raising = f"BEGIN RAISE 'at this row' USING ERRCODE = '{fault}'; END"
        connection.exec_driver_sql(f"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $${raising}$$")
        connection.exec_driver_sql("CREATE TRIGGER fail BEFORE INSERT ON cases EXECUTE FUNCTION fail()")
    with Store(database) as store:
        one = publication(messages=[queued(message())], cases=CaseChanges((case(),), (), ()))
        with pytest.raises(StoreError) as caught:
            publish(store, one)
        assert (store.seen("care").runs, store.outbox()) == (0, [])
    assert words in caught.value.sentence
    assert not caught.value.busy


def test_a_server_that_is_not_there_is_told_with_its_address_and_without_its_password() -> None:
    said = refusal("postgresql://office:hunter2@127.0.0.1:1/telltale").sentence
    assert said.startswith("The database postgresql://office:***@127.0.0.1:1/telltale can't be reached (")
    assert said.endswith("); check that it is up, its address and its password")
    assert "hunter2" not in said


def test_a_database_that_is_not_there_is_told(server: Server) -> None:
    assert 'database "nowhere" does not exist' in refusal(server.address("nowhere")).sentence


def test_without_its_driver_the_package_to_install_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")

    monkeypatch.setattr(postgresql, "create_engine", missing)
    said = refusal("postgresql://db.example/telltale").sentence
    assert said.endswith("install Telltale with its part for PostgreSQL: pip install 'telltale[postgres]'")


@pytest.mark.parametrize(
    ("url", "password", "used"),
    [
        ("postgresql://office@db.example/t", "hunter2", "hunter2"),
        ("postgresql://office:mine@db.example/t", "hunter2", "mine"),
        ("postgresql://office@db.example/t", None, None),
    ],
)
def test_a_password_from_elsewhere_is_used_and_never_shown(url: str, password: str | None, used: str | None) -> None:
    database = Database(url, HERE, password=password)
    assert database.url.password == used
    assert database.name == shown_address(database.url) == f"postgresql://office{':***' if used else ''}@db.example/t"
