"""HL7 v2 SIU messages (S12–S17, S26) → notices.

Which time is trusted, and why: TQ1-7/TQ1-8 first, the appointment's own timing since v2.5; then AIS-4 with
AIS-7/8, the booked service; then AIG, AIL and AIP, which book the things and people for it; SCH-11 last, since
v2.5 withdrew it and senders leave the request's or a series' timing in it. Before v2.5 there was no TQ1 and SCH-11
was the appointment's own timing, so there it comes first. SCH-9/10 is the last resort for the length, since
senders put a number with the wrong unit there. Over several resource groups the visit lasts from the earliest
start to the latest end.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from infusionroom.domain.events import Appointment, Patient, Plan
from infusionroom.intake.clean import clean_text
from infusionroom.intake.hl7_frames import Frame, frames_of, lines_of, readable
from infusionroom.intake.hl7_message import Message, Segment, sent_at_of
from infusionroom.intake.localtime import believable, check_birth_date, minutes_between
from infusionroom.intake.notices import (
    COMING,
    RAW_LIMIT,
    Intent,
    Notice,
    NotUnderstood,
    Parsed,
    Quarantined,
    refuse_noise,
)

SOURCE: Final = "HL7 v2 SIU"

TRIGGERS: Final[dict[str, Intent]] = {
    "S12": "book",
    "S13": "reschedule",
    "S14": "modify",
    "S15": "cancel",
    "S16": "discontinue",
    "S17": "delete",
    "S26": "no_show",
}
# HL7 table 0278, as far as it says that nobody is coming.
STATUS_SAYS: Final[dict[str, Intent]] = {
    "cancelled": "cancel",
    "canceled": "cancel",
    "dc": "discontinue",
    "deleted": "delete",
    "noshow": "no_show",
    "no-show": "no_show",
    "complete": "fulfilled",
}
# (start, duration, its unit) by segment that books a resource
_RESOURCES: Final = {"AIS": (4, 7, 8), "AIG": (8, 11, 12), "AIL": (6, 9, 10), "AIP": (6, 9, 10)}
_SECONDS: Final = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("", "m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
}
_LONGEST_MIN: Final = 24 * 60
LARGEST_MESSAGE: Final = 1_000_000


class Timing(msgspec.Struct, frozen=True):
    """When a visit is booked: an aware UTC start, and its length where the sender says it."""

    start: datetime
    duration_min: int | None


def read_hl7(data: bytes, file: str, zone: ZoneInfo, now: datetime) -> Parsed:
    """Every message of the file; each stands or falls alone. `now` is aware. Raises `FileRefused` for noise."""
    notices: list[Notice] = []
    aside: list[Quarantined] = []
    kinds: list[str] = []
    for frame in frames_of(data):
        kinds.append(frame.kind)
        if frame.kind in ("FHS", "BHS", "BTS", "FTS"):
            continue
        raw = readable(frame.data[:RAW_LIMIT])
        try:
            if len(frame.data) > LARGEST_MESSAGE:
                raise NotUnderstood("MSH", "the message is larger than any appointment is", frame.line)
            if not frame.kind:
                raise NotUnderstood("MSH", "this text stands before the first message header", frame.line)
            notices.append(_notice(frame, raw, file, zone, now))
        except NotUnderstood as problem:
            aside.append(Quarantined(file, problem.line or frame.line, problem.field, problem.why, raw))
            refuse_noise(file, aside)
    remarks = [
        f"{file}: {begin} opens an envelope and {end} is missing; the file may be cut off"
        for begin, end in (("FHS", "FTS"), ("BHS", "BTS"))
        if begin in kinds and end not in kinds
    ]
    return Parsed(tuple(notices), tuple(aside), tuple(remarks))


def _notice(frame: Frame, raw: str, file: str, zone: ZoneInfo, now: datetime) -> Notice:
    message = Message(lines_of(frame), frame)
    trigger = _trigger(message.header)
    sch = message.first("SCH")
    if sch is None:
        raise NotUnderstood("SCH", "the message has no SCH segment; it may be cut off", frame.line)
    appointment = _appointment(sch)
    intent, remark = _intent(trigger, sch)
    if message.cut and message.first("PID") is None:
        raise NotUnderstood("PID", "the message is cut off before PID", message.segments[-1].line)
    plan: Plan | None = None
    try:
        plan = _plan(message, appointment, zone, now)
    except NotUnderstood as problem:
        if intent in COMING or message.cut:
            raise
        remark = f"{problem.field}: {problem.why}; only the appointment's id was used"
    sent_at = believable(sent_at_of(message.header, zone), plan.start if plan else None, now)
    if plan is not None:
        plan = msgspec.structs.replace(plan, sent_at=sent_at)
    return Notice(intent, appointment, plan, file, frame.line, raw, sent_at, remark)


def _trigger(header: Segment) -> str:
    kind, trigger = header.get(9, 1).upper(), header.get(9, 2).upper()
    trigger = trigger or header.get(9, 3).upper()[4:7]
    if kind != "SIU" or trigger not in TRIGGERS:
        known = [part for part in (kind, trigger) if part.isalnum() and len(part) == 3]
        what = "^".join(known) or "an unknown kind of"
        why = "none of the appointment notices that are read (SIU^S12 to S17, S26)"
        raise header.problem(
            9, f"this is a message {what}, {why}" if known else f"this is {what} message, {why}"
        )
    return trigger


def _intent(trigger: str, sch: Segment) -> tuple[Intent, str]:
    """What the message wants. A modification whose status says that nobody comes is followed as that."""
    intent = TRIGGERS[trigger]
    status = sch.get(25).lower()
    said = STATUS_SAYS.get(status)
    if intent not in COMING:
        return intent, ""
    if status in ("waitlist", "blocked"):
        raise sch.problem(25, f"the appointment's status is {status}: it has no place yet")
    if said is None:
        return intent, ""
    if intent == "modify":
        return said, f"SCH-25 says {status} in an S14; that was followed"
    raise sch.problem(25, f"the message books an appointment and its status says {status}")


def _appointment(sch: Segment) -> Appointment:
    if sch.touches_end(2):
        raise sch.problem(2, "the message is cut off inside the appointment's ids")
    placer, filler = sch.readable(1), sch.readable(2)
    if not placer and not filler:
        raise sch.problem(1, "the appointment has no id: SCH-1 and SCH-2 are both empty")
    return Appointment(placer=placer, filler=filler)


def _plan(message: Message, appointment: Appointment, zone: ZoneInfo, now: datetime) -> Plan:
    pid = message.first("PID")
    if pid is None:
        raise NotUnderstood("PID", "the message has no PID segment: nobody is named", message.header.line)
    timing = _timing(message, zone)
    return Plan(
        patient=_patient(pid, timing.start.astimezone(zone).date(), now.astimezone(zone).date()),
        start=timing.start,
        duration_min=timing.duration_min,
        appointment=appointment,
        source=SOURCE,
        note=_note(message),
    )


def _patient(pid: Segment, on: date, today: date) -> Patient:
    family = pid.readable(5)
    if not family:
        raise pid.problem(5, "the family name is missing")
    if pid.touches_end(6) or (pid.touches_end(7) and len(pid.get(7)) < 8):
        raise pid.problem(
            pid.last_field, "the message ends here, before the birth date and without RGS: it may be cut off"
        )
    born = pid.day(7)
    try:
        check_birth_date(born, today, "PID-7")
    except NotUnderstood as problem:
        raise pid.problem(7, problem.why) from None
    return Patient(
        family=family,
        given=pid.readable(5, 2),
        birth_date=born,
        record_number=_record_number(pid, on),
    )


def _record_number(pid: Segment, on: date) -> str:
    """PID-3's first medical record number that has not expired by the day of the visit, else its first id."""
    found: list[tuple[bool, bool, int, str]] = []
    for field in (3, 2):
        for repetition in range(1, pid.repetitions(field) + 1):
            number = pid.readable(field, 1, repetition)
            try:
                expires = pid.day(field, 8, repetition)
            except NotUnderstood:
                expires = None
            if number:
                expired = expires is not None and expires < on
                is_mr = pid.get(field, 5, repetition=repetition).upper() == "MR"
                found.append((expired, not is_mr, len(found), number))
        if found:
            break
    return min(found)[3] if found else ""


