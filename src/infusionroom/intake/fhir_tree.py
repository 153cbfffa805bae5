"""The resources of a FHIR file: which are appointments, where they stand, and whose patient is whose."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from infusionroom.intake.clean import clean_text
from infusionroom.intake.notices import RAW_LIMIT, FileRefused

Json = dict[str, Any]

_APPOINTMENT: Final = re.compile(r'"resourceType"\s*:\s*"Appointment"')


class Found(msgspec.Struct):
    """An Appointment: where it stands, and the patients and the time of sending of the bundle around it.

    Ids are only unique within their bundle, so one bundle's patients are never looked up for another.
    """

    place: str
    line: int
    resource: Json
    patients: dict[str, Json]
    sent_at: str

    def url_of(self, patient: Json) -> str:
        """An address under which this patient was found, so that a copy can be found again."""
        return next((url for url, resource in self.patients.items() if resource is patient), "")


class Tree(msgspec.Struct):
    """What a file holds; `loose` are the patients outside any bundle, `broken` NDJSON lines as (line, text)."""

    appointments: list[Found] = []
    loose: dict[str, Json] = {}
    kinds: set[str] = set()
    broken: list[tuple[int, str]] = []

    def patient_of(self, found: Found) -> Json | None:
        """The Patient among the participants: contained, by the entry's fullUrl, or as `Patient/id`."""
        participants = found.resource.get("participant")
        contained = found.resource.get("contained")
        for participant in participants if isinstance(participants, list) else []:
            actor = participant.get("actor") if isinstance(participant, dict) else None
            reference = actor.get("reference") if isinstance(actor, dict) else None
            if not isinstance(reference, str):
                continue
            if reference.startswith("#"):
                for resource in contained if isinstance(contained, list) else []:
                    if _kind(resource) == "Patient" and resource.get("id") == reference[1:]:
                        return dict(resource)
            for patients in (found.patients, self.loose):
                known = patients.get(reference) or patients.get(_relative(reference))
                if known is not None:
                    return known
        return None


def document(text: str, file: str) -> Tree:
    """The resources of a Bundle, a single resource, or NDJSON. Raises `FileRefused` for what is no JSON."""
    tree = Tree()
    lines_of_appointments: list[int] = []
    line, counted = 1, 0
    for match in _APPOINTMENT.finditer(text):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        lines_of_appointments.append(line)
    try:
        _collect(tree, msgspec.json.decode(text), "", lines_of_appointments)
    except (msgspec.DecodeError, RecursionError) as error:
        lines = text.splitlines()
        if not _collect_ndjson(tree, text):
            at = re.search(r"byte (\d+)", str(error))
            byte = int(at[1]) if at else len(text.encode("utf-8"))
            line = text.encode("utf-8").count(b"\n", 0, byte) + 1
            ends = "truncated" in str(error) or line >= len(lines)
            why = "the JSON ends too early; the file is cut off" if ends else "this is not valid JSON"
            raise FileRefused(file, why, line=line) from None
    return tree


def words(resource: Json, name: str) -> str:
    """The clean text of a string field; empty for anything else."""
    value = resource.get(name)
    return clean_text(value) if isinstance(value, str) else ""


def _collect_ndjson(tree: Tree, text: str) -> bool:
    """Reads one resource a line. False where no line is one: then it is a broken JSON file instead."""
    found = False
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError):
            tree.broken.append((number, line[:RAW_LIMIT]))
            continue
        if _kind(value):
            found = True
            _collect(tree, value, f"line{number}", [number] * line.count('"resourceType"'))
    return found


def _collect(tree: Tree, value: Any, place: str, lines: list[int]) -> None:
    if isinstance(value, list):
        for index, part in enumerate(value):
            _collect(tree, part, f"[{index}]", lines)
    elif _kind(value) == "Bundle":
        stamp = value.get("timestamp")
        sent_at = stamp if isinstance(stamp, str) else ""
        patients: dict[str, Json] = {}
        entries = value.get("entry")
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            resource = entry.get("resource") if isinstance(entry, dict) else None
            where = f"{place}.entry[{index}]".lstrip(".")
            if _kind(resource) == "Bundle":
                _collect(tree, resource, where, lines)
            elif isinstance(resource, dict):
                _keep(tree, resource, entry.get("fullUrl"), where, lines, patients, sent_at)
    elif _kind(value):
        _keep(tree, value, None, place or "resource", lines, tree.loose, "")


def _keep(
    tree: Tree,
    resource: Json,
    url: Any,
    place: str,
    lines: list[int],
    patients: dict[str, Json],
    sent_at: str,
) -> None:
    kind = _kind(resource)
    tree.kinds.add(kind)
    if kind == "Appointment":
        line = lines.pop(0) if lines else 1
        tree.appointments.append(Found(place, line, resource, patients, sent_at or _last_updated(resource)))
    elif kind == "Patient":
        if isinstance(url, str) and url:
            patients.setdefault(url, resource)
        if isinstance(resource.get("id"), str):
            patients.setdefault(f"Patient/{resource['id']}", resource)


def _last_updated(resource: Json) -> str:
    meta = resource.get("meta")
    stamp = meta.get("lastUpdated") if isinstance(meta, dict) else None
    return stamp if isinstance(stamp, str) else ""


def _kind(value: Any) -> str:
    kind = value.get("resourceType") if isinstance(value, dict) else None
    return kind if isinstance(kind, str) else ""


def _relative(reference: str) -> str:
    """`http://server/fhir/Patient/7/_history/2` and `urn:uuid:7` → `Patient/7`."""
    bare = reference.split("/_history/")[0]
    if bare.startswith("urn:uuid:"):
        return "Patient/" + bare.removeprefix("urn:uuid:")
    return "/".join(bare.split("/")[-2:])
