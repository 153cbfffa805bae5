"""Keeping a visit and its course in step: what a changed plan, or a rewritten past, means for the course's day."""

from __future__ import annotations

from msgspec.structs import replace

from infusionroom.domain import booking
from infusionroom.domain import events as ev
from infusionroom.domain.course_days import DayState
from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.decide.asked import Asked, NotAllowed, refuse
from infusionroom.domain.decide.course_end import LONGEST_WHY
from infusionroom.domain.decide.placing import (
    Place,
    day_to_come,
    file_of,
    must_fit,
    named,
    out_of_order,
    patient_of,
)
from infusionroom.domain.journal import Draft
from infusionroom.domain.outcome import Reason
from infusionroom.domain.visit import NOT_COMING, Phase, Visit, stream_of


def of_a_patient(asked: Asked, plan: ev.Plan) -> ev.Plan:
    """A plan that says whose it is names them as their file does. Raises `NotAllowed` for an unknown patient."""
    if not plan.patient_id:
        return plan
    patient = patient_of(asked, plan.patient_id)
    return replace(plan, patient_id=patient.id, patient=named(asked, patient, plan.patient))


def landed(asked: Asked, visit_id: str, plan: ev.Plan) -> list[Draft]:
    """A new visit that is an open day of a course, as when a sender's appointment lands on it."""
    file = file_of(asked, plan.course_id)
    if plan.course is None:
        raise refuse("day", "Plan: say which day of the course it is.")
    day = day_to_come(file, plan.course.day, DayState.OPEN, DayState.UNDECIDED)
    if plan.patient_id and patient_of(asked, plan.patient_id).id != file.patient.id:
        raise refuse("other_person", "Plan: the course is another patient's.")
    minutes = plan.duration_min or file.course.archetype.chair_min
    place = Place(day.number, plan.start, plan.chair, minutes)
    if plan.source or plan.walk_in:
        _must_be_in_order(asked, file, place)
    else:
        must_fit(asked, file, file.patient, [place], plan.overbooked)
    plan = of_a_patient(
        asked,
        replace(
            plan,
            patient_id=file.patient.id,
            duration_min=minutes,
            course=ev.CourseDay(day=day.number, of=file.course.of),
        ),
    )
    booked = ev.DayBooked(day=day.number, visit=visit_id, start=plan.start, chair=plan.chair)
    return [
        Draft(stream_of(visit_id), ev.VisitPlanned(plan=plan), asked.at),
        asked.to_course(file.course.id, ev.DayTaken(booked=booked)),
    ]


def carried(asked: Asked, visit: Visit, plan: ev.Plan) -> ev.Plan:
    """The new plan of a visit: whose it is, and which day of which course, is not changed by a plan.

    Raises `NotAllowed` where a person tries to; what a sender calls the patient is kept as it was sent, unless it is
    surely somebody else.
    """
    old = visit.plan
    if plan.course_id not in ("", old.course_id):
        raise refuse(
            "course", "Change plan: take the visit as a day of its course, on the course's own screen."
        )
    if not old.patient_id or (plan.patient_id not in ("", old.patient_id) and not old.course_id):
        return of_a_patient(asked, plan)
    if plan.patient_id and patient_of(asked, plan.patient_id).id != patient_of(asked, old.patient_id).id:
        raise refuse(
            "other_person", "Change plan: the course is another patient's; plan a visit for this one."
        )
    if plan.source and _surely_another(old.patient, plan.patient):
        raise refuse(
            "other_person",
            "Change plan: the sender now names somebody else, with another record number or birth date. Cancel this "
            "visit and plan another.",
        )
    same_name = _identity(plan.patient) == _identity(old.patient)
    if not plan.source and not same_name:
        raise refuse("patient", "Change plan: names and birth dates are changed in the patient's file.")
    return replace(
        plan,
        patient=old.patient if same_name else plan.patient,
        patient_id=old.patient_id,
        course_id=old.course_id,
        course=_as_of_now(asked, old) if old.course_id else plan.course,
        chair=plan.chair if plan.chair is not None or plan.start != old.start else old.chair,
    )


def _as_of_now(asked: Asked, plan: ev.Plan) -> ev.CourseDay | None:
    """The visit's day of its course; of how many may have changed since it was planned."""
    if plan.course is None:
        return None
    return replace(plan.course, of=asked.course(plan.course_id).of)


