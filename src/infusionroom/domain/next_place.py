"""The next place like one that is gone: the same time in another chair, else the nearest time of the same day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from infusionroom.domain.booking import Wanted, problems
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.day import clinic_day
from infusionroom.domain.proposal import Request, slots_on
from infusionroom.domain.record import VisitRecord
from infusionroom.domain.stays import recovery_min


class Spot(NamedTuple):
    """A start (aware UTC) and a chair."""

    start: datetime
    chair: int


def spot_like(
    clinic: Clinic,
    holidays: Mapping[date, str],
    booked: Sequence[VisitRecord],
    wanted: Wanted,
    *,
    patient_ids: Collection[str],
    now: datetime,
) -> Spot | None:
    """The free place of that day that is most like `wanted`; None where the day has none left."""
    begin = wanted.chair or 1
    ring = [(begin + n - 1) % clinic.chairs + 1 for n in range(clinic.chairs)]
    for chair in ring if wanted.start > now else ():
        there = wanted_in(wanted, chair)
        if not problems(clinic, holidays, booked, (there,), patient_ids=patient_ids, now=now):
            return Spot(wanted.start, chair)
    day = clinic_day(wanted.start, clinic.timezone)
    request = Request(
        first_day=day,
        days=1,
        infusion_min=wanted.infusion_min,
        experienced=wanted.recovery_min == recovery_min(clinic, experienced=True),
        after=now,
        visits=(wanted.visit,) if wanted.visit else (),
        patient_ids=tuple(patient_ids),
    )
    slots = slots_on(clinic, holidays, booked, day, request)
    best = min(
        slots, key=lambda slot: (abs(slot.start - wanted.start), slot.chair != wanted.chair), default=None
    )
    return Spot(best.start, best.chair) if best is not None else None


def wanted_in(wanted: Wanted, chair: int) -> Wanted:
    """The same, in this chair."""
    return Wanted(wanted.start, wanted.infusion_min, wanted.recovery_min, chair, wanted.visit)
