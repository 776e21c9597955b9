"""The engine of record, in a child process: questions and standings in, outcomes and statuses out."""

import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from types import TracebackType
from typing import Any, Self

from engine.inference.asking import Batch, Results, ask, ask_apart
from engine.inference.errors import JudgementError
from engine.inference.program import Chunk
from engine.inference.questions import Question, Settled, Standing
from engine.inference.settling import derived, settled, status_chunk, trend_chunk
from engine.inference.worker import COMMAND, GoneError, Worker
from engine.model.verdicts import Place

# The rules that may have brought the child down, and whom it was judging; nothing where that isn't known.
Suspects = tuple[tuple[str, ...], Place | None]

_SECONDS_TO_FIND_THE_RULE = 5.0


def available() -> bool:
    """Whether durable-rules is installed. Whether it can be loaded only the child knows: `DurableProcess.ready`."""
    return os.name == "posix" and find_spec("durable_rules_engine") is not None and find_spec("durable") is not None


class DurableProcess:
    """A context in which the child runs. It starts at once, so that it loads while the caller still reads files.

    `time_limit` (seconds) is how long each batch may take. For one thread. Once it has raised a JudgementError it is
    of no more use.
    """

    def __init__(self, time_limit: float = 60.0, command: Sequence[str] = COMMAND) -> None:
        self._time_limit = time_limit
        self._command = command
        self._worker = Worker(time_limit, command)
        self._hello: dict[str, Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.end()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._worker.pid

    def ready(self) -> bool:
        """Whether the child could load durable-rules. Raises JudgementError where it died or kept silent."""
        return self._why_not() is None

    def judge(self, questions: Sequence[Question]) -> list[str | None]:
        """Each question's outcome, None where it can't be known.

        Raises JudgementError where the child died, hung or contradicted itself, LoweringError for too large a rule.
        """
        return self.begin(questions)()

    def begin(self, questions: Sequence[Question]) -> Callable[[], list[str | None]]:
        """Like `judge`, but the child works while the caller does something else; call what this returns, once."""
        asked = ask(questions)
        wait = self._begin(asked.chunks, lambda chunk, fact: self._suspects(asked, chunk, fact))
        return lambda: asked.answers(wait())

    def settle(self, standings: Sequence[Standing]) -> list[Settled]:
        """Each subject's status and trend (the second pass). Raises JudgementError as `judge` does."""
        if not standings:
            return []

        def suspects(_chunk: int, fact: int | None) -> Suspects:
            return (), None if fact is None else Place(standings[fact].subject)

        (fired,) = self._begin([status_chunk(standings)], suspects)()
        statuses = [derived(one, said) for one, said in zip(standings, fired, strict=True)]
        (fired,) = self._begin([trend_chunk(standings, statuses)], suspects)()
        return [settled(*each) for each in zip(standings, statuses, fired, strict=True)]

    def _begin(self, chunks: Sequence[Chunk], suspects: Callable[[int, int | None], Suspects]) -> Callable[[], Results]:
        """Send the chunks. What this returns waits for the results."""
        if not chunks:
            return list
        why_not = self._why_not()
        if why_not is not None:
            raise JudgementError(f"durable-rules can't be loaded ({why_not})")

        def wait() -> Results:
            try:
                results: Results = self._worker.receive()
            except GoneError as gone:
                raise self._failed(gone, suspects) from gone
            return results

        try:
            self._worker.send([chunk.wire() for chunk in chunks])
        except GoneError as gone:
            raise self._failed(gone, suspects) from gone
        return wait

    def _why_not(self) -> str | None:
        if self._hello is None:
            try:
                self._hello = self._worker.receive()
            except GoneError as gone:
                raise JudgementError(str(gone), details=self._worker.said()) from gone
        why_not: str | None = self._hello["why_not"]
        return why_not

    def _failed(self, gone: GoneError, suspects: Callable[[int, int | None], Suspects]) -> JudgementError:
        reached, details = self._worker.reached(), self._worker.said()
        self._worker.end()
        rules, place = suspects(*reached) if reached else ((), None)
        return JudgementError(str(gone), rules, place, details)

    def _suspects(self, asked: Batch, chunk: int, fact: int | None) -> Suspects:
        """The rules that the child was at. Where these are several, each is tried by itself, in a new child."""
        questions = asked.suspects(chunk, fact)
        found = questions if len(questions) == 1 else self._culprit(questions) or questions
        place = questions[0].place if fact is not None else None
        return tuple(question.rule.id for question in found), place

    def _culprit(self, questions: Sequence[Question]) -> list[Question]:
        """The question that brings a new child down; none where each goes well by itself."""
        apart = ask_apart(questions)
        worker = Worker(min(self._time_limit, _SECONDS_TO_FIND_THE_RULE), self._command)
        try:
            worker.receive()
            worker.send([chunk.wire() for chunk in apart.chunks])
            worker.receive()
        except GoneError:
            reached = worker.reached()
            return [questions[reached[0]]] if reached else []
        finally:
            worker.end()
        return []
