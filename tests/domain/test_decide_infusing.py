"""The drug: order, blind double check, start, rate, pause, resume, bolus, stop; exact and never before its time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from tests.domain.playing import BASELINE, DR_X, LEE, PARK, Play, person

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.visit import Infusion, Phase


@pytest.fixture
def play() -> Play:
    return Play().at("8:00")


@pytest.fixture
def weighed(play: Play) -> str:
    visit = play.seated(1)
    play.record(visit, *BASELINE)
    return visit


def infusion_of(play: Play, visit: str) -> Infusion:
    infusion = play.visit(visit).infusion
    assert infusion is not None
    return infusion


def order(visit: str, **asked: Any) -> cmd.Order:
    given: dict[str, Any] = {"basis": "mg_per_h", "dose": Decimal(25), "prescriber": DR_X}
    return cmd.Order(visit=visit, **{**given, **asked})


# ── the order ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_trial_order_of_a_heavy_person_is_capped(play: Play, weighed: str) -> None:
    """Schwartzman 2009: 0.35 mg/kg/h, at most 25 mg/h; 80 kg would be 28."""
    entry = play.order(weighed, basis="mg_per_kg_h", dose=Decimal("0.35"), cap_mg_h=Decimal(25))
    body = entry.body
    assert isinstance(body, ev.Ordered)
    assert (body.rate_ml_h, body.rate_mg_h, body.duration_min) == (Decimal("12.5"), Decimal(25), 240)


def test_nobody_is_dosed_unweighed(play: Play) -> None:
    visit = play.seated(1)
    assert play.rules(order(visit)) == ["weight"]


@pytest.mark.parametrize(
    ("asked", "rules"),
    [
        ({"dose": Decimal(40)}, []),
        ({"dose": Decimal("40.2")}, ["soft_limit"]),
        ({"dose": Decimal("40.2"), "reason": "third day"}, []),
        ({"dose": Decimal("40.2"), "reason": "  "}, ["soft_limit"]),
        ({"dose": Decimal(80), "reason": "third day"}, []),
        ({"dose": Decimal("80.2"), "reason": "third day"}, ["hard_limit"]),
        ({"dose": Decimal("80.2"), "override_by": DR_X}, ["hard_limit"]),
        ({"dose": Decimal("80.2"), "override_by": DR_X, "override_reason": "agreed"}, []),
        ({"dose": Decimal(200), "cap_mg_h": Decimal(25)}, []),
        ({"dose": Decimal(0)}, ["dose"]),
        ({"dose": Decimal(-1)}, ["dose"]),
        ({"dose": Decimal("NaN")}, ["dose"]),
        ({"dose": Decimal("Infinity")}, ["dose"]),
        ({"cap_mg_h": Decimal(0)}, ["dose"]),
        ({"concentration_mg_ml": Decimal(0)}, ["dose"]),
        ({"duration_min": 0}, ["duration"]),
        ({"duration_min": 1440}, []),
        ({"duration_min": 10**9}, ["duration"]),
        ({"prescriber": " "}, ["empty"]),
    ],
)
def test_an_order_keeps_the_clinics_limits(
    play: Play, weighed: str, asked: dict[str, Any], rules: list[str]
) -> None:
    if rules:
        assert play.rules(order(weighed, **asked)) == rules
    else:
        play.do(order(weighed, **asked))


def test_four_hours_are_a_default_and_no_constant(play: Play, weighed: str) -> None:
    play.order(weighed, duration_min=90)
    play.check(weighed)
    play.do(cmd.Start(visit=weighed))
    assert play.later(90).board().infusions[0].ends_at == play.now
    play.do(cmd.Stop(visit=weighed))
    assert not infusion_of(play, weighed).stopped_early


# ── the double check ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [LEE, "lee", " LEE  ", "Lee "])
def test_nobody_checks_their_own_order(play: Play, weighed: str, name: str) -> None:
    play.order(weighed)
    command = cmd.DoubleCheck(
        visit=weighed,
        drug="ketamine",
        concentration_mg_ml=Decimal(2),
        rate_ml_h=Decimal("12.5"),
        patient="R1",
    )
    assert play.rules(command, by=name) == ["same_person"]


@pytest.mark.parametrize(
    ("entered", "word"),
    [
        ({"drug": "midazolam"}, "drug"),
        ({"concentration_mg_ml": Decimal(1)}, "concentration"),
        ({"rate_ml_h": Decimal("12.4")}, "rate"),
        ({"rate_ml_h": Decimal("sNaN")}, "rate"),
        ({"patient": "R2"}, "patient"),
        ({"patient": "chair 1"}, "patient"),
        ({"patient": "1"}, "patient"),
        ({"patient": "Marlowe1"}, "patient"),
    ],
)
def test_a_disagreement_names_what_and_never_the_first_value(
    play: Play, weighed: str, entered: dict[str, Any], word: str
) -> None:
    play.order(weighed)
    asked = {
        "drug": "ketamine",
        "concentration_mg_ml": Decimal(2),
        "rate_ml_h": Decimal("12.5"),
        "patient": "R1",
    }
    [reason] = play.refused(cmd.DoubleCheck(visit=weighed, **{**asked, **entered}), by=PARK)
    assert reason.rule == "disagree"
    assert word in reason.text
    assert not any(char.isdigit() for char in reason.text)


@pytest.mark.parametrize(
    "entered",
    [
        {"drug": " Ketamine"},
        {"rate_ml_h": Decimal("12.50")},
        {"concentration_mg_ml": Decimal("2.0")},
        {"patient": "1980-01-01"},
        {"patient": "r1"},
    ],
    ids=str,
)
def test_the_same_in_other_letters_agrees(play: Play, weighed: str, entered: dict[str, Any]) -> None:
    play.order(weighed)
    play.check(weighed, **entered)
    assert play.visit(weighed).double_check is not None


def test_without_anything_to_know_the_person_by_nobody_is_checked(play: Play) -> None:
    visit = play.seated(1, patient=person(1, birth_date=None, record_number=""))
    play.record(visit, ev.Weighed(kg=Decimal(80)))
    play.order(visit)
    command = cmd.DoubleCheck(
        visit=visit, drug="ketamine", concentration_mg_ml=Decimal(2), rate_ml_h=Decimal("12.5"), patient=""
    )
    assert play.rules(command, by=PARK) == ["empty"]


# ── running ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pause_gives_nothing_moves_the_end_and_loses_nothing(play: Play) -> None:
    visit = play.infusing(1)
    play.later(60).do(cmd.Pause(visit=visit, why="nausea"))
    play.later(10)
    [line] = play.board().infusions
    assert (line.running_s, line.wall_s, line.given_mg) == (3600, 4200, Decimal(25))
    assert (line.rate_ml_h, line.pause_why) == (Decimal(0), "nausea")
    assert line.total_mg == 100
    play.do(cmd.Resume(visit=visit))
    assert play.board().infusions[0].ends_at == play.time("12:10")
    play.at("12:10").do(cmd.Stop(visit=visit))
    infusion = infusion_of(play, visit)
    assert (infusion.given_mg(play.now), infusion.given_ml(play.now)) == (Decimal(100), Decimal(50))
    assert (infusion.running_s(play.now), infusion.wall_s(play.now)) == (14_400, 15_000)
    assert not infusion.stopped_early


def test_rates_add_up(play: Play) -> None:
    visit = play.infusing(1)
    play.at("9:00").do(cmd.ChangeRate(visit=visit, to_ml_h=Decimal(15), why="ramp"))
    play.at("9:30").do(cmd.ChangeRate(visit=visit, to_mg_h=Decimal(20), why="sleepy"))
    play.at("10:00").do(cmd.GiveBolus(visit=visit, mg=Decimal(5), why="pain"))
    # 25 mg + 15 mL/h x 2 mg/mL / 2 + 20 / 2 + 5
    assert infusion_of(play, visit).given_mg(play.now) == 55
    assert infusion_of(play, visit).given_ml(play.now) == Decimal("27.5")


def test_a_rate_changed_while_paused_runs_from_the_resume(play: Play) -> None:
    visit = play.infusing(1)
    play.at("9:00").do(cmd.Pause(visit=visit, why="nausea"))
    play.at("9:10").do(cmd.ChangeRate(visit=visit, to_ml_h=Decimal(5), why="nausea"))
    play.at("9:20").do(cmd.Resume(visit=visit))
    play.at("10:20")
    assert infusion_of(play, visit).given_mg(play.now) == 35


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ({"to_ml_h": Decimal("12.5")}, "unchanged"),
        ({"to_ml_h": Decimal("12.55")}, "dose"),
        ({"to_ml_h": Decimal(0)}, "dose"),
        ({"to_ml_h": Decimal("NaN")}, "dose"),
        ({}, "rate"),
        ({"to_ml_h": Decimal(5), "to_mg_h": Decimal(10)}, "rate"),
        ({"to_ml_h": Decimal("20.1")}, "soft_limit"),
        ({"to_ml_h": Decimal("40.1"), "reason": "ramp"}, "hard_limit"),
        ({"to_ml_h": Decimal(10), "why": " "}, "empty"),
    ],
)
def test_a_rate_that_cannot_be_set_is_refused(play: Play, asked: dict[str, Any], rule: str) -> None:
    visit = play.infusing(1)
    assert play.rules(cmd.ChangeRate(**{"visit": visit, "why": "ramp", **asked})) == [rule]


def test_the_cap_of_the_order_holds_for_a_rate_too(play: Play, weighed: str) -> None:
    play.order(weighed, cap_mg_h=Decimal(25))
    play.check(weighed)
    play.do(cmd.Start(visit=weighed))
    assert play.rules(cmd.ChangeRate(visit=weighed, to_ml_h=Decimal(13), why="ramp")) == ["dose"]


@pytest.mark.parametrize(
    ("mg", "rule"), [("28", None), ("28.1", "soft_limit"), ("0", "dose"), ("NaN", "dose")]
)
def test_a_bolus_keeps_to_the_guideline(play: Play, mg: str, rule: str | None) -> None:
    """Cohen 2018: 0.35 mg/kg; 80 kg is 28 mg."""
    visit = play.infusing(1)
    command = cmd.GiveBolus(visit=visit, mg=Decimal(mg), why="pain")
    if rule:
        assert play.rules(command) == [rule]
    else:
        play.do(command)


@pytest.mark.parametrize(
    ("minutes", "asked", "rule", "early"),
    [
        (240, {}, None, False),
        (239, {}, None, False),
        (238, {}, "early", None),
        (238, {"why": "tired"}, None, True),
        (238, {"why": "tired", "early": False}, "early", None),
        (240, {"early": True}, "early", None),
        (240, {"early": True, "why": "last bag torn"}, None, True),
        (300, {}, None, False),
    ],
)
def test_a_stop_is_early_by_the_running_time(
    play: Play, minutes: int, asked: dict[str, Any], rule: str | None, early: bool | None
) -> None:
    visit = play.infusing(1)
    play.later(minutes)
    command = cmd.Stop(visit=visit, **asked)
    if rule:
        assert play.rules(command) == [rule]
        return
    play.do(command)
    assert infusion_of(play, visit).stopped_early is early
    assert play.visit(visit).phase is Phase.RECOVERING


def test_paused_time_does_not_complete_an_infusion(play: Play) -> None:
    visit = play.infusing(1)
    play.later(60).do(cmd.Pause(visit=visit, why="nausea"))
    play.later(180)
    assert play.rules(cmd.Stop(visit=visit)) == ["early"]
    play.do(cmd.Stop(visit=visit, why="no better"))
    infusion = infusion_of(play, visit)
    assert (infusion.given_mg(play.now), infusion.pauses[0].until) == (Decimal(25), play.now)


# ── when ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_happened_is_charted_later_at_its_own_time(play: Play) -> None:
    visit = play.infusing(1)
    play.at("9:40")
    play.do(cmd.Pause(visit=visit, why="nausea", at=play.time("9:00")))
    play.do(cmd.Resume(visit=visit, at=play.time("9:10")))
    play.do(cmd.ChangeRate(visit=visit, to_ml_h=Decimal(5), why="nausea", at=play.time("9:10")))
    assert infusion_of(play, visit).running_s(play.now) == 90 * 60
    assert infusion_of(play, visit).given_mg(play.now) == 30


@pytest.mark.parametrize(
    "late",
    [
        lambda v, at: cmd.Pause(visit=v, why="nausea", at=at),
        lambda v, at: cmd.ChangeRate(visit=v, to_ml_h=Decimal(5), why="nausea", at=at),
        lambda v, at: cmd.Stop(visit=v, why="nausea", at=at),
        lambda v, at: cmd.GiveBolus(visit=v, mg=Decimal(5), why="pain", at=at),
    ],
)
def test_nothing_happens_to_the_pump_before_its_start(play: Play, late: Any) -> None:
    visit = play.infusing(1)
    play.later(30)
    assert play.rules(late(visit, play.time("7:59"))) == ["order"]


def test_a_stop_is_not_before_the_bolus_nor_a_bolus_after_the_stop(play: Play) -> None:
    visit = play.infusing(1)
    play.at("9:30").do(cmd.GiveBolus(visit=visit, mg=Decimal(5), why="pain"))
    play.at("10:00")
    assert play.rules(cmd.Stop(visit=visit, why="tired", at=play.time("9:29"))) == ["order"]
    play.do(cmd.Stop(visit=visit, why="tired", at=play.time("9:45")))
    late = cmd.GiveBolus(visit=visit, mg=Decimal(5), why="pain")
    assert play.rules(late) == ["order"]
    play.do(cmd.GiveBolus(visit=visit, mg=Decimal(5), why="pain", at=play.time("9:40")))
    assert infusion_of(play, visit).given_mg(play.now) == Decimal("53.75")


# ── phases ──────────────────────────────────────────────────────────────────────────────────────────────────

STAGES = ("plan", "arrived", "seated", "infusing", "paused", "recovering", "ready", "left")
COMMANDS: dict[str, tuple[Any, frozenset[str]]] = {
    "arrive": (lambda v: cmd.Arrive(visit=v), frozenset({"plan"})),
    "seat": (lambda v: cmd.Seat(visit=v, chair=5), frozenset({"arrived"})),
    "move": (
        lambda v: cmd.Move(visit=v, chair=5),
        frozenset({"seated", "infusing", "paused", "recovering", "ready"}),
    ),
    "pause": (lambda v: cmd.Pause(visit=v, why="nausea"), frozenset({"infusing"})),
    "resume": (lambda v: cmd.Resume(visit=v), frozenset({"paused"})),
    "stop": (lambda v: cmd.Stop(visit=v, why="tired"), frozenset({"infusing", "paused"})),
    "change_rate": (
        lambda v: cmd.ChangeRate(visit=v, to_ml_h=Decimal(5), why="nausea"),
        frozenset({"infusing", "paused"}),
    ),
    "turn_away": (lambda v: cmd.TurnAway(visit=v, why="fever"), frozenset({"arrived", "seated"})),
    "sign_off": (lambda v: cmd.SignOff(visit=v), frozenset()),
    "wait": (lambda v: cmd.Wait(visit=v, reason="escort"), frozenset({"ready"})),
    "leave": (
        lambda v: cmd.Leave(visit=v, against_advice="must go"),
        frozenset({"recovering", "ready"}),
    ),
    "cancel": (lambda v: cmd.CancelVisit(visit=v), frozenset({"plan"})),
    "no_show": (lambda v: cmd.MarkNoShow(visit=v), frozenset({"plan"})),
    "vitals": (
        lambda v: cmd.Record(visit=v, fact=ev.VitalsTaken(hr=70)),
        frozenset(STAGES) - {"plan"},
    ),
    "note": (lambda v: cmd.Record(visit=v, fact=ev.Noted(text="cold")), frozenset(STAGES)),
    "iv_out": (
        lambda v: cmd.Record(visit=v, fact=ev.IvRemoved(site_check="clean")),
        frozenset({"arrived", "seated", "recovering", "ready", "left"}),
    ),
    "aldrete": (
        lambda v: cmd.Record(visit=v, fact=ev.AldreteScored(activity=2)),
        frozenset({"recovering", "ready", "left"}),
    ),
    "start": (lambda v: cmd.Start(visit=v), frozenset()),
}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_its_phases(play: Play, name: str, stage: str) -> None:
    if stage == "paused":
        visit = play.infusing(1)
        play.do(cmd.Pause(visit=visit, why="nausea"))
    else:
        visit = getattr(play, stage)(1)
    make, allowed = COMMANDS[name]
    if stage in allowed:
        play.do(make(visit))
    else:
        assert play.rules(make(visit))


def test_no_reason_lets_a_bolus_above_the_hard_limit_pass() -> None:
    play = Play().at("8:00")
    visit = play.infusing(1)
    most = cmd.GiveBolus(visit=visit, mg=Decimal(80), why="pain", reason="as told on the phone")
    assert play.rules(replace(most, mg=Decimal("80.1"))) == ["hard_limit"]
    play.do(most)
