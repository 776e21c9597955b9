"""The tables. Plain types only, so that they are the same in SQLite and PostgreSQL; JSON is kept as text.

Moments are text, in UTC and of one width, so that they sort as time does; days are ISO text. Where a key has a part
that may be missing (a case's measure), missing is "", since SQL takes no two NULLs for equal.
"""

from datetime import UTC, date, datetime

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from engine.model.alerts import OutboxState
from engine.store.text import Text

SCHEMA = "0005"  # the newest migration; every migration's name is a number, one more than the last


class Moment(TypeDecorator[datetime]):
    """A moment with its zone. A moment without one is our own fault, and refused."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class Day(TypeDecorator[date]):
    """A day, as ISO text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        return None if value is None else date.fromisoformat(value)


class State(TypeDecorator[OutboxState]):
    """Where a message stands, as its word."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: OutboxState | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> OutboxState | None:
        return None if value is None else OutboxState(value)


metadata = MetaData()


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _of_run() -> Column[str]:
    return Column("run", Text, ForeignKey("runs.id"), primary_key=True)


# A submitter's newest return for a period is the one that `superseded_at` leaves open.
returns = Table(
    "returns", metadata,
    Column("id", Integer, primary_key=True),
    _text("portfolio"), _text("period"),
    Column("period_end", Day, nullable=False),
    _text("submitter"),
    Column("number", Integer, nullable=False),  # 1 for a submitter's first of the period
    _text("source"), _text("sha256"),
    _text("read_with"),  # a hash of what it was read with: another portfolio file may understand more of it
    Column("received_at", Moment, nullable=False),
    Column("superseded_at", Moment),
    _text("body"),
    UniqueConstraint("portfolio", "period", "submitter", "number", name="uq_returns_number"),
)  # fmt: skip

inputs = Table("inputs", metadata, Column("hash", Text, primary_key=True), _text("body"))

runs = Table(
    "runs", metadata,
    Column("id", Text, primary_key=True),
    _text("portfolio"), _text("period"),
    Column("period_end", Day, nullable=False),
    Column("revision", Integer, nullable=False),
    _text("hash"), _text("figures_hash"), _text("rules_hash"),
    Column("acts_hash", Text, nullable=False, server_default=""),
    Column("inputs", Text, ForeignKey("inputs.hash"), nullable=False),
    _text("judged_by"),
    Column("published_at", Moment, nullable=False),
    _text("body"),
    UniqueConstraint("portfolio", "period", "revision", name="uq_runs_revision"),
)  # fmt: skip

statuses = Table(
    "statuses", metadata,
    _of_run(),
    Column("subject", Text, primary_key=True),
    _text("level"),
    Column("status", Text), Column("derived", Text), Column("previous", Text), Column("trend", Text),
    Column("exception", Boolean, nullable=False), Column("remediated", Boolean, nullable=False),
)  # fmt: skip

findings = Table(
    "findings", metadata,
    _of_run(),
    Column("position", Integer, primary_key=True),
    _text("subject"), _text("rule"),
    Column("measure", Text), Column("part", Text),
    _text("status"),
    Column("as_at", Text),
)  # fmt: skip

problems = Table(
    "problems", metadata,
    _of_run(),
    Column("position", Integer, primary_key=True),
    _text("file"), _text("place"), _text("what"), _text("cure"),
    Column("subject", Text),
)  # fmt: skip

# Every run keeps the cases open after it and those it closed. Nothing is ever rewritten, so a revised past period
# finds the cases as they stood before it.
cases = Table(
    "cases", metadata,
    _of_run(),
    *(Column(name, Text, primary_key=True) for name in ("rule", "subject", "measure", "part")),
    _text("opened"),
    Column("closed", Text),
    _text("status"),
    Column("reopened", Boolean, nullable=False),
)  # fmt: skip

# `occurrence` is of the audience's telling: the period's name after a run, else the day.
decisions = Table(
    "decisions", metadata,
    _of_run(),
    *(Column(name, Text, primary_key=True) for name in ("occurrence", "audience", "recipient", "subject")),
    _text("reason"), _text("detail"),
    Column("made", Moment, nullable=False),
)  # fmt: skip

# The tellings of audiences with a calendar of their own: each occurrence once.
tellings = Table(
    "tellings", metadata,
    *(Column(name, Text, primary_key=True) for name in ("audience", "portfolio", "occurrence")),
    Column("run", Text, ForeignKey("runs.id"), nullable=False),
    Column("made", Moment, nullable=False),
)  # fmt: skip

# What people did. A row is never rewritten: what ends an act is an act of its own, and an act is ended once.
acts = Table(
    "acts", metadata,
    Column("number", Integer, primary_key=True),
    *map(_text, ("portfolio", "kind", "subject", "who", "why")),
    Column("made", Moment, nullable=False),
    Column("ends", Integer, ForeignKey("acts.number"), unique=True),
    _text("body"),
)  # fmt: skip

outbox = Table(
    "outbox", metadata,
    Column("number", Integer, primary_key=True),  # in the order queued
    Column("id", Text, nullable=False, unique=True),
    Column("dedupe_key", Text, nullable=False, unique=True),
    Column("run", Text, ForeignKey("runs.id")),  # none: a reminder or chaser belongs to no run
    *map(_text, ("audience", "recipient", "address", "portfolio", "period")),
    Column("revision", Integer, nullable=False),
    _text("subject"), _text("message_id"),
    Column("date", Moment, nullable=False),
    Column("body", LargeBinary, nullable=False),
    _text("reasons"),
    Column("state", State, nullable=False), _text("detail"),
    Column("queued", Moment, nullable=False), Column("sent", Moment),
    Column("token", Integer, nullable=False),  # one more with every claim: who holds an older one has lost it
    Column("lease_until", Moment),
    Column("attempts", Integer, nullable=False), Column("again_at", Moment),
    Column("acts", Text, nullable=False, server_default="[]"),  # of people: JSON
    Index("ix_outbox_state", "state"),
)  # fmt: skip

told = Table(
    "told", metadata,
    Column("number", Integer, primary_key=True),  # in the order told
    Column("message", Text, ForeignKey("outbox.id"), nullable=False),
    *map(_text, ("portfolio", "audience", "recipient", "subject", "period")),
    Column("status", Text),
    _text("cases"),
    Column("through", Text),
    Index("ix_told_latest", "portfolio", "audience", "recipient", "subject"),
)  # fmt: skip

# What the service keeps. A job is seen for the first time, and from then on its occurrences count: all that were due
# until `since` are settled.
schedules = Table(
    "schedules", metadata,
    Column("job", Text, primary_key=True),
    Column("since", Moment, nullable=False),
)  # fmt: skip

jobs = Table(
    "jobs", metadata,
    Column("job", Text, primary_key=True),
    Column("slot", Text, primary_key=True),  # of its calendar, such as 2019-02: it comes round once in each
    Column("day", Day, nullable=False),
    Column("due", Moment, nullable=False),
    _text("state"),
    Column("token", Integer, nullable=False),  # as of a message
    Column("tries", Integer, nullable=False),
    Column("lease_until", Moment), Column("again_at", Moment), Column("finished", Moment),
    _text("detail"), _text("by"),
    Index("ix_jobs_state", "state"),
)  # fmt: skip
