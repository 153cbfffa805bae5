"""`evolve` for the whole room: one entry of any stream → the room after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from msgspec.structs import replace

from infusionroom.domain import events as ev
from infusionroom.domain import staff
from infusionroom.domain.clinic import Clinic, with_rule
from infusionroom.domain.consent_text import ConsentText
from infusionroom.domain.course import COURSE_STREAM, Course
from infusionroom.domain.course import evolve as evolve_course
from infusionroom.domain.evolve import evolve as evolve_visit
from infusionroom.domain.journal import Entry
from infusionroom.domain.patient import PATIENT_STREAM, Patient
from infusionroom.domain.patient import evolve as evolve_patient
from infusionroom.domain.record import VisitRecord, record_of
from infusionroom.domain.room import CHAIR_STREAM, ROOM_STREAM, STAFF_STREAM, Chair, Room
from infusionroom.domain.visit import VISIT_STREAM, Visit


def evolve(room: Room, entries: Iterable[Entry]) -> Room:
    """The room after these entries, in journal order. Visits that it did not hold yet begin with their plan.

    An entry of a visit whose beginning was never loaded is passed over: load its stream first.
    """
    clinic = room.clinic
    chairs, visits = dict(room.chairs), dict(room.visits)
    patients, courses = dict(room.patients), dict(room.courses)
    people, glass, keys, versions = room.people, room.glass, room.keys, dict(room.versions)
    head, touched = room.head, set[str]()
    for entry in entries:
        head = max(head, entry.id)
        if entry.stream.startswith(VISIT_STREAM):
            _visit(visits, entry)
            touched.add(entry.stream.removeprefix(VISIT_STREAM))
        elif entry.stream.startswith(CHAIR_STREAM):
            number = int(entry.stream.removeprefix(CHAIR_STREAM))
            chairs[number] = _chair(chairs.get(number, Chair(number)), entry)
        elif entry.stream.startswith(PATIENT_STREAM):
            _begun(patients, entry.stream.removeprefix(PATIENT_STREAM), entry, evolve_patient)
        elif entry.stream.startswith(COURSE_STREAM):
            _begun(courses, entry.stream.removeprefix(COURSE_STREAM), entry, evolve_course)
        elif entry.stream == ROOM_STREAM:
            clinic = _clinic(clinic, entry.body, entry.happened_at)
        elif entry.stream == STAFF_STREAM:
            people = staff.evolve(people, entry)
            glass = staff.glass_after(glass, entry)
            keys = staff.keys_after(keys, entry)
        versions[entry.stream] = entry.version
    return replace(
        room,
        clinic=clinic,
        chairs=chairs,
        visits=visits,
        people=people,
        glass=glass,
        keys=keys,
        head=head,
        versions=versions,
        patients=patients,
        courses=courses,
        past=_past(room, clinic, patients, [visits[v] for v in touched if v in visits]),
    )


Known = TypeVar("Known", Patient, Course)


def _begun(
    known: dict[str, Known], name: str, entry: Entry, evolved: Callable[[Known | None, Entry], Known]
) -> None:
    """A patient or course after one entry; one whose beginning was never loaded is passed over."""
    one = known.get(name)
    if one is None and entry.version != 1:
        return
    if one is None or entry.version > one.version:
        known[name] = evolved(one, entry)


def _past(
    room: Room, clinic: Clinic | None, patients: Mapping[str, Patient], touched: Iterable[Visit]
) -> Mapping[str, Mapping[str, VisitRecord]]:
    """The rows of the patients' visits, those that were touched made anew: a row never lags behind its visit."""
    past = room.past
    if clinic is None:
        return past
    for visit in touched:
        holds = replace(room, patients=patients).patient(visit.plan.patient_id)
        if holds is not None:
            rows = past.get(holds.id, {})
            past = {**past, holds.id: {**rows, visit.id: record_of(visit, clinic)}}
    return past


def _visit(visits: dict[str, Visit], entry: Entry) -> None:
    visit_id = entry.stream.removeprefix(VISIT_STREAM)
    known = visits.get(visit_id)
    if known is None and entry.version != 1:
        return
    if known is None or entry.version > known.version:
        visits[visit_id] = evolve_visit(known, entry)


def _chair(chair: Chair, entry: Entry) -> Chair:
    at = entry.happened_at
    before = replace(chair, last=None, before=None)
    match entry.body:
        case ev.Undone(target=target):
            if chair.last is None or chair.last.id != target or chair.before is None:
                return replace(chair, version=entry.version)
            return replace(chair.before, version=entry.version)
        case ev.ChairVacated():
            chair = replace(chair, cleaning_since=at)
        case ev.ChairCleaned():
            chair = replace(chair, cleaning_since=None)
        case ev.ChairOutOfService(why=why):
            chair = replace(chair, out_since=at, out_why=why)
        case ev.ChairInService():
            chair = replace(chair, out_since=None, out_why="")
        case _:
            pass
    return replace(chair, version=entry.version, changed_at=at, last=entry, before=before)


def _clinic(clinic: Clinic | None, body: ev.Event, at: datetime) -> Clinic | None:
    match body:
        case ev.RoomSetUp():
            return Clinic(body.name, body.timezone, body.opens, body.closes, body.chairs)
        case ev.RoomChanged() if clinic:
            return replace(
                clinic,
                name=body.name or clinic.name,
                opens=body.opens or clinic.opens,
                closes=body.closes or clinic.closes,
                chairs=body.chairs or clinic.chairs,
            )
        case ev.RuleChanged() if clinic:
            return replace(clinic, rules=with_rule(clinic.rules, body.name, body.value))
        case ev.ArchetypeSet(archetype=kind) if clinic:
            return replace(clinic, archetypes={**clinic.archetypes, kind.name: kind})
        case ev.ArchetypeWithdrawn(name=name) if clinic:
            kept = {known: kind for known, kind in clinic.archetypes.items() if known != name}
            return replace(clinic, archetypes=kept)
        case ev.DayClosed(day=day, why=why) if clinic:
            return replace(
                clinic,
                closed_days={**clinic.closed_days, day: why},
                opened_days=clinic.opened_days - {day},
            )
        case ev.DayOpened(day=day) if clinic:
            kept_closed = {known: why for known, why in clinic.closed_days.items() if known != day}
            return replace(clinic, closed_days=kept_closed, opened_days=clinic.opened_days | {day})
        case ev.ConsentPublished(version=version, text=text, clauses=clauses) if clinic:
            return replace(clinic, consents=(*clinic.consents, ConsentText(version, text, clauses, since=at)))
        case _:
            return clinic
