"""What people did by `telltale decide`: added, never rewritten."""

from sqlalchemy import Connection, func, insert, select

from engine.model.acts import OfficeAct
from engine.store.errors import StoreError
from engine.store.tables import acts


def of_portfolio(connection: Connection, portfolio: str) -> tuple[OfficeAct, ...]:
    """Every act, in the order in which they were made, those that have ended among them."""
    query = select(acts.c.number, acts.c.body).where(acts.c.portfolio == portfolio).order_by(acts.c.number)
    kept = connection.execute(query)
    return tuple(OfficeAct.model_validate_json(row.body).model_copy(update={"number": row.number}) for row in kept)


def until(connection: Connection, portfolio: str) -> int:
    """The number of the last act; 0 before the first."""
    return connection.scalar(select(func.max(acts.c.number)).where(acts.c.portfolio == portfolio)) or 0


def add(connection: Connection, act: OfficeAct) -> OfficeAct:
    """Keep an act, and answer with it and its number. Raises StoreError where what it ends was ended meanwhile."""
    if act.ends is not None and connection.scalar(select(acts.c.number).where(acts.c.ends == act.ends)) is not None:
        raise StoreError(f"{act.ends} was ended meanwhile; nothing was kept; see telltale decide list", busy=True)
    number = connection.execute(
        insert(acts).values(
            portfolio=act.portfolio, kind=act.kind.value, subject=act.subject, who=act.by, why=act.why, made=act.made,
            ends=act.ends, body=act.model_dump_json(exclude_defaults=True),
        )
    ).inserted_primary_key  # fmt: skip
    return act.model_copy(update={"number": number[0] if number else 0})
