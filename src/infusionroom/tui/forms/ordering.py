"""Forms of the order with what it works out to, and of the blind double check.

The numbers are the domain's; nothing is calculated here.
"""

from __future__ import annotations

from dataclasses import replace as with_field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from infusionroom.domain import commands as cmd
from infusionroom.domain.clinic import Band
from infusionroom.domain.dose import (
    Concern,
    DoseError,
    PumpRate,
    dose_concerns,
    ordered_mg_per_kg_h,
)
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.order_rate import order_rate
from infusionroom.tui.forms.dose_limits import amounts, limit_fields, limit_lines
from infusionroom.tui.forms.questions import only_one, people, stated
from infusionroom.tui.forms.ramp import (
    before_lines,
    from_plan,
    ramp_lines,
    step_of,
    suggested_dose,
    target_of,
)
from infusionroom.tui.forms.spec import Choice, Field, FormContext, FormSpec, Limits, LiveLine, Values
from infusionroom.tui.forms.vouching import second_needs_pin, second_of, second_pin
from infusionroom.tui.present.form_words import course_words, rate_words

# Letters: a dose typed at once must never be taken for the number of a choice.
_BASES: Final = (Choice("k", "mg_per_kg_h", "mg/kg/h"), Choice("h", "mg_per_h", "mg/h"))


def _dose_unit(values: Values, context: FormContext) -> str:
    return next((basis.label for basis in _BASES if basis.value == values.get("basis")), "")


# ── the order ───────────────────────────────────────────────────────────────────────────────────────────────


def _order_rate(values: Values, context: FormContext) -> PumpRate:
    rules = context.rules.dose
    return order_rate(
        values["basis"],
        values["dose"],
        weight_kg=context.person.weight_kg,
        cap_mg_h=values.get("cap_mg_h"),
        concentration_mg_ml=values.get("concentration_mg_ml") or rules.concentration_mg_ml,
        rules=rules,
        target=target_of(context),
    )


def _order_concern(values: Values, context: FormContext) -> Concern | None:
    if not values.get("basis") or values.get("dose") is None:
        return None
    try:
        asked = ordered_mg_per_kg_h(
            values["basis"],
            values["dose"],
            weight_kg=context.person.weight_kg,
            cap_mg_h=values.get("cap_mg_h"),
        )
    except DoseError:
        return None
    return dose_concerns(asked, context.rules.dose)


def _order_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    weight = context.person.weight_kg
    before = (*before_lines(context), *ramp_lines(values, context))
    if weight is None:
        missing = "No weight yet: weigh the person first, the limits are per kilogram."
        return (*before, LiveLine(missing, "bad"))
    if not values.get("basis") or values.get("dose") is None:
        return (*before, LiveLine(f"Weight {dose_text(weight)} kg", "dim"))
    try:
        rate = _order_rate(values, context)
    except DoseError as error:
        return (*before, LiveLine(str(error), "bad"))
    minutes = values.get("duration_min") or context.rules.dose.duration_min
    comes_to = course_words(rate, minutes, context.now, context.timezone)
    return (
        *before,
        *_cap_line(values, context),
        LiveLine(f"{rate_words(rate)} at {dose_text(weight)} kg, {comes_to}", "good"),
        *limit_lines(_order_concern(values, context), context),
    )


