"""Messages made up, with all in them that a template may show: to try templates before anything depends on them."""

from datetime import UTC, date, datetime
from typing import Literal

from engine.model.acts import ActKind, OfficeAct
from engine.model.addressed import Addressed
from engine.model.alerts import Decision, HistoryPoint, PartOf, Reason, Telling
from engine.model.notices import Ending, Failed, Item, OfficeNotice, Owed, Owing, ReturnNotice, Stuck, Workbook, key_of
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

_WHOLE = {"ref": "sample", "level": Level.PORTFOLIO, "parent": None}
_CLEARED_BY_ONE_FIGURE = {"floor": None, "not_assessed": ()}


def samples(scheme: Scheme) -> tuple[Addressed, ...]:
    """Messages of every kind, in which everything that a template may show is there in one and not in another."""
    kinds: tuple[Literal["owner"], Literal["digest"]] = ("owner", "digest")
    tellings = [made(kind, scheme) for kind in kinds for made in (_telling, _long_telling)]
    return (*tellings, *_notices(scheme))


def _telling(kind: Literal["owner", "digest"], scheme: Scheme) -> Telling:
    """One that is worse and passed on, one that has recovered, one that is not rated, and one that rules moved."""
    best, worst = scheme.statuses[0].id, scheme.statuses[-1].id
    whole = _worse(best, worst).model_copy(update={**_WHOLE, **_CLEARED_BY_ONE_FIGURE})
    restated = _better(best, worst).model_copy(update={"ref": "restated", "moved_by": ("rules",), "override": None})
    told = {
        "sample": (whole, Reason.ESCALATED), "worse": (_worse(best, worst), Reason.ANOTHER),
        "better": (_better(best, worst), Reason.REMEDIATED), "unrated": (_unrated(worst), Reason.RESTATED),
        "restated": (restated, Reason.RESTATED),
    }  # fmt: skip
    acts = (
        OfficeAct(
            kind=ActKind.SILENCE, portfolio="sample", subject="worse", by="PMO", why="As agreed", made=_NOW,
            period=_PERIOD, until=date(2019, 3, 31), rule="sample",
        ),
    )  # fmt: skip
    subjects = tuple(one for one, _ in told.values() if kind == "digest" or one is not whole)
    return _told(kind, scheme, subjects).model_copy(update={
        "news": tuple(
            Decision(audience="sample", recipient="sample", subject=ref, reason=why) for ref, (_, why) in told.items()
        ),
        "since": {"sample": "2018-12", "worse": "2018-12"},
        "acts": {"sample": acts, "worse": acts},
        "through": {"sample": "owners", "worse": "owners"}, "through_whom": {"worse": ("Another",)},
        "part_of": {ref: (PartOf(ref="sample_programme", title="A programme"),) for ref in told},
        "overview": whole if kind == "digest" else None,
    })  # fmt: skip


def _long_telling(kind: Literal["owner", "digest"], scheme: Scheme) -> Telling:
    """A later revision of so many that some have a line each, in a portfolio that is not rated."""
    best, worst = scheme.statuses[0].id, scheme.statuses[-1].id
    one = _worse(best, worst).model_copy(update=_CLEARED_BY_ONE_FIGURE)
    many = tuple(one.model_copy(update={"ref": f"worse{number}"}) for number in range(31))
    whole = _unrated(worst).model_copy(update=_WHOLE)
    subjects = (*many, whole) if kind == "digest" else many
    return _told(kind, scheme, subjects).model_copy(
        update={"revision": 2, "overview": whole if kind == "digest" else None}
    )


def _told(kind: Literal["owner", "digest"], scheme: Scheme, subjects: tuple[SubjectOut, ...]) -> Telling:
    best = scheme.statuses[0].id
    return Telling(
        audience="sample", kind=kind, recipient="sample", name="Sample", address="sample@council.example",
        portfolio="sample", portfolio_title="A sample", scheme=scheme, mail=_MAIL, now=_NOW,
        period=_PERIOD, run="sample", revision=1, rules={"sample": "A sample rule"}, news=(), subjects=subjects,
        history={
            subject.ref: (
                *(HistoryPoint(period=f"2018-{month:02}", status=best) for month in range(2, 13)),
                HistoryPoint(period=_PERIOD, status=subject.status),
            )
            for subject in subjects
        },
    )  # fmt: skip


