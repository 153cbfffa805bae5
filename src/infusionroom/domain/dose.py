"""From an order to a pump rate, and from what the pump ran to what was given: decimals, exact.

A rate is rounded once, to the step the pump can be set to, and everything else is worked out from the rounded
rate. An amount given is the sum of rate × time, divided once at the end, so that cutting a span anywhere
changes nothing. Limits are the clinic's (`DoseRules`, after Cohen 2018, ASRA/AAPM/ASA).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from fractions import Fraction
from typing import Final, Literal

import msgspec

from infusionroom.domain.clinic import DoseRules
from infusionroom.domain.dose_words import dose_text as dose_text
from infusionroom.domain.dose_words import drug_text as drug_text
from infusionroom.domain.dose_words import plain
from infusionroom.domain.events import DoseBasis
from infusionroom.domain.outcome import Reason

Concern = Literal["soft", "hard"]

MAX_MAGNITUDE: Final = 9
MAX_DIGITS: Final = 18
ZERO: Final = Decimal(0)
MICROSECOND: Final = timedelta(microseconds=1)
MICROSECONDS_PER_SECOND: Final = 1_000_000
MICROSECONDS_PER_HOUR: Final = 3_600 * MICROSECONDS_PER_SECOND

# Sums and products must come out exact or not at all; only the one division at the end may round.
_EXACT: Final = Context(prec=200, traps=[Inexact, InvalidOperation])
_QUOTIENT: Final = Context(prec=28, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation])


class DoseError(ValueError):
    """A dose, rate, weight or concentration that no pump can be set by; its message is a sentence."""


class NotAnAmount(DoseError):
    """The number is zero, negative, not a number, or of no conceivable size."""


class WeightMissing(DoseError):
    """The order is per kilogram and nobody has weighed the person."""


class RateOffStep(DoseError):
    """The typed rate lies between two steps of the pump."""


class RateTooSmall(DoseError):
    """The rate is below the smallest step of the pump."""


class RateOverCap(DoseError):
    """The typed rate is above the cap of the order."""


class PumpRate(msgspec.Struct, frozen=True):
    """A rate the pump can be set to. `mg_h` and `mg_per_kg_h` follow from `ml_h`; the last needs a weight."""

    ml_h: Decimal
    mg_h: Decimal
    mg_per_kg_h: Decimal | None = None


class RateSpan(msgspec.Struct, frozen=True):
    """The pump ran at `ml_h` from `from_` to `until`, both aware; `until` None means it still runs."""

    ml_h: Decimal
    from_: datetime
    until: datetime | None = None


def pump_rate(
    basis: DoseBasis,
    dose: Decimal,
    *,
    weight_kg: Decimal | None,
    cap_mg_h: Decimal | None,
    concentration_mg_ml: Decimal,
    step_ml_h: Decimal,
) -> PumpRate:
    """The pump rate of an order: mg/h lowered to the cap, mL/h rounded half up to the pump's step.

    Where rounding up would pass the cap it rounds down: a cap is a cap. Raises `DoseError`.
    """
    _amount(dose, "The dose")
    ordered = dose
    if basis == "mg_per_kg_h":
        if weight_kg is None:
            raise WeightMissing("The order is in mg/kg/h and there is no weight: weigh the patient first.")
        ordered = _EXACT.multiply(dose, _amount(weight_kg, "The weight"))
    if cap_mg_h is not None:
        ordered = min(ordered, _amount(cap_mg_h, "The cap"))
    return _rounded(ordered, weight_kg, cap_mg_h, concentration_mg_ml, step_ml_h)


def rate_from_mg_h(
    mg_h: Decimal,
    *,
    weight_kg: Decimal | None,
    concentration_mg_ml: Decimal,
    step_ml_h: Decimal,
    cap_mg_h: Decimal | None = None,
) -> PumpRate:
    """The pump rate for a typed mg/h, rounded as in `pump_rate`.

    A rate typed above the cap is refused, never lowered without a word. Raises `DoseError`.
    """
    _within_cap(_amount(mg_h, "The rate"), cap_mg_h)
    return _rounded(mg_h, weight_kg, cap_mg_h, concentration_mg_ml, step_ml_h)


def rate_from_ml_h(
    ml_h: Decimal,
    *,
    weight_kg: Decimal | None,
    concentration_mg_ml: Decimal,
    step_ml_h: Decimal,
    cap_mg_h: Decimal | None = None,
) -> PumpRate:
    """The pump rate for a typed mL/h, which must be a multiple of the pump's step. Raises `DoseError`."""
    _amount(ml_h, "The rate")
    _amount(step_ml_h, "The pump's step")
    _amount(concentration_mg_ml, "The concentration")
    steps = Fraction(ml_h) / Fraction(step_ml_h)
    if steps.denominator != 1:
        below, above = (plain(_EXACT.multiply(Decimal(int(steps) + n), step_ml_h)) for n in (0, 1))
        nearest = f"{dose_text(below)} or {dose_text(above)}" if below else dose_text(above)
        raise RateOffStep(
            f"{dose_text(ml_h)} mL/h is not a multiple of the pump's step of {dose_text(step_ml_h)} mL/h: "
            f"enter {nearest}."
        )
    rate = _from_steps(int(steps), weight_kg, concentration_mg_ml, step_ml_h)
    _within_cap(rate.mg_h, cap_mg_h)
    return rate


