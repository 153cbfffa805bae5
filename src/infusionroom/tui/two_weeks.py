"""Two weeks of bookings as a sheet, chairs × days: who has which chair when, and how many more a day takes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from infusionroom.domain.booking import on_day
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.day import at_local
from infusionroom.domain.proposal import Request, slots_on
from infusionroom.domain.record import VisitRecord
from infusionroom.domain.stays import ChairPlan, recovery_min, stay_of
from infusionroom.domain.working_days import closed_because, is_weekend

# The row of those for whom there is no chair: they were over-booked.
NO_CHAIR: Final = 0


class Booked(msgspec.Struct, frozen=True):
    """One visit in the sheet. `promised` says that the chair was booked and not only worked out.

    `wrong` is why it cannot stay like this, empty where it can; `home` is the end of the usual recovery.
    """

    row: VisitRecord
    chair: int
    start: datetime
    home: datetime
    promised: bool
    wrong: str = ""

    @property
    def first_time(self) -> bool:
        return not self.row.experienced and (self.row.course_day or 1) == 1

    @property
    def to_assign(self) -> bool:
        """Whether nobody has said yet whose visit of which course this is."""
        return not (self.row.patient_id and self.row.course)


class Column(msgspec.Struct, frozen=True):
    """One clinic day: why it is closed, if it is, and who is booked in which chair, in the order of the day."""

    day: date
    closed: str
    chairs: Mapping[int, tuple[Booked, ...]]

    @property
    def count(self) -> int:
        return sum(map(len, self.chairs.values()))

    @property
    def narrow(self) -> bool:
        """Whether nothing is to be seen of it: a weekend on which nobody comes."""
        return is_weekend(self.day) and not self.count


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def columns_of(
    clinic: Clinic,
    holidays: Mapping[date, str],
    booked: Iterable[VisitRecord],
    first: date,
    days: int,
    now: datetime,
) -> tuple[Column, ...]:
    """The sheet's days from `first` on; who has no chair of their own is put where the planner would put them."""
    rows = [row for row in booked if not row.off]
    return tuple(_column(clinic, holidays, rows, first + timedelta(days=n), now) for n in range(days))


def _column(
    clinic: Clinic, holidays: Mapping[date, str], rows: Sequence[VisitRecord], day: date, now: datetime
) -> Column:
    of_day = {row.visit: row for row in rows if row.day == day}
    closed = closed_because(clinic, holidays, day) or ""
    plan = ChairPlan(on_day([stay_of(row, clinic, now) for row in rows], day, clinic), clinic.chairs)
    seats = {stay.visit: chair for chair, stays in plan.seats.items() for stay in stays}
    chairs: dict[int, list[Booked]] = {}
    for row in sorted(of_day.values(), key=lambda r: (r.started_at or r.planned_start, r.visit)):
        # Who went without an infusion kept no chair for any time: they stand where they sat.
        chair = seats.get(row.visit, (row.chair or NO_CHAIR) if row.left_at else NO_CHAIR)
        if row.left_at is not None and chair == NO_CHAIR:
            continue
        chairs.setdefault(chair, []).append(_booked(clinic, row, chair, closed))
    return Column(day, closed, {chair: tuple(those) for chair, those in sorted(chairs.items())})


def _booked(clinic: Clinic, row: VisitRecord, chair: int, closed: str) -> Booked:
    start = row.started_at or row.planned_start
    infusion = row.planned_min or clinic.rules.dose.duration_min
    home = start + timedelta(minutes=infusion + recovery_min(clinic, experienced=row.experienced))
    wanted = row.chair or row.planned_chair
    wrong = ""
    if row.phase == "planned" and closed:
        wrong = f"the day is {closed}: to be moved"
    elif chair == NO_CHAIR:
        wrong = "over-booked: no chair is free then"
    elif wanted is not None and wanted != chair:
        wrong = f"chair {wanted} is taken then"
    return Booked(row, chair, start, row.left_at or home, wanted == chair, wrong)


def more_that_fit(
    clinic: Clinic, holidays: Mapping[date, str], booked: Sequence[VisitRecord], day: date, now: datetime
) -> int:
    """How many more usual infusions of first-timers the planner finds room for on a day, one after another."""
    if closed_because(clinic, holidays, day) is not None:
        return 0
    request = Request(
        first_day=day,
        days=1,
        infusion_min=clinic.rules.dose.duration_min,
        experienced=False,
        after=now,
    )
    rows, count = list(booked), 0
    while slots := slots_on(clinic, holidays, rows, day, request):
        rows.append(_somebody(slots[0].start, day, count))
        count += 1
    return count


def _somebody(start: datetime, day: date, number: int) -> VisitRecord:
    """A usual infusion of nobody in particular, in any chair."""
    return replace(_NOBODY, visit=f"more-{number}", day=day, planned_start=start, opened_at=start)


_EPOCH: Final = at_local(date(2000, 1, 1), time(0), "UTC")
_BLANK: Final[dict[str, Any]] = dict.fromkeys(VisitRecord.__struct_fields__)
_TEXTS: Final = (
    *("visit", "appointment", "family", "given", "record_number", "patient_id", "course"),
    *("side_effect", "stop_why", "oral_prescribed_by", "oral_dose"),
)
_FLAGS: Final = ("is_open", "experienced", "stopped_early", "off", "oral_taught")
_NOBODY: Final = VisitRecord(
    **_BLANK
    | dict.fromkeys(_TEXTS, "")
    | dict.fromkeys(_FLAGS, False)
    | {
        "version": 1,
        "phase": "planned",
        "day": date(2000, 1, 1),
        "planned_start": _EPOCH,
        "opened_at": _EPOCH,
    }
)
