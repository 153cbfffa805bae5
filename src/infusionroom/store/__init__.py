"""The store: the journal and what follows from it, in SQLite or PostgreSQL. The only place that knows SQL.

Importing it is cheap: a database's driver is loaded where a store is opened, SQLAlchemy and Alembic only to make or
migrate one.
"""

from __future__ import annotations

from infusionroom.store.backend import Feed
from infusionroom.store.errors import (
    JournalRefused,
    SeatTaken,
    StoreAbsent,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreNewer,
    StoreReadOnly,
    StoreRefused,
    StoreUnreachable,
)
from infusionroom.store.opening import open_store
from infusionroom.store.rows import Credential, Quarantined, QuarantineState
from infusionroom.store.store import Store, closing_store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from infusionroom.store.writing import Writing

__all__ = [
    "Credential",
    "Feed",
    "JournalRefused",
    "QuarantineState",
    "Quarantined",
    "SeatTaken",
    "Store",
    "StoreAbsent",
    "StoreBusy",
    "StoreDamaged",
    "StoreError",
    "StoreFull",
    "StoreNewer",
    "StoreReadOnly",
    "StoreRefused",
    "StoreUnreachable",
    "Writing",
    "closing_store",
    "open_store",
]
