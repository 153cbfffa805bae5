"""The schedule of a day: who is planned when, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from infusionroom.domain.visit import Phase, Visit
from infusionroom.tui.present.cells import Cell, Line, Row, clean, fit
from infusionroom.tui.present.marks import PHASE_SIGN, PHASE_STYLE, PHASE_WORD
from infusionroom.tui.present.times import clock_time, zone

SCHEDULE_EMPTY = (
    "Nobody is planned on this day.",
    "b books a visit. infusionroom import FILE reads a schedule that another system wrote.",
    "← and → go to the day before and after.",
)
_COLUMNS = (
    ("time", 7),
    ("", 2),
    ("patient", 24),
    ("born", 11),
    ("record", 11),
    ("day", 6),
    ("state", 17),
    ("chair", 6),
)
_GONE = (Phase.CANCELLED, Phase.NO_SHOW, Phase.ENTERED_IN_ERROR)


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
    text = " " + "".join(fit(head, size) for head, size in _COLUMNS) + "note"
    return (Cell(fit(text, width), "head"),)


def schedule_rows(visits: Iterable[Visit], width: int, timezone: str) -> tuple[Row, ...]:
    """One row per planned visit."""
    return tuple(_row(visit, width, timezone) for visit in visits)


def _row(visit: Visit, width: int, timezone: str) -> Row:
    patient, plan = visit.patient, visit.plan
    gone = visit.phase in _GONE
    style = "dim" if gone else "text"
    name = clean(f"{patient.family}, {patient.given}".strip(", "))
    course = f"{plan.course.day}/{plan.course.of}" if plan.course else "1/1"
    values = (
        (clock_time(plan.start, timezone), style),
        (PHASE_SIGN[visit.phase], PHASE_STYLE.get(visit.phase, style)),
        (name, "dim" if gone else "name"),
        (str(patient.birth_date or "–"), "dim"),
        (clean(patient.record_number) or "–", "dim"),
        (course, "dim"),
        (PHASE_WORD[visit.phase], PHASE_STYLE.get(visit.phase, style)),
        (str(visit.chair) if visit.chair is not None and visit.here else "", "chair"),
    )
    cells = [Cell(" ")]
    for (_, size), (text, cell_style) in zip(_COLUMNS, values, strict=True):
        cells.append(Cell(fit(text, size - 1) + " ", cell_style))
    used = 1 + sum(size for _, size in _COLUMNS)
    note = ("walk-in, " if plan.walk_in else "") + clean(visit.ended_why or plan.note)
    cells.append(Cell(fit(note.strip(", "), max(0, width - used)), "dim"))
    return Row(visit.id, tuple(cells), visit.chair)
