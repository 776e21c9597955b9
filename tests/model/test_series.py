"""Series as people write them, one value a period."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.series import MOST, Item, SeriesError, read_range, read_series


def values(written: str | list[str | None] | None) -> list[str]:
    return [item.text for item in read_series(written)]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("15.1 15.1 _ 40", "15.1|15.1|_|40"),
        ("  15.1   _ ", "15.1|_"),
        ("40 x3", "40|40|40"),
        ("40x3", "40|40|40"),
        ("40 ×2", "40|40"),
        ("£100kx2 £5", "£100k|£100k|£5"),
        ("£1,320k £1,400k", "£1,320k|£1,400k"),
        ("£1,320k, £1,400k x2", "£1,320k|£1,400k|£1,400k"),
        ("(5) -3 60%", "(5)|-3|60%"),
        ("4 weeks 5 weeks x2", "4 weeks|5 weeks|5 weeks"),
        ("_ x2 1", "_|_|1"),
        ("_x2 1", "_|_|1"),
        (". . fires", ".|.|fires"),
        ("first - - remediated", "first|-|-|remediated"),
        ("on_target x2 amber", "on_target|on_target|amber"),
        ("tax2 x2", "tax2|tax2"),  # a word that ends like a repetition
        ("not due, _, 40", "not due|_|40"),
        ("2019-03-31 _", "2019-03-31|_"),
        ("10..40/10", "10|20|30|40"),
        ("40..10/10", "40|30|20|10"),
        ("0..1/0.25 7", "0|0.25|0.5|0.75|1|7"),
        ("50%..70%/10%", "50%|60%|70%"),
        ("50..70%/10", "50%|60%|70%"),
        ("40k..60k/10k", "40k|50k|60k"),
        ("£1m..£2m/£500k", "£1000000|£1500000|£2000000"),
        ("-10..10/10", "-10|0|10"),
        ("1..4/2", "1|3"),
        ("1..2/1 x2", "1|2|1|2"),
        ("", ""),
    ],
)
def test_a_series_is_read_value_by_value(written: str, read: str) -> None:
    assert "|".join(values(written)) == read


def test_a_list_and_a_blank_are_series_too() -> None:
    assert values(["under review", None, "_ x2", "40"]) == ["under review", "_", "_", "_", "40"]
    assert values(None) == ["_"]


def test_each_value_knows_where_it_was_written() -> None:
    assert [item.start for item in read_series("15.1 _ x2  40")] == [0, 5, 5, 11]
    assert [item.start for item in read_series("not due, _,  40")] == [0, 9, 13]
    assert [item.start for item in read_series(["a", "b x2"])] == [0, 1, 1]


@pytest.mark.parametrize(
    ("written", "said", "start"),
    [
        ("x3 40", "`x3` repeats nothing; write the value before it: `40 x3`", 0),
        ("7 40 x0", "`x0` can't be; repeat a value from once to 1,000 times", 5),
        ("7 0..5", "`0..5` has no step; write one behind a stroke: `0..5/1`", 2),
        ("0%..5%", "`0%..5%` has no step; write one behind a stroke: `0%..5%/1%`", 0),
        ("1..5/0", "`1..5/0` has a step of nought; write the distance between two values", 0),
        ("1%..£5/1", "`1%..£5/1` is in two units; write its ends and its step in one", 0),
        ("1..5/some", "`1..5/some` can't be read: 'some' is not a number; write it as", 0),
        ("1..1000000/1", "`1..1000000/1` has 1,000,000 values; take a larger step: 1,000 are the most", 0),
        ("1 x900 2 x900", "this has more than 1,000 values; write fewer", 9),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(written: str, said: str, start: int) -> None:
    with pytest.raises(SeriesError) as error:
        read_series(written)
    assert str(error.value).startswith(said)
    assert error.value.start == start


def test_what_is_no_range_is_none() -> None:
    assert [read_range(text) for text in ("40", "2019-03-31", "..", "a..b/c", "and so on...")] == [None] * 5


@given(st.text(alphabet="0123456789x×_.,/ £%k-(xa", max_size=30))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    items, refused = read_or_refused(text)
    assert len(items) <= MOST
    assert all(0 <= item.start < len(text) and item.text for item in items)
    assert refused is None or (refused.what and refused.cure and 0 <= refused.start <= len(text))


def read_or_refused(text: str) -> tuple[list[Item], SeriesError | None]:
    try:
        return read_series(text), None
    except SeriesError as error:
        return [], error


@given(st.integers(-50, 50), st.integers(1, 9), st.integers(0, 40))
def test_a_range_has_both_its_ends_where_the_step_fits(first: int, step: int, count: int) -> None:
    found = read_range(f"{first}..{first + step * count}/{step}")
    assert found is not None
    assert list(found.values) == [first + step * number for number in range(count + 1)]
    assert values(f"{first}..{first + step * count}/{step}") == [str(one) for one in found.values]
