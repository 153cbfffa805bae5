"""Which stream of the journal a command is about: the one whose version the screen showed."""

from __future__ import annotations

from infusionroom.domain import commands as cmd
from infusionroom.domain import course, patient, visit
from infusionroom.domain.room import CHAIR_STREAM


def stream_named(command: cmd.Command) -> str | None:
    """The stream of the visit, course, patient or chair that the command names; None where it begins one."""
    match command:
        case cmd.VisitCommand():
            return visit.stream_of(command.visit)
        case cmd.CourseCommand():
            return course.stream_of(command.course)
        case cmd.PatientCommand():
            return patient.stream_of(command.patient)
        case cmd.CleanChair() | cmd.TakeChairOut() | cmd.ReturnChair() | cmd.UndoChair():
            return f"{CHAIR_STREAM}{command.chair}"
        case _:
            return None
