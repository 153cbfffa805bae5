"""The two weeks of oral ketamine after a course: what is still to be done, and by when.

It opens by itself when a course is over. Day n is n days after the start of the oral ketamine, as far as it is known,
else after the end of the course; day 14 is its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from infusionroom.domain import events as ev
from infusionroom.domain.clinic import FollowUpRules
from infusionroom.domain.course import Course
from infusionroom.domain.course_days import CourseDay, DayState, ended_at, held
from infusionroom.domain.day import clinic_day
from infusionroom.domain.visit import Stated

TaskKind = Literal["decide", "prescribe", "teach", "started", "call"]


class Call(msgspec.Struct, frozen=True):
    """A call that follow-up asks for. `answered` is the one that reached the patient, `tried` counts the others."""

    day: int
    due_on: date
    answered: Stated[ev.FollowUpCalled] | None = None
    tried: int = 0


class Oral(msgspec.Struct, frozen=True):
    """What is known of the oral ketamine, from the course or from the last visit's chart, whichever says it."""

    prescribed_by: str = ""
    dose: str = ""
    prescribed_on: date | None = None
    taught_on: date | None = None
    started_on: date | None = None
    not_started: str = ""

    @property
    def prescribed(self) -> bool:
        return bool(self.prescribed_by)

    @property
    def taught(self) -> bool:
        return self.taught_on is not None


class FollowUp(msgspec.Struct, frozen=True):
    """Where the two weeks after stand. `began_on` is what the days count from, `day_14` their end."""

    ended_on: date
    began_on: date
    day_14: date
    oral: Oral
    calls: tuple[Call, ...]
    closed: bool

    @property
    def never_started(self) -> bool:
        """Nobody has said that the patient takes it, or it is settled that they do not."""
        return self.oral.started_on is None


class Task(msgspec.Struct, frozen=True):
    """Something open of a course: what, and from which day on it is to be done. `call` is the call's day."""

    course: str
    patient: str
    kind: TaskKind
    text: str
    due_on: date
    call: int | None = None
    day: int | None = None


def oral_of(course: Course, days: Iterable[CourseDay], timezone: str) -> Oral:
    """What the course says of its oral ketamine, else what was charted at the last infusion that says so."""
    charted = [
        d.visit for d in held(days) if d.visit is not None and d.visit.oral_prescribed_by and d.visit.oral_at
    ]
    row = charted[-1] if charted else None
    row_day = clinic_day(row.oral_at, timezone) if row is not None and row.oral_at else None
    written, taught = course.oral_prescribed, course.oral_taught
    return Oral(
        prescribed_by=written.body.by if written else row.oral_prescribed_by if row else "",
        dose=written.body.dose if written else row.oral_dose if row else "",
        prescribed_on=written.body.on if written else row_day,
        taught_on=taught.body.on if taught else row_day if row and row.oral_taught else None,
        started_on=course.oral_started.body.on if course.oral_started else None,
        not_started=course.oral_not_started.body.why if course.oral_not_started else "",
    )


def follow_up_of(
    course: Course, days: Sequence[CourseDay], rules: FollowUpRules, timezone: str
) -> FollowUp | None:
    """The follow-up of a course that is over and had an infusion; None before that, or where none was given."""
    end = ended_at(course, days)
    if end is None or not held(days):
        return None
    ended_on = clinic_day(end, timezone)
    oral = oral_of(course, days, timezone)
    began_on = oral.started_on or ended_on
    calls = tuple(_call(course, day, began_on + timedelta(days=day)) for day in sorted(rules.call_days))
    done = course.follow_up_closed is not None or (
        all(call.answered for call in calls) and (oral.started_on is not None or bool(oral.not_started))
    )
    return FollowUp(
        ended_on=ended_on,
        began_on=began_on,
        day_14=began_on + timedelta(days=rules.length_days),
        oral=oral,
        calls=calls,
        closed=done,
    )


def _call(course: Course, day: int, due_on: date) -> Call:
    made = [call for call in course.calls if call.body.day == day]
    answered = [call for call in made if call.body.reached]
    return Call(day, due_on, answered[-1] if answered else None, len(made) - len(answered))


def tasks_of(
    course: Course, days: Sequence[CourseDay], rules: FollowUpRules, timezone: str
) -> tuple[Task, ...]:
    """What is open of this course, each with the day from which it is due, the earliest first."""
    tasks = [
        Task(
            course.id,
            course.patient,
            "decide",
            f"day {day.number} of {day.of} did not take place: what becomes of it?",
            clinic_day(day.start or course.booked_at, timezone),
            day=day.number,
        )
        for day in days
        if day.state is DayState.UNDECIDED and course.stopped is None
    ]
    follow_up = follow_up_of(course, days, rules, timezone)
    if follow_up is not None and not follow_up.closed:
        tasks += _follow_up_tasks(course, follow_up)
    return tuple(sorted(tasks, key=lambda task: task.due_on))


def _follow_up_tasks(course: Course, follow_up: FollowUp) -> list[Task]:
    oral, ended_on = follow_up.oral, follow_up.ended_on

    def task(kind: TaskKind, text: str, due_on: date, call: int | None = None) -> Task:
        return Task(course.id, course.patient, kind, text, due_on, call)

    tasks = []
    if not oral.not_started and oral.started_on is None:
        if not oral.prescribed:
            tasks.append(task("prescribe", "oral ketamine is not prescribed", ended_on))
        elif not oral.taught:
            tasks.append(task("teach", "oral ketamine is prescribed but not taught", ended_on))
        else:
            tasks.append(task("started", "oral ketamine: started?", ended_on + timedelta(days=1)))
    tasks += [
        task(
            "call",
            f"call of day {call.day}" + (f", tried {call.tried} ×" if call.tried else ""),
            call.due_on,
            call.day,
        )
        for call in follow_up.calls
        if call.answered is None
    ]
    return tasks
