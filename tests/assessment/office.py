"""A small office for the tests of assessing: portfolios in code, returns as strings of months, rules as text.

Statuses are written by their codes: G green, A amber, R red, C closed, W waiting, "-" not rated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from engine.assessment.assess import Assessed, AssessmentInputs, assess
from engine.assessment.revised import LastRevision
from engine.facts.book import FactBook
from engine.inference.process import DurableProcess
from engine.model.returns import (
    FigureState,
    JudgementKind,
    JudgementRow,
    MeasureRow,
    MilestoneRow,
    SavingsRow,
)
from engine.model.run import SubjectOut
from engine.model.settings import Settings
from engine.model.workspace import Calendar, Portfolio, Scheme, Workspace, cadence_of
from engine.periods import Period, WorkingDays, periods_between
from engine.returns.merge import PeriodRows
from engine.rulebook.loading import read_rulebook
from engine.rulebook.rules import Rulebook
from engine.workspace.yamlfile import read_yaml_text

SCHEME = Scheme.model_validate(
    {
        "scheme": "colours",
        "title": "Colours",
        "statuses": [
            {"id": "green", "name": "Green", "code": "G"},
            {"id": "amber", "name": "Amber", "code": "A", "exception": True},
            {"id": "red", "name": "Red", "code": "R", "exception": True},
        ],
        "outside": [
            {"id": "closed", "name": "Closed", "code": "C", "lifecycle": "closed"},
            {"id": "waiting", "name": "Waiting", "code": "W", "lifecycle": "not started"},
        ],
    }
)
BY_CODE = {status.code: status.id for status in (*SCHEME.statuses, *SCHEME.outside)}
BEDS = {"title": "Beds filled", "unit": "number", "better": "higher", "decimals": 0}
HOMES = {"ref": "homes", "title": "Homes", "measures": {"beds": {"target": "100"}}}

# One rule for every measure, and what it takes to be red.
FAR_BELOW = """
thresholds:
  tolerance:
    title: How far below target a measure may fall
    values: [{from: 2018-01, value: 10%, why: agreed, approved_by: PMO}]
rules:
  - id: far_below
    title: A measure is far below its target
    for: measures
    when: shortfall > tolerance
    status: amber
    because: "{title}: {actual} against {target}"
    action: Agree a plan
"""

Row = MeasureRow | SavingsRow | MilestoneRow | JudgementRow
Returns = Mapping[str, Sequence[Row]]  # by period


def portfolio(
    *projects: Mapping[str, Any],
    programmes: Sequence[Mapping[str, Any]] = (),
    measures: Mapping[str, Any] | None = None,
    starts: str = "2019-01",
) -> Portfolio:
    return Portfolio.model_validate(
        {
            "portfolio": "office",
            "title": "Office",
            "scheme": "colours",
            "starts": starts,
            "measures": dict(measures or {"beds": BEDS}),
            "programmes": tuple(programmes),
            "projects": tuple(projects),
        }
    )


ONE_PROJECT = portfolio(HOMES)


def rulebook(text: str, of: Portfolio = ONE_PROJECT) -> Rulebook:
    """A rule file without its first line, `portfolio: …`."""
    workspace = Workspace(
        portfolios={"office": of},
        schemes={"colours": SCHEME},
        people={},
        audiences={},
        calendar=Calendar(),
        settings=Settings(),
    )
    found, faults = read_rulebook(read_yaml_text(f"portfolio: office\n{text}", "rules/office.yaml"), workspace, of)
    assert found is not None, [str(fault) for fault in faults]
    return found


def months(figures: Mapping[str, str], first: str = "2019-01", of: Portfolio = ONE_PROJECT) -> dict[str, list[Row]]:
    """Returns from lines such as {"homes.beds": "95 . 80 due"}: a figure, none, a figure, none due.

    "homes.beds.North" is a part. Every line has as many months; a month in which nothing came back is there, empty.
    """
    returned: dict[str, list[Row]] = {}
    for place, line in figures.items():
        subject, measure, *part = place.split(".")
        for period, said in zip(_from(of, first), line.split(), strict=False):
            rows = returned.setdefault(period.id, [])
            state = FigureState.NOT_DUE if said == "due" else None
            if said != ".":
                actual = None if state else Decimal(said)
                named = part[0] if part else None
                rows.append(MeasureRow(subject=subject, measure=measure, part=named, actual=actual, state=state))
    return returned


def judgement(
    subject: str, kind: str, code: str, until: str | None = None, *, begins: str | None = None, milestone: str = ""
) -> JudgementRow:
    """A person's judgement; `until` and `begins` are days."""
    return JudgementRow(
        subject=subject,
        kind=JudgementKind(kind),
        status=BY_CODE[code],
        reason=f"{kind} for a reason",
        by="pmo",
        from_=date.fromisoformat(begins) if begins else None,
        until=date.fromisoformat(until) if until else None,
        until_milestone=milestone or None,
        where="judgements.csv line 2",
    )


