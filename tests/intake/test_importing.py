"""Importing a schedule into a room: previewed, safe to repeat, following the sender, keeping aside what it must."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.intake.paper_room import NOW, PaperRoom, actions
from tests.intake.samples import appointment, bundle, patient, rows, siu

from infusionroom.domain import commands as cmd
from infusionroom.domain.events import Noted
from infusionroom.domain.outcome import Outcome
from infusionroom.domain.visit import Visit, stream_of, visit_id_of
from infusionroom.intake.notices import FileRefused

ROSA = "A-17,Marlowe,Rosa,1980-02-29,R-77,2026-11-23,08:30,240,3,5,planned,second arm"
TARIQ = "A-18,Okafor,Tariq,1975-07-01,R-78,2026-11-23,09:30,240,1,1,planned,"


@pytest.fixture
def room() -> PaperRoom:
    return PaperRoom()


@pytest.fixture
def file(tmp_path: Path) -> Filing:
    return Filing(tmp_path)


class Filing:
    """Puts what a sender wrote into a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, content: str, name: str = "day") -> Path:
        path = self.folder / name
        path.write_text(content, newline="")
        return path


def rosa(room: PaperRoom) -> Visit:
    return room.known[visit_id_of("A-17/F-17")]


def sent(day: int) -> str:
    return f"202611{day:02}0900-0500"


def test_a_preview_says_what_would_change_and_writes_nothing(room: PaperRoom, file: Filing) -> None:
    preview = room.look(file(rows(ROSA, TARIQ, TARIQ.replace("09:30", "late"))))
    assert preview.counts == {"new": 2, "quarantined": 1}
    assert not preview.clean
    assert preview.sentences()[0] == "new: day, line 2, appointment A-17/: new, 2026-11-23 08:30"
    assert (room.entries, room.set_aside) == ([], {})
    assert not any("Marlowe" in sentence or "Okafor" in sentence for sentence in preview.sentences())


def test_the_same_file_twice_changes_nothing_the_second_time(room: PaperRoom, file: Filing) -> None:
    day = file(rows(ROSA, TARIQ, TARIQ.replace("09:30", "late")))
    assert room.take(day).counts == {"new": 2, "quarantined": 1}
    before = list(room.entries)
    assert set(actions(room.take(day))) == {"unchanged"}
    assert room.entries == before
    assert len(room.set_aside) == 1


def test_two_rows_about_one_appointment_end_as_the_later_says_however_often(
    room: PaperRoom, file: Filing
) -> None:
    day = file(rows(ROSA, ROSA.replace("08:30", "10:00")))
    assert actions(room.take(day)) == ["new", "changed"]
    assert room.the_visit().plan.start.hour == 15
    assert actions(room.take(day)) == ["unchanged", "unchanged"]
    assert len(room.entries) == 2


def test_a_long_schedule_is_given_to_the_room_in_few_pieces_and_in_its_order(file: Filing) -> None:
    lines = [ROSA.replace("A-17", f"B-{n}").replace("R-77", f"R-{n}") for n in range(120)]
    sizes: list[int] = []

    class Counting(PaperRoom):
        def execute_all(self, commands: Sequence[cmd.Command], *, actor: str, terminal: str) -> list[Outcome]:
            sizes.append(len(commands))
            return super().execute_all(commands, actor=actor, terminal=terminal)

    busy = Counting()
    report = busy.take(file(rows(*lines)))
    assert report.counts == {"new": 120}
    assert sizes == [50, 50, 20]
    assert [entry.stream for entry in busy.entries] == [
        stream_of(visit_id_of(change.notice.appointment.key)) for change in report.applied
    ]


def test_an_import_that_was_interrupted_is_simply_run_again(room: PaperRoom, file: Filing) -> None:
    day = file(rows(ROSA, TARIQ))
    first, _ = room.look(day).changes
    room.give(first.commands[0])
    assert actions(room.take(day)) == ["unchanged", "new"]
    again = room.execute(first.commands[0], actor="lee", terminal="desk")
    assert getattr(again, "repeated", False)


def test_a_message_then_a_bundle_of_the_same_appointment_is_unchanged(room: PaperRoom, file: Filing) -> None:
    room.take(file(siu()))
    assert actions(room.take(file(bundle(patient(), appointment())))) == ["unchanged"]


