"""What versions of the store this program knows, without loading what would change one into another."""

from __future__ import annotations

from typing import Final

from infusionroom.store.errors import StoreNewer

# In order; the last is what this program writes. A test holds this equal to the migrations.
REVISIONS: Final[tuple[str, ...]] = ("0001",)
CURRENT: Final = REVISIONS[-1]

# The name under which PostgreSQL tells terminals of a commit.
CHANNEL: Final = "infusionroom_journal"

# "INFR": marks a SQLite file as ours, so that no other program's database is taken for a store.
APPLICATION_ID: Final = 0x494E4652


def needs_migration(revision: str | None) -> bool:
    """Whether a store at `revision` (None: empty) must be brought up. Raises `StoreNewer`."""
    if revision is not None and revision not in REVISIONS:
        raise StoreNewer(
            f"This store was made by a newer version of infusionroom (schema {revision}, "
            f"this one knows {CURRENT}): update the program on this machine."
        )
    return revision != CURRENT
