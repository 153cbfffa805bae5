"""The calendar behind a form that moves days: what is booked, what is closed, and what the planner proposes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from infusionroom.domain import commands as cmd
from infusionroom.domain.booking import Wanted, problems, recovery_min
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.course_days import CourseDay, DayState
from infusionroom.domain.course_file import CourseFile, PatientHistory
from infusionroom.domain.day import clinic_day
from infusionroom.domain.outcome import Reason
from infusionroom.domain.proposal import Proposal, Request, Slot, propose, slots_on, why_no_slot
from infusionroom.domain.record import VisitRecord

# Number, start and chair of days that keep their place.
Standing = tuple[tuple[int, datetime, int | None], ...]


@dataclass(frozen=True)
class Calendar:
    """What was read from the store when the form was opened. `now` is the moment from which days are proposed."""

    clinic: Clinic
    holidays: Mapping[date, str]
    booked: tuple[VisitRecord, ...]
    file: CourseFile
    history: PatientHistory
    now: datetime
    _slots: dict[tuple[date, tuple[int, ...]], tuple[Slot, ...]] = field(default_factory=dict)
    _proposals: dict[tuple[object, ...], Proposal] = field(default_factory=dict)
    _objections: dict[tuple[cmd.DayWanted, ...], tuple[Reason, ...]] = field(default_factory=dict)

    @property
    def infusion_min(self) -> int:
        return self.file.course.archetype.chair_min

    @property
    def experienced(self) -> bool:
        total = self.history.infusions_here + (self.history.patient.file.infusions_elsewhere or 0)
        return total >= self.clinic.rules.recovery.experienced_after_infusions

    @property
    def recovery_min(self) -> int:
        return recovery_min(self.clinic, experienced=self.experienced)

    @property
    def patient_ids(self) -> tuple[str, ...]:
        return (self.history.patient.id, *(other.id for other in self.history.duplicates))

    def day_of(self, instant: datetime) -> date:
        return clinic_day(instant, self.clinic.timezone)

    def later(self, number: int) -> tuple[CourseDay, ...]:
        """The booked days after this one, which can move along."""
        return tuple(day for day in self.file.days if day.number > number and day.state is DayState.PLANNED)

    def proposed(self, numbers: tuple[int, ...], first: date, fixed: Standing) -> Proposal:
        """Dates, times and chairs for these days of the course, from `first` on; the others stand as they are."""
        key = (numbers, first, fixed)
        if key not in self._proposals:
            self._proposals[key] = propose(
                self.clinic, self.holidays, self.booked, self._request(numbers, first, fixed)
            )
        return self._proposals[key]

    def standing(self, *moved: int) -> Standing:
        """The days of the course that keep their place while `moved` are looked for."""
        states = (DayState.HELD, DayState.HERE, DayState.PLANNED)
        return tuple(
            (day.number, day.start, day.chair)
            for day in self.file.days
            if day.state in states and day.start is not None and day.number not in moved
        )

    def slots(self, day: date, moved: tuple[int, ...]) -> tuple[Slot, ...]:
        """Every start on a day that can be booked for the first of the days that are `moved`."""
        key = (day, moved)
        if key not in self._slots:
            self._slots[key] = slots_on(
                self.clinic, self.holidays, self.booked, day, self._request(moved, day, self._before(moved))
            )
        return self._slots[key]

    def why_none(self, day: date, moved: tuple[int, ...]) -> str:
        """Why nothing can be booked on a day."""
        request = self._request(moved, day, self._before(moved))
        return why_no_slot(self.clinic, self.holidays, self.booked, day, request)

    def _before(self, moved: tuple[int, ...]) -> Standing:
        return tuple(one for one in self.standing(*moved) if one[0] < moved[0])

    def objections(self, wanted: tuple[cmd.DayWanted, ...]) -> tuple[Reason, ...]:
        """Why these days cannot be booked; those that can be over-booked with a reason say so."""
        if wanted not in self._objections:
            self._objections[wanted] = problems(
                self.clinic,
                self.holidays,
                self.booked,
                [
                    Wanted(
                        one.start,
                        self.infusion_min,
                        self.recovery_min,
                        one.chair,
                        self._visits.get(one.day, ""),
                    )
                    for one in wanted
                ],
                patient_ids=self.patient_ids,
                now=self.now,
            )
        return self._objections[wanted]

    @property
    def _visits(self) -> dict[int, str]:
        """The visits that hold the days still to come."""
        planned = (day for day in self.file.days if day.state is DayState.PLANNED)
        return {day.number: day.visit.visit for day in planned if day.visit is not None}

    def _request(self, numbers: tuple[int, ...], first: date, fixed: Standing) -> Request:
        return Request(
            first_day=first,
            days=max(self.file.course.of, *numbers),
            infusion_min=self.infusion_min,
            experienced=self.experienced,
            after=self.now,
            fixed=fixed,
            numbers=numbers,
            visits=tuple(self._visits[n] for n in numbers if n in self._visits),
            patient_ids=self.patient_ids,
        )
