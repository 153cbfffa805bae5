"""Everything a person may ask of the room, as it travels: from a form, from `infusionroom do`, from an importer.

One JSON object is one command, told apart by `command`. What all share is in `Command`.
"""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, get_args

import msgspec

from infusionroom.domain.events import (
    DoseBasis,
    EventBody,
    Fact,
    Plan,
    Role,
    Text,
    WaitReason,
)

Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="command"):
    """What every command carries.

    `id` makes it safe to send twice: the second time is answered and not repeated. `at` is when it happened
    (default now; never in the future). `expected_version` is the version of the stream that the screen showed;
    a lost race is a `Conflict`. `user` is who gives it, where that is not the terminal's own user.
    """

    id: str | None = None
    at: Instant | None = None
    expected_version: int | None = None
    user: str | None = None


class VisitCommand(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="command"):
    """A command about one visit, named by its id or by the sender's appointment (`placer/filler`)."""

    visit: str


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
    why: str = ""


class MarkNoShow(VisitCommand, frozen=True, kw_only=True, tag="no_show"):
    why: str = ""


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
    """The new rate as mL/h or as mg/h, exactly one of them."""

    why: Text
    to_ml_h: Decimal | None = None
    to_mg_h: Decimal | None = None
    reason: str = ""
    override_by: str = ""
    override_reason: str = ""


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
    body: EventBody | None = None
    new_at: Instant | None = None


# ── chairs, the room and its people ─────────────────────────────────────────────────────────────────────────


class CleanChair(Command, frozen=True, kw_only=True, tag="chair_cleaned"):
    chair: int


class TakeChairOut(Command, frozen=True, kw_only=True, tag="chair_out_of_service"):
    chair: int
    why: Text


class ReturnChair(Command, frozen=True, kw_only=True, tag="chair_in_service"):
    chair: int


class UndoChair(Command, frozen=True, kw_only=True, tag="undo_chair"):
    """Takes back the chair's last entry: cleaned, out of service or back in service."""

    chair: int
    why: str = ""


class SetUpRoom(Command, frozen=True, kw_only=True, tag="set_up_room"):
    name: Text
    timezone: Text
    opens: time
    closes: time
    chairs: int
    first_user: Text


class ChangeRoom(Command, frozen=True, kw_only=True, tag="change_room"):
    name: str | None = None
    opens: time | None = None
    closes: time | None = None
    chairs: int | None = None


class ChangeRule(Command, frozen=True, kw_only=True, tag="change_rule"):
    """Sets a clinic's threshold by its dotted name (`dose.duration_min`), signed off by a physician."""

    name: Text
    value: Any
    signed_off_by: Text


class AddPerson(Command, frozen=True, kw_only=True, tag="add_person"):
    name: Text
    role: Role


AnyCommand = (
    PlanVisit
    | ChangePlan
    | CancelVisit
    | MarkNoShow
    | MarkEnteredInError
    | Arrive
    | Seat
    | Move
    | Swap
    | TurnAway
    | Record
    | Order
    | DoubleCheck
    | Start
    | ChangeRate
    | Pause
    | Resume
    | GiveBolus
    | Stop
    | Override
    | SignOff
    | Wait
    | Leave
    | Acknowledge
    | Undo
    | Correct
    | CleanChair
    | TakeChairOut
    | ReturnChair
    | UndoChair
    | SetUpRoom
    | ChangeRoom
    | ChangeRule
    | AddPerson
)

COMMANDS: Final[tuple[type[Command], ...]] = get_args(AnyCommand)


def name_of(command: Command) -> str:
    """The word that names this command on the wire."""
    return str(command.__struct_config__.tag)
