"""Booking courses: all three kinds, across a holiday and a clock change, and everything that stands in the way."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from tests.domain.course_playing import FIVE, SINGLE, TEN, Courses
from tests.domain.playing import person

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.course_days import DayState
from infusionroom.domain.day import local
from infusionroom.domain.visit import Phase, visit_id_of

THANKSGIVING = date(2026, 11, 26)


@pytest.fixture
def play() -> Courses:
    play = Courses(chairs=3)
    play.at("7:00")
    return play


@pytest.fixture
def ruth(play: Courses) -> str:
    return play.registered()


@pytest.mark.parametrize(
    ("kind", "days", "percents"),
    [
        (SINGLE, 1, [100]),
        (FIVE, 5, [60, 80, 100, 100, 100]),
        (TEN, 10, [50, 75, 100, 100, 100, 100, 100, 100, 100, 100]),
    ],
)
def test_each_kind_books_a_visit_for_each_of_its_days(
    play: Courses, ruth: str, kind: str, days: int, percents: list[int]
) -> None:
    course = play.booked(ruth, kind)
    file = play.file(course)
    assert play.states(course) == [DayState.PLANNED] * days
    assert [day.percent for day in file.days] == percents
    assert THANKSGIVING not in play.dates(course)
    visits = [play.visit(play.visit_of(course, day)) for day in range(1, days + 1)]
    assert [visit.plan.course for visit in visits] == [ev.CourseDay(n, days) for n in range(1, days + 1)]
    assert {visit.plan.duration_min for visit in visits} == {240}
    assert {visit.plan.patient_id for visit in visits} == {ruth}
    assert {visit.patient.infusions_before for visit in visits} == {2}
    assert visits[0].id == visit_id_of(f"{course}/1")
    [entry] = [e for e in play.entries if isinstance(e.body, ev.CourseBooked)]
    assert {e.command for e in play.entries if e.stream.startswith("visit:")} == {entry.command}


def test_a_course_keeps_its_time_on_the_wall_across_the_clock_change() -> None:
    play = Courses(day=date(2026, 10, 28))
    play.at("7:00")
    course = play.booked(play.registered())
    starts = [day.start for day in play.file(course).days if day.start]
    assert {f"{local(start, play.timezone):%H:%M}" for start in starts} == {"08:00"}
    assert starts[3] - starts[2] == timedelta(days=3, hours=1)


def test_a_course_of_up_to_five_days_may_be_of_three_and_never_of_six(play: Courses, ruth: str) -> None:
    assert play.rules(play.booking(ruth, days=play.days(6))) == ["days"]
    assert play.rules(play.booking(ruth, days=())) == ["days"]
    course = play.booked(ruth, days=play.days(3))
    assert play.course(course).of == 3
    assert play.visit(play.visit_of(course, 3)).plan.course == ev.CourseDay(3, 3)


def test_the_course_keeps_who_prescribed_it_and_the_target_it_was_given(play: Courses, ruth: str) -> None:
    assert play.rules(play.booking(ruth, prescriber=" ")) == ["prescriber"]
    target = ev.Target("mg_per_kg_h", Decimal("0.40"))
    course = play.course(play.booked(ruth, target=target))
    assert (course.prescriber, course.target.dose, course.patient) == ("Dr X", Decimal("0.4"), ruth)


@pytest.mark.parametrize(
    ("target", "rule"),
    [
        (ev.Target("mg_per_kg_h", Decimal("1.01")), "hard_limit"),
        (ev.Target("mg_per_kg_h", Decimal("NaN")), "dose"),
        (ev.Target("mg_per_h", Decimal(-1)), "dose"),
        (ev.Target("mg_per_h", Decimal(25), duration_min=2000), "duration"),
    ],
)
def test_a_target_that_nobody_could_order_is_refused(
    play: Courses, ruth: str, target: ev.Target, rule: str
) -> None:
    assert play.rules(play.booking(ruth, target=target)) == [rule]


def test_a_target_of_exactly_the_hard_limit_passes(play: Courses, ruth: str) -> None:
    play.booked(ruth, target=ev.Target("mg_per_kg_h", Decimal(1)))


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        (lambda p: (p.days(1)[0], p.days(1)[0]), ["days"]),
        (lambda p: (p.days(1)[0], replace(p.days(1)[0], day=2)), ["order"]),
        (lambda p: (replace(p.days(1)[0], start=p.time("8:00", p.day - timedelta(days=3))),), ["past"]),
        (lambda p: (replace(p.days(1)[0], start=p.time("6:59")),), ["past", "before_opening"]),
        (lambda p: (replace(p.days(1)[0], start=p.time("8:00", THANKSGIVING)),), ["closed_day"]),
        (lambda p: (replace(p.days(1)[0], start=p.time("8:00", date(2026, 11, 28))),), ["closed_day"]),
        (lambda p: (replace(p.days(1)[0], start=p.time("15:00")),), ["after_closing"]),
        (lambda p: (replace(p.days(1)[0], chair=9),), ["no_chair"]),
    ],
    ids=[
        "not numbered",
        "twice on a day",
        "last Friday",
        "a minute ago",
        "holiday",
        "Saturday",
        "late",
        "chair 9",
    ],
)
def test_days_that_cannot_be_are_refused_by_name(
    play: Courses, ruth: str, change: Any, rules: list[str]
) -> None:
    assert play.rules(play.booking(ruth, days=change(play))) == rules


def test_the_room_is_never_filled_beyond_its_chairs_without_a_reason(play: Courses, ruth: str) -> None:
    for number, wall in enumerate(("8:00", "8:15", "8:30"), start=1):
        other = play.registered(family=f"Abel{number}", record_number=f"A{number}")
        play.booked(other, days=play.days(2, wall))
    command = play.booking(ruth, days=play.days(3, "9:00"))
    assert play.rules(command) == ["full", "full"]
    assert all(reason.overridable for reason in play.refused(command))
    course = play.booked(ruth, days=play.days(3, "9:00"), overbooked="pain crisis")
    assert play.course(course).overbooked == "pain crisis"
    said = [play.visit(play.visit_of(course, day)).plan.overbooked for day in (1, 2, 3)]
    assert said == ["pain crisis", "pain crisis", ""]


def test_a_reason_for_overbooking_opens_no_closed_door(play: Courses, ruth: str) -> None:
    days = (replace(play.days(1)[0], start=play.time("8:00", THANKSGIVING)),)
    assert play.rules(play.booking(ruth, days=days, overbooked="please")) == ["closed_day"]
    course = play.booked(ruth, overbooked="just in case")
    assert play.course(course).overbooked == ""


def test_one_nurse_is_not_asked_to_start_two_at_once(play: Courses, ruth: str) -> None:
    play.booked(play.registered(family="Abel", record_number="A1"), SINGLE)
    assert play.rules(play.booking(ruth, SINGLE)) == ["two_starts"]
    assert play.rules(play.booking(ruth, SINGLE, days=play.days(1, "8:14"))) == ["two_starts"]
    play.booked(ruth, SINGLE, days=play.days(1, "8:15"))


def test_who_has_a_course_gets_no_second_one_in_the_same_time(play: Courses, ruth: str) -> None:
    monday, tuesday, wednesday = play.days(3)
    first = play.booked(ruth, days=(monday, replace(wednesday, day=2)))
    for days in ((replace(tuesday, day=1),), (replace(monday, start=play.time("12:00")),)):
        [reason] = play.refused(play.booking(ruth, days=days))
        assert reason.rule == "running_course"
        assert "up to five days" in reason.text
        assert "Mon 23 Nov to Wed 25 Nov" in reason.text
    after = play.days(2, first=date(2026, 11, 27))
    play.booked(ruth, days=after)
    play.do(cmd.StopCourse(course=first, reason="patient's wish"))
    play.booked(ruth, days=play.days(2))


def test_a_duplicate_is_not_booked_but_the_file_that_holds(play: Courses, ruth: str) -> None:
    twin = play.registered(record_number="R99")
    play.do(cmd.MergePatients(patient=twin, into=ruth, why="typed twice"))
    [reason] = play.refused(play.booking(twin))
    assert reason.rule == "merged"
    assert ruth in reason.text
    assert play.rules(play.booking("nobody")) == ["unknown_patient"]
    assert play.rules(cmd.BookCourse(patient=ruth, archetype="forty days", days=play.days(1))) == [
        "archetype"
    ]


def test_whoever_walked_in_becomes_day_one_of_the_course_booked_for_them(play: Courses, ruth: str) -> None:
    visit = play.plan(1, patient=person(1, family="Marlow", record_number="", birth_date=None), walk_in=True)
    play.at("8:40")
    today, *later = play.days(3, "9:00")
    course = play.booked(ruth, days=(replace(today, start=play.time("8:00"), visit=visit), *later))
    assert play.states(course) == [DayState.HERE, DayState.PLANNED, DayState.PLANNED]
    plan = play.visit(visit).plan
    assert (plan.patient.family, plan.patient_id, plan.course) == ("Marlowe", ruth, ev.CourseDay(1, 3))
    assert plan.walk_in
    assert play.visit(visit).phase is Phase.ARRIVED
    assert play.rules(cmd.Undo(visit=visit, target=play.last(visit).id)) == ["course"]


def test_a_visit_of_surely_somebody_else_is_not_taken(play: Courses, ruth: str) -> None:
    visit = play.plan(1)
    days = (replace(play.days(1)[0], visit=visit),)
    assert play.rules(play.booking(ruth, days=days)) == ["other_person"]
    born = play.plan(3, "12:00", patient=person(3, record_number=""))
    assert play.rules(play.booking(ruth, days=(replace(days[0], visit=born),))) == ["other_person"]
    mine = play.plan(2, "10:00", patient=person(2, record_number="R12", birth_date=None))
    play.do(cmd.CancelVisit(visit=mine))
    assert play.rules(play.booking(ruth, days=(replace(days[0], visit=mine),))) == ["visit"]


def test_a_visit_planned_by_hand_needs_a_reason_where_the_room_is_full() -> None:
    play = Courses(chairs=1)
    play.at("7:00")
    play.plan(1, "8:00")
    plan = ev.Plan(patient=person(2), start=play.time("9:00"))
    assert play.rules(cmd.PlanVisit(plan=plan)) == ["full"]
    play.do(cmd.PlanVisit(plan=replace(plan, overbooked="emergency")))
    play.do(cmd.PlanVisit(plan=replace(plan, source="HL7", patient=person(3))))
    play.do(cmd.PlanVisit(plan=replace(plan, walk_in=True, patient=person(4))))
