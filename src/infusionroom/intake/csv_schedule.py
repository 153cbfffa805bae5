"""A day's schedule as CSV: the documented header, its template, and one row → one notice."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timezone
from typing import Final
from zoneinfo import ZoneInfo

from infusionroom.domain.events import Appointment, CourseDay, Patient, Plan
from infusionroom.intake.clean import UNREADABLE, clean_text
from infusionroom.intake.csv_rows import Row, rows_of
from infusionroom.intake.localtime import check_birth_date, offset_of, to_utc
from infusionroom.intake.notices import (
    RAW_LIMIT,
    FileRefused,
    Intent,
    Notice,
    NotUnderstood,
    Parsed,
    Quarantined,
    refuse_flood,
    refuse_noise,
)

SOURCE: Final = "CSV"

COLUMNS: Final[dict[str, str]] = {
    "appointment_id": "required; the sender's own id, always the same for the same appointment",
    "family": "required; family name",
    "given": "given name",
    "birth_date": "YYYY-MM-DD",
    "record_number": "medical record number",
    "date": "YYYY-MM-DD, the clinic's day; may be left out where start says it",
    "start": "required; 09:30 in the clinic's time zone, 09:30-05:00 or 2026-11-23T09:30-05:00 in any",
    "minutes": "booked length in minutes",
    "day": "day of the course, from 1",
    "of": "days in the course",
    "infusions_before": "infusions the person has had before, here and elsewhere",
    "status": "planned (default), cancelled, no-show, entered-in-error",
    "note": "free text",
}
REQUIRED: Final = ("appointment_id", "family", "start")
OTHER_NAMES: Final = {
    **dict.fromkeys(("appointment", "appt_id", "id", "visit_id"), "appointment_id"),
    **dict.fromkeys(("last", "last_name", "family_name", "surname", "patient_last_name"), "family"),
    **dict.fromkeys(("first", "first_name", "given_name", "patient_first_name"), "given"),
    **dict.fromkeys(("dob", "date_of_birth", "birthdate"), "birth_date"),
    **dict.fromkeys(("mrn", "medical_record_number", "patient_id"), "record_number"),
    **dict.fromkeys(("appointment_date", "appt_date", "start_date"), "date"),
    **dict.fromkeys(("start_time", "time", "appointment_time", "appt_time"), "start"),
    **dict.fromkeys(("duration", "duration_min", "duration_minutes", "length"), "minutes"),
    "course_day": "day",
    "course_days": "of",
    "notes": "note",
    "comment": "note",
}
STATUSES: Final[dict[str, Intent]] = {
    "": "book",
    "planned": "book",
    "booked": "book",
    "scheduled": "book",
    "confirmed": "book",
    "cancelled": "cancel",
    "canceled": "cancel",
    "no-show": "no_show",
    "noshow": "no_show",
    "entered-in-error": "delete",
    "deleted": "delete",
}

_TIME: Final = re.compile(
    r"(?:(?P<date>\d{4}-\d{2}-\d{2})[T ]\s*)?(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<offset>[Zz]|[+-]\d{2}:?\d{2})?"
)


def template() -> str:
    """A file to fill in: the header, and as comments what each column takes and two rows as examples."""
    lines = [",".join(COLUMNS)]
    lines += [f"# {name}: {meaning}" for name, meaning in COLUMNS.items()]
    lines += [
        "# Lines that begin with # and a space are not read. Two rows as examples:",
        "# A-1001,Example,Robin,1980-02-29,R-77,2026-11-23,09:00,240,1,5,0,planned,first visit",
        '# A-1002,"Example, Jr.",Kim,1975-07-01,R-78,2026-11-23,11:30-05:00,240,3,10,14,cancelled,',
    ]
    return "\n".join(lines) + "\n"


def read_csv(text: str, file: str, zone: ZoneInfo, today: date) -> Parsed:
    """Every row of a CSV schedule. Raises `FileRefused` when the header cannot be used."""
    rows = rows_of(text)
    header = next(rows, None)
    if header is None:
        raise FileRefused(file, "there is no header line; `infusionroom import --template` prints one")
    columns, unknown = _columns(header, file)
    parsed = Parsed()
    if unknown:
        named = ", ".join(clean_text(name, 40) or "(no name)" for name in unknown)
        parsed = Parsed(remarks=(f"{file}, line {header.line}: these columns are not read: {named}",))
    notices: list[Notice] = []
    aside: list[Quarantined] = []
    for row in rows:
        raw = f"{header.text}\n{row.text}\n"[:RAW_LIMIT]
        try:
            if row.broken:
                raise NotUnderstood("row", row.broken)
            notices.append(_notice(row, columns, file, zone, today, raw))
            refuse_flood(file, len(notices))
        except NotUnderstood as problem:
            aside.append(Quarantined(file, row.line, problem.field, problem.why, raw))
            refuse_noise(file, aside)
    if not notices and not aside:
        parsed = parsed.and_then(Parsed(remarks=(f"{file}: there are no rows under the header",)))
    return parsed.and_then(Parsed(tuple(notices), tuple(aside)))


def _columns(header: Row, file: str) -> tuple[dict[str, int], list[str]]:
    if header.broken:
        raise FileRefused(file, header.broken, line=header.line, field="header")
    columns: dict[str, int] = {}
    unknown: list[str] = []
    for index, cell in enumerate(header.cells):
        name = re.sub(r"[\s\-()]+", "_", cell.lower()).strip("_")
        name = name if name in COLUMNS else OTHER_NAMES.get(name, name)
        if name not in COLUMNS:
            unknown.append(cell)
        elif name in columns:
            raise FileRefused(file, f"the column {name} is there twice", line=header.line, field="header")
        else:
            columns[name] = index
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        why = (
            f"the header lacks {', '.join(missing)}; `infusionroom import --template` prints the whole header"
        )
        raise FileRefused(file, why, line=header.line, field="header")
    return columns, unknown


def _notice(row: Row, columns: dict[str, int], file: str, zone: ZoneInfo, today: date, raw: str) -> Notice:
    def cell(name: str) -> str:
        value = clean_text(row.cells[columns[name]]) if name in columns else ""
        if UNREADABLE in value:
            raise NotUnderstood(name, "a character could not be read; save the file as UTF-8")
        return value

    status = re.sub(r"[\s_]+", "-", cell("status").lower())
    if status not in STATUSES:
        raise NotUnderstood("status", "the status is none of planned, cancelled, no-show, entered-in-error")
    appointment = _appointment(cell("appointment_id"))
    if not cell("family"):
        raise NotUnderstood("family", "the family name is missing")
    patient = Patient(
        family=cell("family"),
        given=cell("given"),
        birth_date=check_birth_date(_date(cell("birth_date"), "birth_date"), today, "birth_date"),
        record_number=cell("record_number"),
        infusions_before=_count(cell("infusions_before"), "infusions_before", least=0),
    )
    plan = Plan(
        patient=patient,
        start=_start(cell("date"), cell("start"), zone),
        duration_min=_count(cell("minutes"), "minutes", least=1, most=24 * 60),
        appointment=appointment,
        course=_course(cell("day"), cell("of")),
        source=SOURCE,
        note=cell("note"),
    )
    return Notice(STATUSES[status], appointment, plan, file, row.line, raw)


def _appointment(text: str) -> Appointment:
    """`A-17` is the placer's id; `12345/36996` names the same appointment as HL7's SCH-1 and SCH-2."""
    placer, _, filler = text.partition("/")
    if not placer and not filler:
        raise NotUnderstood("appointment_id", "the appointment's id is missing")
    return Appointment(placer=placer.strip(), filler=filler.strip())


def _date(text: str, field: str) -> date | None:
    if not text:
        return None
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise NotUnderstood(field, "the date must be written as YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotUnderstood(field, "there is no such day in the calendar") from None


def _count(text: str, field: str, *, least: int, most: int = 10_000) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
        raise NotUnderstood(field, f"this must be a whole number from {least} to {most}")
    return int(text)


def _course(day: str, of: str) -> CourseDay | None:
    first, last = _count(day, "day", least=1, most=366), _count(of, "of", least=1, most=366)
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise NotUnderstood(
            "day" if first is None else "of", "day and of belong together: one of them is missing"
        )
    if first > last:
        raise NotUnderstood("day", "the day of the course is later than its last day")
    return CourseDay(first, last)


def _start(day_text: str, start_text: str, zone: ZoneInfo) -> datetime:
    if not start_text:
        raise NotUnderstood("start", "the start time is missing")
    match = _TIME.fullmatch(start_text)
    if match is None:
        raise NotUnderstood(
            "start", "the time must be written as 09:30, 09:30-05:00 or 2026-11-23T09:30-05:00"
        )
    stated, inside = _date(day_text, "date"), _date(match["date"] or "", "start")
    if stated and inside and stated != inside:
        raise NotUnderstood("start", "date and start name different days")
    day = stated or inside
    if day is None:
        raise NotUnderstood("date", "the date is missing")
    local = datetime.combine(day, _time_of_day(match))
    offset: timezone | None = offset_of(match["offset"], "start") if match["offset"] else None
    return to_utc(local, offset, zone, "start")


def _time_of_day(match: re.Match[str]) -> time:
    hour = int(match["h"])
    if match["half"]:
        if not 1 <= hour <= 12:
            raise NotUnderstood("start", "there is no such time of day")
        hour = hour % 12 + (12 if match["half"][0] in "Pp" else 0)
    try:
        return time(hour, int(match["m"]), int(match["s"] or 0))
    except ValueError:
        raise NotUnderstood("start", "there is no such time of day") from None
