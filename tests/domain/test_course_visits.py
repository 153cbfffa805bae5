"""Days that get their visit: open ones taken, further ones added, a plan changed by hand or by its sender."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from tests.domain.course_playing import SINGLE, TEN, Courses, moved
from tests.domain.playing import person

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.course_days import DayState
from infusionroom.domain.visit import Phase

HELD, PLANNED, OMITTED = DayState.HELD, DayState.PLANNED, DayState.OMITTED
FRIDAY, NEXT_MONDAY, NEXT_TUESDAY = date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 1)


@pytest.fixture
def play() -> Courses:
    play = Courses(chairs=3)
    play.at("7:00")
    return play


@pytest.fixture
def course(play: Courses) -> str:
    """Ruth's course of five days: Monday to Wednesday, Friday, and the Monday after Thanksgiving."""
    return play.booked(play.registered())


# ── take and extend ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_visit_still_to_be_assigned_becomes_the_open_day(play: Courses, course: str) -> None:
    single = play.plan(
        1, "8:00", patient=person(1, record_number="R12", birth_date=None), source="HL7", chair=3
    )
    assert play.rules(cmd.TakeDay(course=course, wanted=moved(play, 1, play.day, visit=single))) == [
        "day_state"
    ]
    play.do(cmd.DeferDay(course=course, day=1, why="x"))
    play.do(cmd.TakeDay(course=course, wanted=moved(play, 1, play.day, visit=single, chair=3)))
    plan = play.visit(single).plan
    assert (plan.course_id, plan.course, plan.source) == (course, ev.CourseDay(1, 5), "HL7")
    assert plan.appointment is not None
    assert play.visit_of(course, 1) == single
    play.do(cmd.DeferDay(course=course, day=2, why="x"))
    again = cmd.TakeDay(course=course, wanted=moved(play, 2, date(2026, 11, 24), visit=single))
    assert play.rules(again) == ["visit"]


def test_a_visit_that_is_over_is_assigned_late(play: Courses) -> None:
    """Somebody came from a strange schedule and was treated before anybody had the time to open a course."""
    visit = play.infusing(
        1, patient=person(1, record_number="R12", birth_date=date(1984, 3, 7)), source="HL7"
    )
    play.home(visit)
    gone = play.plan(2, "17:00")
    play.do(cmd.Arrive(visit=gone))
    play.do(cmd.TurnAway(visit=gone, why="no escort"))
    patient = play.registered()
    play.at("9:00", date(2026, 11, 24))
    later = replace(play.visit(visit).plan, start=play.time("8:00", NEXT_MONDAY))
    assert play.rules(cmd.ChangePlan(visit=visit, plan=later)) == ["phase"]
    wanted = cmd.DayWanted(day=1, start=play.now, visit=gone)
    assert play.rules(play.booking(patient, SINGLE, days=(wanted,))) == ["visit"]
    course = play.booked(patient, SINGLE, days=(replace(wanted, visit=visit),))
    assert play.states(course) == [HELD]
    assert play.visit(visit).phase is Phase.LEFT
    follow_up = play.file(course).follow_up
    assert follow_up is not None
    assert follow_up.ended_on == date(2026, 11, 23)


def test_a_visit_that_is_over_may_be_given_its_patient(play: Courses) -> None:
    visit = play.infusing(1)
    play.home(visit)
    patient = play.registered(record_number="R1", birth_date=None)
    play.do(cmd.ChangePlan(visit=visit, plan=replace(play.visit(visit).plan, patient_id=patient)))
    assert play.room.visits_of(patient)[visit].started_at is not None


