"""A clinic's calendar on paper: visits as rows, the way the planner sees them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from msgspec.structs import replace

from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.day import at_local, clinic_day, local
from infusionroom.domain.evolve import evolve
from infusionroom.domain.journal import GENESIS, Draft, seal
from infusionroom.domain.proposal import Proposal, ProposedDay, Request
from infusionroom.domain.record import VisitRecord, record_of
from infusionroom.domain.visit import stream_of

NEW_YORK = "America/New_York"
CLINIC = Clinic("Northside Infusion", NEW_YORK, time(7), time(18), 8)
LONG_AGO = datetime.fromisoformat("2026-01-02T12:00:00+00:00")

HOLIDAYS = {
    date(2026, 11, 11): "Veterans Day",
    date(2026, 11, 26): "Thanksgiving Day",
    date(2026, 12, 25): "Christmas Day",
    date(2027, 1, 1): "New Year's Day",
}


def at(day: date, clock: str, clinic: Clinic = CLINIC) -> datetime:
    """The instant at which the clinic's clock shows this."""
    return at_local(day, time.fromisoformat(clock), clinic.timezone)


def shows(instant: datetime, clinic: Clinic = CLINIC) -> str:
    """What the clinic's clock shows then: `Mon 08:00`."""
    return f"{local(instant, clinic.timezone):%a %H:%M}"


def booked(
    start: datetime,
    chair: int | None = None,
    *,
    visit: str = "v",
    minutes: int | None = 240,
    experienced: bool = True,
    patient: str = "",
    sits_in: int | None = None,
    clinic: Clinic = CLINIC,
    **changed: Any,
) -> VisitRecord:
    """The row of a planned visit; whatever else happened to it is given as the row has it."""
    who = ev.Patient(family="Marlowe", given="Rae", infusions_before=3 if experienced else 0)
    plan = ev.Plan(patient=who, start=start, duration_min=minutes, patient_id=patient, chair=chair)
    draft = Draft(stream_of(visit), ev.VisitPlanned(plan=plan), LONG_AGO)
    entry = seal(
        draft,
        id=1,
        version=1,
        recorded_at=LONG_AGO,
        actor="Lee",
        terminal="desk",
        command="c",
        part=0,
        prev_hash=GENESIS,
    ).entry()
    return replace(record_of(evolve(None, entry), clinic), **({"chair": sits_in} | changed))


_ROW = booked(LONG_AGO, 1)


def rows_of(
    days: Iterable[ProposedDay], request: Request, name: str, clinic: Clinic = CLINIC
) -> list[VisitRecord]:
    """The visits of proposed days once they are booked."""
    return [
        replace(
            _ROW,
            visit=f"{name}/{day.number}",
            patient_id=name,
            day=clinic_day(day.start, clinic.timezone),
            planned_start=day.start,
            planned_min=request.infusion_min,
            planned_chair=day.chair,
            experienced=request.experienced,
        )
        for day in days
    ]


def request(first: date, days: int = 1, **changed: Any) -> Request:
    """Somebody with experience wants four hours a day, asked long before."""
    asked: dict[str, Any] = {"infusion_min": 240, "experienced": True, "after": LONG_AGO}
    return Request(first_day=first, days=days, **(asked | changed))


def dates(proposal: Proposal, clinic: Clinic = CLINIC) -> list[date]:
    return [clinic_day(day.start, clinic.timezone) for day in proposal.days]