def _cap_line(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    """Where the cap holds, what the dose would be without it: 10 typed for 1 must not look like 1."""
    cap, weight = values.get("cap_mg_h"), context.person.weight_kg
    if cap is None or weight is None:
        return ()
    uncapped = values["dose"] * weight if values["basis"] == "mg_per_kg_h" else values["dose"]
    if uncapped <= cap or step_of(values, context) is not None:
        return ()
    return (
        LiveLine(f"Capped at {dose_text(cap)} mg/h; without the cap {dose_text(uncapped)} mg/h.", "warn"),
    )


def _order(values: Values, context: FormContext) -> cmd.Order:
    return cmd.Order(
        visit=context.person.id,
        basis=values["basis"],
        dose=values["dose"],
        cap_mg_h=values.get("cap_mg_h"),
        duration_min=values.get("duration_min"),
        concentration_mg_ml=values.get("concentration_mg_ml"),
        drug=values.get("drug"),
        prescriber=values["prescriber"],
        reason=stated(values, "reason"),
        override_by=stated(values, "override_by"),
        override_reason=stated(values, "override_reason"),
        percent=step_of(values, context),
    )


def _with_limits(values: Values) -> Values:
    return {**values, "reason": stated(values, "limit_reason")}


_CONCENTRATION = Field(
    id="concentration_mg_ml",
    label="Concentration",
    kind="decimal",
    unit="mg/mL",
    width=9,
    limits=amounts("1000"),
    required=True,
)


_PRESCRIBERS: Final = people("prescriber")


def _clinics_concentration(context: FormContext) -> str:
    return dose_text(context.rules.dose.concentration_mg_ml)


def _h_mm(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _as(field: Field, **changes: Any) -> Field:
    return with_field(field, **changes)


def _course_prescriber(context: FormContext) -> str:
    return from_plan(lambda plan: plan.prescriber, lambda _: "")(context) or only_one(_PRESCRIBERS)(context)


# ── the double check ────────────────────────────────────────────────────────────────────────────────────────


def _read_from_person(text: str) -> str:
    """A birth date in whatever form it was read, as the plan writes it; a record number as it is."""
    for form in ("%Y-%m-%d", "%d %b %Y", "%b %d %Y", "%m/%d/%Y"):
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC).date().isoformat()
        except ValueError:
            continue
    return text.strip()


def _second_person(values: Values, context: FormContext) -> dict[str, str]:
    second = " ".join(stated(values, "second").split()).casefold()
    order = context.person.order
    if order is None:
        return {"drug": "There is no order to check yet."}
    if second and second == " ".join(order.by.split()).casefold():
        return {"second": f"{order.by} entered the order: a second person must check it."}
    return second_needs_pin(values, context)


def _double_check(values: Values, context: FormContext) -> cmd.DoubleCheck:
    second = second_of(values, context)
    return cmd.DoubleCheck(
        visit=context.person.id,
        user=second.name if second is not None else values["second"],
        drug=values["drug"],
        concentration_mg_ml=values["concentration_mg_ml"],
        rate_ml_h=values["rate_ml_h"],
        patient=_read_from_person(values["patient"]),
    )


def _others(context: FormContext) -> tuple[str, ...]:
    order = context.visit.order if context.visit else None
    return tuple(name for name in people()(context) if order is None or name != order.by)


def _second_default(context: FormContext) -> str:
    # The person at the keyboard is the second one whenever somebody else entered the order.
    order = context.visit.order if context.visit else None
    return context.actor if order is not None and order.by != context.actor else ""


ORDERING: Final = (
    FormSpec(
        id="order",
        title="Order",
        kind="ordered",
        fields=(
            Field(
                id="basis",
                label="Ordered in",
                kind="choice",
                choices=lambda _: _BASES,
                default=from_plan(
                    lambda plan: next(c.key for c in _BASES if c.value == plan.basis), lambda _: "k"
                ),
                required=True,
            ),
            Field(
                id="dose",
                label="Dose",
                kind="decimal",
                unit_of=_dose_unit,
                width=9,
                required=True,
                limits=amounts(),
                suggest=suggested_dose,
            ),
            Field(
                id="cap_mg_h",
                label="Cap",
                kind="decimal",
                unit="mg/h",
                width=9,
                limits=amounts(),
                help="nothing for none",
                default=from_plan(
                    lambda plan: "" if plan.cap_mg_h is None else dose_text(plan.cap_mg_h), lambda _: ""
                ),
            ),
            Field(
                id="duration_min",
                label="Over",
                kind="duration",
                width=9,
                help="h:mm",
                required=True,
                limits=lambda _: Limits(possible=Band(Decimal(1), Decimal(1440))),
                default=from_plan(
                    lambda plan: _h_mm(plan.duration_min), lambda c: _h_mm(c.rules.dose.duration_min)
                ),
            ),
            _as(
                _CONCENTRATION,
                default=from_plan(lambda plan: dose_text(plan.concentration_mg_ml), _clinics_concentration),
            ),
            Field(
                id="drug",
                label="Drug",
                width=20,
                required=True,
                default=from_plan(lambda plan: plan.drug, lambda c: c.rules.dose.drug),
            ),
            Field(
                id="prescriber",
                label="Prescriber",
                required=True,
                width=30,
                names=_PRESCRIBERS,
                default=_course_prescriber,
            ),
            *limit_fields(_order_concern),
        ),
        live=_order_live,
        build=lambda values, context: _order(_with_limits(values), context),
    ),
    FormSpec(
        id="double_check",
        title="Double check by a second person",
        intro="Read everything again from the bag, the pump and the wristband. Nothing of the order is shown.",
        blind=True,
        fields=(
            Field(
                id="second",
                label="Second person",
                required=True,
                width=30,
                names=_others,
                default=_second_default,
            ),
            second_pin(),
            Field(id="drug", label="Drug", required=True, width=20),
            _CONCENTRATION,
            Field(
                id="rate_ml_h",
                label="Rate",
                kind="decimal",
                unit="mL/h",
                width=9,
                required=True,
                limits=amounts(),
            ),
            Field(
                id="patient",
                label="Patient",
                required=True,
                width=22,
                help="record number or birth date",
            ),
        ),
        check=_second_person,
        build=_double_check,
    ),
)
