"""The schedule: what may be planned, changed, cancelled, and brought back."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from msgspec.structs import replace
from tests.domain.playing import Play, person

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.visit import Phase


@pytest.fixture
def play() -> Play:
    return Play(chairs=3).at("7:00")


def test_the_same_appointment_is_planned_once(play: Play) -> None:
    visit = play.plan(1)
    plan = play.visit(visit).plan
    assert play.rules(cmd.PlanVisit(plan=plan)) == ["already_planned"]


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"patient": person(1, family="   ")}, "name"),
        ({"patient": person(1, family="x" * 201)}, "name"),
        ({"patient": person(1, birth_date=date(2026, 11, 24))}, "birth_date"),
        ({"course": ev.CourseDay(day=4, of=3)}, "course"),
        ({"course": ev.CourseDay(day=1, of=1_000_000)}, "course"),
        ({"duration_min": 100_000_000_000}, "duration"),
        ({"appointment": ev.Appointment()}, "appointment"),
        ({"patient": person(1, birth_date=date(1, 1, 1))}, "birth_date"),
        ({"start": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=9)))}, "start"),
        ({"start": datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-timedelta(hours=9)))}, "start"),
        ({"start": datetime(2026, 11, 23, 8, 0)}, "start"),  # noqa: DTZ001 - that is what is refused
    ],
    ids=[
        "no name",
        "endless name",
        "unborn",
        "day 4 of 3",
        "endless course",
        "endless booking",
        "appointment without an id",
        "2000 years old",
        "year 1",
        "year 9999",
        "no offset",
    ],
)
def test_what_no_person_can_have_is_not_planned(play: Play, changed: dict[str, Any], rule: str) -> None:
    plan = replace(ev.Plan(patient=person(1), start=play.time("8:00")), **changed)
    assert play.rules(cmd.PlanVisit(plan=plan)) == [rule]


def test_born_today_is_possible(play: Play) -> None:
    play.plan(1, patient=person(1, birth_date=play.day))


@pytest.mark.parametrize(
    ("command", "phase"),
    [
        (cmd.CancelVisit, Phase.CANCELLED),
        (cmd.MarkNoShow, Phase.NO_SHOW),
        (cmd.MarkEnteredInError, Phase.ENTERED_IN_ERROR),
    ],
)
def test_who_does_not_come_can_be_brought_back_by_a_plan(play: Play, command: Any, phase: Phase) -> None:
    visit = play.plan(1)
    play.do(command(visit=visit))
    assert play.visit(visit).phase is phase
    assert play.rules(cmd.Arrive(visit=visit)) == ["phase"]
    assert play.rules(command(visit=visit)) == ["phase"]
    play.do(cmd.ChangePlan(visit=visit, plan=play.visit(visit).plan, why="comes after all"))
    assert play.visit(visit).phase is Phase.PLANNED
    assert play.visit(visit).ended_at is None


def test_who_is_here_is_not_cancelled(play: Play) -> None:
    visit = play.arrived(1)
    for command in (cmd.CancelVisit, cmd.MarkNoShow, cmd.MarkEnteredInError):
        assert play.rules(command(visit=visit)) == ["phase"]


def test_a_change_that_changes_nothing_is_refused_and_a_real_one_is_not(play: Play) -> None:
    visit = play.plan(1)
    plan = play.visit(visit).plan
    assert play.rules(cmd.ChangePlan(visit=visit, plan=plan)) == ["unchanged"]
    play.do(cmd.ChangePlan(visit=visit, plan=replace(plan, start=play.time("9:30"))))
    assert play.visit(visit).plan.start == play.time("9:30")


def test_the_plan_is_changed_and_never_corrected(play: Play) -> None:
    """A corrected plan would pass by everything that a plan is held to."""
    visit = play.plan(1)
    body = ev.VisitPlanned(plan=ev.Plan(patient=person(2), start=play.time("8:00")))
    target = play.visit(visit).entries[0].id
    assert play.rules(cmd.Correct(visit=visit, target=target, body=body, why="typo")) == ["correct"]
    assert play.rules(cmd.Undo(visit=visit, target=target)) == ["undo"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dose.pump_step_ml_h", "0"),
        ("dose.soft_mg_per_kg_h", "NaN"),
        ("recovery.usual_min", -1),
        ("recovery.usual_min", 10**12),
        ("vitals.often_min", 0),
        ("plausible.likely_sbp", {"low": "200", "high": "90"}),
        ("plausible.likely_sbp", {"low": "NaN", "high": "90"}),
        ("follow_up.length_days", 0),
        ("follow_up.call_days", [1, 7, 400]),
        ("follow_up.call_days", [-1]),
        ("dose.nothing_like_this", 1),
        ("dose.duration_min", "soon"),
    ],
)
def test_a_rule_that_would_stop_the_room_is_refused(play: Play, name: str, value: Any) -> None:
    assert play.rules(cmd.ChangeRule(name=name, value=value, signed_off_by="Dr X")) == ["rule"]


def test_a_rule_that_the_physician_signs_holds(play: Play) -> None:
    play.do(cmd.ChangeRule(name="dose.duration_min", value=180, signed_off_by="Dr X"))
    visit = play.prepared(1)
    order = play.visit(visit).order
    assert order is not None
    assert order.body.duration_min == 180


def test_the_room_keeps_the_chairs_that_people_sit_in(play: Play) -> None:
    play.seated(3, chair=3)
    assert play.rules(cmd.ChangeRoom(chairs=2)) == ["chairs"]
    assert play.rules(cmd.ChangeRoom(chairs=0)) == ["chairs"]
    play.do(cmd.ChangeRoom(chairs=5))
    assert len(play.board().chairs) == 5


def test_a_room_is_not_changed_to_nothing(play: Play) -> None:
    assert play.rules(cmd.ChangeRoom()) == ["unchanged"]
    assert play.rules(cmd.ChangeRoom(name="  ")) == ["name"]


def test_nothing_is_done_by_nobody_nor_in_the_future_nor_in_another_age(play: Play) -> None:
    visit = play.plan(1)
    assert play.rules(cmd.Arrive(visit=visit), by="  ") == ["user"]
    assert play.rules(cmd.Arrive(visit=visit, at=play.now + timedelta(seconds=1))) == ["future"]
    assert play.rules(cmd.Arrive(visit=visit, at=datetime(1, 1, 1, tzinfo=play.now.tzinfo))) == ["past"]


def test_what_the_journal_could_not_give_back_is_refused(play: Play) -> None:
    visit = play.seated(1)
    for fact in (
        ev.PainRated(nrs=11),
        ev.VitalsTaken(moaas=6),
        ev.Noted(text="x" * 2001),
        ev.Noted(text="\ud800"),
    ):
        assert play.rules(cmd.Record(visit=visit, fact=fact)) == ["form"]
    assert play.rules(cmd.Record(visit=visit, fact=ev.Noted(text=" "))) == ["empty"]
    assert play.rules(cmd.TurnAway(visit=visit, why="\t")) == ["empty"]
