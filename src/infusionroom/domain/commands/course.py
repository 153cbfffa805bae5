"""What may be asked about a course, from booking it to the two weeks after."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from infusionroom.domain.commands.base import Command, CourseCommand, Instant
from infusionroom.domain.events import DayNumber, EndReason, LetterText, Nrs, Pgic, Target, Text


class DayWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day of a course at a time and in a chair; `visit` is one that exists already and becomes this day."""

    day: DayNumber
    start: Instant
    chair: int | None = None
    visit: str = ""


class BookCourse(Command, frozen=True, kw_only=True, tag="book_course"):
    """Books a course of the archetype of this name: a visit for each day, numbered from 1 in their order.

    Without a `target` the archetype's holds. `overbooked` is why it is booked although the room is full then.
    """

    patient: str
    archetype: Text
    days: tuple[DayWanted, ...]
    prescriber: str = ""
    target: Target | None = None
    overbooked: str = ""


class DeferDay(CourseCommand, frozen=True, kw_only=True, tag="defer_day"):
    """Moves day `day`, and the later ones that have to move with it; without any `to` it is left open."""

    day: DayNumber
    to: tuple[DayWanted, ...] = ()
    why: Text
    overbooked: str = ""


class OmitDay(CourseCommand, frozen=True, kw_only=True, tag="omit_day"):
    day: DayNumber
    why: Text


class TakeDay(CourseCommand, frozen=True, kw_only=True, tag="take_day"):
    """Gives an open day its date, or a visit that is still to be assigned."""

    wanted: DayWanted
    why: str = ""
    overbooked: str = ""


class StopCourse(CourseCommand, frozen=True, kw_only=True, tag="stop_course"):
    """Ends the course early: later bookings are free at once and the follow-up begins."""

    reason: EndReason
    why: str = ""


class ExtendCourse(CourseCommand, frozen=True, kw_only=True, tag="extend_course"):
    days: tuple[DayWanted, ...]
    why: Text
    prescriber: str = ""
    overbooked: str = ""


class ChangeTarget(CourseCommand, frozen=True, kw_only=True, tag="change_target"):
    """Another target for the days to come; orders already entered stay as they are."""

    target: Target
    why: Text
    prescriber: Text


class AgreePlan(CourseCommand, frozen=True, kw_only=True, tag="agree_plan"):
    """What was agreed with the patient's own pain physician."""

    physician: Text
    agreed_on: date
    what: Text


class AcknowledgeConsent(CourseCommand, frozen=True, kw_only=True, tag="acknowledge_consent"):
    """The patient has signed this version of the consent by name, and acknowledged these clauses."""

    version: Text
    clauses: tuple[str, ...]
    name: Text
    signed_on: date


class RatePgic(CourseCommand, frozen=True, kw_only=True, tag="rate_pgic"):
    pgic: Pgic
    rated_on: date


class PrescribeOral(CourseCommand, frozen=True, kw_only=True, tag="prescribe_oral"):
    """Low-dose oral ketamine for the two weeks after; `taught_on` where it was taught with it."""

    by: Text
    on: date
    dose: Text
    taught_on: date | None = None


class TeachOral(CourseCommand, frozen=True, kw_only=True, tag="teach_oral"):
    on: date


class StartOral(CourseCommand, frozen=True, kw_only=True, tag="start_oral"):
    on: date


class NotStartOral(CourseCommand, frozen=True, kw_only=True, tag="not_start_oral"):
    """It is settled that the two weeks will not be started, and why."""

    why: Text


class RecordCall(CourseCommand, frozen=True, kw_only=True, tag="record_call"):
    """The call of follow-up day `day`; one that was not answered is recorded too and stays due."""

    day: Annotated[int, msgspec.Meta(ge=0, le=366)]
    reached: bool
    outcome: str = ""
    pain: Nrs | None = None
    pgic: Pgic | None = None
    started_on: date | None = None


class CloseFollowUp(CourseCommand, frozen=True, kw_only=True, tag="close_follow_up"):
    why: Text


class WriteLetter(CourseCommand, frozen=True, kw_only=True, tag="write_letter"):
    """Keeps the letter's text (Markdown) as its next draft."""

    text: LetterText


class SealLetter(CourseCommand, frozen=True, kw_only=True, tag="seal_letter"):
    """Makes the last draft final. What is written after it is another version."""


class UndoCourse(CourseCommand, frozen=True, kw_only=True, tag="undo_course"):
    """Takes back entry `target` (a journal id; default the last that can be): an answer, a call, a consent.

    What moved visits is not undone but done the other way round: defer, take, extend.
    """

    target: int | None = None
    why: str = ""
