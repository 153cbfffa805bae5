"""Making and bringing up the tables with Alembic: programmatic, in one transaction, guards put back.

An older store's rows are written anew from its journal in the same transaction: no version knows more than that.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from infusionroom.store.backend import Backend
from infusionroom.store.engine import engine_explained
from infusionroom.store.errors import StoreReadOnly, StoreRefused
from infusionroom.store.rewriting import rewrite_soundly
from infusionroom.store.schema import CURRENT, needs_migration
from infusionroom.store.writing import Writing

_SCRIPTS = Path(__file__).parent / "migrations"
# Any number: only terminals that bring up the same database at the same moment meet at it.
_ADVISORY_LOCK = 0x494E4652


def bring_up(backend: Backend) -> None:
    """Brings an empty or older store to this program's version; an older one is backed up first.

    Two terminals may do it at once: the second waits and finds it done. Raises `StoreError`s.
    """
    backend.create()
    with backend.turn():
        found = backend.revision()
        if not needs_migration(found):
            return
        if found is not None:
            backend.back_up(found)
            # Before the tables are moved, so that whoever is cut short between the two does both again.
            backend.write_anew()
        try:
            with engine_explained(backend):
                move(backend, CURRENT)
        except StoreReadOnly:
            raise StoreRefused(
                f"The store {backend.display} is empty or of an earlier version, and this user may not make its "
                "tables: on a server run “infusionroom store init” as its administrator."
            ) from None


def move(backend: Backend, revision: str) -> None:
    """Moves the tables up or down to `revision` (`base` for none), all of it or nothing.

    Rows are written anew only where the tables come up to this program's version. Raises `StoreRefused` where the
    journal cannot be read.
    """
    engine = backend.with_pins().engine()
    try:
        with engine.begin() as connection:
            _lock(connection)
            before = MigrationContext.configure(connection).get_current_revision()
            config = configuration(connection)
            if revision == "base" or (before is not None and revision < before):
                command.downgrade(config, revision)
                return
            command.upgrade(config, revision)
            if before not in (None, CURRENT) and revision == CURRENT:
                for _ in _each_site(connection):
                    _rewrite_rows(backend, connection)
    finally:
        engine.dispose()


def _lock(connection: Connection) -> None:
    """Lets nobody else bring up or write meanwhile; SQLite's file is locked by its transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        # A terminal of the older version may be at work: it holds its head until it has committed.
        if inspect(connection).has_table("head"):
            connection.execute(text("LOCK TABLE head IN EXCLUSIVE MODE"))


def _each_site(connection: Connection) -> Iterator[None]:
    """Acts as one site's writer after the other, and last as the default site's, if it has a room."""
    if connection.dialect.name != "postgresql":
        yield
        return
    above, several = connection.execute(
        text(
            "SELECT bool_or(rolsuper), (SELECT count(*) FROM site) > 0 FROM pg_roles WHERE rolname = current_user"
        )
    ).one()
    if above and several:
        raise StoreRefused(
            "This database holds several rooms: “infusionroom store init” brings all of them up, and nothing else."
        )
    quote = connection.dialect.identifier_preparer.quote
    for writer in connection.execute(text("SELECT writer FROM site ORDER BY site")).scalars().all():
        connection.exec_driver_sql(f"SET LOCAL ROLE {quote(writer)}")
        yield
        connection.exec_driver_sql("RESET ROLE")
    if connection.execute(text("SELECT count(*) FROM head WHERE site = ''")).scalar_one():
        yield


def _rewrite_rows(backend: Backend, connection: Connection) -> None:
    # The driver's own connection, whose transaction is this one's.
    own = connection.connection.driver_connection
    assert own is not None
    writing = Writing(backend, own)
    if problem := rewrite_soundly(writing):
        raise StoreRefused(
            "This store is of an earlier version and cannot be brought up to this one, for its journal is not "
            f"sound: {problem} Nothing was changed."
        )


def configuration(connection: Connection) -> Config:
    """Alembic's settings for a connection whose transaction is already open."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
