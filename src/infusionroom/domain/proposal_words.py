"""The planner's reasons, as short sentences for the screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from infusionroom.domain.booking import clock
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.day import local
from infusionroom.domain.stays import Stay
from infusionroom.domain.working_days import day_text

BY_HAND: Final = "chosen by hand"


class Before(msgspec.Struct, frozen=True):
    """The day of the course before the one that is looked for; `by_hand` where a person chose it."""

    start: datetime
    chair: int | None
    by_hand: bool = False


def as_before(clinic: Clinic, start: datetime, chair: int, before: Before) -> list[str]:
    """What of the day before is kept, and what could not be."""
    then, now = clock(before.start, clinic), clock(start, clinic)
    same_chair = before.chair == chair
    if then == now:
        if same_chair:
            return [f"{now} and chair {chair} as the day before"]
        taken = f", chair {before.chair} is taken" if before.chair is not None else ""
        return [f"{now} as the day before{taken}"]
    return [f"chair {chair} as the day before"] if same_chair else []


def nearest(clinic: Clinic, before: Before) -> str:
    return f"as near to {clock(before.start, clinic)} of the day before as there is room"


def earliest() -> str:
    return "earliest start: first infusion"


def first_hour(clinic: Clinic, limit: datetime, *, kept: bool) -> str:
    """Why somebody with experience begins after the time kept for first infusions, or in it all the same."""
    minutes = clinic.rules.booking.first_timers_min
    span = "the first hour" if minutes == 60 else f"the first {minutes} min"
    at = clock(limit, clinic)
    if kept:
        return f"from {at}: {span} is kept for first infusions"
    return f"before {at}: in {span}, which is kept for first infusions"


def after_another(clinic: Clinic, start: datetime, others: Sequence[Stay]) -> str | None:
    """That the start keeps its distance from the one just before it, where that is what set it."""
    gap = clinic.rules.booking.start_gap_min
    just = [s for s in others if s.begins is not None and _just_before(s.begins, start, gap)]
    if not just:
        return None
    other = max(just, key=lambda s: s.begins or start)
    minutes = int((start - (other.begins or start)).total_seconds()) // 60
    where = f"in chair {other.chair}" if other.chair is not None else "before it"
    return f"{clock(start, clinic)}, {minutes} min after the start {where}"


def _just_before(begins: datetime, start: datetime, gap_min: int) -> bool:
    return timedelta(0) < start - begins < timedelta(minutes=gap_min + 5)


def ends(clinic: Clinic, home: datetime) -> str:
    return f"ends with usual recovery at {clock(home, clinic)}, the door closes at {clinic.closes:%H:%M}"


def skipped_closed(day: date, closed: str) -> str:
    return f"{day_text(day)} is {closed}: skipped"


def skipped_own(day: date) -> str:
    return f"{day_text(day)}: this person is already booked on this day, skipped"


def skipped_late(day: date) -> str:
    return f"{day_text(day)}: too late to start and be home before the door closes, skipped"


def skipped_full(day: date) -> str:
    return f"{day_text(day)} is full: no chair has room for infusion and usual recovery, skipped"


def skipped_starts(clinic: Clinic, day: date) -> str:
    gap = clinic.rules.booking.start_gap_min
    return f"{day_text(day)}: no start lies {gap} min from all others where a chair is free, skipped"


def too_long(clinic: Clinic, infusion_min: int, recovery_min: int) -> str:
    return (
        f"infusion ({_hours(infusion_min)} h) and usual recovery ({_hours(recovery_min)} h) do not fit between "
        f"{clinic.opens:%H:%M} and {clinic.closes:%H:%M}: shorten the infusion or change the opening hours"
    )


def too_far(day: date) -> str:
    return f"{day_text(day)} {day.year} is too far ahead to propose days: check the year"


def no_room(number: int, working_days: int, first: date) -> str:
    return (
        f"day {number}: no room on {working_days} working days from {day_text(first)} on; choose a day by hand and "
        "over-book with a reason"
    )


def no_room_between(number: int, following: int, fixed: date) -> str:
    return f"day {number}: no room before day {following} on {day_text(fixed)}; move that day first"


def out_of_order(number: int, earlier: int) -> str:
    return f"day {number} must be on a later day than day {earlier}"


def passed(clinic: Clinic, start: datetime) -> str:
    return f"{day_text(local(start, clinic.timezone).date())} {clock(start, clinic)} has passed"


def _hours(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"
