"""The way out: the room as the journal has it, read from a store or inside a transaction."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Final, Protocol

from msgspec.structs import replace

from infusionroom.domain.day import clinic_day
from infusionroom.domain.fold_board import belongs_to
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.journal import Entry
from infusionroom.domain.room import CHAIR_STREAM, ROOM_STREAM, STAFF_STREAM, Room
from infusionroom.domain.visit import VISIT_STREAM, stream_of
from infusionroom.store import Store

_VISIT_ID: Final = re.compile(r"[0-9a-f]{16}")
# How a chair stands is said by its last entries: while it is out of service it is cleaned once at most, and what is
# taken back makes two more of each.
CHAIR_ENTRIES: Final = 16


class Journal(Protocol):
    """Where entries are read from: the store, or the transaction a command runs in."""

    def entries(
        self, *, after: int = 0, until: int | None = None, streams: Collection[str] | None = None
    ) -> list[Entry]: ...

    def visit_by_appointment(self, key: str) -> str | None: ...


def room_of(store: Store, day: date | None, at: datetime | None, now: datetime) -> Room:
    """The room from the journal: its own streams, then the visits of the day and whoever is here.

    Of today where no `day` is named; with `at`, as it was known at that instant. Raises `StoreError`s.
    """
    head, _ = store.head()
    frame = store.entries(streams=(ROOM_STREAM, STAFF_STREAM), until=head, recorded_until=at)
    room = evolve(Room(), frame)
    clinic = room.clinic
    if clinic is not None:
        for number in range(1, clinic.chairs + 1):
            stream = f"{CHAIR_STREAM}{number}"
            last = store.last_entries(stream, CHAIR_ENTRIES, until=head, recorded_until=at)
            room = evolve(room, last)
        wanted = day or clinic_day(at or now, clinic.timezone)
        visits = set(store.visits_on(wanted))
        visits.update(store.open_visits() if at is None else store.open_visits_at(at))
        entries = store.entries(streams=[stream_of(v) for v in sorted(visits)], until=head, recorded_until=at)
        room = evolve(room, entries)
    return replace(room, head=head) if at is None else room


def evolved(room: Room, new: list[Entry], journal: Journal) -> Room:
    """The room after new entries; visits that it did not hold are read from their beginning."""
    first_versions: dict[str, int] = {}
    for entry in new:
        first_versions.setdefault(entry.stream, entry.version)
    unknown = [
        stream.removeprefix(VISIT_STREAM)
        for stream, version in first_versions.items()
        if stream.startswith(VISIT_STREAM)
        and version > 1
        and stream.removeprefix(VISIT_STREAM) not in room.visits
    ]
    return evolve(with_visits(room, unknown, journal) if unknown else room, new)


def with_visits(room: Room, visits: Iterable[str], journal: Journal) -> Room:
    """The room with these visits as the journal has them, as far as it has."""
    entries = journal.entries(streams=[stream_of(v) for v in visits])
    return replace(evolve(room, entries), head=room.head)


def of_day(room: Room, day: date) -> Room:
    """Without the visits of other days that only passed by in the journal."""
    if room.clinic is None:
        return room
    timezone = room.clinic.timezone
    kept = {k: v for k, v in room.visits.items() if v.here or belongs_to(v, day, timezone)}
    return room if len(kept) == len(room.visits) else replace(room, visits=kept)


def resolved(name: str, journal: Journal) -> str:
    """The visit's id, where it was named by the sender's appointment; one without a filler may omit the slash."""
    if _VISIT_ID.fullmatch(name):
        return name
    return journal.visit_by_appointment(name if "/" in name else f"{name}/") or name
