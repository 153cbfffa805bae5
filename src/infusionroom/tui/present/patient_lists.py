"""A patient's courses and visits as lists."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from infusionroom.domain.course_days import held
from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.day import clinic_day
from infusionroom.domain.dose import quantity
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.record import VisitRecord
from infusionroom.domain.visit import Phase
from infusionroom.tui.present.cells import Cell, Line, Row, clean, fit, width_of
from infusionroom.tui.present.course_words import response_word, span_words, state_of
from infusionroom.tui.present.marks import PHASE_SIGN, PHASE_STYLE, PHASE_WORD
from infusionroom.tui.present.times import clock_time, day_words

COURSES_EMPTY: Final = (
    "No course yet. A course is a number of infusion days that belong together, with a dose that rises.",
    "b books one: the program proposes days, times and chairs.",
)
VISITS_EMPTY: Final = ("No visit yet. Each day of a course is a visit, from the door to the way home.",)


def courses_head(width: int) -> Line:
    """The column heads."""
    text = f" {fit('course', 17)} {fit('days', 6)}{fit('state', 18)}{fit('response', 12)}dates"
    return (Cell(fit(text, width), "head"),)


def course_rows(courses: Sequence[CourseFile], width: int, timezone: str) -> tuple[Row, ...]:
    """One row per course, the latest first; its key is the course's id."""
    rows = []
    for file in courses:
        state, style = state_of(file)
        dates, room = span_words(file, timezone), max(0, width - 55)
        # The year goes first where there is no room: the visits below have it too.
        dates = dates if width_of(dates) <= room else dates[:-5]
        rows.append(
            Row(
                file.course.id,
                (
                    Cell(" "),
                    Cell(fit(clean(file.course.archetype.name), 17) + " ", "name"),
                    Cell(fit(f"{len(held(file.days))}/{file.course.of}", 6), "text"),
                    Cell(fit(state, 18), style),
                    Cell(fit(response_word(file, timezone), 12), "text"),
                    Cell(fit(dates, room), "dim"),
                ),
            )
        )
    return tuple(rows)


def visits_head(width: int) -> Line:
    """The column heads."""
    text = f" {fit('day', 16)}{fit('time', 6)}{fit('course', 7)}{fit('state', 13)}{fit('mg', 7)}{fit('pain', 7)}what"
    return (Cell(fit(text, width), "head"),)


def visit_rows(visits: Sequence[VisitRecord], width: int, timezone: str) -> tuple[Row, ...]:
    """One row per visit, the latest first; its key is the visit's id."""
    return tuple(_visit_row(row, width, timezone) for row in visits)


def _visit_row(row: VisitRecord, width: int, timezone: str) -> Row:
    phase = Phase(row.phase)
    day = clinic_day(row.started_at or row.planned_start, timezone)
    part = f"{row.course_day}/{row.course_of}" if row.course_day and row.course_of else "–"
    mg = dose_text(quantity(Decimal(row.given_mg))) if row.given_mg else ""
    what = clean(row.stop_why if row.stopped_early else row.side_effect)
    if not row.course and not row.off:
        what = what or "to be assigned to a course"
    style = "dim" if row.off else PHASE_STYLE.get(phase, "text")
    return Row(
        row.visit,
        (
            Cell(" "),
            Cell(fit(day_words(day), 16), "dim" if row.off else "text"),
            Cell(fit(clock_time(row.started_at or row.planned_start, timezone), 6), "dim"),
            Cell(fit(part, 7), "dim"),
            Cell(fit(f"{PHASE_SIGN[phase]} {PHASE_WORD[phase]}", 12) + " ", style),
            Cell(fit(mg, 7), "text"),
            Cell(fit(pain_words(row.pain_before, row.pain_after), 7), "text"),
            Cell(fit(what, max(0, width - 57)), "dim"),
        ),
    )


def pain_words(before: int | None, after: int | None) -> str:
    """`8 → 4`; what was not rated is a dash; empty where nothing was."""
    if before is None and after is None:
        return ""
    return f"{'–' if before is None else before} → {'–' if after is None else after}"
