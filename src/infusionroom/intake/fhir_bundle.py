"""FHIR R4: a Bundle, a single Appointment with its contained Patient, or NDJSON of either → notices.

Appointment and Patient are validated by the kept R4B models. Where a stranger's resource fails for a field
that is not used here, what is used is validated alone and a remark says so: an odd extension must not lose a
visit. `minutesDuration` counts only where there is no `end`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from infusionroom.domain.events import Appointment, Patient, Plan
from infusionroom.intake.clean import clean_text
from infusionroom.intake.fhir_tree import Found, Json, Tree, document, words
from infusionroom.intake.localtime import believable, check_birth_date, minutes_between
from infusionroom.intake.notices import (
    COMING,
    RAW_LIMIT,
    FileRefused,
    Intent,
    Notice,
    NotUnderstood,
    Parsed,
    Quarantined,
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
_USED_OF_APPOINTMENT: Final = (
    "resourceType",
    "id",
    "status",
    "start",
    "end",
    "minutesDuration",
    "comment",
    "description",
)
_USED_OF_PATIENT: Final = ("resourceType", "id", "birthDate")
_LONGEST_MIN: Final = 24 * 60


def read_fhir(text: str, file: str, zone: ZoneInfo, now: datetime) -> Parsed:
    """Every Appointment of the file. Raises `FileRefused` for what is no JSON or holds no Appointment."""
    tree = document(text, file)
    notices: list[Notice] = []
    aside: list[Quarantined] = [
        Quarantined(file, line, "JSON", "this line is no JSON; it may be cut off", raw)
        for line, raw in tree.broken
    ]
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
    used, loosely = _validated("Appointment", found.resource, _appointment_used(found.resource))
    status = words(used, "status")
    if status not in STATUSES:
        why = (
            "the person is on a waiting list and has no place yet"
            if status == "waitlist"
            else "unknown status"
        )
        raise NotUnderstood("status", why)
    intent = STATUSES[status]
    appointment = _identity(used)
    sent_at = _instant(found.sent_at)
    remark = "fields that are not used did not validate" if loosely else ""
    plan: Plan | None = None
    try:
        patient, loosely = _patient(tree, found, zone, now, _instant(words(used, "start")))
        remark = "fields that are not used did not validate" if loosely else remark
        plan = _plan(used, appointment, patient, zone)
    except NotUnderstood as problem:
        if intent in COMING:
            raise
        remark = f"{problem.field}: {problem.why}; only the appointment's id was used"
    sent_at = believable(sent_at, plan.start if plan else None, now)
    if plan is not None:
        plan = msgspec.structs.replace(plan, sent_at=sent_at)
    return Notice(intent, appointment, plan, file, found.line, raw, sent_at, remark)


def _validated(kind: str, resource: Json, used: Json) -> tuple[Json, bool]:
    """What is used of a resource that the model accepts, and whether the rest of it had to be left out."""
    from fhir.resources.R4B.appointment import Appointment as AppointmentModel
    from fhir.resources.R4B.patient import Patient as PatientModel

    model: Any = AppointmentModel if kind == "Appointment" else PatientModel
    try:
        model.model_validate(resource)
    except (ValueError, TypeError, OverflowError, RecursionError):
        try:
            model.model_validate(used)
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise NotUnderstood(_failing(error), f"this is not a valid FHIR R4 {kind}") from None
        return used, True
    return used, False


def _failing(error: Exception) -> str:
    """The field a model refused; never its words, which quote the value."""
    errors = getattr(error, "errors", None)
    found = errors(include_input=False, include_url=False) if callable(errors) else []
    parts = [str(part) for part in (found[0].get("loc", ()) if found else ())]
    return ".".join(part for part in parts if part.replace("_", "").isalnum())[:80] or "resource"


def _appointment_used(resource: Json) -> Json:
    kept: Json = {name: resource[name] for name in _USED_OF_APPOINTMENT if name in resource}
    kept["identifier"] = [
        _plain(i, ("value", "type", "system", "use")) for i in _list(resource, "identifier")
    ]
    kept["participant"] = [
        {"status": "accepted", "actor": _plain(p.get("actor") or {}, ("reference",))}
        for p in _list(resource, "participant")
        if isinstance(p.get("actor"), dict)
    ] or [{"status": "accepted"}]
    return {name: value for name, value in kept.items() if value != []}


def _patient_used(resource: Json) -> Json:
    kept: Json = {name: resource[name] for name in _USED_OF_PATIENT if name in resource}
    kept["name"] = [_plain(n, ("family", "given", "text", "use", "period")) for n in _list(resource, "name")]
    kept["identifier"] = [
        _plain(i, ("value", "type", "use", "period")) for i in _list(resource, "identifier")
    ]
    return {name: value for name, value in kept.items() if value != []}


def _plain(part: Any, names: tuple[str, ...]) -> Json:
    return {name: part[name] for name in names if name in part} if isinstance(part, dict) else {}


def _list(resource: Json, name: str) -> list[Json]:
    value = resource.get(name)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _identity(used: Json) -> Appointment:
    """Identifiers typed PLAC and FILL; else the first of the list; else the resource's id."""
    identifiers = _list(used, "identifier")
    placer = next((words(i, "value") for i in identifiers if "PLAC" in _codes(i)), "")
    filler = next((words(i, "value") for i in identifiers if "FILL" in _codes(i)), "")
    if not placer and not filler:
        placer = next((words(i, "value") for i in identifiers if words(i, "value")), "") or words(used, "id")
    if not placer and not filler:
        raise NotUnderstood("identifier", "the appointment has neither an identifier nor an id")
    return Appointment(placer=placer, filler=filler)


