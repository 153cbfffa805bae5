"""The journal as it is read: entry by entry, with what became of each of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from infusionroom.domain import events as ev
from infusionroom.domain.evolve import annulled_by
from infusionroom.domain.journal import Entry, RawEntry, instant_to_text
from infusionroom.domain.visit import stream_of
from infusionroom.services.errors import translated
from infusionroom.services.room import RoomService

_CORRECTING = frozenset({"undone", "corrected"})


class LoggedEntry(msgspec.Struct, frozen=True):
    """One entry of the journal. Instants are UTC; amounts in `body` are exact decimals as text.

    `taken_back_by` and `corrected_by` are the entries that say it no longer holds, null while it does.
    """

    id: int
    stream: str
    version: int
    kind: str
    happened_at: datetime
    recorded_at: datetime
    actor: str
    terminal: str
    command: str
    part: int
    body: ev.EventBody
    hash: str
    taken_back_by: int | None = None
    corrected_by: int | None = None


def logged(
    room: RoomService, *, visit: str | None = None, after: int = 0, since: datetime | None = None
) -> Iterator[LoggedEntry]:
    """The entries with an id above `after` that were recorded `since`, in journal order; of one visit if named.

    Raises `RoomUnreachable`, `RoomRefused`, `UnreadableEvent`.
    """
    with translated():
        if visit is not None:
            whole = room.store.entries(streams=[stream_of(visit)])
            marks = _Marks(whole)
            entries: Iterator[Entry] = (entry for entry in whole if entry.id > after)
        else:
            store = room.store
            marks = _Marks([row.entry() for row in store.raw_entries() if row.kind in _CORRECTING])
            entries = (row.entry() for row in store.raw_entries(after) if _recorded(row, since))
        for entry in entries:
            if since is None or entry.recorded_at >= since:
                yield marks.on(entry)


def _recorded(row: RawEntry, since: datetime | None) -> bool:
    """Told from the text, so that what is not asked for need not be read."""
    return since is None or row.recorded_at >= instant_to_text(since)


class _Marks:
    """What corrections say of other entries; the last word wins, as in the fold."""

    def __init__(self, entries: list[Entry]) -> None:
        self._annulled = annulled_by(entries)
        self._corrected = {
            e.body.target: e.id
            for e in entries
            if isinstance(e.body, ev.Corrected) and e.id not in self._annulled
        }

    def on(self, entry: Entry) -> LoggedEntry:
        undone = self._annulled.get(entry.id)
        return LoggedEntry(
            id=entry.id,
            stream=entry.stream,
            version=entry.version,
            kind=entry.kind,
            happened_at=entry.happened_at,
            recorded_at=entry.recorded_at,
            actor=entry.actor,
            terminal=entry.terminal,
            command=entry.command,
            part=entry.part,
            body=entry.body,  # type: ignore[arg-type]
            hash=entry.hash,
            taken_back_by=undone.id if undone else None,
            corrected_by=self._corrected.get(entry.id),
        )
