"""What needs a hand: confirm, latch, acknowledge, lapse, escalate, break through; late vitals in one line."""

from __future__ import annotations

from typing import Any

import pytest
from tests.domain.playing import PARK, Play, vitals

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev

Shown = tuple[str, str, bool, bool]


@pytest.fixture
def play() -> Play:
    """One person, infusing since 8:00 in chair 1."""
    play = Play().at("8:00")
    play.infusing(1)
    return play


def only_visit(play: Play) -> str:
    return next(iter(play.room.visits))


def reads(play: Play, wall: str, **changed: Any) -> None:
    play.at(wall).record(only_visit(play), vitals(**changed))


def shown(play: Play) -> list[Shown]:
    """Priority, text, still active, silenced."""
    return [(a.priority, a.text, a.active, a.silenced) for a in play.board().alarms]


def test_calm_vitals_alarm_nobody(play: Play) -> None:
    reads(play, "8:15")
    assert shown(play) == []


def test_a_first_medium_reading_asks_for_a_recheck_and_a_second_confirms_it(play: Play) -> None:
    reads(play, "8:15", sbp=185)
    assert shown(play) == [("low", "SBP 185: above 180; recheck within 2 min", True, False)]
    reads(play, "8:17", sbp=182)
    assert shown(play) == [("medium", "SBP 182: above 180", True, False)]


def test_a_first_medium_reading_that_was_an_artefact_is_gone(play: Play) -> None:
    reads(play, "8:15", sbp=185)
    reads(play, "8:17", sbp=130)
    assert shown(play) == []
    reads(play, "8:30", sbp=185)
    assert [a[0] for a in shown(play)] == ["low"], "the next one is a first one again"


def test_a_reading_without_the_sign_says_nothing_of_it(play: Play) -> None:
    reads(play, "8:15", sbp=185)
    play.at("8:16").record(only_visit(play), ev.VitalsTaken(hr=70))
    assert [a[1] for a in shown(play)] == ["SBP 185: above 180; recheck within 2 min"]


def test_a_high_reading_counts_at_once_and_stays_until_somebody_has_seen_it(play: Play) -> None:
    reads(play, "8:15", spo2=86)
    assert shown(play) == [("high", "SpO₂ 86: below 88", True, False)]
    reads(play, "8:17", spo2=97)
    assert shown(play) == [("high", "SpO₂ 86: below 88", False, False)]
    play.do(cmd.Acknowledge(visit=only_visit(play)), PARK)
    assert shown(play) == []


def test_a_medium_that_is_over_stays_in_the_list_but_not_on_the_chair(play: Play) -> None:
    reads(play, "8:15", sbp=185)
    reads(play, "8:17", sbp=185)
    reads(play, "8:19")
    assert shown(play) == [("medium", "SBP 185: above 180", False, False)]
    assert play.board().chairs[0].alarm is None
    play.later(30)
    assert shown(play)[-1][0] != "high", "what is over does not grow louder"


def test_a_low_one_clears_itself(play: Play) -> None:
    reads(play, "8:15", sbp=165)
    assert [a[0] for a in shown(play)] == ["low"]
    reads(play, "8:17", sbp=150)
    assert [a[0] for a in shown(play)] == ["low"], "150 is above 120 + 20 %"
    reads(play, "8:19", sbp=144)
    assert shown(play) == []


@pytest.mark.parametrize(("minutes", "loud"), [(4.98, "medium"), (5, "high")])
def test_a_medium_that_nobody_sees_becomes_high_after_five_minutes(
    play: Play, minutes: float, loud: str
) -> None:
    reads(play, "8:15", sbp=185)
    reads(play, "8:17", sbp=185)
    play.later(minutes)
    assert shown(play)[0][0] == loud


def test_what_became_high_is_high_until_it_is_seen_although_it_is_over(play: Play) -> None:
    reads(play, "8:15", sbp=185)
    reads(play, "8:17", sbp=185)
    reads(play, "8:23", sbp=130)
    assert shown(play) == [("high", "SBP 185: above 180", False, False)]


@pytest.mark.parametrize(("signs", "lapses_s"), [({"spo2": 86}, 120), ({"sbp": 185}, 300)])
def test_an_acknowledgement_is_by_name_hides_nothing_and_lapses(
    play: Play, signs: dict[str, Any], lapses_s: int
) -> None:
    reads(play, "8:15", **signs)
    reads(play, "8:16", **signs)
    play.do(cmd.Acknowledge(visit=only_visit(play)), PARK)
    [alarm] = play.board().alarms
    assert (alarm.acknowledged_by, alarm.silenced, alarm.active) == (PARK, True, True)
    play.later(seconds=lapses_s - 1)
    assert play.board().alarms[0].silenced
    play.later(seconds=1)
    [alarm] = play.board().alarms
    assert (alarm.silenced, alarm.acknowledged_by) == (False, PARK)
    play.do(cmd.Acknowledge(visit=only_visit(play)))
    assert play.board().alarms[0].silenced


