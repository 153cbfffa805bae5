"""HL7 v2 SIU messages (S12 to S17, S26) → notices: who, which appointment, and what the sender wants of it."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from infusionroom.domain.events import Appointment, Plan
from infusionroom.intake.clean import clean_text
from infusionroom.intake.hl7_frames import Frame, frames_of, lines_of, readable
from infusionroom.intake.hl7_kinds import TRIGGERS, trigger_of
from infusionroom.intake.hl7_message import Message, Segment, sent_at_of
from infusionroom.intake.hl7_patient import patient_of
from infusionroom.intake.hl7_timing import timing_of
from infusionroom.intake.localtime import believable
from infusionroom.intake.notices import (
    COMING,
    RAW_LIMIT,
    Intent,
    Notice,
    NotUnderstood,
    Parsed,
    Quarantined,
    refuse_flood,
    refuse_noise,
)

SOURCE: Final = "HL7 v2 SIU"

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
LARGEST_MESSAGE: Final = 1_000_000


def read_hl7(data: bytes, file: str, zone: ZoneInfo, now: datetime) -> Parsed:
    """Every message of the file; each stands or falls alone. `now` is aware. Raises `FileRefused` for noise."""
    notices: list[Notice] = []
    aside: list[Quarantined] = []
    kinds: list[str] = []
    frames = list(frames_of(data))
    refuse_flood(file, len(frames))
    for frame in frames:
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
    trigger = trigger_of(message)
    sch = message.first("SCH")
    if sch is None:
        raise NotUnderstood("SCH", "the message has no SCH segment; it may be cut off", frame.line)
    if len({(other.get(1), other.get(2)) for other in message.all("SCH")}) > 1:
        raise sch.problem(1, "the message is about several appointments; one message must be one appointment")
    appointment = _appointment(sch)
    intent, remark = _intent(trigger, sch)
    if message.cut and message.first("PID") is None:
        raise NotUnderstood("PID", "the message is cut off before PID", message.segments[-1].line)
    plan: Plan | None = None
    try:
        plan, loosely = _plan(message, appointment, zone, now)
        remark = "; ".join(said for said in (remark, loosely) if said)
    except NotUnderstood as problem:
        if intent in COMING or message.cut:
            raise
        remark = f"{problem.field}: {problem.why}; only the appointment's id was used"
    sent_at = believable(sent_at_of(message.header, zone), plan.start if plan else None, now)
    if plan is not None:
        plan = msgspec.structs.replace(plan, sent_at=sent_at)
    return Notice(intent, appointment, plan, file, frame.line, raw, sent_at, remark)


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


def _plan(message: Message, appointment: Appointment, zone: ZoneInfo, now: datetime) -> tuple[Plan, str]:
    """The plan, and what was read loosely in it."""
    if message.first("PID") is None:
        raise NotUnderstood("PID", "the message has no PID segment: nobody is named", message.header.line)
    timing = timing_of(message, zone)
    on, today = timing.start.astimezone(zone).date(), now.astimezone(zone).date()
    patients = [patient_of(pid, on, today) for pid in message.all("PID")]
    if any(patient != patients[0] for patient in patients):
        why = "the message names several patients; one appointment must be one person"
        raise NotUnderstood("PID", why, next(message.all("PID")).line)
    plan = Plan(
        patient=patients[0],
        start=timing.start,
        duration_min=timing.duration_min,
        appointment=appointment,
        source=SOURCE,
        note=_note(message),
    )
    return plan, timing.remark


def _note(message: Message) -> str:
    """NTE-3 of the notes on the appointment itself; those after PID and RGS are about something else."""
    notes: list[str] = []
    for segment in message.segments:
        if segment.name in ("PID", "RGS"):
            break
        if segment.name == "NTE":
            notes += [segment.get(3, repetition=n) for n in range(1, segment.repetitions(3) + 1)]
    return clean_text(" ".join(note for note in notes if note))
