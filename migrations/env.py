"""Runs the migrations over the connection that ``xiaoer.engines.postgres.migrate`` opens."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="kernel_migration",
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
