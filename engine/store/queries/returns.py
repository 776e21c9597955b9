"""Returns as they were submitted, the newest of each submitter and those it replaced."""

from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select, update

from engine.model.returns import Return
from engine.store.tables import returns


def keep(connection: Connection, return_: Return, period_end: date, received: datetime, read_with: str) -> bool:
    """Keep a return; whether it is a new one.

    The same bytes again are not: they only take the place of what was understood of them before, where they were read
    with something else. Others replace the submitter's last return for the period, which stays as superseded.
    """
    mine = (
        returns.c.portfolio == return_.portfolio,
        returns.c.period == return_.period,
        returns.c.submitter == return_.submitter,
    )
    current = connection.execute(
        select(returns.c.id, returns.c.sha256, returns.c.read_with).where(*mine, returns.c.superseded_at.is_(None))
    ).first()
    values = {"source": return_.source, "read_with": read_with, "body": return_.model_dump_json()}
    if current is not None and current.sha256 == return_.sha256:
        if current.read_with != read_with:
            connection.execute(update(returns).where(returns.c.id == current.id).values(values))
        return False
    if current is not None:
        connection.execute(update(returns).where(returns.c.id == current.id).values(superseded_at=received))
    last = connection.scalar(select(func.max(returns.c.number)).where(*mine))
    connection.execute(
        insert(returns).values(
            portfolio=return_.portfolio, period=return_.period, period_end=period_end, submitter=return_.submitter,
            number=(last or 0) + 1, sha256=return_.sha256, received_at=received, **values,
        )
    )  # fmt: skip
    return True


def current(connection: Connection, portfolio: str, upto: date | None) -> list[Return]:
    """Every submitter's newest return for each period that ends on or before a day, by period and submitter."""
    query = (
        select(returns.c.body)
        .where(returns.c.portfolio == portfolio, returns.c.superseded_at.is_(None))
        .order_by(returns.c.period_end, returns.c.submitter)
    )
    if upto is not None:
        query = query.where(returns.c.period_end <= upto)
    return [Return.model_validate_json(body) for body in connection.scalars(query)]


def digests(connection: Connection, portfolio: str, read_with: str) -> dict[tuple[str, str], str]:
    """The SHA-256 of each newest return by period and submitter, of those that were read with the same as now."""
    query = select(returns.c.period, returns.c.submitter, returns.c.sha256).where(
        returns.c.portfolio == portfolio, returns.c.superseded_at.is_(None), returns.c.read_with == read_with
    )
    return {(row.period, row.submitter): row.sha256 for row in connection.execute(query)}


def ever(connection: Connection, portfolio: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """The SHA-256 of all that each submitter returned for a period, oldest first: the last is of the newest."""
    query = select(returns.c.period, returns.c.submitter, returns.c.sha256).where(returns.c.portfolio == portfolio)
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in connection.execute(query.order_by(returns.c.number)):
        found[row.period, row.submitter] = (*found.get((row.period, row.submitter), ()), row.sha256)
    return found
