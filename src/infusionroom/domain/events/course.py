"""What can have happened to a course: booked, moved, cut short or extended, agreed, answered, and followed up."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from infusionroom.domain.events.base import DoseBasis, Event, Nrs, Text

Percent = Annotated[int, msgspec.Meta(ge=1, le=100)]
DayNumber = Annotated[int, msgspec.Meta(ge=1, le=366)]
Pgic = Annotated[int, msgspec.Meta(ge=1, le=7)]
LetterText = Annotated[str, msgspec.Meta(min_length=1, max_length=100_000)]
EndReason = Literal["result reached", "patient's wish", "side effects", "no-show", "physician", "other"]


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The highest dose of a course: mg/kg/h or mg/h with a cap, how long, and how it is mixed.

    What is None is the clinic's default at the time of the order.
    """

    basis: DoseBasis
    dose: Decimal
    cap_mg_h: Decimal | None = None
    duration_min: Annotated[int, msgspec.Meta(ge=1)] | None = None
    concentration_mg_ml: Decimal | None = None
    drug: str = ""


class Archetype(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of course: how many days, how the dose rises (per cent of the target, its last step holds on),
    how long a chair is booked for the infusion itself, and the target that a new course begins with.
    """

    name: Text
    days: DayNumber
    ramp: Annotated[tuple[Percent, ...], msgspec.Meta(min_length=1)]
    chair_min: Annotated[int, msgspec.Meta(ge=1)]
    target: Target


class DayBooked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One day of a course with the visit that holds it."""

    day: DayNumber
    visit: str
    start: datetime
    chair: int | None = None


class CourseBooked(Event, frozen=True, kw_only=True, tag="course_booked"):
    """A course of `archetype.days` days for a patient; the archetype as it was then."""

    patient: str
    archetype: Archetype
    target: Target
    prescriber: str
    days: tuple[DayBooked, ...]
    overbooked: str = ""


class DayTaken(Event, frozen=True, kw_only=True, tag="course_day_taken"):
    """An open day has a date (again): booked by hand, or a sender's appointment landed on it."""

    booked: DayBooked
    why: str = ""


class DayDeferred(Event, frozen=True, kw_only=True, tag="course_day_deferred"):
    """A day is moved to another date, or left open until there is one (`to` None)."""

    day: DayNumber
    to: datetime | None
    chair: int | None = None
    why: Text


class DayOmitted(Event, frozen=True, kw_only=True, tag="course_day_omitted"):
    day: DayNumber
    why: Text


class CourseStopped(Event, frozen=True, kw_only=True, tag="course_stopped"):
    """The course ends early; `freed` are the days that were still to come. The follow-up begins."""

    reason: EndReason
    why: str = ""
    freed: tuple[int, ...] = ()


class CourseExtended(Event, frozen=True, kw_only=True, tag="course_extended"):
    """Further days after the last; the course is then of as many days."""

    days: tuple[DayBooked, ...]
    why: Text
    prescriber: str = ""


class TargetChanged(Event, frozen=True, kw_only=True, tag="course_target_changed"):
    """The target of the days that are still to come."""

    target: Target
    why: Text
    prescriber: Text


class PlanAgreed(Event, frozen=True, kw_only=True, tag="plan_agreed"):
    """What was agreed with the patient's own pain physician: who, when, what."""

    physician: Text
    agreed_on: date
    what: Text


class ConsentAcknowledged(Event, frozen=True, kw_only=True, tag="consent_acknowledged"):
    """The patient's consent for this course: which version of the text, which clauses, by what name, on what day."""

    version: Text
    clauses: tuple[str, ...]
    name: Text
    signed_on: date


class PgicRated(Event, frozen=True, kw_only=True, tag="pgic_rated"):
    """Patient Global Impression of Change (Guy 1976): 1 very much improved … 7 very much worse."""

    pgic: Pgic
    rated_on: date


class OralPrescribed(Event, frozen=True, kw_only=True, tag="oral_prescribed"):
    by: Text
    on: date
    dose: Text


class OralTaught(Event, frozen=True, kw_only=True, tag="oral_taught"):
    """The patient was taught how to take it: what, when, what to do if; the actor says by whom."""

    on: date


class OralStarted(Event, frozen=True, kw_only=True, tag="oral_started"):
    on: date


class OralNotStarted(Event, frozen=True, kw_only=True, tag="oral_not_started"):
    """It is settled that the two weeks will not be started."""

    why: Text


class FollowUpCalled(Event, frozen=True, kw_only=True, tag="follow_up_called"):
    """The call of follow-up day `day` (1, 7, 14 by default): reached or not, what was said, pain."""

    day: Annotated[int, msgspec.Meta(ge=0, le=366)]
    reached: bool
    outcome: str = ""
    pain: Nrs | None = None
    pgic: Pgic | None = None


class FollowUpClosed(Event, frozen=True, kw_only=True, tag="follow_up_closed"):
    """Nothing more is to be asked of this course."""

    why: Text


class LetterDrafted(Event, frozen=True, kw_only=True, tag="letter_drafted"):
    """A letter's text (Markdown) as version `version`, drafted from the journal or edited by a person."""

    version: Annotated[int, msgspec.Meta(ge=1)]
    text: LetterText


class LetterSealed(Event, frozen=True, kw_only=True, tag="letter_sealed"):
    """The letter of this version is final; whatever follows is another version."""

    version: Annotated[int, msgspec.Meta(ge=1)]
    sha256: str
