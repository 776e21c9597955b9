"""Both evaluators over the same questions: they agree, or nothing is said."""

from collections.abc import Sequence

from engine.inference import plain
from engine.inference.errors import DisagreementError
from engine.inference.process import DurableProcess
from engine.inference.questions import Question, Settled, Standing
from engine.model.verdicts import Place, Verdict


def judge_both(questions: Sequence[Question], durable: DurableProcess | None) -> list[Verdict]:
    """The verdicts on which both evaluators agree; the plain one's alone where there is no other.

    Raises DisagreementError at the first question they answer differently, and JudgementError and LoweringError as
    `DurableProcess.judge` does.
    """
    wait = durable.begin(questions) if durable else None
    verdicts = [plain.judge(question) for question in questions]
    if wait is not None:
        for question, verdict, answer in zip(questions, verdicts, wait(), strict=True):
            if verdict.outcome != answer:
                raise DisagreementError(question.rule.id, question.place, verdict.outcome, answer)
    return verdicts


def settle_both(standings: Sequence[Standing], durable: DurableProcess | None) -> list[Settled]:
    """The statuses and trends on which both evaluators agree. Raises as `judge_both` does."""
    settled = [plain.settle(standing) for standing in standings]
    if durable is not None:
        for standing, ours, theirs in zip(standings, settled, durable.settle(standings), strict=True):
            if ours != theirs:
                raise DisagreementError(None, Place(standing.subject), ours, theirs)
    return settled
