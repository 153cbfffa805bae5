"""One walk over the journal: which streams there are, whether all can be read, and the clinic over time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby, islice
from typing import Final

import msgspec

from infusionroom.domain.clinic import Clinic
from infusionroom.domain.course import COURSE_STREAM
from infusionroom.domain.events import UnreadableEvent
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.journal import Entry, RawEntry
from infusionroom.domain.patient import PATIENT_STREAM
from infusionroom.domain.record import VisitRecord, days_of, record_of
from infusionroom.domain.room import CHAIR_STREAM, ROOM_STREAM, STAFF_STREAM, Room
from infusionroom.domain.staff import ACCESS_STREAM
from infusionroom.domain.visit import VISIT_STREAM, Visit
from infusionroom.store.queries import Queries

# Streams folded at a time, so that a million visits need the memory of a few hundred.
CHUNK: Final = 200


_PLAIN: Final = frozenset({ROOM_STREAM, STAFF_STREAM, ACCESS_STREAM})


class Walk:
    """The names of all `visits`, `patients` and `courses`, and a sentence for each entry that cannot be read.

    `people` is the staff list as it is now. What is not `sound` is only read, and nothing is made of it.
    """

    def __init__(self, queries: Queries, *, sound: bool = True) -> None:
        self.visits: set[str] = set()
        self.patients: set[str] = set()
        self.courses: set[str] = set()
        self.problems: list[str] = []
        self._since: list[int] = []
        self._clinics: list[Clinic] = []
        named = {VISIT_STREAM: self.visits, PATIENT_STREAM: self.patients, COURSE_STREAM: self.courses}
        room = Room()
        for row in queries.raw_entries():
            entry = self._read(row)
            prefix = next((prefix for prefix in named if row.stream.startswith(prefix)), "")
            if prefix:
                named[prefix].add(row.stream.removeprefix(prefix))
            elif not row.stream.startswith(CHAIR_STREAM) and row.stream not in _PLAIN:
                self.problems.append(f"Entry {row.id} is of no stream that this version knows.")
            elif entry is not None and sound:
                room = evolve(room, (entry,))
                if entry.stream == ROOM_STREAM and room.clinic is not None:
                    self._since.append(entry.id)
                    self._clinics.append(room.clinic)
        self.people = room.people
        if sound and (self.visits or self.courses) and not self._clinics:
            self.problems.append("There are visits, but no room was ever set up.")

    def _read(self, row: RawEntry) -> Entry | None:
        try:
            entry = row.entry()
        except (UnreadableEvent, msgspec.MsgspecError, ValueError):
            self.problems.append(
                f"Entry {row.id} cannot be read: its body is of no kind that was ever written."
            )
            return None
        if entry.kind != row.kind:
            self.problems.append(f"Entry {row.id} says it is “{row.kind}” but holds “{entry.kind}”.")
        return entry

    @property
    def clinic(self) -> Clinic:
        """The clinic as it was last."""
        return self._clinics[-1]

    def clinics_since(self, entry_id: int) -> Sequence[Clinic]:
        """The clinic as it was at an entry, and as it was after each later change, the last one first."""
        return self._clinics[self._place(entry_id) :][::-1]

    def record(self, visit: Visit) -> VisitRecord:
        """The visit's row with the clinic as it was when the row was written, with the visit's last entry."""
        return record_of(visit, self._clinics[self._place(visit.entries[-1].id)])

    def days(self, visit: Visit) -> frozenset[date]:
        """The visit's clinic days, likewise."""
        return days_of(visit, self._clinics[self._place(visit.entries[-1].id)])

    def _place(self, entry_id: int) -> int:
        return max(0, bisect_right(self._since, entry_id) - 1)


def streams(queries: Queries, kind: str, names: Iterable[str]) -> Iterator[tuple[str, list[Entry]]]:
    """The name and the entries of each of these visits (`kind` is `visit:`), patients or courses that has any."""
    entries = queries.entries(streams=[kind + name for name in names])
    for stream, own in groupby(sorted(entries, key=lambda e: (e.stream, e.id)), key=lambda e: e.stream):
        yield stream.removeprefix(kind), list(own)


def chunks(names: Iterable[str]) -> Iterator[list[str]]:
    """The names, some at a time."""
    waiting = iter(names)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk
