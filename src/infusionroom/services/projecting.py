"""The rows that follow from new entries, written in the transaction that appended them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from infusionroom.domain import course as courses
from infusionroom.domain import patient as patients
from infusionroom.domain.course_record import course_record_of
from infusionroom.domain.journal import Entry
from infusionroom.domain.patient_record import patient_record_of, words_of
from infusionroom.domain.record import days_of, record_of
from infusionroom.domain.room import Room
from infusionroom.domain.visit import VISIT_STREAM, Visit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from infusionroom.domain.clinic import Clinic
    from infusionroom.store import Writing

_TO_BE_DONE = ("running", "follow-up")


def save_rows(before: Room, after: Room, entries: Iterable[Entry], writing: Writing) -> None:
    """Writes the rows of the visits, patients and courses that the entries touch, and who sits where.

    `before` and `after` are the room without and with the entries; it holds each visit that they name. Patients and
    courses that it does not hold are read from the journal. Raises `SeatTaken`.
    """
    clinic = after.clinic
    if clinic is None:
        return
    touched = {entry.stream for entry in entries}
    people = _named(touched, patients.PATIENT_STREAM)
    if people:
        files = [after.patients.get(name) or _read_patient(name, writing) for name in people]
        writing.save_patients((patient_record_of(file), words_of(file)) for file in files)
    visits = [after.visits[name] for name in _named(touched, VISIT_STREAM)]
    if visits:
        writing.save_visits((record_of(visit, clinic), days_of(visit, clinic)) for visit in visits)
        writing.set_seats({v.id: v.chair for v in visits if _chair(before, v.id) != v.chair})
    wanted = {*_named(touched, courses.COURSE_STREAM), *_courses_of(before, after, visits)}
    if people:
        into = {after.patients[name].merged_into for name in people if name in after.patients} - {""}
        wanted |= {record.course for record in writing.course_records(patients={*people, *into})}
    if before.clinic is not None and before.clinic.rules.follow_up != clinic.rules.follow_up:
        wanted |= {record.course for record in writing.course_records(states=_TO_BE_DONE)}
    if wanted:
        _save_courses(wanted, after, clinic, writing)


def _save_courses(names: Collection[str], room: Room, clinic: Clinic, writing: Writing) -> None:
    """After the visits, for a course's row says what its visits' rows say."""
    booked = [room.courses.get(name) or _read_course(name, writing) for name in sorted(names)]
    rows = writing.visits_of({course.patient for course in booked if course})
    writing.save_courses(
        course_record_of(course, rows[course.patient], clinic) for course in booked if course
    )


def _named(streams: Iterable[str], kind: str) -> list[str]:
    return sorted(stream.removeprefix(kind) for stream in streams if stream.startswith(kind))


def _courses_of(before: Room, after: Room, visits: Iterable[Visit]) -> set[str]:
    """The courses that these visits are days of, or were."""
    names: set[str] = set()
    held: set[str] = set()
    for visit in visits:
        old = before.visits.get(visit.id)
        names |= {visit.plan.course_id, old.plan.course_id if old else ""}
        held.add(visit.id)
    if held:
        names |= {c.id for c in after.courses.values() if any(day.visit in held for day in c.days)}
    return names - {""}


def _chair(room: Room, visit_id: str) -> int | None:
    visit = room.visits.get(visit_id)
    return visit.chair if visit else None


def _read_patient(name: str, writing: Writing) -> patients.Patient:
    return patients.fold(writing.entries(streams=[patients.stream_of(name)]))


def _read_course(name: str, writing: Writing) -> courses.Course | None:
    """None for a course that a visit names and nobody ever booked."""
    entries = writing.entries(streams=[courses.stream_of(name)])
    return courses.fold(entries) if entries else None
