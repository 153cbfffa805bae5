"""What is open after courses, and of days that nobody has decided on: the earliest due first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final, NamedTuple

from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.record import VisitRecord
from infusionroom.tui.present.cells import Cell, Line, Row, clean, fit
from infusionroom.tui.present.patients import full_name
from infusionroom.tui.present.times import day_words

FOLLOW_UP_EMPTY: Final = (
    "Nothing is open. When a course is over its two weeks of oral ketamine begin: who has to be called, who has not "
    "started, and what is not prescribed or taught stands here until it is done.",
)
AHEAD_DAYS: Final = 7
_DUE, _NAME, _COURSE = 25, 26, 18


class Open(NamedTuple):
    """One thing that is open: of which course, or of which visit without one; `call` is the day of a call."""

    due_on: date
    name: str
    what: str
    course: str = ""
    kind: str = ""
    visit: str = ""
    call: int | None = None
    archetype: str = ""

    @property
    def key(self) -> str:
        return f"visit/{self.visit}" if self.visit else f"{self.course}/{self.kind}/{self.call or self.what}"


def open_things(
    files: Iterable[CourseFile], unassigned: Iterable[VisitRecord], today: date
) -> tuple[tuple[Open, ...], int]:
    """What is open until a week ahead, the earliest due first, and how many more are due later than that."""
    things: dict[str, Open] = {}
    for file in files:
        name = full_name(file.patient.file.family, file.patient.file.given)
        for task in file.tasks:
            thing = Open(
                task.due_on,
                name,
                task.text,
                course=task.course,
                kind=task.kind,
                call=task.call,
                archetype=file.course.archetype.name,
            )
            things[thing.key] = thing
    for row in unassigned:
        what = "visit of no course yet: assign it"
        thing = Open(row.day, full_name(row.family, row.given), what, kind="assign", visit=row.visit)
        things[thing.key] = thing
    latest = today + timedelta(days=AHEAD_DAYS)
    near = sorted(
        (t for t in things.values() if t.due_on <= latest), key=lambda t: (t.due_on, t.name, t.what)
    )
    return tuple(near), len(things) - len(near)


def due_words(due_on: date, today: date) -> tuple[str, str]:
    """`3 days late`, `today`, `in 2 days`, and the style of it."""
    days = (due_on - today).days
    if days == 0:
        return "today", "strong"
    count = f"{abs(days)} {'day' if abs(days) == 1 else 'days'}"
    return (f"{count} late", "high") if days < 0 else (f"in {count}", "dim")


def follow_up_head(width: int) -> Line:
    """The column heads."""
    last = "course" if width >= 100 else ""
    text = f" {fit('due', _DUE)}{fit('patient', _name(width))}{fit('what', _what(width))}{last}"
    return (Cell(fit(text, width), "head"),)


def follow_up_rows(things: Iterable[Open], width: int, today: date) -> tuple[Row, ...]:
    """One row per open thing."""
    rows = []
    for thing in things:
        words, style = due_words(thing.due_on, today)
        short = day_words(thing.due_on).rsplit(" ", 1)[0]
        rows.append(
            Row(
                thing.key,
                (
                    Cell(" "),
                    Cell(fit(words, 13), style),
                    Cell(fit(short, _DUE - 13), "dim"),
                    Cell(fit(thing.name, _name(width) - 1) + " ", "name"),
                    Cell(fit(clean(thing.what), _what(width) - 1) + " ", "text"),
                    Cell(fit(clean(thing.archetype), _COURSE if width >= 100 else 0), "dim"),
                ),
            )
        )
    return tuple(rows)


def _name(width: int) -> int:
    return _NAME if width >= 100 else 19


def _what(width: int) -> int:
    return max(10, width - 1 - _DUE - _name(width) - (_COURSE if width >= 100 else 0))