def test_an_appointment_lands_on_the_open_day_it_names(play: Courses, course: str) -> None:
    patient = play.course(course).patient
    play.do(cmd.DeferDay(course=course, day=5, why="x"))
    plan = ev.Plan(
        patient=person(1, record_number="R12"),
        start=play.time("8:00", NEXT_TUESDAY),
        appointment=ev.Appointment("P", "77"),
        source="HL7",
        patient_id=patient,
        course_id=course,
        course=ev.CourseDay(5, 5),
    )
    early = replace(plan, start=play.time("8:00", date(2026, 11, 25)))
    assert play.rules(cmd.PlanVisit(plan=early)) == ["order"]
    taken = replace(plan, course=ev.CourseDay(4, 5))
    assert play.rules(cmd.PlanVisit(plan=taken)) == ["day_state"]
    entries = play.do(cmd.PlanVisit(plan=plan))
    assert [e.kind for e in entries] == ["visit_planned", "course_day_taken"]
    assert play.dates(course)[4] == NEXT_TUESDAY
    assert play.visit(play.visit_of(course, 5)).patient.family == "Marlowe"


def test_an_extension_counts_on_and_everybody_to_come_sees_it(play: Courses, course: str) -> None:
    play.held(course, [1])
    play.here(course, 2)
    more = (moved(play, 6, NEXT_TUESDAY),)
    extend = cmd.ExtendCourse(course=course, days=more, why="it works")
    assert play.rules(replace(extend, days=(moved(play, 5, NEXT_TUESDAY),))) == ["days"]
    assert play.rules(replace(extend, days=(moved(play, 6, FRIDAY, "13:00"),))) == ["order"]
    play.do(extend)
    assert play.course(course).of == 6
    said = {v.plan.course.day: v.plan.course.of for v in play.visits_of(course) if v.plan.course}
    assert said == {1: 5, 2: 6, 3: 6, 4: 6, 5: 6, 6: 6}
    assert play.file(course).days[5].percent == 100


def test_a_stopped_course_goes_on_by_an_extension_until_its_follow_up_is_closed(
    play: Courses, course: str
) -> None:
    play.held(course, [1, 2])
    play.do(cmd.StopCourse(course=course, reason="result reached"))
    play.do(cmd.ExtendCourse(course=course, days=(moved(play, 6, NEXT_MONDAY),), why="pain is back"))
    assert play.states(course) == [HELD, HELD, OMITTED, OMITTED, OMITTED, PLANNED]
    assert play.file(course).days[5].percent == 100
    assert play.file(course).follow_up is None
    play.do(cmd.StopCourse(course=course, reason="patient's wish"))
    play.do(cmd.CloseFollowUp(course=course, why="moved abroad"))
    more = (moved(play, 7, NEXT_TUESDAY),)
    assert play.rules(cmd.ExtendCourse(course=course, days=more, why="x")) == ["closed"]


# ── the plan of a course's visit, changed by hand or by its sender ──────────────────────────────────────────


def test_a_day_moved_by_its_plan_moves_on_the_course_too(play: Courses, course: str) -> None:
    visit = play.visit_of(course, 5)
    plan = play.visit(visit).plan
    later = replace(plan, start=play.time("9:00", NEXT_TUESDAY), course=None, course_id="", patient_id="")
    play.do(cmd.ChangePlan(visit=visit, plan=later, why="bus strike"))
    assert play.dates(course)[4] == NEXT_TUESDAY
    assert play.file(course).days[4].why == "bus strike"
    assert play.visit(visit).plan.course_id == course
    assert play.rules(cmd.Undo(visit=visit)) == ["course"]
    before = replace(plan, start=play.time("12:00", date(2026, 11, 25)))
    assert play.rules(cmd.ChangePlan(visit=visit, plan=before)) == ["order"]


def test_a_day_that_moves_takes_its_chair_along_where_that_is_free(play: Courses) -> None:
    other = play.registered(family="Abel", record_number="A1")
    play.booked(other, SINGLE, days=(moved(play, 1, FRIDAY, "9:00", chair=2),))
    course = play.booked(play.registered(), days=play.days(2, chair=2))
    visit = play.visit_of(course, 2)
    plan = play.visit(visit).plan
    play.do(cmd.ChangePlan(visit=visit, plan=replace(plan, start=play.time("8:00", NEXT_MONDAY))))
    assert play.visit(visit).plan.chair == 2
    play.do(cmd.ChangePlan(visit=visit, plan=replace(plan, start=play.time("8:00", FRIDAY))))
    assert play.visit(visit).plan.chair is None
    assert play.course(course).days[1].chair is None