def followed(asked: Asked, visit: Visit, plan: ev.Plan, why: str) -> list[Draft]:
    """What the course says of a visit's new plan: its day has moved, or is booked again.

    Raises `NotAllowed` where the day is held by another visit by now, or, moved by hand, would leave its order.
    """
    if not plan.course_id or plan.course is None:
        return []
    file, number = file_of(asked, plan.course_id), plan.course.day
    if visit.phase not in NOT_COMING and plan.start == visit.plan.start and plan.chair == visit.plan.chair:
        return []
    booked = file.course.day(number)
    if file.course.stopped is not None and not visit.here:
        raise refuse("over", "Change plan: the course was stopped. Extend it, or book a new one.")
    if booked is None or (booked.visit and booked.visit != visit.id and not booked.omitted):
        raise refuse("day", f"Change plan: day {number} of the course is booked otherwise by now.")
    if not _by_sender(visit.plan, plan):
        place = Place(number, plan.start, plan.chair, plan.duration_min or file.course.archetype.chair_min)
        _must_be_in_order(asked, file, place)
    if booked.visit != visit.id or booked.omitted:
        day = ev.DayBooked(day=number, visit=visit.id, start=plan.start, chair=plan.chair)
        return [asked.to_course(file.course.id, ev.DayTaken(booked=day, why=why))]
    if (booked.start, booked.chair) == (plan.start, plan.chair):
        return []
    body = ev.DayDeferred(
        day=number, to=plan.start, chair=plan.chair, why=why.strip()[:LONGEST_WHY] or "moved"
    )
    return [asked.to_course(file.course.id, body)]


def must_be_seated(asked: Asked, plan: ev.Plan, before: Visit | None = None) -> None:
    """Raises `NotAllowed` where a visit planned by hand is more than the room can seat, and nobody says why.

    A sender's appointment, and somebody who stands at the door, are facts: they are shown and never refused.
    """
    if plan.walk_in or plan.overbooked.strip():
        return
    if plan.source and (before is None or _by_sender(before.plan, plan)):
        return
    found = _problems(asked, plan, before)
    if full := [reason for reason in found if reason.rule == "full"]:
        raise NotAllowed(*full)


def chair_kept(asked: Asked, visit: Visit, plan: ev.Plan) -> ev.Plan:
    """A visit that moves to another time takes its chair along only where that one is known to be free then."""
    old = visit.plan
    if plan.chair is None or plan.chair != old.chair or plan.start == old.start:
        return plan
    taken = _by_sender(old, plan) or any(
        reason.rule == "chair_booked" for reason in _problems(asked, plan, visit, plan.chair)
    )
    return replace(plan, chair=None) if taken else plan


def _problems(
    asked: Asked, plan: ev.Plan, before: Visit | None, chair: int | None = None
) -> tuple[Reason, ...]:
    clinic, experience = asked.clinic, plan.patient.infusions_before or 0
    experienced = experience >= clinic.rules.recovery.experienced_after_infusions
    wanted = booking.Wanted(
        plan.start,
        plan.duration_min or clinic.rules.dose.duration_min,
        booking.recovery_min(clinic, experienced=experienced),
        chair,
        visit=before.id if before is not None else "",
    )
    rows = asked.room.booked.values()
    return booking.problems(clinic, asked.room.holidays, rows, (wanted,), now=asked.now)


def must_stay_in_step(asked: Asked, before: Visit, after: Visit) -> None:
    """Raises `NotAllowed` where taking an entry back would part a visit from its course's day."""
    old, new = before.plan, after.plan
    if old.course_id != new.course_id or (
        old.course_id and (old.start, old.course) != (new.start, new.course)
    ):
        raise refuse(
            "course", "Undo: the course was changed with it. Defer the day, take it, or omit it instead."
        )
    back = after.phase not in NOT_COMING | {Phase.LEFT} and before.phase != after.phase
    if not new.course_id or not back:
        return
    file = file_of(asked, new.course_id)
    booked = file.course.day_of(after.id)
    ended = file.course.stopped is not None and after.phase is Phase.PLANNED
    counted = new.course is not None and new.course.of == file.course.of
    if booked is None or booked.omitted or ended or not counted:
        raise refuse(
            "course",
            "Undo: the course has gone on without this visit. Take the day again, or extend the course.",
        )


def _must_be_in_order(asked: Asked, file: CourseFile, place: Place) -> None:
    if reasons := tuple(out_of_order(asked, file.days, [place])):
        raise NotAllowed(*reasons)


def _by_sender(old: ev.Plan, new: ev.Plan) -> bool:
    """Whether a sender speaks, and not somebody at the desk who edits what a sender once sent."""
    return bool(new.source) and (new.sent_at is None or new.sent_at != old.sent_at)


def _identity(patient: ev.Patient) -> tuple[object, ...]:
    return patient.family, patient.given, patient.birth_date, patient.record_number


def _surely_another(one: ev.Patient, other: ev.Patient) -> bool:
    if one.record_number and other.record_number:
        return one.record_number != other.record_number
    return bool(one.birth_date and other.birth_date and one.birth_date != other.birth_date)
