"""A subject's rulings as its owner reads them: findings and remarks in sentences."""

from collections.abc import Iterable, Mapping

from engine.assessment.beside import asks_for_explanations, explanations_of, milestones_of, signals_of
from engine.assessment.decisions import Decided
from engine.assessment.judged import Judged, Ruled
from engine.assessment.judging import Judging
from engine.assessment.scopes import MeasureScope, SubjectScope
from engine.model.run import EvidenceOut, FindingOut, GapOut
from engine.model.values import Quantity, plain
from engine.model.verdicts import Verdict
from engine.model.workspace import Lifecycle
from engine.periods import period_in_words
from engine.rulebook.needed import Gap
from engine.rulebook.nouns import Terms
from engine.rulebook.rules import Rule
from engine.rulebook.syntax import Fact
from engine.rulebook.words import because, to_clear

FLOOR = "floor"  # the "rule" of a finding that is a person's


def findings_of(judging: Judging, judged: Judged) -> tuple[FindingOut, ...]:
    """Why a subject isn't better: what its rules found and a person's floor, the worst first, then as the rules go."""
    scheme = judging.scheme
    found = [
        (one.rank, _finding(judging, judged, one, one.stands, scheme.statuses[one.rank].id))
        for one in judged.ruled
        if one.moves and one.rank is not None and one.stands is not None
    ]
    if judged.floor and judged.decided.floor is not None and judged.lifecycle is Lifecycle.LIVE:
        found.append((judged.floor, _floor(judged.decided.floor)))
    return tuple(finding for _, finding in sorted(found, key=lambda pair: -pair[0]))


def remarks_of(judging: Judging, judged: Judged) -> tuple[str, ...]:
    """What is shown and moves nothing: remarks, and what was found of supporting measures."""
    return tuple(
        f"{said(judging, judged, one, one.stands)}{_beside(judging, judged, one, one.stands)}"
        for one in judged.ruled
        if one.fired and one.stands is not None and not one.moves and one.asked.rule.yields != "problem"
    )


def _beside(judging: Judging, judged: Judged, ruled: Ruled, stands: Verdict) -> str:
    """The names of the milestones that a remark counts, and the reasons of the explanations that it asks for."""
    beside = [one.name for one in milestones_of(judging, judged, ruled, stands)]
    if asks_for_explanations(ruled.asked.rule):
        beside += [one.reason for one in explanations_of(judging, judged, ruled, stands)]
    return f" ({'; '.join(beside)})" if beside else ""


def said(judging: Judging, judged: Judged, ruled: Ruled, stands: Verdict) -> str:
    """The sentence of a ruling, with the period in which it was last judged where that is an earlier one."""
    text = _because(judging, ruled, stands, *spoken_of(judging, judged, ruled, stands))
    return text if stands.as_at is None else f"{text} (as at {period_in_words(judging.past.period(stands.as_at))})"


def quiet_in(judged: Judged) -> tuple[str, ...]:
    """The rules that were judged on the period's figures and found nothing, wherever they were."""
    quiet = {one.asked.rule.id: None for one in judged.ruled if one.now.outcome is not None and not one.fired}
    fired = {one.asked.rule.id for one in judged.ruled if one.fired}
    return tuple(rule for rule in quiet if rule not in fired)


def evidence(figures: Mapping[Fact, Quantity], terms: Terms) -> dict[str, EvidenceOut]:
    """Figures as the contract writes them, by name."""
    return {
        fact.name: EvidenceOut(value=plain(known.value), unit=known.unit, shown=terms.shown(fact, known))
        for fact, known in figures.items()
    }


def oldest(judging: Judging, names: Iterable[str | None]) -> str | None:
    """The earliest of some periods; None where there is none."""
    periods = (judging.past.period(name) for name in names if name is not None)
    first = min(periods, key=lambda period: period.end, default=None)
    return first.id if first is not None else None


def _finding(judging: Judging, judged: Judged, ruled: Ruled, stands: Verdict, status: str) -> FindingOut:
    rule, place = ruled.asked.rule, ruled.place
    scope, terms = spoken_of(judging, judged, ruled, stands)
    clearing = to_clear(rule, stands.outcome, scope, terms) if stands.outcome is not None else None
    named = {Fact(name, alone=name in ruled.asked.alone): known for name, known in (stands.evidence or {}).items()}
    return FindingOut(
        rule=rule.id,
        title=rule.title,
        measure=place.measure,
        part=place.part,
        status=status,
        because=_because(judging, ruled, stands, scope, terms),
        evidence=evidence(named, terms),
        to_clear=clearing.text if clearing is not None else None,
        gap=_gap(clearing.gap) if clearing is not None and clearing.gap is not None else None,
        clears_to=clearing.status if clearing is not None else None,
        action=rule.action or None,
        as_at=stands.as_at,
        last_fired=stands.last_fired,
        source=_source(rule),
        milestones=milestones_of(judging, judged, ruled, stands),
        explanations=explanations_of(judging, judged, ruled, stands),
    )


def _gap(gap: Gap) -> GapOut:
    return GapOut(value=plain(gap.size.value), unit=gap.size.unit, shown=gap.shown, way=gap.way)


def _because(judging: Judging, ruled: Ruled, stands: Verdict, scope: MeasureScope | SubjectScope, terms: Terms) -> str:
    """The rule's sentence with the figures; where its condition is no longer true, that it stands all the same."""
    text = because(ruled.asked.rule, scope, terms)
    signals = "; ".join(signals_of(ruled.asked.rule, scope))
    if signals:
        text = f"{text.rstrip('.')} ({signals})"
    if stands.last_fired is None:
        return text
    last = period_in_words(judging.past.period(stands.last_fired))
    return f"{text.rstrip('.')} (the rule last fired in {last}, and stands until it is cleared)"


def _floor(floor: Decided) -> FindingOut:
    row = floor.row
    title = "A person's finding: no better than this"
    return FindingOut(rule=FLOOR, title=title, status=row.status, because=row.reason)


def spoken_of(
    judging: Judging, judged: Judged, ruled: Ruled, stands: Verdict
) -> tuple[MeasureScope | SubjectScope, Terms]:
    """Where the sentence's figures are (of the period in which the rule was last judged), and how they are named."""
    period = judged.period if stands.as_at is None else judging.past.period(stands.as_at)
    scope = judging.scope(ruled.asked, ruled.place, period)
    measures, scheme = judging.portfolio.measures, judging.scheme
    measure = ruled.place.measure if isinstance(scope, MeasureScope) else None
    return scope, Terms(scope.sheet.title, measures, scheme, measure)


def _source(rule: Rule) -> str | None:
    return f"{rule.file}:{rule.at.line}" if rule.file else None
