"""Deciding on a course's calendar: book it, defer a day, give an open day its date, extend it."""

from __future__ import annotations

from itertools import pairwise

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.course_days import CourseDay, DayState, days_of, over
from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.day import clinic_day
from infusionroom.domain.decide.asked import Asked, NotAllowed, refuse
from infusionroom.domain.decide.course_end import freed
from infusionroom.domain.decide.placing import (
    Place,
    day_to_come,
    file_of,
    hold,
    must_fit,
    numbered,
    patient_of,
    place_of,
)
from infusionroom.domain.decide.sound_plan import LONGEST_COURSE_DAYS
from infusionroom.domain.decide.target import target_as_kept, target_problems
from infusionroom.domain.journal import Draft
from infusionroom.domain.patient import Patient
from infusionroom.domain.visit import visit_id_of
from infusionroom.domain.working_days import day_text


def book(asked: Asked, command: cmd.BookCourse) -> list[Draft]:
    """A new course with a visit for each of its days."""
    patient = _bookable(asked, command.patient)
    kind = asked.clinic.archetypes.get(command.archetype)
    if kind is None:
        known = ", ".join(f"“{name}”" for name in asked.clinic.archetypes)
        raise refuse("archetype", f"There is no kind of course “{command.archetype}”: there are {known}.")
    if not command.days or len(command.days) > kind.days:
        raise refuse("days", f"“{kind.name}” has 1 to {kind.days} days; {len(command.days)} are given.")
    numbered(command.days, range(1, len(command.days) + 1), "Number the days from 1, in their order.")
    if not command.prescriber.strip():
        raise refuse("prescriber", "Book: say which physician prescribes the course.")
    if problems := target_problems(command.target or kind.target, asked.rules):
        raise NotAllowed(*problems)
    course_id = visit_id_of(f"course/{asked.command_id}")
    places = [place_of(asked, patient, wanted, kind.chair_min) for wanted in command.days]
    _must_not_run_together(asked, patient, places)
    full = must_fit(asked, None, patient, places, command.overbooked)
    booked, drafts = _held(asked, course_id, len(places), patient, places, full, command.overbooked)
    body = ev.CourseBooked(
        patient=patient.id,
        archetype=kind,
        target=target_as_kept(command.target or kind.target),
        prescriber=command.prescriber,
        days=booked,
        overbooked=command.overbooked if full else "",
    )
    return [asked.to_course(course_id, body), *drafts]


def defer(asked: Asked, command: cmd.DeferDay) -> list[Draft]:
    """The day moves, and with it the later ones that are named; or it is left open and its chair is free."""
    file = file_of(asked, command.course)
    day = day_to_come(file, command.day)
    if not command.to:
        return _opened(asked, file, day, command.why)
    _must_be_this_and_later(command)
    moving = [(day_to_come(file, wanted.day), wanted) for wanted in command.to]
    places = [_place(asked, file, known, wanted) for known, wanted in moving]
    if all(place.stays_put for place in places):
        raise refuse("unchanged", f"Day {command.day} is already booked so.")
    full = must_fit(asked, file, file.patient, places, command.overbooked)
    drafts: list[Draft] = []
    for (known, _), place in zip(moving, places, strict=True):
        if place.stays_put:
            continue
        drafts += _moved(
            asked, file, known, place, command.why, command.overbooked if place.number in full else ""
        )
    return drafts


def take(asked: Asked, command: cmd.TakeDay) -> list[Draft]:
    """A day that is open, or did not take place, has a date; or a visit that was to be assigned becomes it."""
    file = file_of(asked, command.course)
    day = day_to_come(file, command.wanted.day, DayState.OPEN, DayState.UNDECIDED)
    place = _place(asked, file, day, command.wanted)
    full = must_fit(asked, file, file.patient, [place], command.overbooked)
    return _moved(asked, file, day, place, command.why, command.overbooked if full else "")


def extend(asked: Asked, command: cmd.ExtendCourse) -> list[Draft]:
    """Further days after the last. A course that was stopped, or was over, goes on with them."""
    file = file_of(asked, command.course)
    course, patient = file.course, file.patient
    if course.follow_up_closed is not None:
        raise refuse("closed", "Extend: the follow-up of this course is closed. Book a new course.")
    first, last = course.of + 1, course.of + len(command.days)
    if not command.days or last > LONGEST_COURSE_DAYS:
        raise refuse("days", f"Extend: give 1 to {LONGEST_COURSE_DAYS - course.of} further days.")
    numbered(command.days, range(first, last + 1), f"Number the further days from {first}, in their order.")
    places = [place_of(asked, patient, wanted, course.archetype.chair_min) for wanted in command.days]
    _must_not_run_together(asked, patient, places, besides=course.id)
    full = must_fit(asked, file, patient, places, command.overbooked)
    booked, drafts = _held(asked, course.id, last, patient, places, full, command.overbooked)
    body = ev.CourseExtended(
        days=booked, why=command.why, prescriber=command.prescriber.strip() or course.prescriber
    )
    return [asked.to_course(course.id, body), *_renumbered(asked, file, last, command.why), *drafts]


