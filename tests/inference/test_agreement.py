"""Two evaluators agree, or nothing is said."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engine.inference import plain
from engine.inference.agreement import judge_both, settle_both
from engine.inference.asking import ask as packed
from engine.inference.errors import DisagreementError, JudgementError
from engine.inference.process import DurableProcess, available
from engine.inference.questions import Standing
from engine.inference.settling import derived
from engine.model.verdicts import Place, Verdict
from tests.inference.sheets import ask, compare, ladder, rule, sheet

needs_durable = pytest.mark.skipif(not available(), reason="durable-rules is not installed")

below = rule(compare("x", "<", 100), "below")
steps = ladder(("good", compare("y", ">=", 100)), ("bad", None), name="steps")
QUESTIONS = [
    ask(one, scope, subject, "cost")
    for subject, scope in {"first": sheet({"x": 1, "y": 2}), "second": sheet({"x": 13, "y": 2})}.items()
    for one in (steps, below)
]
UNLUCKY = 13_000_000  # a figure or rank at which the lying child lies


def on_track(subject: str, worst: int | None = None) -> Standing:
    return Standing(subject, False, None, worst, True, False, 0, True, False, 1)


def lying() -> DurableProcess:
    return DurableProcess(20, (sys.executable, str(Path(__file__).with_name("failing_child.py")), "lie"))


def test_where_there_is_no_engine_of_record_the_plain_evaluator_answers_alone() -> None:
    assert judge_both(QUESTIONS, None) == [plain.judge(question) for question in QUESTIONS]
    assert settle_both([on_track("x")], None) == [plain.settle(on_track("x"))]


@needs_durable
def test_where_both_agree_the_verdicts_carry_their_evidence(durable: DurableProcess) -> None:
    verdicts = judge_both(QUESTIONS, durable)
    assert [verdict.outcome for verdict in verdicts] == ["bad", "fires", "bad", "fires"]
    assert all(verdict.evidence for verdict in verdicts)
    standings = [on_track("x"), on_track("y", worst=2)]
    assert settle_both(standings, durable) == [plain.settle(standing) for standing in standings]


@needs_durable
def test_no_questions_have_no_answers(durable: DurableProcess) -> None:
    assert judge_both([], durable) == []
    assert settle_both([], durable) == []


@needs_durable
def test_an_engine_that_says_otherwise_is_a_fault_that_names_rule_subject_measure_and_both_answers() -> None:
    with lying() as process, pytest.raises(DisagreementError) as caught:
        judge_both(QUESTIONS, process)
    error = caught.value
    assert (error.subject, error.measure, error.rule) == ("second", "cost", "below")
    assert (error.plain, error.durable) == ("fires", None)
    assert str(error) == (
        "The rule below on second, measure cost was judged differently by the two evaluators "
        "(plain: fires; durable-rules: unknown); nothing is published."
    )


@needs_durable
def test_a_plain_evaluator_that_says_otherwise_is_a_fault_too(
    durable: DurableProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain, "judge", lambda question: Verdict(question.rule.id, question.place, None))
    with pytest.raises(DisagreementError, match=r"plain: unknown; durable-rules: bad") as caught:
        judge_both(QUESTIONS, durable)
    assert (caught.value.rule, caught.value.subject) == ("steps", "first")


@needs_durable
def test_a_status_on_which_they_differ_names_the_subject() -> None:
    with lying() as process, pytest.raises(DisagreementError) as caught:
        settle_both([on_track("x"), on_track("y", worst=UNLUCKY)], process)
    assert (caught.value.rule, caught.value.subject) == (None, "y")
    assert str(caught.value).startswith("The status of y was judged differently by the two evaluators (plain: ")


def test_a_fault_at_a_part_of_a_measure_names_the_part() -> None:
    assert str(DisagreementError("below", Place("first", "cost", "North"), "quiet", "fires")) == (
        "The rule below on first, measure cost, part North was judged differently by the two evaluators "
        "(plain: quiet; durable-rules: fires); nothing is published."
    )


def test_a_ruleset_that_fails_puts_its_own_rules_under_suspicion_alone() -> None:
    many = [rule(compare("x", "<", n), f"r{n}") for n in range(27)]  # 24 to a chunk, each with its negation
    batch = packed([ask(one, sheet({"x": 1}), subject) for subject in ("first", "second") for one in many])

    def suspects(fact: int | None) -> list[tuple[str, str]]:
        return [(question.rule.id, question.place.subject) for question in batch.suspects(1, fact)]

    assert suspects(None) == [("r24", "first"), ("r25", "first"), ("r26", "first")]
    assert suspects(1) == [("r24", "second"), ("r25", "second"), ("r26", "second")]


def test_an_engine_that_contradicts_itself_is_not_trusted() -> None:
    batch = packed([ask(below, sheet({"x": 1}), "first", "cost")])
    assert batch.answers([[[(0, 0)]]]) == ["fires"]
    with pytest.raises(JudgementError) as caught:
        batch.answers([[[(0, 0), (0, 1)]]])  # the condition holds, and so does its negation
    assert str(caught.value) == (
        "The rule below on first, measure cost could not be judged: "
        "a condition and its negation both hold; nothing is published."
    )
    with pytest.raises(JudgementError, match=r"^The status of x could not be judged: the engine says both "):
        derived(on_track("x", worst=2), [(0, 0), (0, 1)])


@needs_durable
def test_the_same_rule_asked_of_the_same_place_twice_gets_an_answer_for_each(durable: DurableProcess) -> None:
    twice = [ask(below, sheet({"x": value})) for value in (1, 100, 2)]
    assert [verdict.outcome for verdict in judge_both(twice, durable)] == ["fires", "quiet", "fires"]


@needs_durable
def test_a_part_of_a_measure_is_a_place_of_its_own(durable: DurableProcess) -> None:
    places = [Place("a", "m"), Place("a", "m", "North"), Place("a", "m", "South"), Place("a"), Place("b", "m")]
    asked = [replace(ask(below, sheet({"x": 98 + n})), place=place) for n, place in enumerate(places)]
    verdicts = judge_both(asked, durable)
    assert [v.outcome for v in verdicts] == ["fires", "fires", "quiet", "quiet", "quiet"]
    assert [v.place for v in verdicts] == places
