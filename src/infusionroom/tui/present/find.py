"""What a search found, today's people first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from infusionroom.domain.names import folded
from infusionroom.domain.record import VisitRecord
from infusionroom.domain.visit import Phase, Visit
from infusionroom.tui.present.cells import Cell, Row, clean, fit
from infusionroom.tui.present.marks import PHASE_SIGN, PHASE_WORD
from infusionroom.tui.present.times import day_words, zone

FIND_EMPTY = (
    "Type a few letters of a name, or a record number.",
    "Today's people come first, then earlier visits. ⏎ selects, Esc leaves.",
)
NOTHING_FOUND = ("Nobody found. Names are found by how they begin.",)


class Found(NamedTuple):
    """One visit that was found."""

    visit: str
    family: str
    given: str
    birth_date: date | None
    record_number: str
    phase: str
    start: datetime
    chair: int | None
    today: bool


def found_today(visits: Iterable[Visit], query: str) -> tuple[Found, ...]:
    """The visits at hand of whose names, or record number, some word begins with each word of the query."""
    words = folded(query).split()
    found = []
    for visit in visits:
        patient = visit.patient
        known = folded(f"{patient.family} {patient.given} {patient.record_number}").replace(",", " ").split()
        if words and all(any(part.startswith(word) for part in known) for word in words):
            found.append(
                Found(
                    visit.id,
                    patient.family,
                    patient.given,
                    patient.birth_date,
                    patient.record_number,
                    visit.phase,
                    visit.plan.start,
                    visit.chair if visit.here else None,
                    today=True,
                )
            )
    return tuple(sorted(found, key=lambda one: (one.family, one.given, one.visit)))


def from_record(record: VisitRecord) -> Found:
    """A visit of the past."""
    return Found(
        record.visit,
        record.family,
        record.given,
        record.birth_date,
        record.record_number,
        record.phase,
        record.planned_start,
        None,
        today=False,
    )


def find_rows(found: Iterable[Found], width: int, timezone: str) -> tuple[Row, ...]:
    """One row per visit: name, born, record number, day, state, chair."""
    rows = []
    for one in found:
        phase = Phase(one.phase)
        when = "today" if one.today else day_words(one.start.astimezone(zone(timezone)).date())[4:]
        where = f"chair {one.chair}" if one.chair is not None else ""
        name = clean(f"{one.family}, {one.given}".strip(", "))
        name_width = max(14, width - 49)
        rows.append(
            Row(
                one.visit,
                (
                    Cell(f" {PHASE_SIGN[phase]} ", "text"),
                    Cell(fit(name, name_width), "name"),
                    Cell(" " + fit(str(one.birth_date or "–"), 11), "dim"),
                    Cell(fit(clean(one.record_number) or "–", 10), "dim"),
                    Cell(fit(when, 13)),
                    Cell(fit(where or PHASE_WORD[phase], 11), "strong"),
                ),
            )
        )
    return tuple(rows)
