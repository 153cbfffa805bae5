"""Deciding on observations: is it plausible, is it complete, is it of this person."""

from __future__ import annotations

from decimal import Decimal

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.day import clinic_day
from infusionroom.domain.decide.asked import Asked, NotAllowed
from infusionroom.domain.decide.consenting import consent_problems
from infusionroom.domain.dose import NotAnAmount, weight_concerns
from infusionroom.domain.journal import Draft
from infusionroom.domain.outcome import Reason
from infusionroom.domain.scores import padss_pain_consistent
from infusionroom.domain.visit import Visit
from infusionroom.domain.vitals import implausible, implausible_weight
from infusionroom.domain.weight_before import weight_before


def record(asked: Asked, command: cmd.Record) -> list[Draft]:
    """An observation as it is, if it can be meant."""
    visit = asked.visit(command.visit)
    draft = asked.happens(visit, command.fact)
    must_be_sound(asked, visit, command.fact)
    return [draft]


def must_be_sound(asked: Asked, visit: Visit, fact: ev.Event) -> None:
    """Raises `NotAllowed` for what is impossible, contradictory, or unlikely and not yet confirmed."""
    reasons: list[Reason] = []
    match fact:
        case ev.VitalsTaken():
            reasons = implausible(fact, asked.rules.plausible)
        case ev.Weighed():
            reasons = _weight(asked, visit, fact)
        case ev.PainRated():
            reasons = _pain(fact)
        case ev.Identified():
            reasons = _identity(visit, fact)
        case ev.Consented():
            reasons = _consent(asked, visit, fact)
        case ev.PadssScored():
            reasons = _padss(visit, fact)
        case ev.AldreteScored():
            items = (fact.activity, fact.respiration, fact.circulation, fact.consciousness, fact.spo2)
            if all(item is None for item in items):
                reasons = [Reason("empty", "Aldrete: no item was taken.")]
        case ev.BagChanged():
            if fact.volume_ml is not None and not _positive(fact.volume_ml):
                reasons = [Reason("amount", "A bag holds more than 0 mL.")]
        case _:
            pass
    confirmed = isinstance(fact, ev.VitalsTaken | ev.Weighed) and fact.confirmed
    standing = [r for r in reasons if not (r.confirmable and confirmed)]
    if standing:
        raise NotAllowed(*standing)


def _positive(amount: Decimal) -> bool:
    return amount.is_finite() and amount > 0


def _weight(asked: Asked, visit: Visit, fact: ev.Weighed) -> list[Reason]:
    reasons = implausible_weight(fact.kg, asked.rules.plausible)
    if any(not r.confirmable for r in reasons):
        return reasons
    earlier = [w for w in visit.weights if w.at <= asked.at]
    previous = earlier[-1].body.kg if earlier else _weight_before(asked, visit)
    try:
        # What was written on paper is charted late: a weight is as old as it was when the person came.
        used_at = max(asked.at, visit.arrived_at) if visit.arrived_at else asked.now
        return reasons + weight_concerns(fact.kg, asked.at, previous, used_at, asked.rules.dose)
    except NotAnAmount as error:
        return [Reason("weight", str(error))]


def _weight_before(asked: Asked, visit: Visit) -> Decimal | None:
    """The last weight from before this visit: as the patient's file and visits know it, else by the record number."""
    timezone = asked.clinic.timezone
    known = weight_before(asked.background(visit), clinic_day(asked.at, timezone), timezone)
    return known.kg if known else asked.room.weights_here.get(visit.patient.record_number)


def _pain(fact: ev.PainRated) -> list[Reason]:
    if fact.unable and fact.nrs is not None:
        return [Reason("pain", "Pain: “unable” is no number; give either the number or unable.")]
    if not fact.unable and fact.nrs is None:
        return [Reason("pain", "Pain: give an integer from 0 to 10, or unable.")]
    if fact.worst is not None and fact.least is not None and fact.least > fact.worst:
        return [Reason("pain", f"Pain: the least ({fact.least}) is above the worst ({fact.worst}).")]
    return []


def _identity(visit: Visit, fact: ev.Identified) -> list[Reason]:
    patient = visit.patient
    by = set(fact.by)
    if "name" not in by or not by & {"birth_date", "record_number"}:
        return [
            Reason(
                "identity", "Identity needs two identifiers: the name, and the birth date or record number."
            )
        ]
    if "birth_date" in by and patient.birth_date is None:
        return [Reason("identity", "The plan has no birth date to check against: change the plan first.")]
    if "record_number" in by and not patient.record_number:
        return [Reason("identity", "The plan has no record number to check against: change the plan first.")]
    return []


def _consent(asked: Asked, visit: Visit, fact: ev.Consented) -> list[Reason]:
    background = asked.background(visit)
    if background.course is not None:
        return [Reason("consent", "Consent: it is given for the course, not for one of its days.")]
    return consent_problems(asked, background, fact.text_version, fact.clauses, fact.name, fact.signed_on)


def _padss(visit: Visit, fact: ev.PadssScored) -> list[Reason]:
    items = (fact.vital_signs, fact.walking, fact.nausea, fact.pain, fact.bleeding)
    if all(item is None for item in items) and fact.nrs is None:
        return [Reason("empty", "PADSS: no item was taken.")]
    before = visit.pain_before()
    problem = padss_pain_consistent(fact, before.nrs if before else None)
    return [problem] if problem else []
