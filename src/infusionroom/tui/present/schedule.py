"""The schedule of a day: who is planned when, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from infusionroom.domain.coming import Coming
from infusionroom.domain.visit import Phase, Visit
from infusionroom.domain.working_days import day_text
from infusionroom.tui.present.cells import Cell, Line, Row, clean, fit, fit_line, wrapped
from infusionroom.tui.present.marks import PHASE_SIGN, PHASE_STYLE, PHASE_WORD
from infusionroom.tui.present.times import clock_time, zone

SCHEDULE_EMPTY = (
    "Nobody is planned on this day.",
    "b books a visit, B a course. infusionroom import FILE reads a schedule that another system wrote.",
    "← and → go to the day before and after, v shows two weeks.",
)
# Below this width the birth date gives way to the note.
_WIDE = 100
_GONE = (Phase.CANCELLED, Phase.NO_SHOW, Phase.ENTERED_IN_ERROR)


def _columns(width: int) -> tuple[tuple[str, int], ...]:
    if width >= _WIDE:
        return (
            *(("time", 6), ("", 2), ("patient", 22), ("born", 11), ("day", 6)),
            *(("state", 12), ("chair", 6), ("dose", 14)),
        )
    return (
        *(("time", 6), ("", 2), ("patient", 16), ("day", 6)),
        *(("state", 11), ("chair", 6), ("dose", 14)),
    )


def visits_on(visits: Iterable[Visit], day: date, timezone: str) -> tuple[Visit, ...]:
    """The visits planned on a clinic day, in the order of the day; those entered in error are no visits."""
    local = zone(timezone)
    found = [
        visit
        for visit in visits
        if visit.plan.start.astimezone(local).date() == day and visit.phase is not Phase.ENTERED_IN_ERROR
    ]
    return tuple(sorted(found, key=lambda visit: (visit.plan.start, visit.patient.family, visit.id)))


def schedule_head(width: int) -> Line:
    """The column heads."""
    text = " " + "".join(fit(head, size) for head, size in _columns(width)) + "note"
    return (Cell(fit(text, width), "head"),)


def schedule_rows(
    visits: Iterable[Visit], width: int, timezone: str, special: Mapping[str, Coming] | None = None
) -> tuple[Row, ...]:
    """One row per planned visit; `special` is what is special about those still to come, by visit."""
    known = special or {}
    return tuple(_row(visit, known.get(visit.id), width, timezone) for visit in visits)


def closed_rows(day: date, closed: str, visits: Iterable[Visit], width: int) -> tuple[Row, ...]:
    """That a day is closed, and who is booked on it all the same."""
    still = [visit for visit in visits if visit.phase is Phase.PLANNED]
    words = f"{day_text(day)} is {clean(closed)}: nobody is treated."
    if still:
        names = ", ".join(clean(visit.patient.family) for visit in still)
        words += f" Still booked and to be moved: {names}."
    lines = wrapped(words, max(20, width - 3))
    return tuple(
        Row("", (Cell(" × " if n == 0 else "   ", "warn"), Cell(line, "warn")))
        for n, line in enumerate(lines)
    )


def _row(visit: Visit, coming: Coming | None, width: int, timezone: str) -> Row:
    patient, plan = visit.patient, visit.plan
    gone = visit.phase in _GONE
    style = "dim" if gone else "text"
    values = {
        "time": (clock_time(plan.start, timezone), style),
        "": (PHASE_SIGN[visit.phase], PHASE_STYLE.get(visit.phase, style)),
        "patient": (clean(f"{patient.family}, {patient.given}".strip(", ")), "dim" if gone else "name"),
        "born": (str(patient.birth_date or "–"), "dim"),
        "day": (f"{plan.course.day}/{plan.course.of}" if plan.course else "1/1", "dim"),
        "state": (PHASE_WORD[visit.phase], PHASE_STYLE.get(visit.phase, style)),
        "chair": _chair(visit),
        "dose": (coming.dose if coming is not None else "", "text"),
    }
    cells, used = [Cell(" ")], 1
    for head, size in _columns(width):
        text, cell_style = values[head]
        cells.append(Cell(fit(text, size - 1) + " ", cell_style))
        used += size
    cells += _note(visit, coming, max(0, width - used))
    return Row(visit.id, tuple(cells), visit.chair)


def _chair(visit: Visit) -> tuple[str, str]:
    """The chair somebody sits in; the one that is booked for them, in brackets."""
    if visit.chair is not None and visit.here:
        return str(visit.chair), "chair"
    if visit.plan.chair is not None and visit.phase is Phase.PLANNED:
        return f"({visit.plan.chair})", "dim"
    return "", "dim"


def _note(visit: Visit, coming: Coming | None, room: int) -> Line:
    """Over-booked and why, what is special by its urgency, and what was noted; as much as there is room for."""
    plan = visit.plan
    parts: list[Cell] = []
    if plan.overbooked and visit.phase not in _GONE:
        parts.append(Cell(f"over-booked: {clean(plan.overbooked)}", "warn"))
    for mark in coming.marks if coming is not None else ():
        parts.append(Cell(clean(mark.text), _TONES[mark.tone]))
    note = ("walk-in, " if plan.walk_in else "") + clean(visit.ended_why or plan.note)
    if note.strip(", "):
        parts.append(Cell(note.strip(", "), "dim"))
    cells: list[Cell] = []
    for part in parts:
        if cells:
            cells.append(Cell(", ", "dim"))
        cells.append(part)
    return fit_line(tuple(cells), room)


_TONES = {"must": "high", "mind": "warn", "know": "dim"}
