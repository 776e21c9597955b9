"""What was published: runs, each period's latest revision, and their statuses and cases."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, select

from engine.model.acts import CaseKey
from engine.model.alerts import Case, HistoryPoint
from engine.store.records import StoredRun
from engine.store.tables import cases, inputs, runs, statuses


def count(connection: Connection, portfolio: str) -> int:
    """How many runs of a portfolio are published, every revision counted."""
    return connection.scalar(select(func.count()).select_from(runs).where(runs.c.portfolio == portfolio)) or 0


def latest(connection: Connection, portfolio: str, period: str | None, before: date | None) -> StoredRun | None:
    """The last revision of a period; without one, of the latest period, or the latest that ends before a day."""
    query = select(runs).where(runs.c.portfolio == portfolio)
    if period is not None:
        query = query.where(runs.c.period == period)
    if before is not None:
        query = query.where(runs.c.period_end < before)
    row = connection.execute(query.order_by(runs.c.period_end.desc(), runs.c.revision.desc()).limit(1)).first()
    return None if row is None else _stored(row)


def inputs_of(connection: Connection, run: str) -> str | None:
    """The parsed inputs that a run followed from; None where there is no such run."""
    return connection.scalar(select(inputs.c.body).join(runs, runs.c.inputs == inputs.c.hash).where(runs.c.id == run))


def periods(connection: Connection, portfolio: str, before: date | None) -> list[str]:
    """The published periods, oldest first."""
    last = _last_revisions(portfolio, before).subquery()
    return list(connection.scalars(select(last.c.period).order_by(last.c.period_end)))


def statuses_of(connection: Connection, run: str) -> dict[str, str | None]:
    """The status of every subject in a run."""
    query = select(statuses.c.subject, statuses.c.status).where(statuses.c.run == run)
    return {row.subject: row.status for row in connection.execute(query)}


def ever_rated(connection: Connection, portfolio: str, before: date | None) -> frozenset[str]:
    """The subjects that had any status in a published period."""
    last = _last_revisions(portfolio, before).subquery()
    query = select(statuses.c.subject).join(last, last.c.id == statuses.c.run).where(statuses.c.status.is_not(None))
    return frozenset(connection.scalars(query.distinct()))


def history(connection: Connection, portfolio: str, before: date | None) -> dict[str, tuple[HistoryPoint, ...]]:
    """By subject, its statuses in the published periods, oldest first."""
    last = _last_revisions(portfolio, before).subquery()
    query = (
        select(statuses.c.subject, statuses.c.status, last.c.period)
        .join(last, last.c.id == statuses.c.run)
        .order_by(last.c.period_end)
    )
    points: dict[str, list[HistoryPoint]] = defaultdict(list)
    for subject, status, period in connection.execute(query):
        points[subject].append(HistoryPoint(period=period, status=status))
    return {subject: tuple(found) for subject, found in points.items()}


def open_cases(connection: Connection, portfolio: str, before: date | None) -> list[Case]:
    """The cases open after the latest published period, or the latest that ends before a day; oldest first."""
    last = _last_revisions(portfolio, before).order_by(runs.c.period_end.desc()).limit(1).subquery()
    query = select(cases).join(last, last.c.id == cases.c.run).where(cases.c.closed.is_(None))
    ordered = query.order_by(cases.c.opened, cases.c.subject, cases.c.rule, cases.c.measure, cases.c.part)
    return [
        Case(key=_key(row), opened=row.opened, status=row.status, reopened=row.reopened)
        for row in connection.execute(ordered)
    ]


def closed_cases(connection: Connection, portfolio: str, before: date | None) -> frozenset[CaseKey]:
    """The keys of all cases that were closed in a published period."""
    last = _last_revisions(portfolio, before).subquery()
    columns = (cases.c.rule, cases.c.subject, cases.c.measure, cases.c.part)
    query = select(*columns).join(last, last.c.id == cases.c.run).where(cases.c.closed.is_not(None)).distinct()
    return frozenset(_key(row) for row in connection.execute(query))


def _last_revisions(portfolio: str, before: date | None) -> "Select[Any]":
    """The last revision of every published period (that ends before a day)."""
    newest = (
        select(runs.c.period, func.max(runs.c.revision).label("revision"))
        .where(runs.c.portfolio == portfolio)
        .group_by(runs.c.period)
        .subquery()
    )
    query = (
        select(runs.c.id, runs.c.period, runs.c.period_end)
        .join(newest, (newest.c.period == runs.c.period) & (newest.c.revision == runs.c.revision))
        .where(runs.c.portfolio == portfolio)
    )
    return query if before is None else query.where(runs.c.period_end < before)


def _key(row: Any) -> CaseKey:
    return CaseKey(rule=row.rule, subject=row.subject, measure=row.measure or None, part=row.part or None)


def _stored(row: Any) -> StoredRun:
    return StoredRun(
        id=row.id, portfolio=row.portfolio, period=row.period, period_end=row.period_end, revision=row.revision,
        hash=row.hash, figures_hash=row.figures_hash, rules_hash=row.rules_hash, acts_hash=row.acts_hash,
        judged_by=row.judged_by, published_at=row.published_at, body=row.body,
    )  # fmt: skip
