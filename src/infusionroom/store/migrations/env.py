"""Runs the migrations on the connection that the program hands over, and puts the journal's guards back."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, inspect

from infusionroom.store.schema import guard_statements
from infusionroom.store.tables import METADATA


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        transactional_ddl=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    # A batch rebuild of the journal drops its triggers without a word.
    if inspect(connection).has_table("journal"):
        for statement in guard_statements(connection.dialect.name):
            connection.exec_driver_sql(statement)


run(context.config.attributes["connection"])