def mg_per_kg_h(mg_h: Decimal, weight_kg: Decimal | None) -> Decimal | None:
    """mg/h over the weight, unrounded to 28 digits; None without a weight. Raises `NotAnAmount`."""
    if weight_kg is None:
        return None
    return plain(_QUOTIENT.divide(mg_h, _amount(weight_kg, "The weight")))


def ordered_mg_per_kg_h(
    basis: DoseBasis, dose: Decimal, *, weight_kg: Decimal | None, cap_mg_h: Decimal | None
) -> Decimal | None:
    """What an order asks for, for the limits: after the cap, before rounding to the pump's step.

    An order of exactly the soft limit must not pass it merely because the pump has steps.
    None where it needs a weight that is missing.
    """
    capped = mg_per_kg_h(cap_mg_h, weight_kg) if cap_mg_h is not None else None
    asked = dose if basis == "mg_per_kg_h" else mg_per_kg_h(dose, weight_kg)
    if asked is None or capped is None:
        return asked
    return min(asked, capped)


def bolus_ml(mg: Decimal, *, concentration_mg_ml: Decimal) -> Decimal:
    """The volume of a bolus, half up to 0.001 mL; its mg stay what was entered. Raises `NotAnAmount`."""
    ratio = _QUOTIENT.divide(_amount(mg, "The bolus"), _amount(concentration_mg_ml, "The concentration"))
    return quantity(ratio, 3)


def given_ml(spans: Iterable[RateSpan], boluses_ml: Iterable[Decimal], now: datetime) -> Decimal:
    """The volume given up to `now`: spans are cut at `now`, pauses are the gaps between them.

    `boluses_ml` are those given by then. Unrounded to 28 digits. Raises `DoseError`, `ValueError`.
    """
    return _given(spans, boluses_ml, now, Decimal(1))


def given_mg(
    spans: Iterable[RateSpan],
    boluses_mg: Iterable[Decimal],
    now: datetime,
    concentration_mg_ml: Decimal,
) -> Decimal:
    """The drug given up to `now`: volume of the spans × concentration, and the boluses in mg.

    Multiplied before the one division, so 4 h at 25 mg/h is 100 and not 99.999…. Raises as `given_ml`.
    """
    return _given(spans, boluses_mg, now, _amount(concentration_mg_ml, "The concentration"))


def running_s(spans: Iterable[RateSpan], now: datetime) -> int:
    """Whole seconds in which the pump gave drug up to `now`; a span at rate 0 is no running time."""
    return sum(_microseconds(span, now) for span in spans if span.ml_h) // MICROSECONDS_PER_SECOND


def quantity(amount: Decimal, places: int = 1) -> Decimal:
    """An amount for the eye or a record: half up, as one rounds by hand, to `places` decimals."""
    return plain(amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=_QUOTIENT))


def dose_concerns(mg_per_kg_h: Decimal | None, rules: DoseRules) -> Concern | None:
    """Which limit a rate is strictly above, the hard one first. Without a weight there is no answer."""
    if mg_per_kg_h is None:
        return None
    if mg_per_kg_h > rules.hard_mg_per_kg_h:
        return "hard"
    return "soft" if mg_per_kg_h > rules.soft_mg_per_kg_h else None


def bolus_over_limit(mg: Decimal, weight_kg: Decimal, rules: DoseRules) -> bool:
    """Whether a bolus is strictly above the clinic's mg/kg (Cohen 2018: 0.35). Raises `NotAnAmount`."""
    allowed = _EXACT.multiply(_amount(weight_kg, "The weight"), rules.bolus_mg_per_kg)
    return _amount(mg, "The bolus") > allowed