def test_a_reason_of_any_length_stays_readable_on_the_course(play: Courses, course: str) -> None:
    first, second = (play.visit_of(course, day) for day in (1, 2))
    for command in (
        cmd.CancelVisit(visit=first, rest="omit", why="x" * 5000),
        cmd.MarkEnteredInError(visit=second, why="x" * 5000),
    ):
        for entry in play.do(command):
            assert ev.decode_event(ev.encode_event(entry.body)) == entry.body


def test_a_day_brought_back_counts_as_the_course_counts_now(play: Courses, course: str) -> None:
    visit = play.visit_of(course, 5)
    play.do(cmd.CancelVisit(visit=visit, rest="undecided"))
    play.do(cmd.ExtendCourse(course=course, days=(moved(play, 6, NEXT_TUESDAY),), why="it works"))
    assert play.rules(cmd.Undo(visit=visit)) == ["course"]
    play.do(cmd.ChangePlan(visit=visit, plan=play.visit(visit).plan, why="comes after all"))
    assert play.visit(visit).plan.course == ev.CourseDay(5, 6)


def test_nobody_becomes_a_day_to_come_of_a_course_that_was_stopped(play: Courses, course: str) -> None:
    visit = play.visit_of(course, 1)
    play.do(cmd.Arrive(visit=visit))
    play.do(cmd.StopCourse(course=course, reason="physician"))
    assert play.rules(cmd.Undo(visit=visit)) == ["course"]
    play.do(cmd.TurnAway(visit=visit, why="stopped"))
    play.do(cmd.Undo(visit=visit))
    assert play.visit(visit).here


def test_a_sender_moves_a_day_wherever_it_likes_and_the_course_says_so(play: Courses, course: str) -> None:
    visit = play.visit_of(course, 5)
    plan = play.visit(visit).plan
    start = play.time("12:00", date(2026, 11, 25))
    play.do(cmd.ChangePlan(visit=visit, plan=replace(plan, start=start, source="HL7", sent_at=play.now)))
    assert play.dates(course)[4] == date(2026, 11, 25)
    assert play.file(course).days[4].why == "moved"


def test_names_are_changed_in_the_file_and_a_sender_swaps_no_person(play: Courses, course: str) -> None:
    visit = play.visit_of(course, 1)
    plan = play.visit(visit).plan
    other = replace(plan, patient=replace(plan.patient, family="Abel"))
    assert play.rules(cmd.ChangePlan(visit=visit, plan=other)) == ["patient"]
    swapped = replace(plan, patient=person(1), source="HL7", sent_at=play.now)
    assert play.rules(cmd.ChangePlan(visit=visit, plan=swapped)) == ["other_person"]
    married = replace(plan, patient=replace(plan.patient, family="Abel"), source="HL7", sent_at=play.now)
    play.do(cmd.ChangePlan(visit=visit, plan=married))
    assert play.rules(cmd.ChangePlan(visit=visit, plan=replace(plan, course_id="elsewhere"))) == ["course"]


def test_nobody_asks_after_a_course_that_there_is_not(play: Courses, course: str) -> None:
    assert play.rules(cmd.OmitDay(course="nothing", day=1, why="x")) == ["unknown_course"]
    early = cmd.OmitDay(course=course, day=1, why="x", at=play.now - timedelta(days=1))
    assert play.rules(early) == ["order"]
    ten = play.registered(family="Abel", record_number="A1")
    assert len(play.states(play.booked(ten, TEN, days=play.days(10, "9:00")))) == 10
