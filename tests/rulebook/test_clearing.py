"""Rules with `clears`: what a file may say, what its tests come to, and what an owner reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.inference.plain import outcome
from engine.rulebook.checks import check_rulebook
from engine.rulebook.clearing import clearing, settled
from engine.rulebook.describe import describe
from engine.rulebook.needed import MET, Needed, needed
from engine.rulebook.nouns import Terms
from engine.rulebook.rules import Rulebook
from engine.rulebook.ruletests import run_tests
from engine.rulebook.substance import substance
from engine.rulebook.words import to_clear
from tests.rulebook.office import PORTFOLIO, SCHEME, rulebook, rules_of
from tests.rulebook.scopes import Sheet

THRESHOLDS = """
thresholds:
  limit: {title: L, values: [{from: 2018-04, value: 5}]}
  well: {title: W, values: [{from: 2018-04, value: 3}]}
"""


def text(**keys: str) -> str:
    lines = {"id": "r", "title": "R", "for": "projects", "when": "delays > limit", "status": "at_risk"} | keys
    return f"{THRESHOLDS}rules:\n  - " + "\n    ".join(
        f"{key}: {value}" for key, value in lines.items() if value != "-"
    )


def book(**keys: str) -> Rulebook:
    return rulebook(text(**keys))


def test_what_clears_a_rule_is_read_as_its_condition_is() -> None:
    (one,) = book(clears="delays <= well").rules
    assert [describe(condition) for condition in one.conditions] == ["delays > limit", "delays <= well"]


def test_bands_have_no_clears() -> None:
    _, faults = rules_of(
        text(
            **{"for": "-", "when": "-", "status": "-"}, measure="delays", clears="actual < 3",
            bands="{on_target: at most 5, at_risk: otherwise}",
        )
    )  # fmt: skip
    assert [(fault.what, fault.cure) for fault in faults] == [
        ("a rule with bands has no `clears`", "take it out, or the bands")
    ]


def test_clears_alone_is_no_condition() -> None:
    _, faults = rules_of(text(when="-", clears="delays <= well"))
    assert [fault.what for fault in faults] == ["the rule has no condition"]


def test_what_clears_may_have_as_many_alternatives_as_a_condition() -> None:
    many = " or ".join(f"delays = {number}" for number in range(24))
    assert book(when=many, clears=many).rules
    _, faults = rules_of(text(clears=f"{many} or delays = 99"))
    assert [fault.what for fault in faults] == ["this has too many alternatives (25)"]


def test_a_threshold_that_only_clears_is_used() -> None:
    found = check_rulebook(book(clears="delays <= well"), PORTFOLIO, SCHEME)
    assert not [fault for fault in found if "well" in fault.what]


def test_a_rule_that_stands_until_it_clears_says_what_a_wider_one_does_not() -> None:
    wider = "  - {id: wider, title: W, for: projects, when: delays > limit - 1, status: compromised}\n"

    def told_pointless(clears: str) -> bool:
        found = check_rulebook(rulebook(f"{text(clears=clears)}\n{wider}"), PORTFOLIO, SCHEME)
        return any("says nothing" in fault.what for fault in found)

    assert (told_pointless("-"), told_pointless("delays <= well")) == (True, False)


def test_another_clears_is_another_rulebook() -> None:
    said = [substance(book(clears=clears)) for clears in ("-", "delays <= well", "delays < well")]
    assert said[0] != said[1] != said[2]


# ---- tests beside the rule


@pytest.mark.parametrize(
    ("given", "got"),
    [
        ("{delays: 6}", "fires"),
        ("{delays: 4}", "quiet"),  # it never fired
        ("{delays: [6, 4]}", "fires"),
        ("{delays: [6, 4, 3]}", "quiet"),
        ("{delays: [6, 3, 4]}", "quiet"),
        ("{delays: [6, 3, 6, 4, 5, 4]}", "fires"),
        ("{delays: [6, missing, 4]}", "fires"),
        ("{delays: [4, missing, 4]}", "quiet"),
        ("{delays: [6, missing]}", "unknown"),  # as for any rule: a test tells what the figures say
        ("{}", "unknown"),
    ],
)
def test_a_tests_history_runs_through_the_rule_oldest_first(given: str, got: str) -> None:
    made = book(clears="delays <= well", tests=f"[{{given: {given}, expect: {got}}}]")
    (result,) = run_tests(made, PORTFOLIO, lambda rule, scope, _: outcome(rule, scope))
    assert result.got == got


def test_what_is_given_once_clears_in_the_last_period() -> None:
    tests = (
        "[{given: {delays: [6, 4], lifecycle: developing}, expect: quiet}, {given: {delays: [6, 4]}, expect: fires}]"
    )
    made = book(clears="lifecycle is developing", tests=tests)
    assert all(one.ok for one in run_tests(made, PORTFOLIO, lambda rule, scope, _: outcome(rule, scope)))


# ---- the state, period by period


TRUTHS = (None, "quiet", "fires")
periods = st.lists(st.tuples(st.sampled_from(TRUTHS), st.sampled_from(TRUTHS)), max_size=12)


@given(periods)
def test_the_last_period_that_settles_it_is_what_folding_them_all_gives(
    told: list[tuple[str | None, str | None]],
) -> None:
    stands = False
    for said, cleared in told:
        if said == "fires":
            stands = True
        elif said == "quiet" and cleared == "fires":
            stands = False
    found = [one for one in (settled(*each) for each in told) if one is not None]
    assert (found[-1] if found else False) is stands


def test_what_clears_a_rule_is_a_rule_that_nothing_clears() -> None:
    (one,) = book(clears="delays <= well").rules
    clears = clearing(one)
    assert clears is not None
    assert (clears.when, clears.clears, clearing(clears)) == (one.clears, None, None)


# ---- what would clear it


def test_what_held_for_as_many_periods_as_are_asked_has_nothing_to_change() -> None:
    (one,) = book(clears="(delays <= 3) for 3 periods").rules
    assert one.clears is not None
    terms = Terms("Direct Payments", PORTFOLIO.measures, SCHEME)
    two = Sheet({"delays": "2"}, before=Sheet({"delays": "3"}))
    assert needed(one.clears, True, Sheet({"delays": "2"}, before=two), terms) == MET
    assert needed(one.clears, True, two, terms) == Needed("as now, for 3 periods in a row")


@pytest.mark.parametrize(
    ("when", "clears", "figures", "said"),
    [
        ("delays > 5", "delays <= 3", "delays: 8", "Delayed transfers of at most 3 (now 8, 5 over)"),
        ("delays > 5", "delays <= 3", "delays: 4", "Delayed transfers of at most 3 (now 4, 1 over)"),
        ("delays > limit", "delays <= well", "delays: 4", "Delayed transfers of at most 3 (now 4, 1 over)"),
        ("5 < delays", "well >= delays", "delays: 4", "Delayed transfers of at most 3 (now 4, 1 over)"),
        ("delays > 5", "delays < 5", "delays: 8", "Delayed transfers below 5 (now 8, 3 over)"),
        ("delays > 5", "delays <= 5", "delays: 8", "Delayed transfers of at most 5 (now 8, 3 over)"),
        (
            "recruitment < 60% of target", "recruitment >= 65% of target",
            "recruitment: 31%; recruitment.target: 50%",
            "Posts filled of at least 32.5% (now 31.0%, 1.5 points short)",
        ),
        # The condition itself is told where what clears does not see to it.
        (
            "delays > 5", "savings.at_risk <= £0", "delays: 8; savings.at_risk: £3k",
            "no savings at risk (now £3k) and Delayed transfers of at most 5 (now 8, 3 over)",
        ),
        ("delays > 5", "savings.at_risk <= £0", "delays: 4; savings.at_risk: £3k", "no savings at risk (now £3k)"),
        ("delays > 5", "delays <= 7", "delays: 6", "Delayed transfers of at most 5 (now 6, 1 over)"),
        (
            "delays > 5", "delays <= 7", "delays: 8",
            "Delayed transfers of at most 7 (now 8, 1 over) and Delayed transfers of at most 5 (now 8, 3 over)",
        ),
        (
            "delays > 5 or savings.at_risk > £50k", "delays <= 3 and savings.at_risk <= £20k",
            "delays: 4; savings.at_risk: £30k",
            "Delayed transfers of at most 3 (now 4, 1 over) and savings at risk of at most £20k (now £30k, £10k over)",
        ),
        (
            "delays > 5 and savings.at_risk > £50k", "delays <= 3", "delays: 4; savings.at_risk: £60k",
            "Delayed transfers of at most 3 (now 4, 1 over)",
        ),
        (
            "delays > 5", "(delays <= 3) for 3 periods", "delays: 4",
            "Delayed transfers of at most 3 (now 4, 1 over) for 3 periods",
        ),
        ("delays > 5", "(delays <= 3) for 3 periods", "delays: 2", "as now, for 3 periods in a row"),
        ("delays > 5", "delays <= 3", "", "Delayed transfers of at most 3"),
        ("delays > 5", "delays <= delays.forecast", "delays: 4", None),
    ],
)  # fmt: skip
def test_an_owner_reads_what_clears_it(when: str, clears: str, figures: str, said: str | None) -> None:
    (one,) = book(when=when, clears=clears).rules
    known = dict(figure.split(": ") for figure in figures.split("; ") if figure)
    terms = Terms("Direct Payments", PORTFOLIO.measures, SCHEME)
    asked = to_clear(one, "fires", Sheet(known, limits={"limit": "5", "well": "3"}), terms)
    assert (asked.text if asked is not None else None) == said