def test_reschedule_cancel_and_back_again(room: PaperRoom, file: Filing) -> None:
    steps = [
        siu("S12", sent=sent(10)),
        siu("S13", sent=sent(11), start="202611241000-0500"),
        siu("S15", sent=sent(12)),
        siu("S12", sent=sent(13), start="202611251000-0500"),
        siu("S26", sent=sent(14)),
        siu("S17", sent=sent(15)),
    ]
    taken = [actions(room.take(file(step)))[0] for step in steps]
    assert taken == ["new", "changed", "cancelled", "reinstated", "no-show", "entered in error"]
    assert rosa(room).phase == "entered_in_error"
    assert rosa(room).plan.start == datetime(2026, 11, 25, 15, tzinfo=UTC)


def test_the_room_says_why_a_visit_ended(room: PaperRoom, file: Filing) -> None:
    room.take(file(siu("S12", sent=sent(10)) + siu("S16", sent=sent(11))))
    assert rosa(room).ended_why == "the sender says: discontinued"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)])
def test_messages_count_by_when_they_were_sent_and_not_by_when_they_came(
    room: PaperRoom, file: Filing, order: tuple[int, ...]
) -> None:
    life = [
        siu("S12", sent=sent(10)),
        siu("S13", sent=sent(11), start="202611241000-0500"),
        siu("S15", sent=sent(12)),
    ]
    room.take(file("".join(life[n] for n in order)))
    assert (rosa(room).phase, rosa(room).plan.start.day) == ("cancelled", 24)
    one_by_one = PaperRoom()
    for n in order:
        one_by_one.take(file(life[n]))
    assert rosa(one_by_one).phase == "cancelled"


def test_a_clock_gone_wrong_does_not_decide_what_is_newest(room: PaperRoom, file: Filing) -> None:
    room.take(file(siu("S12", sent=sent(10))))
    assert actions(room.take(file(siu("S15", sent="198908181126+0215")))) == ["cancelled"]
    assert actions(room.take(file(siu("S12", sent="209908181126+0215")))) == ["reinstated"]


def test_a_cancellation_that_comes_before_its_booking_is_not_undone_by_it(
    room: PaperRoom, file: Filing
) -> None:
    report = room.take(file(siu("S15", sent=sent(12))))
    assert actions(report) == ["cancelled"]
    assert rosa(room).phase == "cancelled"
    assert actions(room.take(file(siu("S12", sent=sent(10))))) == ["unchanged"]
    assert rosa(room).phase == "cancelled"


def test_an_older_message_is_told_from_one_that_says_the_same(room: PaperRoom, file: Filing) -> None:
    room.take(file(siu("S12", sent=sent(10))))
    room.take(file(siu("S15", sent=sent(12))))
    [older] = room.take(file(siu("S12", sent=sent(10)))).applied
    assert "a newer message about it was applied before" in older.sentence


def test_a_reschedule_of_an_unknown_appointment_plans_it(room: PaperRoom, file: Filing) -> None:
    assert actions(room.take(file(siu("S13")))) == ["new"]
    assert rosa(room).phase == "planned"


def test_a_cancellation_of_an_unknown_appointment_that_names_nobody_is_kept_aside(
    room: PaperRoom, file: Filing
) -> None:
    report = room.take(file(siu("S15", start="")))
    (aside,) = report.quarantined
    assert aside.why.startswith("unknown appointment")
    assert room.known == {}
    room.take(file(siu("S12"), "booking"))
    assert actions(room.again()) == ["cancelled"]
    assert (rosa(room).phase, room.set_aside) == ("cancelled", {})


@pytest.mark.parametrize("trigger", ["S15", "S16", "S17", "S26"])
def test_nobody_who_is_in_the_room_is_cancelled_by_a_file(
    room: PaperRoom, file: Filing, trigger: str
) -> None:
    room.take(file(siu("S12", sent=sent(10))))
    room.give(cmd.Arrive(id="here", visit=rosa(room).id))
    report = room.take(file(siu(trigger, sent=sent(11))))
    assert "the person is already in the room" in report.quarantined[0].why
    assert rosa(room).phase == "arrived"
    assert len(room.set_aside) == 1
    room.take(file(siu(trigger, sent=sent(11))))
    assert len(room.set_aside) == 1


