"""A board that is kept up: an entry changes what it is about, wherever that stands, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from tests.domain.course_playing import Courses, patient_file
from tests.domain.playing import person, vitals

from infusionroom.domain import commands as cmd
from infusionroom.domain.board import Board
from infusionroom.domain.fold_board import board_after, board_of


@pytest.fixture
def play() -> Courses:
    play = Courses(chairs=4)
    play.at("7:00")
    return play


def kept_up(play: Courses, entry: Callable[[], Any]) -> tuple[Board, Board]:
    """The board before an entry, and as it is kept up after it, which is what a new one shows."""
    before = play.room
    board = board_of(before, play.day, play.now)
    entry()
    after = board_after(board, before, play.room, play.now)
    assert after == board_of(play.room, play.day, play.now)
    return board, after


def test_a_pause_turns_nobody_elses_timers(play: Courses) -> None:
    paused, other = play.infusing(1), play.infusing(2)
    board, before = board_of(play.room, play.day, play.now), play.room
    play.later(0.5)
    play.do(cmd.Pause(visit=paused, why="nausea"))
    after = board_after(board, before, play.room, play.now)
    [line, same] = after.infusions
    assert (line.who.visit, line.pause_why) == (paused, "nausea")
    assert same.who.visit == other
    assert same is board.infusions[1], "and is not worded or painted again"
    assert after.chairs[1] is board.chairs[1]
    assert after.now == board.now


def test_what_is_written_of_a_course_changes_the_person_to_come(play: Courses) -> None:
    course = play.booked(play.registered())
    board, after = kept_up(play, lambda: play.consented(course))
    assert "consent" in [mark.kind for mark in board.to_come[0].marks]
    assert "consent" not in [mark.kind for mark in after.to_come[0].marks]


def test_what_is_written_of_a_file_changes_the_person_to_come(play: Courses) -> None:
    patient = play.registered()
    play.booked(patient)
    file = patient_file(allergies=("latex",))
    _, after = kept_up(play, lambda: play.do(cmd.ChangePatient(patient=patient, file=file, confirmed=True)))
    assert "allergy: latex" in [mark.text for mark in after.to_come[0].marks]


def test_whoever_is_named_alike_gets_the_mark_with_the_other(play: Courses) -> None:
    play.infusing(1, patient=person(1, family="Hansen", given="Kim"))
    board, after = kept_up(
        play, lambda: play.plan(2, "10:00", patient=person(2, family="Hanson", given="Kai"))
    )
    assert not board.chairs[0].who or not board.chairs[0].who.alike
    assert after.chairs[0].who
    assert after.chairs[0].who.alike


def test_whoever_leaves_makes_room_on_every_pane(play: Courses) -> None:
    play.plan(9, "12:00")
    visit = play.ready(1)
    board, after = kept_up(play, lambda: play.do(cmd.Leave(visit=visit)))
    assert len(board.discharge) == 1
    assert (after.discharge, after.chairs[0].who, after.counts.left) == ((), None, 1)
    kept_up(play, lambda: play.do(cmd.CleanChair(chair=1)))


def test_a_new_rule_holds_for_everybody_at_once(play: Courses) -> None:
    visit = play.infusing(1)
    play.later(40)
    play.record(visit, vitals())
    due = board_of(play.room, play.day, play.now).infusions[0].vitals
    rule = cmd.ChangeRule(name="vitals.often_min", value=5, signed_off_by="Dr Roy")
    _, after = kept_up(play, lambda: play.do(rule))
    assert due.at is not None
    assert after.infusions[0].vitals.at is not None
    assert after.infusions[0].vitals.at < due.at


def test_a_visit_that_is_moved_to_another_day_leaves_the_board(play: Courses) -> None:
    course = play.booked(play.registered())
    tomorrow: date = play.day + timedelta(days=1)
    board, after = kept_up(play, lambda: play.do(cmd.DeferDay(course=course, day=1, why="a cold")))
    assert [line.start.date() for line in board.to_come] == [play.day]
    assert after.to_come == ()
    assert board_of(play.room, tomorrow, play.now).to_come != ()
