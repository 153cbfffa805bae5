"""Deciding on a course's days that do not take place: omit one, stop the course, and what a missed visit leaves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.commands.base import Rest
from infusionroom.domain.course_days import CourseDay, DayState, held
from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.decide.asked import Asked, refuse
from infusionroom.domain.decide.placing import day_to_come, file_of
from infusionroom.domain.journal import Draft
from infusionroom.domain.visit import Visit

# A visit's reason may be longer than a course's.
LONGEST_WHY: Final = 2000


def omit(asked: Asked, command: cmd.OmitDay) -> list[Draft]:
    """The day will not take place and nothing takes its place; its chair is free at once."""
    file = file_of(asked, command.course)
    day = day_to_come(file, command.day)
    _must_not_be_all(file, day)
    return [
        *freed(asked, [day], f"omitted: {command.why}"),
        asked.to_course(command.course, ev.DayOmitted(day=command.day, why=command.why)),
    ]


def stop(asked: Asked, command: cmd.StopCourse) -> list[Draft]:
    """Ends the course early. Who is here goes on: today is then the last day."""
    file = file_of(asked, command.course)
    if file.course.stopped is not None or file.over:
        raise refuse("over", "Stop: the course is already over.")
    if command.reason == "other" and not command.why.strip():
        raise refuse("why", "Stop: say what the other reason is.")
    return stopped(asked, file, command.reason, command.why)


def rest_of(asked: Asked, visit: Visit, ending: Draft, rest: Rest | None, word: str, why: str) -> list[Draft]:
    """`ending` takes the visit of a course's day off; what becomes of the day, and of the course, stands beside it.

    `word` is what happened to the visit (`no-show`, `cancelled`). Raises `NotAllowed` where nobody said what
    becomes of the rest.
    """
    file = _file_behind(asked, visit)
    day = _day_held(file, visit)
    if file is None or day is None:
        return [ending]
    if rest is None:
        raise refuse(
            "rest",
            f"This is day {day.number} of {day.of} of a course. Say what becomes of it: omit it, take it later, stop "
            "the course, or leave it undecided.",
        )
    because = _because(word, why)
    match rest:
        case "omit":
            _must_not_be_all(file, day)
            body: ev.Event = ev.DayOmitted(day=day.number, why=because)
        case "later":
            body = ev.DayDeferred(day=day.number, to=None, why=because)
        case "stop":
            reason: ev.EndReason = "no-show" if word == "no-show" else "patient's wish"
            return [ending, *stopped(asked, file, reason, why, off=visit.id)]
        case _:
            return [ending]
    return [ending, asked.to_course(file.course.id, body)]


def left_open(asked: Asked, visit: Visit, ending: Draft, why: str) -> list[Draft]:
    """A visit that was never meant takes nothing from its course: the day is open again."""
    file = _file_behind(asked, visit)
    day = _day_held(file, visit)
    if file is None or day is None:
        return [ending]
    body = ev.DayDeferred(day=day.number, to=None, why=_because("entered in error", why))
    return [ending, asked.to_course(file.course.id, body)]


def stopped(asked: Asked, file: CourseFile, reason: ev.EndReason, why: str, off: str = "") -> list[Draft]:
    """The course's end, with every later booking taken off; `off` is a visit that is taken off beside it."""
    to_come = [day for day in file.days if day.to_come]
    said = f"course stopped: {reason}" + (f", {why}" if why.strip() else "")
    bookings = [day for day in to_come if day.visit is None or day.visit.visit != off]
    body = ev.CourseStopped(reason=reason, why=why, freed=tuple(day.number for day in to_come))
    return [*freed(asked, bookings, said), asked.to_course(file.course.id, body)]


def freed(asked: Asked, days: Iterable[CourseDay], why: str) -> list[Draft]:
    """What these days have booked is taken off the schedule."""
    return [
        asked.happens(asked.visit(day.visit.visit), ev.VisitCancelled(why=why))
        for day in days
        if day.visit is not None and day.state is DayState.PLANNED
    ]


def _must_not_be_all(file: CourseFile, day: CourseDay) -> None:
    """A course of which nothing was given and nothing is to come is not a course with days omitted."""
    others = [d for d in file.days if d.number != day.number and (d.to_come or d.state is DayState.HERE)]
    if not others and not held(file.days):
        raise refuse("last_day", f"Day {day.number} is the only one that is left: stop the course instead.")


def _because(word: str, why: str) -> str:
    return (f"{word}: {why}" if why.strip() else word)[:LONGEST_WHY]


def _file_behind(asked: Asked, visit: Visit) -> CourseFile | None:
    return file_of(asked, visit.plan.course_id) if visit.plan.course_id else None


def _day_held(file: CourseFile | None, visit: Visit) -> CourseDay | None:
    """The day that rests on this visit still: not one that was booked anew, omitted or stopped since."""
    if file is None or file.course.stopped is not None:
        return None
    booked = file.course.day_of(visit.id)
    return next((d for d in file.days if booked is not None and d.number == booked.day and d.to_come), None)
