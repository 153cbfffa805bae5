"""What the clinic offers: its kinds of course, its closing days, the words its patients sign."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.domain.playing import MONDAY, Play

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.archetypes import ARCHETYPES
from infusionroom.domain.clinic import DEFAULT_RULES
from infusionroom.domain.consent_text import FIRST_CONSENT
from infusionroom.domain.decide.target import target_problems

TUESDAY, SATURDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=5)
THANKSGIVING = date(2026, 11, 26)
THREE_DAYS = ev.Archetype(
    name="three days",
    days=3,
    ramp=(50, 100),
    chair_min=240,
    target=ev.Target("mg_per_kg_h", Decimal("0.4"), Decimal(30)),
)


@pytest.fixture
def play() -> Play:
    play = Play(chairs=3).at("7:00")
    play.room = replace(play.room, holidays={THANKSGIVING: "Thanksgiving Day"})
    return play


# ── kinds of course ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_clinic_adds_a_kind_of_course_of_its_own(play: Play) -> None:
    play.do(cmd.SetArchetype(archetype=THREE_DAYS))
    assert play.room.clinic is not None
    assert list(play.room.clinic.archetypes) == [*ARCHETYPES, "three days"]
    assert play.rules(cmd.SetArchetype(archetype=THREE_DAYS)) == ["unchanged"]


def test_the_same_said_in_another_spelling_is_no_second_kind(play: Play) -> None:
    play.do(cmd.SetArchetype(archetype=THREE_DAYS))
    target = replace(THREE_DAYS.target, dose=Decimal("0.40"), cap_mg_h=Decimal("30.0"))
    respelled = replace(THREE_DAYS, name=" Three Days", target=target)
    assert play.rules(cmd.SetArchetype(archetype=respelled)) == ["unchanged"]
    play.do(cmd.SetArchetype(archetype=replace(respelled, days=4)))
    assert play.room.clinic is not None
    assert play.room.clinic.archetypes["three days"].days == 4


@pytest.mark.parametrize("kind", ARCHETYPES.values(), ids=lambda kind: kind.name)
def test_what_ships_could_have_been_entered_by_hand(play: Play, kind: ev.Archetype) -> None:
    assert play.rules(cmd.SetArchetype(archetype=kind)) == ["unchanged"]
    play.do(cmd.SetArchetype(archetype=replace(kind, name="ours")))


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"days": 61}, "days"),
        ({"days": 0}, "form"),
        ({"ramp": ()}, "form"),
        ({"ramp": (50, 101)}, "form"),
        ({"ramp": (0, 100)}, "form"),
        ({"ramp": (25, 50, 75, 100)}, "ramp"),
        ({"ramp": (50, 100, 75)}, "ramp"),
        ({"chair_min": 14}, "chair_min"),
        ({"chair_min": 1441}, "chair_min"),
    ],
)
def test_a_kind_of_course_that_nobody_could_book_is_refused(
    play: Play, changed: dict[str, Any], rule: str
) -> None:
    assert play.rules(cmd.SetArchetype(archetype=replace(THREE_DAYS, **changed))) == [rule]


def test_a_ramp_may_step_back_on_its_way_and_hold_its_highest_step(play: Play) -> None:
    play.do(cmd.SetArchetype(archetype=replace(THREE_DAYS, ramp=(60, 50, 90))))


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"dose": Decimal(0)}, "dose"),
        ({"dose": Decimal("-0.1")}, "dose"),
        ({"dose": Decimal("NaN")}, "dose"),
        ({"dose": Decimal("Infinity")}, "dose"),
        ({"dose": Decimal("1E+999999")}, "dose"),
        ({"dose": Decimal("0.00001")}, "dose"),
        ({"cap_mg_h": Decimal(0)}, "dose"),
        ({"cap_mg_h": Decimal(-25)}, "dose"),
        ({"concentration_mg_ml": Decimal(0)}, "dose"),
        ({"dose": Decimal("1.01")}, "hard_limit"),
        ({"basis": "mg_per_h", "dose": Decimal(251), "cap_mg_h": None}, "hard_limit"),
        ({"duration_min": 1441}, "duration"),
        ({"duration_min": 0}, "form"),
        ({"drug": "x" * 201}, "drug"),
    ],
)
def test_a_target_that_no_order_could_have_is_refused(play: Play, changed: dict[str, Any], rule: str) -> None:
    target = replace(THREE_DAYS.target, **changed)
    kind = replace(THREE_DAYS, target=target, chair_min=1440)
    assert play.rules(cmd.SetArchetype(archetype=kind)) == [rule]


def test_a_cap_does_not_make_a_target_above_the_hard_limit_sound(play: Play) -> None:
    """A light person never comes near the cap: for them the target is what they would get."""
    target = ev.Target("mg_per_kg_h", Decimal("1.5"), Decimal(25))
    [reason] = play.refused(cmd.SetArchetype(archetype=replace(THREE_DAYS, target=target)))
    assert reason.text.startswith("Target: 1.5 mg/kg/h is above the hard limit of 1 mg/kg/h")


@pytest.mark.parametrize(
    "target",
    [
        ev.Target("mg_per_kg_h", Decimal(1)),
        ev.Target("mg_per_h", Decimal(250)),
        ev.Target("mg_per_h", Decimal(900), Decimal(25)),
    ],
)
def test_exactly_the_hard_limit_is_not_above_it(play: Play, target: ev.Target) -> None:
    play.do(cmd.SetArchetype(archetype=replace(THREE_DAYS, target=target)))


def test_an_infusion_is_not_longer_than_its_chair_is_kept(play: Play) -> None:
    target = replace(THREE_DAYS.target, duration_min=300)
    assert play.rules(cmd.SetArchetype(archetype=replace(THREE_DAYS, target=target))) == ["chair_min"]
    play.do(cmd.SetArchetype(archetype=replace(THREE_DAYS, target=target, chair_min=300)))


def test_the_clinic_s_own_hard_limit_holds(play: Play) -> None:
    play.do(cmd.ChangeRule(name="dose.hard_mg_per_kg_h", value="0.3", signed_off_by="Dr X"))
    assert play.rules(cmd.SetArchetype(archetype=THREE_DAYS)) == ["hard_limit"]


@given(
    basis=st.sampled_from(["mg_per_kg_h", "mg_per_h"]),
    dose=st.decimals(allow_nan=True, allow_infinity=True),
    cap=st.none() | st.decimals(allow_nan=True, allow_infinity=True),
    strength=st.none() | st.decimals(allow_nan=True, allow_infinity=True),
)
def test_no_target_that_passes_is_above_the_hard_limit(
    basis: Any, dose: Decimal, cap: Decimal | None, strength: Decimal | None
) -> None:
    target = ev.Target(basis, dose, cap, concentration_mg_ml=strength)
    if target_problems(target, DEFAULT_RULES):
        return
    assert dose > 0
    heaviest = DEFAULT_RULES.plausible.possible_weight_kg.high
    most = dose if cap is None else min(dose, cap)
    assert (dose if basis == "mg_per_kg_h" else most / heaviest) <= DEFAULT_RULES.dose.hard_mg_per_kg_h


def test_a_kind_of_course_is_withdrawn_but_never_the_last(play: Play) -> None:
    assert play.rules(cmd.WithdrawArchetype(name="three days")) == ["archetype"]
    play.do(cmd.WithdrawArchetype(name="Single Day"))
    play.do(cmd.WithdrawArchetype(name="up to five days"))
    [reason] = play.refused(cmd.WithdrawArchetype(name="ten weekdays"))
    assert reason.text == "“ten weekdays” is the only kind of course: add another one first."
    play.do(cmd.SetArchetype(archetype=ARCHETYPES["single day"]))
    play.do(cmd.WithdrawArchetype(name="ten weekdays"))
    assert play.room.clinic is not None
    assert list(play.room.clinic.archetypes) == ["single day"]


# ── closing days ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_day_is_closed_and_opened_again(play: Play) -> None:
    play.do(cmd.CloseDay(day=TUESDAY, why="inspection"))
    [reason] = play.refused(cmd.CloseDay(day=TUESDAY, why="inspection"))
    assert reason.rule == "closed_day"
    assert "closing day (inspection)" in reason.text
    play.do(cmd.OpenDay(day=TUESDAY))
    assert play.rules(cmd.OpenDay(day=TUESDAY)) == ["open_day"]
    play.do(cmd.CloseDay(day=TUESDAY, why="inspection after all"))


def test_a_holiday_is_worked_where_the_clinic_says_so(play: Play) -> None:
    [reason] = play.refused(cmd.CloseDay(day=THANKSGIVING, why="holiday"))
    assert reason.text == "Close day: Thu 26 Nov is Thanksgiving Day; nobody works then anyway."
    play.do(cmd.OpenDay(day=THANKSGIVING, why="two courses to end"))
    assert play.rules(cmd.OpenDay(day=THANKSGIVING)) == ["open_day"]
    play.do(cmd.CloseDay(day=THANKSGIVING, why="not after all"))


def test_weekends_are_neither_closed_nor_opened(play: Play) -> None:
    assert play.rules(cmd.CloseDay(day=SATURDAY, why="x")) == ["closed_day"]
    assert play.rules(cmd.OpenDay(day=SATURDAY)) == ["weekend"]


def test_the_past_was_worked_or_not(play: Play) -> None:
    yesterday = MONDAY - timedelta(days=3)
    assert play.rules(cmd.CloseDay(day=yesterday, why="x")) == ["past"]
    assert play.rules(cmd.OpenDay(day=yesterday)) == ["past"]
    assert play.rules(cmd.CloseDay(day=date(9999, 12, 31), why="x")) == ["day"]
    play.do(cmd.CloseDay(day=MONDAY, why="burst pipe"))


def test_today_is_the_clinic_s_own_day(play: Play) -> None:
    """At eight in the evening in New York it is tomorrow in London, and today can still be closed."""
    play.at("20:00")
    play.do(cmd.CloseDay(day=MONDAY, why="burst pipe"))


# ── the consent ─────────────────────────────────────────────────────────────────────────────────────────────


def consent(**changed: Any) -> cmd.PublishConsent:
    known: dict[str, Any] = {"version": "2", "text": "You may stop.", "clauses": FIRST_CONSENT.clauses}
    return cmd.PublishConsent(**{**known, **changed})


def test_a_new_version_holds_from_now_on(play: Play) -> None:
    play.do(consent(version=" 2 "))
    assert play.room.clinic is not None
    assert play.room.clinic.consent.version == "2"


def test_a_version_is_used_once(play: Play) -> None:
    assert play.rules(consent(version="1")) == ["version"]
    play.do(consent(version="2b"))
    play.do(consent(version="3"))
    assert play.rules(consent(version="2B")) == ["version"]
    assert play.rules(consent(version="1 ")) == ["version"]


def test_a_consent_says_something(play: Play) -> None:
    assert play.rules(consent(text="  ")) == ["empty"]
    assert play.rules(consent(version=" ")) == ["empty"]
    assert play.rules(consent(version="x" * 101)) == ["version"]


NO_GUARANTEE, OFF_GUIDELINE = FIRST_CONSENT.clauses


@pytest.mark.parametrize(
    "clauses",
    [
        (NO_GUARANTEE,),
        (OFF_GUIDELINE,),
        (replace(NO_GUARANTEE, asked_of="off guideline"), OFF_GUIDELINE),
        (NO_GUARANTEE, replace(OFF_GUIDELINE, asked_of="everybody")),
        (NO_GUARANTEE, OFF_GUIDELINE, NO_GUARANTEE),
        (NO_GUARANTEE, OFF_GUIDELINE, ev.Clause("photos", " ")),
        (NO_GUARANTEE, OFF_GUIDELINE, ev.Clause(" ", "Photos are taken.")),
    ],
)
def test_no_version_goes_without_its_clauses(play: Play, clauses: tuple[ev.Clause, ...]) -> None:
    assert play.rules(consent(clauses=clauses)) == ["clause"]


def test_a_consent_without_any_clause_names_both(play: Play) -> None:
    texts = [reason.text for reason in play.refused(consent(clauses=()))]
    assert texts == [
        "Consent: the clause “no guarantee” must be in it, asked of everybody.",
        "Consent: the clause “off guideline” must be in it, asked of those whose indication is off guideline.",
    ]


def test_a_clinic_may_ask_more(play: Play) -> None:
    more = ev.Clause(" photos ", "Photos are taken.")
    play.do(consent(clauses=(*FIRST_CONSENT.clauses, more)))
    assert play.room.clinic is not None
    assert play.room.clinic.consent.clauses[-1].key == "photos"
