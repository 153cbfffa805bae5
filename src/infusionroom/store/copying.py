"""A whole room from one store into another: entry by entry, a batch at a time, and safe to be cut short anywhere.

Until all is there the target's head stays where it was. So a room that was copied by half is opened by nobody, its
guards refuse every other entry, and the same copy can be run again and goes on where the last batch ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from infusionroom.domain.journal import GENESIS, RawEntry
from infusionroom.store.errors import StoreRefused
from infusionroom.store.queries import Queries
from infusionroom.store.rewriting import rewrite_soundly
from infusionroom.store.store import Store

if TYPE_CHECKING:
    pass

BATCH: Final = 2000
_OTHER_ROOM: Final = (
    "The store {} holds another room's journal: nothing was copied, and nothing there was changed."
)

Progress = Callable[[int, int], None]


def copy_entries(source: Store, target: Store, progress: Progress) -> int:
    """Brings the target's journal to the source's end; how many entries were there before.

    `progress` is told entries copied and entries in all. Raises `StoreRefused` where the target holds another room's
    journal, and `StoreError`s.
    """
    end, _ = source.head()
    began = reached = _common_end(source, target)
    progress(reached, end)
    while reached < end:
        batch = list(islice(source.raw_entries(after=reached), min(BATCH, end - reached)))
        if not batch:
            raise StoreRefused(
                f"The journal of {source.url_for_display} ends before its head: check it first."
            )
        with target.writing() as writing:
            # Another copy may have written meanwhile: its rows are the same, or it is another room's.
            if last_entry(writing) != (reached, batch[0].prev_hash):
                raise StoreRefused(f"Somebody else writes in {target.url_for_display}: run this again alone.")
            writing.take_over(batch)
        reached = batch[-1].id
        progress(reached, end)
    return began


def finish_copy(source: Store, target: Store) -> None:
    """Writes all that follows from the target's journal, quarantine and credentials, and sets its head; at once."""
    quarantine, credentials = source.quarantined(None), source.credentials()
    with target.writing(pins=True) as writing:
        last_id, last_hash = last_entry(writing)
        if problem := rewrite_soundly(writing):
            raise StoreRefused(f"The copy cannot be finished, for the journal is not sound: {problem}")
        writing.take_over_quarantine(quarantine)
        for credential in credentials:
            writing.save_credential(credential)
        writing.set_head(last_id, last_hash)


def last_entry(queries: Queries) -> tuple[int, str]:
    """The last entry's id and hash, whatever the head says; (0, GENESIS) when there is none."""
    rows = queries.last_rows(1)
    return (rows[0].id, rows[0].hash) if rows else (0, GENESIS)


def _common_end(source: Store, target: Store) -> int:
    """How far the target's journal goes, which must be the beginning of the source's."""
    last_id, last_hash = last_entry(target)
    if last_id and _hash_of(source, last_id) != last_hash:
        raise StoreRefused(_OTHER_ROOM.format(target.url_for_display))
    return last_id


def _hash_of(queries: Queries, entry_id: int) -> str:
    rows: Sequence[RawEntry] = list(islice(queries.raw_entries(after=entry_id - 1), 1))
    return rows[0].hash if rows and rows[0].id == entry_id else ""
