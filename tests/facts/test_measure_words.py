"""The words that hold of a figure: what was said of it, and what follows from its absence."""

import pytest

from engine.facts.words import figure_words, said_of_whole, words_of_parts
from engine.model.returns import FigureState

NOTHING = frozenset[str]()


def words(*said: str, reported: bool = False, due: bool = True, late: bool = False) -> set[str]:
    states = [FigureState(word) for word in said]
    return set(figure_words(states, reported=reported, due=due, late=late, explained=False))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (words(), {"missing"}),
        (words(late=True), {"missing", "overdue"}),
        (words(reported=True, late=True), set()),
        (words(due=False, late=True), {"not due"}),
        (words(due=False, reported=True), set()),
        (words("not due", late=True), {"not due"}),
        (words("not captured", late=True), {"not captured"}),
        (words("unquantified", late=True), {"unquantified"}),
        (words("under review", late=True), {"under review"}),
        (words("provisional", late=True), {"provisional", "missing", "overdue"}),
        (words("provisional", reported=True), {"provisional"}),
        (words("partial", reported=True), {"partial"}),
    ],
)
def test_a_figure_is_missing_where_it_was_due_and_nobody_said_why_there_is_none(
    found: set[str], expected: set[str]
) -> None:
    assert found == expected


def test_an_explained_figure_is_explained_whether_or_not_it_is_there() -> None:
    assert figure_words((), reported=False, due=True, late=False, explained=True) == {"missing", "explained"}
    assert figure_words((), reported=True, due=True, late=False, explained=True) == {"explained"}


def test_one_part_in_review_puts_the_whole_in_review_but_not_captured_takes_them_all() -> None:
    review, not_captured = FigureState.UNDER_REVIEW, FigureState.NOT_CAPTURED
    assert said_of_whole([None, review]) == {review}
    assert said_of_whole([None, not_captured]) == frozenset()
    assert said_of_whole([not_captured, not_captured]) == {not_captured}


@pytest.mark.parametrize(
    ("north", "south", "reported", "expected"),
    [
        ({"off target", "rising"}, {"rising"}, True, {"off target", "rising"}),
        ({"rising"}, {"falling"}, True, set()),
        ({"steady"}, {"missing"}, True, {"partial"}),
        ({"steady"}, {"not captured"}, True, {"partial"}),
        ({"missing", "overdue"}, {"missing", "overdue"}, False, {"missing", "overdue"}),
        ({"missing"}, {"not captured"}, False, {"missing"}),
        ({"not due"}, {"not due"}, False, {"not due"}),
        ({"provisional"}, set[str](), True, {"provisional"}),
    ],
)
def test_a_whole_stands_at_the_worst_of_its_parts(
    north: set[str], south: set[str], reported: bool, expected: set[str]
) -> None:
    parts = [(frozenset(north), NOTHING), (frozenset(south), NOTHING)]
    assert words_of_parts(parts, reported=reported)[0] == expected


def test_what_can_not_be_told_of_one_part_can_not_be_told_of_the_whole_unless_another_settles_it() -> None:
    unknown = frozenset({"off target"})
    assert words_of_parts([(NOTHING, unknown), (NOTHING, NOTHING)], reported=True) == (NOTHING, unknown)
    assert words_of_parts([(NOTHING, unknown), (unknown, NOTHING)], reported=True) == (unknown, NOTHING)
    parts = [(frozenset({"rising"}), NOTHING), (frozenset({"falling"}), NOTHING)]
    assert words_of_parts(parts, reported=True)[1] == {"rising", "falling", "steady"}
