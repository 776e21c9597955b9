"""Returns: the newest of each submitter counts, and none is ever lost."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.model.returns import Return
from engine.store.database import Database
from engine.store.store import Store
from tests.store.databases import address
from tests.store.samples import NOW, month, opened, return_

pytestmark = pytest.mark.usefixtures("each_database")


def keep(store: Store, one: Return, read_with: str = "") -> bool:
    return store.keep_return(one, NOW, month(one.period).end, read_with)


def actuals(store: Store, upto: str | None = None) -> list[tuple[str, str, str]]:
    """Period, submitter and figure of each return that counts."""
    found = store.returns("care", month(upto).end if upto else None)
    return [(one.period, one.submitter, str(one.measures[0].actual)) for one in found]


def test_a_return_comes_back_as_it_was_submitted(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        assert keep(store, return_())
        assert store.returns("care") == [return_()]


def test_the_same_bytes_again_are_not_new(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        keep(store, return_())
        assert not keep(store, return_())
        assert len(store.returns("care")) == 1


def test_a_corrected_return_replaces_the_one_before_whole(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        keep(store, return_("a", actual=15))
        assert keep(store, return_("b", actual=16))
        assert actuals(store) == [("2019-01", "lead", "16")]


def test_going_back_to_the_first_bytes_is_new_again(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for sha256, actual in (("a", 15), ("b", 16), ("a", 15)):
            assert keep(store, return_(sha256, actual=actual))
        assert actuals(store) == [("2019-01", "lead", "15")]


def test_what_was_replaced_is_still_there_with_its_time(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.keep_return(return_("a"), NOW, month("2019-01").end)
        store.keep_return(return_("b"), NOW + timedelta(hours=1), month("2019-01").end)
    database = Database(address(tmp_path), tmp_path)
    with database.reading() as connection:
        rows = connection.execute(text("SELECT sha256, superseded_at FROM returns ORDER BY number")).all()
    database.close()
    assert [tuple(row) for row in rows] == [("a", "2019-02-07T10:00:00.000000+00:00"), ("b", None)]


def test_submitters_and_periods_stand_beside_each_other(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for one in (
            return_("a", "2019-01", "pmo", 1),
            return_("a", "2018-12", "lead", 2),
            return_("a", "2019-01", "lead", 3),
        ):
            assert keep(store, one)
        assert actuals(store) == [("2018-12", "lead", "2"), ("2019-01", "lead", "3"), ("2019-01", "pmo", "1")]


def test_returns_of_later_periods_are_left_out_where_an_end_is_named(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        keep(store, return_("a", "2018-12"))
        keep(store, return_("a", "2019-01"))
        assert [period for period, _, _ in actuals(store, "2018-12")] == ["2018-12"]


def test_another_portfolio_sees_none_of_it(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        keep(store, return_())
        assert store.returns("other") == []
        assert store.known_digests("other") == {}


def test_a_file_that_is_known_need_not_be_read_again(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        keep(store, return_("a", "2018-12"))
        keep(store, return_("a"))
        keep(store, return_("b"))
        assert store.known_digests("care") == {("2018-12", "lead"): "a", ("2019-01", "lead"): "b"}


def test_a_file_read_with_another_portfolio_file_is_read_again_and_kept_as_now_understood(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        keep(store, return_("a", actual=15), read_with="before the measure was added")
        assert store.known_digests("care", "after") == {}
        assert not keep(store, return_("a", actual=16), read_with="after")
        assert store.known_digests("care", "after") == {("2019-01", "lead"): "a"}
        assert actuals(store) == [("2019-01", "lead", "16")]


def test_all_that_was_ever_returned_is_known_with_the_newest_last(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for sha256 in ("a", "b", "a"):
            keep(store, return_(sha256))
        keep(store, return_("c", "2018-12", "pmo"))
        assert store.digests_ever("care") == {("2019-01", "lead"): ("a", "b", "a"), ("2018-12", "pmo"): ("c",)}
        assert store.digests_ever("other") == {}
