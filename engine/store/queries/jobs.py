"""What the service does by itself: each occurrence of a job once, whoever asks and whoever dies.

An occurrence is a row by job and slot, which is the key: two replicas can't both have it. A claim has a lease and a
token one higher than the last claim's, as a message's has; only who holds the newest token says what became of it.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update

from engine.model.jobs import SETTLED, JobState, KeptJob
from engine.store.tables import jobs, schedules


def begun(connection: Connection) -> dict[str, datetime]:
    """By job that was ever seen, the moment after which its occurrences count."""
    return {row.job: row.since for row in connection.execute(select(schedules))}


def begin(connection: Connection, names: Collection[str], now: datetime) -> dict[str, datetime]:
    """By job, the moment after which its occurrences count; a job that is seen for the first time begins now."""
    known = begun(connection)
    for name in sorted(set(names) - known.keys()):
        connection.execute(insert(schedules).values(job=name, since=now))
        known[name] = now
    return {name: known[name] for name in names}


def advance(connection: Connection, since: Mapping[str, datetime]) -> None:
    """Let the moment of each job be a later one: all that was due until then is settled."""
    for name, moment in since.items():
        connection.execute(
            update(schedules).where(schedules.c.job == name, schedules.c.since < moment).values(since=moment)
        )


def kept(connection: Connection, names: Collection[str], since: datetime) -> list[KeptJob]:
    """The occurrences of jobs that were taken up, of those due since a moment."""
    query = select(jobs).where(jobs.c.job.in_(list(names)), jobs.c.due >= since).order_by(jobs.c.due, jobs.c.job)
    return [_kept(row) for row in connection.execute(query)]


def unfinished(connection: Connection, names: Collection[str]) -> list[KeptJob]:
    """The occurrences of jobs that somebody is at, or that wait for their next try."""
    open_ = jobs.c.job.in_(list(names)), jobs.c.state.in_([JobState.CLAIMED, JobState.RETRY])
    query = select(jobs).where(*open_).order_by(jobs.c.due, jobs.c.job)
    return [_kept(row) for row in connection.execute(query)]


def last(connection: Connection, names: Collection[str]) -> list[KeptJob]:
    """Of each of these jobs its latest settled occurrence that was not skipped."""
    done = and_(jobs.c.job.in_(list(names)), jobs.c.state.in_([JobState.DONE, JobState.FAILED]))
    latest = select(jobs.c.job, func.max(jobs.c.due).label("due")).where(done).group_by(jobs.c.job).subquery()
    query = select(jobs).join(latest, and_(latest.c.job == jobs.c.job, latest.c.due == jobs.c.due)).where(done)
    return [_kept(row) for row in connection.execute(query.order_by(jobs.c.job))]


def claim(
    connection: Connection, job: str, slot: str, day: date, due: datetime, now: datetime, lease: timedelta, by: str
) -> KeptJob | None:
    """Take up an occurrence; None where it is settled, waits, or somebody is at this or any other.

    One job is done at a time, so that they are done in their order, over all replicas.
    """
    at_work = select(func.count()).where(jobs.c.state == JobState.CLAIMED, jobs.c.lease_until > now)
    if connection.scalar(at_work):
        return None
    mine = and_(jobs.c.job == job, jobs.c.slot == slot)
    row = connection.execute(select(jobs).where(mine).with_for_update()).first()
    values: dict[str, Any] = {"state": JobState.CLAIMED, "lease_until": now + lease, "again_at": None, "by": by}
    if row is None:
        connection.execute(
            insert(jobs).values(job=job, slot=slot, day=day, due=due, token=1, tries=1, detail="", **values)
        )
    elif row.state in SETTLED or (row.state == JobState.RETRY and row.again_at > now):
        return None
    else:
        connection.execute(update(jobs).where(mine).values(token=row.token + 1, tries=row.tries + 1, **values))
    return _kept(connection.execute(select(jobs).where(mine)).one())


def skip(connection: Connection, job: str, slot: str, day: date, due: datetime, now: datetime, why: str) -> None:
    """Settle an occurrence that nobody has taken up without doing it."""
    taken = connection.scalar(select(func.count()).where(jobs.c.job == job, jobs.c.slot == slot))
    if not taken:
        connection.execute(
            insert(jobs).values(
                job=job, slot=slot, day=day, due=due, state=JobState.SKIPPED, token=0, tries=0, finished=now,
                detail=why, by="",
            )
        )  # fmt: skip


def settle(connection: Connection, claimed: KeptJob, values: Mapping[str, Any]) -> bool:
    """Write what becomes of a claimed occurrence; False, and nothing, where the claim is no longer the caller's."""
    changed = connection.execute(
        update(jobs)
        .where(
            jobs.c.job == claimed.job,
            jobs.c.slot == claimed.slot,
            jobs.c.token == claimed.token,
            jobs.c.state == JobState.CLAIMED,
        )
        .values(**values)
    )
    return changed.rowcount == 1


def _kept(row: Any) -> KeptJob:
    return KeptJob(
        job=row.job, slot=row.slot, day=row.day, due=row.due, state=row.state, token=row.token, tries=row.tries,
        lease_until=row.lease_until, again_at=row.again_at, finished=row.finished, detail=row.detail, by=row.by,
    )  # fmt: skip
