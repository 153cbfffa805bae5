"""The visit's row for history, search and back-office SQL: flat, rebuilt from the journal at any time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.day import clinic_day
from infusionroom.domain.dose import mg_per_kg_h, quantity
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.evolve import effective
from infusionroom.domain.visit import NOT_COMING, Phase, Visit


class VisitRecord(msgspec.Struct, frozen=True):
    """One visit in one row. Instants are aware UTC, durations whole seconds, amounts exact decimals as text.

    `opened_at` is when the visit's first entry was recorded, `closed_at` when its end (left, cancelled,
    no-show, entered in error) was; a visit is open while the person is here: arrived and not ended; it is `off`
    when nobody will come (cancelled, no-show, entered in error). `planned_min` is how long a chair is kept,
    `side_effect` the worst one in words, `highest_mg_h` the highest rate that ran. Pain is NRS-11.
    """

    visit: str
    version: int
    appointment: str
    phase: str
    day: date
    is_open: bool
    family: str
    given: str
    birth_date: date | None
    record_number: str
    planned_start: datetime
    opened_at: datetime
    closed_at: datetime | None
    arrived_at: datetime | None
    seated_at: datetime | None
    started_at: datetime | None
    stopped_at: datetime | None
    ready_at: datetime | None
    left_at: datetime | None
    chair: int | None
    experienced: bool
    stopped_early: bool
    running_s: int | None
    wall_s: int | None
    given_mg: str | None
    given_ml: str | None
    weight_kg: str | None
    weighed_at: datetime | None
    patient_id: str
    course: str
    course_day: int | None
    course_of: int | None
    planned_min: int | None
    planned_chair: int | None
    off: bool
    pain_before: int | None
    pain_after: int | None
    pain_average: int | None
    pain_worst: int | None
    pain_least: int | None
    ordered_mg_h: str | None
    ordered_mg_per_kg_h: str | None
    highest_mg_h: str | None
    side_effect: str
    stop_why: str
    oral_prescribed_by: str
    oral_dose: str
    oral_taught: bool
    oral_at: datetime | None


def record_of(visit: Visit, clinic: Clinic) -> VisitRecord:
    """The row that this visit makes; it depends on the visit and the clinic alone, never on the moment.

    While an infusion runs its amounts are absent: they are known when it has stopped.
    """
    infusion, patient = visit.infusion, visit.patient
    stopped = infusion.stopped_at if infusion else None
    first = visit.entries[0]
    over = not visit.here and visit.phase is not Phase.PLANNED
    return VisitRecord(
        visit=visit.id,
        version=visit.version,
        appointment=visit.plan.appointment.key if visit.plan.appointment else "",
        phase=visit.phase.value,
        day=clinic_day(visit.arrived_at or visit.plan.start, clinic.timezone),
        is_open=visit.here,
        family=patient.family,
        given=patient.given,
        birth_date=patient.birth_date,
        record_number=patient.record_number,
        planned_start=visit.plan.start,
        opened_at=first.recorded_at,
        closed_at=_closed_at(visit) if over else None,
        arrived_at=visit.arrived_at,
        seated_at=visit.seated_at,
        started_at=infusion.started_at if infusion else None,
        stopped_at=stopped,
        ready_at=visit.ready_at,
        left_at=visit.left_at,
        chair=visit.stays[-1].chair if visit.stays else None,
        experienced=visit.experienced(clinic.rules),
        stopped_early=infusion.stopped_early if infusion else False,
        running_s=infusion.running_s(stopped) if infusion and stopped else None,
        wall_s=infusion.wall_s(stopped) if infusion and stopped else None,
        given_mg=dose_text(infusion.given_mg(stopped)) if infusion and stopped else None,
        given_ml=dose_text(infusion.given_ml(stopped)) if infusion and stopped else None,
        weight_kg=dose_text(visit.weights[-1].body.kg) if visit.weights else None,
        weighed_at=visit.weights[-1].at if visit.weights else None,
        patient_id=visit.plan.patient_id,
        course=visit.plan.course_id,
        course_day=visit.plan.course.day if visit.plan.course else None,
        course_of=visit.plan.course.of if visit.plan.course else None,
        planned_min=visit.plan.duration_min,
        planned_chair=visit.plan.chair,
        off=visit.phase in NOT_COMING,
        **_pains(visit),
        **_doses(visit),
        side_effect=worst_side_effect(visit),
        stop_why=infusion.stop_why if infusion else "",
        oral_prescribed_by=oral.body.prescribed_by if (oral := visit.oral_ketamine) else "",
        oral_dose=oral.body.dose if oral else "",
        oral_taught=oral.body.taught if oral else False,
        oral_at=oral.at if oral else None,
    )


def worst_side_effect(visit: Visit) -> str:
    """The worst side effect in words (`severe nausea`), the earliest of equals; empty when none was charted."""
    seen = visit.side_effects
    worst = max(seen, key=lambda s: _SEVERITIES.index(s.body.grade), default=None)
    if worst is None:
        return ""
    what = worst.body.note if worst.body.what == "other" and worst.body.note else worst.body.what
    return f"{worst.body.grade} {what}"


_SEVERITIES = ("mild", "moderate", "severe")


def _pains(visit: Visit) -> dict[str, Any]:
    before, after = visit.pain_before(), visit.pain_after()
    said = [p.body for p in visit.pains]
    return {
        "pain_before": before.nrs if before else None,
        "pain_after": after.nrs if after else None,
        "pain_average": _last(p.average_24h for p in said),
        "pain_worst": _last(p.worst for p in said),
        "pain_least": _last(p.least for p in said),
    }


def _last(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return known[-1] if known else None


def _doses(visit: Visit) -> dict[str, Any]:
    order, infusion = visit.order.body if visit.order else None, visit.infusion
    per_kg = mg_per_kg_h(order.rate_mg_h, order.weight_kg) if order else None
    highest = max((s.ml_h for s in infusion.spans), default=None) if infusion else None
    return {
        "ordered_mg_h": dose_text(order.rate_mg_h) if order else None,
        "ordered_mg_per_kg_h": dose_text(quantity(per_kg, 4)) if per_kg is not None else None,
        "highest_mg_h": dose_text(quantity(highest * infusion.concentration_mg_ml, 4))
        if infusion and highest is not None
        else None,
    }


_ENDS = (ev.VisitCancelled, ev.NotShown, ev.EnteredInError, ev.TurnedAway, ev.Left)


def _closed_at(visit: Visit) -> datetime | None:
    """When the end was recorded, which may be later than it happened: until then the journal knew them here."""
    return next(
        (e.recorded_at for e in reversed(effective(visit.entries)) if isinstance(e.body, _ENDS)), None
    )


def days_of(visit: Visit, clinic: Clinic) -> frozenset[date]:
    """Every clinic day the visit was ever planned on, or the person was here."""
    moments = [visit.arrived_at, visit.ended_at]
    for entry in visit.entries:
        if isinstance(entry.body, ev.VisitPlanned | ev.PlanChanged):
            moments.append(entry.body.plan.start)
    return frozenset(clinic_day(m, clinic.timezone) for m in moments if m is not None)
