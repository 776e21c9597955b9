"""The outbox: messages on their way, and what recipients know by them.

A message is claimed before it is delivered. A claim has a lease and a token one higher than the last claim's; only who
holds the newest token may hand the message over and say what became of it, so that a holder paused past the lease
changes nothing. Where delivering twice does harm, `start_data` is kept before anything is handed over: whoever dies
after that leaves a message that may have gone out, and that no timer sends again.
"""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, update

from engine.model.acts import CaseKey
from engine.model.alerts import Act, Envelope, OutboxMessage, OutboxState, Rendered, Told, WholeMessage
from engine.store.records import ToldBy
from engine.store.tables import outbox, told

# What no one has taken up yet, or what certainly wasn't sent: it may still be withdrawn.
UNCLAIMED = (OutboxState.HELD, OutboxState.PENDING, OutboxState.RETRY)
NEVER_ARRIVES = (OutboxState.DEAD, OutboxState.DISCARDED, OutboxState.WITHDRAWN)
# In these the holder of the newest token may say what became of it. Uncertain among them: who was paused while handing
# it over comes back with the server's own answer.
_UNSETTLED = (OutboxState.CLAIMED, OutboxState.DATA_STARTED, OutboxState.UNCERTAIN)
_LISTED = [column for column in outbox.c if column is not outbox.c.body]  # the bytes are many, and seldom asked for
_LAPSED = "the program that was sending it stopped on the way"


def messages(
    connection: Connection,
    portfolio: str | None,
    period: str | None,
    states: Collection[OutboxState],
    ids: Collection[str] | None,
) -> list[OutboxMessage]:
    """The messages of a portfolio and period (each None: all), in any of the states (none given: all); newest first.

    `ids` are those wanted, all where it is None.
    """
    query = select(*_LISTED).order_by(outbox.c.number.desc())
    if portfolio is not None:
        query = query.where(outbox.c.portfolio == portfolio)
    if period is not None:
        query = query.where(outbox.c.period == period)
    if ids is not None:
        query = query.where(outbox.c.id.in_(list(ids)))
    if states:
        query = query.where(outbox.c.state.in_(list(states)))
    return [_listed(row) for row in connection.execute(query)]


def named(connection: Connection, beginning: str) -> list[OutboxMessage]:
    """The messages whose ids begin so; newest first."""
    ids = outbox.c.id.startswith(beginning, autoescape=True)
    return [_listed(row) for row in connection.execute(select(*_LISTED).where(ids).order_by(outbox.c.number.desc()))]


def whole(connection: Connection, message: str) -> WholeMessage:
    """A message that is there, with its bytes."""
    return _whole(connection.execute(select(outbox).where(outbox.c.id == message)).one())


def unclaimed(connection: Connection, portfolio: str, periods: Collection[str]) -> frozenset[str]:
    """The ids of messages of those periods that nobody has begun to deliver: a newer revision withdraws them.

    Not those that follow from no run, such as a chaser, which no run makes again; nor what goes out once more.
    """
    query = select(outbox.c.id).where(
        outbox.c.portfolio == portfolio, outbox.c.period.in_(list(periods)), outbox.c.state.in_(UNCLAIMED),
        outbox.c.run.is_not(None), outbox.c.sent.is_(None),
    )  # fmt: skip
    return frozenset(connection.scalars(query))


def claim(connection: Connection, now: datetime, lease: timedelta) -> WholeMessage | None:
    """Take up the message that waits longest, for as long as the lease; None where none waits.

    One whose lease ran out before its delivery began is taken up again.
    """
    ready = or_(
        outbox.c.state == OutboxState.PENDING,
        and_(outbox.c.state == OutboxState.RETRY, outbox.c.again_at <= now),
        and_(outbox.c.state == OutboxState.CLAIMED, outbox.c.lease_until <= now),
    )
    # SQLite has one writer at a time and ignores FOR UPDATE; PostgreSQL needs it.
    row = connection.execute(
        select(outbox.c.id, outbox.c.token, outbox.c.attempts)
        .where(ready)
        .order_by(outbox.c.number)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    connection.execute(
        update(outbox)
        .where(outbox.c.id == row.id)
        .values(
            state=OutboxState.CLAIMED, token=row.token + 1, attempts=row.attempts + 1, lease_until=now + lease,
            again_at=None,
        )
    )  # fmt: skip
    return whole(connection, row.id)


def take_up_again(connection: Connection) -> None:
    """Make pending what is claimed or waits for its next try; whoever holds a claim can't settle it any more."""
    states = (OutboxState.CLAIMED, OutboxState.RETRY)
    connection.execute(
        update(outbox)
        .where(outbox.c.state.in_(states))
        .values(state=OutboxState.PENDING, lease_until=None, again_at=None, token=outbox.c.token + 1)
    )


def put_off(connection: Connection, until: datetime, detail: str) -> None:
    """Let what waits wait until then; what waits longer already stays."""
    soon = or_(
        outbox.c.state == OutboxState.PENDING,
        and_(outbox.c.state == OutboxState.RETRY, outbox.c.again_at < until),
    )
    connection.execute(
        update(outbox).where(soon).values(state=OutboxState.RETRY, again_at=until, detail=detail)
    )  # fmt: skip


def start_data(connection: Connection, message: str, token: int, now: datetime, lease: timedelta) -> bool:
    """From here on the message may have gone out. False where the claim is another's by now, or over."""
    changed = connection.execute(
        update(outbox)
        .where(
            outbox.c.id == message, outbox.c.token == token, outbox.c.state == OutboxState.CLAIMED,
            outbox.c.lease_until > now,
        )
        .values(state=OutboxState.DATA_STARTED, lease_until=now + lease)
    )  # fmt: skip
    return changed.rowcount == 1


def lapse(connection: Connection, now: datetime) -> list[str]:
    """Make uncertain what a program that is gone had begun to hand over; their ids."""
    left = and_(outbox.c.state == OutboxState.DATA_STARTED, outbox.c.lease_until <= now)
    ids = list(connection.scalars(select(outbox.c.id).where(left).order_by(outbox.c.number).with_for_update()))
    connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(ids))
        .values(state=OutboxState.UNCERTAIN, lease_until=None, detail=_LAPSED)
    )  # fmt: skip
    return ids


