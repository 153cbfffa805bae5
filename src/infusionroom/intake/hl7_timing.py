"""When an HL7 v2 message books its visit: which of its many times is trusted, and why.

TQ1-7/TQ1-8 first, the appointment's own timing since v2.5; then AIS-4 with AIS-7/8, the booked service; then AIG,
AIL and AIP, which book the things and people for it; SCH-11 last, since v2.5 withdrew it and senders leave the
request's or a series' timing in it. Before v2.5 there was no TQ1 and SCH-11 was the appointment's own timing, so
there it comes first. Over several resource groups the visit lasts from the earliest start to the latest end.

Many senders count fields wrong and put the time beside SCH-11 or a resource's start. Where nothing else says when,
it is taken if it is the only one there, and a remark says so. What is no
time at all, a code or a length in a field for a time, is passed over as long as another field says when.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from infusionroom.intake.hl7_message import Message, Segment
from infusionroom.intake.localtime import LONGEST_MIN, minutes_between
from infusionroom.intake.notices import NotUnderstood

# (start, duration, its unit) by segment that books a resource
_RESOURCES: Final = {"AIS": (4, 7, 8), "AIG": (8, 11, 12), "AIL": (6, 9, 10), "AIP": (6, 9, 10)}
_SECONDS: Final = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("", "m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
}
_STAMP: Final = re.compile(r"[12][0-9]{11}(?:[0-9]{2}(?:\.[0-9]{1,6})?)?(?:[+-][0-9]{4})?")
# Where in SCH a timing that belongs into field 11 is looked for: between its ids and its people.
_NEAR_SCH_11: Final = range(6, 13)


class Timing(msgspec.Struct, frozen=True):
    """When a visit is booked: an aware UTC start, its length where the sender says it, and what was read loosely."""

    start: datetime
    duration_min: int | None
    remark: str = ""


def timing_of(message: Message, zone: ZoneInfo) -> Timing:
    """When the message books its visit. Raises `NotUnderstood` for a time that is missing, unclear or cut off."""
    old = _before_tq1(message)
    sources = [_sch11, _tq1, _services, _resources] if old else [_tq1, _services, _resources, _sch11]
    unusable: list[NotUnderstood] = []
    for source in (*sources, _misplaced):
        timing = source(message, zone, unusable)
        if timing is not None:
            length = timing.duration_min or _booked_length(message, zone, timing.start, appointment_first=old)
            return Timing(timing.start, length, timing.remark)
    if unusable:
        raise unusable[0]
    why = "no start time is given in TQ1-7, AIS-4, AIG-8, AIL-6, AIP-6 or SCH-11"
    raise NotUnderstood("TQ1-7", why, message.header.line)


def _before_tq1(message: Message) -> bool:
    """Whether MSH-12 names a version older than 2.5, in which TQ1 came."""
    major, _, minor = message.header.get(12).partition(".")
    return major == "2" and minor[:1].isascii() and minor[:1].isdigit() and int(minor[:1]) < 5


def _time(
    segment: Segment, field: int, component: int, zone: ZoneInfo, unusable: list[NotUnderstood]
) -> datetime | None:
    """The instant there. What is no full time goes to `unusable`; raises for one that is unclear or cut off."""
    text = segment.get(field, component)
    if text and not _STAMP.fullmatch(text) and not segment.touches_end(field):
        unusable.append(segment.not_a_time(field))
        return None
    return segment.instant(field, component, zone)


def _tq1(message: Message, zone: ZoneInfo, unusable: list[NotUnderstood]) -> Timing | None:
    timings: list[Timing] = []
    for tq1 in message.all("TQ1"):
        start = _time(tq1, 7, 1, zone, unusable)
        if start is None:
            continue
        end = tq1.instant(8, 1, zone)
        length = minutes_between(start, end, "TQ1-8") if end else _minutes(tq1.get(6), tq1.get(6, 2))
        timings.append(Timing(start, length))
        if timings[0].start != start:
            raise tq1.problem(7, "the message names several start times; one message must be one appointment")
        _refuse_fragment(tq1, 7 if end is None else 8, message)
    return max(timings, key=lambda t: t.duration_min or 0) if timings else None


def _services(message: Message, zone: ZoneInfo, unusable: list[NotUnderstood]) -> Timing | None:
    return _span(message, zone, ("AIS",), unusable)


def _resources(message: Message, zone: ZoneInfo, unusable: list[NotUnderstood]) -> Timing | None:
    return _span(message, zone, ("AIG", "AIL", "AIP"), unusable)


def _span(
    message: Message, zone: ZoneInfo, names: tuple[str, ...], unusable: list[NotUnderstood]
) -> Timing | None:
    starts: list[datetime] = []
    ends: list[datetime] = []
    for segment in (s for s in message.segments if s.name in names):
        at, length, unit = _RESOURCES[segment.name]
        start = _time(segment, at, 1, zone, unusable)
        if start is None:
            continue
        _refuse_fragment(segment, at, message)
        if _STAMP.fullmatch(segment.get(at - 1)):
            raise segment.problem(
                at, f"this and {segment.name}-{at - 1} both hold a time; only one can be the start"
            )
        minutes = _minutes(segment.get(length), segment.get(unit))
        if (
            not minutes
            and _STAMP.fullmatch(segment.get(at + 1))
            and (end := segment.instant(at + 1, 1, zone))
        ):
            minutes = minutes_between(start, end, f"{segment.name}-{at + 1}")
        if segment.touches_end(length) and segment.last_field == length:
            raise segment.problem(length, "the message is cut off inside the duration")
        starts.append(start)
        if minutes:
            ends.append(start + timedelta(minutes=minutes))
    if not starts:
        return None
    return Timing(min(starts), minutes_between(min(starts), max(ends), names[0]) if ends else None)


def _sch11(message: Message, zone: ZoneInfo, unusable: list[NotUnderstood]) -> Timing | None:
    sch = message.first("SCH")
    if sch is None:
        return None
    named = {sch.get(11, 4, repetition=n) for n in range(1, sch.repetitions(11) + 1)} - {""}
    if len(named) > 1:
        raise sch.problem(11, "the message names several start times; one message must be one appointment")
    start = _time(sch, 11, 4, zone, unusable)
    return Timing(start, _quantity_length(sch, 11, start, zone)) if start else None


def _misplaced(message: Message, zone: ZoneInfo, unusable: list[NotUnderstood]) -> Timing | None:
    """The one field of SCH with a time in it, as start and end or as HL7's timing/quantity; else of a resource."""
    sch = message.first("SCH")
    timed = _timed_fields(sch) if sch else []
    if sch is None or not timed:
        return _beside_a_start(message, zone)
    field, component = timed[0]
    if len(timed) > 1:
        also = f"SCH-{timed[1][0]}"
        raise sch.problem(
            field, f"this and {also} both hold a time; SCH-11 or AIS-4 must say which is the start"
        )
    start = sch.instant(field, component, zone)
    if start is None:
        return None
    if component == 4:
        length = _quantity_length(sch, field, start, zone)
    else:
        end = sch.instant(field, 2, zone)
        length = minutes_between(start, end, f"SCH-{field}") if end else None
    return Timing(start, length, f"the time was found in SCH-{field}, component {component}")


