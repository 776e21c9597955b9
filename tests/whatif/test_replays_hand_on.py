"""A replay judges no period twice: each hands on what it found. It says what one that judges all anew says."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.replay import Replayed, replay
from engine.whatif.looked import Looked
from tests.assessment.office import Returns, months
from tests.inference.made_up import EXAMPLES
from tests.whatif.made_up import BEFORE, PORTFOLIO, RULES, chosen_rules, facts, looked, returned


def said(month: Replayed) -> list[object]:
    alerted = month.alerted
    return [alerted.run.model_dump(), alerted.cases, [one.rendered for one in alerted.messages]]


def by_ref(month: Replayed) -> dict[str, str | None]:
    return {subject.ref: subject.status for subject in month.run.subjects}


def judged_anew(at: Looked, returns: Returns) -> list[list[object]]:
    """Each month from fact sheets of its own, so that nothing can be handed on."""
    return [said(month) for month in replay(at.about, lambda _: facts(returns), at.periods, at.when)]


@settings(max_examples=EXAMPLES // 5)
@given(chosen_rules, returned(), st.booleans())
def test_a_replay_says_what_one_that_judges_every_month_anew_says(
    rules: list[str], returns: Returns, before: bool
) -> None:
    at = looked([*rules, BEFORE] if before else rules, returns)
    assert list(map(said, at.replayed(at.about))) == judged_anew(at, returns)


def test_it_does_so_with_rules_of_every_kind_at_once() -> None:
    returns = months(
        {"one.beds": "50 90 97 79 . 95", "four.beds": "70 . . 80 97 100", "four.wait": "5 5 . 3 3 9",
         "one.rate.North": "70 . 79 80 20 90", "three.beds": "20 20 95 95 95 70"}, of=PORTFOLIO,
    )  # fmt: skip
    at = looked([*RULES, BEFORE], returns)
    assert list(map(said, at.replayed(at.about))) == judged_anew(at, returns)


def test_what_was_published_by_other_rules_is_not_taken_for_what_today_s_say() -> None:
    # March is amber by its own threshold and green by that of April, when `before` speaks of what was published.
    returns = months({"one.beds": "100 100 80 80 80 80"}, of=PORTFOLIO)
    at = looked(
        ["  - {id: r, title: R, because: b, for: measures, when: shortfall > other, status: amber}\n", BEFORE], returns
    )
    found = list(at.replayed(at.about))
    assert [by_ref(month)["one"] for month in found] == [None, "amber", "amber", "amber", "amber"]
    assert list(map(said, at.replayed(at.about))) == judged_anew(at, returns)


def test_what_a_rule_said_is_handed_on_to_the_months_after_it_while_the_rules_are_the_same() -> None:
    at = looked(RULES, months({"one.beds": "50 90 97 79 . 95"}, of=PORTFOLIO))
    _, march, april, may = list(at.replayed(at.about))[:4]

    def ruled(month: Replayed, of: Replayed) -> list[int]:
        return [id(one) for one in month.judging.judged("one", of.period).ruled]

    assert ruled(may, april) == ruled(april, april) != []
    assert ruled(april, march) != ruled(march, march)  # from April on a threshold is another
