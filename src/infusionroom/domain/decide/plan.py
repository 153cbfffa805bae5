"""Deciding on the schedule: plan, change, cancel, no-show, entered in error; of a course's day also what follows."""

from __future__ import annotations

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.decide.asked import Asked, refuse
from infusionroom.domain.decide.course_end import left_open, rest_of
from infusionroom.domain.decide.course_step import (
    carried,
    chair_kept,
    followed,
    landed,
    must_be_seated,
    of_a_patient,
)
from infusionroom.domain.decide.sound_plan import sound
from infusionroom.domain.journal import Draft
from infusionroom.domain.visit import NOT_COMING, Phase, stream_of, visit_id_of


def plan_visit(asked: Asked, command: cmd.PlanVisit) -> list[Draft]:
    """A new visit; a walk-in has arrived with it, and one that names a course's open day becomes that day."""
    plan = sound(asked, command.plan)
    key = plan.appointment.key if plan.appointment else asked.command_id
    visit_id = visit_id_of(key)
    if visit_id in asked.room.visits:
        raise refuse("already_planned", f"This appointment ({key}) is already planned as visit {visit_id}.")
    if plan.course_id:
        drafts = landed(asked, visit_id, plan)
    else:
        must_be_seated(asked, plan)
        drafts = [Draft(stream_of(visit_id), ev.VisitPlanned(plan=of_a_patient(asked, plan)), asked.at)]
    if plan.walk_in:
        drafts.append(Draft(stream_of(visit_id), ev.Arrived(), asked.at))
    return drafts


def change_plan(asked: Asked, command: cmd.ChangePlan) -> list[Draft]:
    """A whole new plan; a course's day moves along with it."""
    visit = asked.visit(command.visit)
    plan = chair_kept(asked, visit, carried(asked, visit, sound(asked, command.plan)))
    if plan == visit.plan and visit.phase not in NOT_COMING:
        raise refuse("unchanged", "The plan already says so.")
    changed = asked.happens(visit, ev.PlanChanged(plan=plan, why=command.why))
    if visit.phase is Phase.LEFT and not _only_assigned(visit.plan, plan):
        raise refuse("phase", "Change plan: the visit is over; only whose it was can still be said.")
    if plan.start != visit.plan.start:
        must_be_seated(asked, plan, visit)
    return [changed, *followed(asked, visit, plan, command.why)]


def cancel(asked: Asked, command: cmd.CancelVisit) -> list[Draft]:
    visit = asked.visit(command.visit)
    ending = asked.happens(visit, ev.VisitCancelled(why=command.why))
    return rest_of(asked, visit, ending, command.rest, "cancelled", command.why)


def no_show(asked: Asked, command: cmd.MarkNoShow) -> list[Draft]:
    visit = asked.visit(command.visit)
    ending = asked.happens(visit, ev.NotShown(why=command.why))
    return rest_of(asked, visit, ending, command.rest, "no-show", command.why)


def entered_in_error(asked: Asked, command: cmd.MarkEnteredInError) -> list[Draft]:
    visit = asked.visit(command.visit)
    ending = asked.happens(visit, ev.EnteredInError(why=command.why))
    return left_open(asked, visit, ending, command.why)


def _only_assigned(old: ev.Plan, new: ev.Plan) -> bool:
    return new.patient_id != old.patient_id and old == replace(
        new, patient=old.patient, patient_id=old.patient_id
    )
