"""Jobs that the service does by itself, each occurrence once."""

import sqlalchemy as sa
from alembic import op

from engine.store.text import Text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make their tables."""
    op.create_table(
        "schedules",
        sa.Column("job", Text, primary_key=True),
        sa.Column("since", Text, nullable=False),
    )
    op.create_table(
        "jobs",
        sa.Column("job", Text, primary_key=True),
        sa.Column("slot", Text, primary_key=True),
        *(sa.Column(name, Text, nullable=False) for name in ("day", "due", "state")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("token", "tries")),
        *(sa.Column(name, Text) for name in ("lease_until", "again_at", "finished")),
        *(sa.Column(name, Text, nullable=False) for name in ("detail", "by")),
    )
    op.create_index("ix_jobs_state", "jobs", ["state"])
