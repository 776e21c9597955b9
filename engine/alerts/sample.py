"""Messages made up, with all in them that a template may show: to try templates before anything depends on them."""

from datetime import UTC, date, datetime
from typing import Literal

from engine.model.alerts import Decision, HistoryPoint, PartOf, Reason, Telling
from engine.model.notices import Ending, Failed, OfficeNotice, Owed, Owing, ReturnNotice, Stuck, Workbook, key_of
from engine.model.problems import Problem
from engine.model.run import (
    DecisionOut,
    EvidenceOut,
    ExplanationOut,
    FindingOut,
    GapOut,
    MeasureOut,
    MilestoneOut,
    NotAssessed,
    SubjectOut,
)
from engine.model.settings import MailSettings
from engine.model.values import Unit
from engine.model.workspace import Level, Scheme

_PERIOD = "2019-01"
_NOW, _MAIL = datetime(2019, 2, 8, 7, tzinfo=UTC), MailSettings(allowed_domains=("council.example",))
_MONEY = EvidenceOut(value="264000", unit=Unit.MONEY, shown="£264k")


def sample_telling(kind: Literal["owner", "digest"], scheme: Scheme) -> Telling:
    """One subject that is worse and one that has recovered, told to somebody at an address that goes nowhere."""
    best, worst = scheme.statuses[0].id, scheme.statuses[-1].id
    subjects = (_worse(best, worst), _better(best, worst))
    news = zip(subjects, (Reason.WORSENED, Reason.REMEDIATED), strict=True)
    return Telling(
        audience="sample", kind=kind, recipient="sample", name="Sample", address="sample@council.example",
        portfolio="sample", portfolio_title="A sample", scheme=scheme,
        mail=_MAIL, now=_NOW,
        period=_PERIOD, run="sample", revision=1, rules={"sample": "A sample rule"},
        news=tuple(Decision(audience="sample", recipient="sample", subject=s.ref, reason=why) for s, why in news),
        subjects=subjects, since={"worse": "2018-12"},
        history={
            subject.ref: (
                *(HistoryPoint(period=f"2018-{month:02}", status=best) for month in range(2, 13)),
                HistoryPoint(period=_PERIOD, status=subject.status),
            )
            for subject in subjects
        },
        part_of={subject.ref: (PartOf(ref="sample_programme", title="A programme"),) for subject in subjects},
        overview=_better(best, worst) if kind == "digest" else None,
    )  # fmt: skip


def sample_notices() -> tuple[ReturnNotice | OfficeNotice, ...]:
    """A reminder, a chaser and an office's mail, to somebody at an address that goes nowhere."""
    addressed = {
        "recipient": "sample", "name": "Sample", "address": "sample@council.example", "portfolio": "sample",
        "portfolio_title": "A sample", "mail": _MAIL, "now": _NOW, "period": _PERIOD,
    }  # fmt: skip
    asked = {
        "audience": "returns", "due": date(2019, 2, 7), "complete": ("One that is in",),
        "owed": (Owed(ref="a", title="A project", part_of="A programme", missing=("Visits",), nothing_yet=True),),
        "workbooks": (Workbook(name="sample.xlsx", data=b"sample"),),
    }  # fmt: skip
    problem = Problem(file="sample/owner.xlsx", where="cell D7", what="this can't be read", cure="correct it")
    return (
        ReturnNotice.model_validate({**addressed, **asked, "kind": "reminder", "today": date(2019, 2, 5)}),
        ReturnNotice.model_validate({**addressed, **asked, "kind": "chaser", "today": date(2019, 2, 8)}),
        OfficeNotice.model_validate({
            **addressed, "audience": "office", "today": date(2019, 2, 8), "due": date(2019, 2, 7),
            "problems": (problem,), "new": frozenset((key_of(problem, _PERIOD),)),
            "owing": (Owing(person="sample", name="Sample", address="sample@council.example", titles=("A project",)),),
            "stuck": (
                Stuck(id="0" * 16, state="dead", to="sample@council.example", about="A sample", period=_PERIOD, why=""),
            ),
            "ending": (
                Ending(
                    ref="a", title="A project", kind="silence", reason="Why", until="2019-02-28", number=1,
                    about="about all news of a, for every audience",
                ),
                Ending(ref="a", title="A project", kind="floor", status="A status", reason="Why", until=_PERIOD),
            ),
            "failed": (
                Failed(job="derive", slot="2019-02", due=date(2019, 2, 8), tries=4, why="Why", command="telltale"),
            ),
        }),
    )  # fmt: skip


def _worse(best: str, worst: str) -> SubjectOut:
    finding = FindingOut(
        rule="sample", title="A sample rule", measure="visits", status=worst, because="Visits made is 96 against 120",
        evidence={"savings.net_at_risk": _MONEY}, to_clear="Visits made of at least 108 (now 96, 12 short)",
        gap=GapOut(value="12", unit=Unit.NUMBER, shown="12", way="short"),
        action="Agree a plan", as_at="2018-12", source="rules/sample.yaml:1",
        milestones=(MilestoneOut(name="Rollout", planned="2018-12-31", forecast="2019-06-30"),),
        explanations=(
            ExplanationOut(measure="visits", title="Visits made", reason="Posts are empty", recovery_by="2019-06-30"),
        ),
    )  # fmt: skip
    return SubjectOut(
        ref="worse", level=Level.PROJECT, title="One that is worse", parent="sample_programme", owner="sample",
        lifecycle="live", status=worst, derived=worst, previous=best, trend="Worse", moved_by=("figures",),
        exception=True, remediated=False, findings=(finding,), remarks=("Something to note",),
        declared=DecisionOut(status=best, reason="It goes well", by="its owner"),
        floor=DecisionOut(status=worst, reason="A decision is awaited", by="PMO", until="2019-03"),
        measures=(MeasureOut(measure="visits", title="Visits made", unit=Unit.NUMBER, shown="96 against 120"),),
        not_assessed=(NotAssessed(missing=("visits",), rules=("sample",), words=("a figure for Visits made",)),),
        savings={"target": _MONEY, "net_at_risk": _MONEY},
    )  # fmt: skip


def _better(best: str, worst: str) -> SubjectOut:
    return SubjectOut(
        ref="better", level=Level.PROJECT, title="One that has recovered", parent="sample_programme", owner="sample",
        lifecycle="live", status=best, derived=worst, previous=worst, trend="Better", moved_by=("decision",),
        exception=False, remediated=True, earned=True,
        override=DecisionOut(status=best, reason="The figures came late", by="PMO"),
    )  # fmt: skip
