"""What the engine of record answers is read with suspicion."""

import pytest

from engine.inference.program import decoded

HOLDS, FAILS = (0, 2, 4), (1, 3, 5)  # of the first condition, the second, the third


def test_the_first_condition_that_does_not_fail_decides() -> None:
    assert decoded([FAILS[0], HOLDS[1]], 3) == 1
    assert decoded([FAILS[0], HOLDS[2]], 3) is None
    assert decoded(FAILS, 3) == 3


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_contradiction_is_refused_wherever_it_stands_also_behind_what_decides(which: int) -> None:
    with pytest.raises(ValueError, match="both hold"):
        decoded([HOLDS[0], HOLDS[which], FAILS[which]], 3)
