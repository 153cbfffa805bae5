"""Courses on paper: a course with its ramp and target, the rows that its visits leave, and one booked in a room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from infusionroom.domain import events as ev
from infusionroom.domain.course import BookedDay, Course
from infusionroom.domain.course_days import CourseDay, DayState
from infusionroom.domain.events import Archetype, Target
from infusionroom.domain.journal import Entry
from infusionroom.domain.record import VisitRecord
from infusionroom.domain.room import Room

FIRST = datetime(2026, 11, 23, 13, tzinfo=UTC)


def course(
    dose: str = "0.5",
    *,
    basis: Any = "mg_per_kg_h",
    cap: str | None = None,
    ramp: tuple[int, ...] = (60, 80, 100),
    days: int = 5,
    omitted: tuple[int, ...] = (),
    **target: Any,
) -> Course:
    """A course of so many days with this target."""
    aim = Target(basis, Decimal(dose), None if cap is None else Decimal(cap), **target)
    return Course(
        id="c1",
        version=1,
        patient="p1",
        archetype=Archetype(name="up to five days", days=days, ramp=ramp, chair_min=240, target=aim),
        target=aim,
        prescriber="Dr Osei",
        booked_at=FIRST - timedelta(days=7),
        days=tuple(
            BookedDay(n, f"v{n}", FIRST + timedelta(days=n - 1), omitted="holiday" if n in omitted else "")
            for n in range(1, days + 1)
        ),
    )


def row(number: int, **said: Any) -> VisitRecord:
    """The row of a day's visit, infused and gone home, but for what is said."""
    start = FIRST + timedelta(days=number - 1)
    nothing: dict[str, Any] = {
        field.name: None for field in msgspec.structs.fields(VisitRecord) if field.required
    }
    usual: dict[str, Any] = {
        "visit": f"v{number}",
        "planned_start": start,
        "started_at": start,
        "stopped_at": start + timedelta(hours=4),
        "left_at": start + timedelta(hours=5),
        "is_open": False,
        "off": False,
        "stopped_early": False,
        "side_effect": "",
        "stop_why": "",
    }
    return VisitRecord(**{**nothing, **usual, **said})


def day(
    number: int, state: DayState = DayState.HELD, *, of: int = 5, percent: int = 60, **said: Any
) -> CourseDay:
    """A day of a course; one that took place has its row."""
    took_place = state in (DayState.HELD, DayState.HERE)
    return CourseDay(
        number=number, of=of, state=state, percent=percent, visit=row(number, **said) if took_place else None
    )


def booked(
    room: Room, one: Course, starts: Sequence[datetime], *, entries: int, file: ev.PatientFile | None = None
) -> list[Entry]:
    """The entries that book a course for a new patient, its days at `starts`; the journal holds `entries` before.

    The patient is `p1`, the course `c1`, and the visits are `v1`, `v2`, ….
    """
    held = file or ev.PatientFile(
        family="Marlowe",
        given="Ruth",
        birth_date=date(1971, 3, 14),
        record_number="K-Mar",
        infusions_elsewhere=0,
        indication="CRPS I, right arm",
        icd10="G90.511",
    )
    days = tuple(ev.DayBooked(n, f"v{n}", start, chair=3) for n, start in enumerate(starts, 1))
    bodies: list[tuple[str, ev.Event]] = [("patient:p1", ev.PatientRegistered(file=held))]
    bodies.append(
        (
            "course:c1",
            ev.CourseBooked(
                patient="p1", archetype=one.archetype, target=one.target, prescriber=one.prescriber, days=days
            ),
        )
    )
    for taken in days:
        plan = ev.Plan(
            patient=ev.Patient(
                family=held.family,
                given=held.given,
                birth_date=held.birth_date,
                record_number=held.record_number,
                infusions_before=held.infusions_elsewhere,
            ),
            start=taken.start,
            duration_min=one.archetype.chair_min,
            course=ev.CourseDay(taken.day, len(days)),
            patient_id="p1",
            course_id="c1",
            chair=taken.chair,
        )
        bodies.append((f"visit:{taken.visit}", ev.VisitPlanned(plan=plan)))
    at = min(starts) - timedelta(days=7)
    return [
        Entry(
            id=entries + n,
            stream=stream,
            version=1,
            happened_at=at,
            recorded_at=at,
            actor="Office",
            terminal="office",
            command="booked",
            part=n,
            body=body,
        )
        for n, (stream, body) in enumerate(bodies, 1)
    ]
