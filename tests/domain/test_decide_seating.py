"""Who sits where: arrive, seat, move, swap, send home, and the chairs' own work."""

from __future__ import annotations

import pytest
from tests.domain.playing import Play, person

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.room import ChairState
from infusionroom.domain.visit import Phase


@pytest.fixture
def play() -> Play:
    return Play(chairs=3).at("8:00")


def test_a_planned_person_arrives_and_takes_a_chair(play: Play) -> None:
    visit = play.seated(1, chair=2)
    assert play.visit(visit).phase is Phase.SEATED
    assert play.room.state_of(2) is ChairState.OCCUPIED
    assert play.room.state_of(1) is ChairState.OPEN


def test_a_walk_in_is_planned_and_here_at_once(play: Play) -> None:
    visit = play.plan(1, walk_in=True)
    assert [e.kind for e in play.entries[-2:]] == ["visit_planned", "arrived"]
    assert play.visit(visit).phase is Phase.ARRIVED


@pytest.mark.parametrize(
    ("chair", "rule"), [(0, "chair"), (4, "chair"), (-1, "chair"), (1, "chair_taken")], ids=str
)
def test_nobody_is_seated_where_there_is_no_chair_for_them(play: Play, chair: int, rule: str) -> None:
    play.seated(1, chair=1)
    other = play.arrived(2)
    assert play.rules(cmd.Seat(visit=other, chair=chair)) == [rule]
    assert play.rules(cmd.Seat(visit=play.plan(3), chair=2)) == ["phase"]


def test_the_refusal_names_who_sits_there(play: Play) -> None:
    play.seated(1, chair=1)
    [reason] = play.refused(cmd.Seat(visit=play.arrived(2), chair=1))
    assert reason.text == "Chair 1 is taken by Marlowe1."


def test_one_person_with_two_bookings_sits_in_one_chair(play: Play) -> None:
    play.seated(1, chair=1)
    twin = play.arrived(2, patient=person(1))
    assert play.rules(cmd.Seat(visit=twin, chair=2)) == ["person_seated"]
    same_name_and_birth = play.arrived(3, patient=person(1, record_number=""))
    assert play.rules(cmd.Seat(visit=same_name_and_birth, chair=2)) == ["person_seated"]


def test_a_move_leaves_the_old_chair_to_be_cleaned(play: Play) -> None:
    visit = play.seated(1, chair=1)
    play.later(5).do(cmd.Move(visit=visit, chair=3, why="window"))
    assert play.visit(visit).chair == 3
    assert play.room.state_of(1) is ChairState.CLEANING
    assert play.rules(cmd.Move(visit=visit, chair=3)) == ["chair"]
    assert play.rules(cmd.Move(visit=visit, chair=1)) == ["chair_cleaning"]


def test_two_people_swap_chairs_and_none_needs_cleaning(play: Play) -> None:
    one, other = play.seated(1, chair=1), play.seated(2, chair=2)
    play.do(cmd.Swap(visit=one, with_visit=other))
    assert (play.visit(one).chair, play.visit(other).chair) == (2, 1)
    assert [play.room.state_of(c) for c in (1, 2)] == [ChairState.OCCUPIED] * 2


def test_a_swap_needs_two_who_sit(play: Play) -> None:
    one = play.seated(1, chair=1)
    assert play.rules(cmd.Swap(visit=one, with_visit=one)) == ["chair"]
    assert play.rules(cmd.Swap(visit=one, with_visit=play.arrived(2))) == ["chair"]
    assert play.rules(cmd.Swap(visit=one, with_visit="nobody")) == ["unknown_visit"]


def test_who_is_sent_home_before_the_infusion_frees_the_chair(play: Play) -> None:
    visit = play.seated(1, chair=1)
    play.do(cmd.TurnAway(visit=visit, why="fever"))
    assert play.visit(visit).phase is Phase.LEFT
    assert play.room.state_of(1) is ChairState.CLEANING
    assert play.board().counts.left == 1


def test_who_is_infusing_is_not_sent_home_but_stopped_first(play: Play) -> None:
    visit = play.infusing(1)
    assert play.rules(cmd.TurnAway(visit=visit, why="fever")) == ["phase"]
    assert play.rules(cmd.Leave(visit=visit, against_advice="must go")) == ["phase"]


def test_a_chair_frees_up_only_when_the_person_has_left_and_it_is_clean(play: Play) -> None:
    visit = play.ready(1, chair=1)
    assert play.room.state_of(1) is ChairState.OCCUPIED
    play.do(cmd.Leave(visit=visit))
    other = play.arrived(2)
    assert play.rules(cmd.Seat(visit=other, chair=1)) == ["chair_cleaning"]
    play.later(10).do(cmd.CleanChair(chair=1))
    play.do(cmd.Seat(visit=other, chair=1))
    assert play.visit(other).chair == 1


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        (cmd.CleanChair(chair=1), "chair_state"),
        (cmd.ReturnChair(chair=1), "chair_state"),
        (cmd.CleanChair(chair=9), "chair"),
        (cmd.TakeChairOut(chair=9, why="broken"), "chair"),
        (cmd.TakeChairOut(chair=2, why="broken"), "chair_taken"),
    ],
    ids=lambda value: value if isinstance(value, str) else cmd.name_of(value),
)
def test_chairs_refuse_what_does_not_fit_their_state(play: Play, command: cmd.Command, rule: str) -> None:
    play.seated(1, chair=2)
    assert play.rules(command) == [rule]


