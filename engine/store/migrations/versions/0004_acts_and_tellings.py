"""What people did, tellings on a calendar of their own, and decisions by occurrence with their details."""

import sqlalchemy as sa
from alembic import op

from engine.store.text import Text

revision = "0004"
down_revision = "0003"


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, Text, nullable=False)


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, Text, primary_key=True)


def upgrade() -> None:
    """Make the tables and columns. What was decided until now belongs to the occurrence that its run was."""
    op.create_table(
        "acts",
        sa.Column("number", sa.Integer, primary_key=True),
        *map(_text, ("portfolio", "kind", "subject", "who", "why", "made")),
        sa.Column("ends", sa.Integer, sa.ForeignKey("acts.number"), unique=True),
        _text("body"),
    )
    op.create_table(
        "tellings",
        *map(_key, ("audience", "portfolio", "occurrence")),
        sa.Column("run", Text, sa.ForeignKey("runs.id"), nullable=False),
        _text("made"),
    )
    op.add_column("runs", sa.Column("acts_hash", Text, nullable=False, server_default=""))
    op.add_column("told", sa.Column("through", Text))
    op.execute("CREATE TEMPORARY TABLE decisions_kept AS SELECT * FROM decisions")
    op.drop_table("decisions")
    op.create_table(
        "decisions",
        sa.Column("run", Text, sa.ForeignKey("runs.id"), primary_key=True),
        *map(_key, ("occurrence", "audience", "recipient", "subject")),
        *map(_text, ("reason", "detail", "made")),
    )
    op.execute(
        "INSERT INTO decisions (run, occurrence, audience, recipient, subject, reason, detail, made) "
        "SELECT run, period, audience, recipient, subject, reason, '', published_at "
        "FROM decisions_kept JOIN runs ON runs.id = decisions_kept.run"
    )
    op.execute("DROP TABLE decisions_kept")
