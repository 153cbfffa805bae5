"""What is due of courses that are over, as the board names it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from infusionroom.domain.board import TaskLine
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.course_days import days_of
from infusionroom.domain.follow_up import tasks_of
from infusionroom.domain.names import people_on_file
from infusionroom.domain.room import Room
from infusionroom.domain.visit import Visit


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
