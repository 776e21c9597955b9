"""What the engine of record answers is read with suspicion."""

import pytest

from engine.inference.program import Chunk, decoded

HOLDS, FAILS = (0, 2, 4), (1, 3, 5)  # of the first condition, the second, the third


def test_the_first_condition_that_does_not_fail_decides() -> None:
    assert decoded([FAILS[0], HOLDS[1]], 3) == 1
    assert decoded([FAILS[0], HOLDS[2]], 3) is None
    assert decoded(FAILS, 3) == 3


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_contradiction_is_refused_wherever_it_stands_also_behind_what_decides(which: int) -> None:
    with pytest.raises(ValueError, match="both hold"):
        decoded([HOLDS[0], HOLDS[which], FAILS[which]], 3)


def test_a_chunk_has_room_for_as_many_rules_and_figures_as_the_engine_holds() -> None:
    chunk = Chunk()
    assert [chunk.has_room(compiled, 0) for compiled in (48, 49)] == [True, False]
    assert [chunk.has_room(1, slots) for slots in (119, 120)] == [True, False]  # a flag and two fields each: 239, 241
    assert chunk.add([[[(0, "<", 5, 1)], [(1, "<", 5, 1)]]], slots=9) == (0, 0)
    assert [chunk.has_room(compiled, 0) for compiled in (46, 47)] == [True, False]
    assert [chunk.has_room(1, slots) for slots in (110, 111)] == [True, False]  # two flags by now: 240, 242


def test_each_rule_of_a_chunk_compares_its_own_figures() -> None:
    chunk = Chunk()
    for _ in range(2):
        chunk.add([[[(0, "<", 1, 0), (1, ">", 5, 1)]]], slots=2)
    assert chunk.compiled == [(0, 0, [(0, "<", 1, 0), (1, ">", 5, 1)]), (1, 0, [(2, "<", 3, 0), (3, ">", 5, 1)])]
