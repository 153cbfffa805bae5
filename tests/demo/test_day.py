"""The demonstration's day: the room takes every act of it, and at 10:42 it shows one of everything."""

from __future__ import annotations

from collections import Counter
from datetime import date, time, timedelta
from itertools import pairwise, takewhile

import msgspec
import pytest
from tests.demo.paper import played

from infusionroom.demo.cast import DEFAULT_SEED
from infusionroom.demo.courses import everything
from infusionroom.demo.day import day_steps, setting_up
from infusionroom.demo.people import TIMEZONE
from infusionroom.domain import commands as cmd
from infusionroom.domain.board import Board
from infusionroom.domain.day import at_local, clinic_day
from infusionroom.domain.fold_board import board_of
from infusionroom.domain.room import ChairState, Room
from infusionroom.domain.visit import Phase, Visit

MONDAY = date(2026, 11, 23)
CLOCKS_FORWARD, CLOCKS_BACK, LEAP_DAY = date(2026, 3, 8), date(2026, 11, 1), date(2028, 2, 29)


def _room(at: time, seed: int = DEFAULT_SEED, day: date = MONDAY) -> Room:
    return played(everything(day, seed), at_local(day, at, TIMEZONE))


def _board(at: time, seed: int = DEFAULT_SEED, day: date = MONDAY) -> Board:
    return board_of(_room(at, seed, day), day, at_local(day, at, TIMEZONE))


def _visits(room: Room, day: date = MONDAY) -> list[Visit]:
    return [v for v in room.visits.values() if clinic_day(v.plan.start, TIMEZONE) == day]


@pytest.mark.parametrize("seed", range(1, 31))
def test_the_room_takes_every_act_whatever_the_seed(seed: int) -> None:
    room = _room(time(23, 59), seed)
    phases = Counter(visit.phase for visit in _visits(room))
    assert phases == {Phase.LEFT: 11, Phase.NO_SHOW: 1, Phase.CANCELLED: 1}
    assert {room.state_of(chair) for chair in range(1, 9)} == {ChairState.OPEN}


@pytest.mark.parametrize("day", [CLOCKS_FORWARD, CLOCKS_BACK, LEAP_DAY, date(2027, 1, 1)])
def test_it_can_be_any_day_even_one_of_23_or_25_hours(day: date) -> None:
    today = _visits(_room(time(23, 59), day=day), day)
    assert Counter(v.phase for v in today) == {Phase.LEFT: 11, Phase.NO_SHOW: 1, Phase.CANCELLED: 1}
    eleven = next(v for v in today if v.patient.family == "Petrov")
    assert eleven.plan.start == at_local(day, time(11), TIMEZONE)


def test_at_10_42_the_board_has_one_of_everything() -> None:
    board = _board(time(10, 42))
    shown = {line.number: (line.phase or line.state, line.elapsed_s // 60) for line in board.chairs}
    assert shown == {
        1: (Phase.INFUSING, 106),
        2: (Phase.INFUSING, 231),
        3: (Phase.PAUSED, 6),
        4: (Phase.RECOVERING, 101),
        5: (Phase.RECOVERING, 22),
        6: (Phase.READY, 11),
        7: (ChairState.CLEANING, 8),
        8: (ChairState.OPEN, 0),
    }
    okafor = board.infusions[1]
    assert (int(okafor.rate_mg_h), okafor.ordered_s - okafor.running_s) == (35, 9 * 60)
    assert board.infusions[2].pause_why == "nausea"
    assert board.recovery[0].padss == (5, 6, 7, 8)
    assert (board.recovery[0].usual_s, board.recovery[1].usual_s) == (7200, 3600)
    assert board.recovery[1].infusion_number == 14
    assert board.discharge[0].waiting_for == "escort in car"
    assert [line.who.family for line in board.to_come] == ["Petrov", "Nakagawa", "Lindqvist", "Osei"]
    assert "consent missing" in [mark.text for mark in board.to_come[0].marks]
    assert (board.alarms[0].chair, board.alarms[0].text) == (3, "vitals 11 min late")
    assert {line.who.short for line in board.recovery if line.who.alike} == {"Nakamura Jun"}


def test_the_day_has_every_kind_of_course_and_what_goes_wrong() -> None:
    visits = _visits(_room(time(23, 59)))
    assert {v.plan.course.of for v in visits if v.plan.course} == {1, 5, 10}
    assert any(v.infusion and v.infusion.stopped_early for v in visits)
    assert any(v.infusion and v.infusion.rises and not v.infusion.pauses for v in visits)
    assert any(v.arrived_at and v.arrived_at > v.plan.start + timedelta(minutes=30) for v in visits)
    assert any(v.waits and v.waits[0].reason == "escort" for v in visits)
    assert any(
        v.escort and v.stopped_at and v.escort.at - v.stopped_at > timedelta(minutes=150) for v in visits
    )
    assert any(v.acknowledged for v in visits)
    assert any(not v.patient.family.isascii() for v in visits)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nobody_goes_home_with_a_value_out_of_range_that_nobody_saw(seed: int) -> None:
    closing = _board(time(23, 0), seed)
    assert closing.alarms == ()


def test_the_same_seed_is_the_same_day_to_the_letter() -> None:
    def written(seed: int) -> bytes:
        return msgspec.json.encode(day_steps(MONDAY, seed))

    assert written(7) == written(7)
    assert written(7) != written(8)


def test_the_acts_are_in_the_order_of_time_and_each_has_its_own_id() -> None:
    steps = [*setting_up(MONDAY), *day_steps(MONDAY)]
    assert all(one.at <= other.at for one, other in pairwise(steps))
    assert len({step.command.id for step in steps}) == len(steps)


def test_one_day_follows_the_other_without_an_end() -> None:
    six_days = list(
        takewhile(lambda s: s.at < at_local(date(2026, 12, 1), time(6), TIMEZONE), everything(MONDAY))
    )
    room = played(six_days)
    left = Counter(
        clinic_day(v.left_at, TIMEZONE) for v in room.visits.values() if v.left_at and v.left_at.month > 10
    )
    assert left[MONDAY] == 11
    # Thursday is Thanksgiving, and then comes a weekend.
    assert {day for day, count in left.items() if day > MONDAY and count == 13} == {
        date(2026, 11, 24),
        date(2026, 11, 25),
        date(2026, 11, 27),
        date(2026, 11, 30),
    }
    assert all(one.at <= other.at for one, other in pairwise(six_days))


def test_orders_are_checked_by_somebody_else() -> None:
    by = {
        (type(s.command), s.command.visit): s.actor
        for s in day_steps(MONDAY)
        if isinstance(s.command, cmd.Order | cmd.DoubleCheck)
    }
    for (kind, visit), actor in by.items():
        if kind is cmd.Order:
            assert by[cmd.DoubleCheck, visit] != actor
