"""What may be asked about one visit."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from infusionroom.domain.commands.base import Command, Instant, Rest, VisitCommand
from infusionroom.domain.events import DoseBasis, Fact, Plan, Text, VisitBody, WaitReason

# ── the plan ────────────────────────────────────────────────────────────────────────────────────────────────


class PlanVisit(Command, frozen=True, kw_only=True, tag="plan"):
    """Puts a visit on the schedule. Its id follows from the sender's appointment, else from the command.

    A walk-in arrives with it.
    """

    plan: Plan


class ChangePlan(VisitCommand, frozen=True, kw_only=True, tag="change_plan"):
    plan: Plan
    why: str = ""


class CancelVisit(VisitCommand, frozen=True, kw_only=True, tag="cancel"):
    """Takes a visit off the schedule. Of a course's day, `rest` says what becomes of it."""

    why: str = ""
    rest: Rest | None = None


class MarkNoShow(VisitCommand, frozen=True, kw_only=True, tag="no_show"):
    """The person did not come. Of a course's day, `rest` says what becomes of it."""

    why: str = ""
    rest: Rest | None = None


class MarkEnteredInError(VisitCommand, frozen=True, kw_only=True, tag="entered_in_error"):
    why: str = ""


# ── the person in the room ──────────────────────────────────────────────────────────────────────────────────


class Arrive(VisitCommand, frozen=True, kw_only=True, tag="arrive"):
    pass


class Seat(VisitCommand, frozen=True, kw_only=True, tag="seat"):
    chair: int


class Move(VisitCommand, frozen=True, kw_only=True, tag="move"):
    chair: int
    why: str = ""


class Swap(VisitCommand, frozen=True, kw_only=True, tag="swap"):
    """Exchanges the chairs of two seated people."""

    with_visit: str
    why: str = ""


class TurnAway(VisitCommand, frozen=True, kw_only=True, tag="turn_away"):
    why: Text


class Record(VisitCommand, frozen=True, kw_only=True, tag="record"):
    """Records an observation as it is: vitals, pain, a note, a score, a point of either list."""

    fact: Fact


# ── order and infusion ──────────────────────────────────────────────────────────────────────────────────────


class Order(VisitCommand, frozen=True, kw_only=True, tag="order"):
    """An order in mg/kg/h or mg/h. What is not given is the clinic's default.

    Above the soft limit `reason` is needed; above the hard one `override_by` (a physician) and
    `override_reason`.
    """

    basis: DoseBasis
    dose: Decimal
    prescriber: Text
    cap_mg_h: Decimal | None = None
    duration_min: int | None = None
    concentration_mg_ml: Decimal | None = None
    drug: str | None = None
    reason: str = ""
    override_by: str = ""
    override_reason: str = ""
    percent: int | None = None


class DoubleCheck(VisitCommand, frozen=True, kw_only=True, tag="double_check"):
    """Given by a second person, blind: what they entered must agree with the order.

    `patient` is the record number or the birth date (`YYYY-MM-DD`) read from the person or their wristband.
    """

    drug: str
    concentration_mg_ml: Decimal
    rate_ml_h: Decimal
    patient: str


class Start(VisitCommand, frozen=True, kw_only=True, tag="start"):
    pass


class ChangeRate(VisitCommand, frozen=True, kw_only=True, tag="change_rate"):
    """The new rate as mL/h or as mg/h, exactly one of them; without a `prescriber` the order's is meant."""

    why: Text
    to_ml_h: Decimal | None = None
    to_mg_h: Decimal | None = None
    reason: str = ""
    override_by: str = ""
    override_reason: str = ""
    prescriber: str = ""


class Pause(VisitCommand, frozen=True, kw_only=True, tag="pause"):
    why: Text


class Resume(VisitCommand, frozen=True, kw_only=True, tag="resume"):
    pass


class GiveBolus(VisitCommand, frozen=True, kw_only=True, tag="bolus"):
    mg: Decimal
    why: Text
    reason: str = ""


class Stop(VisitCommand, frozen=True, kw_only=True, tag="stop"):
    """Ends the infusion. Short of the ordered running time it is an early stop, and `why` is needed."""

    why: str = ""
    early: bool | None = None


# ── the way home ────────────────────────────────────────────────────────────────────────────────────────────


class Override(VisitCommand, frozen=True, kw_only=True, tag="override"):
    gate: Literal["start", "discharge"]
    point: str
    physician: Text
    reason: Text


class SignOff(VisitCommand, frozen=True, kw_only=True, tag="sign_off"):
    pass


class Wait(VisitCommand, frozen=True, kw_only=True, tag="wait"):
    reason: WaitReason
    note: str = ""


class Leave(VisitCommand, frozen=True, kw_only=True, tag="leave"):
    """The person goes home. `against_advice` is their reason to go although something is missing."""

    accompanied_by: str = ""
    against_advice: str = ""


class Acknowledge(VisitCommand, frozen=True, kw_only=True, tag="acknowledge"):
    """Acknowledges all that is active now for this visit."""


# ── corrections ─────────────────────────────────────────────────────────────────────────────────────────────


class Undo(VisitCommand, frozen=True, kw_only=True, tag="undo"):
    """Takes back entry `target` (a journal id; default the visit's last own entry)."""

    target: int | None = None
    why: str = ""


class Correct(VisitCommand, frozen=True, kw_only=True, tag="correct"):
    """Replaces what entry `target` says (`body`, of the same kind) or when it happened (`new_at`)."""

    target: int
    why: Text
    body: VisitBody | None = None
    new_at: Instant | None = None
