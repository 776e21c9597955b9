"""Everything that a run changes, written in one transaction."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from engine.model.alerts import Decision, OutboxState
from engine.model.run import RunOut
from engine.store.errors import StoreError
from engine.store.queries import acts as decided
from engine.store.queries import decisions as made
from engine.store.queries import outbox as sent
from engine.store.queries import runs as published
from engine.store.queries.outbox import UNCLAIMED
from engine.store.records import MadeTelling, Publication, Queued, Seen
from engine.store.tables import cases, findings, inputs, outbox, problems, runs, statuses, told


def seen_now(connection: Connection, portfolio: str) -> Seen:
    """How far a portfolio has come."""
    return Seen(
        runs=published.count(connection, portfolio),
        told=sent.told_until(connection, portfolio),
        acts=decided.until(connection, portfolio),
    )


def publish(connection: Connection, publications: Sequence[Publication], seen: Mapping[str, Seen]) -> None:
    """Write publications, in their order. Raises StoreError, busy, where what they were derived from has changed.

    `seen` is, by portfolio, how far it had come when the derivation began.
    """
    _refuse_changed(connection, seen)
    for publication in publications:
        _withdraw(connection, publication)
        _write(connection, publication)


def tell(
    connection: Connection,
    telling: MadeTelling,
    every: Sequence[Decision],
    messages: Sequence[Queued],
    run: str | None,
    seen: Seen,
) -> None:
    """Write a telling on a calendar of its own: that it was made, its decisions and messages.

    `run` is the one that the messages follow from; None where a newer revision doesn't replace them. Raises StoreError,
    busy, where it was told meanwhile, or what it was decided from has changed.
    """
    _refuse_changed(connection, {telling.portfolio: seen})
    made.add_telling(connection, telling)
    made.add(connection, telling.run, {telling.audience: telling.occurrence}, telling.made, every)
    _put(connection, messages, run, telling.made)


def _refuse_changed(connection: Connection, seen: Mapping[str, Seen]) -> None:
    for portfolio, then in seen.items():
        now = seen_now(connection, portfolio)
        if now != then:
            if now.runs != then.runs:
                what = f"Another run of {portfolio} was published"
            elif now.told != then.told:
                what = f"Somebody was told of {portfolio}"
            else:
                what = f"Somebody decided something about {portfolio}"
            raise StoreError(f"{what} meanwhile; nothing was kept; try again", busy=True)


def _withdraw(connection: Connection, publication: Publication) -> None:
    for message in sorted(publication.withdraws):
        withdrawn = connection.execute(
            update(outbox)
            .where(outbox.c.id == message, outbox.c.state.in_(UNCLAIMED))
            .values(state=OutboxState.WITHDRAWN, detail=f"replaced by revision {publication.out.revision}")
        )
        if withdrawn.rowcount != 1:
            raise StoreError(
                "A message was being sent while its replacement was prepared; nothing was kept; try again", busy=True
            )


def _write(connection: Connection, publication: Publication) -> None:
    out = publication.out
    digest = hashlib.sha256(publication.inputs.encode()).hexdigest()
    if connection.scalar(select(inputs.c.hash).where(inputs.c.hash == digest)) is None:
        connection.execute(insert(inputs).values(hash=digest, body=publication.inputs))
    connection.execute(
        insert(runs).values(
            id=out.run, portfolio=out.portfolio, period=out.period, period_end=publication.period.end,
            revision=out.revision, hash=publication.hash, figures_hash=publication.figures_hash,
            rules_hash=publication.rules_hash, acts_hash=publication.acts_hash, inputs=digest, judged_by=out.judged_by,
            published_at=publication.now, body=out.model_dump_json(by_alias=True),
        )
    )  # fmt: skip
    _insert_all(connection, statuses, _statuses(out))
    _insert_all(connection, findings, _findings(out))
    _insert_all(connection, problems, _problems(out))
    _insert_all(connection, cases, _cases(publication))
    made.add(connection, out.run, publication.occurrences, publication.now, publication.decisions)
    _put(connection, publication.messages, out.run, publication.now)


def queue(
    connection: Connection, messages: Iterable[Queued], run: str | None, now: datetime, seen: Mapping[str, Seen]
) -> list[str]:
    """Put messages into the outbox, but for those that are there already by their key; the ids of the new ones.

    Raises StoreError, busy, where what they were decided from has changed since `seen`, by portfolio.
    """
    _refuse_changed(connection, seen)
    wanted = {one.rendered.dedupe_key: one for one in messages}
    known = connection.scalars(select(outbox.c.dedupe_key).where(outbox.c.dedupe_key.in_(list(wanted))))
    for key in known:
        del wanted[key]
    _put(connection, list(wanted.values()), run, now)
    return [one.rendered.id for one in wanted.values()]


def _put(connection: Connection, messages: Sequence[Queued], run: str | None, now: datetime) -> None:
    _insert_all(connection, outbox, (_message(queued, run, now) for queued in messages))
    _insert_all(connection, told, (row for queued in messages for row in _told(queued)))


def _insert_all(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    if every := list(rows):
        connection.execute(insert(table), every)


def _statuses(out: RunOut) -> Iterable[dict[str, Any]]:
    for subject in out.subjects:
        yield {
            "run": out.run, "subject": subject.ref, "level": subject.level.value, "status": subject.status,
            "derived": subject.derived, "previous": subject.previous, "trend": subject.trend,
            "exception": subject.exception, "remediated": subject.remediated,
        }  # fmt: skip


def _findings(out: RunOut) -> Iterable[dict[str, Any]]:
    every = ((subject.ref, finding) for subject in out.subjects for finding in subject.findings)
    for position, (subject, finding) in enumerate(every):
        yield {
            "run": out.run, "position": position, "subject": subject, "rule": finding.rule,
            "measure": finding.measure, "part": finding.part, "status": finding.status, "as_at": finding.as_at,
        }  # fmt: skip


def _problems(out: RunOut) -> Iterable[dict[str, Any]]:
    for position, problem in enumerate(out.problems):
        yield {
            "run": out.run, "position": position, "file": problem.file, "place": problem.where,
            "what": problem.what, "cure": problem.cure, "subject": problem.subject,
        }  # fmt: skip


def _cases(publication: Publication) -> Iterable[dict[str, Any]]:
    for case in (*publication.cases.open, *publication.cases.closed):
        yield {
            "run": publication.out.run, "rule": case.key.rule, "subject": case.key.subject,
            "measure": case.key.measure or "", "part": case.key.part or "",
            "opened": case.opened, "closed": case.closed, "status": case.status, "reopened": case.reopened,
        }  # fmt: skip


def _message(queued: Queued, run: str | None, now: datetime) -> dict[str, Any]:
    rendered = queued.rendered
    return {
        "id": rendered.id, "dedupe_key": rendered.dedupe_key, "run": run,
        "audience": rendered.audience, "recipient": rendered.recipient, "address": rendered.address,
        "portfolio": rendered.portfolio, "period": rendered.period, "revision": rendered.revision,
        "subject": rendered.subject, "message_id": rendered.message_id, "date": rendered.date,
        "body": rendered.body, "reasons": json.dumps(rendered.reasons), "state": queued.state,
        "detail": queued.detail, "queued": now, "token": 0, "attempts": 0,
    }  # fmt: skip


def _told(queued: Queued) -> Iterable[dict[str, Any]]:
    for one in queued.told:
        yield {
            "message": one.message, "portfolio": queued.rendered.portfolio, "audience": one.audience,
            "recipient": one.recipient, "subject": one.subject, "period": one.period,
            "status": one.status,
            "through": one.through,
            "cases": json.dumps([key.model_dump(exclude_none=True) for key in one.cases]),
        }  # fmt: skip
