"""The order that a course's ramp says for one of its days: a proposal for the prescriber, never above the target.

The ramp is per cent of the target. What it comes to is lowered to the target's cap and to the clinic's hard limit,
and is rounded to the pump's step without passing either.
"""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Final, Literal

import msgspec

from infusionroom.domain.clinic import DoseRules
from infusionroom.domain.course import Course
from infusionroom.domain.dose import DoseError, PumpRate
from infusionroom.domain.dose_words import dose_text, plain
from infusionroom.domain.events import DoseBasis, Target
from infusionroom.domain.order_rate import amount_over, hard_mg_h, mg_h_of, order_rate

LoweredBy = Literal["", "cap", "hard limit"]

UNITS: Final[dict[DoseBasis, str]] = {"mg_per_kg_h": "mg/kg/h", "mg_per_h": "mg/h"}
_WIDE: Final = Context(prec=200)


class PlannedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Day `number` of a course of `of` days as the ramp has it.

    `dose` is `percent` of the target, exact, in the target's `basis`; it is lower where the hard limit lowers it.
    `rate` and the totals are what the pump then runs; they are None without the weight that a mg/kg/h order needs, or
    where no pump can run it, which `problem` says in a sentence. `total_mg` and `total_ml` are half up to a tenth.
    """

    number: int
    of: int
    percent: int
    target: Target
    basis: DoseBasis
    dose: Decimal
    cap_mg_h: Decimal | None
    duration_min: int
    concentration_mg_ml: Decimal
    drug: str
    prescriber: str
    weight_kg: Decimal | None
    lowered_by: LoweredBy = ""
    rate: PumpRate | None = None
    total_mg: Decimal | None = None
    total_ml: Decimal | None = None
    problem: str = ""

    @property
    def unit(self) -> str:
        return UNITS[self.basis]

    @property
    def step_words(self) -> str:
        """`60 % of 0.5 mg/kg/h`."""
        return f"{self.percent} % of {dose_text(self.target.dose)} {self.unit}"

    @property
    def why(self) -> str:
        """`60 % of 0.5 mg/kg/h, day 1 of 5`."""
        return f"{self.step_words}, day {self.number} of {self.of}"

    @property
    def lowered_words(self) -> str:
        """What lowered it, as a sentence; empty where nothing did."""
        asked = f"{dose_text(_share(self.target.dose, self.percent))} {self.unit}"
        if self.lowered_by == "cap" and self.cap_mg_h is not None:
            return f"The ramp's {asked} is lowered by the cap to {dose_text(self.cap_mg_h)} mg/h."
        if self.lowered_by == "hard limit":
            return f"The ramp's {asked} is lowered to the clinic's hard limit, {dose_text(self.dose)} {self.unit}."
        return ""


def planned_order(
    course: Course, number: int, weight_kg: Decimal | None, rules: DoseRules, *, percent: int | None = None
) -> PlannedOrder | None:
    """The order of day `number` for this weight; None for a day that the course does not have, or has omitted.

    `percent` is the ramp's step where it is known what took place (`CourseDay.percent`), else as it is booked.
    What the target leaves open is the clinic's default.
    """
    day = course.day(number)
    if day is None or day.omitted:
        return None
    target = course.target
    percent = course.percent(number) if percent is None else percent
    dose, lowered_by = _lowered(target, percent, weight_kg, rules)
    concentration = (
        rules.concentration_mg_ml if target.concentration_mg_ml is None else target.concentration_mg_ml
    )
    planned = PlannedOrder(
        number=number,
        of=course.of,
        percent=percent,
        target=target,
        basis=target.basis,
        dose=dose,
        cap_mg_h=target.cap_mg_h,
        duration_min=target.duration_min or rules.duration_min,
        concentration_mg_ml=concentration,
        drug=target.drug or rules.drug,
        prescriber=course.prescriber,
        weight_kg=weight_kg,
        lowered_by=lowered_by,
    )
    try:
        rate = order_rate(
            target.basis,
            dose,
            weight_kg=weight_kg,
            cap_mg_h=target.cap_mg_h,
            concentration_mg_ml=concentration,
            rules=rules,
            target=target,
        )
    except DoseError as error:
        return msgspec.structs.replace(planned, problem=str(error))
    return msgspec.structs.replace(
        planned,
        rate=rate,
        total_mg=amount_over(rate.mg_h, planned.duration_min),
        total_ml=amount_over(rate.ml_h, planned.duration_min),
    )


def _share(dose: Decimal, percent: int) -> Decimal:
    """Per cent of a dose, exact."""
    return plain(_WIDE.scaleb(_WIDE.multiply(dose, Decimal(percent)), Decimal(-2)))


def _lowered(
    target: Target, percent: int, weight_kg: Decimal | None, rules: DoseRules
) -> tuple[Decimal, LoweredBy]:
    """The ramp's dose, and what lowers it: the lower of cap and hard limit, where it asks for more."""
    dose = _share(target.dose, percent)
    asked = mg_h_of(target.basis, dose, weight_kg=weight_kg, cap_mg_h=None)
    hard, cap = hard_mg_h(weight_kg, rules), target.cap_mg_h
    if asked is not None and cap is not None and asked > cap and (hard is None or cap <= hard):
        return dose, "cap"
    if target.basis == "mg_per_kg_h":
        limit: Decimal | None = rules.hard_mg_per_kg_h
    else:
        limit = hard
    if limit is not None and dose > limit:
        return plain(limit), "hard limit"
    return dose, ""
