"""Orders become rates the pump can be set to, and nothing of what it gives is lost in the arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infusionroom.domain.clinic import DEFAULT_RULES, DoseRules
from infusionroom.domain.dose import (
    DoseError,
    NotAnAmount,
    PumpRate,
    RateOffStep,
    RateOverCap,
    RateSpan,
    RateTooSmall,
    WeightMissing,
    bolus_ml,
    bolus_over_limit,
    dose_concerns,
    given_mg,
    given_ml,
    mg_per_kg_h,
    ordered_mg_per_kg_h,
    pump_rate,
    quantity,
    rate_from_mg_h,
    rate_from_ml_h,
    running_s,
    weight_concerns,
)
from infusionroom.domain.events import DoseBasis

D = Decimal
EIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
RULES = DEFAULT_RULES.dose


def after(minutes: float) -> datetime:
    return EIGHT + timedelta(minutes=minutes)


def order(
    basis: DoseBasis,
    dose: str,
    weight: str | None,
    cap: str | None,
    concentration: str,
    step: str = "0.1",
) -> PumpRate:
    return pump_rate(
        basis,
        D(dose),
        weight_kg=None if weight is None else D(weight),
        cap_mg_h=None if cap is None else D(cap),
        concentration_mg_ml=D(concentration),
        step_ml_h=D(step),
    )


@pytest.mark.parametrize(
    ("basis", "dose", "weight", "cap", "concentration", "step", "ml_h", "mg_h"),
    [
        # Schwartzman 2009: 0.35 mg/kg/h, cap 25 mg/h.
        ("mg_per_kg_h", "0.35", "60", "25", "2", "0.1", "10.5", "21"),
        ("mg_per_kg_h", "0.35", "71.4", "25", "2", "0.1", "12.5", "25"),
        ("mg_per_kg_h", "0.35", "90", "25", "2", "0.1", "12.5", "25"),
        # 0.35 × 71 = 24.85 mg/h; 12.425 mL/h rounds down.
        ("mg_per_kg_h", "0.35", "71", None, "2", "0.1", "12.4", "24.8"),
        # Half a step rounds up: 0.3 × 69 = 20.7 mg/h, 10.35 mL/h.
        ("mg_per_kg_h", "0.3", "69", None, "2", "0.1", "10.4", "20.8"),
        ("mg_per_kg_h", "0.3", "69", "20.8", "2", "0.1", "10.4", "20.8"),
        # The same with a cap that rounding up would pass.
        ("mg_per_kg_h", "0.3", "69", "20.7", "2", "0.1", "10.3", "20.6"),
        # A cap between two steps of the pump.
        ("mg_per_h", "40", "80", "25", "1.5", "0.1", "16.6", "24.9"),
        ("mg_per_h", "25", None, None, "3", "0.1", "8.3", "24.9"),
        ("mg_per_h", "25", None, None, "1", "0.1", "25", "25"),
        ("mg_per_h", "25", None, None, "10", "0.01", "2.5", "25"),
        ("mg_per_h", "17", None, None, "10", "1", "2", "20"),
        ("mg_per_h", "15", None, None, "10", "1", "2", "20"),
        ("mg_per_h", "14.9", None, None, "10", "1", "1", "10"),
        ("mg_per_h", "14", None, None, "10", "0.5", "1.5", "15"),
        ("mg_per_h", "20", "80", None, "50", "0.1", "0.4", "20"),
    ],
)
def test_an_order_becomes_a_pump_rate(
    basis: DoseBasis,
    dose: str,
    weight: str | None,
    cap: str | None,
    concentration: str,
    step: str,
    ml_h: str,
    mg_h: str,
) -> None:
    rate = order(basis, dose, weight, cap, concentration, step)
    assert (rate.ml_h, rate.mg_h) == (D(ml_h), D(mg_h))
    assert (str(rate.ml_h), str(rate.mg_h)) == (ml_h, mg_h)


def test_mg_per_kg_h_follows_from_the_rounded_rate() -> None:
    assert order("mg_per_kg_h", "0.35", "62", None, "2").mg_per_kg_h == D("21.8") / D(62)
    assert order("mg_per_h", "35", "70", None, "2").mg_per_kg_h == D("0.5")
    assert order("mg_per_h", "35", None, None, "2").mg_per_kg_h is None


@pytest.mark.parametrize(
    "bad", ["0", "-1", "NaN", "sNaN", "Infinity", "-Infinity", "1E+12", "-1E+999999", "1E-12"]
)
@pytest.mark.parametrize("field", ["dose", "weight", "cap", "concentration", "step"])
def test_what_is_no_amount_is_refused_by_name(field: str, bad: str) -> None:
    amounts = {"dose": "0.35", "weight": "70", "cap": "25", "concentration": "2", "step": "0.1"} | {
        field: bad
    }
    name = {"step": "The pump's step"}.get(field, f"The {field}")
    with pytest.raises(NotAnAmount, match=f"^{name} .*\\.$"):
        order("mg_per_kg_h", **amounts)


def test_a_weight_is_needed_for_a_dose_per_kilogram() -> None:
    with pytest.raises(WeightMissing, match="weigh the patient"):
        order("mg_per_kg_h", "0.35", None, "25", "2")


def test_a_rate_below_the_smallest_step_is_refused_and_never_zero() -> None:
    assert order("mg_per_h", "0.1", None, None, "2").ml_h == D("0.1")
    with pytest.raises(RateTooSmall, match=r"less than the pump's step of 0\.1 mL/h"):
        order("mg_per_h", "0.09", None, None, "2")
    with pytest.raises(RateTooSmall):
        order("mg_per_h", "5", None, "0.19", "2")


def typed_ml_h(ml_h: str, step: str = "0.1", cap: str | None = None) -> PumpRate:
    return rate_from_ml_h(
        D(ml_h),
        weight_kg=D(80),
        concentration_mg_ml=D(2),
        step_ml_h=D(step),
        cap_mg_h=None if cap is None else D(cap),
    )


def typed_mg_h(mg_h: str, cap: str | None = None) -> PumpRate:
    return rate_from_mg_h(
        D(mg_h),
        weight_kg=D(80),
        concentration_mg_ml=D(2),
        step_ml_h=D("0.1"),
        cap_mg_h=None if cap is None else D(cap),
    )


def test_a_typed_ml_h_must_be_a_step_of_the_pump() -> None:
    assert typed_ml_h("12.50") == PumpRate(D("12.5"), D(25), D("0.3125"))
    with pytest.raises(RateOffStep, match=r"12\.55 mL/h is not a multiple .* enter 12\.5 or 12\.6\."):
        typed_ml_h("12.55")
    with pytest.raises(RateOffStep, match=r"enter 0\.1\."):
        typed_ml_h("0.05")
    with pytest.raises(RateOffStep, match=r"enter 12 or 12\.5\."):
        typed_ml_h("12.3", step="0.5")


@pytest.mark.parametrize("bad", ["0", "-12.5", "NaN", "Infinity"])
def test_no_rate_is_changed_to_nothing(bad: str) -> None:
    with pytest.raises(NotAnAmount):
        typed_ml_h(bad)
    with pytest.raises(NotAnAmount):
        typed_mg_h(bad)


def test_a_typed_mg_h_is_rounded_to_the_step() -> None:
    assert typed_mg_h("25") == PumpRate(D("12.5"), D(25), D("0.3125"))
    assert typed_mg_h("24.9").ml_h == D("12.5")
    assert typed_mg_h("24.9", cap="24.9").ml_h == D("12.4")


def test_a_typed_rate_above_the_cap_is_refused_not_lowered() -> None:
    assert typed_ml_h("12.5", cap="25").mg_h == 25
    with pytest.raises(RateOverCap, match="above the order's cap of 25 mg/h"):
        typed_ml_h("12.6", cap="25")
    with pytest.raises(RateOverCap, match="above the order's cap of 25 mg/h"):
        typed_mg_h("25.01", cap="25")


amounts = st.decimals("0.05", "500", places=2, allow_nan=False)
steps = st.sampled_from([D("0.01"), D("0.1"), D("0.5"), D(1)])
concentrations = st.sampled_from([D("0.5"), D(1), D("1.5"), D(2), D(3), D("3.3"), D(10), D(50), D(100)])


@given(
    st.sampled_from(["mg_per_kg_h", "mg_per_h"]),
    st.decimals("0.01", "60", places=3),
    st.decimals("25", "250", places=2),
    st.none() | amounts,
    concentrations,
    steps,
)
def test_the_pump_keeps_the_cap_and_is_off_by_half_a_step_at_most(
    basis: DoseBasis, dose: Decimal, kg: Decimal, cap: Decimal | None, concentration: Decimal, step: Decimal
) -> None:
    asked = dose * kg if basis == "mg_per_kg_h" else dose
    asked = asked if cap is None else min(asked, cap)
    try:
        rate = pump_rate(
            basis, dose, weight_kg=kg, cap_mg_h=cap, concentration_mg_ml=concentration, step_ml_h=step
        )
    except RateTooSmall:
        assert asked < concentration * step
        return
    assert rate.ml_h > 0
    assert rate.ml_h % step == 0
    assert rate.mg_h == rate.ml_h * concentration
    off = rate.mg_h - asked
    if cap is None:
        assert -concentration * step / 2 < off <= concentration * step / 2
    else:
        assert rate.mg_h <= cap
        assert abs(off) < concentration * step


@given(amounts, concentrations, steps)
def test_a_rate_read_off_the_pump_and_typed_again_is_the_same(
    mg_h: Decimal, concentration: Decimal, step: Decimal
) -> None:
    def by_mg(wanted: Decimal) -> PumpRate:
        return rate_from_mg_h(wanted, weight_kg=D(70), concentration_mg_ml=concentration, step_ml_h=step)

    try:
        rate = by_mg(mg_h)
    except RateTooSmall:
        return
    assert by_mg(rate.mg_h) == rate
    assert rate == rate_from_ml_h(
        rate.ml_h, weight_kg=D(70), concentration_mg_ml=concentration, step_ml_h=step
    )


# ── what was given ──────────────────────────────────────────────────────────────────────────────────────────


def test_four_hours_at_25_mg_h_are_100_mg() -> None:
    spans = [RateSpan(D("12.5"), EIGHT, after(240))]
    assert given_ml(spans, [], after(300)) == 50
    assert given_mg(spans, [], after(300), D(2)) == 100
    assert running_s(spans, after(300)) == 14_400


def test_a_pause_delivers_nothing_and_a_rate_change_counts_from_its_moment() -> None:
    spans = [
        RateSpan(D(10), EIGHT, after(60)),
        RateSpan(D(10), after(75), after(90)),
        RateSpan(D("12.5"), after(90)),
    ]
    assert given_ml(spans, [], after(70)) == 10
    assert given_ml(spans, [], after(90)) == D("12.5")
    assert given_ml(spans, [], after(114)) == D("17.5")
    assert running_s(spans, after(114)) == (60 + 15 + 24) * 60


def test_the_one_division_comes_last() -> None:
    thirds = [RateSpan(D("0.1"), after(m), after(m + 20)) for m in (0, 30, 60)]
    assert given_ml(thirds, [], after(80)) == D("0.1")
    assert given_ml(thirds[:1], [], after(80)) == D("0.03333333333333333333333333333")
    assert given_mg(thirds[:1], [], after(80), D(3)) == D("0.1")


def test_boluses_count_beside_the_spans() -> None:
    spans = [RateSpan(D(10), EIGHT, after(60))]
    assert given_ml(spans, [D("2.5"), D("0.125")], after(60)) == D("12.625")
    assert given_mg(spans, [D(5)], after(60), D(2)) == 25
    assert given_mg([], [], after(60), D(2)) == 0


def test_nothing_is_given_before_the_start_or_after_now() -> None:
    spans = [RateSpan(D(10), EIGHT, after(240))]
    assert given_ml(spans, [], EIGHT) == 0
    assert given_ml(spans, [], after(-30)) == 0
    assert given_ml(spans, [], after(30)) == 5
    assert running_s(spans, after(30)) == 1_800


def test_a_rate_of_zero_is_no_running_time() -> None:
    spans = [RateSpan(D(10), EIGHT, after(30)), RateSpan(D(0), after(30), after(60))]
    assert running_s(spans, after(60)) == 1_800
    assert given_ml(spans, [], after(60)) == 5


def test_seconds_are_whole_and_the_volume_keeps_their_parts() -> None:
    spans = [RateSpan(D(36), EIGHT, EIGHT + timedelta(seconds=1, milliseconds=500))]
    assert running_s(spans, after(1)) == 1
    assert given_ml(spans, [], after(1)) == D("0.015")


def test_a_clock_change_gives_no_hour_for_nothing() -> None:
    chicago = ZoneInfo("America/Chicago")
    before = datetime(2026, 11, 1, 0, 30, tzinfo=chicago)
    later = datetime(2026, 11, 1, 2, 30, tzinfo=chicago)
    assert running_s([RateSpan(D(10), before)], later) == 3 * 3_600
    assert given_ml([RateSpan(D(10), before, later)], [], later) == 30


def test_spans_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="before it began"):
        given_ml([RateSpan(D(10), after(10), EIGHT)], [], after(20))
    with pytest.raises(ValueError, match="offset"):
        given_ml([RateSpan(D(10), EIGHT.replace(tzinfo=None))], [], after(20))
    for bad in ("NaN", "-1", "Infinity"):
        with pytest.raises(DoseError):
            given_ml([RateSpan(D(bad), EIGHT)], [], after(20))


@st.composite
def infusions(draw: st.DrawFn) -> list[RateSpan]:
    at = EIGHT
    spans = []
    for rate in draw(st.lists(st.decimals("0", "999", places=2), min_size=1, max_size=6)):
        at += timedelta(microseconds=draw(st.integers(0, 10**10)))
        ended = at + timedelta(microseconds=draw(st.integers(0, 10**10)))
        spans.append(RateSpan(rate, at, ended))
        at = ended
    return spans


@given(infusions(), st.lists(st.integers(0, 12 * 10**10), max_size=8), st.integers(0, 12 * 10**10))
def test_no_drop_is_lost_by_cutting_spans(spans: list[RateSpan], cuts: list[int], now_us: int) -> None:
    cut = spans
    for instant in (EIGHT + timedelta(microseconds=us) for us in cuts):
        cut = [
            piece
            for span in cut
            for piece in (
                [RateSpan(span.ml_h, span.from_, instant), RateSpan(span.ml_h, instant, span.until)]
                if span.until is not None and span.from_ <= instant <= span.until
                else [span]
            )
        ]
    now = EIGHT + timedelta(microseconds=now_us)
    assert given_ml(cut, [], now) == given_ml(spans, [], now)
    assert given_mg(cut, [], now, D("3.3")) == given_mg(spans, [], now, D("3.3"))
    assert running_s(cut, now) == running_s(spans, now)


@given(infusions(), st.integers(0, 12 * 10**10), st.integers(0, 10**10))
def test_what_was_given_never_shrinks(spans: list[RateSpan], early_us: int, more_us: int) -> None:
    early = EIGHT + timedelta(microseconds=early_us)
    assert given_ml(spans, [], early) <= given_ml(spans, [], early + timedelta(microseconds=more_us))


@pytest.mark.parametrize(
    ("amount", "places", "shown"),
    [
        ("44.25", 1, "44.3"),
        ("44.2499", 1, "44.2"),
        ("44.35", 1, "44.4"),
        ("100.04", 1, "100"),
        ("2.345", 2, "2.35"),
    ],
)
def test_amounts_are_shown_half_up(amount: str, places: int, shown: str) -> None:
    assert str(quantity(D(amount), places)) == shown
    assert quantity(D("44.25")) == D("44.3")


# ── limits ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rate", "concern"),
    [
        ("0.35", None),
        ("0.5", None),
        ("0.501", "soft"),
        ("1", "soft"),
        ("1.0", "soft"),
        ("1.001", "hard"),
        ("2", "hard"),
    ],
)
def test_a_limit_is_passed_only_strictly_above_it(rate: str, concern: str | None) -> None:
    assert dose_concerns(D(rate), RULES) == concern


def test_limits_are_the_clinics_and_need_a_weight() -> None:
    strict = DoseRules(soft_mg_per_kg_h=D("0.2"), hard_mg_per_kg_h=D("0.3"), bolus_mg_per_kg=D("0.1"))
    assert dose_concerns(D("0.25"), strict) == "soft"
    assert dose_concerns(D("0.35"), strict) == "hard"
    assert bolus_over_limit(D(8), D(70), strict)
    assert dose_concerns(None, RULES) is None
    assert mg_per_kg_h(D(35), None) is None


def test_an_order_at_the_limit_is_not_above_it_because_the_pump_has_steps() -> None:
    rate = order("mg_per_kg_h", "0.5", "70.3", None, "2")
    assert rate.mg_per_kg_h is not None
    assert rate.mg_per_kg_h > D("0.5")
    asked = ordered_mg_per_kg_h("mg_per_kg_h", D("0.5"), weight_kg=D("70.3"), cap_mg_h=None)
    assert dose_concerns(asked, RULES) is None


@pytest.mark.parametrize(
    ("basis", "dose", "kg", "cap", "asked"),
    [
        ("mg_per_kg_h", "1.2", "50", "25", "0.5"),
        ("mg_per_kg_h", "0.4", "50", "25", "0.4"),
        ("mg_per_h", "60", "50", None, "1.2"),
        ("mg_per_h", "60", "50", "50", "1"),
        ("mg_per_h", "60", None, "50", None),
        ("mg_per_kg_h", "0.4", None, "25", "0.4"),
    ],
)
def test_limits_judge_what_was_asked_for_after_the_cap(
    basis: DoseBasis, dose: str, kg: str | None, cap: str | None, asked: str | None
) -> None:
    answer = ordered_mg_per_kg_h(
        basis, D(dose), weight_kg=None if kg is None else D(kg), cap_mg_h=None if cap is None else D(cap)
    )
    assert answer == (None if asked is None else D(asked))


def test_a_bolus_up_to_the_limit_passes() -> None:
    assert not bolus_over_limit(D("24.5"), D(70), RULES)
    assert bolus_over_limit(D("24.51"), D(70), RULES)
    assert bolus_ml(D(10), concentration_mg_ml=D(2)) == 5
    assert bolus_ml(D(10), concentration_mg_ml=D(3)) == D("3.333")


@pytest.mark.parametrize(
    ("kg", "days", "seconds", "previous", "rules"),
    [
        ("70", 30, 0, None, []),
        ("70", 30, 1, None, ["weight_old"]),
        ("77", 0, 0, "70", []),
        ("77.1", 0, 0, "70", ["weight_changed"]),
        ("63", 0, 0, "70", []),
        ("62.9", 0, 0, "70", ["weight_changed"]),
        ("62.9", 31, 0, "70", ["weight_old", "weight_changed"]),
    ],
)
def test_a_weight_too_old_or_too_different_is_asked_again(
    kg: str, days: int, seconds: int, previous: str | None, rules: list[str]
) -> None:
    measured = EIGHT - timedelta(days=days, seconds=seconds)
    reasons = weight_concerns(D(kg), measured, None if previous is None else D(previous), EIGHT, RULES)
    assert [reason.rule for reason in reasons] == rules
    assert all(reason.confirmable for reason in reasons)
