"""Patients' files and courses of whatever day, read from the store with everything that belongs to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from infusionroom.domain.background import Background
from infusionroom.domain.course_file import CourseFile, PatientHistory, course_file
from infusionroom.domain.course_record import CourseRecord
from infusionroom.domain.day import clinic_day
from infusionroom.domain.patient import fold as fold_patient
from infusionroom.domain.patient import stream_of as patient_stream
from infusionroom.domain.proposal import Proposal, Request, looks_until, propose
from infusionroom.domain.record import VisitRecord
from infusionroom.domain.room import Room
from infusionroom.domain.visit import Visit
from infusionroom.services.holiday_calendar import holidays_between
from infusionroom.services.loading import with_background
from infusionroom.store import Store


def patient_history(store: Store, room: Room, patient_id: str) -> PatientHistory | None:
    """The patient of this id, or whose file holds for a duplicate, with all visits and courses."""
    if room.clinic is None:
        return None
    frame = Room(clinic=room.clinic, head=room.head)
    read = with_background(frame, store, patients=[patient_id])
    patient = read.patient(patient_id)
    if patient is None:
        return None
    names = sorted(store.duplicates_of([patient.id]))
    streams = (store.entries(streams=[patient_stream(name)]) for name in names)
    duplicates = tuple(fold_patient(entries) for entries in streams if entries)
    rows = store.course_records(patients=[patient.id, *names])
    read = with_background(read, store, courses=[row.course for row in rows], patients=[patient.id])
    visits = sorted(read.visits_of(patient.id).values(), key=lambda v: v.planned_start, reverse=True)
    courses = [
        course_file(course, patient, visits, room.clinic)
        for course in sorted(read.courses.values(), key=lambda c: c.booked_at, reverse=True)
    ]
    return PatientHistory(patient, tuple(visits), tuple(courses), duplicates)


def course_files(store: Store, room: Room, rows: Iterable[CourseRecord]) -> list[CourseFile]:
    """The courses of these rows, in their order."""
    if room.clinic is None:
        return []
    wanted = [row.course for row in rows]
    read = with_background(Room(clinic=room.clinic, head=room.head), store, courses=wanted)
    files = []
    for name in wanted:
        course = read.courses.get(name)
        patient = read.patient(course.patient) if course is not None else None
        if course is not None and patient is not None:
            files.append(course_file(course, patient, read.visits_of(patient.id).values(), room.clinic))
    return files


def background_of(store: Store, room: Room, visit: Visit) -> Background:
    """What stands behind a visit of whatever day."""
    frame = Room(clinic=room.clinic, head=room.head, visits={visit.id: visit})
    return with_background(frame, store).background(visit)


def booked_between(store: Store, first: date, last: date) -> list[VisitRecord]:
    """The visits of these clinic days that are not off, by their start."""
    return [row for row in store.records(since=first, until=last) if not row.off]


def proposed(store: Store, room: Room, request: Request) -> Proposal | None:
    """Dates, times and chairs for a course, with the reasons; None before the room is set up."""
    clinic = room.clinic
    if clinic is None:
        return None
    first = min(request.first_day, clinic_day(request.after, clinic.timezone))
    last = looks_until(request, clinic.timezone)
    holidays = holidays_between(clinic.rules.booking.holiday_region, first, last)
    return propose(clinic, holidays, booked_between(store, first, last), request)
