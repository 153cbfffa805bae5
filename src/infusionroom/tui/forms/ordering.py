"""Forms of the dose: the order with what it works out to, the blind double check, a new rate, a bolus.

The numbers are the domain's; nothing is calculated here.
"""

from __future__ import annotations

from dataclasses import replace as with_field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Band
from infusionroom.domain.dose import (
    Concern,
    DoseError,
    PumpRate,
    bolus_ml,
    bolus_over_limit,
    dose_concerns,
    ordered_mg_per_kg_h,
    pump_rate,
    rate_from_mg_h,
    rate_from_ml_h,
)
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.visit import Infusion
from infusionroom.tui.forms.questions import (
    people,
    physician,
    reason_missing,
    reason_of,
    reason_typed,
    reasons,
    stated,
)
from infusionroom.tui.forms.spec import Choice, Field, FormContext, FormSpec, Limits, LiveLine, Values
from infusionroom.tui.present.form_words import course_words, dose_limit_words, rate_words

RATE_REASONS: Final = ("as ordered", "pressure", "sedation", "dysphoria", "nausea", "too little effect")
BOLUS_REASONS: Final = ("as ordered", "breakthrough pain")
_BASES: Final = (Choice("1", "mg_per_kg_h", "mg/kg/h"), Choice("2", "mg_per_h", "mg/h"))
_UNITS: Final = (Choice("1", "ml_h", "mL/h"), Choice("2", "mg_h", "mg/h"))


def _amount(high: str = "10000") -> Any:
    band = Band(Decimal("0.001"), Decimal(high))
    return lambda _: Limits(possible=band)


# ── the order ───────────────────────────────────────────────────────────────────────────────────────────────


