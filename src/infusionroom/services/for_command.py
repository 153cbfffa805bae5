"""What a command has to know before it is decided on: the visits, patients, courses and bookings that it is about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Protocol

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain.course_record import CourseRecord
from infusionroom.domain.day import clinic_day
from infusionroom.domain.events import PatientFile, Plan
from infusionroom.domain.journal import Entry
from infusionroom.domain.names import look_of
from infusionroom.domain.patient import fold as fold_patient
from infusionroom.domain.patient import stream_of as patient_stream
from infusionroom.domain.patient_record import PatientRecord
from infusionroom.domain.record import VisitRecord
from infusionroom.domain.room import Room
from infusionroom.domain.visit import visit_id_of
from infusionroom.services.holiday_calendar import check_region, holidays_between
from infusionroom.services.loading import with_background, with_visits


class Journal(Protocol):
    """The transaction that the command runs in."""

    def entries(
        self, *, after: int = 0, until: int | None = None, streams: Collection[str] | None = None
    ) -> list[Entry]: ...

    def visit_by_appointment(self, key: str) -> str | None: ...

    def records(
        self,
        *,
        day: date | None = None,
        since: date | None = None,
        until: date | None = None,
        visits: Collection[str] | None = None,
        patients: Collection[str] | None = None,
    ) -> list[VisitRecord]: ...

    def duplicates_of(self, patients: Collection[str]) -> dict[str, str]: ...

    def course_records(
        self,
        *,
        patients: Collection[str] | None = None,
        courses: Collection[str] | None = None,
        states: Collection[str] | None = None,
        due_by: date | None = None,
    ) -> list[CourseRecord]: ...

    def alike_patients(self, look: str) -> list[PatientRecord]: ...

    def numbered_patients(self, record_number: str) -> list[PatientRecord]: ...


def for_command(room: Room, command: cmd.Command, journal: Journal, now: datetime) -> Room:
    """The room with everything that deciding on `command` reads, as the transaction has it."""
    named = [v for v in _visits_named(command) if v not in room.visits]
    room = with_visits(room, named, journal) if named else room
    match command:
        case cmd.RegisterPatient(file=file):
            return _with_alike(room, file, journal)
        case cmd.ChangePatient(patient=patient, file=file):
            return _with_alike(_with_patients(room, [patient], journal), file, journal)
        case cmd.MergePatients(patient=patient, into=into):
            return _with_patients(room, [patient, into], journal)
        case cmd.PatientCommand(patient=patient):
            room = _with_patients(room, [patient], journal)
            known = room.patients.get(patient)
            return _with_alike(room, known.file, journal) if known is not None else room
        case cmd.BookCourse(patient=patient, days=days):
            room = _with_patients(room, [patient], journal)
            return _with_bookings(room, [d.start for d in days], journal, now)
        case cmd.CourseCommand(course=course):
            room = with_background(room, journal, courses=[course])
            if course in room.courses:
                room = _with_patients(room, [room.courses[course].patient], journal)
            return _with_bookings(room, _wanted(command), journal, now)
        case cmd.PlanVisit(plan=plan):
            room = with_background(room, journal, patients=[plan.patient_id], courses=[plan.course_id])
            return _with_bookings(room, _by_hand(plan), journal, now)
        case cmd.OpenDay(day=day) | cmd.CloseDay(day=day):
            region = room.clinic.rules.booking.holiday_region if room.clinic else ""
            return replace(room, holidays=holidays_between(region, day, day))
        case cmd.ChangeRule(name="booking.holiday_region", value=region):
            # Whether there is such a region is known here; it is refused before it is kept.
            check_region(str(region))
            return room
        case cmd.CancelVisit() | cmd.MarkNoShow() | cmd.MarkEnteredInError() | cmd.ChangePlan():
            return _with_course_of(room, command, journal, now)
        case _:
            return room


def _visits_named(command: cmd.Command) -> list[str]:
    match command:
        case cmd.PlanVisit(plan=plan):
            return [visit_id_of(plan.appointment.key if plan.appointment else command.id or "")]
        case cmd.Swap():
            return [command.visit, command.with_visit]
        case cmd.VisitCommand():
            return [command.visit]
        case cmd.BookCourse(days=days):
            return [d.visit for d in days if d.visit]
        case cmd.TakeDay(wanted=wanted):
            return [wanted.visit] if wanted.visit else []
        case cmd.DeferDay(to=wanted_days) | cmd.ExtendCourse(days=wanted_days):
            return [d.visit for d in wanted_days if d.visit]
        case _:
            return []


def _with_course_of(room: Room, command: cmd.VisitCommand, journal: Journal, now: datetime) -> Room:
    """For what takes a day out of its course, or moves it: the whole course."""
    visit = room.visits.get(command.visit)
    starts: list[datetime] = []
    if isinstance(command, cmd.ChangePlan):
        room = with_background(room, journal, patients=[command.plan.patient_id])
        starts = _by_hand(command.plan)
    if visit is not None and visit.plan.course_id in room.courses:
        room = _with_patients(room, [room.courses[visit.plan.course_id].patient], journal)
    return _with_bookings(room, starts, journal, now)


def _with_patients(room: Room, patients: Sequence[str], journal: Journal) -> Room:
    """The patients, with all their visits whole: what is changed of a patient or a course is changed on them."""
    room = with_background(room, journal, patients=patients)
    rows = [row for patient in patients for row in room.visits_of(patient).values()]
    unknown = [row.visit for row in rows if row.visit not in room.visits]
    return with_visits(room, unknown, journal) if unknown else room


def _with_alike(room: Room, file: PatientFile, journal: Journal) -> Room:
    """Who may be the same person: of a similar name, or with the same record number."""
    found = {row.patient for row in journal.alike_patients(look_of(file.family, file.given))}
    number = file.record_number.strip().casefold()
    if number:
        found |= {row.patient for row in journal.numbered_patients(number)}
    known = (journal.entries(streams=[patient_stream(patient)]) for patient in sorted(found))
    return replace(room, alike={p.id: p for p in map(fold_patient, filter(None, known))})


def _with_bookings(room: Room, starts: Iterable[datetime], journal: Journal, now: datetime) -> Room:
    """Who else is booked on the days wanted, and the holidays from now to the last of them."""
    if room.clinic is None:
        return room
    days = sorted(clinic_day(start, room.clinic.timezone) for start in starts)
    if not days:
        return room
    rows = journal.records(since=days[0], until=days[-1])
    first = min(days[0], clinic_day(now, room.clinic.timezone))
    return replace(
        room,
        booked={row.visit: row for row in rows if not row.off},
        holidays=holidays_between(room.clinic.rules.booking.holiday_region, first, days[-1]),
    )


def _wanted(command: cmd.Command) -> list[datetime]:
    match command:
        case cmd.DeferDay(to=wanted) | cmd.ExtendCourse(days=wanted):
            return [day.start for day in wanted]
        case cmd.TakeDay(wanted=day):
            return [day.start]
        case _:
            return []


def _by_hand(plan: Plan) -> list[datetime]:
    """What a sender booked is not measured against the room: they have booked it."""
    return [] if plan.source or plan.walk_in else [plan.start]
