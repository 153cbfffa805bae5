"""A course in the life of its patient: days deferred, omitted, missed, taken, the course cut short or extended."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.domain.course_playing import SINGLE, TEN, Courses
from tests.domain.playing import person

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.course_days import DayState
from infusionroom.domain.visit import Phase

HELD, HERE, PLANNED = DayState.HELD, DayState.HERE, DayState.PLANNED
OPEN, OMITTED, UNDECIDED = DayState.OPEN, DayState.OMITTED, DayState.UNDECIDED
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


def moved(play: Courses, number: int, day: date, wall: str = "8:00", **changed: Any) -> cmd.DayWanted:
    return cmd.DayWanted(day=number, start=play.time(wall, day), **changed)


# ── stop ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_stopped_on_day_three_who_is_here_goes_on_and_the_rest_is_free_at_once(
    play: Courses, course: str
) -> None:
    play.held(course, [1, 2])
    visit = play.here(course, 3)
    later = [play.visit_of(course, day) for day in (4, 5)]
    play.do(cmd.StopCourse(course=course, reason="result reached"))
    assert play.states(course) == [HELD, HELD, HERE, OMITTED, OMITTED]
    assert [play.visit(v).phase for v in later] == [Phase.CANCELLED] * 2
    assert play.visit(later[0]).ended_why == "course stopped: result reached"
    assert play.file(course).follow_up is None
    assert play.room.background(play.visit(visit)).last_day(play.visit(visit))
    ended = play.home(visit)
    follow_up = play.file(course).follow_up
    assert follow_up is not None
    assert follow_up.ended_on == play.day
    assert ended == play.now
    # The chair is somebody else's now.
    other = play.registered(family="Abel", record_number="A1")
    play.booked(other, SINGLE, days=(moved(play, 1, FRIDAY),))


def test_stopped_by_telephone_after_day_four_the_follow_up_begins_that_day(
    play: Courses, course: str
) -> None:
    play.held(course, [1, 2, 3, 4])
    play.at("16:30")
    saturday = play.day + timedelta(days=1)
    play.at("10:00", saturday)
    play.do(cmd.StopCourse(course=course, reason="side effects", why="nightmares"))
    assert play.states(course) == [HELD, HELD, HELD, HELD, OMITTED]
    file = play.file(course)
    assert file.follow_up is not None
    assert file.follow_up.ended_on == saturday
    assert {task.kind for task in file.tasks} == {"started", "call"}
    assert play.visit(play.visit_of(course, 5)).ended_why == "course stopped: side effects, nightmares"


def test_a_course_ends_once_and_another_reason_is_told(play: Courses, course: str) -> None:
    assert play.rules(cmd.StopCourse(course=course, reason="other", why=" ")) == ["why"]
    play.do(cmd.StopCourse(course=course, reason="other", why="moved away"))
    assert play.rules(cmd.StopCourse(course=course, reason="physician")) == ["over"]
    assert play.rules(cmd.OmitDay(course=course, day=2, why="x")) == ["over"]
    assert play.rules(cmd.DeferDay(course=course, day=2, why="x")) == ["over"]
    assert play.file(course).follow_up is None


def test_a_course_that_is_over_by_itself_is_not_stopped(play: Courses) -> None:
    course = play.booked(play.registered(), SINGLE)
    play.held(course, [1])
    assert play.rules(cmd.StopCourse(course=course, reason="result reached")) == ["over"]


# ── defer ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_deferred_day_takes_the_later_ones_along(play: Courses, course: str) -> None:
    visits = [play.visit_of(course, day) for day in range(1, 6)]
    alone = cmd.DeferDay(course=course, day=3, to=(moved(play, 3, FRIDAY, "12:00"),), why="a cold")
    [reason] = play.refused(alone)
    assert reason.rule == "order"
    assert reason.text == "Day 4 is on Fri 27 Nov: move it along, or take an earlier day."
    along = (
        moved(play, 3, FRIDAY, "12:00"),
        moved(play, 4, NEXT_MONDAY, "12:00"),
        moved(play, 5, NEXT_TUESDAY, chair=2),
    )
    entries = play.do(replace(alone, to=along))
    assert [e.kind for e in entries] == ["course_day_deferred", "plan_changed"] * 3
    assert play.dates(course)[2:] == [FRIDAY, NEXT_MONDAY, NEXT_TUESDAY]
    assert [play.visit_of(course, day) for day in range(1, 6)] == visits
    assert play.visit(visits[4]).plan.chair == 2
    assert play.file(course).days[2].why == "a cold"


def test_a_day_does_not_come_before_the_one_before_it(play: Courses, course: str) -> None:
    back = cmd.DeferDay(course=course, day=3, to=(moved(play, 3, play.day, "12:00"),), why="x")
    [reason] = play.refused(back)
    assert reason.rule == "order"
    assert reason.text == "Day 3 comes after day 2, which is on Tue 24 Nov: take a later day."


def test_a_day_without_a_new_date_is_open_and_its_chair_free(play: Courses, course: str) -> None:
    visit = play.visit_of(course, 2)
    play.do(cmd.DeferDay(course=course, day=2, why="a wedding"))
    assert play.states(course) == [PLANNED, OPEN, PLANNED, PLANNED, PLANNED]
    assert play.visit(visit).phase is Phase.CANCELLED
    assert play.visit(visit).ended_why == "deferred: a wedding"
    assert play.rules(cmd.DeferDay(course=course, day=2, why="again")) == ["unchanged"]
    play.do(cmd.TakeDay(course=course, wanted=moved(play, 2, date(2026, 11, 24), "9:00")))
    assert play.visit_of(course, 2) != visit
    assert play.states(course) == [PLANNED] * 5
    assert play.visit(visit).phase is Phase.CANCELLED


def test_only_what_is_still_to_come_moves_and_never_into_the_past(play: Courses, course: str) -> None:
    play.held(course, [1])
    play.here(course, 2)
    to = (moved(play, 1, FRIDAY, "12:00"),)
    assert play.rules(cmd.DeferDay(course=course, day=1, to=to, why="x")) == ["day_state"]
    assert play.rules(cmd.DeferDay(course=course, day=2, why="x")) == ["day_state"]
    assert play.rules(cmd.OmitDay(course=course, day=2, why="x")) == ["day_state"]
    assert play.rules(cmd.DeferDay(course=course, day=9, why="x")) == ["day"]
    past = (moved(play, 3, date(2026, 11, 20)),)
    assert "past" in play.rules(cmd.DeferDay(course=course, day=3, to=past, why="x"))
    same = (moved(play, 3, date(2026, 11, 25)),)
    assert play.rules(cmd.DeferDay(course=course, day=3, to=same, why="x")) == ["unchanged"]
    wrong = (moved(play, 4, NEXT_TUESDAY),)
    assert play.rules(cmd.DeferDay(course=course, day=3, to=wrong, why="x")) == ["days"]


def test_a_day_is_not_deferred_into_a_full_room_without_a_reason() -> None:
    play = Courses(chairs=1)
    play.at("7:00")
    play.booked(
        play.registered(family="Abel", record_number="A1"), SINGLE, days=play.days(1, first=NEXT_MONDAY)
    )
    course = play.booked(play.registered(), days=play.days(2))
    defer = cmd.DeferDay(course=course, day=2, to=(moved(play, 2, NEXT_MONDAY, "9:00"),), why="x")
    assert play.rules(defer) == ["full"]
    play.do(replace(defer, overbooked="asked the charge nurse"))
    assert play.visit(play.visit_of(course, 2)).plan.overbooked == "asked the charge nurse"


# ── omit ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_omitted_day_frees_its_chair_and_the_dose_does_not_jump(play: Courses, course: str) -> None:
    play.do(cmd.OmitDay(course=course, day=2, why="at a funeral"))
    assert play.states(course) == [PLANNED, OMITTED, PLANNED, PLANNED, PLANNED]
    assert [day.percent for day in play.file(course).days if day.state is PLANNED] == [60, 80, 100, 100]
    assert play.rules(cmd.OmitDay(course=course, day=2, why="x")) == ["day_state"]


def test_to_omit_everything_is_to_stop(play: Courses, course: str) -> None:
    for day in (1, 2, 3, 4):
        play.do(cmd.OmitDay(course=course, day=day, why="x"))
    assert play.rules(cmd.OmitDay(course=course, day=5, why="x")) == ["last_day"]
    last = play.visit_of(course, 5)
    assert play.rules(cmd.CancelVisit(visit=last, rest="omit")) == ["last_day"]


def test_to_omit_the_last_day_that_is_left_ends_the_course_and_opens_the_follow_up(play: Courses) -> None:
    course = play.booked(play.registered(), days=play.days(2))
    play.held(course, [1])
    play.do(cmd.OmitDay(course=course, day=2, why="enough"))
    file = play.file(course)
    assert file.over
    assert file.follow_up is not None


# ── a visit that does not take place ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ending", [cmd.CancelVisit, cmd.MarkNoShow])
def test_a_missed_day_asks_what_becomes_of_the_rest(play: Courses, course: str, ending: Any) -> None:
    [reason] = play.refused(ending(visit=play.visit_of(course, 2)))
    assert reason.rule == "rest"
    assert reason.text.startswith("This is day 2 of 5 of a course.")


@pytest.mark.parametrize(
    ("rest", "states", "tasks"),
    [
        ("omit", [HELD, OMITTED, PLANNED, PLANNED, PLANNED], set()),
        ("later", [HELD, OPEN, PLANNED, PLANNED, PLANNED], set()),
        ("undecided", [HELD, UNDECIDED, PLANNED, PLANNED, PLANNED], {"decide"}),
        ("stop", [HELD, OMITTED, OMITTED, OMITTED, OMITTED], {"started", "call"}),
    ],
)
@pytest.mark.parametrize(("ending", "word"), [(cmd.CancelVisit, "cancelled"), (cmd.MarkNoShow, "no-show")])
def test_a_missed_day_and_each_rest_of_it(
    play: Courses, course: str, ending: Any, word: str, rest: Any, states: list[DayState], tasks: set[str]
) -> None:
    play.held(course, [1])
    play.morning_of(course, 2).at("8:30")
    visit = play.visit_of(course, 2)
    play.do(ending(visit=visit, rest=rest, why="ill"))
    assert play.states(course) == states
    assert {task.kind for task in play.file(course).tasks} == tasks
    assert play.visit(visit).phase is (Phase.NO_SHOW if word == "no-show" else Phase.CANCELLED)
    still = {v.id for v in play.visits_of(course) if v.phase is Phase.PLANNED}
    assert len(still) == states.count(PLANNED)
    stopped = play.course(course).stopped
    if rest == "stop":
        assert stopped is not None
        assert stopped.body.reason == ("no-show" if word == "no-show" else "patient's wish")
        assert stopped.body.freed == (2, 3, 4, 5)
    else:
        assert stopped is None
    if rest == "omit":
        assert play.file(course).days[1].why == f"{word}: ill"


def test_a_no_show_is_taken_back_while_the_day_waits_and_not_once_it_was_given_away(
    play: Courses, course: str
) -> None:
    visit = play.visit_of(course, 1)
    play.at("9:00").do(cmd.MarkNoShow(visit=visit, rest="undecided"))
    play.do(cmd.Undo(visit=visit))
    assert play.states(course)[0] is PLANNED
    play.do(cmd.MarkNoShow(visit=visit, rest="omit"))
    assert play.rules(cmd.Undo(visit=visit)) == ["course"]
    play.do(cmd.ChangePlan(visit=visit, plan=play.visit(visit).plan, why="came at ten"))
    assert play.states(course)[0] is PLANNED
    assert play.visit(visit).phase is Phase.PLANNED


def test_an_undecided_day_is_deferred_omitted_or_taken(play: Courses, course: str) -> None:
    first = play.visit_of(course, 1)
    play.at("9:00").do(cmd.MarkNoShow(visit=first, rest="undecided"))
    play.do(cmd.TakeDay(course=course, wanted=moved(play, 1, play.day, "10:00"), why="overslept"))
    assert play.states(course)[0] is PLANNED
    assert play.visit_of(course, 1) != first
    assert play.visit(first).phase is Phase.NO_SHOW
    plan = play.visit(first).plan
    assert play.rules(cmd.ChangePlan(visit=first, plan=plan, why="came")) == ["day"]
    assert play.rules(cmd.Undo(visit=first)) == ["course"]
    again = play.visit_of(course, 1)
    play.do(cmd.CancelVisit(visit=again, rest="undecided"))
    play.do(cmd.DeferDay(course=course, day=1, why="next week"))
    assert play.states(course)[0] is OPEN
    play.do(cmd.CancelVisit(visit=first))
    assert play.states(course)[0] is OPEN


def test_sent_home_without_infusion_the_day_is_undecided_and_may_be_taken_the_same_day(
    play: Courses, course: str
) -> None:
    visit = play.visit_of(course, 1)
    play.at("8:00").do(cmd.Arrive(visit=visit))
    play.do(cmd.TurnAway(visit=visit, why="had breakfast"))
    assert play.states(course)[0] is UNDECIDED
    play.do(cmd.TakeDay(course=course, wanted=moved(play, 1, play.day, "12:00")))
    assert play.states(course) == [PLANNED] * 5
    assert play.rules(cmd.Undo(visit=visit)) == ["course"]


def test_a_visit_entered_in_error_leaves_its_day_open(play: Courses, course: str) -> None:
    play.do(cmd.MarkEnteredInError(visit=play.visit_of(course, 3), why="wrong week"))
    assert play.states(course)[2] is OPEN


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
