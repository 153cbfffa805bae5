"""The drug: order, blind double check, start, rate, pause, resume, bolus, stop; exact and never before its time."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from tests.domain.course_paper import booked, course
from tests.domain.playing import BASELINE, DR_X, LEE, MONDAY, PARK, Play, person

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.allowed import why_not
from infusionroom.domain.flowsheet import entry_text
from infusionroom.domain.fold_room import evolve
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


# ── a course's day ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def day_one(play: Play) -> str:
    """Day 1 of 5 at 60 % of 0.5 mg/kg/h, seated, 83.4 kg."""
    starts = [play.time("8:00", MONDAY + timedelta(days=n)) for n in range(5)]
    entries = booked(play.room, course("0.5"), starts, entries=len(play.entries))
    play.entries += entries
    play.room = evolve(play.room, entries)
    play.do(cmd.Arrive(visit="v1"))
    play.do(cmd.Seat(visit="v1", chair=3))
    play.record("v1", ev.Weighed(kg=Decimal("83.4")))
    return "v1"


def per_kg(visit: str, dose: str, **asked: Any) -> cmd.Order:
    return order(visit, basis="mg_per_kg_h", dose=Decimal(dose), **asked)


def ordered(play: Play, command: cmd.Order) -> ev.Ordered:
    [entry] = play.do(command)
    assert isinstance(entry.body, ev.Ordered)
    return entry.body


def test_an_order_keeps_the_step_of_the_ramp_and_who_prescribed_it(play: Play, day_one: str) -> None:
    body = ordered(play, per_kg(day_one, "0.3", percent=60, prescriber="Dr Osei"))
    assert (body.percent, body.prescriber, body.rate_ml_h) == (60, "Dr Osei", Decimal("12.5"))
    assert ordered(play, per_kg(day_one, "0.3")).percent is None
    for percent in (0, -1, 101):
        assert play.rules(per_kg(day_one, "0.3", percent=percent)) == ["percent"]


def test_rounding_never_carries_an_order_past_its_courses_target(play: Play, day_one: str) -> None:
    """0.5 mg/kg/h of 83.4 kg are 41.7 mg/h: 20.85 mL/h, which half up would be 41.8 mg/h."""
    assert ordered(play, per_kg(day_one, "0.5")).rate_mg_h == Decimal("41.6")
    assert ordered(play, per_kg(day_one, "0.504", reason="agreed")).rate_mg_h == Decimal("42")


def test_rounding_never_carries_an_order_past_the_hard_limit(play: Play) -> None:
    visit = play.seated(1)
    play.record(visit, ev.Weighed(kg=Decimal("83.3")))
    body = ordered(play, per_kg(visit, "1", reason="agreed"))
    assert body.rate_mg_h == Decimal("83.2"), "half up it would be 83.4 mg/h, above 1 mg/kg/h"


def test_weighed_again_in_mid_course_the_old_order_does_not_start(play: Play, day_one: str) -> None:
    play.record(day_one, *(fact for fact in BASELINE if not isinstance(fact, ev.Weighed | ev.Consented)))
    play.do(per_kg(day_one, "0.3", percent=60))
    play.check(day_one)
    play.record(day_one, ev.Weighed(kg=Decimal("80.1")))
    said = {reason.rule: reason.text for reason in play.refused(cmd.Start(visit=day_one))}
    assert "ordered for another weight than 80.1 kg" in said["start.order"]
    play.do(per_kg(day_one, "0.3", percent=60))
    said = {reason.rule: reason.text for reason in play.refused(cmd.Start(visit=day_one))}
    assert "start.order" not in said
    assert "start.double_check" in said, "a new order is checked anew"


def test_a_new_rate_is_the_orders_prescribers_unless_another_is_named(play: Play) -> None:
    visit = play.infusing(1)
    for ml_h, named, kept in (("10", "", DR_X), ("8", "  ", DR_X), ("6", "Dr Osei", "Dr Osei")):
        [entry] = play.do(
            cmd.ChangeRate(visit=visit, to_ml_h=Decimal(ml_h), why="pressure", prescriber=named)
        )
        assert isinstance(entry.body, ev.RateChanged)
        assert entry.body.prescriber == kept


def test_the_flowsheet_names_step_prescriber_and_what_was_unwanted(play: Play, day_one: str) -> None:
    first = ordered(play, per_kg(day_one, "0.3", percent=60, prescriber="Dr Osei"))
    assert entry_text(first) == (
        "ketamine 0.3 mg/kg/h; 60 % of the course's target; 12.5 mL/h = 25 mg/h over 240 min; Dr Osei"
    )
    changed = ev.RateChanged(
        from_ml_h=Decimal("12.5"), to_ml_h=Decimal(10), why="pressure", prescriber="Dr Osei"
    )
    assert entry_text(changed) == "12.5 → 10 mL/h; pressure; Dr Osei"
    seen = ev.SideEffectSeen(what="nausea", grade="moderate", note="after the rise")
    assert entry_text(seen) == "moderate nausea; after the rise"
    assert why_not(play.room, play.visit(day_one), "record:side_effect_seen", play.now) is None
    assert "must be" in (why_not(play.room, play.visit("v2"), "record:side_effect_seen", play.now) or "")


def test_a_second_person_who_disagrees_in_everything_learns_no_number(play: Play, day_one: str) -> None:
    play.do(per_kg(day_one, "0.3", percent=60))
    wrong = cmd.DoubleCheck(
        visit=day_one, drug="midazolam", concentration_mg_ml=Decimal(1), rate_ml_h=Decimal(9), patient="K-Mor"
    )
    reasons = play.refused(wrong, by=PARK)
    assert [reason.rule for reason in reasons] == ["disagree"] * 4
    told = " ".join(reason.text for reason in reasons)
    assert not any(char.isdigit() for char in told)
    assert not any(word in told for word in ("ketamine", "Marlowe", "K-Mar", LEE))
