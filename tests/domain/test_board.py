"""The board as one fold of (room, day, now): panes, timers, clock changes, and another day's board."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.domain.playing import MONDAY, Play, person, vitals

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.board import Board
from infusionroom.domain.fold_board import NoRoom, board_of
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.room import ChairState, Room

SPRING = date(2027, 3, 14)
AUTUMN = date(2027, 11, 7)


@pytest.fixture
def play() -> Play:
    return Play(chairs=4).at("8:00")


def test_without_a_room_there_is_no_board(play: Play) -> None:
    with pytest.raises(NoRoom):
        board_of(Room(), MONDAY, play.now)


def test_everybody_is_in_the_pane_where_they_stand(play: Play) -> None:
    play.plan(6, start="7:30")
    play.arrived(5)
    play.seated(1)
    play.infusing(2)
    paused = play.infusing(3)
    play.do(cmd.Pause(visit=paused, why="nausea"))
    board = play.board()
    counts = board.counts
    assert (counts.to_come, counts.waiting, counts.infusing, counts.paused) == (1, 2, 1, 1)
    assert [line.chair for line in board.infusions] == [2, 3]
    assert [(line.who.family, line.late_s) for line in board.to_come] == [
        ("Marlowe5", 0),
        ("Marlowe6", 1800),
    ]
    assert [line.state for line in board.chairs] == [ChairState.OCCUPIED] * 3 + [ChairState.OPEN]
    assert board.chairs[2].note == "nausea"
    assert board.chairs[3].next_who is not None
    assert board.chairs[3].next_who.family == "Marlowe5"


def test_recovery_counts_up_beside_the_usual_and_is_never_late(play: Play) -> None:
    new, old = play.infusing(1), play.infusing(2, patient=person(2, infusions_before=3))
    play.later(240)
    for visit in (new, old):
        play.do(cmd.Stop(visit=visit))
    play.later(90)
    lines = {line.who.visit: line for line in play.board().recovery}
    assert [lines[v].usual_s for v in (new, old)] == [7200, 3600]
    assert [lines[v].experienced for v in (new, old)] == [False, True]
    assert lines[new].home_from is not None
    assert lines[old].home_from is None, "past the range nobody can say"
    play.later(600)
    lines = {line.who.visit: line for line in play.board().recovery}
    assert lines[new].elapsed_s == 690 * 60
    assert lines[new].home_to is None


def test_the_last_start_leaves_time_for_an_infusion_and_its_recovery(play: Play) -> None:
    assert play.board().last_start == play.time("12:00")


def test_who_is_here_since_yesterday_is_on_todays_board(play: Play) -> None:
    visit = play.at("22:00").infusing(1)
    tuesday = MONDAY + timedelta(days=1)
    board = play.at("1:00", tuesday).board()
    assert [line.who.visit for line in board.infusions] == [visit]
    assert [who.visit for who in board.carried_over] == [visit]
    assert board.infusions[0].running_s == 3 * 3600


@pytest.mark.parametrize("days", [-1, 1])
def test_another_days_board_shows_nobody_of_today(play: Play, days: int) -> None:
    play.infusing(1)
    play.do(cmd.TakeChairOut(chair=3, why="torn"))
    board = play.board(MONDAY + timedelta(days=days))
    assert board.infusions == ()
    assert [line.state for line in board.chairs][2] is ChairState.OUT_OF_SERVICE
    assert all(line.who is None for line in board.chairs)


def test_bars_are_cut_to_the_day_and_never_overlap(play: Play) -> None:
    visit = play.at("22:00").infusing(1)
    play.at("23:30").do(cmd.Move(visit=visit, chair=2))
    play.at("1:00", MONDAY + timedelta(days=1))
    for day in (MONDAY, play.day):
        bars = [bar for bar in play.board(day).bars if bar.kind not in ("forecast", "planned", "cleaning")]
        assert bars
        begin, end = play.time("0:00", day), play.time("0:00", day + timedelta(days=1))
        assert all(begin <= bar.since < bar.until <= end for bar in bars)
        for one, two in itertools.pairwise(bars):
            assert one.chair != two.chair or one.until <= two.since


# ── clock changes ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "started", "seen", "hours"),
    [
        (SPRING, "0:30", "4:30", 3),
        (AUTUMN, "0:30", "4:30", 5),
        (AUTUMN, "1:30", "1:30+1", 1),
        (MONDAY, "0:30", "4:30", 4),
    ],
)
def test_timers_count_what_passed_not_what_the_wall_says(
    day: date, started: str, seen: str, hours: int
) -> None:
    play = Play(day=day)
    play.at(started)
    visit = play.infusing(1)
    play.at(seen)
    [line] = play.board().infusions
    assert line.running_s == line.wall_s == hours * 3600
    assert line.given_mg == 25 * hours
    assert line.vitals.minutes == hours * 60 - 15
    assert play.visit(visit).here


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (MONDAY, 24)])
def test_the_bars_of_a_whole_day_are_as_long_as_the_day(day: date, hours: int) -> None:
    play = Play(day=day)
    play.at("0:00")
    play.infusing(1)
    play.at("1:00", day + timedelta(days=1))
    bars = [bar for bar in play.board(day).bars if bar.kind == "infusion"]
    assert sum(((bar.until - bar.since) for bar in bars), timedelta()) == timedelta(hours=hours)


def test_the_door_opens_and_closes_by_the_wall() -> None:
    for day in (SPRING, AUTUMN):
        board = Play(day=day).board()
        play = Play(day=day)
        assert (board.opens_at, board.closes_at) == (play.time("7:00"), play.time("18:00"))
        assert board.closes_at - board.opens_at == timedelta(hours=11)


@pytest.mark.parametrize("day", [SPRING, AUTUMN, MONDAY])
def test_a_terminal_that_starts_at_noon_shows_what_one_that_watched_shows(day: date) -> None:
    """A night over the clock change with a pause, a correction and a move, watched entry by entry."""
    play = Play(day=day)
    play.at("0:45")
    visit = play.infusing(1)
    play.later(30).do(cmd.Pause(visit=visit, why="nausea"))
    play.later(20).do(cmd.Resume(visit=visit))
    play.later(60).do(cmd.ChangeRate(visit=visit, to_ml_h=Decimal(15), why="ramp"))
    entry = play.later(5).record(visit, vitals(sbp=190))[0]
    play.do(cmd.Correct(visit=visit, target=entry.id, body=vitals(sbp=140), why="typing mistake"))
    play.do(cmd.Move(visit=visit, chair=2))
    play.at("12:00").do(cmd.Stop(visit=visit))
    play.record(visit, ev.PainRated(nrs=3))
    watched = Room()
    for one in play.entries:
        watched = evolve(watched, (one,))
        if watched.clinic:
            board_of(watched, day, one.recorded_at)
    noon: list[Board] = [
        board_of(room, day, play.now) for room in (watched, evolve(Room(), play.entries), play.room)
    ]
    assert noon[0] == noon[1] == noon[2]
    assert noon[0].recovery[0].who.visit == visit


def test_after_a_sleep_of_hours_the_timers_are_right(play: Play) -> None:
    play.infusing(1)
    before = play.board().infusions[0]
    after = play.later(200).board().infusions[0]
    assert after.running_s - before.running_s == 200 * 60
    assert after.ends_at == before.ends_at
