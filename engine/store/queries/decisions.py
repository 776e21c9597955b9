"""What was decided of telling people: every decision of every telling, and which occurrences have been told."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from engine.model.alerts import Decision, Reason, Silenced
from engine.store.errors import StoreError
from engine.store.records import MadeDecision, MadeTelling
from engine.store.tables import decisions, outbox, runs, tellings


def add(
    connection: Connection, run: str, occurrences: Mapping[str, str], made: datetime, every: Sequence[Decision]
) -> None:
    """Keep the decisions of a telling; `occurrences` is by audience."""
    rows = [
        {
            "run": run, "occurrence": occurrences[one.audience], "audience": one.audience, "recipient": one.recipient,
            "subject": one.subject, "reason": one.reason.value, "detail": one.detail, "made": made,
        }
        for one in every
    ]  # fmt: skip
    if rows:
        connection.execute(insert(decisions), rows)


def silenced_last(connection: Connection, portfolio: str) -> list[Silenced]:
    """The last period in which a silence kept each recipient from hearing of each subject."""
    who = (decisions.c.audience, decisions.c.recipient, decisions.c.subject)
    query = (
        select(*who, func.max(runs.c.period).label("period"))
        .join(runs, runs.c.id == decisions.c.run)
        .where(runs.c.portfolio == portfolio, decisions.c.reason == Reason.SILENCED.value)
        .group_by(*who)
    )
    return [
        Silenced(audience=row.audience, recipient=row.recipient, subject=row.subject, period=row.period)
        for row in connection.execute(query)
    ]


def about(connection: Connection, portfolio: str, subject: str) -> list[MadeDecision]:
    """Every decision about a subject, the newest first."""
    query = (
        select(decisions, runs.c.period)
        .join(runs, runs.c.id == decisions.c.run)
        .where(runs.c.portfolio == portfolio, decisions.c.subject == subject)
        .order_by(decisions.c.made.desc(), runs.c.period_end.desc(), runs.c.revision.desc())
    )
    return [
        MadeDecision(
            decision=Decision(
                audience=row.audience, recipient=row.recipient, subject=row.subject, reason=Reason(row.reason),
                detail=row.detail,
            ),
            period=row.period, occurrence=row.occurrence, run=row.run, made=row.made,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def telling(connection: Connection, audience: str, portfolio: str, occurrence: str) -> MadeTelling | None:
    """That occurrence of an audience's telling, where it has been told."""
    row: Any = connection.execute(
        select(tellings).where(
            tellings.c.audience == audience, tellings.c.portfolio == portfolio, tellings.c.occurrence == occurrence
        )
    ).first()
    return None if row is None else MadeTelling(row.audience, row.portfolio, row.occurrence, row.run, row.made)


def add_telling(connection: Connection, made: MadeTelling) -> None:
    """Keep that an occurrence is told. Raises StoreError, busy, where another program told it meanwhile."""
    if telling(connection, made.audience, made.portfolio, made.occurrence) is not None:
        raise StoreError(
            f"{made.audience} was told of {made.portfolio} for {made.occurrence} meanwhile; nothing was kept", busy=True
        )
    connection.execute(
        insert(tellings).values(
            audience=made.audience, portfolio=made.portfolio, occurrence=made.occurrence, run=made.run, made=made.made
        )
    )


def occurrences_of(connection: Connection, messages: Collection[str]) -> dict[str, str]:
    """By audience the last occurrence that messages (their ids) were told for."""
    query = (
        select(outbox.c.audience, func.max(decisions.c.occurrence).label("occurrence"))
        .join(decisions, (decisions.c.run == outbox.c.run) & (decisions.c.audience == outbox.c.audience))
        .where(outbox.c.id.in_(list(messages)))
        .group_by(outbox.c.audience)
    )
    return {row.audience: row.occurrence for row in connection.execute(query)}
