"""Tellings as a run of January 2019 would hand them over, with the figures of the published report."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from engine.model.alerts import Decision, HistoryPoint, PartOf, Reason, Telling
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
)  # fmt: skip
from engine.model.settings import MailSettings
from engine.model.values import Quantity, Unit, plain, show
from engine.model.workspace import Level, Lifecycle, Scheme, Status

NOW = datetime(2019, 2, 8, 9, 30, tzinfo=UTC)

SCHEME = Scheme(
    scheme="six_status",
    title="Six delivery statuses",
    statuses=(
        Status(id="on_target", name="On Target", code="OT", colour="#00703c"),
        Status(id="experiencing_obstacles", name="Experiencing Obstacles", code="EO", colour="#ffdd00", exception=True),
        Status(id="at_risk", name="At Risk", code="AR", colour="#f47738", exception=True),
        Status(id="compromised", name="Compromised", code="CO", colour="#d4351c", exception=True),
    ),
    outside=(
        Status(id="closed", name="Closed", code="Closed", colour="#1d70b8", lifecycle=Lifecycle.CLOSED),
        Status(id="no_status", name="No Status", code="NS", colour="#b1b4b6", lifecycle=Lifecycle.NOT_STARTED),
    ),
)
OT, EO, AR = "on_target", "experiencing_obstacles", "at_risk"

CROSS_CUTTING = PartOf(ref="ASCH1804", title="Cross-cutting interventions")
INDEPENDENCE = PartOf(ref="ASCH1812", title="Promoting Independence Interventions")
OLDER = PartOf(ref="ASCH1802", title="Interventions for adults 65+")
YOUNGER = PartOf(ref="ASCH1803", title="Interventions for adults 18-64")
COMMISSIONING = PartOf(ref="ASCH1805", title="Commissioning and Direct Services")
EARLY = PartOf(ref="ASCH1801", title="Early Resolution")


def money(pounds: int) -> EvidenceOut:
    amount = Decimal(pounds)
    return EvidenceOut(value=plain(amount), unit=Unit.MONEY, shown=show(Quantity(amount, Unit.MONEY)))


def subject(title: str, status: str | None, previous: str | None, **more: Any) -> SubjectOut:
    """A subject as the run gives it; its trend follows from the two statuses unless it is given."""
    now, before = SCHEME.rank(status), SCHEME.rank(previous)
    trend = None
    if now is not None and before is not None:
        trend = "Same" if now == before else "Worse" if now > before else "Better"
    exception = SCHEME.is_exception(status)
    fields: dict[str, Any] = {
        "ref": title.lower().replace(" ", "_"), "level": Level.PROJECT, "parent": "ASCH1804", "owner": "someone",
        "lifecycle": "live", "derived": status, "trend": trend, "exception": exception,
        "remediated": SCHEME.is_exception(previous) and now is not None and not exception,
    }  # fmt: skip
    return SubjectOut(title=title, status=status, previous=previous, **{**fields, **more})


def gap(shown: str, way: Literal["short", "over"]) -> GapOut:
    """A gap as it is shown: messages say no more of it."""
    return GapOut(value="1", unit=Unit.NUMBER, shown=shown, way=way)


def finding(because: str, status: str = EO, rule: str = "a_rule", **more: Any) -> FindingOut:
    return FindingOut(rule=rule, title="A rule", status=status, because=because, **more)


def months(*statuses: str | None) -> tuple[HistoryPoint, ...]:
    """The statuses of the months up to January 2019."""
    names = [f"{2018 if month < 12 else 2019}-{month % 12 + 1:02}" for month in range(13)]
    recent = names[-len(statuses) :] if statuses else []
    return tuple(HistoryPoint(period=name, status=status) for name, status in zip(recent, statuses, strict=True))


DIRECT_PAYMENTS = subject(
    "Direct Payments", EO, EO, owner="direct_payments_lead",
    findings=(
        finding(
            "Personal Assistants recruited is 15.1% against a target of 50%", rule="far_below_target",
            measure="pa_recruitment",
            to_clear="Personal Assistants recruited at least 30.0% (now 15.1%, 14.9 points short)",
            gap=gap("14.9 points", "short"),
            action="Agree a recovery plan for recruitment with the PMO by 22 February",
        ),
        finding(
            "1 milestone has slipped without a work-around",
            rule="milestone_slipped", action="Give the milestone a new date, or say what works meanwhile",
            milestones=(MilestoneOut(name="Embed the calculator", planned="2018-12-31", forecast="2019-06-30"),),
        ),
    ),
    savings={"net_at_risk": money(-512_000), "target": money(1_280_000)},
    remarks=("Funds recouped stand at £1.734m, up from £1.691m; £2.081m is forecast against £1.769m",),
)  # fmt: skip

TARGETED_REVIEWS = subject(
    "Targeted Reviews", OT, OT,
    findings=(), measures=(MeasureOut(measure="review_rate", title="Packages reviewed", unit=Unit.PERCENT),),
    not_assessed=(
        NotAssessed(
            missing=("review_rate.shortfall",), rules=("far_below_target",), words=("a figure for Packages reviewed",)
        ),
    ),
)  # fmt: skip

BEST_PRACTICE = subject(
    "Support planning good practice", EO, OT, ref="best_practice", parent="ASCH1802",
    findings=(finding("1 milestone has slipped without a work-around: rollout to all teams"),),
)  # fmt: skip
HOUSING = subject(
    "Housing with Care", EO, EO, ref="housing_with_care", parent="ASCH1802", derived=OT,
    floor=DecisionOut(
        status=EO, reason="At least 31 vacancies, more than expected", by="pmo", until="2019-06"
    ),
    findings=(finding("At least 31 vacancies, more than expected", rule="floor"),),
)  # fmt: skip
LONG_TERM_CARE = subject(
    "Fewer long-term placements", AR, EO, ref="long_term_care", parent="ASCH1803",
    findings=(
        finding(
            "£211k from earlier years is not yet delivered", AR,
            to_clear="savings from previous years net at risk at most £0 (now £211k, £211k over)",
            gap=gap("£211k", "over"),
            action="Tell the PMO which moves will deliver it",
        ),
    ),
    savings={"net_at_risk": money(211_000)},
)  # fmt: skip
RESIDENTIAL = subject(
    "Cost of residential placements", EO, EO, ref="residential_costs", parent="ASCH1803", derived=OT,
    floor=DecisionOut(
        status=EO, reason="The aim of managing the market will not be met, although the savings are", by="pmo",
        until="milestone Strategy",
    ),
)  # fmt: skip
BROKERAGE = subject(
    "Brokerage for self-funders", EO, None, ref="brokerage", trend="New",
    findings=(
        finding(
            "Income from the brokerage charge is £6k against £28k",
            to_clear="Income from the brokerage charge at least £16.8k (now £6k, £10.8k short)",
            gap=gap("£10.8k", "short"),
            explanations=(
                ExplanationOut(
                    measure="brokerage_income", title="Income from the brokerage charge",
                    reason="Agreements are still to be signed", recovery_by="2019-02-28",
                ),
            ),
        ),
    ),
    savings={"net_at_risk": money(0), "target": money(28_000)},
)  # fmt: skip
CENTRES = subject(
    "Care and Support Centres", EO, OT, ref="care_and_support_centres", parent="ASCH1805",
    findings=(finding("1 milestone has no date: closure schedule of two centres", as_at="2018-12"),), as_at="2018-12",
)  # fmt: skip
SHORT_BREAKS = subject(
    "Carers' short breaks income", EO, OT, ref="short_breaks", parent="ASCH1805",
    findings=(finding("Income from carers' short breaks is below target"),),
)  # fmt: skip
HOUSEHOLDS = subject(
    "Carer households scheme", EO, OT, ref="carer_households", parent="ASCH1805", trend="Same",
    moved_by=("rules",),
    findings=(finding("Additional carer households are below target"),),
)  # fmt: skip
COMMISSIONING_PROGRAMME = subject(
    "Commissioning and Direct Services", EO, EO, ref="ASCH1805", level=Level.PROGRAMME, parent="improving_lives",
    findings=(
        finding(
            "£264k of £4.038m is at risk after offsets",
            to_clear="savings net at risk at most £0 (now £264k, £264k over)",
            gap=gap("£264k", "over"),
        ),
    ),
    savings={"net_at_risk": money(264_000), "target": money(4_038_000)},
)  # fmt: skip
MINIMUM_INCOME = subject(
    "Benefit rates and minimum income guarantee", OT, EO, ref="minimum_income", derived=EO,
    override=DecisionOut(
        status=OT, reason="The profile is amended next month; activity is on track", by="pmo", until="2019-02"
    ),
    findings=(finding("Savings of 2019/20 are £2.6m against £2.8m"),), moved_by=("decision",),
)  # fmt: skip
ADULTHOOD = subject(
    "Preparing for Adulthood", None, EO, ref="preparing_for_adulthood", parent="ASCH1803",
    not_assessed=(
        NotAssessed(missing=("savings.net_at_risk",), rules=("savings_at_risk",), words=("savings",)),
    ),
)  # fmt: skip
CARERS = subject("Carers", OT, EO, parent="ASCH1801")
MERGER = subject(
    "Crisis prevention and rapid response merger", "closed", OT, ref="crisis_merger", parent="ASCH1805",
    lifecycle="closed",
)  # fmt: skip
PORTFOLIO = subject(
    "Improving Lives Portfolio", OT, OT, ref="improving_lives", level=Level.PORTFOLIO, parent=None,
    savings={"net_at_risk": money(-8_001_000), "target": money(25_505_000)}, earned=True,
)  # fmt: skip


def news(reasons: dict[str, Reason], audience: str, recipient: str) -> tuple[Decision, ...]:
    return tuple(
        Decision(audience=audience, recipient=recipient, subject=ref, reason=reason) for ref, reason in reasons.items()
    )


def telling(**changes: Any) -> Telling:
    """An owner's telling with one subject, but for what is changed."""
    reasons = changes.pop("reasons", {"direct_payments": Reason.FIRST})
    fields: dict[str, Any] = {
        "audience": "owners", "kind": "owner", "recipient": "direct_payments_lead", "name": "Direct Payments Lead",
        "address": "direct.payments@council.example", "portfolio": "improving_lives",
        "portfolio_title": "Improving Lives Portfolio", "scheme": SCHEME,
        "mail": MailSettings(allowed_domains=("council.example",)), "now": NOW, "period": "2019-01", "run": "7f3a9c",
        "revision": 1, "subjects": (DIRECT_PAYMENTS,),
    }  # fmt: skip
    fields |= changes
    return Telling(**{"news": news(reasons, fields["audience"], fields["recipient"]), **fields})


