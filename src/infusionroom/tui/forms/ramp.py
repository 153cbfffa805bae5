"""What a course says of the order that is being entered: the ramp's proposal, and the day before beside it.

The numbers are the domain's; nothing is calculated here.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_FLOOR, Decimal

from infusionroom.domain.day_before import day_before_lines
from infusionroom.domain.dose_words import dose_text, plain
from infusionroom.domain.events import Target
from infusionroom.domain.order_rate import mg_h_of
from infusionroom.domain.planned_order import PlannedOrder, planned_order
from infusionroom.tui.forms.spec import FormContext, LiveLine, Suggestion, Values

_FINEST = Decimal("0.0001")


def target_of(context: FormContext) -> Target | None:
    """The target of the course that the form's visit is a day of."""
    course = context.room.background(context.person).course
    return course.target if course is not None else None


def planned(context: FormContext) -> PlannedOrder | None:
    """What the ramp says for the form's visit at its weight; None for a visit that is no day of a course."""
    if context.visit is None:
        return None
    background = context.room.background(context.visit)
    day = background.day(context.visit)
    if background.course is None or day is None:
        return None
    weight, rules = context.visit.weight_kg, context.rules.dose
    return planned_order(background.course, day.number, weight, rules, percent=day.percent)


def from_plan(
    of: Callable[[PlannedOrder], str], usual: Callable[[FormContext], str]
) -> Callable[[FormContext], str]:
    """A field's default: what the ramp says, else what it is without a course."""

    def default(context: FormContext) -> str:
        plan = planned(context)
        return usual(context) if plan is None else of(plan)

    return default


def suggested_dose(values: Values, context: FormContext) -> Suggestion | None:
    """The day's dose in the unit that is chosen, and what it is per cent of."""
    plan = planned(context)
    if plan is None:
        return None
    if values.get("basis") == plan.basis:
        return Suggestion(dose_text(plan.dose), plan.step_words)
    # In the other unit it is what the pump would run; nothing that was meant in the target's unit may stay.
    weight, rate = plan.weight_kg, plan.rate
    if rate is None or weight is None:
        return Suggestion("", plan.step_words)
    if plan.basis == "mg_per_kg_h":
        return Suggestion(dose_text(rate.mg_h), plan.step_words)
    per_kg = (rate.mg_h / weight).quantize(_FINEST, rounding=ROUND_FLOOR)
    return Suggestion(dose_text(plain(per_kg)), plan.step_words)


def step_of(values: Values, context: FormContext) -> int | None:
    """The ramp's per cent, where what is ordered is what the ramp says."""
    plan = planned(context)
    if plan is None or _mg_h(values, context) is None:
        return None
    asked = (values["basis"], values["dose"], values.get("cap_mg_h"))
    return plan.percent if asked == (plan.basis, plan.dose, plan.cap_mg_h) else None


def before_lines(context: FormContext) -> tuple[LiveLine, ...]:
    """The day before, dim: what is being raised."""
    if context.visit is None:
        return ()
    before = context.room.background(context.visit).day_before(context.visit)
    return tuple(LiveLine(line, "dim") for line in day_before_lines(before))


def ramp_lines(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    """What the ramp says, what lowered its dose, or that more is ordered than it says."""
    plan = planned(context)
    if plan is None:
        return ()
    ramp = LiveLine(f"Ramp: {plan.why}", "dim")
    if step_of(values, context) is not None:
        return (ramp, LiveLine(plan.lowered_words, "warn")) if plan.lowered_words else (ramp,)
    asked = _mg_h(values, context)
    said = mg_h_of(plan.basis, plan.dose, weight_kg=plan.weight_kg, cap_mg_h=plan.cap_mg_h)
    if asked is None or said is None or asked <= said:
        return (ramp,)
    would_be = f"{plan.percent} % would be {dose_text(plan.dose)} {plan.unit}"
    if plan.lowered_by == "cap" and plan.cap_mg_h is not None:
        would_be += f", capped at {dose_text(plan.cap_mg_h)} mg/h"
    return (LiveLine(f"Above the ramp, day {plan.number} of {plan.of}: {would_be}.", "warn"),)


def _mg_h(values: Values, context: FormContext) -> Decimal | None:
    if not values.get("basis") or values.get("dose") is None:
        return None
    return mg_h_of(
        values["basis"],
        values["dose"],
        weight_kg=context.person.weight_kg,
        cap_mg_h=values.get("cap_mg_h"),
    )
