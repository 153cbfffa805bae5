"""Deciding on the drug: order, blind double check, start, rate, pause, resume, bolus, stop."""

from __future__ import annotations

from decimal import Decimal

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.decide.asked import Asked, NotAllowed, refuse
from infusionroom.domain.dose import (
    DoseError,
    PumpRate,
    bolus_ml,
    bolus_over_limit,
    dose_concerns,
    ordered_mg_per_kg_h,
    quantity,
    rate_from_mg_h,
    rate_from_ml_h,
)
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.journal import Draft
from infusionroom.domain.order_rate import order_rate
from infusionroom.domain.outcome import Reason
from infusionroom.domain.readiness import start_points
from infusionroom.domain.visit import Infusion, Visit

LONGEST_ORDER_MIN = 24 * 60


def order(asked: Asked, command: cmd.Order) -> list[Draft]:
    """The order with its pump rate worked out once; what a person sees later is read from here.

    `percent` is kept as the step of the course's ramp that it was filled in from.
    """
    visit = asked.visit(command.visit)
    rules, course = asked.rules.dose, asked.background(visit).course
    concentration = _given_or(command.concentration_mg_ml, rules.concentration_mg_ml)
    duration = rules.duration_min if command.duration_min is None else command.duration_min
    if not 1 <= duration <= LONGEST_ORDER_MIN:
        raise refuse("duration", f"An order runs for 1 to {LONGEST_ORDER_MIN} minutes.")
    if command.percent is not None and not 1 <= command.percent <= 100:
        raise refuse("percent", "An order is 1 to 100 per cent of its course's target.")
    if visit.weight_kg is None:
        raise refuse("weight", "Order: weigh the patient first; the limits are per kg.")
    try:
        rate = order_rate(
            command.basis,
            command.dose,
            weight_kg=visit.weight_kg,
            cap_mg_h=command.cap_mg_h,
            concentration_mg_ml=concentration,
            rules=rules,
            target=course.target if course is not None else None,
        )
        asked_for = ordered_mg_per_kg_h(
            command.basis, command.dose, weight_kg=visit.weight_kg, cap_mg_h=command.cap_mg_h
        )
    except DoseError as error:
        raise refuse("dose", str(error)) from None
    within_limits(asked, asked_for, command)
    body = ev.Ordered(
        drug=(command.drug or rules.drug).strip().lower(),
        basis=command.basis,
        dose=command.dose,
        cap_mg_h=command.cap_mg_h,
        duration_min=duration,
        concentration_mg_ml=concentration,
        weight_kg=visit.weight_kg,
        rate_ml_h=rate.ml_h,
        rate_mg_h=rate.mg_h,
        prescriber=command.prescriber,
        reason=command.reason,
        override_by=command.override_by,
        override_reason=command.override_reason,
        percent=command.percent,
    )
    return [asked.happens(visit, body)]


def double_check(asked: Asked, command: cmd.DoubleCheck) -> list[Draft]:
    """Blind: a refusal names what disagrees, never what the first person entered."""
    visit = asked.visit(command.visit)
    if visit.order is None:
        raise refuse("order", "Double check: there is no order to check yet.")
    if same_person(asked.actor, visit.order.by):
        raise refuse(
            "same_person", f"Double check: {asked.actor} entered the order; a second person must check it."
        )
    first = visit.order.body
    disagree = [
        word
        for word, agrees in (
            ("drug", command.drug.strip().casefold() == first.drug.casefold()),
            ("concentration", _same_amount(command.concentration_mg_ml, first.concentration_mg_ml)),
            ("rate", _same_amount(command.rate_ml_h, first.rate_ml_h)),
            ("patient", _is_patient(visit, command.patient)),
        )
        if not agrees
    ]
    if disagree:
        raise NotAllowed(
            *(
                Reason(
                    "disagree", f"Double check: the {word} does not agree with the order; both look again."
                )
                for word in disagree
            )
        )
    body = ev.DoubleChecked(
        order=visit.order.entry,
        drug=first.drug,
        concentration_mg_ml=command.concentration_mg_ml,
        rate_ml_h=command.rate_ml_h,
        patient=command.patient,
    )
    return [asked.happens(visit, body)]


