"""Cases: what is wrong with a subject, from the period it shows until it is judged quiet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.model.acts import CaseKey
from engine.model.alerts import Case
from engine.model.run import NotAssessed, RunOut, SubjectOut
from engine.model.workspace import Lifecycle, Scheme

FLOOR, OVERRIDE = "floor", "override"  # the "rules" of cases that are a person's judgement


@dataclass(frozen=True, slots=True)
class CaseChanges:
    """What a run does to a portfolio's cases. Together they are all that the store keeps of them for that run."""

    opened: tuple[Case, ...]
    continued: tuple[Case, ...]
    closed: tuple[Case, ...]

    @property
    def open(self) -> tuple[Case, ...]:
        """The cases that are open after the run, the oldest first."""
        return (*self.continued, *self.opened)


def update(open_cases: Sequence[Case], closed_keys: frozenset[CaseKey], run: RunOut, scheme: Scheme) -> CaseChanges:
    """The cases after a run, from those open before its period and the keys of those closed at any time before it.

    A case is a rule's finding, or a floor or override, at a status worse than the scheme's best. It stays open while
    it shows, and while its rule can't be judged: missing data is never a recovery. It closes when its rule is judged
    quiet, when the rule is no longer asked there, when the judgement ends, and when its subject leaves the portfolio
    or is no longer live.
    """
    subjects = {subject.ref: subject for subject in run.subjects}
    showing = dict(_showing(run, scheme))
    before = {case.key: case for case in open_cases}
    continued: list[Case] = []
    closed: list[Case] = []
    for key, case in before.items():
        if key in showing:
            continued.append(case.model_copy(update={"status": showing[key]}))
        elif _is_unknown(key, subjects.get(key.subject)):
            continued.append(case)
        else:
            closed.append(case.model_copy(update={"closed": run.period}))
    opened = tuple(
        Case(key=key, opened=run.period, status=status, reopened=key in closed_keys)
        for key, status in showing.items()
        if key not in before
    )
    return CaseChanges(opened, tuple(continued), tuple(closed))


def _showing(run: RunOut, scheme: Scheme) -> Iterator[tuple[CaseKey, str]]:
    """Every case that shows in a run, with the status that it gives."""
    for subject in run.subjects:
        if subject.lifecycle == Lifecycle.LIVE:
            for key, status in _of(subject):
                if (scheme.rank(status) or 0) > 0:
                    yield key, status


def _of(subject: SubjectOut) -> Iterator[tuple[CaseKey, str]]:
    for finding in subject.findings:
        # A person's judgement stands among the findings too, as a reason; it is counted once, below.
        if finding.rule not in (FLOOR, OVERRIDE):
            key = CaseKey(rule=finding.rule, subject=subject.ref, measure=finding.measure, part=finding.part)
            yield key, finding.status
    for kind, judgement in ((FLOOR, subject.floor), (OVERRIDE, subject.override)):
        if judgement is not None:
            yield CaseKey(rule=kind, subject=subject.ref), judgement.status


def _is_unknown(key: CaseKey, subject: SubjectOut | None) -> bool:
    """Whether the rule of a case is asked of its subject or measure but could not be judged in this run."""
    if subject is None or subject.lifecycle != Lifecycle.LIVE:
        return False
    groups = [group for group in subject.not_assessed if key.rule in group.rules]
    return any(key.measure is None or _concerns_measure(key, group, subject) for group in groups)


def _concerns_measure(key: CaseKey, group: NotAssessed, subject: SubjectOut) -> bool:
    """Whether what a rule lacks is this measure's. What is no measure's (savings, a threshold) all measures lack."""
    lacking = {name.partition(".")[0] for name in group.missing} & {one.measure for one in subject.measures}
    if not lacking:
        return True
    # A missing figure names its measure but not its part: the part that lacks it has no status.
    parts = [one for one in subject.measures if (one.measure, one.part) == (key.measure, key.part)]
    return key.measure in lacking and (key.part is None or any(part.status is None for part in parts))
