"""The ramp's order: worked by hand, never above target, cap or hard limit, and rising with its per cent."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.domain.course_paper import course

from infusionroom.domain.clinic import DoseRules
from infusionroom.domain.dose import dose_concerns, ordered_mg_per_kg_h
from infusionroom.domain.events import Target
from infusionroom.domain.order_rate import order_rate
from infusionroom.domain.planned_order import PlannedOrder, planned_order

RULES = DoseRules()


def of_day(number: int, kg: str | None = "83.4", rules: DoseRules = RULES, **made: Any) -> PlannedOrder:
    planned = planned_order(course(**made), number, None if kg is None else Decimal(kg), rules)
    assert planned is not None
    return planned


# ── worked by hand ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kg", "dose", "cap", "ramp", "mg_ml", "asked", "ml_h", "mg_h", "total_mg", "total_ml"),
    [
        # 83.4 × 0.42 × 0.6 = 21.0168 mg/h = 10.5084 mL/h
        ("83.4", "0.42", None, 60, "2", "0.252", "10.5", "21", "84", "42"),
        # 61.7 × 0.35 × 0.75 = 16.19625 mg/h; at 1 mg/mL 16.2 mL/h
        ("61.7", "0.35", "25", 75, "1", "0.2625", "16.2", "16.2", "64.8", "64.8"),
        # 96.3 × 0.35 = 33.705, capped at 25; at 2 mg/mL exactly 12.5 mL/h
        ("96.3", "0.35", "25", 100, "2", "0.35", "12.5", "25", "100", "50"),
        # 41.7 mg/h is 20.85 mL/h: half up would be 41.8 mg/h, above the target, so 20.8
        ("83.4", "0.5", None, 100, "2", "0.5", "20.8", "41.6", "166.4", "83.2"),
        # 80 % of it is 33.36 mg/h = 16.68 mL/h, which may round up: the target is far
        ("83.4", "0.5", None, 80, "2", "0.4", "16.7", "33.4", "133.6", "66.8"),
        # 52.9 × 0.37 × 0.55 = 10.765150 mg/h at 5 mg/mL = 2.15303 mL/h
        ("52.9", "0.37", None, 55, "5", "0.2035", "2.2", "11", "44", "8.8"),
    ],
)
def test_days_worked_by_hand(
    kg: str,
    dose: str,
    cap: str | None,
    ramp: int,
    mg_ml: str,
    asked: str,
    ml_h: str,
    mg_h: str,
    total_mg: str,
    total_ml: str,
) -> None:
    planned = of_day(1, kg, dose=dose, cap=cap, ramp=(ramp,), concentration_mg_ml=Decimal(mg_ml))
    assert planned.rate is not None
    assert planned.dose == Decimal(asked)
    assert (planned.rate.ml_h, planned.rate.mg_h) == (Decimal(ml_h), Decimal(mg_h))
    assert (planned.total_mg, planned.total_ml) == (Decimal(total_mg), Decimal(total_ml))


def test_it_says_what_it_rests_on() -> None:
    planned = of_day(2, dose="0.5")
    assert planned.why == "80 % of 0.5 mg/kg/h, day 2 of 5"
    assert (planned.drug, planned.duration_min, planned.concentration_mg_ml) == ("ketamine", 240, Decimal(2))
    assert (planned.prescriber, planned.percent) == ("Dr Osei", 80)


def test_the_targets_own_time_bag_and_drug_hold() -> None:
    planned = of_day(1, concentration_mg_ml=Decimal(1), duration_min=300, drug="esketamine")
    assert (planned.duration_min, planned.concentration_mg_ml, planned.drug) == (
        300,
        Decimal(1),
        "esketamine",
    )


def test_an_omitted_day_has_no_order_and_makes_no_jump() -> None:
    assert planned_order(course(omitted=(2,)), 2, Decimal(80), RULES) is None
    assert of_day(3, omitted=(2,)).percent == 80
    assert planned_order(course(), 6, Decimal(80), RULES) is None


# ── what lowers it ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_cap_lowers_and_says_so() -> None:
    planned = of_day(5, "96.3", dose="0.35", cap="25")
    assert planned.lowered_by == "cap"
    assert planned.lowered_words == "The ramp's 0.35 mg/kg/h is lowered by the cap to 25 mg/h."
    assert of_day(1, "96.3", dose="0.35", cap="25").lowered_by == "", "60 % of it is 20.2 mg/h"


def test_exactly_the_cap_or_the_hard_limit_is_not_lowered() -> None:
    assert of_day(5, "80", dose="0.3125", cap="25").lowered_by == ""
    assert of_day(5, "80", dose="1").lowered_by == ""


def test_the_hard_limit_lowers_and_says_so() -> None:
    planned = of_day(5, "80", dose="1.3")
    assert (planned.lowered_by, planned.dose) == ("hard limit", Decimal(1))
    assert planned.rate is not None
    assert planned.rate.mg_h == 80
    assert "1.3 mg/kg/h is lowered to the clinic's hard limit, 1 mg/kg/h" in planned.lowered_words


def test_in_mg_per_hour_the_hard_limit_is_the_weights() -> None:
    planned = of_day(5, "52.5", dose="60", basis="mg_per_h")
    assert (planned.lowered_by, planned.dose) == ("hard limit", Decimal("52.5"))
    assert planned.rate is not None
    assert planned.rate.mg_h == Decimal("52.4"), "rounded up it would be 52.6"


def test_the_lower_of_cap_and_hard_limit_holds() -> None:
    assert of_day(5, "80", dose="2", cap="25").lowered_by == "cap"
    assert of_day(5, "80", dose="2", cap="100").lowered_by == "hard limit"


# ── weights ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_weight_an_order_per_kilogram_has_no_rate() -> None:
    planned = of_day(1, None)
    assert (planned.rate, planned.total_mg, planned.total_ml) == (None, None, None)
    assert planned.dose == Decimal("0.3")
    assert "weigh" in planned.problem


def test_without_a_weight_an_order_per_hour_has_one() -> None:
    planned = of_day(1, None, dose="25", basis="mg_per_h")
    assert planned.rate is not None
    assert (planned.rate.mg_h, planned.rate.mg_per_kg_h) == (Decimal(15), None)


def test_what_no_pump_can_run_says_why() -> None:
    planned = of_day(1, "40", dose="0.001")
    assert planned.rate is None
    assert "pump's step" in planned.problem


# ── for any course ──────────────────────────────────────────────────────────────────────────────────────────


def amounts(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), allow_nan=False, places=places)


TARGETS = st.builds(
    Target,
    basis=st.sampled_from(["mg_per_kg_h", "mg_per_h"]),
    dose=amounts("0.01", "120", 3),
    cap_mg_h=st.none() | amounts("0.5", "150", 2),
    concentration_mg_ml=st.sampled_from([None, *map(Decimal, ("0.5", "1", "2", "2.5", "3.3", "10", "50"))]),
)
WEIGHTS = amounts("25", "250", 3)
CLINICS = st.builds(
    DoseRules,
    pump_step_ml_h=st.sampled_from(
        [Decimal("0.01"), Decimal("0.1"), Decimal("0.3"), Decimal("0.5"), Decimal(1)]
    ),
    hard_mg_per_kg_h=amounts("0.2", "2", 3),
)
PERCENTS = st.integers(1, 100)


def planned_at(target: Target, percent: int, kg: Decimal | None, rules: DoseRules) -> PlannedOrder:
    one = course(days=1)
    archetype = replace(one.archetype, ramp=(percent,))
    planned = planned_order(replace(one, target=target, archetype=archetype), 1, kg, rules)
    assert planned is not None
    return planned


@given(TARGETS, PERCENTS, WEIGHTS, CLINICS)
def test_never_above_target_cap_nor_hard_limit(
    target: Target, percent: int, kg: Decimal, rules: DoseRules
) -> None:
    planned = planned_at(target, percent, kg, rules)
    assert planned.dose <= target.dose
    if planned.rate is None:
        assert planned.problem
        return
    mg_h = Fraction(planned.rate.mg_h)
    weight = Fraction(kg) if target.basis == "mg_per_kg_h" else Fraction(1)
    assert mg_h <= Fraction(target.dose) * weight
    assert mg_h <= Fraction(rules.hard_mg_per_kg_h) * Fraction(kg)
    if target.cap_mg_h is not None:
        assert mg_h <= Fraction(target.cap_mg_h)
    assert Fraction(planned.rate.ml_h) % Fraction(rules.pump_step_ml_h) == 0
    asked = ordered_mg_per_kg_h(planned.basis, planned.dose, weight_kg=kg, cap_mg_h=planned.cap_mg_h)
    assert dose_concerns(asked, rules) != "hard", "what the ramp fills in needs no override"


@given(TARGETS, PERCENTS, PERCENTS, WEIGHTS, CLINICS)
def test_more_per_cent_is_never_less(
    target: Target, one: int, other: int, kg: Decimal, rules: DoseRules
) -> None:
    low, high = (planned_at(target, percent, kg, rules) for percent in sorted((one, other)))
    assert low.dose <= high.dose
    ran = [planned.rate.mg_h if planned.rate else Decimal(0) for planned in (low, high)]
    assert ran[0] <= ran[1]


@given(TARGETS, PERCENTS, WEIGHTS, CLINICS)
def test_lowered_exactly_where_more_was_asked(
    target: Target, percent: int, kg: Decimal, rules: DoseRules
) -> None:
    planned = planned_at(target, percent, kg, rules)
    weight = Fraction(kg) if target.basis == "mg_per_kg_h" else Fraction(1)
    asked = Fraction(target.dose) * percent / 100 * weight
    most = min(
        Fraction(rules.hard_mg_per_kg_h) * Fraction(kg),
        Fraction(target.cap_mg_h) if target.cap_mg_h is not None else asked,
    )
    assert bool(planned.lowered_by) == (asked > most)
    assert bool(planned.lowered_words) == bool(planned.lowered_by)


@given(TARGETS, PERCENTS, WEIGHTS, CLINICS)
def test_entered_as_it_is_filled_in_it_runs_as_it_was_planned(
    target: Target, percent: int, kg: Decimal, rules: DoseRules
) -> None:
    """The order form and the journal work the rate out by the same function: one truth."""
    planned = planned_at(target, percent, kg, rules)
    if planned.rate is None:
        return
    entered = order_rate(
        planned.basis,
        planned.dose,
        weight_kg=kg,
        cap_mg_h=planned.cap_mg_h,
        concentration_mg_ml=planned.concentration_mg_ml,
        rules=rules,
        target=target,
    )
    assert entered == planned.rate


def test_an_order_above_its_target_is_rounded_like_any_other() -> None:
    """That it is above is the prescriber's to answer for: rounding does not hide it."""
    rate = order_rate(
        "mg_per_h",
        Decimal("41.9"),
        weight_kg=Decimal("83.4"),
        cap_mg_h=None,
        concentration_mg_ml=Decimal(2),
        rules=RULES,
        target=Target("mg_per_kg_h", Decimal("0.5")),
    )
    assert rate.mg_h == 42
