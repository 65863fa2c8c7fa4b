"""What Alembic runs: the versions, over the connection that ``running.py`` hands it."""

from __future__ import annotations

from alembic import context

from portal.records.every_table import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    # SQLite changes a table by making it anew.
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
