"""Which stream of the journal a command is about: the one whose version the screen showed."""

from __future__ import annotations

from infusionroom.domain import commands as cmd
from infusionroom.domain import course, patient, visit
from infusionroom.domain.room import CHAIR_STREAM, ROOM_STREAM
from infusionroom.domain.staff import STAFF_STREAM

_OF_THE_ROOM = (
    cmd.ChangeRoom
    | cmd.ChangeRule
    | cmd.SetArchetype
    | cmd.WithdrawArchetype
    | cmd.CloseDay
    | cmd.OpenDay
    | cmd.PublishConsent
)
_OF_THE_STAFF = cmd.GiveRole | cmd.TakeRole | cmd.DisablePerson | cmd.EnablePerson


def stream_named(command: cmd.Command) -> str | None:
    """The stream that the command changes: a visit's, course's, patient's, chair's, the room's or the staff list's.

    None where it begins one.
    """
    match command:
        case cmd.VisitCommand():
            return visit.stream_of(command.visit)
        case cmd.CourseCommand():
            return course.stream_of(command.course)
        case cmd.PatientCommand():
            return patient.stream_of(command.patient)
        case cmd.CleanChair() | cmd.TakeChairOut() | cmd.ReturnChair() | cmd.UndoChair():
            return f"{CHAIR_STREAM}{command.chair}"
        case _ if isinstance(command, _OF_THE_ROOM):
            return ROOM_STREAM
        case _ if isinstance(command, _OF_THE_STAFF):
            return STAFF_STREAM
        case _:
            return None
