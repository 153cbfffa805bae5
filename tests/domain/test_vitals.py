"""Vital signs: refused where impossible, asked where unlikely, marked where out of the clinic's limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infusionroom.domain.clinic import DEFAULT_RULES
from infusionroom.domain.events import VitalsTaken
from infusionroom.domain.vitals import (
    MOAAS,
    RASS,
    implausible,
    implausible_weight,
    in_range,
    is_full_set,
)

PLAUSIBLE = DEFAULT_RULES.plausible
LIMITS = DEFAULT_RULES.limits
CALM = VitalsTaken(sbp=120, dbp=75, hr=72, rr=14, spo2=98, temp_c=Decimal("36.8"), moaas=5, rass=0)


def changed(**signs: Any) -> VitalsTaken:
    return msgspec.structs.replace(CALM, **signs)


def only(**signs: Any) -> VitalsTaken:
    return VitalsTaken(**signs)


@pytest.mark.parametrize(
    ("sign", "lowest", "highest"),
    [("sbp", 50, 260), ("dbp", 20, 160), ("hr", 20, 250), ("rr", 3, 60), ("spo2", 50, 100)],
)
def test_an_impossible_value_is_refused_with_its_limits(sign: str, lowest: int, highest: int) -> None:
    for value in (lowest - 1, highest + 1):
        (reason,) = implausible(only(**{sign: value}), PLAUSIBLE)
        assert reason.rule == "impossible"
        assert not reason.confirmable
        assert f"{value} is impossible: {lowest}–{highest}" in reason.text
        assert implausible(only(**{sign: value}, confirmed=True), PLAUSIBLE) == [reason]
    for value in (lowest, highest):
        assert "impossible" not in [r.rule for r in implausible(only(**{sign: value}), PLAUSIBLE)]


@pytest.mark.parametrize(
    ("sign", "lowest", "highest"),
    [("sbp", 80, 210), ("dbp", 40, 120), ("hr", 40, 150), ("rr", 8, 30), ("spo2", 85, 100)],
)
def test_an_unlikely_value_is_asked_once(sign: str, lowest: int, highest: int) -> None:
    for value in {lowest - 1, highest + 1} - {101}:
        (reason,) = implausible(only(**{sign: value}), PLAUSIBLE)
        assert reason.rule == "unlikely"
        assert reason.confirmable
        assert implausible(only(**{sign: value}, confirmed=True), PLAUSIBLE) == []
    for value in (lowest, highest):
        assert implausible(only(**{sign: value}), PLAUSIBLE) == []


@pytest.mark.parametrize(
    ("temp", "rules"),
    [
        ("29.9", ["impossible"]),
        ("30", ["unlikely"]),
        ("34.9", ["unlikely"]),
        ("35.0", []),
        ("40", []),
        ("40.1", ["unlikely"]),
        ("43.0", ["unlikely"]),
        ("43.1", ["impossible"]),
        ("NaN", ["impossible"]),
        ("sNaN", ["impossible"]),
        ("Infinity", ["impossible"]),
        ("1E+999999", ["impossible"]),
    ],
)
def test_a_temperature_is_checked_too(temp: str, rules: list[str]) -> None:
    reasons = implausible(changed(temp_c=Decimal(temp)), PLAUSIBLE)
    assert [reason.rule for reason in reasons] == rules
    assert all(len(reason.text) < 120 for reason in reasons)


def test_the_sentence_names_value_and_limits() -> None:
    (reason,) = implausible(changed(sbp=400), PLAUSIBLE)
    assert reason.text == "SBP 400 is impossible: 50–260 mmHg."


@pytest.mark.parametrize(("sbp", "dbp", "refused"), [(100, 99, False), (100, 100, True), (100, 101, True)])
def test_diastolic_lies_below_systolic(sbp: int, dbp: int, refused: bool) -> None:
    assert bool(implausible(changed(sbp=sbp, dbp=dbp, confirmed=True), PLAUSIBLE)) is refused


def test_every_impossible_value_is_named_before_the_unlikely_ones() -> None:
    reasons = implausible(changed(sbp=220, hr=300, rr=2), PLAUSIBLE)
    assert [reason.rule for reason in reasons] == ["impossible", "impossible", "unlikely"]


def test_a_set_without_any_sign_is_refused() -> None:
    (reason,) = implausible(VitalsTaken(on_oxygen=True, confirmed=True), PLAUSIBLE)
    assert reason.rule == "nothing_measured"
    for alone in (VitalsTaken(moaas=0), VitalsTaken(rass=0), VitalsTaken(acvpu="A")):
        assert implausible(alone, PLAUSIBLE) == []


@pytest.mark.parametrize(
    ("kg", "rules"),
    [
        ("24.9", ["impossible"]),
        ("25", ["unlikely"]),
        ("39.9", ["unlikely"]),
        ("40", []),
        ("160", []),
        ("160.1", ["unlikely"]),
        ("250", ["unlikely"]),
        ("250.1", ["impossible"]),
        ("NaN", ["impossible"]),
        ("-70", ["impossible"]),
    ],
)
def test_a_weight_is_refused_or_asked_once(kg: str, rules: list[str]) -> None:
    assert [reason.rule for reason in implausible_weight(Decimal(kg), PLAUSIBLE)] == rules


def test_a_full_set_has_all_five() -> None:
    assert is_full_set(VitalsTaken(sbp=120, dbp=75, hr=72, rr=14, spo2=98))
    for sign in ("sbp", "dbp", "hr", "rr", "spo2"):
        assert not is_full_set(changed(**{sign: None}))


@pytest.mark.parametrize(
    ("sign", "edges"),
    [
        ("spo2", [(100, None), (92, None), (91, "medium"), (88, "medium"), (87, "high")]),
        ("rr", [(10, None), (9, "medium"), (8, "medium"), (7, "high")]),
        ("rr", [(24, None), (25, "medium"), (30, "medium"), (31, "high")]),
        ("hr", [(50, None), (49, "medium"), (40, "medium"), (39, "high")]),
        ("hr", [(120, None), (121, "medium"), (150, "medium"), (151, "high")]),
        ("sbp", [(100, None), (99, "medium"), (90, "medium"), (89, "high")]),
        ("sbp", [(160, None), (161, "low"), (180, "low"), (181, "medium"), (200, "medium"), (201, "high")]),
        ("dbp", [(110, None), (111, "medium"), (160, "medium"), (30, None)]),
        ("moaas", [(5, None), (4, None), (3, "medium"), (2, "high"), (0, "high")]),
        ("rass", [(0, None), (1, None), (2, "medium"), (3, "medium"), (4, "high"), (-5, None)]),
    ],
)
def test_each_limit_holds_on_both_sides_of_its_edge(sign: str, edges: list[tuple[int, str | None]]) -> None:
    for value, priority in edges:
        found = in_range(changed(**{sign: value}), None, LIMITS)
        assert [(b.sign, b.priority, b.value) for b in found] == (
            [] if priority is None else [(sign, priority, value)]
        )


@pytest.mark.parametrize(
    ("baseline", "sbp", "priority"),
    [
        (120, 144, None),
        (120, 145, "low"),
        (120, 156, "low"),
        (120, 157, "medium"),
        (125, 150, None),
        (125, 151, "low"),
        # 1.2 × 111 = 133.2 and 1.3 × 111 = 144.3
        (111, 133, None),
        (111, 134, "low"),
        (111, 144, "low"),
        (111, 145, "medium"),
        # Absolute limits hold beside the relative ones, and the highest counts.
        (150, 161, "low"),
        (150, 181, "medium"),
        (190, 201, "high"),
        (100, 99, "medium"),
        (60, 89, "high"),
    ],
)
def test_pressure_is_also_judged_against_the_baseline(baseline: int, sbp: int, priority: str | None) -> None:
    found = in_range(changed(sbp=sbp), changed(sbp=baseline), LIMITS)
    assert [b.priority for b in found] == ([] if priority is None else [priority])


def test_a_breach_says_value_and_limit_in_force() -> None:
    (breach,) = in_range(changed(sbp=145), changed(sbp=120), LIMITS)
    assert breach.limit == "more than 20 % above baseline 120"
    assert breach.text == "SBP 145: more than 20 % above baseline 120"
    (breach,) = in_range(changed(rass=2), None, LIMITS)
    assert breach.text == "RASS +2: +2 or more"


def test_limits_are_the_clinics() -> None:
    gentle = msgspec.structs.replace(
        LIMITS, spo2_medium_below=90, spo2_high_below=85, sbp_low_rise_percent=25
    )
    assert in_range(changed(spo2=90), None, gentle) == []
    assert in_range(changed(sbp=150), CALM, gentle) == []
    assert in_range(changed(sbp=151), CALM, gentle) != []


def test_what_was_not_measured_breaches_nothing() -> None:
    assert in_range(VitalsTaken(), CALM, LIMITS) == []
    assert in_range(CALM, VitalsTaken(), LIMITS) == []


@given(st.integers(50, 260), st.integers(50, 260))
def test_a_higher_pressure_is_never_a_lesser_alarm(baseline: int, sbp: int) -> None:
    order = {None: 0, "low": 1, "medium": 2, "high": 3}

    def rank(value: int) -> int:
        found = in_range(VitalsTaken(sbp=value), VitalsTaken(sbp=baseline), LIMITS)
        return order[found[0].priority] if found else 0

    if sbp >= LIMITS.sbp_medium_below:
        assert rank(sbp) <= rank(sbp + 1)


def test_every_level_of_the_scales_has_its_words() -> None:
    assert sorted(MOAAS) == list(range(6))
    assert sorted(RASS) == list(range(-5, 5))
    assert MOAAS[3] == "responds only to name called loudly or repeatedly"
    assert RASS[4] == "combative"
