"""Whether a course can have this target: an order that a pump can be set to, and never above the hard limit."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Rules
from infusionroom.domain.decide.infusing import LONGEST_ORDER_MIN
from infusionroom.domain.dose import DoseError, mg_per_kg_h, pump_rate
from infusionroom.domain.dose_words import dose_text, plain
from infusionroom.domain.outcome import Reason

LONGEST_DRUG_NAME: Final = 200


def target_problems(target: ev.Target, rules: Rules) -> list[Reason]:
    """Why no day of a course can be ordered so; whose course it is, and their weight, is not known yet.

    A target in mg/kg/h is held to the hard limit as it stands, whatever its cap; one in mg/h where it would pass
    the limit of even the heaviest person who is possible here.
    """
    if target.duration_min is not None and target.duration_min > LONGEST_ORDER_MIN:
        return [Reason("duration", f"Target: an order runs for 1 to {LONGEST_ORDER_MIN} minutes.")]
    if len(target.drug) > LONGEST_DRUG_NAME:
        return [Reason("drug", f"Target: a drug's name is at most {LONGEST_DRUG_NAME} characters long.")]
    heaviest, dose = rules.plausible.possible_weight_kg.high, rules.dose
    concentration = target.concentration_mg_ml
    try:
        pump_rate(
            target.basis,
            target.dose,
            weight_kg=heaviest,
            cap_mg_h=target.cap_mg_h,
            concentration_mg_ml=dose.concentration_mg_ml if concentration is None else concentration,
            step_ml_h=dose.pump_step_ml_h,
        )
        per_kg = target.dose if target.basis == "mg_per_kg_h" else mg_per_kg_h(_most(target), heaviest)
    except DoseError as error:
        return [Reason("dose", f"Target: {error}")]
    hard = dose.hard_mg_per_kg_h
    if per_kg is not None and per_kg > hard:
        unit = "mg/kg/h" if target.basis == "mg_per_kg_h" else "mg/h"
        return [
            Reason(
                "hard_limit",
                f"Target: {dose_text(target.dose, unit)} is above the hard limit of {dose_text(hard)} mg/kg/h, "
                "which no course begins with; a physician may order more for one day.",
            )
        ]
    return []


def target_as_kept(target: ev.Target) -> ev.Target:
    """A sound target with one spelling for each amount, so that 0.50 is no other target than 0.5."""
    return replace(
        target,
        dose=plain(target.dose),
        cap_mg_h=_plain(target.cap_mg_h),
        concentration_mg_ml=_plain(target.concentration_mg_ml),
        drug=target.drug.strip().lower(),
    )


def _most(target: ev.Target) -> Decimal:
    return target.dose if target.cap_mg_h is None else min(target.dose, target.cap_mg_h)


def _plain(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else plain(amount)
