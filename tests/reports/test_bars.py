"""A sweep drawn in plain characters."""

from hypothesis import given
from hypothesis import strategies as st

from engine.reports.bars import WIDTH, bars
from tests.assessment.office import SCHEME
from tests.reports.sweeps import sweep

counts = st.tuples(*[st.integers(0, 4000)] * 4)


def test_each_value_has_its_figures_and_its_bar_and_todays_is_marked() -> None:
    assert bars(sweep((2, 5, 3), (5, 4, 1), (10, 0, 0)), SCHEME, width=37) == (
        "        G  A  R\n"
        "  10%   2  5  3  ....----------======\n"
        "> 20%   5  4  1  ..........--------==\n"
        "  30%  10  0  0  ....................\n"
        "\n"
        "  . G  Green\n"
        "  - A  Amber\n"
        "  = R  Red\n"
        "  > today's value"
    )


def test_what_is_not_rated_has_a_column_where_there_is_any() -> None:
    drawn = bars(sweep((1, 1, 0, 2), (2, 1, 0, 1), today=None), SCHEME)
    assert drawn.splitlines()[0].split() == ["G", "A", "R", "none"]
    assert "  ? none  Not rated" in drawn
    assert "today" not in drawn


@given(st.lists(counts, min_size=1, max_size=5))
def test_a_bar_is_as_wide_as_the_terminal_and_shows_whoever_there_is(rows: list[tuple[int, int, int, int]]) -> None:
    lines = bars(sweep(*rows, today=0), SCHEME).splitlines()[1 : len(rows) + 1]
    for row, line in zip(rows, lines, strict=True):
        bar = line.split("  ")[-1] if any(row) else ""
        assert len(line.rstrip()) == WIDTH or not any(row)
        for count, mark in zip(row, ".-=?", strict=True):
            assert (mark in bar) == bool(count)


@given(st.integers(1, 2000), st.integers(1, 2000))
def test_a_bar_is_in_proportion(green: int, red: int) -> None:
    bar = bars(sweep((green, 0, red), today=0), SCHEME).splitlines()[1].split("  ")[-1]
    share = bar.count(".") / len(bar)
    assert abs(share - green / (green + red)) <= 1 / len(bar)
