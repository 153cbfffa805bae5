"""What an entry of any stream says, in a line: of a course, a file, the room, the staff list or a chair."""

from __future__ import annotations

from datetime import datetime

from infusionroom.domain import events as ev
from infusionroom.domain.flowsheet import entry_text
from infusionroom.domain.working_days import day_text
from infusionroom.tui.present.booking import archetype_words
from infusionroom.tui.present.cells import clean
from infusionroom.tui.present.course_words import target_words
from infusionroom.tui.present.times import clock_time, zone


def entry_words(body: ev.Event, timezone: str) -> str:
    """The values that the entry sets, harmless to a terminal; nothing where it sets a whole file."""
    match body:
        case ev.PatientRegistered() | ev.PatientChanged():
            return ""
        case ev.RoomChanged():
            return clean(", ".join(_settings(body)))
        case ev.RuleChanged():
            return clean(f"{body.name} = {_value(body.value)}, signed off by {body.signed_off_by}")
        case ev.ArchetypeSet():
            return clean(f"“{body.archetype.name}”: {archetype_words(body.archetype)}")
        case ev.DayClosed() | ev.DayOpened():
            return clean(": ".join(filter(None, (day_text(body.day), body.why))))
        case ev.ConsentPublished():
            return clean(f"version {body.version}")
        case ev.TargetChanged():
            return clean(f"{target_words(body.target)}; {body.why}")
        case ev.DayDeferred(to=None):
            return clean(f"day {body.day}, without a date yet; {body.why}")
        case ev.DayDeferred(to=start) if start is not None:
            return clean(f"day {body.day} to {place_words(start, body.chair, timezone)}; {body.why}")
        case ev.DayTaken(booked=booked):
            where = place_words(booked.start, booked.chair, timezone)
            return clean(": ".join(filter(None, (f"day {booked.day}, {where}", body.why))))
        case ev.CourseExtended():
            return clean(f"by {len(body.days)} days; {body.why}")
        case ev.LetterDrafted():
            return f"{len(body.text.split())} words"
        case ev.FollowUpCalled():
            reached = "reached" if body.reached else "not reached"
            return clean("; ".join(filter(None, (f"day {body.day}, {reached}", body.outcome))))
        case _:
            return clean(entry_text(body))


def place_words(start: datetime, chair: int | None, timezone: str) -> str:
    """`Tue 24 Nov 08:15, chair 3`."""
    day = day_text(start.astimezone(zone(timezone)).date())
    at = f"{day} {clock_time(start, timezone)}"
    return f"{at}, chair {chair}" if chair is not None else at


def _settings(body: ev.RoomChanged) -> list[str]:
    said = [f"{word} {getattr(body, word):%H:%M}" for word in ("opens", "closes") if getattr(body, word)]
    said += [f"{body.chairs} chairs"] if body.chairs is not None else []
    return [*([f"name {body.name}"] if body.name is not None else []), *said]


def _value(value: object) -> str:
    if isinstance(value, dict):
        return f"{value.get('low')} to {value.get('high')}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
