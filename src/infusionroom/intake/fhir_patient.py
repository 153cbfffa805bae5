"""Who a FHIR appointment is for: the Patient resource, or what the appointment itself says of the person."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from infusionroom.domain.events import Patient
from infusionroom.intake.clean import clean_text
from infusionroom.intake.fhir_tree import Found, Json, Tree, codes, parts, patient_actors, words
from infusionroom.intake.fhir_valid import validated
from infusionroom.intake.localtime import check_birth_date
from infusionroom.intake.notices import NotUnderstood

_USED: Final = ("resourceType", "id", "birthDate")
_NOT_THE_NAME: Final = ("old", "maiden", "anonymous", "nickname")
# As in HL7 table 0203: a medical record number first, what only the state or a bank knows a person by last.
_NUMBER_ORDER: Final = {
    **dict.fromkeys(("MR", "MRN"), 0),
    **dict.fromkeys(("PI", "PT"), 1),
    **dict.fromkeys(("BC", "CC", "CY", "DL", "PPN", "SB", "SS", "TAX"), 3),
}
_OTHER: Final = 2


def patient_of(tree: Tree, found: Found, on: date, today: date) -> tuple[Patient, str]:
    """The person as of the day of the visit (`on`), and what was read loosely. Raises `NotUnderstood`."""
    resources = tree.patients_of(found)
    if len(resources) > 1:
        why = "the appointment names several patients; one appointment must be one person"
        raise NotUnderstood("participant", why)
    if resources:
        return _from_resource(resources[0][1], on, today)
    shown = [person for person in map(_as_shown, patient_actors(found.resource)) if person is not None]
    if len(shown) != 1:
        raise NotUnderstood("participant", "no Patient resource in the file belongs to this appointment")
    return shown[0], "no Patient resource in the file; the name is the one that the appointment displays"


def _from_resource(resource: Json, on: date, today: date) -> tuple[Patient, str]:
    used, remark = validated("Patient", resource, _used(resource))
    name = _current(parts(used, "name"), on)
    if name is None:
        raise NotUnderstood("Patient.name", "the patient has no name")
    given = name.get("given")
    family, first = words(name, "family"), given[0] if isinstance(given, list) and given else ""
    if not family:
        family, first = _split(words(name, "text"))
    born_text = words(used, "birthDate")
    born = date.fromisoformat(born_text) if len(born_text) == 10 else None
    patient = Patient(
        family=family,
        given=clean_text(str(first)),
        birth_date=check_birth_date(born, today, "Patient.birthDate"),
        record_number=_record_number(parts(used, "identifier"), on),
    )
    return patient, remark


def _used(resource: Json) -> Json:
    kept: Json = {name: resource[name] for name in _USED if name in resource}
    kept["name"] = [
        _one_family(plain(n, ("family", "given", "text", "use", "period"))) for n in parts(resource, "name")
    ]
    kept["identifier"] = [plain(i, ("value", "type", "use", "period")) for i in parts(resource, "identifier")]
    return {name: value for name, value in kept.items() if value != []}


def _one_family(name: Json) -> Json:
    """The name with one family name: in FHIR before STU3 it was a list."""
    family = name.get("family")
    if isinstance(family, list):
        return name | {"family": " ".join(part for part in family if isinstance(part, str))}
    return name


def plain(part: Any, names: tuple[str, ...]) -> Json:
    """Those fields of an object alone."""
    return {name: part[name] for name in names if name in part} if isinstance(part, dict) else {}


def _as_shown(actor: Json) -> Patient | None:
    """The person from a reference that only displays a name, with the identifier it may carry."""
    family, given = _split(words(actor, "display"))
    identifier = actor.get("identifier")
    number = words(identifier, "value") if isinstance(identifier, dict) else ""
    return Patient(family=family, given=given, record_number=number) if family else None


def _split(text: str) -> tuple[str, str]:
    """`Smart, Barney` → family and given; any other text is kept whole, since its order is not known."""
    family, comma, given = text.partition(",")
    return (family.strip(), given.strip()) if comma and family.strip() else (text, "")


def _current(names: list[Json], on: date) -> Json | None:
    """The name on the day of the visit: no old or other name, a whole one before half of one, then the official."""
    usable = [n for n in names if words(n, "family") or words(n, "text")]
    return min(
        usable,
        key=lambda n: (
            _expired(n, on),
            words(n, "use") in _NOT_THE_NAME,
            not words(n, "text") and not n.get("given"),
            words(n, "use") != "official",
        ),
        default=None,
    )


def _record_number(identifiers: list[Json], on: date) -> str:
    """The first medical record number not expired by the day of the visit, else the first id."""
    usable = [i for i in identifiers if words(i, "value")]
    best = min(
        usable,
        key=lambda i: (
            _expired(i, on),
            words(i, "use") == "old",
            min((_NUMBER_ORDER.get(code, _OTHER) for code in codes(i)), default=_OTHER),
        ),
        default=None,
    )
    return words(best, "value") if best else ""


def _expired(part: Json, on: date) -> bool:
    period = part.get("period")
    end = words(period, "end")[:10] if isinstance(period, dict) else ""
    return bool(end) and end < on.isoformat()[: len(end)]
