"""The resources of a FHIR file: which are appointments, where they stand, and whose patient is whose."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from infusionroom.intake.clean import clean_text
from infusionroom.intake.notices import RAW_LIMIT, FileRefused, Quarantined, refuse_noise

Json = dict[str, Any]

# A file cut off inside `true` or a number is malformed rather than truncated to a parser.
_LAST_WORD: Final = re.compile(rb"[\w.+-]{0,20}\s*")
_LINES_BEFORE_ANY: Final = 100
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
    url: str = ""

    @property
    def id_by_address(self) -> str:
        """The last part of the entry's address: senders leave out the id of what they have only just made."""
        return clean_text(re.split(r"[/:]", self.url.split("/_history/")[0])[-1], 200)


class Tree(msgspec.Struct):
    """What a file holds; `loose` are the patients outside any bundle, `broken` the lines of NDJSON that are none.

    `all_patients` are those of its bundles too, `elsewhere` those of the files imported together with it.
    """

    appointments: list[Found] = []
    loose: dict[str, Json] = {}
    all_patients: dict[str, Json] = {}
    elsewhere: dict[str, Json] = {}
    kinds: set[str] = set()
    broken: list[Quarantined] = []

    def patients_of(self, found: Found) -> list[tuple[str, Json]]:
        """The different Patients that the appointment is for, each with the reference that led to it."""
        known: list[tuple[str, Json]] = []
        for actor in actors(found.resource):
            reference = words(actor, "reference")
            resource = self._patient(found, actor, reference)
            if resource is not None and all(resource != other for _, other in known):
                known.append((reference, resource))
        return known

    def _patient(self, found: Found, actor: Json, reference: str) -> Json | None:
        """The Patient an actor refers to: contained, by its entry's address, as `Patient/id`, or by identifier."""
        if reference.startswith("#"):
            contained = parts(found.resource, "contained")
            return next(
                (p for p in contained if _kind(p) == "Patient" and p.get("id") == reference[1:]), None
            )
        identifier = actor.get("identifier")
        names = [reference, _relative(reference), _by_identifier(identifier)]
        for patients in (found.patients, self.loose, self.elsewhere):
            for name in names:
                if name and name in patients:
                    return patients[name]
        return None


def actors(appointment: Json) -> list[Json]:
    """Who takes part in an appointment, and R5's `subject`, as references."""
    found = [participant.get("actor") for participant in parts(appointment, "participant")]
    return [actor for actor in (*found, appointment.get("subject")) if isinstance(actor, dict)]


def patient_actors(appointment: Json) -> list[Json]:
    """The actors that are said to be patients: by the reference, its type, or the kind of participation."""
    said: list[Json] = []
    for participant in (*parts(appointment, "participant"), {"actor": appointment.get("subject")}):
        actor = participant.get("actor")
        if not isinstance(actor, dict):
            continue
        kinds = {words(kind, "text") for kind in parts(participant, "type")}
        is_patient = (
            _relative(words(actor, "reference")).startswith("Patient/")
            or words(actor, "type") == "Patient"
            or (not actor.get("reference") and "Patient" in kinds)
        )
        if is_patient and actor not in said:
            said.append(actor)
    return said


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
        if not _collect_ndjson(tree, text, file):
            at = re.search(r"byte (\d+)", str(error))
            data = text.encode("utf-8")
            byte = int(at[1]) if at else len(data)
            line = data.count(b"\n", 0, byte) + 1
            ends = "truncated" in str(error) or bool(_LAST_WORD.fullmatch(data, byte))
            why = "the JSON ends too early; the file is cut off" if ends else "this is not valid JSON"
            raise FileRefused(file, why, line=line) from None
    return tree


def words(resource: Json, name: str) -> str:
    """The clean text of a string field; empty for anything else."""
    value = resource.get(name)
    return clean_text(value) if isinstance(value, str) else ""


def parts(resource: Json, name: str) -> list[Json]:
    """The objects in a list field; empty for anything else."""
    value = resource.get(name)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def codes(part: Json) -> set[str]:
    """The codes of its `type`, in capitals."""
    kind = part.get("type")
    return (
        {words(coding, "code").upper() for coding in parts(kind, "coding")}
        if isinstance(kind, dict)
        else set()
    )


def _collect_ndjson(tree: Tree, text: str, file: str) -> bool:
    """Reads one resource a line. False where no line is one: then it is a broken JSON file instead."""
    found = False
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError):
            why = "this line is no JSON; it may be cut off"
            tree.broken.append(Quarantined(file, number, "JSON", why, line[:RAW_LIMIT]))
            if found:
                refuse_noise(file, tree.broken)
            elif len(tree.broken) > _LINES_BEFORE_ANY:
                break
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
        tree.appointments.append(
            Found(
                place,
                line,
                resource,
                patients,
                sent_at or _last_updated(resource),
                url if isinstance(url, str) else "",
            )
        )
    elif kind == "Patient":
        identifiers = map(_by_identifier, parts(resource, "identifier"))
        number = resource.get("id")
        for name in (url, f"Patient/{number}" if isinstance(number, str) else "", *identifiers):
            if isinstance(name, str) and name:
                patients.setdefault(name, resource)
                tree.all_patients.setdefault(name, resource)


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


def _by_identifier(identifier: Any) -> str:
    """A name for whoever has this identifier, told apart from addresses; empty where it has no value."""
    value = words(identifier, "value") if isinstance(identifier, dict) else ""
    return f"{words(identifier, 'system')}|{value}" if value else ""
