"""Alembic's entry: runs on the connection, and in the transaction, that the caller holds."""

from alembic import context

from jobs.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
