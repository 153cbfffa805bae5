"""Deciding on what was agreed, consented to and answered for a course, and on its target."""

from __future__ import annotations

from datetime import date

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.background import Background
from infusionroom.domain.course_days import held
from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.day import clinic_day
from infusionroom.domain.decide.asked import Asked, NotAllowed, refuse
from infusionroom.domain.decide.consenting import consent_problems
from infusionroom.domain.decide.placing import file_of
from infusionroom.domain.decide.target import target_as_kept, target_problems
from infusionroom.domain.journal import Draft


def change_target(asked: Asked, command: cmd.ChangeTarget) -> list[Draft]:
    """Another target for the days to come; what is ordered already stays as it is."""
    file = file_of(asked, command.course)
    if file.over:
        raise refuse("over", "Target: the course is over; there is no day to come.")
    if problems := target_problems(command.target, asked.rules):
        raise NotAllowed(*problems)
    target = target_as_kept(command.target)
    if target == file.course.target:
        raise refuse("unchanged", "Target: it is so already.")
    body = ev.TargetChanged(target=target, why=command.why, prescriber=command.prescriber)
    return [asked.to_course(command.course, body)]


def agree(asked: Asked, command: cmd.AgreePlan) -> list[Draft]:
    file = file_of(asked, command.course)
    must_not_be_ahead(asked, command.agreed_on, "The plan")
    body = ev.PlanAgreed(physician=command.physician, agreed_on=command.agreed_on, what=command.what)
    return [asked.to_course(file.course.id, body)]


def consent(asked: Asked, command: cmd.AcknowledgeConsent) -> list[Draft]:
    """The version in force, with every clause that this patient acknowledges, by name and date."""
    file = file_of(asked, command.course)
    behind = Background(consents=asked.clinic.consents, patient=file.patient)
    said = (command.version, command.clauses, command.name, command.signed_on)
    if problems := consent_problems(asked, behind, *said):
        raise NotAllowed(*problems)
    in_force = behind.consent(asked.at)
    body = ev.ConsentAcknowledged(
        version=command.version,
        clauses=tuple(clause.key for clause in in_force.clauses if clause.key in command.clauses),
        name=command.name,
        signed_on=command.signed_on,
    )
    return [asked.to_course(command.course, body)]


def rate_pgic(asked: Asked, command: cmd.RatePgic) -> list[Draft]:
    """The change since the course began (Guy 1976), so nothing to rate before its first infusion."""
    file = file_of(asked, command.course)
    must_not_be_ahead(asked, command.rated_on, "PGIC")
    first = first_infusion_on(asked, file)
    if first is None or command.rated_on < first:
        raise refuse("pgic", "PGIC is the change since the course began: it is rated after an infusion.")
    return [asked.to_course(command.course, ev.PgicRated(pgic=command.pgic, rated_on=command.rated_on))]


def first_infusion_on(asked: Asked, file: CourseFile) -> date | None:
    """The clinic day of the course's first infusion; None before it."""
    began = [d.visit.started_at for d in held(file.days) if d.visit is not None and d.visit.started_at]
    return clinic_day(min(began), asked.clinic.timezone) if began else None


def must_not_be_ahead(asked: Asked, day: date, what: str) -> None:
    if day > clinic_day(asked.now, asked.clinic.timezone):
        raise refuse("future", f"{what} cannot be dated in the future: {day.isoformat()}.")
