"""What people did with a message: who, when, why."""

import sqlalchemy as sa
from alembic import op

from engine.store.text import Text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Messages that are there have none."""
    op.add_column("outbox", sa.Column("acts", Text, nullable=False, server_default="[]"))
