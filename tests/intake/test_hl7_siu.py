"""HL7 v2 SIU messages as different senders write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.intake.samples import read, reasons, siu

from infusionroom.domain.events import Plan

HALF_PAST_TWO = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)


def plan_of(content: str | bytes) -> Plan:
    parsed = read(content)
    assert not parsed.quarantined, [entry.sentence for entry in parsed.quarantined]
    (notice,) = parsed.notices
    assert notice.plan is not None
    return notice.plan


def test_a_booking() -> None:
    plan = plan_of(siu())
    assert plan.start == HALF_PAST_TWO
    assert plan.duration_min == 240
    assert plan.appointment is not None
    assert plan.appointment.key == "A-17/F-17"
    assert (plan.patient.family, plan.patient.given, plan.patient.record_number) == (
        "Marlowe",
        "Rosa",
        "R-77",
    )
    assert plan.patient.birth_date == date(1980, 2, 29)
    assert plan.sent_at == datetime(2026, 11, 20, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("trigger", "intent"),
    [
        ("S12", "book"),
        ("S13", "reschedule"),
        ("S14", "modify"),
        ("S15", "cancel"),
        ("S16", "discontinue"),
        ("S17", "delete"),
        ("S26", "no_show"),
    ],
)
def test_what_each_message_wants(trigger: str, intent: str) -> None:
    assert [n.intent for n in read(siu(trigger)).notices] == [intent]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_many_messages_in_one_file_with_any_line_end(end: str) -> None:
    parsed = read("".join(siu(ids=f"A-{n}|F-{n}", end=end) for n in range(5)))
    assert [n.appointment.placer for n in parsed.notices] == [f"A-{n}" for n in range(5)]
    assert [n.line for n in parsed.notices] == [1, 6, 11, 16, 21]


def test_framing_and_batch_envelopes_are_taken_off() -> None:
    framed = "".join(f"\x0b{siu(ids=f'A-{n}|')}\x1c\r" for n in range(2))
    assert len(read(framed).notices) == 2
    batch = f"FHS|^~\\&|X\rBHS|^~\\&|X\r{siu()}{siu(ids='B|')}BTS|2\rFTS|1\r"
    parsed = read(batch)
    assert len(parsed.notices) == 2
    assert parsed.remarks == ()
    assert len(read(batch.removesuffix("BTS|2\rFTS|1\r")).remarks) == 2


def test_other_separators_are_respected() -> None:
    odd = siu().translate(str.maketrans("|^&~", "$%*!"))
    assert plan_of(odd) == plan_of(siu())


def test_a_time_without_an_offset_is_the_clinics() -> None:
    assert plan_of(siu(start="202611231430")).start == HALF_PAST_TWO
    assert plan_of(siu(start="20260723143000.0000")).start == datetime(2026, 7, 23, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "says"),
    [
        ("202703140230", "does not exist"),
        ("202611010130", "comes twice"),
        ("20261123", "not a time"),
        ("202613231430", "no such day"),
        ("202611231430+9900", "offset"),
        ("at half past two", "not a time"),
    ],
)
def test_a_start_that_is_unclear_is_never_guessed(start: str, says: str) -> None:
    (aside,) = read(siu(start=start)).quarantined
    assert (aside.line, aside.field) == (5, "AIS-4")
    assert says in aside.why


def test_the_repeated_hour_with_its_offset_is_clear() -> None:
    assert plan_of(siu(start="202611010130-0400")).start.hour == 5
    assert plan_of(siu(start="202611010130-0500")).start.hour == 6


def with_tq1(*, tq1: str) -> str:
    return siu(start="202611230800-0500").replace("PID|", f"TQ1|1||||||{tq1}\rPID|", 1)


def test_the_appointments_own_timing_is_trusted_over_the_services() -> None:
    plan = plan_of(with_tq1(tq1="202611231430-0500|202611231530-0500"))
    assert (plan.start, plan.duration_min) == (HALF_PAST_TWO, 60)
    assert plan_of(with_tq1(tq1="202611231430-0500")).duration_min == 240


def test_several_groups_last_from_the_earliest_start_to_the_latest_end() -> None:
    more = siu() + "RGS|2\rAIS|2|A|X^Rest|202611231830-0500|||30|min\r"
    assert plan_of(more).duration_min == 270


def test_only_a_room_or_a_nurse_booked_says_when_as_well() -> None:
    text = siu().replace(
        "AIS|1|A|INF^Infusion|202611231430-0500|||4|h", "AIL|1|A|CHAIR3|||202611231430-0500|||90|min"
    )
    assert (plan_of(text).start, plan_of(text).duration_min) == (HALF_PAST_TWO, 90)


def test_the_requests_timing_is_the_last_resort() -> None:
    text = siu().replace("AIS|1|A|INF^Infusion|202611231430-0500|||4|h\r", "")
    assert reasons(read(text)) == [(1, "TQ1-7")]
    timed = text.replace("|" * 23, "|||||||||^^^202611231430-0500^202611231800-0500" + "|" * 14, 1)
    assert (plan_of(timed).start, plan_of(timed).duration_min) == (HALF_PAST_TWO, 210)


def test_an_appointment_that_ends_before_it_starts() -> None:
    assert reasons(read(with_tq1(tq1="202611231430-0500|202611231330-0500"))) == [(1, "TQ1-8")]


def test_the_birth_date_is_the_day_as_written() -> None:
    assert plan_of(siu(born="198002292330-1200")).patient.birth_date == date(1980, 2, 29)
    assert plan_of(siu(born="1980")).patient.birth_date is None
    assert plan_of(siu(born='""')).patient.birth_date is None


@pytest.mark.parametrize("born", ["20261124", "18991231", "19800230", "unknown"])
def test_an_impossible_birth_date_is_set_aside(born: str) -> None:
    assert reasons(read(siu(born=born))) == [(3, "PID-7")]


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("S-1^^^^SS~R-1^^^^MR~R-2^^^^MR", "R-1"),
        ("X-1~X-2", "X-1"),
        ("R-1^^^^MR^^20200101^20210101~R-2^^^^MR", "R-2"),
        ("", ""),
    ],
)
def test_which_record_number(number: str, found: str) -> None:
    assert plan_of(siu(number=number)).patient.record_number == found


def test_escapes_are_decoded_and_a_stray_backslash_stays() -> None:
    plan = plan_of(siu(name=r"O\X27\Neill\T\Sons&ignored^A\S\B C:\dir"))
    assert (plan.patient.family, plan.patient.given) == ("O'Neill&Sons", r"A^B C:\dir")


def test_the_declared_character_set_is_followed() -> None:
    name = "Zoë^Müller"
    assert plan_of(siu(name=name)).patient.family == "Zoë"
    assert plan_of(siu(name=name, charset="8859/1").encode("latin-1")).patient.given == "Müller"
    assert reasons(read((siu() + siu(name=name)).encode("latin-1"))) == [(8, "MSH-18")]


def test_hostile_names_are_made_harmless() -> None:
    plan = plan_of(siu(name="[/oops]\u202eeman^\u05d3\u05d5\u05d3\x07\x1b[2J"))
    assert (plan.patient.family, plan.patient.given) == ("[/oops]eman", "\u05d3\u05d5\u05d3 [2J")


def test_a_note_sent_with_a_bare_line_break_keeps_its_message_whole() -> None:
    text = siu().replace("PID|", "NTE|1||Bring\na blanket\rPID|", 1)
    assert plan_of(text).note == "Bring a blanket"


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("A-17|F-17", "|", (2, "SCH-1")),
        ("Marlowe^Rosa", "^Rosa", (3, "PID-5")),
        ("SCH|", "ZCH|", (1, "SCH")),
        ("PID|", "ZID|", (1, "PID")),
        ("SIU^S12", "SIU^S23", (1, "MSH-9")),
        ("SIU^S12^SIU_S12", "ORU^R01", (1, "MSH-9")),
        ("Booked", "Cancelled", (2, "SCH-25")),
    ],
)
def test_a_message_that_is_not_understood_loses_no_other(
    before: str, after: str, place: tuple[int, str]
) -> None:
    parsed = read(siu().replace(before, after, 1) + siu())
    assert reasons(parsed) == [place]
    assert len(parsed.notices) == 1


def test_a_modification_whose_status_says_cancelled_is_a_cancellation() -> None:
    assert read(siu("S14", status="Cancelled")).notices[0].intent == "cancel"


def test_a_cancellation_needs_no_more_than_the_appointments_id() -> None:
    (notice,) = read(siu("S15", start="", born="unknown")).notices
    assert (notice.intent, notice.plan) == ("cancel", None)
    assert "only the appointment's id was used" in notice.remark


def test_a_message_cut_inside_its_start_is_not_taken_for_a_visit_at_another_time() -> None:
    text = siu()
    assert reasons(read(text[: text.rindex("-0500")])) == [(5, "AIS-4")]


def test_what_is_said_of_a_message_set_aside_names_no_patient() -> None:
    parsed = read(siu(born="Marlowe") + siu(start="Marlowe") + siu(ids="|"))
    assert len(parsed.quarantined) == 3
    assert not any("Marlowe" in entry.sentence for entry in parsed.quarantined)
    assert all("Marlowe" in entry.raw for entry in parsed.quarantined)


OLD: str = "\r".join(
    [
        r"MSH|^~\&|OFFICE|NORTH|ROOM|NORTH|20261120061611||SIU^S12|24916560|P|2.3||||||",
        "SCH|10345^10345|2196178^2196178|||10345|OFFICE^Visit|why|OFFICE|60|m|^^60^20261123143000^20261123153000"
        "|||||9^DENT^ARTHUR^||||9^DENT^COREY^|||||Scheduled",
        "PID|1||42||SMITH^PAUL||19781012|M",
        "RGS|1|A",
        "AIG|1|A|1^White, Charles|D^^",
        "AIL|1|A|OFFICE^^^OFFICE|^Main Office||20261120084500|||45|m^Minutes||Scheduled",
        "",
    ]
)


def test_before_version_2_5_the_appointments_own_timing_is_in_sch_11() -> None:
    plan = plan_of(OLD)
    assert (plan.start, plan.duration_min) == (HALF_PAST_TWO, 60)
    assert plan.appointment is not None
    assert plan.appointment.key == "10345/2196178"
    assert plan_of(OLD.replace("|2.3|", "|2.5.1|")).start.day == 20