def start(asked: Asked, command: cmd.Start) -> list[Draft]:
    visit = asked.visit(command.visit)
    missing = [p for p in start_points(visit, asked.background(visit), asked.rules, asked.at) if p.open]
    if missing or visit.order is None:
        asked.must_be_lawful(visit, _nominal_start())
        raise NotAllowed(
            *(
                Reason(f"start.{p.key}", f"Start: {p.label} — {p.detail}.", overridable=p.overridable)
                for p in missing
            )
        )
    first = visit.order.body
    body = ev.InfusionStarted(
        drug=first.drug,
        rate_ml_h=first.rate_ml_h,
        concentration_mg_ml=first.concentration_mg_ml,
        duration_min=first.duration_min,
        order=visit.order.entry,
        infusions_before=_infusions_before(asked, visit),
    )
    return [asked.happens(visit, body)]


def change_rate(asked: Asked, command: cmd.ChangeRate) -> list[Draft]:
    visit = asked.visit(command.visit)
    infusion = _infusion(asked, visit, "Rate change")
    rate = _new_rate(asked, visit, infusion, command)
    if rate.ml_h == infusion.rate_ml_h:
        raise refuse("unchanged", f"Rate change: the pump is already set to {dose_text(rate.ml_h)} mL/h.")
    ordered_ml_h = visit.order.body.rate_ml_h if visit.order else Decimal(0)
    if rate.ml_h > max(infusion.rate_ml_h, ordered_ml_h):
        within_limits(asked, rate.mg_per_kg_h, command)
    body = ev.RateChanged(
        from_ml_h=infusion.rate_ml_h,
        to_ml_h=rate.ml_h,
        why=command.why,
        reason=command.reason,
        override_by=command.override_by,
        override_reason=command.override_reason,
        prescriber=command.prescriber.strip() or (visit.order.body.prescriber if visit.order else ""),
    )
    return [asked.happens(visit, body)]


def pause(asked: Asked, command: cmd.Pause) -> list[Draft]:
    return [asked.happens(asked.visit(command.visit), ev.Paused(why=command.why))]


def resume(asked: Asked, command: cmd.Resume) -> list[Draft]:
    return [asked.happens(asked.visit(command.visit), ev.Resumed())]


def bolus(asked: Asked, command: cmd.GiveBolus) -> list[Draft]:
    visit = asked.visit(command.visit)
    volume = bolus_volume(asked, visit, command.mg, command.reason)
    body = ev.BolusGiven(mg=command.mg, ml=volume, why=command.why, reason=command.reason)
    return [asked.happens(visit, body)]


def bolus_volume(asked: Asked, visit: Visit, mg: Decimal, reason: str) -> Decimal:
    """The volume of a bolus. Raises `NotAllowed` for what is no amount, and above the limit without a reason."""
    infusion = _infusion(asked, visit, "Bolus")
    try:
        volume = bolus_ml(mg, concentration_mg_ml=infusion.concentration_mg_ml)
        over = visit.weight_kg is not None and bolus_over_limit(mg, visit.weight_kg, asked.rules.dose)
    except DoseError as error:
        raise refuse("dose", str(error)) from None
    hard = asked.rules.dose.bolus_hard_mg_per_kg
    if visit.weight_kg is not None and mg > hard * visit.weight_kg:
        raise refuse("hard_limit", f"Bolus: above {dose_text(hard)} mg/kg, this clinic's hard limit.")
    if over and not reason.strip():
        limit = dose_text(asked.rules.dose.bolus_mg_per_kg)
        raise refuse("soft_limit", f"Bolus: above {limit} mg/kg; a reason is needed.")
    return volume


