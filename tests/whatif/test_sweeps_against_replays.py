"""A sweep is quick, for it judges little twice. It says what a replay of every month under each value says."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.whatif.candidates import with_values
from engine.whatif.counted import Swept, swept
from engine.whatif.looked import Looked
from engine.whatif.spread import under
from engine.whatif.sweep import can_sweep
from tests.assessment.office import Returns, months
from tests.inference.made_up import EXAMPLES
from tests.whatif.made_up import BEFORE, PORTFOLIO, RULES, chosen_rules, looked, percents, returned, values

few, fewer = (settings(max_examples=EXAMPLES // share) for share in (10, 40))  # each example is dozens of replays


def replayed(at: Looked, numbers: Sequence[int]) -> dict[tuple[str, str], list[str | None]]:
    """The statuses of every subject and month, judged from the beginning under each value."""
    found: dict[tuple[str, str], list[str | None]] = {}
    for value in percents(numbers):
        tried = with_values(at.about, [(at.about.rulebook.thresholds["limit"], value)])
        for month in at.replayed(tried):
            for subject in month.run.subjects:
                found.setdefault((subject.ref, month.period.id), []).append(subject.status)
    return found


def spread_out(found: Swept, count: int) -> dict[tuple[str, str], list[str | None]]:
    return {key: [under(one, place) for place in range(count)] for key, one in found.items()}


@few
@given(chosen_rules, returned(), values)
def test_a_sweep_gives_the_statuses_of_a_replay_under_each_value(
    rules: list[str], returns: Returns, numbers: list[int]
) -> None:
    at = looked(rules, returns)
    found = swept(at, at.about.rulebook.thresholds["limit"], percents(numbers))
    assert spread_out(found, len(numbers)) == replayed(at, numbers)


def test_what_only_a_supporting_measure_lacks_is_found_at_the_values_at_which_it_does() -> None:
    when = "(beds.shortfall > limit or calls < 50) and wait > 3 weeks"
    rules = [
        f"  - {{id: r, title: R, because: b, for: projects, when: {when}, status: red}}\n",
        "  - {id: s, title: S, because: b, for: projects, when: beds < 1, status: amber}\n",
    ]
    at = looked(rules, months({"four.beds": "80 80 80 80 80 80"}, of=PORTFOLIO))
    found = swept(at, at.about.rulebook.thresholds["limit"], percents([10, 30]))
    assert found["four", "2019-06"] == ("green", None)
    assert spread_out(found, 2) == replayed(at, [10, 30])


@fewer
@given(returned(), st.permutations(RULES))
def test_a_sweep_does_so_with_rules_of_every_kind_at_once(returns: Returns, rules: list[str]) -> None:
    at, numbers = looked(rules, returns), [0, 10, 20, 21, 30, 80]
    found = swept(at, at.about.rulebook.thresholds["limit"], percents(numbers))
    assert spread_out(found, len(numbers)) == replayed(at, numbers)


@fewer
@given(chosen_rules, returned(), values)
def test_rules_that_speak_of_the_status_before_are_swept_too(
    rules: list[str], returns: Returns, numbers: list[int]
) -> None:
    at = looked([*rules, BEFORE], returns)
    assert not can_sweep(at.about, at.about.rulebook.latest)
    found = swept(at, at.about.rulebook.thresholds["limit"], percents(numbers))
    assert spread_out(found, len(numbers)) == replayed(at, numbers)