def _bookable(asked: Asked, patient_id: str) -> Patient:
    patient = patient_of(asked, patient_id)
    if patient.id != patient_id:
        raise refuse(
            "merged", f"This file is a duplicate: book for {patient.file.family}, patient {patient.id}."
        )
    return patient


def _must_not_run_together(asked: Asked, patient: Patient, places: list[Place], besides: str = "") -> None:
    """Raises `NotAllowed`, naming the course, where another of this patient lies in the same time."""
    timezone = asked.clinic.timezone
    wanted = [clinic_day(place.start, timezone) for place in places]
    rows = asked.room.visits_of(patient.id).values()
    for course in asked.room.courses.values():
        holds = asked.room.patient(course.patient)
        if course.id == besides or holds is None or holds.id != patient.id:
            continue
        days = days_of(course, rows)
        lie = [clinic_day(d.start, timezone) for d in days if d.start and d.state is not DayState.OMITTED]
        if over(course, days) or not lie or min(wanted) > max(lie) or max(wanted) < min(lie):
            continue
        raise refuse(
            "running_course",
            f"{patient.file.family} has a course of “{course.archetype.name}” from {day_text(min(lie))} to "
            f"{day_text(max(lie))}: extend it, stop it, or begin after it.",
            visits=[day.visit.visit for day in days if day.visit is not None],
        )


def _held(
    asked: Asked,
    course_id: str,
    of: int,
    patient: Patient,
    places: list[Place],
    full: frozenset[int],
    overbooked: str,
) -> tuple[tuple[ev.DayBooked, ...], list[Draft]]:
    pairs = [
        hold(asked, course_id, of, patient, place, overbooked=overbooked if place.number in full else "")
        for place in places
    ]
    return tuple(booked for booked, _ in pairs), [draft for _, draft in pairs]


def _must_be_this_and_later(command: cmd.DeferDay) -> None:
    numbers = [wanted.day for wanted in command.to]
    if numbers[0] != command.day or any(b <= a for a, b in pairwise(numbers)):
        raise refuse(
            "days",
            f"Defer: name day {command.day} first, then the later days that move along, in their order.",
        )


def _opened(asked: Asked, file: CourseFile, day: CourseDay, why: str) -> list[Draft]:
    if day.state is DayState.OPEN:
        raise refuse("unchanged", f"Day {day.number} is open already.")
    body = ev.DayDeferred(day=day.number, to=None, why=why)
    return [*freed(asked, [day], f"deferred: {why}"), asked.to_course(file.course.id, body)]


def _place(asked: Asked, file: CourseFile, day: CourseDay, wanted: cmd.DayWanted) -> Place:
    """A booked day keeps its visit; an open one, or one that did not take place, gets one of its own."""
    held_by = asked.visit(day.visit.visit) if day.visit and day.state is DayState.PLANNED else None
    return place_of(asked, file.patient, wanted, file.course.archetype.chair_min, held_by)


def _moved(
    asked: Asked, file: CourseFile, day: CourseDay, place: Place, why: str, overbooked: str
) -> list[Draft]:
    course = file.course
    booked, draft = hold(asked, course.id, course.of, file.patient, place, overbooked=overbooked, why=why)
    if day.state is DayState.PLANNED:
        body: ev.Event = ev.DayDeferred(day=day.number, to=place.start, chair=place.chair, why=why)
    else:
        body = ev.DayTaken(booked=booked, why=why)
    return [asked.to_course(course.id, body), draft]


def _renumbered(asked: Asked, file: CourseFile, of: int, why: str) -> list[Draft]:
    """Whoever is here or is still to come sees of how many days the course is now."""
    drafts = []
    for day in file.days:
        if day.visit is None or day.state not in (DayState.PLANNED, DayState.HERE):
            continue
        visit = asked.visit(day.visit.visit)
        plan = replace(visit.plan, course=ev.CourseDay(day=day.number, of=of))
        drafts.append(asked.happens(visit, ev.PlanChanged(plan=plan, why=f"course extended: {why}"[:2000])))
    return drafts