def net_at_risk(subject: str, pounds: int, year: str = "2018/19") -> SavingsRow:
    return SavingsRow(subject=subject, year=year, target=Decimal(1000), at_risk=Decimal(pounds))


def merged(*given: Returns) -> dict[str, PeriodRows]:
    """Everything returned, by period."""
    together: dict[str, list[Row]] = {}
    for returns in given:
        for name, rows in returns.items():
            together.setdefault(name, []).extend(rows)
    return {name: _period_rows(rows) for name, rows in together.items()}


@dataclass(frozen=True)
class Office:
    """A portfolio with its rules; what it is asked is answered from returns."""

    of: Portfolio = ONE_PROJECT
    rules: str = FAR_BELOW

    def assess(
        self,
        period: str,
        *returns: Returns,
        previous: Mapping[str, str | None] | None = None,
        ever: frozenset[str] = frozenset(),
        rules_changed: bool = False,
        same_period: LastRevision | None = None,
        durable: DurableProcess | None = None,
    ) -> Assessed:
        """A period by all that was returned up to it."""
        of, cadence = self.of, cadence_of(self.of)
        now = cadence.period(period)
        rows = {name: one for name, one in merged(*returns).items() if cadence.period(name).end <= now.end}
        book = FactBook(of, SCHEME, rows, today=now.end, working=WorkingDays(lambda day: False))
        inputs = AssessmentInputs(
            portfolio=of,
            scheme=SCHEME,
            rulebook=rulebook(self.rules, of),
            book=book,
            rows=rows,
            period=now,
            previous=previous or {},
            ever=ever,
            rules_changed=rules_changed,
            same_period=same_period,
        )
        return assess(inputs, durable)

    def subject(self, ref: str, period: str, *returns: Returns, **said: Any) -> SubjectOut:
        """One subject in a period."""
        return by_ref(self.assess(period, *returns, **said))[ref]

    def replay(self, *returns: Returns, last: str | None = None, durable: DurableProcess | None = None) -> "Replay":
        """Every month from `starts` to the last one returned (or `last`), each published before the next."""
        done = Replay()
        names = sorted(name for one in returns for name in one)
        cadence = cadence_of(self.of)
        first, end = cadence.period(self.of.starts), cadence.period(last or names[-1])
        previous: dict[str, str | None] = {}
        ever: frozenset[str] = frozenset()
        for period in periods_between(cadence, first, end):
            out = by_ref(self.assess(period.id, *returns, previous=previous, ever=ever, durable=durable))
            done.runs.append(out)
            previous = {ref: subject.status for ref, subject in out.items()}
            ever |= {ref for ref, status in previous.items() if status is not None}
        return done


@dataclass
class Replay:
    """Months in a row, each as it was published."""

    runs: list[dict[str, SubjectOut]] = field(default_factory=list)

    def statuses(self, ref: str) -> str:
        """ "G A - A" """
        return " ".join(code(run[ref].status) for run in self.runs)

    def trends(self, ref: str) -> str:
        """ "New Worse - Same" """
        return " ".join(run[ref].trend or "-" for run in self.runs)

    def as_at(self, ref: str) -> str:
        """The month that each is held from: "- - 02"."""
        return " ".join((run[ref].as_at or "-")[-2:] for run in self.runs)


def by_ref(assessed: Assessed) -> dict[str, SubjectOut]:
    return {subject.ref: subject for subject in assessed.subjects}


def code(status: str | None) -> str:
    found = SCHEME.get(status) if status is not None else None
    return found.code if found is not None else "-"


def _from(of: Portfolio, first: str) -> list[Period]:
    cadence = cadence_of(of)
    return periods_between(cadence, cadence.period(first), cadence.period("2025-12"))


def _period_rows(rows: Sequence[Row]) -> PeriodRows:
    savings: dict[str, tuple[SavingsRow, ...]] = {}
    milestones: dict[str, tuple[MilestoneRow, ...]] = {}
    for row in rows:
        if isinstance(row, SavingsRow):
            savings[row.subject] = (*savings.get(row.subject, ()), row)
        elif isinstance(row, MilestoneRow):
            milestones[row.subject] = (*milestones.get(row.subject, ()), row)
    return PeriodRows(
        measures={(row.subject, row.measure, row.part): row for row in rows if isinstance(row, MeasureRow)},
        savings=savings,
        milestones=milestones,
        judgements=tuple(row for row in rows if isinstance(row, JudgementRow)),
        explanations={},
        returned=frozenset(row.subject for row in rows),
    )
