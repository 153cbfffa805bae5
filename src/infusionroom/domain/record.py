"""The visit's row for history, search and back-office SQL: flat, rebuilt from the journal at any time."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.day import clinic_day
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.evolve import effective
from infusionroom.domain.visit import Phase, Visit


class VisitRecord(msgspec.Struct, frozen=True):
    """One visit in one row. Instants are aware UTC, durations whole seconds, amounts exact decimals as text.

    `opened_at` is when the visit's first entry was recorded, `closed_at` when its end (left, cancelled,
    no-show, entered in error) was; a visit is open while the person is here: arrived and not ended.
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
    )


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
