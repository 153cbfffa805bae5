"""Placing the days of a course: ahead of now, in their order, where the room has a chair, each held by a visit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from infusionroom.domain import booking
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.course_days import CourseDay, DayState
from infusionroom.domain.course_file import CourseFile, course_file
from infusionroom.domain.day import clinic_day
from infusionroom.domain.decide.asked import Asked, NotAllowed, refuse
from infusionroom.domain.decide.sound_plan import sound
from infusionroom.domain.journal import Draft
from infusionroom.domain.outcome import Reason
from infusionroom.domain.patient import Patient
from infusionroom.domain.visit import NOT_COMING, Phase, Visit, stream_of, visit_id_of
from infusionroom.domain.working_days import day_text

# A day that lies somewhere; one that is open, omitted or undecided stands in nobody's way.
_LIES = (DayState.HELD, DayState.HERE, DayState.PLANNED)


class Place(msgspec.Struct, frozen=True):
    """Where day `number` is to lie; `visit` is the one that holds it already, or becomes it.

    `given` says that the visit was named by the command: it was there before it was of this course.
    """

    number: int
    start: datetime
    chair: int | None
    infusion_min: int
    visit: Visit | None = None
    given: bool = False

    @property
    def stays_put(self) -> bool:
        """Whether nothing new is booked: the person is here, or the booking remains what it was."""
        if self.visit is None or self.visit.phase in NOT_COMING:
            return False
        plan = self.visit.plan
        same_chair = self.given or plan.chair == self.chair
        return self.begun or (plan.start == self.start and same_chair)

    @property
    def begun(self) -> bool:
        """Whether the person came: nobody books that any more."""
        return self.visit is not None and (self.visit.here or self.visit.phase is Phase.LEFT)


def file_of(asked: Asked, course_id: str) -> CourseFile:
    """The course with its patient and days. Raises `NotAllowed` where it is unknown."""
    course = asked.course(course_id)
    patient = patient_of(asked, course.patient)
    return course_file(course, patient, asked.room.visits_of(patient.id).values(), asked.clinic)


def patient_of(asked: Asked, patient_id: str) -> Patient:
    """The patient whose file holds for this id. Raises `NotAllowed` where there is none."""
    patient = asked.room.patient(patient_id)
    if patient is None:
        raise refuse("unknown_patient", f"There is no patient {patient_id[:100]!r}: register them first.")
    return patient


def infusions_before(asked: Asked, patient: Patient) -> int | None:
    """How many infusions the patient had, here and elsewhere, as far as known."""
    here = sum(1 for row in asked.room.visits_of(patient.id).values() if row.started_at is not None)
    elsewhere = patient.file.infusions_elsewhere
    return None if elsewhere is None and not here else (elsewhere or 0) + here


def named(asked: Asked, patient: Patient, said: ev.Patient | None = None) -> ev.Patient:
    """The patient as a plan names them; what a sender `said` of infusions holds where nothing else is known."""
    count = infusions_before(asked, patient)
    if count is None and said is not None:
        count = said.infusions_before
    return patient.as_planned(count)


def day_to_come(file: CourseFile, number: int, *states: DayState) -> CourseDay:
    """Day `number`, which must be still to come (in one of `states`, where they are given). Raises `NotAllowed`."""
    day = next((d for d in file.days if d.number == number), None)
    if day is None:
        raise refuse("day", f"The course has no day {number}: it is of {file.course.of} days.")
    if file.course.stopped is not None:
        raise refuse("over", "The course was stopped: extend it, or book a new one.")
    if day.state not in (states or (DayState.PLANNED, DayState.OPEN, DayState.UNDECIDED)):
        raise refuse("day_state", f"Day {number} {_STATE_SAID[day.state]}.")
    return day


_STATE_SAID = {
    DayState.HELD: "was held: it cannot be moved any more",
    DayState.HERE: "takes place now: the person is here",
    DayState.PLANNED: "is already booked: defer it to move it",
    DayState.OPEN: "is open already",
    DayState.OMITTED: "is omitted: extend the course if another day is wanted",
    DayState.UNDECIDED: "did not take place",
}


def place_of(
    asked: Asked, patient: Patient, wanted: cmd.DayWanted, infusion_min: int, held_by: Visit | None = None
) -> Place:
    """Where a wanted day comes to lie; a visit that is already begun keeps its time. Raises `NotAllowed`."""
    if not wanted.visit:
        return Place(wanted.day, wanted.start, wanted.chair, infusion_min, held_by)
    if held_by is not None:
        raise refuse("visit", f"Day {wanted.day} has a visit of its own: defer that one until it is open.")
    visit = asked.visit(wanted.visit)
    _must_be_theirs(asked, patient, visit)
    place = Place(wanted.day, wanted.start, wanted.chair, infusion_min, visit, given=True)
    if not place.begun:
        return place
    return replace(place, start=visit.plan.start, chair=wanted.chair or visit.plan.chair)


def _must_be_theirs(asked: Asked, patient: Patient, visit: Visit) -> None:
    plan, file = visit.plan, patient.file
    if plan.course_id:
        raise refuse("visit", f"Visit {visit.id} is already a day of a course.")
    if visit.phase in NOT_COMING or (visit.phase is Phase.LEFT and visit.infusion is None):
        raise refuse("visit", f"Visit {visit.id} did not take place: it becomes no day of a course.")
    known = asked.room.patient(plan.patient_id) if plan.patient_id else None
    said, holds = plan.patient, file
    differs = (
        (said.record_number and holds.record_number and said.record_number != holds.record_number)
        or (said.birth_date and holds.birth_date and said.birth_date != holds.birth_date)
        or (known is not None and known.id != patient.id)
    )
    if differs:
        raise refuse(
            "other_person",
            f"Visit {visit.id} is of {said.family}, with another record number or birth date than the course's "
            f"patient {holds.family}: look at both before it is assigned.",
        )


def must_fit(
    asked: Asked, file: CourseFile | None, patient: Patient, places: Sequence[Place], overbooked: str
) -> frozenset[int]:
    """Raises `NotAllowed` with everything that stands in the way of these places.

    Returns the numbers of the days that are booked although the room is full then; `overbooked` says why.
    """
    days = file.days if file is not None else ()
    disorder = list(out_of_order(asked, days, places))
    reasons = [*_past(asked, places), *disorder]
    full = _crowded(asked, patient, places)
    for _, found in full:
        # Two days of one course on one day are out of order already: that is said once.
        said = found in reasons or (found.rule == "same_day" and disorder)
        if not said and not (found.overridable and overbooked.strip()):
            reasons.append(found)
    if reasons:
        raise NotAllowed(*reasons)
    return frozenset(number for number, _ in full)


def _past(asked: Asked, places: Iterable[Place]) -> Iterable[Reason]:
    today = clinic_day(asked.now, asked.clinic.timezone)
    for place in places:
        day = clinic_day(place.start, asked.clinic.timezone)
        begun = place.given and (day == today or place.begun)
        if place.start < asked.now and not begun:
            yield Reason(
                "past", f"Day {place.number}: {day_text(day)} at that time is over. Choose a later start."
            )


def out_of_order(asked: Asked, days: Iterable[CourseDay], places: Sequence[Place]) -> Iterable[Reason]:
    """Day n lies on a later clinic day than day n - 1, whatever was moved."""
    moved = {place.number: place.start for place in places}
    lies = {d.number: d.start for d in days if d.start is not None and d.state in _LIES} | moved
    on = {number: clinic_day(start, asked.clinic.timezone) for number, start in sorted(lies.items())}
    for first, second in pairwise(on):
        if on[first] < on[second] or not {first, second} & set(moved):
            continue
        if second in moved and first in moved:
            text = f"Day {second} must lie on a later day than day {first} ({day_text(on[first])})."
        elif first in moved:
            text = f"Day {second} is on {day_text(on[second])}: move it along, or take an earlier day."
        else:
            text = (
                f"Day {second} comes after day {first}, which is on {day_text(on[first])}: take a later day."
            )
        yield Reason("order", text)


def _crowded(asked: Asked, patient: Patient, places: Sequence[Place]) -> list[tuple[int, Reason]]:
    clinic, room = asked.clinic, asked.room
    own = {known for known in room.patients if (p := room.patient(known)) is not None and p.id == patient.id}
    moved = {place.visit.id for place in places if place.visit is not None}
    rows = [row for key, row in {**room.booked, **room.visits_of(patient.id)}.items() if key not in moved]
    experienced = (infusions_before(asked, patient) or 0) >= clinic.rules.recovery.experienced_after_infusions
    recovery = booking.recovery_min(clinic, experienced=experienced)
    return [
        (place.number, reason)
        for place in places
        if not place.stays_put
        for reason in booking.problems(
            clinic,
            room.holidays,
            rows,
            (booking.Wanted(place.start, place.infusion_min, recovery, place.chair),),
            patient_ids=own,
            now=asked.now,
        )
    ]


def hold(
    asked: Asked,
    course_id: str,
    of: int,
    patient: Patient,
    place: Place,
    *,
    overbooked: str = "",
    why: str = "",
) -> tuple[ev.DayBooked, Draft]:
    """The day as booked, and the visit's entry that says so: a new visit, or the plan of the one there is."""
    course = ev.CourseDay(day=place.number, of=of)
    said = place.visit.plan.patient if place.visit is not None else None
    person = named(asked, patient, said)
    known = place.visit.plan if place.visit is not None else ev.Plan(patient=person, start=place.start)
    plan = sound(
        asked,
        replace(
            known,
            patient=person,
            start=place.start,
            duration_min=place.infusion_min,
            course=course,
            patient_id=patient.id,
            course_id=course_id,
            chair=place.chair,
            overbooked=overbooked or (known.overbooked if place.stays_put else ""),
        ),
    )
    if place.visit is not None:
        visit_id = place.visit.id
        draft = asked.happens(place.visit, ev.PlanChanged(plan=plan, why=why))
    else:
        visit_id = _new_visit(asked, course_id, place.number)
        draft = Draft(stream_of(visit_id), ev.VisitPlanned(plan=plan), asked.at)
    return ev.DayBooked(day=place.number, visit=visit_id, start=place.start, chair=place.chair), draft


def _new_visit(asked: Asked, course_id: str, number: int) -> str:
    """A day that is booked a second time needs a visit of its own: the first one stays what it was."""
    first = visit_id_of(f"{course_id}/{number}")
    return (
        first if first not in asked.room.visits else visit_id_of(f"{course_id}/{number}/{asked.command_id}")
    )


def numbered(wanted: Sequence[cmd.DayWanted], numbers: Collection[int], text: str) -> None:
    """Raises `NotAllowed` where the wanted days are not exactly these, in this order."""
    if [day.day for day in wanted] != list(numbers):
        raise refuse("days", text)
