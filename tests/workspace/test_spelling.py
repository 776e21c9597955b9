"""Names as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.workspace.spelling import closest, did_you_mean, fold, listed, quoted


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("On Target", "on  target "),
        ("OT", "\u041e\u0422"),  # in Cyrillic
        ("OT", "\u039f\u03a4"),  # in Greek
        ("OT", "\uff2f\uff34"),  # full width
        ("at risk", "At\u00a0Risk"),
        ("EO", "E\u200bO"),
    ],
)
def test_names_that_look_alike_are_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_names_that_look_different_stay_different() -> None:
    assert len({fold(name) for name in ("OT", "EO", "AR", "On Target", "OnTarget", "\u0416")}) == 6


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_the_nearest_name_is_found_as_it_is_written() -> None:
    assert closest("ownr", ["title", "owner"]) == "owner"
    assert closest("APRIL", ["March", "April"]) == "April"
    assert closest("zzz", ["title", "owner"]) is None
    assert closest("a" * 100_000, ["title"]) is None


def test_a_cure_names_the_nearest_else_all_of_a_few() -> None:
    assert did_you_mean("ownr", ["title", "owner"]) == "did you mean `owner`?"
    assert did_you_mean("zzz", ["title", "owner"]) == "write `title` or `owner`"
    assert did_you_mean("zzz", [f"name{number}" for number in range(9)]) == ""
    assert did_you_mean("zzz", []) == ""


def test_names_are_listed_as_in_a_sentence() -> None:
    assert [listed(names) for names in ("a", "ab", "abc")] == ["`a`", "`a` or `b`", "`a`, `b` or `c`"]


@given(st.text())
def test_what_is_quoted_is_short_and_on_one_line(text: str) -> None:
    shown = quoted(text)
    assert len(shown) <= 62
    assert len(shown.splitlines()) == 1