def settle(connection: Connection, message: str, token: int, values: dict[str, Any]) -> bool:
    """Write what became of a message taken up; False, and nothing, where the claim is no longer the caller's."""
    changed = connection.execute(
        update(outbox)
        .where(outbox.c.id == message, outbox.c.token == token, outbox.c.state.in_(_UNSETTLED))
        .values(lease_until=None, **values)
    )
    return changed.rowcount == 1


def act(
    connection: Connection, message: str, states: Collection[OutboxState], done: Act, values: dict[str, Any]
) -> bool:
    """A person's act on a message, kept with it; False, and nothing, where it is in none of the states (any more).

    Whoever had claimed it can't say anything of it from then on.
    """
    row = connection.execute(
        select(outbox.c.token, outbox.c.acts)
        .where(outbox.c.id == message, outbox.c.state.in_(list(states)))
        .with_for_update()
    ).first()
    if row is None:
        return False
    acts = json.dumps([*json.loads(row.acts), done.model_dump(mode="json")])
    changes = {"again_at": None, "lease_until": None, "token": row.token + 1, "acts": acts, **values}
    connection.execute(update(outbox).where(outbox.c.id == message).values(changes))
    return True


def told_until(connection: Connection, portfolio: str) -> int:
    """The number of the last thing that anybody was told of a portfolio, whatever became of it; 0 before the first."""
    return connection.scalar(select(func.max(told.c.number)).where(told.c.portfolio == portfolio)) or 0


def told_last(connection: Connection, portfolio: str, without: Collection[str]) -> list[Told]:
    """What each recipient of each audience was last told of each subject, by messages that arrived or still may.

    `without` are ids of messages to leave out: those that are about to be withdrawn.
    """
    latest = (
        select(func.max(told.c.number))
        .join(outbox, outbox.c.id == told.c.message)
        .where(
            told.c.portfolio == portfolio,
            or_(outbox.c.state.not_in(NEVER_ARRIVES), outbox.c.sent.is_not(None)),
            outbox.c.id.not_in(list(without)),
        )
        .group_by(told.c.audience, told.c.recipient, told.c.subject)
    )
    query = (
        select(told, outbox.c.state)
        .join(outbox, outbox.c.id == told.c.message)
        .where(told.c.number.in_(latest))
        .order_by(told.c.number)
    )
    return [_told(row) for row in connection.execute(query)]


def told_about(connection: Connection, portfolio: str, subject: str) -> list[ToldBy]:
    """Every message about a subject, whatever became of it, the newest first."""
    query = (
        select(told, outbox.c.state, outbox.c.queued, outbox.c.sent)
        .join(outbox, outbox.c.id == told.c.message)
        .where(told.c.portfolio == portfolio, told.c.subject == subject)
        .order_by(told.c.number.desc())
    )
    return [ToldBy(_told(row), row.state, row.queued, row.sent) for row in connection.execute(query)]


def _told(row: Any) -> Told:
    return Told(
        audience=row.audience, recipient=row.recipient, subject=row.subject, period=row.period,
        status=row.status, cases=tuple(CaseKey(**key) for key in json.loads(row.cases)), message=row.message,
        through=row.through, held=row.state is OutboxState.HELD,
    )  # fmt: skip


def _listed(row: Any) -> OutboxMessage:
    return OutboxMessage(rendered=Envelope(**_envelope(row)), **_row(row))


def _whole(row: Any) -> WholeMessage:
    return WholeMessage(rendered=Rendered(**_envelope(row), body=row.body), **_row(row))


def _envelope(row: Any) -> dict[str, Any]:
    return {
        "dedupe_key": row.dedupe_key, "audience": row.audience, "recipient": row.recipient, "address": row.address,
        "portfolio": row.portfolio, "period": row.period, "revision": row.revision, "subject": row.subject,
        "message_id": row.message_id, "date": row.date, "reasons": json.loads(row.reasons),
    }  # fmt: skip


def _row(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "state": row.state, "run": row.run, "queued": row.queued, "sent": row.sent, "detail": row.detail,
        "token": row.token, "attempts": row.attempts, "again_at": row.again_at,
        "acts": tuple(map(Act.model_validate, json.loads(row.acts))),
    }  # fmt: skip
