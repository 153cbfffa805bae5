"""Real files of strangers: the HL7 message and the FHIR bundle of one appointment are one planned visit."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.intake.paper_room import NOW, ZONE, PaperRoom, actions
from tests.intake.samples import PAIRS, SHARED, needs_shared_data, read, real_fhir, real_hl7, reasons

from infusionroom.domain.events import Plan
from infusionroom.intake.notices import Notice
from infusionroom.intake.schedule import read_files

pytestmark = needs_shared_data


def only(*paths: object) -> Notice:
    parsed = read_files(paths, ZONE, NOW)  # type: ignore[arg-type]
    assert not parsed.quarantined
    (notice,) = parsed.notices
    return notice


def but_for_source(plan: Plan | None) -> Plan:
    assert plan is not None
    return msgspec.structs.replace(plan, source="")


@pytest.mark.parametrize("trigger", PAIRS)
def test_message_and_bundle_are_the_same_planned_visit(trigger: str) -> None:
    message, resource = only(real_hl7(trigger)), only(real_fhir(trigger))
    assert but_for_source(message.plan) == but_for_source(resource.plan)
    assert message.sent_at == resource.sent_at


@pytest.mark.parametrize("path", [real_hl7("S12"), real_fhir("S12")], ids=["hl7", "fhir"])
def test_what_the_first_appointment_says(path: object) -> None:
    plan = only(path).plan
    assert plan is not None
    assert plan.start == datetime(2021, 9, 24, 7, 15, tzinfo=UTC)
    assert plan.duration_min == 50
    assert plan.appointment is not None
    assert plan.appointment.key == "12345/36996"
    assert (plan.patient.family, plan.patient.given) == ("EVERYMAN", "ADAM")
    assert plan.patient.birth_date == date(1988, 8, 18)
    assert plan.patient.record_number == "PATID1234"
    assert plan.note == "Appointment booked for emergency procedure"


def test_the_message_that_is_dated_1989_is_not_taken_for_older_than_the_booking() -> None:
    room = PaperRoom()
    room.take(real_hl7("S12"))
    assert actions(room.take(real_hl7("S16"))) == ["cancelled"]
    assert room.the_visit().phase == "cancelled"


@pytest.mark.parametrize("kind", [real_hl7, real_fhir], ids=["hl7", "fhir"])
def test_one_life_message_by_message(kind: object) -> None:
    assert callable(kind)
    room = PaperRoom()
    phases = []
    for trigger in PAIRS:
        assert room.take(kind(trigger)).clean
        phases.append(str(room.the_visit().phase))
    assert phases == [
        "planned", "planned", "planned", "cancelled", "cancelled", "entered_in_error", "no_show",
    ]  # fmt: skip


def test_one_life_in_one_import_and_again() -> None:
    room = PaperRoom()
    files = [real_hl7(trigger) for trigger in PAIRS]
    assert actions(room.take(*files)) == [
        "new",
        "changed",
        "unchanged",
        "cancelled",
        "unchanged",
        "entered in error",
        "no-show",
    ]
    assert room.the_visit().phase == "no_show"
    entries = len(room.entries)
    assert set(actions(room.take(*files))) == {"unchanged"}
    assert set(actions(room.take(*[real_fhir(trigger) for trigger in PAIRS]))) == {"unchanged"}
    assert len(room.entries) == entries


def test_the_adt_message_with_the_name_of_an_siu_is_set_aside_as_what_it_is() -> None:
    parsed = read_files([SHARED / "hl7v2" / "SIU_12.hl7", real_hl7("S12")], ZONE, NOW)
    assert [n.intent for n in parsed.notices] == ["book"]
    (aside,) = parsed.quarantined
    assert (aside.line, aside.field) == (1, "MSH-9")
    assert "ADT^A60" in aside.why


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(4, 3500), glue=st.sampled_from([b"", b"\r", b"\n", b"\r\n", b"\x1c\r"]))
def test_a_message_cut_anywhere_harms_no_neighbour_and_never_becomes_another_visit(
    at: int, glue: bytes
) -> None:
    whole, cut = real_hl7("S14").read_bytes(), real_hl7("S12").read_bytes()[:at]
    parsed = read(whole + b"\r" + cut + glue + whole)
    first, *middle, last = parsed.notices
    assert first.plan == last.plan == only(real_hl7("S14")).plan
    assert [notice.plan for notice in middle] in ([], [only(real_hl7("S12")).plan])
    assert len(middle) + len(parsed.quarantined) == 1


def test_a_message_that_ends_in_its_patient_is_set_aside_with_line_and_field() -> None:
    text = real_hl7("S12").read_bytes()
    assert reasons(read(text[: text.index(b"^ADAM") + 3])) == [(5, "PID-5")]
