"""What is known of a visit before the person comes: who, when, from whom, of which course.

Types are written as they are and not as text: whoever reads an entry needs them, and at a start text costs more.
"""

from datetime import date, datetime
from typing import Annotated

import msgspec

from infusionroom.domain.events.base import Text


class Patient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who a visit is for, as far as the sender said. `infusions_before` counts here and elsewhere."""

    family: Text
    given: str = ""
    birth_date: date | None = None
    record_number: str = ""
    infusions_before: Annotated[int, msgspec.Meta(ge=0)] | None = None


class Appointment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sender's identity of an appointment: HL7 SCH-1 (placer) and SCH-2 (filler)."""

    placer: str = ""
    filler: str = ""

    @property
    def key(self) -> str:
        """`placer/filler`; a slash within either is escaped, so that no two appointments share a key."""
        return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in (self.placer, self.filler))


class CourseDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Day `day` of a course of `of` days, both from 1."""

    day: Annotated[int, msgspec.Meta(ge=1)]
    of: Annotated[int, msgspec.Meta(ge=1)]

    @property
    def last(self) -> bool:
        return self.day >= self.of


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a visit before the person comes. `start` is aware; `duration_min` is the booking's;
    `sent_at` is when the sender wrote it, so that an older message never overwrites a newer one.

    `patient_id` and `course_id` say whose visit, of which course it is; without them it is still to be assigned.
    `chair` is the one that was kept free for it. `overbooked` is why it was booked although the room is full.
    """

    patient: Patient
    start: datetime
    duration_min: Annotated[int, msgspec.Meta(ge=1)] | None = None
    appointment: Appointment | None = None
    course: CourseDay | None = None
    source: str = ""
    sent_at: datetime | None = None
    note: str = ""
    walk_in: bool = False
    patient_id: str = ""
    course_id: str = ""
    chair: int | None = None
    overbooked: str = ""
