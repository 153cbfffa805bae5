"""Courses on paper: a course with its ramp and target, and the rows that its visits leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from infusionroom.domain.course import BookedDay, Course
from infusionroom.domain.course_days import CourseDay, DayState
from infusionroom.domain.events import Archetype, Target
from infusionroom.domain.record import VisitRecord

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
            BookedDay(n, f"v{n}", omitted="holiday" if n in omitted else "") for n in range(1, days + 1)
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