def _notices(scheme: Scheme) -> tuple[ReturnNotice | OfficeNotice, ...]:
    """A reminder, a chaser and the office's mail, to somebody at an address that goes nowhere."""
    addressed = {
        "recipient": "sample", "name": "Sample", "address": "sample@council.example", "portfolio": "sample",
        "portfolio_title": "A sample", "mail": _MAIL, "now": _NOW, "period": _PERIOD,
    }  # fmt: skip
    asked = {
        "audience": "returns", "due": date(2019, 2, 7), "complete": ("One that is in",),
        "owed": (Owed(ref="a", title="A project", part_of="A programme", missing=("Visits",), nothing_yet=True),),
        "workbooks": (Workbook(name="sample.xlsx", data=b"sample"),),
    }  # fmt: skip
    problems = tuple(
        Problem(file="sample/owner.xlsx", where=f"cell D{row}", what="this can't be read", cure="correct it")
        for row in range(7, 7 + 101)
    )
    stuck = Stuck(
        id="0" * 16, state="dead", to="sample@council.example", about="A sample", period=_PERIOD, why="no such mailbox"
    )
    owing = Owing(person="sample", name="Sample", address="sample@council.example", titles=("A project",))
    ending = (
        Ending(
            ref="a", title="A project", kind="silence", reason="Why", until="2019-02-28", number=1,
            about="about all news of a, for every audience",
        ),
        Ending(
            ref="a", title="A project", kind="floor", status=scheme.statuses[0].name, reason="Why", until=_PERIOD
        ),
    )  # fmt: skip
    failed = Failed(
        job="run", slot=_PERIOD, portfolio="sample", due=date(2019, 2, 8), tries=5, why="The disk is full",
        command="telltale run sample",
    )  # fmt: skip
    told: tuple[Item, ...] = (*problems, stuck, owing, ending[0], failed)
    new = frozenset(key_of(one, _PERIOD) for one in told)
    return (
        ReturnNotice.model_validate({**addressed, **asked, "kind": "reminder", "today": date(2019, 2, 5)}),
        ReturnNotice.model_validate({**addressed, **asked, "kind": "chaser", "today": date(2019, 2, 8)}),
        OfficeNotice.model_validate({
            **addressed, "audience": "office", "today": date(2019, 2, 8), "due": date(2019, 2, 7),
            "problems": problems, "new": new, "owing": (owing,), "stuck": (stuck,), "ending": ending,
            "failed": (failed,),
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
        exception=True, remediated=False, findings=(finding,), remarks=("Something to note", "And another"),
        declared=DecisionOut(status=best, reason="It goes well", by="its owner"),
        floor=DecisionOut(status=worst, reason="A decision is awaited", by="PMO", until="2019-03"),
        measures=(MeasureOut(measure="visits", title="Visits made", unit=Unit.NUMBER, shown="96 against 120"),),
        not_assessed=(NotAssessed(missing=("visits",), rules=("sample",), words=("a figure for Visits made",)),),
        savings={"target": _MONEY, "net_at_risk": _MONEY},
    )  # fmt: skip


def _unrated(worst: str) -> SubjectOut:
    return SubjectOut(
        ref="unrated", level=Level.PROJECT, title="One that is not rated", parent="sample_programme", owner="sample",
        lifecycle="live", status=None, derived=None, previous=worst, exception=False, remediated=False,
        remarks=("Something to note",),
        not_assessed=(NotAssessed(missing=("visits",), rules=("sample",), words=("a figure for Visits made",)),),
    )  # fmt: skip


def _better(best: str, worst: str) -> SubjectOut:
    return SubjectOut(
        ref="better", level=Level.PROJECT, title="One that has recovered", parent="sample_programme", owner="sample",
        lifecycle="live", status=best, derived=worst, previous=worst, trend="Better", moved_by=("decision",),
        exception=False, remediated=True, earned=True,
        override=DecisionOut(status=best, reason="The figures came late", by="PMO"),
        findings=(FindingOut(rule="sample", title="A sample rule", status=worst, because="Visits are few"),),
    )  # fmt: skip
