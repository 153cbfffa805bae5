"""The whole room as one value: the clinic, its chairs, its people, and the visits that matter today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

from infusionroom.domain.background import Background
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.consent_text import FIRST_CONSENT
from infusionroom.domain.course import Course
from infusionroom.domain.course_days import days_of
from infusionroom.domain.follow_up import oral_of
from infusionroom.domain.journal import Entry
from infusionroom.domain.patient import Patient
from infusionroom.domain.record import VisitRecord
from infusionroom.domain.staff import STAFF_STREAM as STAFF_STREAM
from infusionroom.domain.staff import Glass, Person
from infusionroom.domain.visit import Visit

ROOM_STREAM: Final = "room"
CHAIR_STREAM: Final = "chair:"


class ChairState(StrEnum):
    OPEN = "open"
    OCCUPIED = "occupied"
    CLEANING = "cleaning"
    OUT_OF_SERVICE = "out_of_service"


class Chair(msgspec.Struct, frozen=True):
    """What a chair's own stream says; who sits in it is said by the visits.

    `changed_at` is when the last of it happened: nobody can sit down before that. `last` is the entry that can
    still be taken back, and `before` the chair without it.
    """

    number: int
    version: int = 0
    changed_at: datetime | None = None
    cleaning_since: datetime | None = None
    out_since: datetime | None = None
    out_why: str = ""
    last: Entry | None = None
    before: Chair | None = None


class Room(msgspec.Struct, frozen=True):
    """The fold of the journal up to entry `head`, for the visits that were loaded.

    `infusions_here` counts earlier infusions in this room by record number, `weights_here` has the last weight
    of an earlier visit in kg; both for whom it was looked up.

    `keys` are the SSH keys that were ever given, by fingerprint: each its owner's name, or empty once taken back.

    `patients` and `courses` are those behind the visits, and courses of which something is due; `past` has every
    visit of each of these patients as a row, by the patient whose file holds. For a booking `booked` has the days'
    visits, and `holidays` the days on which nobody works by law; `alike` are patients of similar names.
    """

    clinic: Clinic | None = None
    chairs: Mapping[int, Chair] = {}
    visits: Mapping[str, Visit] = {}
    people: Mapping[str, Person] = {}
    glass: tuple[Glass, ...] = ()
    keys: Mapping[str, str] = {}
    head: int = 0
    versions: Mapping[str, int] = {}
    infusions_here: Mapping[str, int] = {}
    weights_here: Mapping[str, Decimal] = {}
    patients: Mapping[str, Patient] = {}
    courses: Mapping[str, Course] = {}
    past: Mapping[str, Mapping[str, VisitRecord]] = {}
    booked: Mapping[str, VisitRecord] = {}
    holidays: Mapping[date, str] = {}
    alike: Mapping[str, Patient] = {}

    def chair(self, number: int) -> Chair:
        return self.chairs.get(number, Chair(number))

    def occupant(self, chair: int) -> Visit | None:
        """Who sits in the chair now."""
        return next((v for v in self.visits.values() if v.here and v.chair == chair), None)

    def sat_in(
        self, chair: int, since: datetime, until: datetime | None = None, *, besides: str = ""
    ) -> Visit | None:
        """Who had the chair for any part of this time, ever, as far as the visits are loaded."""
        for visit in self.visits.values():
            if visit.id == besides:
                continue
            for stay in visit.stays:
                begins_before = until is None or stay.since < until
                ends_after = stay.until is None or stay.until > max(since, stay.since)
                if stay.chair == chair and begins_before and ends_after:
                    return visit
        return None

    def state_of(self, chair: int) -> ChairState:
        return ChairState.OCCUPIED if self.occupant(chair) else self.state_unless_taken(chair)

    def state_unless_taken(self, chair: int) -> ChairState:
        """What the chair's own stream says of it, whoever sits there."""
        known = self.chair(chair)
        if known.out_since:
            return ChairState.OUT_OF_SERVICE
        return ChairState.CLEANING if known.cleaning_since else ChairState.OPEN

    # ── what stands behind a visit ──────────────────────────────────────────────────────────────────────────

    def patient(self, patient_id: str) -> Patient | None:
        """The patient of this id, or whose file holds for a duplicate."""
        known = self.patients.get(patient_id)
        seen = {patient_id}
        while known is not None and known.merged_into and known.merged_into not in seen:
            seen.add(known.merged_into)
            known = self.patients.get(known.merged_into)
        return known

    def visits_of(self, patient_id: str) -> Mapping[str, VisitRecord]:
        """Every visit of this patient, duplicates' included, as rows."""
        patient = self.patient(patient_id)
        return self.past.get(patient.id, {}) if patient is not None else {}

    def background(self, visit: Visit) -> Background:
        """What stands behind this visit, as far as it is loaded."""
        consents = self.clinic.consents if self.clinic is not None else (FIRST_CONSENT,)
        patient = self.patient(visit.plan.patient_id) if visit.plan.patient_id else None
        if patient is None or self.clinic is None:
            return Background(consents)
        rows = self.visits_of(patient.id)
        course = self.courses.get(visit.plan.course_id)
        days = days_of(course, rows.values()) if course is not None else ()
        began = visit.infusion.started_at if visit.infusion is not None else visit.plan.start
        earlier = [
            r
            for r in rows.values()
            if r.visit != visit.id and r.started_at is not None and r.started_at < began
        ]
        weighed = [
            (Decimal(r.weight_kg), r.weighed_at)
            for r in rows.values()
            if r.visit != visit.id and r.weight_kg and r.weighed_at is not None
        ]
        recoveries = [
            int((r.ready_at - r.stopped_at).total_seconds()) // 60
            for r in earlier
            if r.ready_at is not None and r.stopped_at is not None
        ]
        elsewhere = patient.file.infusions_elsewhere
        return Background(
            consents=consents,
            patient=patient,
            course=course,
            days=days,
            oral=oral_of(course, days, self.clinic.timezone) if course is not None else None,
            infusions_before=None if elsewhere is None and not earlier else (elsewhere or 0) + len(earlier),
            weight=max(weighed, key=lambda w: w[1], default=None),
            longest_recovery_min=max(recoveries, default=None),
        )
