"""Deciding on the two weeks after a course: the oral ketamine, the calls, and their end."""

from __future__ import annotations

from datetime import date

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.course_days import ended_at
from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.day import clinic_day
from infusionroom.domain.decide.asked import Asked, refuse
from infusionroom.domain.decide.course_answers import first_infusion_on, must_not_be_ahead
from infusionroom.domain.decide.placing import file_of
from infusionroom.domain.journal import Draft


def prescribe_oral(asked: Asked, command: cmd.PrescribeOral) -> list[Draft]:
    file = file_of(asked, command.course)
    must_not_be_ahead(asked, command.on, "A prescription")
    drafts = [_said(asked, file, ev.OralPrescribed(by=command.by, on=command.on, dose=command.dose))]
    if command.taught_on is not None:
        must_not_be_ahead(asked, command.taught_on, "Teaching")
        drafts.append(_said(asked, file, ev.OralTaught(on=command.taught_on)))
    return drafts


def teach_oral(asked: Asked, command: cmd.TeachOral) -> list[Draft]:
    file = file_of(asked, command.course)
    must_not_be_ahead(asked, command.on, "Teaching")
    return [_said(asked, file, ev.OralTaught(on=command.on))]


def start_oral(asked: Asked, command: cmd.StartOral) -> list[Draft]:
    file = file_of(asked, command.course)
    if file.oral.started_on == command.on:
        raise refuse(
            "unchanged", f"Oral ketamine: the start on {command.on.isoformat()} is recorded already."
        )
    return _started(asked, file, command.on)


def not_start_oral(asked: Asked, command: cmd.NotStartOral) -> list[Draft]:
    file = file_of(asked, command.course)
    if started := file.oral.started_on:
        raise refuse(
            "started",
            f"Oral ketamine was started on {started.isoformat()}: take that back first if it is wrong.",
        )
    return [_said(asked, file, ev.OralNotStarted(why=command.why))]


def record_call(asked: Asked, command: cmd.RecordCall) -> list[Draft]:
    """A call, answered or not; what the patient says in it of the start and of the change is recorded with it."""
    file = _after(asked, command.course, "Call")
    said = (command.pain, command.pgic, command.started_on)
    if not command.reached and any(answer is not None for answer in said):
        raise refuse("reached", "Call: who was not reached has said nothing. Leave the answers out.")
    if command.reached and not command.outcome.strip() and all(answer is None for answer in said):
        raise refuse("outcome", "Call: say what came of it, at least in a word.")
    body = ev.FollowUpCalled(
        day=command.day,
        reached=command.reached,
        outcome=command.outcome,
        pain=command.pain,
        pgic=command.pgic,
    )
    drafts = [_said(asked, file, body)]
    if command.started_on is not None and command.started_on != file.oral.started_on:
        drafts += _started(asked, file, command.started_on)
    if command.pgic is not None:
        rated_on = clinic_day(asked.at, asked.clinic.timezone)
        drafts.append(_said(asked, file, ev.PgicRated(pgic=command.pgic, rated_on=rated_on)))
    return drafts


def close_follow_up(asked: Asked, command: cmd.CloseFollowUp) -> list[Draft]:
    file = _after(asked, command.course, "Follow-up")
    if file.follow_up is not None and file.follow_up.closed:
        raise refuse("unchanged", "Follow-up: nothing of it is open any more.")
    return [_said(asked, file, ev.FollowUpClosed(why=command.why))]


def _started(asked: Asked, file: CourseFile, on: date) -> list[Draft]:
    must_not_be_ahead(asked, on, "The start")
    first = first_infusion_on(asked, file)
    if first is None or on < first:
        raise refuse("order", "Oral ketamine follows an infusion of the course: it cannot start before.")
    if (prescribed := file.oral.prescribed_on) is not None and on < prescribed:
        raise refuse("order", f"Oral ketamine: it was prescribed on {prescribed.isoformat()}, not before.")
    settled = file.course.oral_not_started
    # Who takes it after all has not “never started”.
    again = [_said(asked, file, ev.Undone(target=settled.entry, why="started after all"))] if settled else []
    return [*again, _said(asked, file, ev.OralStarted(on=on))]


def _after(asked: Asked, course_id: str, word: str) -> CourseFile:
    """The course with its follow-up open. Raises `NotAllowed` before it is over, or where nothing was infused."""
    file = file_of(asked, course_id)
    if not file.over:
        raise refuse("running", f"{word}: the course is not over yet.")
    if file.follow_up is None:
        raise refuse("no_follow_up", f"{word}: nothing was infused in this course, so nothing follows it.")
    ended = ended_at(file.course, file.days)
    if ended is not None and asked.at < ended:
        raise refuse("order", f"{word}: the course was not over then.")
    return file


def _said(asked: Asked, file: CourseFile, body: ev.Event) -> Draft:
    return asked.to_course(file.course.id, body)
