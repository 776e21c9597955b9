"""Both evaluators mean what the design says: they are held against an oracle that shares nothing with them."""

from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.inference import plain
from engine.inference.process import DurableProcess
from engine.inference.questions import Question, Standing
from engine.model.verdicts import Place
from engine.rulebook.clearing import outcome_through
from engine.rulebook.rules import Rule
from engine.rulebook.scope import Scope
from tests.inference import made_up, oracle
from tests.inference.sheets import Sheet, ask

as_many = settings(max_examples=made_up.EXAMPLES, suppress_health_check=list(HealthCheck))


@as_many
@given(made_up.rules, st.lists(made_up.sheets(), min_size=1, max_size=3))
def test_every_rule_says_what_the_oracle_says(durable: DurableProcess, rules: list[Rule], sheets: list[Sheet]) -> None:
    asked = made_up.listed(rules, sheets)
    expected = [oracle.outcome(rule, sheet) for rule, sheet, _ in asked]
    questions = [ask(rule, sheet, subject) for rule, sheet, subject in asked]
    assert [plain.outcome(rule, sheet) for rule, sheet, _ in asked] == expected
    assert durable.judge(questions) == expected


@as_many
@given(made_up.any_rule, made_up.sheets())
def test_only_what_is_unknown_names_what_is_missing(rule: Rule, sheet: Sheet) -> None:
    verdict = plain.judge(ask(rule, sheet))
    assert verdict.outcome is None or verdict.missing == ()
    assert verdict.missing == tuple(sorted(set(verdict.missing)))
    assert set(verdict.missing) <= {*made_up.NAMES, *made_up.THRESHOLDS}


@as_many
@given(made_up.until_cleared, st.lists(made_up.sheets(), min_size=1, max_size=3))
def test_a_rule_stands_until_cleared_as_the_oracle_says_by_either_evaluator(
    durable: DurableProcess, rule: Rule, sheets: list[Sheet]
) -> None:
    def by_durable(asked: Rule, scope: Scope) -> str | None:
        return durable.judge([Question(asked, Place("a_project"), scope)])[0]

    for sheet in sheets:
        expected = oracle.outcome_until_cleared(rule, sheet)
        assert outcome_through(rule, sheet, plain.outcome) == expected
        assert outcome_through(rule, sheet, by_durable) == expected


RANKS = (None, 0, 1, 2, 3)
BOTH = (False, True)


def every_standing() -> list[Standing]:
    return [
        Standing("a_project", *each) for each in product(BOTH, RANKS, RANKS, BOTH, BOTH, RANKS, BOTH, BOTH, range(5))
    ]


def test_every_standing_of_four_ranks_is_settled_as_the_table_says() -> None:
    for standing in every_standing():
        assert plain.settle(standing) == oracle.settled(standing), standing


def test_the_engine_of_record_settles_every_standing_as_the_table_says(durable: DurableProcess) -> None:
    # It takes two steps, so that all that the first can meet and all that the second can meet is everything.
    first = [Standing("a_project", *each, 2, True, False, 2) for each in product(BOTH, RANKS, RANKS, BOTH, BOTH)]
    second = [
        Standing("a_project", False, status, None, False, False, before, comparable, new, first_exception)
        for status, before, comparable, new, first_exception in product(RANKS, RANKS, BOTH, BOTH, range(5))
    ]
    settled = durable.settle(first + second)
    assert settled == [oracle.settled(standing) for standing in first + second]


def test_the_standings_reach_every_status_and_every_trend() -> None:
    found = [oracle.settled(standing) for standing in every_standing()]
    assert {one.status for one in found} == set(RANKS)
    assert {one.trend for one in found} == {None, "Better", "Same", "Worse", "New"}
    assert {one.remediated for one in found} == {one.exception for one in found} == {True, False}
