"""Observations: what cannot be is refused, what is unlikely is asked once, what contradicts itself is named."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.consenting import consent
from tests.domain.course_paper import booked, course
from tests.domain.playing import Play, vitals

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.fold_room import evolve


@pytest.fixture
def play() -> Play:
    return Play().at("8:00")


@pytest.fixture
def visit(play: Play) -> str:
    return play.seated(1)


@pytest.mark.parametrize(
    ("fact", "rule", "confirmable"),
    [
        (vitals(sbp=261), "impossible", False),
        (vitals(sbp=260, dbp=100), "unlikely", True),
        (vitals(sbp=49, dbp=45), "impossible", False),
        (vitals(sbp=80, dbp=80), "impossible", False),
        (vitals(hr=251), "impossible", False),
        (vitals(rr=2), "impossible", False),
        (vitals(spo2=101), "impossible", False),
        (vitals(spo2=49), "impossible", False),
        (vitals(temp_c=Decimal("43.1")), "impossible", False),
        (vitals(temp_c=Decimal("NaN")), "impossible", False),
        (vitals(hr=160), "unlikely", True),
        (ev.VitalsTaken(), "nothing_measured", False),
        (ev.Weighed(kg=Decimal(24)), "impossible", False),
        (ev.Weighed(kg=Decimal("250.1")), "impossible", False),
        (ev.Weighed(kg=Decimal(180)), "unlikely", True),
        (ev.Weighed(kg=Decimal("Infinity")), "impossible", False),
        (ev.PainRated(), "pain", False),
        (ev.PainRated(nrs=3, unable=True), "pain", False),
        (ev.PainRated(nrs=3, worst=2, least=5), "pain", False),
        (consent(date(2026, 11, 24)), "consent", False),
        (ev.BagChanged(volume_ml=Decimal(0)), "phase", False),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_not_charted(
    play: Play, visit: str, fact: Any, rule: str, confirmable: bool
) -> None:
    [reason] = play.refused(cmd.Record(visit=visit, fact=fact))
    assert (reason.rule, reason.confirmable) == (rule, confirmable)


def test_what_is_unlikely_is_asked_once(play: Play, visit: str) -> None:
    assert play.rules(cmd.Record(visit=visit, fact=vitals(hr=160))) == ["unlikely"]
    play.record(visit, vitals(hr=160, confirmed=True))
    assert play.rules(cmd.Record(visit=visit, fact=vitals(hr=300, confirmed=True))) == ["impossible"]
    play.record(visit, ev.Weighed(kg=Decimal(180), confirmed=True))


@pytest.mark.parametrize(("kg", "asked"), [("88", False), ("88.1", True), ("72", False), ("71.9", True)])
def test_a_weight_ten_percent_off_the_last_is_asked_again(
    play: Play, visit: str, kg: str, asked: bool
) -> None:
    play.record(visit, ev.Weighed(kg=Decimal(80)))
    play.later(1)
    command = cmd.Record(visit=visit, fact=ev.Weighed(kg=Decimal(kg)))
    if asked:
        assert play.rules(command) == ["weight_changed"]
        play.do(cmd.Record(visit=visit, fact=ev.Weighed(kg=Decimal(kg), confirmed=True)))
    else:
        play.do(command)


def test_a_weight_of_long_ago_is_asked_again_but_not_one_charted_late(play: Play, visit: str) -> None:
    def weighed(days_before: float) -> cmd.Record:
        at = came - timedelta(days=days_before)
        return cmd.Record(visit=visit, fact=ev.Weighed(kg=Decimal(80)), at=at)

    came = play.now
    assert play.rules(weighed(30.1)) == ["weight_old"]
    play.later(60 * 24 * 200)
    assert play.rules(weighed(30.1)) == ["weight_old"]
    play.do(weighed(-0.01))


@pytest.mark.parametrize(("kg", "asked"), [("74.1", True), ("74.2", False), ("90.6", False), ("90.7", True)])
def test_the_first_weight_of_a_courses_day_is_held_against_the_one_from_before(
    play: Play, kg: str, asked: bool
) -> None:
    """A patient without a record number is known by the file; 82.4 kg was told six weeks ago."""
    told = ev.PatientFile(family="Marlowe", weight=ev.WeightOnFile(Decimal("82.4"), date(2026, 10, 12)))
    entries = booked(play.room, course(days=1), [play.time("8:00")], entries=len(play.entries), file=told)
    play.room = evolve(play.room, entries)
    play.entries += entries
    play.do(cmd.Arrive(visit="v1"))
    command = cmd.Record(visit="v1", fact=ev.Weighed(kg=Decimal(kg)))
    if asked:
        assert play.rules(command) == ["weight_changed"]
    else:
        play.do(command)


@pytest.mark.parametrize("nrs", [0, 10])
def test_pain_is_an_integer_from_zero_to_ten(play: Play, visit: str, nrs: int) -> None:
    play.record(visit, ev.PainRated(nrs=nrs))
    before = play.visit(visit).pain_before()
    assert before is not None
    assert before.nrs == nrs


def test_consent_and_adult_may_be_known_before_the_person_comes(play: Play) -> None:
    planned = play.plan(2)
    play.record(planned, consent(date(2026, 11, 20)), ev.AdultNamed(name="Pat"))
    assert play.rules(cmd.Record(visit=planned, fact=vitals())) == ["phase"]
    [line] = [line for line in play.board().to_come if line.who.visit == planned]
    assert {mark.kind for mark in line.marks}.isdisjoint({"consent", "escort"})


def test_an_empty_score_says_nothing(play: Play) -> None:
    recovering = Play().at("8:00")
    visit = recovering.recovering(1)
    assert recovering.rules(cmd.Record(visit=visit, fact=ev.AldreteScored())) == ["empty"]
    assert recovering.rules(cmd.Record(visit=visit, fact=ev.PadssScored())) == ["empty"]
    contradiction = ev.PadssScored(vital_signs=2, walking=2, nausea=2, pain=2, nrs=8, bleeding=2)
    assert recovering.rules(cmd.Record(visit=visit, fact=contradiction)) == ["padss_pain"]


def test_an_acknowledgement_keeps_what_was_active(play: Play) -> None:
    infusing = play.infusing(3)
    play.later(15).record(infusing, vitals(spo2=86))
    [entry] = play.do(cmd.Acknowledge(visit=infusing))
    assert isinstance(entry.body, ev.AlarmAcknowledged)
    [key] = entry.body.alarms
    assert key.startswith("spo2:high:")
