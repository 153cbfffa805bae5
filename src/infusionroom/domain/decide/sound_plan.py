"""What every plan is held to, whoever makes it: a name, a time, a length that a person can have."""

from __future__ import annotations

from infusionroom.domain import events as ev
from infusionroom.domain.day import clinic_day
from infusionroom.domain.decide.asked import Asked, NotAllowed, refuse
from infusionroom.domain.decide.person import person_problems

FIRST_YEAR, LAST_YEAR = 2000, 2199
LONGEST_COURSE_DAYS = 366
LONGEST_BOOKING_MIN = 24 * 60


def sound(asked: Asked, plan: ev.Plan) -> ev.Plan:
    """The plan, if a person can have it. Raises `NotAllowed`."""
    patient = plan.patient
    today = clinic_day(asked.now, asked.clinic.timezone)
    if problems := person_problems(patient.family, patient.given, patient.birth_date, today):
        raise NotAllowed(*problems)
    if plan.start.tzinfo is None:
        raise refuse("start", "The planned start needs its offset from UTC.")
    if not FIRST_YEAR <= plan.start.year <= LAST_YEAR:
        raise refuse("start", f"A visit is planned for a year from {FIRST_YEAR} to {LAST_YEAR}.")
    if plan.appointment and not (plan.appointment.placer.strip() or plan.appointment.filler.strip()):
        raise refuse("appointment", "An appointment needs the sender's placer or filler id, or is left out.")
    if plan.duration_min and plan.duration_min > LONGEST_BOOKING_MIN:
        raise refuse("duration", f"A visit is booked for at most {LONGEST_BOOKING_MIN} minutes.")
    if plan.course and plan.course.of > LONGEST_COURSE_DAYS:
        raise refuse("course", f"A course has at most {LONGEST_COURSE_DAYS} days.")
    if plan.course and plan.course.day > plan.course.of:
        raise refuse("course", f"Day {plan.course.day} of a course of {plan.course.of} days does not exist.")
    return plan
