"""People and moments that the store's tests speak of, and the few acts that they share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from infusionroom.domain.events import Arrived, Event, Noted
from infusionroom.domain.journal import Draft, Entry
from infusionroom.domain.record import VisitRecord
from infusionroom.store import Store

MONDAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def minutes(count: float) -> datetime:
    """So many minutes into the morning."""
    return MORNING + timedelta(minutes=count)


def note(text: str) -> Noted:
    return Noted(text=text)


def append(
    store: Store, stream: str, *bodies: Event, command: str, at: datetime = MORNING, by: str = "vega"
) -> list[Entry]:
    """One command of one nurse, in a transaction of its own."""
    drafts = [Draft(stream, body, at) for body in bodies or (Arrived(),)]
    with store.writing() as writing:
        return writing.append(drafts, recorded_at=at, actor=by, terminal="desk", command=command)


_PLANNED = VisitRecord(
    visit="v1",
    version=1,
    appointment="",
    phase="planned",
    day=MONDAY,
    is_open=False,
    family="Abara",
    given="Chidi",
    birth_date=date(1980, 1, 31),
    record_number="K-1001",
    planned_start=MORNING,
    opened_at=MORNING - timedelta(days=1),
    closed_at=None,
    arrived_at=None,
    seated_at=None,
    started_at=None,
    stopped_at=None,
    ready_at=None,
    left_at=None,
    chair=None,
    experienced=False,
    stopped_early=False,
    running_s=None,
    wall_s=None,
    given_mg=None,
    given_ml=None,
    weight_kg=None,
    weighed_at=None,
    patient_id="",
    course="",
    course_day=None,
    course_of=None,
    planned_min=None,
    planned_chair=None,
    off=False,
    pain_before=None,
    pain_after=None,
    pain_average=None,
    pain_worst=None,
    pain_least=None,
    ordered_mg_h=None,
    ordered_mg_per_kg_h=None,
    highest_mg_h=None,
    side_effect="",
    stop_why="",
    oral_prescribed_by="",
    oral_dose="",
    oral_taught=False,
    oral_at=None,
)


def visit(name: str, **changed: Any) -> VisitRecord:
    """A planned visit of Monday, but for what is said."""
    return msgspec.structs.replace(_PLANNED, visit=name, **changed)


def here(name: str, **changed: Any) -> VisitRecord:
    """A visit of somebody who has arrived and not left."""
    return visit(name, **({"phase": "arrived", "is_open": True, "arrived_at": MORNING} | changed))


def save(store: Store, *records: VisitRecord, days: Sequence[date] = ()) -> None:
    with store.writing() as writing:
        writing.save_visits((record, {record.day, *days}) for record in records)
