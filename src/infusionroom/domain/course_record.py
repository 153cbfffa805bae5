"""The course's row for lists: which course is whose, where it stands, and from when on something is to be done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from infusionroom.domain.clinic import Clinic
from infusionroom.domain.course import Course
from infusionroom.domain.course_days import days_of, over
from infusionroom.domain.day import clinic_day
from infusionroom.domain.follow_up import follow_up_of, tasks_of
from infusionroom.domain.record import VisitRecord


class CourseRecord(msgspec.Struct, frozen=True):
    """One course in one row. `state` is `running`, `follow-up` or `done`; `due_on` the first day on which something
    of it is open to be done, None when nothing is. `first_day` and `last_day` are of the days that have a date.
    """

    course: str
    version: int
    patient: str
    archetype: str
    days: int
    state: str
    first_day: date | None
    last_day: date | None
    ended_on: date | None
    due_on: date | None
    oral_started: bool
    booked_on: date


def course_record_of(course: Course, visits: Sequence[VisitRecord], clinic: Clinic) -> CourseRecord:
    """The row that this course makes with its visits' rows; it never depends on the moment."""
    days = days_of(course, visits)
    rules, timezone = clinic.rules.follow_up, clinic.timezone
    follow_up = follow_up_of(course, days, rules, timezone)
    tasks = tasks_of(course, days, rules, timezone)
    dated = [clinic_day(day.start, timezone) for day in days if day.start is not None]
    if follow_up is not None:
        state = "done" if follow_up.closed else "follow-up"
    else:
        state = "done" if over(course, days) else "running"
    return CourseRecord(
        course=course.id,
        version=course.version,
        patient=course.patient,
        archetype=course.archetype.name,
        days=course.of,
        state=state,
        first_day=min(dated, default=None),
        last_day=max(dated, default=None),
        ended_on=follow_up.ended_on if follow_up else None,
        due_on=min((task.due_on for task in tasks), default=None),
        oral_started=course.oral_started is not None,
        booked_on=clinic_day(course.booked_at, timezone),
    )
