"""Mistakes: undo, undo of undo, correct, correct again; and what stands on what."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.consenting import consent
from tests.domain.playing import BASELINE, Play, vitals

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.evolve import effective
from infusionroom.domain.flowsheet import flowsheet
from infusionroom.domain.room import ChairState
from infusionroom.domain.visit import Phase


@pytest.fixture
def play() -> Play:
    return Play(chairs=3).at("8:00")


def entry_of(play: Play, visit: str, kind: str) -> int:
    """The last entry of this kind."""
    return [e.id for e in play.visit(visit).entries if e.kind == kind][-1]


# ── undo ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_undo_takes_back_the_last_entry_then_the_one_before(play: Play) -> None:
    visit = play.seated(1)
    play.do(cmd.Undo(visit=visit))
    assert play.visit(visit).phase is Phase.ARRIVED
    play.do(cmd.Undo(visit=visit))
    assert play.visit(visit).phase is Phase.PLANNED
    assert play.rules(cmd.Undo(visit=visit)) == ["undo"]


def test_what_was_undone_can_be_brought_back(play: Play) -> None:
    visit = play.infusing(1)
    play.later(60).do(cmd.Pause(visit=visit, why="nausea"))
    undone = play.do(cmd.Undo(visit=visit))[0]
    assert play.visit(visit).phase is Phase.INFUSING
    play.do(cmd.Undo(visit=visit, target=undone.id))
    assert play.visit(visit).phase is Phase.PAUSED
    assert play.rules(cmd.Undo(visit=visit, target=undone.id)) == ["undo"]


def test_the_flowsheet_keeps_both_the_entry_and_its_correction(play: Play) -> None:
    visit = play.infusing(1)
    paused = play.later(5).do(cmd.Pause(visit=visit, why="nausea"))[0]
    undone = play.do(cmd.Undo(visit=visit, why="wrong person"))[0]
    lines = {line.entry.id: line for line in flowsheet(play.visit(visit))}
    assert (lines[paused.id].struck, lines[paused.id].taken_back_by) == (True, undone.id)
    assert (lines[undone.id].struck, lines[undone.id].corrects) == (False, paused.id)


@pytest.mark.parametrize(("seconds", "allowed"), [(0, True), (120, True), (121, False)])
def test_after_two_minutes_undo_asks_why(play: Play, seconds: int, allowed: bool) -> None:
    visit = play.seated(1)
    play.later(seconds=seconds)
    if not allowed:
        assert play.rules(cmd.Undo(visit=visit)) == ["undo_reason"]
        assert play.rules(cmd.Undo(visit=visit, why=" ")) == ["undo_reason"]
    play.do(cmd.Undo(visit=visit, why="" if allowed else "wrong chair"))


def test_undo_counts_from_the_recording_not_from_the_happening(play: Play) -> None:
    visit = play.arrived(1)
    play.later(60).do(cmd.Seat(visit=visit, chair=1, at=play.time("8:05")))
    play.do(cmd.Undo(visit=visit))
    assert play.visit(visit).phase is Phase.ARRIVED


def test_a_start_on_which_later_entries_stand_is_not_taken_back(play: Play) -> None:
    visit = play.infusing(1)
    start = play.last(visit).id
    pause = play.later(30).do(cmd.Pause(visit=visit, why="nausea"))[0]
    [reason] = play.refused(cmd.Undo(visit=visit, target=start, why="wrong"))
    assert reason.rule == "later_entries"
    assert f"#{pause.id} pause" in reason.text
    play.do(cmd.Undo(visit=visit))
    play.do(cmd.Undo(visit=visit, target=start, why="wrong"))
    assert play.visit(visit).infusion is None


def test_the_order_and_its_double_check_stay_under_a_running_infusion(play: Play) -> None:
    visit = play.infusing(1)
    for kind in ("ordered", "double_checked"):
        assert play.rules(cmd.Undo(visit=visit, target=entry_of(play, visit, kind), why="x")) == [
            "later_entries"
        ]


def test_the_order_under_a_double_check_is_not_taken_back_alone(play: Play) -> None:
    visit = play.prepared(1)
    order = entry_of(play, visit, "ordered")
    assert play.rules(cmd.Undo(visit=visit, target=order)) == ["later_entries"]
    play.do(cmd.Undo(visit=visit))
    play.do(cmd.Undo(visit=visit, target=order))
    assert play.visit(visit).order is None


def test_arrival_stands_under_everything_seen_at_the_chair(play: Play) -> None:
    visit = play.arrived(1)
    play.record(visit, ev.Identified(by=("name", "birth_date")))
    assert play.rules(cmd.Undo(visit=visit, target=entry_of(play, visit, "arrived"))) == ["later_entries"]


def test_undo_of_a_leaving_puts_the_person_back(play: Play) -> None:
    visit = play.left(1, chair=1)
    play.do(cmd.Undo(visit=visit))
    assert (play.visit(visit).phase, play.visit(visit).chair) == (Phase.READY, 1)
    assert play.room.state_of(1) is ChairState.OCCUPIED
    play.do(cmd.Leave(visit=visit))
    assert play.room.state_of(1) is ChairState.CLEANING


def test_undo_of_a_leaving_is_refused_once_somebody_else_has_the_chair(play: Play) -> None:
    visit = play.left(1, chair=1)
    play.do(cmd.CleanChair(chair=1))
    other = play.seated(2, chair=1)
    [reason] = play.refused(cmd.Undo(visit=visit))
    assert reason.rule == "chair_taken"
    assert "Marlowe2" in reason.text
    play.later(5).do(cmd.TurnAway(visit=other, why="fever"))
    [reason] = play.refused(cmd.Undo(visit=visit, why="never left"))
    assert reason.rule == "chair_taken", "the chair is free now, but somebody sat in it meanwhile"


def test_undo_of_a_leaving_is_refused_when_the_chair_is_out_of_service_or_gone(play: Play) -> None:
    visit = play.left(3, chair=3)
    play.do(cmd.TakeChairOut(chair=3, why="torn"))
    assert play.rules(cmd.Undo(visit=visit)) == ["chair_out"]
    play.do(cmd.ReturnChair(chair=3))
    play.do(cmd.ChangeRoom(chairs=2))
    assert play.rules(cmd.Undo(visit=visit)) == ["chair"]


def test_a_leaving_brought_back_leaves_the_chair_to_be_cleaned(play: Play) -> None:
    visit = play.left(1, chair=1)
    play.do(cmd.CleanChair(chair=1))
    undone = play.do(cmd.Undo(visit=visit))[0]
    play.do(cmd.Undo(visit=visit, target=undone.id))
    assert play.visit(visit).phase is Phase.LEFT
    assert play.room.state_of(1) is ChairState.CLEANING


def test_undo_of_a_move_is_refused_once_the_old_chair_is_taken(play: Play) -> None:
    visit = play.seated(1, chair=1)
    play.do(cmd.Move(visit=visit, chair=2))
    play.do(cmd.CleanChair(chair=1))
    play.seated(2, chair=1)
    assert play.rules(cmd.Undo(visit=visit)) == ["chair_taken"]


def test_undo_of_a_mistaken_seat_leaves_the_chair_open(play: Play) -> None:
    visit = play.seated(1, chair=1)
    play.do(cmd.Undo(visit=visit))
    assert play.room.state_of(1) is ChairState.OPEN
    assert play.visit(visit).stays == ()


def test_a_swap_is_undone_for_both_and_brought_back_for_both(play: Play) -> None:
    one, other = play.seated(1, chair=1), play.seated(2, chair=2)
    play.do(cmd.Swap(visit=one, with_visit=other))
    undone = play.do(cmd.Undo(visit=other))
    assert {e.stream for e in undone} == {f"visit:{one}", f"visit:{other}"}
    assert (play.visit(one).chair, play.visit(other).chair) == (1, 2)
    play.do(cmd.Undo(visit=one, target=undone[1].id))
    assert (play.visit(one).chair, play.visit(other).chair) == (2, 1)
    assert [play.room.state_of(c) for c in (1, 2, 3)] == [ChairState.OCCUPIED] * 2 + [ChairState.OPEN]


def test_a_swap_is_corrected_in_time_for_both(play: Play) -> None:
    one, other = play.seated(1, chair=1), play.seated(2, chair=2)
    swap = play.at("9:00").do(cmd.Swap(visit=one, with_visit=other))[0]
    then = play.time("8:30")
    play.do(cmd.Correct(visit=one, target=swap.id, new_at=then, why="charted late"))
    assert [play.visit(v).stays[-1].since for v in (one, other)] == [then, then]


def test_a_swap_after_which_one_has_moved_on_is_not_undone(play: Play) -> None:
    one, other = play.seated(1, chair=1), play.seated(2, chair=2)
    swap = play.do(cmd.Swap(visit=one, with_visit=other))[0]
    play.later(1).do(cmd.Move(visit=other, chair=3))
    play.later(1).do(cmd.CleanChair(chair=1))
    play.seated(3, chair=1)
    assert play.rules(cmd.Undo(visit=one, target=swap.id, why="mistake")) == ["chair_taken"]


def test_undo_of_the_last_visit_does_not_seat_a_person_twice(play: Play) -> None:
    first = play.left(1, chair=1)
    again = play.arrived(2, patient=play.visit(first).patient)
    play.do(cmd.Seat(visit=again, chair=2))
    assert play.rules(cmd.Undo(visit=first)) == ["person_seated"]


# ── correct ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_correction_keeps_what_the_first_put_right(play: Play) -> None:
    visit = play.infusing(1)
    entry = play.at("8:20").record(visit, vitals(sbp=185))[0]
    play.do(cmd.Correct(visit=visit, target=entry.id, body=vitals(sbp=125), why="typing mistake"))
    later = play.do(cmd.Correct(visit=visit, target=entry.id, new_at=play.time("8:15"), why="late"))[0]
    reading = play.visit(visit).vitals[-1]
    assert (reading.body.sbp, reading.at) == (125, play.time("8:15"))
    play.do(cmd.Undo(visit=visit, target=later.id))
    reading = play.visit(visit).vitals[-1]
    assert (reading.body.sbp, reading.at) == (125, play.time("8:20"))


def test_undo_right_after_a_correction_takes_the_correction_back(play: Play) -> None:
    visit = play.infusing(1)
    entry = play.later(15).record(visit, vitals(sbp=185))[0]
    play.do(cmd.Correct(visit=visit, target=entry.id, body=vitals(sbp=125), why="typing mistake"))
    play.do(cmd.Undo(visit=visit))
    assert play.visit(visit).vitals[-1].body.sbp == 185


def test_a_correction_outlives_the_undo_and_the_return_of_its_entry(play: Play) -> None:
    visit = play.infusing(1)
    entry = play.later(15).record(visit, vitals(sbp=185))[0]
    play.do(cmd.Correct(visit=visit, target=entry.id, body=vitals(sbp=125), why="typing mistake"))
    undone = play.do(cmd.Undo(visit=visit, target=entry.id))[0]
    assert len(play.visit(visit).vitals) == 1
    play.do(cmd.Undo(visit=visit, target=undone.id))
    assert play.visit(visit).vitals[-1].body.sbp == 125


def test_a_correction_is_held_to_what_an_entry_is_held_to(play: Play) -> None:
    visit = play.infusing(1)
    entry = play.later(15).record(visit, vitals())[0]

    def correct(body: ev.VisitBody) -> list[str]:
        return play.rules(cmd.Correct(visit=visit, target=entry.id, body=body, why="x"))

    assert correct(vitals(sbp=300)) == ["impossible"]
    assert correct(vitals(sbp=215)) == ["unlikely"]
    assert correct(ev.PainRated(nrs=3)) == ["correct"]
    nothing = cmd.Correct(visit=visit, target=entry.id, why="x")
    assert play.rules(nothing) == ["correct"]
    blank = cmd.Correct(visit=visit, target=entry.id, why=" ", body=vitals())
    assert play.rules(blank) == ["empty"]


def test_a_mistyped_weight_is_not_compared_with_itself(play: Play) -> None:
    visit = play.seated(1)
    entry = play.record(visit, ev.Weighed(kg=Decimal(150)))[0]
    play.do(cmd.Correct(visit=visit, target=entry.id, body=ev.Weighed(kg=Decimal(75)), why="typing mistake"))
    assert play.visit(visit).weight_kg == 75


def test_an_override_is_not_corrected_into_one_that_the_clinic_forbids(play: Play) -> None:
    visit = play.seated(1)
    entry = play.do(cmd.Override(visit=visit, gate="start", point="consent", physician="Dr X", reason="r"))[0]
    body = ev.PointOverridden(gate="start", point="double_check", physician="Dr X", reason="r")
    assert play.rules(cmd.Correct(visit=visit, target=entry.id, body=body, why="x")) == ["correct"]


def test_a_corrected_rate_meets_the_limits_of_a_new_one(play: Play) -> None:
    visit = play.infusing(1)
    entry = play.later(30).do(cmd.ChangeRate(visit=visit, to_ml_h=Decimal(15), why="ramp"))[0]

    def body(ml_h: str, reason: str = "") -> ev.RateChanged:
        return ev.RateChanged(from_ml_h=Decimal(1), to_ml_h=Decimal(ml_h), why="ramp", reason=reason)

    def rules(changed: ev.RateChanged) -> list[str]:
        return play.rules(cmd.Correct(visit=visit, target=entry.id, body=changed, why="x"))

    assert rules(body("50")) == ["hard_limit"]
    assert rules(body("25")) == ["soft_limit"]
    assert rules(body("12.55")) == ["dose"]
    play.do(cmd.Correct(visit=visit, target=entry.id, body=body("25", "as planned"), why="x"))
    held = [e.body for e in effective(play.visit(visit).entries) if e.id == entry.id]
    assert held == [
        ev.RateChanged(from_ml_h=Decimal("12.5"), to_ml_h=Decimal(25), why="ramp", reason="as planned")
    ]


def test_a_corrected_bolus_has_its_volume_worked_out(play: Play) -> None:
    visit = play.infusing(1)
    entry = play.later(30).do(cmd.GiveBolus(visit=visit, mg=Decimal(5), why="pain"))[0]
    body = ev.BolusGiven(mg=Decimal(8), ml=Decimal(100), why="pain")
    play.do(cmd.Correct(visit=visit, target=entry.id, body=body, why="x"))
    infusion = play.visit(visit).infusion
    assert infusion is not None
    assert infusion.boluses[0].body.ml == 4
    huge = ev.BolusGiven(mg=Decimal(30), ml=Decimal(1), why="pain")
    assert play.rules(cmd.Correct(visit=visit, target=entry.id, body=huge, why="x")) == ["soft_limit"]


def test_a_stop_moved_to_an_earlier_time_is_an_early_stop_and_says_why(play: Play) -> None:
    visit = play.recovering(1)
    entry = play.last(visit).id
    earlier = play.time("11:00")
    assert play.rules(cmd.Correct(visit=visit, target=entry, new_at=earlier, why="late")) == ["early"]
    body = ev.Stopped(early=False, why="tired")
    play.do(cmd.Correct(visit=visit, target=entry, new_at=earlier, body=body, why="late"))
    infusion = play.visit(visit).infusion
    assert infusion is not None
    assert (infusion.stopped_early, infusion.given_mg(play.now)) == (True, Decimal(75))


def test_a_time_is_corrected_only_to_where_it_fits(play: Play) -> None:
    visit = play.infusing(1)
    pause = play.at("9:00").do(cmd.Pause(visit=visit, why="nausea"))[0]
    play.at("9:10").do(cmd.Resume(visit=visit))
    play.at("10:00")

    def move_to(wall: str) -> cmd.Correct:
        return cmd.Correct(visit=visit, target=pause.id, new_at=play.time(wall), why="late")

    assert play.rules(move_to("7:00")) == ["order"], "before the start"
    assert play.rules(move_to("9:11")) == ["later_entries"], "after the resume"
    assert play.rules(move_to("10:01")) == ["future"]
    play.do(move_to("8:50"))
    infusion = play.visit(visit).infusion
    assert infusion is not None
    assert infusion.running_s(play.now) == 100 * 60


def test_a_start_is_not_moved_to_before_what_it_needs(play: Play) -> None:
    visit = play.seated(1)
    play.at("8:10")
    play.record(visit, *BASELINE)
    play.order(visit)
    play.check(visit)
    start = play.at("8:20").do(cmd.Start(visit=visit))[0]
    rules = play.rules(cmd.Correct(visit=visit, target=start.id, new_at=play.time("8:09"), why="late"))
    assert "gate.double_check" in rules
    play.do(cmd.Correct(visit=visit, target=start.id, new_at=play.time("8:10"), why="late"))


def test_a_sign_off_is_not_moved_to_before_the_last_point_was_met(play: Play) -> None:
    visit = play.ready(1)
    sign = play.last(visit)
    then = play.time("12:20")
    rules = play.rules(cmd.Correct(visit=visit, target=sign.id, new_at=then, why="late"))
    assert "gate.padss" in rules


def test_the_stay_of_two_people_never_overlaps_by_a_correction(play: Play) -> None:
    visit = play.left(1, chair=1)
    left = entry_of(play, visit, "left")
    play.do(cmd.CleanChair(chair=1))
    play.later(10)
    play.seated(2, chair=1)
    play.later(10)
    assert play.rules(cmd.Correct(visit=visit, target=left, new_at=play.now, why="late")) == ["chair_taken"]


def test_what_was_said_of_the_future_or_of_another_visit_is_refused(play: Play) -> None:
    one, other = play.seated(1, chair=1), play.seated(2, chair=2)
    foreign = play.last(other).id
    assert play.rules(cmd.Undo(visit=one, target=foreign)) == ["unknown_entry"]
    assert play.rules(cmd.Undo(visit="nobody")) == ["unknown_visit"]
    undone = play.do(cmd.Undo(visit=one))[0]
    assert play.rules(cmd.Correct(visit=one, target=undone.id, new_at=play.now, why="x")) == ["correct"]


def test_a_correction_puts_no_other_correction_in_an_entry_s_place(play: Play) -> None:
    """It would take an entry back by another door, past everything that undo looks at."""
    visit = play.seated(1)
    target = play.last(visit).id
    undone: Any = ev.Undone(target=target)
    assert play.rules(cmd.Correct(visit=visit, target=target, body=undone, why="x")) == ["form"]


def test_a_late_charted_cannula_does_not_undo_its_removal(play: Play) -> None:
    visit = play.recovering(1)
    play.record(visit, ev.IvRemoved(site_check="clean"))
    play.later(5).record(visit, ev.IvPlaced(site="left forearm", gauge="22"), at="8:00")
    assert play.visit(visit).iv_out is not None
    play.later(5).record(visit, ev.IvPlaced(site="right hand"))
    assert play.visit(visit).iv_out is None


def test_consent_on_a_later_day_is_refused_in_a_correction_too(play: Play) -> None:
    visit = play.seated(1)
    entry = play.record(visit, consent(date(2026, 11, 20)))[0]
    body = consent(date(2026, 11, 24))
    assert play.rules(cmd.Correct(visit=visit, target=entry.id, body=body, why="x")) == ["consent"]
