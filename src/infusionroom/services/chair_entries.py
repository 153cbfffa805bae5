"""The chairs' own entries that a clinic day rests on, without reading years of cleaning for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from infusionroom.domain import events as ev
from infusionroom.domain.journal import Entry
from infusionroom.domain.room import CHAIR_STREAM, Room
from infusionroom.services.room import MOST_CHAIRS

if TYPE_CHECKING:
    from infusionroom.store import Store

# Longer than any holiday over which a chair is left uncleaned.
MARGIN: Final = timedelta(days=8)
CHAIR_STREAMS: Final = tuple(f"{CHAIR_STREAM}{n}" for n in range(1, MOST_CHAIRS + 1))


def chair_entries(store: Store, room: Room, begin: datetime, head: int) -> list[Entry]:
    """The chairs' entries, in journal order, from a little before `begin` up to entry `head`.

    A chair that was already out of service or uncleaned when they begin is read from its own beginning.
    `room` is the room as it stands; it says so of a chair of which there is nothing newer.
    """
    first = first_recorded(store, begin - MARGIN, head)
    if first == 1 or room.head < first:
        return store.entries(streams=CHAIR_STREAMS, until=head)
    recent = store.entries(streams=CHAIR_STREAMS, after=first - 1, until=head)
    by_stream: dict[str, list[Entry]] = {stream: [] for stream in CHAIR_STREAMS}
    for entry in recent:
        by_stream[entry.stream].append(entry)
    unclear = [stream for stream, entries in by_stream.items() if _begins_amid(stream, entries, room)]
    whole = store.entries(streams=unclear, until=head)
    return sorted([*whole, *(e for e in recent if e.stream not in unclear)], key=lambda e: e.id)


def first_recorded(store: Store, since: datetime, head: int) -> int:
    """The id of the first entry recorded at or after `since`; `head` + 1 where there is none.

    Ids are without gaps and in the order of recording, so that a few looks find it among millions.
    """
    low, high = 1, head + 1
    while low < high:
        middle = (low + high) // 2
        (entry,) = store.entries(after=middle - 1, until=middle)
        if entry.recorded_at < since:
            low = middle + 1
        else:
            high = middle
    return low


def _begins_amid(stream: str, entries: list[Entry], room: Room) -> bool:
    """Whether the chair was out of service or uncleaned before the first of these entries."""
    chair = room.chair(int(stream.removeprefix(CHAIR_STREAM)))
    service = [e.body for e in entries if isinstance(e.body, ev.ChairOutOfService | ev.ChairInService)]
    cleaning = [e.body for e in entries if isinstance(e.body, ev.ChairVacated | ev.ChairCleaned)]
    was_out = isinstance(service[0], ev.ChairInService) if service else chair.out_since is not None
    uncleaned = isinstance(cleaning[0], ev.ChairCleaned) if cleaning else chair.cleaning_since is not None
    return was_out or uncleaned
