"""A subject as the run's result shows it."""

from dataclasses import dataclass
from typing import Literal

from engine.assessment.decisions import Decided, until_in_words
from engine.assessment.findings import evidence, findings_of, oldest, quiet_in, remarks_of
from engine.assessment.judged import Judged
from engine.assessment.judging import Judging
from engine.assessment.lacking import not_assessed_in
from engine.assessment.measures import measures_of
from engine.facts.names import SAVINGS
from engine.model.run import DecisionOut, EvidenceOut, MovedBy, RevisedOut, SubjectOut
from engine.model.workspace import Portfolio
from engine.periods import Period, financial_year
from engine.rulebook.nouns import Terms
from engine.rulebook.syntax import Fact
from engine.workspace.dates import year_starts_in


@dataclass(frozen=True, slots=True)
class Moved:
    """How a subject's status stands to what was published of it."""

    previous: str | None
    by: tuple[MovedBy, ...] = ()
    revised: RevisedOut | None = None
    ended: tuple[Literal["override", "floor"], ...] = ()


def subject_out(judging: Judging, ref: str, judged: Judged, moved: Moved) -> SubjectOut:
    """A subject in the run's own period, settled. Raises ValueError for a period of history, where nothing is."""
    settled, decided, portfolio = judged.settled, judged.decided, judging.portfolio
    if settled is None:
        raise ValueError(f"{judged.period} is history: nothing is settled in it")
    subject = portfolio.subjects[ref]
    findings = findings_of(judging, judged)
    derived = None if settled.derived is None else judging.scheme.statuses[settled.derived].id
    savings = _savings(judging, ref, judged.period)
    return SubjectOut(
        ref=ref,
        level=subject.level,
        title=subject.title,
        parent=subject.parent,
        owner=subject.owner,
        lifecycle=judged.lifecycle.value,
        status=judged.status,
        derived=derived,
        declared=_decision(decided.declared, portfolio),
        floor=_decision(decided.floor, portfolio),
        override=_decision(decided.override, portfolio),
        previous=moved.previous,
        trend=settled.trend,
        moved_by=moved.by,
        revised=moved.revised,
        ended=moved.ended,
        exception=settled.exception,
        remediated=settled.remediated,
        as_at=oldest(judging, (finding.as_at for finding in findings)),
        earned=settled.earned,
        findings=findings,
        measures=tuple(measures_of(judging, ref, judged)),
        remarks=remarks_of(judging, judged),
        not_assessed=not_assessed_in(judging, judged),
        judged=quiet_in(judged),
        savings=savings,
        savings_in=_savings_in(portfolio, judged.period) if savings else None,
    )


def _decision(decided: Decided | None, portfolio: Portfolio) -> DecisionOut | None:
    if decided is None:
        return None
    row = decided.row
    return DecisionOut(status=row.status, reason=row.reason, by=row.by, until=until_in_words(decided, portfolio))


def _savings(judging: Judging, ref: str, period: Period) -> dict[str, EvidenceOut]:
    """The savings figures by column: over all years or, where these stand alone, in the period's."""
    sheet = judging.sheets.figures(ref, period)
    terms = Terms(sheet.title, judging.portfolio.measures, judging.scheme)
    known = {column: sheet.facts.get(f"savings.{column}") for column in SAVINGS}
    return evidence({Fact(column): figure for column, figure in known.items() if figure is not None}, terms)


def _savings_in(portfolio: Portfolio, period: Period) -> str | None:
    if portfolio.savings_years == "add up":
        return None
    return financial_year(period.end, year_starts_in(portfolio))
