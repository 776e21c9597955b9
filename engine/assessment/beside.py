"""What stands beside a finding: milestones that it counts, what makes a signal, and explanations of its measures."""

from collections.abc import Iterable, Iterator
from datetime import date

from engine.assessment.applies import base
from engine.assessment.judged import Judged, Ruled
from engine.assessment.judging import Judging
from engine.assessment.scopes import MeasureScope, SubjectScope
from engine.facts.milestones import milestone_facts
from engine.facts.names import UNREPORTED
from engine.facts.signals import SIGNAL
from engine.facts.words import EXPLAINED
from engine.model.returns import ExplanationRow, MilestoneRow
from engine.model.run import ExplanationOut, MilestoneOut
from engine.model.verdicts import Verdict
from engine.periods import Period
from engine.rulebook.rules import Rule
from engine.rulebook.syntax import Fact, Is, walk

_MILESTONES = "milestones."


def milestones_of(judging: Judging, judged: Judged, ruled: Ruled, stands: Verdict) -> tuple[MilestoneOut, ...]:
    """The milestones that a ruling's figures count, as they were returned for the period in which it was judged."""
    figures = stands.evidence or ()
    names = [name.removeprefix(_MILESTONES) for name in figures if name.startswith(_MILESTONES)]
    period = judged.period if stands.as_at is None else judging.past.period(stands.as_at)
    rows = judging.rows.get(period.id)
    found = rows.milestones.get(ruled.place.subject, ()) if rows is not None and names else ()
    ends = judging.portfolio.subjects[ruled.place.subject].ends
    counted = [row for row in found if _counts(row, names, period, ends)]
    if UNREPORTED in figures:
        counted += judging.sheets.unreported_milestones(ruled.place.subject, period)
    return tuple(map(_shown, counted))


def _counts(row: MilestoneRow, names: Iterable[str], period: Period, ends: date | None) -> bool:
    """Whether one of the figures would be something of this milestone alone; that there is one says nothing."""
    alone = milestone_facts((row,), period, ends)
    return any(name in alone and alone[name].value > 0 for name in names if name != "count")


def _shown(row: MilestoneRow) -> MilestoneOut:
    planned, forecast = (day.isoformat() if day is not None else None for day in (row.planned, row.forecast))
    return MilestoneOut(name=row.milestone, planned=planned, forecast=forecast)


def asked_for_signals(rule: Rule) -> tuple[Fact, ...]:
    """The measures of which a rule asks whether they are signals, once each."""
    asked = _asked_whether(rule, SIGNAL)
    return tuple(dict.fromkeys(Fact(fact.name, alone=fact.alone) for fact in asked))  # wherever it stands


def asks_for_explanations(rule: Rule) -> bool:
    """Whether a rule asks if a measure is explained."""
    return any(_asked_whether(rule, EXPLAINED))


def _asked_whether(rule: Rule, word: str) -> Iterator[Fact]:
    nodes = (node for condition in rule.conditions for node in walk(condition))
    return (node.fact for node in nodes if isinstance(node, Is) and node.word == word)


def signals_of(rule: Rule, scope: MeasureScope | SubjectScope) -> tuple[str, ...]:
    """What makes the measures signals of which a rule asks it: "7 figures in a row below the mean"."""
    return tuple(
        sheet.signal if fact.alone else f"{sheet.title}: {sheet.signal}"
        for fact in asked_for_signals(rule)
        for sheet in scope.measures(fact)
        if SIGNAL in sheet.states and sheet.signal
    )


def explanations_of(judging: Judging, judged: Judged, ruled: Ruled, stands: Verdict) -> tuple[ExplanationOut, ...]:
    """What explains the measures of a ruling, where an explanation holds in the run's own period."""
    named = (ruled.place.measure, *map(base, stands.evidence or ()))
    measures = dict.fromkeys(name for name in named if name is not None and name in judging.portfolio.measures)
    return tuple(_explanations(judging, ruled.place.subject, judged.period, measures))


def explanations_in(judging: Judging, subject: str, period: Period) -> tuple[ExplanationOut, ...]:
    """What explains a subject's measures in a period, where an explanation holds."""
    return tuple(_explanations(judging, subject, period, judging.portfolio.subjects[subject].measures))


def _explanations(judging: Judging, subject: str, period: Period, measures: Iterable[str]) -> Iterator[ExplanationOut]:
    explained = {one.measure for one in judging.sheets.measures(subject, period).values() if EXPLAINED in one.states}
    for measure in measures:
        if measure not in explained:
            continue
        row = _last_given(judging, subject, measure, period)
        if row is not None:
            day = row.recovery_by.isoformat() if row.recovery_by is not None else None
            title = judging.portfolio.measures[measure].title
            yield ExplanationOut(measure=measure, title=title, reason=row.reason, recovery_by=day)


def _last_given(judging: Judging, subject: str, measure: str, period: Period) -> ExplanationRow | None:
    """The explanation of a measure last returned up to a period, whether or not it still holds."""
    given = (
        (judging.past.period(name).end, rows.explanations[subject, measure])
        for name, rows in judging.rows.items()
        if (subject, measure) in rows.explanations
    )
    until = [pair for pair in given if pair[0] <= period.end]
    return max(until, key=lambda pair: pair[0])[1] if until else None