def _note(message: Message) -> str:
    """NTE-3 of the notes on the appointment itself; those after PID and RGS are about something else."""
    notes: list[str] = []
    for segment in message.segments:
        if segment.name in ("PID", "RGS"):
            break
        if segment.name == "NTE":
            notes += [segment.get(3, repetition=n) for n in range(1, segment.repetitions(3) + 1)]
    return clean_text(" ".join(note for note in notes if note))


def _timing(message: Message, zone: ZoneInfo) -> Timing:
    sources = [_tq1, _services, _resources, _sch11]
    if _before_tq1(message):
        sources.insert(0, sources.pop())
    for source in sources:
        timing = source(message, zone)
        if timing is not None:
            length = timing.duration_min or _booked_length(message)
            return Timing(timing.start, length)
    line = message.header.line
    raise NotUnderstood(
        "TQ1-7", "no start time is given in TQ1-7, AIS-4, AIG-8, AIL-6, AIP-6 or SCH-11", line
    )


def _before_tq1(message: Message) -> bool:
    """Whether MSH-12 names a version older than 2.5, in which TQ1 came."""
    major, _, minor = message.header.get(12).partition(".")
    return major == "2" and minor[:1].isascii() and minor[:1].isdigit() and int(minor[:1]) < 5


def _tq1(message: Message, zone: ZoneInfo) -> Timing | None:
    timings: list[Timing] = []
    for tq1 in message.all("TQ1"):
        start = tq1.instant(7, 1, zone)
        if start is None:
            continue
        end = tq1.instant(8, 1, zone)
        length = minutes_between(start, end, "TQ1-8") if end else _minutes(tq1.get(6), tq1.get(6, 2))
        timings.append(Timing(start, length))
        if timings[0].start != start:
            raise tq1.problem(7, "the message names several start times; one message must be one appointment")
        _refuse_fragment(tq1, 7 if end is None else 8, message)
    return max(timings, key=lambda t: t.duration_min or 0) if timings else None


