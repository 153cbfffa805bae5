"""The pump rate of an order: rounding never carries a dose past the hard limit, nor past its course's target."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Context, Decimal
from typing import Final

from infusionroom.domain.clinic import DoseRules
from infusionroom.domain.dose import MAX_DIGITS, PumpRate, pump_rate, quantity
from infusionroom.domain.dose_words import plain
from infusionroom.domain.events import DoseBasis, Target

_WIDE: Final = Context(prec=200)
_CUT: Final = Context(prec=MAX_DIGITS, rounding=ROUND_FLOOR)


def order_rate(
    basis: DoseBasis,
    dose: Decimal,
    *,
    weight_kg: Decimal | None,
    cap_mg_h: Decimal | None,
    concentration_mg_ml: Decimal,
    rules: DoseRules,
    target: Target | None = None,
) -> PumpRate:
    """The rate that an order sets the pump to: half up to its step, but down where up would pass a limit.

    An order of no more than the hard limit, or than the course's target, runs at no more than that. One above them is
    the prescriber's to answer for and is rounded like any other. Raises `DoseError`.
    """
    rate = pump_rate(
        basis,
        dose,
        weight_kg=weight_kg,
        cap_mg_h=cap_mg_h,
        concentration_mg_ml=concentration_mg_ml,
        step_ml_h=rules.pump_step_ml_h,
    )
    asked = mg_h_of(basis, dose, weight_kg=weight_kg, cap_mg_h=cap_mg_h)
    ceilings = [
        c for c in ceilings_of(target, weight_kg, rules) if asked is not None and asked <= c < rate.mg_h
    ]
    if not ceilings:
        return rate
    return pump_rate(
        basis,
        dose,
        weight_kg=weight_kg,
        cap_mg_h=_CUT.plus(min(ceilings)),
        concentration_mg_ml=concentration_mg_ml,
        step_ml_h=rules.pump_step_ml_h,
    )


def mg_h_of(
    basis: DoseBasis, dose: Decimal, *, weight_kg: Decimal | None, cap_mg_h: Decimal | None
) -> Decimal | None:
    """The mg/h that an order asks for after its cap, exact; None where it needs a weight that is missing."""
    if basis == "mg_per_kg_h":
        if weight_kg is None:
            return None
        dose = _WIDE.multiply(dose, weight_kg)
    return dose if cap_mg_h is None else min(dose, cap_mg_h)


def hard_mg_h(weight_kg: Decimal | None, rules: DoseRules) -> Decimal | None:
    """The hard limit in mg/h for this weight; one of more digits than a pump's arithmetic takes is cut downwards."""
    return None if weight_kg is None else plain(_CUT.multiply(rules.hard_mg_per_kg_h, weight_kg))


def ceilings_of(target: Target | None, weight_kg: Decimal | None, rules: DoseRules) -> tuple[Decimal, ...]:
    """What rounding must not pass, in mg/h, as far as the weight is known."""
    hard = hard_mg_h(weight_kg, rules)
    highest = (
        mg_h_of(target.basis, target.dose, weight_kg=weight_kg, cap_mg_h=target.cap_mg_h) if target else None
    )
    return tuple(c for c in (hard, highest) if c is not None)


def amount_over(mg_h: Decimal, minutes: int) -> Decimal:
    """What a rate comes to over so many minutes, half up to a tenth: mg of mg/h, mL of mL/h."""
    return plain(quantity(_WIDE.divide(_WIDE.multiply(mg_h, Decimal(minutes)), Decimal(60))))
