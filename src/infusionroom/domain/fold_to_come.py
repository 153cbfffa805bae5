"""Who is still to come, with what is special about each, and what is due of courses that are over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from infusionroom.domain.board import TaskLine, ToComeLine, Who
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.coming import special_of
from infusionroom.domain.course_days import days_of
from infusionroom.domain.follow_up import tasks_of
from infusionroom.domain.names import people_on_file
from infusionroom.domain.room import Room
from infusionroom.domain.visit import Phase, Visit


def to_come_lines(
    room: Room,
    clinic: Clinic,
    visits: Iterable[Visit],
    whos: Mapping[str, Who],
    closes_at: datetime,
    now: datetime,
) -> tuple[ToComeLine, ...]:
    """Whoever has no chair yet: those already here first, then by planned start."""
    lines = []
    for visit in sorted(
        (v for v in visits if v.phase in (Phase.PLANNED, Phase.ARRIVED)),
        key=lambda v: (v.phase is not Phase.ARRIVED, v.plan.start, v.id),
    ):
        special = special_of(
            visit, room.background(visit), clinic.rules, now, clinic.timezone, closes_at=closes_at
        )
        late_s = int((now - visit.plan.start).total_seconds()) if visit.phase is Phase.PLANNED else 0
        lines.append(
            ToComeLine(
                who=whos[visit.id],
                phase=visit.phase,
                start=visit.plan.start,
                course=special.course,
                late_s=max(0, late_s),
                dose=special.dose,
                marks=special.marks,
                note=visit.plan.note,
            )
        )
    return tuple(lines)


def task_lines(room: Room, clinic: Clinic, visits: Iterable[Visit], day: date) -> tuple[TaskLine, ...]:
    """What is open of the courses and due by the end of `day`, the longest due first."""
    due = []
    for course in room.courses.values():
        patient = room.patient(course.patient)
        if patient is None:
            continue
        days = days_of(course, room.visits_of(patient.id).values())
        tasks = tasks_of(course, days, clinic.rules.follow_up, clinic.timezone)
        due += [(task, patient) for task in tasks if task.due_on <= day]
    named = people_on_file({patient.id: patient for _, patient in due}.values(), visits)
    lines = (
        TaskLine(
            who=named[patient.id],
            kind=task.kind,
            text=task.text,
            due_on=task.due_on,
            course=task.course,
            patient=patient.id,
            call=task.call,
            day=task.day,
        )
        for task, patient in due
    )
    return tuple(sorted(lines, key=lambda line: (line.due_on, line.who.family, line.course)))