def _services(message: Message, zone: ZoneInfo) -> Timing | None:
    return _span(message, zone, ("AIS",))


def _resources(message: Message, zone: ZoneInfo) -> Timing | None:
    return _span(message, zone, ("AIG", "AIL", "AIP"))


def _span(message: Message, zone: ZoneInfo, names: tuple[str, ...]) -> Timing | None:
    starts: list[datetime] = []
    ends: list[datetime] = []
    for segment in (s for s in message.segments if s.name in names):
        at, length, unit = _RESOURCES[segment.name]
        start = segment.instant(at, 1, zone)
        if start is None:
            continue
        _refuse_fragment(segment, at, message)
        minutes = _minutes(segment.get(length), segment.get(unit))
        if segment.touches_end(length) and segment.last_field == length:
            raise segment.problem(length, "the message is cut off inside the duration")
        starts.append(start)
        if minutes:
            ends.append(start + timedelta(minutes=minutes))
    if not starts:
        return None
    return Timing(min(starts), minutes_between(min(starts), max(ends), names[0]) if ends else None)


def _sch11(message: Message, zone: ZoneInfo) -> Timing | None:
    sch = message.first("SCH")
    start = sch.instant(11, 4, zone) if sch else None
    if sch is None or start is None:
        return None
    end = sch.instant(11, 5, zone)
    length = sch.get(11, 3).upper()
    if end:
        return Timing(start, minutes_between(start, end, "SCH-11"))
    return Timing(start, _minutes(length[1:], length[:1]) if length[:1] in ("S", "M", "H") else None)


def _booked_length(message: Message) -> int | None:
    """AIS-7/8 of the first service that says it, else SCH-9/10."""
    stated: Iterator[int | None] = (
        *(_minutes(ais.get(7), ais.get(8)) for ais in message.all("AIS")),
        *(_minutes(sch.get(9), sch.get(10)) for sch in message.all("SCH")),
    ).__iter__()
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
    return minutes if 0 < minutes <= _LONGEST_MIN else None


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