def test_a_chair_out_of_service_seats_nobody_until_it_is_back(play: Play) -> None:
    play.do(cmd.TakeChairOut(chair=1, why="armrest broken"))
    visit = play.arrived(1)
    [reason] = play.refused(cmd.Seat(visit=visit, chair=1))
    assert reason.text == "Chair 1 is out of service: armrest broken."
    assert play.rules(cmd.TakeChairOut(chair=1, why="again")) == ["chair_state"]
    play.do(cmd.ReturnChair(chair=1))
    play.do(cmd.Seat(visit=visit, chair=1))


# ── when it happened ────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_sat_down_before_they_came(play: Play) -> None:
    visit = play.arrived(1)
    play.later(20)
    assert play.rules(cmd.Seat(visit=visit, chair=1, at=play.time("7:59"))) == ["order"]
    play.do(cmd.Seat(visit=visit, chair=1, at=play.time("8:00")))
    assert play.visit(visit).seated_at == play.time("8:00")


def test_nobody_sat_in_a_chair_while_somebody_else_did(play: Play) -> None:
    """Late charting may not put two people in one chair in the past either."""
    first = play.seated(1, chair=1)
    play.at("9:00").do(cmd.Move(visit=first, chair=2))
    play.at("9:10").do(cmd.CleanChair(chair=1))
    other = play.plan(2)
    play.at("9:30").do(cmd.Arrive(visit=other, at=play.time("8:10")))
    for then in ("8:30", "9:05"):
        assert play.rules(cmd.Seat(visit=other, chair=1, at=play.time(then))) == ["order"]
    play.do(cmd.Seat(visit=other, chair=1, at=play.time("9:10")))


def test_a_chair_is_not_clean_before_it_was_vacated(play: Play) -> None:
    visit = play.seated(1, chair=1)
    play.at("9:00").do(cmd.Move(visit=visit, chair=2))
    play.at("9:30")
    assert play.rules(cmd.CleanChair(chair=1, at=play.time("8:59"))) == ["order"]
    assert play.rules(cmd.TakeChairOut(chair=1, why="torn", at=play.time("8:59"))) == ["order"]
    play.do(cmd.TakeChairOut(chair=1, why="torn", at=play.time("9:05")))
    assert play.rules(cmd.ReturnChair(chair=1, at=play.time("9:04"))) == ["order"]


def test_an_occupied_chair_is_not_being_cleaned_whatever_was_undone(play: Play) -> None:
    visit = play.ready(1, chair=1)
    play.do(cmd.Leave(visit=visit))
    play.do(cmd.Undo(visit=visit))
    assert play.room.state_of(1) is ChairState.OCCUPIED
    assert play.rules(cmd.CleanChair(chair=1)) == ["chair_state"]


def test_every_part_of_a_leaving_happens_at_one_moment(play: Play) -> None:
    visit = play.ready(1, chair=1)
    gone = play.now
    play.later(10).do(cmd.Leave(visit=visit, at=gone))
    left, vacated = play.entries[-2:]
    assert (left.kind, vacated.kind, vacated.stream) == ("left", "chair_vacated", "chair:1")
    assert left.happened_at == vacated.happened_at == gone
    assert isinstance(vacated.body, ev.ChairVacated)
    assert vacated.body.visit == visit


def test_what_was_done_to_a_chair_by_mistake_is_taken_back(play: Play) -> None:
    visit = play.seated(1, chair=2)
    play.do(cmd.TurnAway(visit=visit, why="pressure"))
    play.do(cmd.CleanChair(chair=2))
    play.do(cmd.UndoChair(chair=2))
    assert play.room.state_of(2) is ChairState.CLEANING
    play.do(cmd.TakeChairOut(chair=2, why="torn"))
    play.do(cmd.UndoChair(chair=2))
    assert play.room.state_of(2) is ChairState.CLEANING


def test_a_vacated_chair_is_taken_back_by_taking_back_that_the_person_left(play: Play) -> None:
    visit = play.seated(1, chair=2)
    play.do(cmd.TurnAway(visit=visit, why="pressure"))
    assert play.rules(cmd.UndoChair(chair=2)) == ["undo"]


def test_nobody_takes_back_the_cleaning_of_a_chair_that_somebody_sat_in_since(play: Play) -> None:
    visit = play.seated(1, chair=2)
    play.do(cmd.TurnAway(visit=visit, why="pressure"))
    play.do(cmd.CleanChair(chair=2))
    play.seated(2, chair=2)
    assert play.rules(cmd.UndoChair(chair=2)) == ["chair_taken"]