def _codes(identifier: Json) -> set[str]:
    kind = identifier.get("type")
    return (
        {words(coding, "code").upper() for coding in _list(kind, "coding")}
        if isinstance(kind, dict)
        else set()
    )


def _plan(used: Json, appointment: Appointment, patient: Patient, zone: ZoneInfo) -> Plan:
    start, end = _instant(words(used, "start")), _instant(words(used, "end"))
    if start is None:
        raise NotUnderstood("start", "the appointment has no start, or one without an offset from UTC")
    if end is not None:
        length = minutes_between(start, end, "end")
    else:
        stated = used.get("minutesDuration")
        length = stated if isinstance(stated, int) and 0 < stated <= _LONGEST_MIN else None
    return Plan(
        patient=patient,
        start=start,
        duration_min=length,
        appointment=appointment,
        source=SOURCE,
        note=words(used, "comment") or words(used, "description"),
    )


def _instant(text: str) -> datetime | None:
    """A FHIR instant in UTC. None for what is empty or has no offset; the model refuses other forms."""
    try:
        parsed = datetime.fromisoformat(text) if text else None
        return parsed.astimezone(UTC) if parsed and parsed.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _patient(
    tree: Tree, found: Found, zone: ZoneInfo, now: datetime, start: datetime | None
) -> tuple[Patient, bool]:
    resource = tree.patient_of(found)
    if resource is None:
        raise NotUnderstood("participant", "no Patient resource in the file belongs to this appointment")
    used, loosely = _validated("Patient", resource, _patient_used(resource))
    on = (start or now).astimezone(zone).date()
    name = _current(_list(used, "name"), on)
    if name is None:
        raise NotUnderstood("Patient.name", "the patient has no name")
    given = name.get("given")
    family = words(name, "family")
    born_text = words(used, "birthDate")
    born = date.fromisoformat(born_text) if len(born_text) == 10 else None
    return (
        Patient(
            family=family or words(name, "text"),
            given=clean_text(str(given[0])) if family and isinstance(given, list) and given else "",
            birth_date=check_birth_date(born, now.astimezone(zone).date(), "Patient.birthDate"),
            record_number=_record_number(_list(used, "identifier"), on),
        ),
        loosely,
    )


def _current(names: list[Json], on: date) -> Json | None:
    """The first name that is neither old nor expired on the day of the visit, else the first there is."""
    usable = [n for n in names if words(n, "family") or words(n, "text")]
    return min(
        usable,
        key=lambda n: (_expired(n, on), words(n, "use") in ("old", "maiden", "anonymous")),
        default=None,
    )


def _record_number(identifiers: list[Json], on: date) -> str:
    """The first medical record number (MR) not expired by the day of the visit, else the first id."""
    usable = [i for i in identifiers if words(i, "value")]
    best = min(
        usable, key=lambda i: (_expired(i, on), words(i, "use") == "old", "MR" not in _codes(i)), default=None
    )
    return words(best, "value") if best else ""


def _expired(part: Json, on: date) -> bool:
    period = part.get("period")
    end = words(period, "end")[:10] if isinstance(period, dict) else ""
    return bool(end) and end < on.isoformat()[: len(end)]


def _raw(tree: Tree, found: Found) -> str:
    """A bundle of this appointment and its patient alone, to be read again."""
    patient = tree.patient_of(found)
    bundle: Json = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": found.resource}]}
    if found.sent_at:
        bundle["timestamp"] = found.sent_at
    if patient is not None and not found.resource.get("contained"):
        bundle["entry"].append({"fullUrl": found.url_of(patient), "resource": patient})
    return msgspec.json.encode(bundle).decode("utf-8")[:RAW_LIMIT]
