"""Making and bringing up the tables with Alembic: programmatic, in one transaction, guards put back."""

from __future__ import annotations

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from infusionroom.store.backend import Backend
from infusionroom.store.engine import explained
from infusionroom.store.schema import CURRENT, needs_migration

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
        engine = backend.engine()
        try:
            with explained(backend):
                move(engine, CURRENT)
        finally:
            engine.dispose()


def move(engine: Engine, revision: str) -> None:
    """Moves the tables up or down to `revision` (`base` for none), all of it or nothing."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        config = configuration(connection)
        known = connection.execute(text("SELECT 1")).scalar_one()
        assert known == 1
        if revision == "base":
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)


def configuration(connection: Connection) -> Config:
    """Alembic's settings for a connection whose transaction is already open."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
