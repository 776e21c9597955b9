"""Run by Alembic: the migrations go through the connection, and inside the transaction, of whoever asks for them."""

from alembic import context

from engine.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite can alter hardly anything in place
)
with context.begin_transaction():
    context.run_migrations()