def test_a_new_time_for_somebody_in_the_room_is_kept_aside_and_a_note_is_taken(
    room: PaperRoom, file: Filing
) -> None:
    room.take(file(rows(ROSA)))
    room.give(cmd.Arrive(id="here", visit=room.the_visit().id))
    assert actions(room.take(file(rows(ROSA.replace("second arm", "left arm"))))) == ["changed"]
    assert room.the_visit().plan.note == "left arm"
    assert not room.take(file(rows(ROSA.replace("08:30", "12:00")))).clean
    assert room.the_visit().plan.start.hour == 13


def test_a_visit_cancelled_by_hand_stays_so_when_the_same_file_comes_again(
    room: PaperRoom, file: Filing
) -> None:
    for day in (file(rows(ROSA), "csv"), file(siu(), "hl7")):
        room.take(day)
    for number, visit in enumerate(list(room.known.values())):
        room.give(cmd.CancelVisit(id=f"phone{number}", visit=visit.id, why="called in"))
    assert actions(room.take(file(rows(ROSA), "csv"))) == ["unchanged"]
    assert actions(room.take(file(siu(), "hl7"))) == ["unchanged"]
    assert actions(room.take(file(rows(ROSA.replace("11-23", "11-24")), "csv"))) == ["reinstated"]


def test_a_row_that_the_sender_takes_off_and_puts_back(room: PaperRoom, file: Filing) -> None:
    off = ROSA.replace("planned", "cancelled")
    taken = [actions(room.take(file(rows(row))))[0] for row in (ROSA, off, ROSA, off, ROSA)]
    assert taken == ["new", "cancelled", "reinstated", "cancelled", "reinstated"]


def test_what_a_sender_does_not_say_stays_known(room: PaperRoom, file: Filing) -> None:
    row = ROSA.replace("A-17", "A-17/F-17").replace(",3,5,", ",3,5,")
    room.take(file(rows(row)))
    room.take(file(siu("S13", born="", number="", start="202611241000-0500")))
    plan = rosa(room).plan
    assert plan.course is not None
    assert (plan.course.day, plan.patient.record_number) == (3, "R-77")
    assert plan.patient.birth_date is not None


def test_another_person_does_not_inherit_the_birth_date(room: PaperRoom, file: Filing) -> None:
    room.take(file(siu("S12", sent=sent(10))))
    report = room.take(file(siu("S14", sent=sent(11), name="Okafor^Tariq", born="", number="")))
    assert rosa(room).plan.patient.birth_date is None
    assert "name, birth date, record number" in report.sentences()[0]
    assert "Okafor" not in report.sentences()[0]


def test_a_visit_that_the_sender_calls_over_leaves_the_rooms_own_record_alone(
    room: PaperRoom, file: Filing
) -> None:
    over = bundle(patient(), appointment(status="fulfilled"), timestamp="2026-11-22T14:00:00Z")
    assert not room.take(file(over)).clean
    room.take(file(siu()))
    assert actions(room.take(file(over))) == ["unchanged"]
    assert rosa(room).phase == "planned"
    assert room.set_aside == {}


def test_a_refused_file_stops_the_import_before_the_first_entry(room: PaperRoom, file: Filing) -> None:
    with pytest.raises(FileRefused):
        room.take(file(rows(ROSA), "good"), file("", "empty"))
    assert (room.entries, room.set_aside) == ([], {})


def test_what_was_kept_aside_can_be_retried_where_it_stood(room: PaperRoom, file: Filing) -> None:
    room.take(file(rows(TARIQ, ROSA.replace("1980-02-29", "2026-11-24"))))
    assert room.again().quarantined[0].line == 3
    assert len(room.set_aside) == 1
    room.now = NOW + timedelta(days=2)
    assert actions(room.again()) == ["new"]
    assert room.set_aside == {}
    assert len(room.known) == 2


def test_a_lost_race_is_kept_aside_and_can_be_retried(room: PaperRoom, file: Filing) -> None:
    room.take(file(rows(ROSA)))
    moved = file(rows(ROSA.replace("08:30", "10:00")))
    known = room.visits_by_appointment
    stale = dict(known(["A-17/"]))
    room.visits_by_appointment = lambda keys: stale  # type: ignore[method-assign]
    room.give(cmd.Record(id="note", visit=room.the_visit().id, fact=Noted(text="telephoned")))
    report = room.take(moved)
    assert report.quarantined[0].why == "vega changed this visit at the same moment; retry it"
    room.visits_by_appointment = known  # type: ignore[method-assign]
    assert actions(room.again()) == ["changed"]
    assert room.set_aside == {}