def weight_concerns(
    kg: Decimal, measured_at: datetime, previous_kg: Decimal | None, now: datetime, rules: DoseRules
) -> list[Reason]:
    """What about a weight is to be asked again: too old, or too far from the one before (choice).

    Both limits are strict: 30 days to the second and 10 % exactly pass. Raises `NotAnAmount`.
    """
    _amount(kg, "The weight")
    reasons = []
    if _utc(now) - _utc(measured_at) > timedelta(days=rules.weight_max_age_days):
        reasons.append(
            Reason(
                "weight_old",
                f"The weight of {dose_text(kg)} kg is older than {rules.weight_max_age_days} days: "
                "weigh again, or confirm it.",
                confirmable=True,
            )
        )
    if previous_kg is not None:
        change = abs(_EXACT.subtract(kg, _amount(previous_kg, "The last weight")))
        if change * 100 > previous_kg * rules.weight_max_change_percent:
            reasons.append(
                Reason(
                    "weight_changed",
                    f"{dose_text(kg)} kg is more than {rules.weight_max_change_percent} % off the last "
                    f"weight of {dose_text(previous_kg)} kg: weigh again, or confirm it.",
                    confirmable=True,
                )
            )
    return reasons


def _amount(value: Decimal, name: str) -> Decimal:
    if not value.is_finite():
        raise NotAnAmount(f"{name} must be a number.")
    if value.is_zero() or value.is_signed():
        raise NotAnAmount(f"{name} must be above 0.")
    if abs(value.adjusted()) > MAX_MAGNITUDE or len(value.as_tuple().digits) > MAX_DIGITS:
        raise NotAnAmount(f"{name} is of no size that can be meant: enter it again.")
    return value


def _within_cap(mg_h: Decimal, cap_mg_h: Decimal | None) -> None:
    if cap_mg_h is not None and mg_h > _amount(cap_mg_h, "The cap"):
        raise RateOverCap(
            f"{dose_text(mg_h)} mg/h is above the order's cap of {dose_text(cap_mg_h)} mg/h: "
            "enter a lower rate, or have a new order written."
        )


def _rounded(
    mg_h: Decimal, weight_kg: Decimal | None, cap_mg_h: Decimal | None, concentration: Decimal, step: Decimal
) -> PumpRate:
    _amount(concentration, "The concentration")
    _amount(step, "The pump's step")
    mg_h_per_step = Fraction(concentration) * Fraction(step)
    exact = Fraction(mg_h) / mg_h_per_step
    steps = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    if cap_mg_h is not None:
        steps = min(steps, Fraction(cap_mg_h) // mg_h_per_step)
    if steps == 0:
        raise RateTooSmall(
            f"{dose_text(mg_h)} mg/h at {dose_text(concentration)} mg/mL is less than the pump's step of "
            f"{dose_text(step)} mL/h: order more, or use a weaker concentration."
        )
    return _from_steps(steps, weight_kg, concentration, step)


def _from_steps(steps: int, weight_kg: Decimal | None, concentration: Decimal, step: Decimal) -> PumpRate:
    ml_h = _EXACT.multiply(Decimal(steps), step)
    mg_h = _EXACT.multiply(ml_h, concentration)
    return PumpRate(plain(ml_h), plain(mg_h), mg_per_kg_h(mg_h, weight_kg))


def _given(
    spans: Iterable[RateSpan], boluses: Iterable[Decimal], now: datetime, concentration: Decimal
) -> Decimal:
    flow = ZERO
    for span in spans:
        flow = _EXACT.add(flow, _EXACT.multiply(span.ml_h, Decimal(_microseconds(span, now))))
    total = _EXACT.multiply(flow, concentration)
    for bolus in boluses:
        total = _EXACT.add(total, _EXACT.multiply(bolus, Decimal(MICROSECONDS_PER_HOUR)))
    return plain(_QUOTIENT.divide(total, Decimal(MICROSECONDS_PER_HOUR)))


def _microseconds(span: RateSpan, now: datetime) -> int:
    if not span.ml_h.is_finite() or span.ml_h < 0:
        raise NotAnAmount("A rate that ran must be a number, 0 or more.")
    began, present = _utc(span.from_), _utc(now)
    ended = present if span.until is None else _utc(span.until)
    if span.until is not None and ended < began:
        raise ValueError("a span cannot end before it began")
    return max(0, (min(ended, present) - began) // MICROSECOND)


def _utc(instant: datetime) -> datetime:
    # Two datetimes that share a zone subtract by their wall clocks, an hour wrong across a clock change.
    if instant.tzinfo is None:
        raise ValueError("an instant needs its offset")
    return instant.astimezone(UTC)
