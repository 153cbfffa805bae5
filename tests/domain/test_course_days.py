"""A course in the life of its patient: days deferred, omitted, missed, taken, the course cut short or extended."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.domain.course_playing import SINGLE, Courses, moved

from infusionroom.domain import commands as cmd
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


def test_a_missed_day_is_made_up_for_and_the_later_ones_move_along(play: Courses, course: str) -> None:
    play.held(course, [1])
    play.at("9:00", date(2026, 11, 24))
    missed = play.visit_of(course, 2)
    play.do(cmd.MarkNoShow(visit=missed, rest="later"))
    wednesday = date(2026, 11, 25)
    assert play.rules(cmd.TakeDay(course=course, wanted=moved(play, 2, wednesday, "12:00"))) == ["order"]
    dates = (wednesday, FRIDAY, NEXT_MONDAY, NEXT_TUESDAY)
    to = tuple(moved(play, number, day, "9:30") for number, day in enumerate(dates, start=2))
    entries = play.do(cmd.DeferDay(course=course, day=2, to=to, why="overslept"))
    assert [e.kind for e in entries[:4]] == [
        "course_day_taken",
        "visit_planned",
        "course_day_deferred",
        "plan_changed",
    ]
    assert play.dates(course)[1:] == list(dates)
    assert play.visit(missed).phase is Phase.NO_SHOW


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
