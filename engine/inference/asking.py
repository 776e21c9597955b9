"""Questions for the engine of record, and what its answers mean: the way there and back."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.inference.errors import JudgementError
from engine.inference.lowering import LoweredRule, lower_rule, operands
from engine.inference.program import Applied, Chunk, Fired, decoded
from engine.inference.questions import Question
from engine.model.verdicts import Place
from engine.rulebook.rules import Rule

Results = Sequence[Sequence[Sequence[Fired]]]  # by chunk, then by fact


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of questions as chunks; `at` says of each question in which chunk, fact and rule of it it went."""

    questions: Sequence[Question]
    chunks: Sequence[Chunk]
    at: Sequence[tuple[int, int, int]]

    def answers(self, results: Results) -> list[str | None]:
        """Each question's outcome. Raises JudgementError where the engine contradicts itself."""
        fired: dict[tuple[int, int, int], list[int]] = {}
        for chunk, facts in enumerate(results):
            for fact, said in enumerate(facts):
                for rule, which in said:
                    fired.setdefault((chunk, fact, rule), []).append(which)
        return [_answer(q, fired.get(at, ())) for q, at in zip(self.questions, self.at, strict=True)]

    def suspects(self, chunk: int, fact: int | None) -> list[Question]:
        """The questions that one fact of a chunk answers; without a fact, one for each rule of the chunk."""
        if fact is not None:
            return [q for q, at in zip(self.questions, self.at, strict=True) if at[:2] == (chunk, fact)]
        first = {at[2]: q for q, at in zip(reversed(self.questions), reversed(self.at), strict=True) if at[0] == chunk}
        return [first[rule] for rule in sorted(first)]


def ask(questions: Sequence[Question]) -> Batch:
    """Pack the rules into chunks, and each place's figures into one fact for each chunk that has a rule for it.

    Raises LoweringError where a rule is too large.
    """
    packing = _Packing()
    return Batch(questions, packing.chunks, [packing.put(question) for question in questions])


def ask_apart(questions: Sequence[Question]) -> Batch:
    """Each question in a chunk of its own, in order: to find out which of them brings the engine down."""
    alone = [ask([question]) for question in questions]
    return Batch(questions, [one.chunks[0] for one in alone], [(index, 0, 0) for index in range(len(alone))])


class _Packing:
    def __init__(self) -> None:
        self.chunks: list[Chunk] = []
        self._rules: dict[int, tuple[LoweredRule, int, int, int]] = {}  # by identity: chunk, number and first slot
        self._facts: dict[tuple[int, Place, int], tuple[int, list[Applied]]] = {}  # by chunk, place and turn
        self._turns: dict[tuple[int, Place], int] = {}

    def put(self, question: Question) -> tuple[int, int, int]:
        lowered, chunk, rule, first = self._rule(question.rule)
        # A rule asked of the same place again (of another scope) takes another fact.
        turn = self._turns.get((id(question.rule), question.place), 0)
        self._turns[id(question.rule), question.place] = turn + 1
        key = (chunk, question.place, turn)
        if key not in self._facts:
            applied: list[Applied] = []
            self._facts[key] = (len(self.chunks[chunk].facts), applied)
            self.chunks[chunk].facts.append(applied)
        fact, applied = self._facts[key]
        applied.append((rule, first, operands(lowered, question.scope)))
        return chunk, fact, rule

    def _rule(self, rule: Rule) -> tuple[LoweredRule, int, int, int]:
        if id(rule) not in self._rules:
            lowered = lower_rule(rule)
            compiled = sum(len(one.holds) + len(one.fails) for one in lowered.conditions)
            if not self.chunks or not self.chunks[-1].has_room(compiled, len(lowered.operands)):
                self.chunks.append(Chunk())
            number, first = self.chunks[-1].add(
                [
                    [[(one.left, one.op, one.right, int(one.constant)) for one in branch] for branch in branches]
                    for condition in lowered.conditions
                    for branches in (condition.holds, condition.fails)
                ],
                len(lowered.operands),
            )
            self._rules[id(rule)] = (lowered, len(self.chunks) - 1, number, first)
        return self._rules[id(rule)]


def _answer(question: Question, fired: Sequence[int]) -> str | None:
    lowered = lower_rule(question.rule)
    try:
        decides = decoded(fired, len(lowered.conditions))
    except ValueError as contradiction:
        raise JudgementError(str(contradiction), (question.rule.id,), question.place) from contradiction
    return None if decides is None else lowered.outcomes[decides]
