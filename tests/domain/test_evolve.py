"""How a visit comes about of its entries: order of happening, corrections in place, nothing ever lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.domain.playing import Play, vitals

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.evolve import NotAVisit, annulled_by, effective, evolve, fold
from infusionroom.domain.fold_room import evolve as evolve_room
from infusionroom.domain.room import Room


@pytest.fixture
def play() -> Play:
    return Play().at("8:00")


def test_a_visit_begins_with_its_plan(play: Play) -> None:
    visit = play.visit(play.seated(1))
    with pytest.raises(NotAVisit):
        fold(visit.entries[1:])
    with pytest.raises(NotAVisit):
        fold(())


def test_a_pump_is_not_paused_before_anything_was_started(play: Play) -> None:
    visit = play.visit(play.infusing(1))
    paused = play.later(5).do(cmd.Pause(visit=visit.id, why="nausea"))
    unstarted = [e for e in visit.entries if e.kind != "infusion_started"]
    with pytest.raises(NotAVisit):
        fold([*unstarted, *paused])


def test_readings_stand_in_the_order_in_which_they_happened(play: Play) -> None:
    visit = play.infusing(1)
    play.at("8:30").record(visit, vitals(hr=83))
    play.record(visit, vitals(hr=81), at="8:15")
    assert [v.body.hr for v in play.visit(visit).vitals] == [70, 81, 83]


def test_a_late_statement_does_not_replace_a_newer_one(play: Play) -> None:
    visit = play.seated(1)
    play.at("8:30").record(visit, ev.AdultNamed(name="Pat"))
    play.record(visit, ev.AdultNamed(name="Kim"), at="8:10")
    adult = play.visit(visit).adult
    assert adult is not None
    assert adult.body.name == "Pat"


def test_what_was_taken_back_never_had_an_effect_and_is_still_there(play: Play) -> None:
    visit = play.infusing(1)
    before = play.visit(visit)
    play.later(5).do(cmd.Pause(visit=visit, why="nausea"))
    play.do(cmd.Undo(visit=visit))
    after = play.visit(visit)
    assert after.infusion == before.infusion
    assert after.version == before.version + 2
    assert len(after.entries) == len(before.entries) + 2


def test_undo_of_undo_of_undo(play: Play) -> None:
    visit = play.infusing(1)
    target = play.later(5).do(cmd.Pause(visit=visit, why="nausea"))[0].id
    for round_ in range(4):
        target_standing = target not in annulled_by(play.visit(visit).entries)
        assert target_standing
        target = play.do(cmd.Undo(visit=visit, target=target))[0].id
        infusion = play.visit(visit).infusion
        assert infusion is not None
        assert infusion.paused is (round_ % 2 == 1)


def test_the_later_of_two_corrections_holds_in_what_it_says(play: Play) -> None:
    visit = play.infusing(1)
    entry = play.later(20).record(visit, vitals(hr=99))[0]
    for hr in (91, 92):
        play.do(cmd.Correct(visit=visit, target=entry.id, body=vitals(hr=hr), why="typing mistake"))
    play.do(cmd.Correct(visit=visit, target=entry.id, new_at=play.time("8:15"), why="late"))
    [held] = [e for e in effective(play.visit(visit).entries) if e.id == entry.id]
    assert isinstance(held.body, ev.VitalsTaken)
    assert (held.body.hr, held.happened_at) == (92, play.time("8:15"))


def test_the_room_passes_over_a_visit_whose_beginning_it_was_not_told(play: Play) -> None:
    visit = play.seated(1)
    without_plan = [e for e in play.entries if e.kind != "visit_planned"]
    assert visit not in evolve_room(Room(), without_plan).visits


def test_an_entry_told_twice_counts_once(play: Play) -> None:
    visit = play.infusing(1)
    bolus = play.later(5).do(cmd.GiveBolus(visit=visit, mg=Decimal(5), why="pain"))
    again = evolve_room(play.room, bolus)
    assert again.visits == play.room.visits


def test_entry_by_entry_is_the_same_as_all_at_once(play: Play) -> None:
    visit = play.left(1)
    watched = None
    for entry in play.visit(visit).entries:
        watched = evolve(watched, entry)
    assert watched == fold(play.visit(visit).entries) == play.visit(visit)
