"""FHIR R4 appointments as different senders write them."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from tests.intake.samples import appointment, bundle, patient, read, reasons, siu

from infusionroom.domain.events import Plan
from infusionroom.intake.notices import FileRefused


def plan_of(content: str) -> Plan:
    parsed = read(content)
    assert not parsed.quarantined, [entry.sentence for entry in parsed.quarantined]
    (notice,) = parsed.notices
    assert notice.plan is not None
    return notice.plan


def test_bundle_and_message_of_one_appointment_are_one_plan() -> None:
    message = read(siu()).notices[0].plan
    assert message is not None
    assert msgspec.structs.replace(message, source="FHIR R4") == plan_of(bundle(patient(), appointment()))


@pytest.mark.parametrize(
    ("status", "intent"),
    [
        ("proposed", "book"),
        ("pending", "book"),
        ("booked", "book"),
        ("arrived", "book"),
        ("checked-in", "book"),
        ("cancelled", "cancel"),
        ("noshow", "no_show"),
        ("entered-in-error", "delete"),
        ("fulfilled", "fulfilled"),
    ],
)
def test_what_each_status_wants(status: str, intent: str) -> None:
    assert [n.intent for n in read(bundle(patient(), appointment(status=status))).notices] == [intent]


@pytest.mark.parametrize("status", ["waitlist", "someday"])
def test_a_status_without_a_place_is_set_aside(status: str) -> None:
    parsed = read(bundle(patient(), appointment(status=status)))
    assert [entry.field for entry in parsed.quarantined] == ["entry[1].status"]
    assert parsed.notices == ()


@pytest.mark.parametrize(
    "reference",
    ["Patient/p1", "http://north.example/fhir/Patient/p1", "Patient/p1/_history/4", "urn:uuid:p1"],
)
def test_ways_to_refer_to_the_patient(reference: str) -> None:
    booked = appointment(participant=[{"actor": {"reference": reference}, "status": "accepted"}])
    assert plan_of(bundle(booked, patient())).patient.family == "Marlowe"


def test_a_patient_known_by_the_address_of_its_entry_alone() -> None:
    booked = appointment(participant=[{"actor": {"reference": "urn:uuid:77"}, "status": "accepted"}])
    nameless = patient(id=None)
    text = json.dumps(
        {
            "resourceType": "Bundle",
            "type": "message",
            "entry": [{"fullUrl": "urn:uuid:77", "resource": nameless}, {"resource": booked}],
        }
    )
    assert plan_of(text).patient.family == "Marlowe"


def test_a_single_appointment_that_contains_its_patient() -> None:
    single = appointment(
        contained=[patient()], participant=[{"actor": {"reference": "#p1"}, "status": "accepted"}]
    )
    assert plan_of(json.dumps(single)).patient.record_number == "R-77"


def test_one_resource_a_line() -> None:
    lines = [
        json.dumps(patient()),
        json.dumps(appointment()),
        "{broken",
        json.dumps(appointment(identifier=None)),
    ]
    parsed = read("\n".join(lines) + "\n")
    assert [(n.line, n.appointment.key) for n in parsed.notices] == [(2, "A-17/F-17"), (4, "appt-1/")]
    assert reasons(parsed) == [(3, "JSON")]


def test_identifiers_without_a_type_count_in_their_order() -> None:
    booked = appointment(identifier=[{"value": "X-1"}, {"value": "X-2"}])
    assert plan_of(bundle(patient(), booked)).appointment.key == "X-1/"  # type: ignore[union-attr]


def test_the_stated_minutes_count_only_without_an_end() -> None:
    assert plan_of(bundle(patient(), appointment(minutesDuration=1))).duration_min == 240
    assert plan_of(bundle(patient(), appointment(minutesDuration=90, end=None))).duration_min == 90


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start": None}, "start"),
        ({"start": "2026-11-23T14:30:00"}, "start"),
        ({"start": 5}, "start"),
        ({"end": "2026-11-23T10:00:00Z"}, "end"),
        ({"participant": [{"actor": {"reference": "Patient/p2"}, "status": "accepted"}]}, "participant"),
        ({"identifier": None, "id": None}, "identifier"),
    ],
)
def test_an_appointment_that_is_not_understood_loses_no_other(changes: dict[str, Any], field: str) -> None:
    parsed = read(bundle(patient(), appointment(**changes), appointment(id="other")))
    assert [entry.field.partition(".")[2] for entry in parsed.quarantined] == [field]
    assert len(parsed.notices) == 1
    text = bundle(patient(), appointment(**changes), appointment(id="other")).split("\n")
    assert '"Appointment"' in text[parsed.quarantined[0].line - 1]


@pytest.mark.parametrize("born", ["2026-11-24", "1899-12-31", "1980-02-30", "about 1980"])
def test_an_impossible_birth_date_is_set_aside(born: str) -> None:
    (aside,) = read(bundle(patient(birthDate=born), appointment())).quarantined
    assert "irthDate" in aside.field
    assert born not in aside.sentence


def test_a_year_alone_is_no_birth_date() -> None:
    assert plan_of(bundle(patient(birthDate="1980"), appointment())).patient.birth_date is None


def test_a_field_that_nobody_needs_here_does_not_lose_the_visit() -> None:
    parsed = read(bundle(patient(favouriteColour="blue", photo=7), appointment(mood="good")))
    assert parsed.notices[0].plan is not None
    assert parsed.notices[0].remark == "fields that are not used did not validate"


def record_number(value: str, **more: Any) -> dict[str, Any]:
    return {"type": {"coding": [{"code": "MR"}]}, "value": value, **more}


def test_names_and_numbers_that_have_expired_come_last() -> None:
    old = {"period": {"end": "2001-05"}}
    person = patient(
        name=[{"family": "Before", **old}, {"family": "Maiden", "use": "maiden"}, {"family": "Now"}],
        identifier=[{"value": "SS-1"}, record_number("R-1", **old), record_number("R-2")],
    )
    found = plan_of(bundle(person, appointment())).patient
    assert (found.family, found.record_number) == ("Now", "R-2")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (bundle(patient()), "there is no FHIR Appointment in this file; it holds Patient"),
        (bundle(patient(), appointment())[:400], "the file is cut off"),
        ("[" * 100_000, "the file is cut off"),
        ('{"resourceType": "Bundle",\n "entry": [}\n}\n', "line 2: this is not valid JSON"),
        ("{}", "no FHIR Appointment"),
    ],
)
def test_a_file_that_is_not_understandable_as_a_whole_is_refused(content: str, says: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(content)
    assert says in str(refused.value)


def test_what_is_set_aside_can_be_read_again_alone() -> None:
    parsed = read(bundle(patient(birthDate="2027-01-01"), appointment(), appointment(start=None)))
    assert len(parsed.quarantined) == 2
    for entry in parsed.quarantined:
        assert [again.field.split(".")[-1] for again in read(entry.raw).quarantined] == [
            entry.field.split(".")[-1]
        ]


def test_bundles_a_line_keep_their_own_patients_and_their_own_time_of_sending() -> None:
    lines = [
        json.dumps(json.loads(bundle(patient(name=[{"family": family}]), appointment(), timestamp=stamp)))
        for family, stamp in (("Marlowe", "2026-11-20T14:00:00Z"), ("Okafor", "2026-11-21T14:00:00Z"))
    ]
    first, second = read("\n".join(lines)).notices
    assert first.plan is not None
    assert second.plan is not None
    assert (first.plan.patient.family, second.plan.patient.family) == ("Marlowe", "Okafor")
    assert first.sent_at is not None
    assert second.sent_at is not None
    assert first.sent_at < second.sent_at
    assert second.line == 2
