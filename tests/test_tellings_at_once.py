"""A telling is whole or not at all, and two at once know of each other; on both databases."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine import app, telling
from engine.model.acts import ActKind, OfficeAct
from engine.model.addressed import Addressed
from engine.model.alerts import Rendered
from engine.store.errors import StoreError
from engine.store.queries import publishing
from engine.store.records import Publication
from engine.store.store import Store
from tests.store.databases import address
from tests.telling import DAY, left, on_the_day, published
from tests.test_runs_over_months import Months

pytestmark = pytest.mark.usefixtures("each_database")
ROOT = Path(__file__).parent.parent


@pytest.fixture
def months(tmp_path: Path) -> Months:
    return published(tmp_path, address(tmp_path))


@pytest.mark.parametrize(("audience", "messages"), [("board", 1), ("desk", 2)])
def test_a_telling_that_fails_on_the_way_is_not_made_and_may_be_made_again(
    months: Months, monkeypatch: pytest.MonkeyPatch, audience: str, messages: int
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(publishing, "_put", fail)
    with pytest.raises(StoreError, match="the disk is full"):
        app.tell(on_the_day(months), audience, "office", DAY)
    monkeypatch.undo()
    assert left(months.office(DAY), audience) == [False, 0]
    (told,) = app.tell(on_the_day(months), audience, "office", DAY)
    assert (told.state, len(told.messages)) == ("told", messages)
    assert left(months.office(DAY), audience) == [True, messages]


def test_a_telling_killed_at_any_step_is_whole_or_not_at_all(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.telling", str(tmp_path), address(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    for audience, messages in (("board", 1), ("desk", 2)):
        killed = [was_killed for name, was_killed, _ in steps if name == audience]
        assert killed == [True] * (len(killed) - 1) + [False]
        assert len(killed) > 4
        assert [found for name, _, found in steps if name == audience] == (
            (len(killed) - 2) * [[False, 0]] + 2 * [[True, messages]]
        )


def test_of_two_tellings_of_one_audience_at_once_one_says_first_and_the_other_tries_again(months: Months) -> None:
    together = threading.Barrier(2, timeout=30)
    outcomes: list[str] = []

    def tell(occurrence: str) -> None:
        office = on_the_day(months)
        render = app._renderer(office)

        def once_both_have_decided(message: Addressed) -> Rendered | str:
            together.wait()
            return render(message)

        with app.open_the_store(office) as store:
            about = app.declared(office, "office")
            try:
                told = telling.tell_audience(office, about, store, "board", occurrence, once_both_have_decided)
                outcomes.append(told.state)
            except StoreError as error:
                outcomes.append("busy" if error.busy else str(error))

    tellers = [threading.Thread(target=tell, args=(day,)) for day in ("2019-01-25", DAY)]
    for teller in tellers:
        teller.start()
    for teller in tellers:
        teller.join()
    assert sorted(outcomes) == ["busy", "told"]
    with app.open_the_store(on_the_day(months)) as store:
        reasons = [one.rendered.reasons for one in store.outbox("office")]
    assert reasons == [{"north": "first"}]
    days = ("2019-01-25", DAY)
    again = [app.tell(on_the_day(months), "board", "office", day)[0] for day in days]
    assert sorted(one.state for one in again) == ["told", "told before"]
    assert [one.messages for one in again if one.state == "told"] == [()]


def test_a_run_that_did_not_see_what_was_told_meanwhile_is_not_published(
    months: Months, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish: Callable[..., None] = Store.publish

    def told_before(store: Store, publications: list[Publication], *seen: object) -> None:
        monkeypatch.undo()
        app.tell(on_the_day(months), "board", "office", DAY)
        publish(store, publications, *seen)

    months.returns("2019-01", "30", "many")
    monkeypatch.setattr(Store, "publish", told_before)
    with pytest.raises(StoreError, match="Somebody was told of office meanwhile") as caught:
        months.run("2019-01", now="2019-02-23")
    assert caught.value.busy
    run = months.run("2019-01", now="2019-02-23")
    assert run.revision == 2
    assert [one.reasons for one in run.messages if one.audience == "board"] == [{"north": "first"}]
    with app.open_the_store(on_the_day(months)) as store:
        board = [one.state.value for one in store.outbox("office") if one.rendered.audience == "board"]
    assert board == ["held", "withdrawn"]


def test_a_run_that_did_not_see_a_silence_tells_nobody(months: Months, monkeypatch: pytest.MonkeyPatch) -> None:
    publish: Callable[..., None] = Store.publish

    def silenced_before(store: Store, publications: list[Publication], *seen: object) -> None:
        monkeypatch.undo()
        store.add_act(
            OfficeAct(
                kind=ActKind.SILENCE, portfolio="office", subject="north", by="PMO", why="known", period="2019-01",
                made=datetime(2019, 2, 23, 7, tzinfo=UTC), until=date(2019, 3, 31),
            )
        )  # fmt: skip
        publish(store, publications, *seen)

    months.returns("2019-01", "30", "many")
    monkeypatch.setattr(Store, "publish", silenced_before)
    with pytest.raises(StoreError, match="Somebody decided something about office meanwhile") as caught:
        months.run("2019-01", now="2019-02-23")
    assert caught.value.busy
    run = months.run("2019-01", now="2019-02-23")
    assert [message for message in run.messages if "north" in message.reasons] == []


def test_what_the_desk_was_told_stays_where_a_newer_revision_is_published(months: Months) -> None:
    months.write("config/audiences.yaml", (months.root / "config/audiences.yaml").read_text().replace(
        "tell: problems,", "tell: problems, release: by hand,"
    ))  # fmt: skip
    app.tell(on_the_day(months), "desk", "office", DAY)
    months.returns("2019-01", "30", "many")
    months.run("2019-01", now="2019-02-23")
    with app.open_the_store(on_the_day(months)) as store:
        states = [one.state.value for one in store.outbox("office") if one.rendered.audience == "desk"]
    assert states == ["held", "held"]


def test_a_held_digest_is_replaced_by_the_next_month_where_its_own_is_corrected_in_the_same_run(months: Months) -> None:
    app.tell(on_the_day(months), "board", "office", DAY)
    months.returns("2019-01", "30", "100")
    months.returns("2019-02", "30", "100")
    run = months.run("2019-02", now="2019-03-08")
    assert [(one.audience, one.state, one.reasons) for one in run.messages] == [("board", "held", {"north": "first"})]
    with app.open_the_store(on_the_day(months)) as store:
        board = [(one.rendered.period, one.state.value) for one in store.outbox() if one.rendered.audience == "board"]
    assert board == [("2019-02", "held"), ("2019-01", "withdrawn")]


def test_a_telling_whose_delivery_is_cut_short_is_made_and_its_messages_wait(
    months: Months, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(Store, "claim", fail)
    (told,) = app.tell(on_the_day(months), "desk", "office", DAY)
    assert (told.state, [one.state for one in told.messages]) == ("told", ["pending", "pending"])
    assert [problem.what for problem in told.problems] == [
        "the messages are kept, but delivering them was cut short (the disk is full)"
    ]
    monkeypatch.undo()
    months.run("2019-01")
    with app.open_the_store(on_the_day(months)) as store:
        assert {one.state.value for one in store.outbox() if one.rendered.audience == "desk"} == {"sent"}
