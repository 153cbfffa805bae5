"""A course with everything that belongs to it, as a screen, a letter or a list reads it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from infusionroom.domain.clinic import Clinic
from infusionroom.domain.course import Course
from infusionroom.domain.course_days import CourseDay, days_of, over
from infusionroom.domain.follow_up import FollowUp, Oral, Task, follow_up_of, oral_of, tasks_of
from infusionroom.domain.patient import Patient
from infusionroom.domain.record import VisitRecord


class CourseFile(msgspec.Struct, frozen=True):
    """One course: whose it is, its days with their visits, what followed, and what is open of it."""

    course: Course
    patient: Patient
    days: tuple[CourseDay, ...]
    oral: Oral
    follow_up: FollowUp | None
    tasks: tuple[Task, ...]

    @property
    def over(self) -> bool:
        return over(self.course, self.days)


class PatientHistory(msgspec.Struct, frozen=True):
    """A patient with all visits as rows (duplicates' included), the latest first, courses, and merged duplicates."""

    patient: Patient
    visits: tuple[VisitRecord, ...]
    courses: tuple[CourseFile, ...]
    duplicates: tuple[Patient, ...] = ()

    @property
    def infusions_here(self) -> int:
        return sum(1 for row in self.visits if row.started_at is not None)


def course_file(
    course: Course, patient: Patient, visits: Iterable[VisitRecord], clinic: Clinic
) -> CourseFile:
    """The file of a course from its fold and its patient's visits."""
    days = days_of(course, visits)
    rules, timezone = clinic.rules.follow_up, clinic.timezone
    return CourseFile(
        course=course,
        patient=patient,
        days=days,
        oral=oral_of(course, days, timezone),
        follow_up=follow_up_of(course, days, rules, timezone),
        tasks=tasks_of(course, days, rules, timezone),
    )
