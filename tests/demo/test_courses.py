"""What the demonstration shows of patients and courses, told as the room has it at 10:42."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from tests.demo.paper import played

from infusionroom.bootstrap import open_room
from infusionroom.demo import Demonstration
from infusionroom.demo.courses import everything
from infusionroom.demo.people import TIMEZONE
from infusionroom.domain.course import Course
from infusionroom.domain.course_days import DayState, days_of, held, over
from infusionroom.domain.day import at_local, clinic_day
from infusionroom.domain.fold_board import board_of
from infusionroom.domain.planned_order import planned_order
from infusionroom.domain.readiness import start_points
from infusionroom.domain.room import Room
from infusionroom.domain.visit import Visit
from infusionroom.services.check import check_store

MONDAY = date(2026, 11, 23)
NOW = at_local(MONDAY, time(10, 42), TIMEZONE)


@pytest.fixture(scope="module")
def room() -> Room:
    return played(everything(MONDAY), NOW)


def course_of(room: Room, family: str) -> Course:
    return next(c for c in room.courses.values() if room.patients[c.patient].file.family == family)


def visits(room: Room) -> list[Visit]:
    return [v for v in room.visits.values() if v.plan.course_id]


def test_everybody_has_a_file_with_what_a_physician_asks_first(room: Room) -> None:
    files = [patient.file for patient in room.patients.values()]
    assert len(files) == 15
    assert all(f.weight and f.pain_physician and f.escorts and f.icd10 and f.birth_date for f in files)
    assert all(f.allergies or f.no_known_allergies for f in files)
    assert [f.family for f in files if f.icd10 == "A69.20"] == ["Osei"]


def test_all_three_kinds_of_course_are_under_way_with_their_days_behind_and_ahead(room: Room) -> None:
    running = [
        c for c in room.courses.values() if not over(c, days_of(c, room.visits_of(c.patient).values()))
    ]
    assert {c.archetype.name for c in running} == {"single day", "up to five days", "ten weekdays"}
    duarte = course_of(room, "Duarte")
    states = [d.state for d in days_of(duarte, room.visits_of(duarte.patient).values())]
    assert states == [DayState.HELD] * 9 + [DayState.HERE]
    halvorsen = course_of(room, "Halvorsen")
    starts = [d.start for d in halvorsen.days if d.start is not None]
    # Ten weekdays from Monday, and not on Thanksgiving.
    assert len(starts) == 10
    on = [clinic_day(start, TIMEZONE) for start in starts]
    assert date(2026, 11, 26) not in on
    assert all(day.weekday() < 5 for day in on)


def test_every_order_is_what_the_ramp_says(room: Room) -> None:
    assert room.clinic is not None
    ordered = [v for v in visits(room) if v.order is not None]
    assert len(ordered) > 30
    for visit in ordered:
        assert visit.order is not None
        assert visit.plan.course is not None
        course = room.courses[visit.plan.course_id]
        planned = planned_order(course, visit.plan.course.day, visit.weight_kg, room.clinic.rules.dose)
        assert planned is not None
        assert planned.rate is not None
        order = visit.order.body
        assert (order.dose, order.basis, order.percent) == (planned.dose, planned.basis, planned.percent)
        assert order.rate_mg_h == planned.rate.mg_h


def test_the_days_behind_have_their_pain_and_what_went_wrong(room: Room) -> None:
    lindqvist = course_of(room, "Lindqvist")
    days = held(days_of(lindqvist, room.visits_of(lindqvist.patient).values()))
    pain = [(d.visit.pain_before, d.visit.pain_after) for d in days if d.visit]
    assert len(pain) == 6
    assert all(before is not None and after is not None and after < before for before, after in pain)
    assert pain[0][0] > pain[-1][0]  # type: ignore[operator]
    assert any(d.visit.side_effect for d in days if d.visit)


def test_the_consent_that_changed_overnight_is_asked_of_one_and_missing_of_another(room: Room) -> None:
    assert room.clinic is not None
    assert room.clinic.consent.version == "2"
    wanting = set()
    for visit in visits(room):
        if clinic_day(visit.plan.start, TIMEZONE) != MONDAY or visit.infusion or visit.ended_at:
            continue
        points = start_points(visit, room.background(visit), room.clinic.rules, NOW)
        wanting |= {visit.patient.family for p in points if p.key == "consent" and p.open}
    assert wanting == {"Petrov", "Nakagawa"}


def test_of_two_courses_that_are_over_one_has_a_call_due_and_one_was_never_prescribed(room: Room) -> None:
    tasks = {(t.who.family, t.kind, t.due_on) for t in board_of(room, MONDAY, NOW).tasks}
    assert ("Castellan", "call", MONDAY) in tasks
    assert ("Sørensen", "decide", MONDAY) in tasks
    assert any(family == "Whitlock" and kind == "prescribe" for family, kind, _ in tasks)
    castellan, whitlock = course_of(room, "Castellan"), course_of(room, "Whitlock")
    assert castellan.letter is not None
    assert castellan.oral_started is not None
    assert castellan.oral_started.body.on == MONDAY - timedelta(days=7)
    assert whitlock.stopped is not None
    assert [d.omitted != "" for d in whitlock.days] == [False, False, True, True, True]


def test_one_appointment_is_still_nobodys(room: Room) -> None:
    [stranger] = [v for v in room.visits.values() if not v.plan.patient_id]
    assert (stranger.plan.course_id, stranger.plan.source) == ("", "HL7")
    assert stranger.plan.start > at_local(MONDAY + timedelta(days=1), time(0), TIMEZONE)


def test_the_store_of_the_demonstration_says_what_its_journal_says(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with Demonstration(lambda url, clock: open_room(url, clock=clock), day=MONDAY) as demonstration:
        room = demonstration.open()
        assert check_store(room.store).problems == ()
        assert len(room.patients("")) == 15
        assert {c.patient.file.family for c in room.courses_in_follow_up()} == {"Whitlock", "Castellan"}
        assert len(room.unassigned(MONDAY)) == 1
        board = room.board()
        assert (len(board.to_come), board.counts.infusing, len(board.tasks)) == (4, 2, 5)
