"""A period assessed: from the fact book and the rulebook to every subject's status and trend, each with its reason."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.assessment.judged import Judged
from engine.assessment.judgements import judgement_problems
from engine.assessment.judging import Judging
from engine.assessment.problems import problems_of
from engine.assessment.revised import LastRevision, as_said_before
from engine.assessment.subject import Moved, subject_out
from engine.assessment.trend import compared, ended, in_order, moved_by
from engine.facts.book import FactBook
from engine.inference.agreement import judge_both, settle_both
from engine.inference.process import DurableProcess
from engine.inference.questions import Settled, Standing
from engine.model.problems import Problem
from engine.model.returns import JudgementKind
from engine.model.run import SubjectOut
from engine.model.workspace import Portfolio, Scheme
from engine.periods import Period
from engine.returns.merge import PeriodRows
from engine.rulebook.rules import Rulebook


@dataclass(frozen=True, slots=True)
class AssessmentInputs:
    """All that the statuses of a portfolio in a period follow from."""

    portfolio: Portfolio
    scheme: Scheme
    rulebook: Rulebook
    book: FactBook
    rows: Mapping[str, PeriodRows]  # by period
    period: Period
    previous: Mapping[str, str | None]  # each subject's status in the period published last; empty before the first
    ever: frozenset[str]  # the subjects that had a status in any published period
    rules_changed: bool  # the rules are others than those of the run published last
    same_period: LastRevision | None = None  # where the very period that is judged was published before
    earlier: Judging | None = None  # of an earlier period's run, which need not be judged again


@dataclass(frozen=True, slots=True)
class Assessed:
    """A period's outcome: every subject in the portfolio's order, and what the PMO should look into."""

    subjects: tuple[SubjectOut, ...]
    problems: tuple[Problem, ...]
    judging: Judging  # what every rule said, and on which figures


def assess(inputs: AssessmentInputs, durable: DurableProcess | None) -> Assessed:
    """Judge a period by the rules that hold on its last day, by both evaluators; by the plain one without `durable`.

    Raises DisagreementError where the two differ, JudgementError where the engine of record fails.
    """
    return _Assessment(inputs).outcome(durable)


class _Assessment:
    def __init__(self, inputs: AssessmentInputs) -> None:
        self._inputs, self._period = inputs, inputs.period
        rules = inputs.rulebook.on(inputs.period.end)
        earlier = inputs.earlier and inputs.earlier.handed_on(rules, inputs.book, inputs.period, self._previous)
        self._judging = earlier or Judging(
            inputs.portfolio, inputs.scheme, rules, inputs.book, inputs.rows, inputs.period, self._previous
        )
        self._last = self._judging.past.before(inputs.period)
        self._ever = inputs.ever | frozenset(self._in_history())

    def outcome(self, durable: DurableProcess | None) -> Assessed:
        portfolio = self._inputs.portfolio
        for level in portfolio.deepest_first:
            self._judge_level([subject.ref for subject in level], durable)
        problems = (
            *self._inputs.book.problems(self._period),
            *judgement_problems(self._inputs.rows, self._inputs.portfolio, self._inputs.scheme, self._period),
            *(problem for ref in portfolio.subjects for problem in self._problems(ref)),
        )
        return Assessed(tuple(map(self._subject, portfolio.subjects)), problems, self._judging)

    def _judge_level(self, refs: Sequence[str], durable: DurableProcess | None) -> None:
        """Judge and settle the subjects of one depth; those below them are settled."""
        judging = self._judging
        for of_measures in (True, False):
            judging.ask(refs, lambda questions: judge_both(questions, durable), of_measures=of_measures)
        unsettled = {ref: judging.unsettled(ref, self._period) for ref in refs}
        standings = [self._compared(ref, judged) for ref, judged in unsettled.items()]
        for standing, settled in zip(standings, settle_both(standings, durable), strict=True):
            judged = unsettled[standing.subject]
            status = judging.status_of(judged.lifecycle, settled.status)
            judged = replace(judged, standing=standing, settled=settled, status=status)
            judging.keep(standing.subject, replace(judged, settled=self._as_said_before(standing.subject, judged)))

    def _compared(self, ref: str, judged: Judged) -> Standing:
        then = self._then(ref)
        before = self._inputs.scheme.rank(then.status) if then is not None else None
        return compared(judged, then, before, ever=ref in self._ever)

    def _subject(self, ref: str) -> SubjectOut:
        judged = self._judging.judged(ref, self._period)
        then, previous, last = self._then(ref), self._previous(ref), self._inputs.same_period
        said = last.says_before(ref, judged, then) if last is not None else None
        revised = last.revised(ref, judged) if last is not None else None
        moved = said.moved_by if said is not None else moved_by(
            judged,
            then,
            previous,
            rules_changed=self._inputs.rules_changed,
        )  # fmt: skip
        if revised is not None and revised.by == ("rules",) and "rules" not in moved:
            moved = in_order((*moved, "rules"))
        return subject_out(self._judging, ref, judged, Moved(previous, moved, revised, ended(judged, then)))

    def _as_said_before(self, ref: str, judged: Judged) -> Settled | None:
        """What was settled, its trend as an earlier revision told it where nothing else can."""
        then, last, settled = self._then(ref), self._inputs.same_period, judged.settled
        was = last.says_before(ref, judged, then) if last is not None else None
        return settled if was is None or settled is None else as_said_before(settled, was)

    def _problems(self, ref: str) -> Iterator[Problem]:
        return problems_of(self._judging, ref, self._judging.judged(ref, self._period))

    # ---- what was before

    def _then(self, ref: str) -> Judged | None:
        """A subject in the period before, judged again."""
        return self._judging.judged(ref, self._last) if self._last is not None else None

    def _previous(self, ref: str) -> str | None:
        """What was published last: by a run, or in the history that came before the first."""
        if ref in self._inputs.previous:
            return self._inputs.previous[ref]
        if self._last is None or not self._judging.past.is_history(self._last):
            return None
        return self._judging.status(ref, self._last)

    def _in_history(self) -> Iterator[str]:
        """The subjects that had a status in a period of history."""
        past = self._judging.past
        for name, rows in self._inputs.rows.items():
            if past.is_history(past.period(name)):
                yield from (row.subject for row in rows.judgements if row.kind is JudgementKind.OVERRIDE)
