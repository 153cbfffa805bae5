"""Runs the migrations on the connection that the program hands over, and puts the journal's guards back."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, inspect

from infusionroom.store.schema import guard_statements
from infusionroom.store.sited import SITE, metadata_for
from infusionroom.store.sites import grant_statements, policy_statements


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata_for(connection.dialect.name),
        render_as_batch=True,
        transactional_ddl=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    for statement in _guards(connection):
        connection.exec_driver_sql(statement)


def _guards(connection: Connection) -> list[str]:
    """What a migration may have dropped without a word, as a batch rebuild of the journal does its triggers."""
    tables = set(inspect(connection).get_table_names())
    if connection.dialect.name == "sqlite":
        return guard_statements("sqlite") if "journal" in tables else []
    if SITE not in tables:
        # A version from before there were sites brought its own.
        return []
    schema = str(connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one())
    roles = connection.exec_driver_sql("SELECT quote_ident(reader), quote_ident(writer) FROM site").all()
    granted = [statement for reader, writer in roles for statement in grant_statements(reader, writer)]
    return [*guard_statements("postgresql", schema), *policy_statements(schema), *granted]


run(context.config.attributes["connection"])