def _beside_a_start(message: Message, zone: ZoneInfo) -> Timing | None:
    """The one time that stands in the fields around a resource's start, which is empty."""
    found: dict[datetime, str] = {}
    for segment in message.segments:
        at = _RESOURCES[segment.name][0] if segment.name in _RESOURCES else 0
        for field in (at - 1, at + 1, at + 2) if at else ():
            if _STAMP.fullmatch(segment.get(field)) and not segment.touches_end(field):
                instant = segment.instant(field, 1, zone)
                if instant is not None:
                    found.setdefault(instant, f"{segment.name}-{field}")
    if len(found) != 1:
        return None
    ((start, place),) = found.items()
    return Timing(start, None, f"the time was found in {place}")


def _timed_fields(sch: Segment) -> list[tuple[int, int]]:
    """The fields of SCH around the eleventh with a time in the fourth or first component, and that component."""
    return [
        (field, component)
        for field in _NEAR_SCH_11
        for component in (4, 1)
        if _STAMP.fullmatch(sch.get(field, component)) and not sch.touches_end(field)
    ]


def _quantity_length(sch: Segment, field: int, start: datetime, zone: ZoneInfo) -> int | None:
    """The length in a timing/quantity: from its end, else from its duration (`M30`, or a bare number)."""
    end = sch.instant(field, 5, zone) if _STAMP.fullmatch(sch.get(field, 5)) else None
    if end:
        return minutes_between(start, end, f"SCH-{field}")
    length = sch.get(field, 3).upper()
    if length[:1] in ("S", "M", "H"):
        return _minutes(length[1:], length[:1])
    return _minutes(length, sch.get(10) if field == 11 else "")


def _booked_length(
    message: Message, zone: ZoneInfo, start: datetime, *, appointment_first: bool
) -> int | None:
    """AIS-7/8 of the first service that says it, SCH-9/10, or the misplaced timing of the same start.

    SCH-9/10 comes first only where SCH held the appointment's own timing: since then senders put a number with
    the wrong unit there.
    """
    services = [_minutes(ais.get(7), ais.get(8)) for ais in message.all("AIS")]
    appointment = [_minutes(sch.get(9), sch.get(10)) for sch in message.all("SCH")]
    beside: list[int | None] = []
    for sch in message.all("SCH"):
        for field, component in _timed_fields(sch):
            if component == 4 and sch.instant(field, 4, zone) == start:
                beside.append(_quantity_length(sch, field, start, zone))
    stated = appointment + services + beside if appointment_first else services + appointment + beside
    return next((minutes for minutes in stated if minutes), None)


def _minutes(quantity: str, unit: str) -> int | None:
    """A length in whole minutes, rounded up; None for what is no length, or longer than a day."""
    seconds = _SECONDS.get(unit.strip().lower())
    try:
        number = Decimal(quantity)
    except InvalidOperation:
        return None
    if seconds is None or not number.is_finite() or not 0 < number <= 100_000:
        return None
    minutes = int(-(-(number * seconds) // 60))
    return minutes if 0 < minutes <= LONGEST_MIN else None


def _refuse_fragment(segment: Segment, field: int, message: Message) -> None:
    """A time at the very end of a cut-off message may lack its offset: a wrong time is worse than none.

    It passes where it is written as the header's own time is, with or without an offset.
    """
    if not segment.touches_end(field):
        return
    text, sent = segment.get(field), message.header.get(7)
    has_offset, sender_has = ("+" in text or "-" in text), ("+" in sent or "-" in sent)
    if has_offset != sender_has:
        raise segment.problem(field, "the message is cut off inside this time")
