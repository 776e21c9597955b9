"""The first tables."""

import sqlalchemy as sa
from alembic import op

from engine.store.text import Text

revision = "0001"
down_revision = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, Text, nullable=False)


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, Text, primary_key=True)


def _of_run() -> sa.Column[str]:
    return sa.Column("run", Text, sa.ForeignKey("runs.id"), primary_key=True)


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "returns",
        sa.Column("id", sa.Integer, primary_key=True),
        _text("portfolio"),
        _text("period"),
        _text("period_end"),
        _text("submitter"),
        sa.Column("number", sa.Integer, nullable=False),
        _text("source"),
        _text("sha256"),
        _text("read_with"),
        _text("received_at"),
        sa.Column("superseded_at", Text),
        _text("body"),
        sa.UniqueConstraint("portfolio", "period", "submitter", "number", name="uq_returns_number"),
    )
    op.create_table("inputs", _key("hash"), _text("body"))
    op.create_table(
        "runs",
        _key("id"),
        _text("portfolio"),
        _text("period"),
        _text("period_end"),
        sa.Column("revision", sa.Integer, nullable=False),
        _text("hash"),
        _text("figures_hash"),
        _text("rules_hash"),
        sa.Column("inputs", Text, sa.ForeignKey("inputs.hash"), nullable=False),
        _text("judged_by"),
        _text("published_at"),
        _text("body"),
        sa.UniqueConstraint("portfolio", "period", "revision", name="uq_runs_revision"),
    )
    op.create_table(
        "statuses",
        _of_run(),
        _key("subject"),
        _text("level"),
        sa.Column("status", Text),
        sa.Column("derived", Text),
        sa.Column("previous", Text),
        sa.Column("trend", Text),
        sa.Column("exception", sa.Boolean, nullable=False),
        sa.Column("remediated", sa.Boolean, nullable=False),
    )
    op.create_table(
        "findings",
        _of_run(),
        sa.Column("position", sa.Integer, primary_key=True),
        _text("subject"),
        _text("rule"),
        sa.Column("measure", Text),
        sa.Column("part", Text),
        _text("status"),
        sa.Column("as_at", Text),
    )
    op.create_table(
        "problems",
        _of_run(),
        sa.Column("position", sa.Integer, primary_key=True),
        _text("file"),
        _text("place"),
        _text("what"),
        _text("cure"),
        sa.Column("subject", Text),
    )
    op.create_table(
        "cases",
        _of_run(),
        *map(_key, ("rule", "subject", "measure", "part")),
        _text("opened"),
        sa.Column("closed", Text),
        _text("status"),
        sa.Column("reopened", sa.Boolean, nullable=False),
    )
    op.create_table("decisions", _of_run(), *map(_key, ("audience", "recipient", "subject")), _text("reason"))
    op.create_table(
        "outbox",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", Text, nullable=False, unique=True),
        sa.Column("dedupe_key", Text, nullable=False, unique=True),
        sa.Column("run", Text, sa.ForeignKey("runs.id"), nullable=False),
        *map(_text, ("audience", "recipient", "address", "portfolio", "period")),
        sa.Column("revision", sa.Integer, nullable=False),
        _text("subject"),
        _text("message_id"),
        _text("date"),
        sa.Column("body", sa.LargeBinary, nullable=False),
        _text("reasons"),
        _text("state"),
        _text("detail"),
        _text("queued"),
        sa.Column("sent", Text),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("lease_until", Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("again_at", Text),
    )
    op.create_index("ix_outbox_state", "outbox", ["state"])
    op.create_table(
        "told",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("message", Text, sa.ForeignKey("outbox.id"), nullable=False),
        *map(_text, ("portfolio", "audience", "recipient", "subject", "period")),
        sa.Column("status", Text),
        _text("cases"),
    )
    op.create_index("ix_told_latest", "told", ["portfolio", "audience", "recipient", "subject"])
