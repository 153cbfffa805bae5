"""FHIR R4: a Bundle, a single Appointment with its contained Patient, or NDJSON of either → notices.

`minutesDuration` counts only where there is no `end`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from infusionroom.domain.events import Appointment, Patient, Plan
from infusionroom.intake.clean import clean_text
from infusionroom.intake.fhir_patient import patient_of, plain
from infusionroom.intake.fhir_tree import Found, Json, Tree, codes, document, parts, words
from infusionroom.intake.fhir_valid import validated
from infusionroom.intake.localtime import LONGEST_MIN, believable, minutes_between
from infusionroom.intake.notices import (
    COMING,
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

SOURCE: Final = "FHIR R4"

STATUSES: Final[dict[str, Intent]] = {
    "proposed": "book",
    "pending": "book",
    "booked": "book",
    "arrived": "book",
    "checked-in": "book",
    "fulfilled": "fulfilled",
    "cancelled": "cancel",
    "noshow": "no_show",
    "entered-in-error": "delete",
}
_WHY_NOT: Final = {"waitlist": "the person is on a waiting list and has no place yet"}
_USED: Final = (
    "resourceType",
    "id",
    "status",
    "start",
    "end",
    "minutesDuration",
    "comment",
    "description",
)


def read_fhir(files: Sequence[tuple[str, str]], zone: ZoneInfo, now: datetime) -> list[Parsed]:
    """Every Appointment of each file (name, text). A file may hold the Patients of another one's appointments.

    Raises `FileRefused` for what is no JSON, or holds no Appointment and no Patient for one.
    """
    trees = [(file, document(text, file)) for file, text in files]
    elsewhere: dict[str, Json] = {}
    for _, tree in trees:
        elsewhere |= tree.loose if tree.appointments else tree.all_patients
    told = any(tree.appointments for _, tree in trees)
    read: list[Parsed] = []
    for file, tree in trees:
        tree.elsewhere = elsewhere
        only_patients = told and tree.all_patients and not tree.appointments and not tree.broken
        read.append(Parsed() if only_patients else _appointments(tree, file, zone, now))
    return read


def _appointments(tree: Tree, file: str, zone: ZoneInfo, now: datetime) -> Parsed:
    notices: list[Notice] = []
    aside = list(tree.broken)
    refuse_flood(file, len(tree.appointments))
    for found in tree.appointments:
        raw = _raw(tree, found)
        try:
            notices.append(_notice(tree, found, raw, file, zone, now))
        except NotUnderstood as problem:
            aside.append(Quarantined(file, found.line, f"{found.place}.{problem.field}", problem.why, raw))
            refuse_noise(file, aside)
    if not notices and not aside:
        kinds = sorted({kind for kind in tree.kinds if kind.isalpha() and len(kind) <= 40})[:5]
        named = f"; it holds {', '.join(kinds)}" if kinds else ""
        raise FileRefused(file, f"there is no FHIR Appointment in this file{named}")
    return Parsed(tuple(notices), tuple(aside))


def _notice(tree: Tree, found: Found, raw: str, file: str, zone: ZoneInfo, now: datetime) -> Notice:
    used, remark = validated("Appointment", found.resource, _used(found.resource))
    status = words(used, "status")
    if status not in STATUSES:
        raise NotUnderstood("status", _WHY_NOT.get(status, "unknown status"))
    intent = STATUSES[status]
    appointment = _identity(used, found)
    sent_at = _instant(found.sent_at)
    plan: Plan | None = None
    try:
        on = (_instant(words(used, "start")) or now).astimezone(zone).date()
        patient, loosely = patient_of(tree, found, on, now.astimezone(zone).date())
        remark = "; ".join(dict.fromkeys(said for said in (remark, loosely) if said))
        plan = _plan(used, found.resource, appointment, patient)
    except NotUnderstood as problem:
        if intent in COMING:
            raise
        remark = f"{problem.field}: {problem.why}; only the appointment's id was used"
    sent_at = believable(sent_at, plan.start if plan else None, now)
    if plan is not None:
        plan = msgspec.structs.replace(plan, sent_at=sent_at)
    return Notice(intent, appointment, plan, file, found.line, raw, sent_at, remark)


def _used(resource: Json) -> Json:
    kept: Json = {name: resource[name] for name in _USED if name in resource}
    kept["identifier"] = [plain(i, ("value", "type", "system", "use")) for i in parts(resource, "identifier")]
    kept["participant"] = [
        {"status": "accepted", "actor": plain(p.get("actor") or {}, ("reference",))}
        for p in parts(resource, "participant")
        if isinstance(p.get("actor"), dict)
    ] or [{"status": "accepted"}]
    return {name: value for name, value in kept.items() if value != []}


def _identity(used: Json, found: Found) -> Appointment:
    """Identifiers typed PLAC and FILL; else the first of the list; else the resource's id, or its address's end."""
    identifiers = parts(used, "identifier")
    placer = next((words(i, "value") for i in identifiers if "PLAC" in codes(i)), "")
    filler = next((words(i, "value") for i in identifiers if "FILL" in codes(i)), "")
    if not placer and not filler:
        placer = next((words(i, "value") for i in identifiers if words(i, "value")), "")
        placer = placer or words(used, "id") or found.id_by_address
    if not placer and not filler:
        raise NotUnderstood("identifier", "the appointment has neither an identifier nor an id")
    return Appointment(placer=placer, filler=filler)


def _plan(used: Json, resource: Json, appointment: Appointment, patient: Patient) -> Plan:
    start, end = _instant(words(used, "start")), _instant(words(used, "end"))
    if start is None:
        asked = "only a period is asked for; " if "requestedPeriod" in resource else ""
        why = f"{asked}the appointment has no start, or one without an offset from UTC"
        raise NotUnderstood("start", why)
    if end is not None:
        length = minutes_between(start, end, "end")
    else:
        stated = used.get("minutesDuration")
        length = stated if isinstance(stated, int) and 0 < stated <= LONGEST_MIN else None
    return Plan(
        patient=patient,
        start=start,
        duration_min=length,
        appointment=appointment,
        source=SOURCE,
        note=words(used, "comment") or _notes(resource) or words(used, "description"),
    )


def _notes(resource: Json) -> str:
    """What R5 has in place of `comment`."""
    return clean_text(" ".join(words(note, "text") for note in parts(resource, "note")))


def _instant(text: str) -> datetime | None:
    """A FHIR instant in UTC. None for what is empty or has no offset; the model refuses other forms."""
    try:
        parsed = datetime.fromisoformat(text) if text else None
        return parsed.astimezone(UTC) if parsed and parsed.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _raw(tree: Tree, found: Found) -> str:
    """A bundle of this appointment and its patients alone, to be read again."""
    entry: Json = {"fullUrl": found.url} if found.url else {}
    bundle: Json = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [entry | {"resource": found.resource}],
    }
    if found.sent_at:
        bundle["timestamp"] = found.sent_at
    contained = parts(found.resource, "contained")
    for reference, patient in tree.patients_of(found):
        if patient not in contained:
            address = {"fullUrl": reference} if reference else {}
            bundle["entry"].append(address | {"resource": patient})
    return msgspec.json.encode(bundle).decode("utf-8")[:RAW_LIMIT]