def test_a_lapsed_medium_that_nobody_sees_again_becomes_high(play: Play) -> None:
    reads(play, "8:15", sbp=185)
    reads(play, "8:16", sbp=185)
    play.do(cmd.Acknowledge(visit=only_visit(play)))
    play.later(9)
    assert shown(play)[0][0] == "medium"
    play.later(1)
    assert shown(play)[0] == ("high", "SBP 185: above 180", True, False)


def test_a_higher_condition_breaks_through_what_was_acknowledged(play: Play) -> None:
    reads(play, "8:15", sbp=185)
    reads(play, "8:16", sbp=185)
    play.do(cmd.Acknowledge(visit=only_visit(play)))
    reads(play, "8:17", sbp=205)
    assert shown(play) == [("high", "SBP 205: above 200", True, False)]


def test_a_new_condition_breaks_through_and_the_old_one_stays_silenced(play: Play) -> None:
    reads(play, "8:15", spo2=86)
    play.do(cmd.Acknowledge(visit=only_visit(play)))
    reads(play, "8:16", spo2=86, hr=160, confirmed=True)
    assert shown(play) == [
        ("high", "HR 160: above 150", True, False),
        ("high", "SpO₂ 86: below 88", True, True),
    ]
    assert play.board().chairs[0].alarm == "high"


def test_nothing_active_is_nothing_to_acknowledge(play: Play) -> None:
    assert play.rules(cmd.Acknowledge(visit=only_visit(play))) == ["no_alarm"]
    reads(play, "8:15", spo2=86)
    play.do(cmd.Acknowledge(visit=only_visit(play)))
    assert play.rules(cmd.Acknowledge(visit=only_visit(play))) == ["no_alarm"]


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        ("8:15", []),
        ("8:19", []),
        ("8:20", [("low", "vitals 5 min late", True, False)]),
        ("8:25", [("medium", "vitals 10 min late", True, False)]),
        ("9:30", [("medium", "vitals 1:15 h late", True, False)]),
    ],
)
def test_late_vitals_are_one_line_and_never_as_loud_as_bad_ones(
    play: Play, wall: str, expected: list[Shown]
) -> None:
    assert shown(play.at(wall)) == expected


def test_taking_the_vitals_ends_their_being_late(play: Play) -> None:
    reads(play, "8:25")
    assert shown(play) == []
    due = play.board().infusions[0].vitals
    assert due.at == play.time("8:40")


def test_a_partial_reading_does_not_stand_for_a_set(play: Play) -> None:
    play.at("8:24").record(only_visit(play), ev.VitalsTaken(spo2=97))
    assert [a[1] for a in shown(play.at("8:25"))] == ["vitals 10 min late"]


def test_silenced_late_vitals_speak_again_when_they_become_medium(play: Play) -> None:
    play.at("8:21").do(cmd.Acknowledge(visit=only_visit(play)))
    assert shown(play) == [("low", "vitals 6 min late", True, True)]
    assert shown(play.at("8:25")) == [("medium", "vitals 10 min late", True, False)]


def test_the_loudest_is_first_and_who_has_left_alarms_nobody(play: Play) -> None:
    reads(play, "8:15", sbp=165)
    play.infusing(2)
    play.record(play.board().chairs[1].who.visit, vitals(spo2=80, confirmed=True))  # type: ignore[union-attr]
    assert [(a.chair, a.priority) for a in play.board().alarms] == [(2, "high"), (1, "low")]
    left = Play().at("8:00")
    visit = left.ready(1)
    left.record(visit, vitals(spo2=86))
    assert left.board().alarms
    left.do(cmd.Leave(visit=visit, against_advice="must go"))
    assert left.board().alarms == ()


def test_a_correction_of_the_value_ends_the_alarm_it_caused(play: Play) -> None:
    visit = only_visit(play)
    entry = play.at("8:15").record(visit, vitals(spo2=86))[0]
    play.do(cmd.Correct(visit=visit, target=entry.id, body=vitals(spo2=96), why="typing mistake"))
    assert shown(play) == []


def test_the_ordered_time_being_over_is_told_low(play: Play) -> None:
    reads(play, "11:59")
    assert shown(play) == []
    assert [a[:2] for a in shown(play.at("12:00"))] == [("low", "the ordered time is over: end it")]


def test_the_alarms_of_an_earlier_moment_know_nothing_of_later_readings(play: Play) -> None:
    reads(play, "8:15", spo2=86)
    play.now = play.time("8:10")
    assert shown(play) == []
