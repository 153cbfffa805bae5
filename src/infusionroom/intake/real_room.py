"""The room as an importer needs it, over the real one and its store."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from infusionroom.domain.commands import Command
from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.events import Patient
from infusionroom.domain.evolve import fold
from infusionroom.domain.journal import Entry
from infusionroom.domain.names import look_of
from infusionroom.domain.outcome import Outcome
from infusionroom.domain.patient_record import PatientRecord
from infusionroom.domain.visit import VISIT_STREAM, Visit, stream_of
from infusionroom.intake.attaching import FileHere, number_of
from infusionroom.intake.importing import SetAside
from infusionroom.intake.notices import Quarantined
from infusionroom.services.errors import translated
from infusionroom.services.files import course_files
from infusionroom.services.room import RoomService
from infusionroom.store import Quarantined as KeptAside
from infusionroom.store import QuarantineState

# No statement gets more parameters than this at once.
ASKED_TOGETHER: Final = 500


class RealRoom:
    """What `importing.Room` asks. `received_by` is who brings the files."""

    def __init__(self, room: RoomService, received_by: str) -> None:
        self._room = room
        self._received_by = received_by

    def now(self) -> datetime:
        return self._room.clock.now()

    def execute_all(self, commands: Sequence[Command], *, actor: str, terminal: str) -> list[Outcome]:
        return self._room.execute_all(commands, actor=actor, terminal=terminal)

    def visits_by_appointment(self, keys: Sequence[str]) -> Mapping[str, Visit]:
        """The visits planned under these appointments, those that are off included."""
        found: dict[str, Visit] = {}
        for key in keys:
            with translated():
                named = self._room.store.visit_by_appointment(key)
            visit = self._room.visit(named) if named else None
            if visit is not None:
                found[key] = visit
        return found

    def files_like(self, people: Collection[Patient]) -> list[FileHere]:
        """Every file with one of these record numbers, or, of people without one, with a similar name."""
        store = self._room.store
        numbers = {number_of(one.record_number) for one in people} - {""}
        looks = {look_of(one.family, one.given) for one in people if not number_of(one.record_number)}
        rows: dict[str, PatientRecord] = {}
        with translated():
            for number in sorted(numbers):
                rows |= {row.patient: row for row in store.numbered_patients(number)}
            for look in sorted(looks):
                rows |= {row.patient: row for row in store.alike_patients(look)}
            holds: dict[str, str] = {}
            for some in _in_pieces(rows):
                holds |= store.files_of(some)
        return [
            FileHere(holds[row.patient], row.family, row.given, row.birth_date, row.record_number)
            for row in rows.values()
        ]

    def running_courses(self, patients: Collection[str]) -> list[CourseFile]:
        """The courses of these patients, those booked for a duplicate included, that are not over."""
        found: list[CourseFile] = []
        store = self._room.store
        with translated():
            for some in _in_pieces(patients):
                everybody = [*some, *store.duplicates_of(some)]
                rows = store.course_records(patients=everybody, states=("running",))
                found += course_files(store, self._room.state, rows)
        return found

    def visits(self, ids: Collection[str]) -> dict[str, Visit]:
        """The visits of these ids, whole."""
        streams: dict[str, list[Entry]] = {}
        with translated():
            for some in _in_pieces(ids):
                for entry in self._room.store.entries(streams=[stream_of(visit) for visit in some]):
                    streams.setdefault(entry.stream.removeprefix(VISIT_STREAM), []).append(entry)
        return {visit: fold(entries) for visit, entries in streams.items()}

    def add_quarantined(self, entries: Sequence[Quarantined]) -> None:
        """Keeps what was not understood, as it came, until somebody settles it."""
        kept = [KeptAside(one.file, one.line, one.field, one.why, one.raw) for one in entries]
        with translated():
            self._room.store.add_quarantine(
                kept, received_at=self._room.clock.now(), received_by=self._received_by
            )

    def waiting(self) -> list[KeptAside]:
        """What is set aside and not settled, with who brought it and when."""
        with translated():
            return self._room.store.quarantined()

    def quarantined(self) -> list[SetAside]:
        return [
            SetAside(one.id, Quarantined(one.file, one.line, one.field, one.why, one.raw))
            for one in self.waiting()
        ]

    def settle_quarantined(self, ids: Sequence[int], state: QuarantineState = "retried") -> None:
        """Takes entries off the list; their text stays as evidence."""
        with translated():
            self._room.store.resolve_quarantine(ids, state)


def _in_pieces(names: Collection[str]) -> Iterator[list[str]]:
    rest = iter(sorted(names))
    while piece := list(islice(rest, ASKED_TOGETHER)):
        yield piece