def stop(asked: Asked, command: cmd.Stop) -> list[Draft]:
    """Short of the ordered running time is early, whatever the clock on the wall says."""
    visit = asked.visit(command.visit)
    infusion = _infusion(asked, visit, "End")
    short_s = infusion.left_s(asked.at)
    early = short_s > asked.rules.dose.complete_within_min * 60
    if command.early is False and early:
        raise refuse(
            "early",
            f"End: {_minutes(short_s)} of {infusion.duration_min} min are still to run; it is an early stop.",
        )
    early = early or command.early is True
    if early and not command.why.strip():
        raise refuse("early", f"End: {_minutes(short_s)} min early; say why.")
    return [asked.happens(visit, ev.Stopped(early=early, why=command.why))]


def same_person(one: str, other: str) -> bool:
    """Whether two user names mean one person: case and spacing do not make a second one."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _infusions_before(asked: Asked, visit: Visit) -> int | None:
    """What the sender said, what this room knows itself, or what the patient's file says, whichever is more."""
    here = asked.room.infusions_here.get(visit.patient.record_number)
    on_file = asked.background(visit).infusions_before
    known = (visit.patient.infusions_before, here, on_file)
    return max((n for n in known if n is not None), default=None)


def _given_or(given: Decimal | None, default: Decimal) -> Decimal:
    return default if given is None else given


def _same_amount(entered: Decimal, first: Decimal) -> bool:
    return entered.is_finite() and entered == first


def _nominal_start() -> ev.InfusionStarted:
    nothing = Decimal(0)
    return ev.InfusionStarted(
        drug="", rate_ml_h=nothing, concentration_mg_ml=nothing, duration_min=0, order=0
    )


def _infusion(asked: Asked, visit: Visit, word: str) -> Infusion:
    if visit.infusion is None:
        raise refuse("phase", f"{word}: nothing was started for this visit.")
    return visit.infusion


def _is_patient(visit: Visit, entered: str) -> bool:
    patient, text = visit.patient, entered.strip()
    if not text:
        return False
    birth = patient.birth_date.isoformat() if patient.birth_date else ""
    return text.casefold() in {patient.record_number.casefold(), birth} - {""}


def _new_rate(asked: Asked, visit: Visit, infusion: Infusion, command: cmd.ChangeRate) -> PumpRate:
    if (command.to_ml_h is None) == (command.to_mg_h is None):
        raise refuse("rate", "Rate change: give the new rate either in mL/h or in mg/h.")
    order = visit.order.body if visit.order else None
    try:
        if command.to_ml_h is not None:
            return rate_from_ml_h(
                command.to_ml_h,
                weight_kg=order.weight_kg if order else None,
                concentration_mg_ml=infusion.concentration_mg_ml,
                step_ml_h=asked.rules.dose.pump_step_ml_h,
                cap_mg_h=order.cap_mg_h if order else None,
            )
        assert command.to_mg_h is not None
        return rate_from_mg_h(
            command.to_mg_h,
            weight_kg=order.weight_kg if order else None,
            concentration_mg_ml=infusion.concentration_mg_ml,
            step_ml_h=asked.rules.dose.pump_step_ml_h,
            cap_mg_h=order.cap_mg_h if order else None,
        )
    except DoseError as error:
        raise refuse("dose", f"Rate change: {error}") from None


def within_limits(
    asked: Asked, mg_per_kg_h: Decimal | None, command: cmd.Order | cmd.ChangeRate | ev.RateChanged
) -> None:
    """Soft asks for a reason, hard for a physician's override with a reason."""
    rules = asked.rules.dose
    concern = dose_concerns(mg_per_kg_h, rules)
    if mg_per_kg_h is None or concern is None:
        return
    shown = f"{dose_text(quantity(mg_per_kg_h, 4))} mg/kg/h"
    if concern == "hard" and not (command.override_by.strip() and command.override_reason.strip()):
        raise refuse(
            "hard_limit",
            f"{shown} is above the hard limit of {dose_text(rules.hard_mg_per_kg_h)}: "
            "a physician's override with a reason is needed.",
            overridable=True,
        )
    if concern == "soft" and not command.reason.strip():
        raise refuse(
            "soft_limit",
            f"{shown} is above the soft limit of {dose_text(rules.soft_mg_per_kg_h)}: a reason is needed.",
        )


def _minutes(seconds: int) -> int:
    return -(-seconds // 60)
