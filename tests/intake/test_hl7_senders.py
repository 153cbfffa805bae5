"""What else differs between senders of HL7 v2: names, numbers, ids, kinds of message, line ends."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.intake.paper_room import PaperRoom, actions
from tests.intake.samples import read, reasons, siu

from infusionroom.domain.events import Patient


def who(content: str | bytes) -> Patient:
    parsed = read(content)
    assert not parsed.quarantined, [entry.sentence for entry in parsed.quarantined]
    plan = parsed.notices[0].plan
    assert plan is not None
    return plan.patient


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Marlowe^Rosa^Ines^III^Dr.^MD^L", ("Marlowe", "Rosa")),
        ("van den Berg&van den&Berg^Maria", ("van den Berg", "Maria")),
        ("O'Neill-Díaz^Jo-Ann", ("O'Neill-Díaz", "Jo-Ann")),
        ("Marlowe^", ("Marlowe", "")),
        ("Marlowe", ("Marlowe", "")),
        ("Quist^Rosa^^^^^M~Marlowe^Rosa^^^^^L", ("Marlowe", "Rosa")),
        ("Marlowe^Rosie^^^^^D~Marlowe^Rosa^^^^^L", ("Marlowe", "Rosa")),
        ("Marlowe^Rosa^^^^^D~Rosie^^^^^^L", ("Marlowe", "Rosa")),
        ("^^^^^^N~Marlowe^Rosa", ("Marlowe", "Rosa")),
        ("Quist^Rosa^^^^^M~Marlowe^Rosa", ("Marlowe", "Rosa")),
    ],
)
def test_which_name(name: str, found: tuple[str, str]) -> None:
    patient = who(siu(name=name))
    assert (patient.family, patient.given) == found


@pytest.mark.parametrize(
    ("pid", "found"),
    [
        ("PID|1||77||", "77"),
        ("PID|1|63-1|||", "63-1"),
        ("PID|1|||X-4|", "X-4"),
        ("PID|||123-45-6789^^^USSSA^SS~R-9^^^North^MRN||", "R-9"),
        ("PID|||123-45-6789^^^USSSA^SS~R-9||", "R-9"),
        ("PID|||G-1^^^Grid^JHN~P-2^^^North^PI||", "P-2"),
    ],
)
def test_which_number(pid: str, found: str) -> None:
    assert who(siu().replace("PID|1||R-77^^^Northside^MR||", pid)).record_number == found


@pytest.mark.parametrize("born", ["198005", "1980", "", '""'])
def test_half_a_birth_date_is_none(born: str) -> None:
    assert who(siu(born=born)).birth_date is None


@pytest.mark.parametrize("born", ["19800229", "19800229000000", "198002291405-0500"])
def test_a_birth_date_with_or_without_a_time(born: str) -> None:
    assert who(siu(born=born)).birth_date == date(1980, 2, 29)


@pytest.mark.parametrize(
    ("ids", "key"),
    [("|F-17", "/F-17"), ("A-17|", "A-17/"), ("A-17^NORTH^1.2.3^ISO|F-17^^^EPIC", "A-17/F-17")],
)
def test_which_appointment(ids: str, key: str) -> None:
    assert [notice.appointment.key for notice in read(siu(ids=ids)).notices] == [key]


@pytest.mark.parametrize("kind", ["SIU^S12^SIU_S12", "SIU^S12", "siu^s12", "SIU^^SIU_S12", "SIU_S12"])
def test_ways_to_name_a_booking(kind: str) -> None:
    assert [n.intent for n in read(siu().replace("SIU^S12^SIU_S12", kind)).notices] == ["book"]


def test_a_trigger_that_only_the_event_segment_names() -> None:
    text = siu().replace("SIU^S12^SIU_S12", "SIU").replace("SCH|", "EVN|S15|20261120\rSCH|", 1)
    assert [n.intent for n in read(text).notices] == ["cancel"]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("SIU^S18", "SIU^S18, a change to a room, thing or person"),
        ("SIU^S23", "SIU^S23, a blocked time"),
        ("SIU^S24", "SIU^S24, a time no longer blocked"),
        ("SIU^Z02", "this is SIU^Z02;"),
        ("SRM^S01", "a request for an appointment, not a booked one"),
        ("ADT^A04", "ADT^A04, a message about the patient"),
        ("ORM^O01", "an order"),
        ("ACK^S12", "an acknowledgement"),
        ("ACK", "ACK, an acknowledgement"),
        ("", "a message of an unknown kind"),
    ],
)
def test_a_message_that_books_nothing_is_named_for_what_it_is(kind: str, says: str) -> None:
    parsed = read(siu().replace("SIU^S12^SIU_S12", kind) + siu())
    assert reasons(parsed) == [(1, "MSH-9")]
    assert says in parsed.quarantined[0].why
    assert "SIU^S12 to S17 and S26" in parsed.quarantined[0].why
    assert len(parsed.notices) == 1


def test_several_people_or_appointments_in_one_message_are_set_aside() -> None:
    two_people = siu().replace("RGS|1", "PID|2||R-78||Okafor^Ada||19750701|F\rRGS|1")
    assert reasons(read(two_people)) == [(3, "PID")]
    same_twice = siu().replace("RGS|1", "PID|2||R-77^^^Northside^MR||Marlowe^Rosa||19800229|F\rRGS|1")
    assert who(same_twice).family == "Marlowe"
    two_visits = siu().replace("PID|", "SCH|B-1|G-1\rPID|", 1)
    assert reasons(read(two_visits)) == [(2, "SCH-1")]


def test_segments_in_any_order_with_others_between_them() -> None:
    msh, sch, pid, rgs, ais, _ = siu().split("\r")
    shuffled = "\r".join(
        [msh, "ZBX|1|x", "EVN|S12|2026", pid, "PD1|||clinic", "PV1|1|O", sch, ais, rgs, "ZZZ|y"]
    )
    plan = read(shuffled + "\r").notices[0].plan
    assert plan == read(siu()).notices[0].plan


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("\r", "\r\r\n"),
        lambda text: text.replace("\r", "\n\n"),
        lambda text: text.replace("\r", "   \r\n   "),
        lambda text: "\ufeff" + text,
        lambda text: "\r\n\r\n" + text,
        lambda text: f"\x0b{text}\x1c\r",
        lambda text: f"\x0b{text}\x1c\r\n\n",
    ],
)
def test_line_ends_and_frames_of_all_kinds(spoil: object) -> None:
    assert callable(spoil)
    parsed = read(spoil(siu()) + siu(ids="B|B"))
    assert [n.appointment.key for n in parsed.notices] == ["A-17/F-17", "B/B"]
    assert parsed.notices[0].plan == read(siu()).notices[0].plan


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("UNICODE UTF-8", "utf-8"),
        ("UTF-8", "utf-8"),
        ("8859/1", "latin-1"),
        ("8859/15~UNICODE", "iso8859_15"),
    ],
)
def test_character_sets(charset: str, codec: str) -> None:
    assert who(siu(name="Müller^Zoë", charset=charset).encode(codec)).given == "Zoë"


def test_bytes_beyond_ascii_where_ascii_is_declared() -> None:
    assert who(siu(name="Müller", charset="ASCII")).family == "Müller"
    assert reasons(read(siu(name="Müller", charset="ASCII").encode("latin-1"))) == [(3, "MSH-18")]


def test_one_id_for_everybody_never_turns_one_persons_visit_into_anothers(tmp_path: Path) -> None:
    path = tmp_path / "day.hl7"
    path.write_text(
        siu(ids="1|") + siu(ids="1|", name="Okafor^Ada", born="19750701", number="R-78"), newline=""
    )
    room = PaperRoom()
    report = room.take(path)
    assert actions(report) == ["new"]
    assert [entry.why for entry in report.quarantined] == [
        "this id is known here for another person; ask the sender, or plan it by hand"
    ]
    assert room.the_visit().plan.patient.family == "Marlowe"


def test_a_new_name_with_the_same_number_is_the_same_person(tmp_path: Path) -> None:
    path = tmp_path / "day.hl7"
    path.write_text(siu() + siu("S14", name="Quist^Rosa", sent="202611210900-0500"), newline="")
    room = PaperRoom()
    assert actions(room.take(path)) == ["new", "changed"]
    assert room.the_visit().plan.patient.family == "Quist"
