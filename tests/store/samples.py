"""Small publications for the store's tests: a few subjects, their statuses, and what goes with them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from engine.alerts.cases import CaseChanges
from engine.model.acts import CaseKey
from engine.model.alerts import Case, Decision, OutboxState, Reason, Rendered, Told
from engine.model.problems import Problem
from engine.model.returns import MeasureRow, Return
from engine.model.run import FindingOut, RunOut, SubjectOut
from engine.model.workspace import Level
from engine.periods import Months, Period
from engine.store.records import Publication, Queued
from engine.store.store import Store, open_store
from tests.store.databases import address

NOW = datetime(2019, 2, 7, 9, 0, tzinfo=UTC)
LATE = CaseKey(rule="late", subject="direct_payments")


def opened(folder: Path) -> Store:
    return open_store(address(folder), folder, wait=0.2)


def month(name: str) -> Period:
    return Months().period(name)


def subject(ref: str, status: str | None) -> SubjectOut:
    finding = FindingOut(rule="late", title="Late", status=status or "green", because="It is late")
    return SubjectOut(
        ref=ref, level=Level.PROJECT, title=ref, parent=None, owner="lead", lifecycle="live", status=status,
        derived=status, exception=status == "red", remediated=False,
        findings=(finding,) if status == "red" else (),
    )  # fmt: skip


def message(to: str = "lead", period: str = "2019-01", revision: int = 1, audience: str = "owners") -> Rendered:
    return Rendered(
        dedupe_key=f"owner|{to}|{audience}|care|{period}|{revision}", audience=audience, recipient=to,
        address=f"{to}@council.example", portfolio="care", period=period, revision=revision, subject="Care",
        message_id=f"<{to}.{period}.{revision}@council.example>", date=NOW, body=b"Dear lead,\r\n\x00\xff",
        reasons={"direct_payments": "first"},
    )  # fmt: skip


def told(rendered: Rendered, status: str | None = "red", cases: Iterable[CaseKey] = (LATE,)) -> Told:
    return Told(
        audience=rendered.audience, recipient=rendered.recipient, subject="direct_payments", period=rendered.period,
        status=status, cases=tuple(cases), message=rendered.id,
    )  # fmt: skip


def queued(rendered: Rendered, state: OutboxState = OutboxState.PENDING, status: str | None = "red") -> Queued:
    return Queued(rendered, (told(rendered, status),), state)


def case(key: CaseKey = LATE, opened: str = "2019-01", closed: str | None = None) -> Case:
    return Case(key=key, opened=opened, closed=closed, status="red")


def publication(
    period: str = "2019-01",
    revision: int = 1,
    statuses: Mapping[str, str | None] | None = None,
    *,
    portfolio: str = "care",
    cases: CaseChanges | None = None,
    messages: Iterable[Queued] = (),
    withdraws: Iterable[str] = (),
    inputs: str = '{"figures": []}',
) -> Publication:
    """A run of the portfolio "care"; by default one red project, without messages."""
    out = RunOut(
        portfolio=portfolio, title="Care", scheme="gar", period=period, run=f"{portfolio}-{period}-{revision}",
        revision=revision, published="new", judged_by="both", now=NOW.isoformat(),
        subjects=tuple(
            subject(ref, status) for ref, status in (statuses or {"direct_payments": "red"}).items()
        ),
        problems=(Problem(file="a.xlsx", where="cell D7", what="can't be read", subject="direct_payments"),),
    )  # fmt: skip
    return Publication(
        out=out, period=month(period), now=NOW, hash=f"h-{period}-{revision}", figures_hash="f", rules_hash="r",
        acts_hash="", inputs=inputs, cases=cases or CaseChanges((), (), ()),
        decisions=(Decision(audience="owners", recipient="lead", subject="direct_payments", reason=Reason.FIRST),),
        occurrences={"owners": period}, messages=tuple(messages), withdraws=frozenset(withdraws),
    )  # fmt: skip


def publish(store: Store, *publications: Publication) -> None:
    """Publish as a run does that nothing came between."""
    portfolios = {one.out.portfolio for one in publications}
    store.publish(publications, {portfolio: store.seen(portfolio) for portfolio in portfolios})


def return_(sha256: str = "a", period: str = "2019-01", submitter: str = "lead", actual: int = 15) -> Return:
    return Return(
        portfolio="care", period=period, submitter=submitter, source=f"care/{period}/{submitter}.xlsx", sha256=sha256,
        measures=(MeasureRow.model_validate({"subject": "direct_payments", "measure": "m", "actual": actual}),),
    )  # fmt: skip
