"""How a store stands, with the clock of the terminal that asks beside it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from infusionroom.services.clock import Clock, clock_warning, offset_s
from infusionroom.services.errors import translated
from infusionroom.store import Store
from infusionroom.store.schema import CURRENT


class StoreStanding(msgspec.Struct, frozen=True):
    """What “store status” tells. `clock_offset_s`: how far this terminal is ahead of the server, None for a file."""

    kind: str
    where: str
    database: str
    site: str
    schema: str
    program_schema: str
    entries: int
    head_hash: str
    unfinished: bool
    size_bytes: int
    last_backup: str
    last_backup_at: datetime | None
    pins_file: str
    pins_mode: str
    writers: tuple[str, ...]
    may_write: bool
    feed: str
    server_time: datetime | None
    terminal_time: datetime
    clock_offset_s: float | None
    clock: str


def store_standing(store: Store, clock: Clock) -> StoreStanding:
    """Asks the store. Raises `RoomUnreachable`."""
    with translated():
        standing = store.standing()
        entries, head_hash = store.head()
        before = clock.now()
        server = store.server_time()
        after = clock.now()
        unfinished = store.unfinished()
    offset = None if server is None else offset_s(before, server, after)
    if offset is None:
        said = "this machine's; a file has no other"
    else:
        said = clock_warning(offset) or f"agrees with the server's to {abs(offset):.1f} s"
    return StoreStanding(
        kind=standing.kind,
        where=standing.where,
        database=standing.database,
        site=standing.site,
        schema=standing.schema,
        program_schema=CURRENT,
        entries=entries,
        head_hash=head_hash,
        unfinished=unfinished,
        size_bytes=standing.size_bytes,
        last_backup=standing.last_backup,
        last_backup_at=standing.last_backup_at,
        pins_file=standing.pins_file,
        pins_mode=standing.pins_mode,
        writers=standing.writers,
        may_write=standing.may_write,
        feed=standing.feed,
        server_time=server,
        terminal_time=after,
        clock_offset_s=offset,
        clock=said,
    )