def owner_telling() -> Telling:
    """One owner, several subjects, one of each kind of news."""
    return telling(
        recipient="cross_cutting_lead", name="Cross-cutting Lead", address="cross.cutting@council.example",
        subjects=(DIRECT_PAYMENTS, BROKERAGE, LONG_TERM_CARE, MINIMUM_INCOME, CENTRES, HOUSING),
        reasons={
            "direct_payments": Reason.FIRST, "brokerage": Reason.FIRST, "long_term_care": Reason.WORSENED,
            "minimum_income": Reason.REMEDIATED, "care_and_support_centres": Reason.FIRST,
        },
        history={
            "direct_payments": months(OT, OT, OT, OT, OT, OT, OT, EO, EO, EO, EO, EO),
            "long_term_care": months(AR, AR, AR, None, EO, EO, AR),
            "minimum_income": months(OT, OT, OT, OT, OT, OT, OT, OT, OT, EO, EO, OT),
        },
        since={"direct_payments": "2018-09", "housing_with_care": "2018-06"},
    )  # fmt: skip


def digest_telling() -> Telling:
    """A digest of the whole portfolio: every exception and what was remediated."""
    subjects = (
        COMMISSIONING_PROGRAMME, BEST_PRACTICE, HOUSING, LONG_TERM_CARE, RESIDENTIAL, DIRECT_PAYMENTS, BROKERAGE,
        CARERS, CENTRES, HOUSEHOLDS, SHORT_BREAKS, ADULTHOOD, MERGER,
    )  # fmt: skip
    continuing = {"ASCH1805", "housing_with_care", "residential_costs", "direct_payments", "preparing_for_adulthood"}
    special = {
        "carers": Reason.REMEDIATED, "crisis_merger": Reason.CLOSED, "long_term_care": Reason.WORSENED,
        "carer_households": Reason.RESTATED,
    }  # fmt: skip
    above = {
        "ASCH1802": (OLDER, INDEPENDENCE), "ASCH1803": (YOUNGER, INDEPENDENCE),
        "ASCH1804": (CROSS_CUTTING, INDEPENDENCE),
        "ASCH1805": (COMMISSIONING,), "ASCH1801": (EARLY,), "improving_lives": (),
    }  # fmt: skip
    return telling(
        kind="digest", audience="clt", recipient="clt_office", name="CLT Office", address="clt@council.example",
        subjects=subjects, overview=PORTFOLIO,
        reasons={s.ref: special.get(s.ref, Reason.FIRST) for s in subjects if s.ref not in continuing},
        part_of={s.ref: above[s.parent or ""] for s in subjects},
        since={"ASCH1805": "2018-08", "direct_payments": "2018-09"},
        history={
            "improving_lives": months(*[OT] * 3, EO, EO, *[OT] * 7),
            "best_practice": months(*[OT] * 11, EO),
            "long_term_care": months(*[OT] * 4, *[EO] * 4, AR, EO, EO, AR),
            "ASCH1805": months(*[OT] * 6, *[EO] * 6),
            "direct_payments": months(*[OT] * 7, *[EO] * 5),
            "preparing_for_adulthood": months(*[OT] * 8, *[EO] * 3, None),
            "carers": months(*[OT] * 9, EO, EO, OT),
        },
        rules={"savings_at_risk": "Savings are at risk"},
    )  # fmt: skip
