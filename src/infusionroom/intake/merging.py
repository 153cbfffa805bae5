"""A plan that is known and a plan that a sender states: what becomes of the two, and in which words they differ."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec

from infusionroom.domain.events import Patient, Plan
from infusionroom.intake.attaching import number_of


def plan_after(known: Plan, stated: Plan) -> Plan:
    """The sender's plan; what the sender does not say stays as it was.

    Birth date and record number stay only under the same name: another person must not inherit them. A message
    without a time of sending leaves the last one in place. Whoever has a file here is called as their file does, and
    a course's day stays that day; only somebody who is surely another is passed on, for the room to refuse.
    """
    if known.patient_id:
        return _plan_on_file(known, stated)
    same_name = (known.patient.family, known.patient.given) == (stated.patient.family, stated.patient.given)
    patient = stated.patient
    if same_name:
        patient = Patient(
            family=patient.family,
            given=patient.given,
            birth_date=patient.birth_date or known.patient.birth_date,
            record_number=patient.record_number or known.patient.record_number,
            infusions_before=(
                known.patient.infusions_before
                if patient.infusions_before is None
                else patient.infusions_before
            ),
        )
    return msgspec.structs.replace(
        stated,
        patient=patient,
        duration_min=stated.duration_min or known.duration_min,
        course=stated.course or known.course,
        sent_at=stated.sent_at or known.sent_at,
        walk_in=known.walk_in,
    )


def _plan_on_file(known: Plan, stated: Plan) -> Plan:
    return msgspec.structs.replace(
        stated,
        patient=stated.patient if _surely_another(known.patient, stated.patient) else known.patient,
        duration_min=stated.duration_min or known.duration_min,
        course=known.course if known.course_id else stated.course or known.course,
        note=stated.note or known.note,
        sent_at=stated.sent_at or known.sent_at,
        walk_in=known.walk_in,
        patient_id=known.patient_id,
        course_id=known.course_id,
        chair=known.chair if stated.start == known.start else None,
        overbooked=known.overbooked,
    )


def _surely_another(known: Patient, stated: Patient) -> bool:
    one, other = number_of(known.record_number), number_of(stated.record_number)
    if one and other:
        return one != other
    return bool(known.birth_date and stated.birth_date and known.birth_date != stated.birth_date)


def another_person(known: Patient, stated: Patient) -> bool:
    """Whether two patients are surely not one: another name, and no number or birth date that says otherwise.

    A new name with the same record number or birth date is a marriage or a correction; where neither is known on
    both sides, it is taken for one.
    """
    if (known.family.casefold(), known.given.casefold()) == (
        stated.family.casefold(),
        stated.given.casefold(),
    ):
        return False
    numbers = known.record_number, stated.record_number
    births = known.birth_date, stated.birth_date
    compared = [one == other for one, other in (numbers, births) if one and other]
    return bool(compared) and not any(compared)


def same_content(one: Plan, other: Plan) -> bool:
    """Whether two plans say the same of the visit, whoever said it and when."""
    return not names_of_changes(one, other, None)


def names_of_changes(before: Plan, after: Plan, zone: ZoneInfo | None) -> list[str]:
    """What differs, in words without patient data; with a zone the new start is said in local time."""
    named: list[str] = []
    if before.start != after.start:
        named.append(f"start now {after.start.astimezone(zone):%Y-%m-%d %H:%M}" if zone else "start")
    old, new = before.patient, after.patient
    if (old.family, old.given) != (new.family, new.given):
        named.append("name")
    if old.birth_date != new.birth_date:
        named.append("birth date")
    if old.record_number != new.record_number:
        named.append("record number")
    if old.infusions_before != new.infusions_before:
        named.append("infusions before")
    if before.duration_min != after.duration_min:
        named.append("length")
    if before.course != after.course:
        named.append("course")
    if before.note != after.note:
        named.append("note")
    return named
