"""The way out: the room as the journal has it, read from a store or inside a transaction."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Final, Protocol

from msgspec.structs import replace

from infusionroom.domain.course import COURSE_STREAM
from infusionroom.domain.course import stream_of as course_stream
from infusionroom.domain.course_days import days_of
from infusionroom.domain.course_record import CourseRecord
from infusionroom.domain.day import clinic_day
from infusionroom.domain.events import PatientMerged, Undone
from infusionroom.domain.fold_board import belongs_to
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.follow_up import tasks_of
from infusionroom.domain.journal import Entry
from infusionroom.domain.patient import PATIENT_STREAM
from infusionroom.domain.patient import stream_of as patient_stream
from infusionroom.domain.record import VisitRecord
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

    def records(self, *, patients: Collection[str] | None = None) -> list[VisitRecord]: ...

    def duplicates_of(self, patients: Collection[str]) -> dict[str, str]: ...

    def course_records(
        self, *, courses: Collection[str] | None = None, due_by: date | None = None
    ) -> list[CourseRecord]: ...


def room_of(store: Store, day: date | None, at: datetime | None, now: datetime) -> Room:
    """The room from the journal: its own streams, then the visits of the day and whoever is here.

    Of today where no `day` is named; with `at`, as it was known at that instant. Raises `StoreError`s.
    """
    head, _ = store.head()
    frame = store.entries(streams=(ROOM_STREAM, STAFF_STREAM), until=head, recorded_until=at)
    room = evolve(Room(), frame)
    clinic = room.clinic
    if clinic is not None:
        chairs = [f"{CHAIR_STREAM}{number}" for number in range(1, clinic.chairs + 1)]
        last = store.last_entries(chairs, CHAIR_ENTRIES, until=head, recorded_until=at)
        wanted = day or clinic_day(at or now, clinic.timezone)
        visits = set(store.visits_on(wanted))
        visits.update(store.open_visits() if at is None else store.open_visits_at(at))
        entries = store.entries(streams=[stream_of(v) for v in sorted(visits)], until=head, recorded_until=at)
        room = evolve(room, [*last, *entries])
        due = [row.course for row in store.course_records(due_by=wanted)] if at is None else ()
        room = with_background(room, store, courses=due, until=head)
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
    room = evolve(with_visits(room, unknown, journal) if unknown else room, new)
    return with_new_background(room, new, journal)


def with_new_background(room: Room, new: list[Entry], journal: Journal) -> Room:
    """The room with the patients and courses that new entries, which it has, brought behind its visits."""
    begun = sorted({e.stream.removeprefix(COURSE_STREAM) for e in new if e.stream.startswith(COURSE_STREAM)})
    if not any(_whose_is_whose(entry) for entry in new):
        return with_background(room, journal, courses=begun)
    # Whose visits are whose has changed: everybody's rows are read anew.
    return with_background(
        replace(room, patients={}, past={}), journal, courses=begun, patients=room.patients
    )


def _whose_is_whose(entry: Entry) -> bool:
    return entry.stream.startswith(PATIENT_STREAM) and isinstance(entry.body, PatientMerged | Undone)


def with_visits(room: Room, visits: Iterable[str], journal: Journal) -> Room:
    """The room with these visits, and what stands behind them, as far as the journal has them."""
    entries = journal.entries(streams=[stream_of(v) for v in visits])
    return with_background(replace(evolve(room, entries), head=room.head), journal)


def with_background(
    room: Room,
    journal: Journal,
    *,
    courses: Iterable[str] = (),
    patients: Iterable[str] = (),
    until: int | None = None,
) -> Room:
    """The room with the patients and courses behind its visits, and with those named; known ones are not read again.

    A patient comes with every visit as a row, duplicates' included, and with the patient whose file holds.
    """
    named = {v.plan.course_id for v in room.visits.values()} | set(courses)
    wanted = sorted(named - {""} - room.courses.keys())
    if wanted:
        room = _with_streams(room, journal, [course_stream(c) for c in wanted], until)
    people = {v.plan.patient_id for v in room.visits.values()} | set(patients)
    people |= {room.courses[c].patient for c in wanted if c in room.courses}
    new = sorted(people - {""} - room.patients.keys())
    if not new:
        return room
    loaded: set[str] = set()
    while unknown := [p for p in new if p not in loaded]:
        room = _with_streams(room, journal, [patient_stream(p) for p in unknown], until)
        loaded |= set(unknown)
        merged = {p.merged_into for p in room.patients.values() if p.merged_into}
        new = sorted(merged - loaded - room.patients.keys())
    return with_past(room, journal, loaded)


def with_past(room: Room, journal: Journal, patients: Collection[str]) -> Room:
    """The room with every visit of these patients as a row, by the patient whose file holds."""
    holding = {known.id for known in map(room.patient, patients) if known is not None}
    if not holding:
        return room
    duplicates = journal.duplicates_of(sorted(holding))
    past: dict[str, dict[str, VisitRecord]] = {patient: {} for patient in holding}
    for row in journal.records(patients=[*sorted(holding), *sorted(duplicates)]):
        past[_held_by(row.patient_id, duplicates)][row.visit] = row
    return replace(room, past={**room.past, **past})


def _held_by(patient: str, duplicates: Mapping[str, str]) -> str:
    """The patient whose file holds; what was merged in a circle holds by itself."""
    seen = {patient}
    while (into := duplicates.get(patient)) is not None and into not in seen:
        seen.add(into)
        patient = into
    return patient


def _with_streams(room: Room, journal: Journal, streams: Collection[str], until: int | None) -> Room:
    entries = journal.entries(streams=streams, until=until)
    return replace(evolve(room, entries), head=room.head)


def of_day(room: Room, day: date) -> Room:
    """Without the visits of other days that only passed by in the journal."""
    if room.clinic is None:
        return room
    timezone = room.clinic.timezone
    kept = {k: v for k, v in room.visits.items() if v.here or belongs_to(v, day, timezone)}
    courses = {v.plan.course_id for v in kept.values()} | {c for c in room.courses if _due(room, c, day)}
    patients = {v.plan.patient_id for v in kept.values()}
    patients |= {room.courses[c].patient for c in courses if c in room.courses}
    patients |= {holds.id for holds in map(room.patient, patients) if holds is not None}
    if len(kept) == len(room.visits) and courses >= room.courses.keys() and patients >= room.patients.keys():
        return room
    return replace(
        room,
        visits=kept,
        courses={k: v for k, v in room.courses.items() if k in courses},
        patients={k: v for k, v in room.patients.items() if k in patients},
        past={k: v for k, v in room.past.items() if k in patients},
    )


def _due(room: Room, course_id: str, day: date) -> bool:
    """Whether something of the course is open to be done by the day."""
    course, clinic = room.courses[course_id], room.clinic
    if clinic is None:
        return False
    days = days_of(course, room.visits_of(course.patient).values())
    tasks = tasks_of(course, days, clinic.rules.follow_up, clinic.timezone)
    return any(task.due_on <= day for task in tasks)


def resolved(name: str, journal: Journal) -> str:
    """The visit's id, where it was named by the sender's appointment; one without a filler may omit the slash."""
    if _VISIT_ID.fullmatch(name):
        return name
    return journal.visit_by_appointment(name if "/" in name else f"{name}/") or name
