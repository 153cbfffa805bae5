"""Whom a FHIR appointment is for, and where: bundles, single resources, several files, other releases."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.intake.paper_room import NOW, ZONE, PaperRoom, actions
from tests.intake.samples import appointment, bundle, patient, read

from infusionroom.domain.events import Patient, Plan
from infusionroom.intake.notices import FileRefused, Notice
from infusionroom.intake.schedule import read_files


def only(content: str) -> Notice:
    parsed = read(content)
    assert not parsed.quarantined, [entry.sentence for entry in parsed.quarantined]
    (notice,) = parsed.notices
    return notice


def plan_of(content: str) -> Plan:
    plan = only(content).plan
    assert plan is not None
    return plan


def why_not(content: str) -> tuple[str, str]:
    (aside,) = read(content).quarantined
    return aside.field.partition(".")[2], aside.why


def taking_part(*actors: dict[str, Any], **more: Any) -> dict[str, Any]:
    return appointment(participant=[{"actor": actor, "status": "accepted"} for actor in actors], **more)


DOCTOR = {"reference": "Practitioner/d1", "display": "Okafor, Ada"}
ROOM = {"display": "Infusion room, second floor"}


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("Marlowe, Rosa I", Patient(family="Marlowe", given="Rosa I")),
        ("Rosa Marlowe", Patient(family="Rosa Marlowe")),
        ("[/oops]\u202e, X", Patient(family="[/oops]", given="X")),
    ],
)
def test_a_patient_who_is_not_in_the_file_but_displayed(shown: str, found: Patient) -> None:
    notice = only(bundle(taking_part(DOCTOR, {"reference": "Patient/p9", "display": shown}, ROOM)))
    assert notice.plan is not None
    assert notice.plan.patient == found
    assert "displays" in notice.remark


@pytest.mark.parametrize(
    "actor",
    [
        {"display": "Marlowe, Rosa", "type": "Patient", "identifier": {"system": "urn:n", "value": "R-77"}},
        {
            "display": "Marlowe, Rosa",
            "reference": "https://n/fhir/Patient/4",
            "identifier": {"value": "R-77"},
        },
    ],
)
def test_a_displayed_patient_with_an_identifier(actor: dict[str, Any]) -> None:
    assert plan_of(bundle(taking_part(DOCTOR, actor))).patient.record_number == "R-77"


def test_a_displayed_patient_by_the_kind_of_participation() -> None:
    booked = appointment(
        participant=[
            {"actor": DOCTOR, "status": "accepted"},
            {"actor": {"display": "Marlowe, Rosa"}, "type": [{"text": "Patient"}], "status": "accepted"},
        ]
    )
    assert plan_of(bundle(booked)).patient.family == "Marlowe"


@pytest.mark.parametrize(
    "actors", [[DOCTOR, ROOM], [{"reference": "Patient/p9"}], [{"reference": "urn:uuid:9"}]]
)
def test_an_appointment_for_nobody_known_is_set_aside(actors: list[dict[str, Any]]) -> None:
    field, why = why_not(bundle(patient(), taking_part(*actors)))
    assert field == "participant"
    assert "no Patient resource" in why


def test_a_patient_found_by_identifier() -> None:
    person = patient(identifier=[{"system": "urn:n", "value": "R-77"}, {"system": "urn:other", "value": "5"}])
    for number in ({"system": "urn:n", "value": "R-77"}, {"system": "urn:other", "value": "5"}):
        assert (
            plan_of(bundle(person, taking_part({"type": "Patient", "identifier": number}))).patient.given
            == "Rosa"
        )


def test_several_patients_in_one_appointment_are_set_aside() -> None:
    group = taking_part({"reference": "Patient/p1"}, {"reference": "Patient/p2"})
    field, why = why_not(bundle(patient(), patient(id="p2", name=[{"family": "Okafor"}]), group))
    assert field == "participant"
    assert "several patients" in why
    twice = taking_part({"reference": "Patient/p1"}, {"reference": "http://n/fhir/Patient/p1"})
    assert plan_of(bundle(patient(), twice)).patient.family == "Marlowe"


@pytest.mark.parametrize(
    "kind", ["searchset", "transaction", "batch-response", "message", "history", "document"]
)
def test_bundles_of_any_type_with_entries_of_any_kind(kind: str) -> None:
    entries = [
        {"resource": {"resourceType": "OperationOutcome", "issue": []}, "search": {"mode": "outcome"}},
        {"fullUrl": "https://n/fhir/Patient/p1", "resource": patient(), "search": {"mode": "include"}},
        {
            "fullUrl": "https://n/fhir/Appointment/appt-1",
            "resource": appointment(),
            "response": {"status": "200"},
        },
        {"request": {"method": "DELETE", "url": "Slot/1"}},
    ]
    text = json.dumps({"resourceType": "Bundle", "type": kind, "link": [], "entry": entries})
    assert plan_of(text).patient.family == "Marlowe"


def made_now(address: str | None) -> str:
    booked = taking_part({"reference": "urn:uuid:5b0c"}, identifier=None, id=None)
    entry = {"resource": booked} if address is None else {"fullUrl": address, "resource": booked}
    person = {"fullUrl": "urn:uuid:5b0c", "resource": patient(id=None)}
    return json.dumps({"resourceType": "Bundle", "type": "message", "entry": [entry, person]})


@pytest.mark.parametrize(
    ("address", "key"), [("urn:uuid:77aa-1", "77aa-1/"), ("https://n/fhir/Appointment/88/_history/2", "88/")]
)
def test_an_appointment_known_by_the_address_of_its_entry_alone(address: str, key: str) -> None:
    notice = only(made_now(address))
    assert notice.appointment.key == key
    assert only(notice.raw).plan == notice.plan
    assert why_not(made_now(None))[0] == "identifier"


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (
            [{"use": "nickname", "given": ["Rosie"]}, {"use": "usual", "family": "M", "given": ["R"]}],
            ("M", "R"),
        ),
        (
            [
                {"use": "usual", "family": "Quist", "given": ["Rosie"]},
                {"use": "official", "family": "Marlowe", "given": ["Rosa", "Ines"]},
            ],
            ("Marlowe", "Rosa"),
        ),
        ([{"use": "old", "family": "Quist"}, {"family": "Marlowe"}], ("Marlowe", "")),
        ([{"text": "Marlowe, Rosa"}], ("Marlowe", "Rosa")),
        ([{"text": "Rosa Marlowe"}], ("Rosa Marlowe", "")),
        ([{"family": ["van", "Marlowe"], "given": ["Rosa"]}], ("van Marlowe", "Rosa")),
    ],
)
def test_which_name(names: list[dict[str, Any]], found: tuple[str, str]) -> None:
    person = plan_of(bundle(patient(name=names), appointment())).patient
    assert (person.family, person.given) == found


@pytest.mark.parametrize(
    ("born", "found"), [("1980-02-29", date(1980, 2, 29)), ("1980-02", None), ("1980", None), (None, None)]
)
def test_half_a_birth_date_is_none(born: str | None, found: date | None) -> None:
    assert (
        plan_of(bundle(patient(birthDate=born, deceasedBoolean=False), appointment())).patient.birth_date
        == found
    )


def test_which_number() -> None:
    def kind(code: str) -> dict[str, Any]:
        return {"coding": [{"code": code}]}

    person = patient(
        identifier=[
            {"type": kind("SS"), "value": "123"},
            {"value": "plain"},
            {"type": kind("PI"), "value": "P-2"},
            {"type": kind("MRN"), "value": "R-9"},
        ]
    )
    assert plan_of(bundle(person, appointment())).patient.record_number == "R-9"


@pytest.mark.parametrize(
    ("status", "changes", "says"),
    [
        ("waitlist", {"start": None, "end": None}, "waiting list"),
        (
            "proposed",
            {"start": None, "end": None, "requestedPeriod": [{"start": "2026-11-23", "end": "2026-11-30"}]},
            "only a period is asked for",
        ),
        ("booked", {"start": None, "end": None}, "has no start"),
        ("booked", {"start": "2026-11-23T19:30:00Z", "end": "2026-11-23T18:30:00Z"}, "ends before it starts"),
    ],
)
def test_what_has_no_place_on_a_day_is_set_aside(status: str, changes: dict[str, Any], says: str) -> None:
    assert says in why_not(bundle(patient(), appointment(status=status, **changes)))[1]


def test_a_later_release_says_subject_and_note() -> None:
    booked = taking_part(
        DOCTOR, subject={"reference": "Patient/p1"}, note=[{"text": "bring"}, {"text": "a blanket"}]
    )
    plan = plan_of(bundle(patient(), booked))
    assert (plan.patient.family, plan.note) == ("Marlowe", "bring a blanket")


def write(folder: Path, **files: str) -> list[Path]:
    paths = []
    for name, text in files.items():
        path = folder / f"{name}.json"
        path.write_text(text)
        paths.append(path)
    return paths


@pytest.mark.parametrize("order", [1, -1])
def test_patients_and_appointments_in_files_of_their_own(tmp_path: Path, order: int) -> None:
    paths = write(
        tmp_path,
        visits=json.dumps(appointment()) + "\n" + json.dumps(appointment(id="2", identifier=None)),
        people=json.dumps(patient()),
    )
    parsed = read_files(paths[::order], ZONE, NOW)
    assert not parsed.quarantined
    assert [n.plan.patient.family for n in parsed.notices if n.plan] == ["Marlowe", "Marlowe"]
    room = PaperRoom()
    assert actions(room.take(*paths[::order])) == ["new", "new"]


def test_a_bundle_never_looks_for_its_patient_in_another_bundle_with_appointments(tmp_path: Path) -> None:
    paths = write(
        tmp_path, one=bundle(patient(), appointment()), two=bundle(appointment(id="2", identifier=None))
    )
    parsed = read_files(paths, ZONE, NOW)
    assert [n.file for n in parsed.notices] == ["one.json"]
    assert [entry.file for entry in parsed.quarantined] == ["two.json"]


def test_patients_without_any_appointment_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="no FHIR Appointment"):
        read_files(write(tmp_path, people=bundle(patient()), more=json.dumps(patient())), ZONE, NOW)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            '<?xml version="1.0"?>\n<Bundle xmlns="http://hl7.org/fhir"><type value="x"/></Bundle>',
            "FHIR as XML",
        ),
        ('<SIU_S12 xmlns="urn:hl7-org:v2xml"/>', "HL7 v2 as XML"),
        ('<ClinicalDocument xmlns="urn:hl7-org:v3"/>', "CDA"),
        ("<html></html>", "XML or HTML"),
    ],
)
def test_other_forms_are_named(text: str, says: str) -> None:
    with pytest.raises(FileRefused, match=says):
        read(text)


def test_a_person_first_only_displayed_is_filled_in_when_the_resource_comes(tmp_path: Path) -> None:
    shown = taking_part({"reference": "Patient/p1", "display": "Rosa Marlowe"})
    first, second = write(tmp_path, first=bundle(shown), second=bundle(patient(), appointment()))
    room = PaperRoom()
    assert actions(room.take(first)) == ["new"]
    assert actions(room.take(second)) == ["changed"]
    assert room.the_visit().plan.patient == Patient(
        family="Marlowe", given="Rosa", birth_date=date(1980, 2, 29), record_number="R-77"
    )
    assert actions(room.take(second)) == ["unchanged"]
