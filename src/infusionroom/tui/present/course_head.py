"""The head of a course's screen: whose it is, where it stands, at what dose, and what is asked first."""

from __future__ import annotations

from datetime import date
from typing import Final

from infusionroom.domain.course_days import CourseDay, DayState
from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.visit import Phase
from infusionroom.domain.words import PHASE_WORDS
from infusionroom.tui.present.cells import Cell, Line, clean
from infusionroom.tui.present.course_table import is_past
from infusionroom.tui.present.course_words import (
    day_words_of,
    span_words,
    state_of,
    stopped_words,
    target_words,
)
from infusionroom.tui.present.patients import patient_line
from infusionroom.tui.present.times import day_words, zone

WIDE: Final = 98


def course_line(file: CourseFile, *, gap: str = "   ", brief: bool = False) -> Line:
    """`ten weekdays   day 3 of 10, 2 held   running`."""
    state, style = state_of(file)
    cells = [
        Cell(clean(file.course.archetype.name), "strong"),
        Cell(f"{gap}{day_words_of(file)}", "text"),
        Cell(f"{gap}{state}", style),
    ]
    if not brief and (why := stopped_words(file)):
        cells.append(Cell(f": {why}", "warn"))
    return tuple(cells)


def about_course(file: CourseFile, today: date, *, gap: int) -> Line:
    """The head of a form about a course: whose, and which."""
    return (
        *patient_line(file.patient, today, gap=gap, age=False),
        Cell(" " * gap),
        Cell(clean(file.course.archetype.name), "strong"),
        Cell(" " * gap),
        Cell(*state_of(file)),
    )


def course_head(file: CourseFile, today: date, timezone: str, width: int) -> tuple[Line, ...]:
    """Four lines: person; course and state; target, prescriber and dates; what is asked or due."""
    wide = width >= 100
    course = file.course
    who = f"   {clean(course.prescriber)}" if course.prescriber else ""
    third = [Cell("target ", "dim"), Cell(target_words(course.target), "text"), Cell(who, "text")]
    third.append(Cell(f"   {span_words(file, timezone)}", "dim"))
    if course.overbooked:
        third.append(Cell(f"   over-booked: {clean(course.overbooked)}", "dim"))
    return (
        patient_line(file.patient, today, gap=3 if wide else 2),
        course_line(file),
        tuple(third),
        ask_line(file, today, timezone, width),
    )


def undecided(file: CourseFile) -> CourseDay | None:
    """The first day that did not take place and of which nobody has said what becomes of it."""
    if file.course.stopped is not None:
        return None
    return next((day for day in file.days if day.state is DayState.UNDECIDED), None)


def ask_line(file: CourseFile, today: date, timezone: str, width: int = 118) -> Line:
    """What is asked first: an undecided day with the keys that answer, else what is due."""
    day = undecided(file)
    if day is not None:
        return _what_becomes(day, timezone, width)
    if (missed := next((day for day in file.days if is_past(day, today)), None)) is not None:
        return _what_became(missed, width)
    due = [task for task in file.tasks if task.due_on <= today]
    if due:
        late = (today - due[0].due_on).days
        since = f", {late} {'day' if late == 1 else 'days'} late" if late else " today"
        more = f"   and {len(due) - 1} more" if len(due) > 1 else ""
        return (Cell(f"! due: {clean(due[0].text)}{since}{more}", "warn"),)
    if file.tasks:
        return (Cell(f"next: {clean(file.tasks[0].text)}, {day_words(file.tasks[0].due_on)}", "dim"),)
    return ()


def _what_becomes(day: CourseDay, timezone: str, width: int) -> Line:
    """Of a day that did not take place, with the keys that answer."""
    what = PHASE_WORDS[Phase(day.visit.phase)] if day.visit is not None else "no visit"
    on = day_words(day.start.astimezone(zone(timezone)).date()) if day.start else ""
    if width >= WIDE:
        said = f"? Day {day.number} did not take place ({what}{f' on {on}' if on else ''}). What becomes of it?  "
    else:
        said = f"? Day {day.number}: {what}, {on[:-5]}. What becomes of it?  "
    return (Cell(said, "high"), *_keys(("D", "date"), ("o", "omit"), ("x", "stop")))


def _what_became(day: CourseDay, width: int) -> Line:
    """Of a day that is past, of which nothing was entered."""
    said = "is past and nobody has said what became of it" if width >= WIDE else "is past: what became of it?"
    return (
        Cell(f"! Day {day.number} {said}  ", "warn"),
        *_keys(("⏎", "its visit: no-show or cancel"), ("D", "date")),
    )


def _keys(*keys: tuple[str, str]) -> Line:
    return tuple(cell for key, word in keys for cell in (Cell(key, "key"), Cell(f" {word}  ")))