def _order_rate(values: Values, context: FormContext) -> PumpRate:
    rules = context.rules.dose
    return pump_rate(
        values["basis"],
        values["dose"],
        weight_kg=context.person.weight_kg,
        cap_mg_h=values.get("cap_mg_h"),
        concentration_mg_ml=values.get("concentration_mg_ml") or rules.concentration_mg_ml,
        step_ml_h=rules.pump_step_ml_h,
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


def _limit_lines(concern: Concern | None, context: FormContext) -> tuple[LiveLine, ...]:
    if concern is None:
        return ()
    rules = context.rules.dose
    limit = rules.hard_mg_per_kg_h if concern == "hard" else rules.soft_mg_per_kg_h
    return (LiveLine(*dose_limit_words(concern, limit)),)


def _order_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    weight = context.person.weight_kg
    if weight is None:
        return (LiveLine("No weight yet: weigh the person first, the limits are per kilogram.", "bad"),)
    if not values.get("basis") or values.get("dose") is None:
        return (LiveLine(f"Weight {dose_text(weight)} kg", "dim"),)
    try:
        rate = _order_rate(values, context)
    except DoseError as error:
        return (LiveLine(str(error), "bad"),)
    minutes = values.get("duration_min") or context.rules.dose.duration_min
    return (
        LiveLine(f"{rate_words(rate)} at {dose_text(weight)} kg", "good"),
        LiveLine(course_words(rate, minutes, context.now, context.timezone)),
        *_limit_lines(_order_concern(values, context), context),
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
    )


def _limit_fields(concern: Any) -> tuple[Field, ...]:
    """The soft limit's reason and the hard limit's override, each asked only where it arises."""
    return (
        Field(
            id="limit_reason",
            label="Reason",
            required=True,
            shown=lambda values, context: concern(values, context) == "soft",
            help="above the soft limit",
        ),
        physician(
            "override_by",
            "Override by",
            required=True,
            width=30,
            shown=lambda values, context: concern(values, context) == "hard",
            help="the physician",
        ),
        Field(
            id="override_reason",
            label="Override reason",
            required=True,
            shown=lambda values, context: concern(values, context) == "hard",
        ),
    )


def _with_limits(values: Values) -> Values:
    return {**values, "reason": stated(values, "limit_reason")}


_CONCENTRATION = Field(
    id="concentration_mg_ml",
    label="Concentration",
    kind="decimal",
    unit="mg/mL",
    width=9,
    limits=_amount("1000"),
    required=True,
)


def _default_concentration(context: FormContext) -> str:
    return dose_text(context.rules.dose.concentration_mg_ml)


def _as(field: Field, **changes: Any) -> Field:
    return with_field(field, **changes)


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
    return {}


def _double_check(values: Values, context: FormContext) -> cmd.DoubleCheck:
    return cmd.DoubleCheck(
        visit=context.person.id,
        user=values["second"],
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


# ── a new rate ──────────────────────────────────────────────────────────────────────────────────────────────


def _infusion(context: FormContext) -> Infusion | None:
    return context.person.infusion


def _new_rate(values: Values, context: FormContext) -> PumpRate | None:
    infusion, to = _infusion(context), values.get("to")
    if infusion is None or to is None:
        return None
    order = context.person.order.body if context.person.order else None
    work_out = rate_from_mg_h if values.get("unit") == "mg_h" else rate_from_ml_h
    return work_out(
        to,
        weight_kg=order.weight_kg if order else context.person.weight_kg,
        concentration_mg_ml=infusion.concentration_mg_ml,
        step_ml_h=context.rules.dose.pump_step_ml_h,
        cap_mg_h=order.cap_mg_h if order else None,
    )


def _rate_concern(values: Values, context: FormContext) -> Concern | None:
    infusion = _infusion(context)
    try:
        rate = _new_rate(values, context)
    except DoseError:
        return None
    if rate is None or infusion is None:
        return None
    ordered = context.person.order.body.rate_ml_h if context.person.order else Decimal(0)
    # Going down, or back to what was ordered, asks nobody.
    if rate.ml_h <= max(infusion.rate_ml_h, ordered):
        return None
    return dose_concerns(rate.mg_per_kg_h, context.rules.dose)


def _rate_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    infusion = _infusion(context)
    if infusion is None:
        return (LiveLine("Nothing is running for this person.", "bad"),)
    now = f"Now {dose_text(infusion.rate_ml_h)} mL/h = {dose_text(infusion.rate_mg_h)} mg/h"
    try:
        rate = _new_rate(values, context)
    except DoseError as error:
        return (LiveLine(now, "dim"), LiveLine(str(error), "bad"))
    if rate is None:
        return (LiveLine(now, "dim"),)
    way = (
        "up" if rate.ml_h > infusion.rate_ml_h else "down" if rate.ml_h < infusion.rate_ml_h else "no change"
    )
    return (
        LiveLine(now, "dim"),
        LiveLine(f"New {rate_words(rate)} ({way})", "good"),
        *_limit_lines(_rate_concern(values, context), context),
    )


def _change_rate(values: Values, context: FormContext) -> cmd.ChangeRate:
    in_mg = values.get("unit") == "mg_h"
    return cmd.ChangeRate(
        visit=context.person.id,
        to_ml_h=None if in_mg else values["to"],
        to_mg_h=values["to"] if in_mg else None,
        why=reason_of(values),
        reason=stated(values, "limit_reason"),
        override_by=stated(values, "override_by"),
        override_reason=stated(values, "override_reason"),
    )


def _rate_rebuilt(values: Values, context: FormContext, old: ev.Event) -> ev.Event:
    assert isinstance(old, ev.RateChanged)
    rate = _new_rate(values, context)
    to = rate.ml_h if rate else old.to_ml_h
    return replace(old, to_ml_h=to, why=reason_of(values))


# ── a bolus ─────────────────────────────────────────────────────────────────────────────────────────────────


def _bolus_over(values: Values, context: FormContext) -> bool:
    mg, weight = values.get("mg"), context.person.weight_kg
    try:
        return mg is not None and weight is not None and bolus_over_limit(mg, weight, context.rules.dose)
    except DoseError:
        return False


def _bolus_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    infusion, mg = _infusion(context), values.get("mg")
    if infusion is None:
        return (LiveLine("Nothing is running for this person.", "bad"),)
    if mg is None:
        return ()
    try:
        ml = bolus_ml(mg, concentration_mg_ml=infusion.concentration_mg_ml)
    except DoseError as error:
        return (LiveLine(str(error), "bad"),)
    line = LiveLine(
        f"{dose_text(mg)} mg = {dose_text(ml)} mL of {dose_text(infusion.concentration_mg_ml)} mg/mL"
    )
    if _bolus_over(values, context):
        limit = dose_text(context.rules.dose.bolus_mg_per_kg)
        return (line, LiveLine(f"Above {limit} mg/kg: give the reason.", "warn"))
    return (line,)


def _bolus_rebuilt(values: Values, context: FormContext, old: ev.Event) -> ev.Event:
    assert isinstance(old, ev.BolusGiven)
    return replace(old, mg=values["mg"], why=reason_of(values), reason=stated(values, "limit_reason"))


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
                default=lambda _: "1",
                required=True,
            ),
            Field(id="dose", label="Dose", kind="decimal", width=9, required=True, limits=_amount()),
            Field(
                id="cap_mg_h",
                label="Cap",
                kind="decimal",
                unit="mg/h",
                width=9,
                limits=_amount(),
                help="nothing for none",
            ),
            Field(
                id="duration_min",
                label="Over",
                kind="duration",
                width=9,
                help="h:mm",
                required=True,
                limits=lambda _: Limits(possible=Band(Decimal(1), Decimal(1440))),
                default=lambda c: f"{c.rules.dose.duration_min // 60}:{c.rules.dose.duration_min % 60:02}",
            ),
            _as(_CONCENTRATION, default=_default_concentration),
            Field(id="drug", label="Drug", width=20, required=True, default=lambda c: c.rules.dose.drug),
            physician("prescriber", "Prescriber", required=True, width=30),
            *_limit_fields(_order_concern),
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
            Field(id="drug", label="Drug", required=True, width=20),
            _CONCENTRATION,
            Field(
                id="rate_ml_h",
                label="Rate",
                kind="decimal",
                unit="mL/h",
                width=9,
                required=True,
                limits=_amount(),
            ),
            Field(
                id="patient",
                label="Patient",
                required=True,
                width=22,
                help="record number or birth date, from the wristband",
            ),
        ),
        check=_second_person,
        build=_double_check,
    ),
    FormSpec(
        id="rate",
        title="Change the rate",
        kind="rate_changed",
        fields=(
            Field(
                id="unit",
                label="In",
                kind="choice",
                choices=lambda _: _UNITS,
                default=lambda _: "1",
                required=True,
            ),
            Field(id="to", label="New rate", kind="decimal", width=9, required=True, limits=_amount()),
            *reasons(*RATE_REASONS),
            *_limit_fields(_rate_concern),
        ),
        check=lambda values, context: reason_missing(values),
        live=_rate_live,
        fill=lambda body, context: (
            {"unit": "1", "to": dose_text(body.to_ml_h)} | reason_typed(body.why, RATE_REASONS)
        ),
        rebuild=_rate_rebuilt,
        build=_change_rate,
    ),
    FormSpec(
        id="bolus",
        title="Bolus",
        kind="bolus_given",
        fields=(
            Field(
                id="mg",
                label="Bolus",
                kind="decimal",
                unit="mg",
                width=9,
                required=True,
                limits=_amount("1000"),
            ),
            *reasons(*BOLUS_REASONS),
            Field(
                id="limit_reason",
                label="Reason",
                required=True,
                shown=_bolus_over,
                help="above the limit",
            ),
        ),
        check=lambda values, context: reason_missing(values),
        live=_bolus_live,
        fill=lambda body, context: (
            {"mg": dose_text(body.mg), "limit_reason": body.reason} | reason_typed(body.why, BOLUS_REASONS)
        ),
        rebuild=_bolus_rebuilt,
        build=lambda values, context: cmd.GiveBolus(
            visit=context.person.id,
            mg=values["mg"],
            why=reason_of(values),
            reason=stated(values, "limit_reason"),
        ),
    ),
)
