"""What is made for many values, and how seldom."""

from hypothesis import given
from hypothesis import strategies as st

from engine.whatif.spread import each, joined, numbered, once_each, turning, under


def all_of(spread: tuple[object, ...], count: int) -> list[object]:
    return [under(spread, place) for place in range(count)]


@given(st.integers(1, 40), st.integers(0, 40), st.sampled_from([("fires", "quiet"), ("quiet", "fires")]))
def test_a_turn_is_found_wherever_it_is_by_few_questions(count: int, turn: int, said: tuple[str, str]) -> None:
    answers = [said[place >= turn] for place in range(count)]
    asked: list[int] = []

    def answer(place: int) -> str:
        asked.append(place)
        return answers[place]

    assert all_of(turning(range(count), answer), count) == answers
    assert len(asked) <= 2 + max(0, count - 1).bit_length()


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.sampled_from("FQ"), st.sampled_from("FQ"))
def test_what_is_unknown_at_both_ends_is_looked_into(a: int, b: int, c: int, first: str, then: str) -> None:
    # A figure that is too large to be compared is so at either end, and known in the middle.
    answers = [*[None] * a, *first * b, *then * c, None]
    assert all_of(turning(range(len(answers)), lambda place: answers[place]), len(answers)) == answers


def test_what_is_the_same_under_every_value_stands_there_once() -> None:
    assert each(range(5), lambda place: "quiet") == ("quiet",)
    assert len(once_each(("a", "a", "a"), lambda place: object())) == 1


def test_each_key_is_made_once() -> None:
    made: list[int] = []

    def make(place: int) -> int:
        made.append(place)
        return place

    assert once_each(("a", "b", "a"), make) == (0, 1, 0)
    assert made == [0, 1]


@given(st.lists(st.lists(st.integers(0, 2), min_size=4, max_size=4).map(tuple), max_size=4))
def test_joined_keys_are_equal_where_all_of_them_are(spreads: list[tuple[int, ...]]) -> None:
    keys = all_of(numbered(joined(spreads)), 4)
    for one in range(4):
        for other in range(4):
            assert (keys[one] == keys[other]) == all(spread[one] == spread[other] for spread in spreads)
