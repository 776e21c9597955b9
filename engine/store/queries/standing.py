"""How things stand, for whoever watches: counts and ages alone, cheap enough to ask every minute."""

from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from engine.model.alerts import OutboxState
from engine.model.jobs import Standing
from engine.store.tables import outbox, runs

WAITING = (OutboxState.PENDING, OutboxState.CLAIMED, OutboxState.RETRY)


def standing(connection: Connection, now: datetime) -> Standing:
    """How many messages are in each state, since when the oldest waits, and the last period published."""
    states = connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state)).all()
    oldest = connection.scalar(select(func.min(outbox.c.queued)).where(outbox.c.state.in_(WAITING)))
    ready = or_(
        outbox.c.state == OutboxState.PENDING,
        and_(outbox.c.state == OutboxState.RETRY, outbox.c.again_at <= now),
        and_(outbox.c.state.in_([OutboxState.CLAIMED, OutboxState.DATA_STARTED]), outbox.c.lease_until <= now),
    )
    published = connection.execute(select(runs.c.portfolio, func.max(runs.c.period_end)).group_by(runs.c.portfolio))
    return Standing(
        messages={OutboxState(state).value: number for state, number in states},
        oldest_waiting=oldest,
        ready=connection.scalar(select(func.count()).where(ready)) or 0,
        last_period_end={row[0]: row[1] for row in published.all()},
    )
