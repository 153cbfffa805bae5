"""What may follow what, and when: late charting, floors and ceilings of every kind of entry."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.domain.playing import GOOD_ALDRETE, GOOD_PADSS, Play, vitals

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.transitions import unlawful, unlawful_stream


@pytest.fixture
def play() -> Play:
    return Play().at("8:00")


LATE_FACTS: list[ev.Event] = [
    vitals(),
    ev.PainRated(nrs=3),
    GOOD_ALDRETE,
    GOOD_PADSS,
    ev.OrientationChecked(oriented=True),
    ev.EscortPresent(name="Pat"),
    ev.InstructionsGiven(phone="555 0100"),
    ev.OralKetamineArranged(prescribed_by="Dr X", taught=True),
    ev.IvRemoved(site_check="clean"),
    ev.LineChecked(finding="patent"),
    ev.AdjunctGiven(drug="ondansetron", dose="4 mg"),
    ev.Noted(text="slept well"),
]


@pytest.mark.parametrize("fact", LATE_FACTS, ids=ev.kind_of)
def test_what_was_seen_before_leaving_may_be_charted_after_it(play: Play, fact: Any) -> None:
    visit = play.recovering(1)
    play.later(20).do(cmd.Leave(visit=visit, against_advice="must go"))
    play.later(30)
    play.do(cmd.Record(visit=visit, fact=fact, at=play.time("12:10")))
    assert play.visit(visit).entries[-1].happened_at == play.time("12:10")


@pytest.mark.parametrize(
    "fact",
    [f for f in LATE_FACTS if not isinstance(f, ev.Noted | ev.InstructionsGiven | ev.OralKetamineArranged)],
    ids=ev.kind_of,
)
def test_nobody_is_looked_at_after_they_have_left(play: Play, fact: Any) -> None:
    visit = play.recovering(1)
    play.later(20).do(cmd.Leave(visit=visit, against_advice="must go"))
    play.later(30)
    assert play.rules(cmd.Record(visit=visit, fact=fact)) == ["order"]


@pytest.mark.parametrize(
    "fact",
    [vitals(), ev.PainRated(nrs=3), ev.EscortPresent(name="Pat"), ev.IvRemoved(site_check="clean")],
    ids=ev.kind_of,
)
def test_nobody_is_looked_at_before_they_come(play: Play, fact: Any) -> None:
    visit = play.arrived(1)
    play.later(10)
    assert play.rules(cmd.Record(visit=visit, fact=fact, at=play.time("7:59"))) == ["order"]


@pytest.mark.parametrize(
    ("fact", "floor"),
    [(GOOD_ALDRETE, "12:00"), (GOOD_PADSS, "12:00"), (ev.IvRemoved(site_check="clean"), "12:00")],
    ids=["aldrete", "padss", "iv out"],
)
def test_recovery_is_scored_from_the_stop_on(play: Play, fact: Any, floor: str) -> None:
    visit = play.recovering(1)
    play.later(30)
    assert play.rules(cmd.Record(visit=visit, fact=fact, at=play.time("11:59"))) == ["order"]
    play.do(cmd.Record(visit=visit, fact=fact, at=play.time(floor)))


def test_who_was_sent_home_without_infusion_has_no_recovery_to_score(play: Play) -> None:
    visit = play.seated(1)
    play.do(cmd.TurnAway(visit=visit, why="fever"))
    assert play.rules(cmd.Record(visit=visit, fact=GOOD_ALDRETE)) == ["order"]
    assert play.rules(cmd.GiveBolus(visit=visit, mg=Decimal(5), why="pain")) == ["phase"]


def test_nobody_left_before_they_were_last_looked_at(play: Play) -> None:
    visit = play.recovering(1)
    play.at("12:30").record(visit, vitals())
    play.at("12:40")
    leave = cmd.Leave(visit=visit, against_advice="must go", at=play.time("12:29"))
    [reason] = play.refused(leave)
    assert (reason.rule, reason.text) == ("order", "Left cannot have happened before the last vitals.")
    play.do(cmd.Leave(visit=visit, against_advice="must go", at=play.time("12:30")))


def test_a_refusal_says_where_the_visit_stands_and_where_it_should(play: Play) -> None:
    visit = play.seated(1)
    [reason] = play.refused(cmd.Pause(visit=visit, why="nausea"))
    assert reason.text == "Pause: the visit is seated; it must be infusing."


@pytest.mark.parametrize("milestone", ["pause", "resume", "stop", "sign_off", "wait"])
def test_each_milestone_follows_the_one_before(play: Play, milestone: str) -> None:
    commands: dict[str, Any] = {
        "pause": lambda v, at: cmd.Pause(visit=v, why="nausea", at=at),
        "resume": lambda v, at: cmd.Resume(visit=v, at=at),
        "stop": lambda v, at: cmd.Stop(visit=v, why="tired", at=at),
        "sign_off": lambda v, at: cmd.SignOff(visit=v, at=at),
        "wait": lambda v, at: cmd.Wait(visit=v, reason="escort", at=at),
    }
    visit = {"sign_off": play.almost_ready, "wait": play.ready}.get(milestone, play.infusing)(1)
    if milestone == "resume":
        play.later(10).do(cmd.Pause(visit=visit, why="nausea"))
    reached = play.now
    play.later(5)
    early = reached.replace(minute=(reached.minute - 1) % 60, hour=reached.hour - (reached.minute == 0))
    rules = play.rules(commands[milestone](visit, early))
    assert rules == ["order"] or (milestone == "sign_off" and rules[0].startswith("discharge."))
    play.do(commands[milestone](visit, reached))


def test_a_whole_day_of_a_visit_is_lawful_in_itself(play: Play) -> None:
    visit = play.left(1)
    assert unlawful_stream(play.visit(visit).entries, about=0) is None


def test_what_happens_to_chairs_does_not_happen_to_visits(play: Play) -> None:
    visit = play.seated(1)
    reason = unlawful(play.visit(visit), ev.ChairCleaned(), play.now)
    assert reason is not None
    assert reason.rule == "kind"
