"""A message may belong to no run: a reminder goes out before there is one."""

from alembic import op

from engine.store.text import Text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Let `outbox.run` be empty.

    SQLite can only make the table anew; what refers to its rows is put by meanwhile, or it could not be dropped.
    """
    op.execute("CREATE TEMPORARY TABLE told_kept AS SELECT * FROM told")
    op.execute("DELETE FROM told")
    with op.batch_alter_table("outbox") as table:
        table.alter_column("run", existing_type=Text, nullable=True)
    op.execute("INSERT INTO told SELECT * FROM told_kept")
    op.execute("DROP TABLE told_kept")
