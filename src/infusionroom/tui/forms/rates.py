"""Forms of a new rate and of a bolus. The numbers are the domain's; nothing is calculated here."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.dose import (
    Concern,
    DoseError,
    PumpRate,
    bolus_ml,
    bolus_over_limit,
    dose_concerns,
    rate_from_mg_h,
    rate_from_ml_h,
)
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.visit import Infusion
from infusionroom.tui.forms.dose_limits import amounts, limit_fields, limit_lines
from infusionroom.tui.forms.questions import people, reason_missing, reason_of, reason_typed, reasons, stated
from infusionroom.tui.forms.spec import Choice, Field, FormContext, FormSpec, LiveLine, Values
from infusionroom.tui.present.form_words import rate_words

RATE_REASONS: Final = ("as ordered", "pressure", "sedation", "dysphoria", "nausea", "too little effect")
BOLUS_REASONS: Final = ("as ordered", "breakthrough pain")
# Letters: a rate typed at once must never be taken for the number of a choice.
_UNITS: Final = (Choice("l", "ml_h", "mL/h"), Choice("g", "mg_h", "mg/h"))


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
        *limit_lines(_rate_concern(values, context), context),
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
        prescriber=stated(values, "prescriber"),
    )


def _rate_rebuilt(values: Values, context: FormContext, old: ev.Event) -> ev.Event:
    assert isinstance(old, ev.RateChanged)
    rate = _new_rate(values, context)
    to = rate.ml_h if rate else old.to_ml_h
    return replace(old, to_ml_h=to, why=reason_of(values), prescriber=stated(values, "prescriber"))


def _orders_prescriber(context: FormContext) -> str:
    order = context.visit.order if context.visit else None
    return order.body.prescriber if order else ""


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


RATES: Final = (
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
                default=lambda _: "l",
                required=True,
            ),
            Field(id="to", label="New rate", kind="decimal", width=9, required=True, limits=amounts()),
            *reasons(*RATE_REASONS),
            Field(
                id="prescriber",
                label="Prescriber",
                required=True,
                width=30,
                names=people("prescriber"),
                default=_orders_prescriber,
            ),
            *limit_fields(_rate_concern),
        ),
        check=lambda values, context: reason_missing(values),
        live=_rate_live,
        fill=lambda body, context: (
            {"unit": "l", "to": dose_text(body.to_ml_h), "prescriber": body.prescriber}
            | reason_typed(body.why, RATE_REASONS)
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
                limits=amounts("1000"),
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
