"""Deciding on the schedule: plan, change, cancel, no-show, entered in error."""

from __future__ import annotations

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.day import clinic_day
from infusionroom.domain.decide.asked import Asked, NotAllowed, refuse
from infusionroom.domain.decide.person import person_problems
from infusionroom.domain.journal import Draft
from infusionroom.domain.visit import stream_of, visit_id_of

FIRST_YEAR, LAST_YEAR = 2000, 2199
LONGEST_COURSE_DAYS = 366
LONGEST_BOOKING_MIN = 24 * 60


def plan_visit(asked: Asked, command: cmd.PlanVisit) -> list[Draft]:
    """A new visit; a walk-in has arrived with it."""
    plan = _sound(asked, command.plan)
    key = plan.appointment.key if plan.appointment else asked.command_id
    visit_id = visit_id_of(key)
    if visit_id in asked.room.visits:
        raise refuse("already_planned", f"This appointment ({key}) is already planned as visit {visit_id}.")
    stream = stream_of(visit_id)
    drafts = [Draft(stream, ev.VisitPlanned(plan=plan), asked.at)]
    if plan.walk_in:
        drafts.append(Draft(stream, ev.Arrived(), asked.at))
    return drafts


def change_plan(asked: Asked, command: cmd.ChangePlan) -> list[Draft]:
    visit = asked.visit(command.visit)
    plan = _sound(asked, command.plan)
    if plan == visit.plan and visit.phase not in ("cancelled", "no_show", "entered_in_error"):
        raise refuse("unchanged", "The plan already says so.")
    return [asked.happens(visit, ev.PlanChanged(plan=plan, why=command.why))]


def cancel(asked: Asked, command: cmd.CancelVisit) -> list[Draft]:
    return [asked.happens(asked.visit(command.visit), ev.VisitCancelled(why=command.why))]


def no_show(asked: Asked, command: cmd.MarkNoShow) -> list[Draft]:
    return [asked.happens(asked.visit(command.visit), ev.NotShown(why=command.why))]


def entered_in_error(asked: Asked, command: cmd.MarkEnteredInError) -> list[Draft]:
    return [asked.happens(asked.visit(command.visit), ev.EnteredInError(why=command.why))]


def _sound(asked: Asked, plan: ev.Plan) -> ev.Plan:
    """The plan, if a person can have it."""
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
