"""The same command with the next place like the one that was lost: what one key offers instead."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain.booking import Wanted
from infusionroom.domain.course_days import DayState
from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.day import clinic_day
from infusionroom.domain.next_place import Spot, spot_like
from infusionroom.domain.room import ChairState, Room
from infusionroom.domain.stays import recovery_min
from infusionroom.services.errors import RoomError
from infusionroom.services.holiday_calendar import UnknownRegion
from infusionroom.tui.forms.spec import FormContext
from infusionroom.tui.present.said_entries import place_words

# Whoever stayed on from the day before keeps the chair over midnight.
_AROUND = timedelta(days=1)


class NextPlace(NamedTuple):
    """The command that would take it, without an id of an entry before, and where that is in words."""

    command: cmd.Command
    words: str


async def next_like(app: Any, command: cmd.Command, context: FormContext) -> NextPlace | None:
    """The next free place for what a form wanted, on what stands now; None where there is none near."""
    match command:
        case cmd.Seat(chair=int(chair)) | cmd.Move(chair=int(chair)):
            free = _free_chair(context.room, chair)
            return NextPlace(_anew(command, chair=free), f"chair {free}") if free is not None else None
        case cmd.DeferDay(to=(_, *_)) | cmd.ExtendCourse() if context.course is not None:
            days = command.to if isinstance(command, cmd.DeferDay) else command.days
            found = await _days_like(app, days, context.course, context)
            name = "to" if isinstance(command, cmd.DeferDay) else "days"
        case cmd.TakeDay(wanted=wanted) if context.course is not None and not wanted.visit:
            found, name = await _days_like(app, (wanted,), context.course, context), "wanted"
        case _:
            return None
    if found is None:
        return None
    said = [place_words(day.start, day.chair, context.timezone) for day in found]
    words = said[0] if len(said) == 1 else f"{said[0]} and {len(said) - 1} more"
    return NextPlace(_anew(command, **{name: found[0] if name == "wanted" else found}), words)


def _anew(command: cmd.Command, **changes: Any) -> cmd.Command:
    return replace(command, id=None, **changes)


def _free_chair(room: Room, chair: int) -> int | None:
    chairs = room.clinic.chairs if room.clinic is not None else 0
    ring = ((chair + n - 1) % chairs + 1 for n in range(1, chairs))
    return next((c for c in ring if room.state_of(c) is ChairState.OPEN), None)


async def _days_like(
    app: Any, days: Sequence[cmd.DayWanted], course: CourseFile, context: FormContext
) -> tuple[cmd.DayWanted, ...] | None:
    """Each of the days where it still fits, or in the place of that date that is most like it."""
    service, clinic = getattr(app, "room", None), context.room.clinic
    if service is None or clinic is None:
        return None
    on = [clinic_day(day.start, clinic.timezone) for day in days]
    with suppress(RoomError, UnknownRegion):
        history, booked, holidays = await asyncio.to_thread(
            lambda: (
                service.patient(course.patient.id),
                service.booked(min(on) - _AROUND, max(on)),
                service.holidays(min(on), max(on)),
            )
        )
        before = (history.patient.file.infusions_elsewhere or 0) + history.infusions_here
        recovery = recovery_min(
            clinic, experienced=before >= clinic.rules.recovery.experienced_after_infusions
        )
        held = {
            day.number: day.visit.visit
            for day in course.days
            if day.visit is not None and day.state is DayState.PLANNED
        }
        ids = (history.patient.id, *(other.id for other in history.duplicates))
        moving = {held[day.day] for day in days if day.day in held}
        others = [row for row in booked if row.visit not in moving]

        def like(day: cmd.DayWanted, now: datetime) -> Spot | None:
            wanted = Wanted(day.start, course.course.archetype.chair_min, recovery, day.chair)
            return spot_like(clinic, holidays, others, wanted, patient_ids=ids, now=now)

        found = [like(day, context.now) for day in days]
        if all(found):
            return tuple(
                replace(day, start=spot.start, chair=spot.chair)
                for day, spot in zip(days, found, strict=True)
                if spot is not None
            )
    return None
