"""A course together with its visits: which days were held, which are to come, when it is over.

The course says what is booked, the visits' rows say what took place; neither repeats the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from infusionroom.domain.course import Course
from infusionroom.domain.record import VisitRecord


class DayState(StrEnum):
    HELD = "held"
    HERE = "here"
    PLANNED = "planned"
    OPEN = "open"
    OMITTED = "omitted"
    UNDECIDED = "undecided"


class CourseDay(msgspec.Struct, frozen=True):
    """One day of a course. `start` is when it began or is booked to begin; `visit` is its row, where there is one.

    `why` is why it was omitted, or moved; a day is undecided when its visit did not take place and nobody has said
    what becomes of it.
    """

    number: int
    of: int
    state: DayState
    percent: int
    start: datetime | None = None
    chair: int | None = None
    visit: VisitRecord | None = None
    why: str = ""

    @property
    def to_come(self) -> bool:
        return self.state in (DayState.PLANNED, DayState.OPEN, DayState.UNDECIDED)


def days_of(course: Course, visits: Iterable[VisitRecord]) -> tuple[CourseDay, ...]:
    """The course's days in their order, each with what its visit says of it."""
    rows = {row.visit: row for row in visits}
    lines: list[CourseDay] = []
    for day in course.days:
        row = rows.get(day.visit) if day.visit else None
        if row is not None and row.started_at is not None and not row.is_open:
            state = DayState.HELD
        elif row is not None and row.is_open:
            state = DayState.HERE
        elif day.omitted:
            state = DayState.OMITTED
        elif day.open or row is None:
            state = DayState.OPEN
        elif row.off or row.left_at is not None:
            state = DayState.UNDECIDED
        else:
            state = DayState.PLANNED
        start = (row.started_at or row.planned_start) if row is not None else day.start
        lines.append(
            CourseDay(
                number=day.day,
                of=course.of,
                state=state,
                percent=course.percent(day.day, [d.number for d in lines if d.state is DayState.UNDECIDED]),
                start=None if state is DayState.OPEN else start,
                chair=(row.chair or row.planned_chair) if row is not None else day.chair,
                visit=row,
                why=day.omitted or day.deferred,
            )
        )
    return tuple(lines)


def over(course: Course, days: Iterable[CourseDay]) -> bool:
    """Whether nothing is to come any more: stopped early, or every day held or omitted."""
    days = tuple(days)
    settled = not any(day.to_come or day.state is DayState.HERE for day in days)
    return settled or (course.stopped is not None and not any(d.state is DayState.HERE for d in days))


def ended_at(course: Course, days: Iterable[CourseDay]) -> datetime | None:
    """When the course ended: with its last infusion's going home, or when it was stopped after that."""
    days = tuple(days)
    if not over(course, days):
        return None
    left = [day.visit.left_at for day in days if day.visit is not None and day.visit.left_at is not None]
    stopped = [course.stopped.at] if course.stopped is not None else []
    settled = [e.happened_at for e in course.entries[-1:]]
    return max((*left, *stopped), default=max(settled, default=None))


def held(days: Iterable[CourseDay]) -> tuple[CourseDay, ...]:
    """The days on which something was infused, in their order."""
    return tuple(day for day in days if day.visit is not None and day.visit.started_at is not None)


def is_last(days: Iterable[CourseDay], visit_id: str) -> bool:
    """Whether no other day is to come after this visit's."""
    return not any(
        (day.to_come or day.state is DayState.HERE) and (day.visit is None or day.visit.visit != visit_id)
        for day in days
    )


def day_before(days: Iterable[CourseDay], number: int) -> CourseDay | None:
    """The last day before this one on which something was infused."""
    return next((day for day in reversed(held(days)) if day.number < number), None)
