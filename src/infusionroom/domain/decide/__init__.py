"""`decide`: what a command does to the room as it is. Pure: the same question has the same answer.

One module per subject; each handler returns the entries to append or raises `NotAllowed` with every reason.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, Final

import msgspec

from infusionroom.domain import commands as cmd
from infusionroom.domain.decide import (
    after_course,
    corrections,
    course_answers,
    course_end,
    course_letter,
    course_scheduling,
    course_undo,
    facts,
    going_home,
    infusing,
    offering,
    patients,
    plan,
    seating,
    setting_up,
    staffing,
)
from infusionroom.domain.decide.asked import Asked, NotAllowed, refuse
from infusionroom.domain.journal import Draft
from infusionroom.domain.room import Room
from infusionroom.domain.words import command_word

__all__ = ["Asked", "NotAllowed", "decide"]

LONGEST_NAME_OF_A_USER = 100
EARLIEST_YEAR = 2000

_HANDLERS: Final[dict[type[cmd.Command], Callable[[Asked, Any], list[Draft]]]] = {
    cmd.PlanVisit: plan.plan_visit,
    cmd.ChangePlan: plan.change_plan,
    cmd.CancelVisit: plan.cancel,
    cmd.MarkNoShow: plan.no_show,
    cmd.MarkEnteredInError: plan.entered_in_error,
    cmd.Arrive: seating.arrive,
    cmd.Seat: seating.seat,
    cmd.Move: seating.move,
    cmd.Swap: seating.swap,
    cmd.TurnAway: seating.turn_away,
    cmd.Record: facts.record,
    cmd.Order: infusing.order,
    cmd.DoubleCheck: infusing.double_check,
    cmd.Start: infusing.start,
    cmd.ChangeRate: infusing.change_rate,
    cmd.Pause: infusing.pause,
    cmd.Resume: infusing.resume,
    cmd.GiveBolus: infusing.bolus,
    cmd.Stop: infusing.stop,
    cmd.Override: going_home.override,
    cmd.SignOff: going_home.sign_off,
    cmd.Wait: going_home.wait,
    cmd.Leave: going_home.leave,
    cmd.Acknowledge: going_home.acknowledge,
    cmd.Undo: corrections.undo,
    cmd.Correct: corrections.correct,
    cmd.CleanChair: seating.clean_chair,
    cmd.TakeChairOut: seating.take_chair_out,
    cmd.ReturnChair: seating.return_chair,
    cmd.UndoChair: corrections.undo_chair,
    cmd.SetUpRoom: setting_up.set_up_room,
    cmd.ChangeRoom: setting_up.change_room,
    cmd.ChangeRule: setting_up.change_rule,
    cmd.AddPerson: staffing.add_person,
    cmd.GiveRole: staffing.give_role,
    cmd.TakeRole: staffing.take_role,
    cmd.DisablePerson: staffing.disable,
    cmd.EnablePerson: staffing.enable,
    cmd.SetPin: staffing.set_pin,
    cmd.RecoverAdministrator: staffing.recover,
    cmd.SignIn: staffing.sign_in,
    cmd.FailSignIn: staffing.fail_sign_in,
    cmd.BreakGlass: staffing.break_glass,
    cmd.ReviewGlass: staffing.review_glass,
    cmd.OpenRecord: staffing.open_record,
    cmd.FetchAnswer: staffing.fetch_answer,
    cmd.GiveKey: staffing.give_key,
    cmd.TakeKeyBack: staffing.take_key_back,
    cmd.SetArchetype: offering.set_archetype,
    cmd.WithdrawArchetype: offering.withdraw_archetype,
    cmd.CloseDay: offering.close_day,
    cmd.OpenDay: offering.open_day,
    cmd.PublishConsent: offering.publish_consent,
    cmd.RegisterPatient: patients.register,
    cmd.ChangePatient: patients.change,
    cmd.MergePatients: patients.merge,
    cmd.PartPatients: patients.part,
    cmd.BookCourse: course_scheduling.book,
    cmd.DeferDay: course_scheduling.defer,
    cmd.OmitDay: course_end.omit,
    cmd.TakeDay: course_scheduling.take,
    cmd.StopCourse: course_end.stop,
    cmd.ExtendCourse: course_scheduling.extend,
    cmd.ChangeTarget: course_answers.change_target,
    cmd.AgreePlan: course_answers.agree,
    cmd.AcknowledgeConsent: course_answers.consent,
    cmd.RatePgic: course_answers.rate_pgic,
    cmd.PrescribeOral: after_course.prescribe_oral,
    cmd.TeachOral: after_course.teach_oral,
    cmd.StartOral: after_course.start_oral,
    cmd.NotStartOral: after_course.not_start_oral,
    cmd.RecordCall: after_course.record_call,
    cmd.CloseFollowUp: after_course.close_follow_up,
    cmd.WriteLetter: course_letter.write_letter,
    cmd.SealLetter: course_letter.seal_letter,
    cmd.UndoCourse: course_undo.undo_course,
}


def decide(room: Room, command: cmd.Command, *, now: datetime, actor: str, command_id: str) -> list[Draft]:
    """The entries that `command`, given by `actor` at `now`, appends to the journal.

    Raises `NotAllowed` with every reason; then nothing is to be written.
    """
    if not actor.strip() or len(actor) > LONGEST_NAME_OF_A_USER or "\0" in actor:
        raise refuse("user", "Every entry has a person, named in 1 to 100 characters: say who with --user.")
    _must_be_well_formed(command)
    at = command.at or now
    if at.year < EARLIEST_YEAR:
        raise refuse("past", f"It cannot have happened before {EARLIEST_YEAR}.")
    if at > now:
        raise refuse("future", "It cannot have happened in the future.")
    asked = Asked(room=room, now=now, at=at, actor=actor, command_id=command_id)
    if not isinstance(command, cmd.SetUpRoom):
        _ = asked.clinic
    return _HANDLERS[type(command)](asked, command)


def _must_be_well_formed(command: cmd.Command) -> None:
    """Raises `NotAllowed` for what could not be read back from the journal, or says nothing where it must."""
    word = command_word(cmd.name_of(command))
    try:
        encoded = msgspec.json.encode(command)
        _decoder(type(command)).decode(encoded)
    except (ValueError, OverflowError) as error:
        raise refuse("form", f"{word}: {error}.") from None
    if rb"\u0000" in encoded.replace(rb"\\", b""):
        raise refuse("form", f"{word}: a text holds a NUL character, which no database keeps.")
    said: msgspec.Struct | None
    for said in (command, getattr(command, "fact", None), getattr(command, "body", None)):
        if said is None:
            continue
        for field in _required(said.__class__):
            if (type(said), field) == (cmd.ChangeRule, "value"):
                # A rule may be emptied: no region has no holidays.
                continue
            value = getattr(said, field)
            if isinstance(value, str) and not value.strip():
                words = field.replace("_", " ")
                raise refuse("empty", f"{word}: {words} is missing.")


@cache
def _required(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(kind) if field.required)


@cache
def _decoder(kind: type[cmd.Command]) -> msgspec.json.Decoder[cmd.Command]:
    return msgspec.json.Decoder(kind)
