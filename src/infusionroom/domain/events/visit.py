"""What can have happened in one visit, from its plan to the way home, and how an entry is corrected.

Types are written as they are and not as text: whoever reads an entry needs them, and at a start text costs more.
"""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from infusionroom.domain.events.base import DoseBasis, Event, Text, WaitReason
from infusionroom.domain.events.fact import Fact
from infusionroom.domain.events.plan import Plan

# ── the plan ────────────────────────────────────────────────────────────────────────────────────────────────


class VisitPlanned(Event, frozen=True, kw_only=True, tag="visit_planned"):
    plan: Plan


class PlanChanged(Event, frozen=True, kw_only=True, tag="plan_changed"):
    """The whole new plan; it also brings a cancelled or missed visit back."""

    plan: Plan
    why: str = ""


class VisitCancelled(Event, frozen=True, kw_only=True, tag="visit_cancelled"):
    why: str = ""


class NotShown(Event, frozen=True, kw_only=True, tag="no_show"):
    why: str = ""


class EnteredInError(Event, frozen=True, kw_only=True, tag="entered_in_error"):
    why: str = ""


# ── the person in the room ──────────────────────────────────────────────────────────────────────────────────


class Arrived(Event, frozen=True, kw_only=True, tag="arrived"):
    pass


class Seated(Event, frozen=True, kw_only=True, tag="seated"):
    chair: int


class Moved(Event, frozen=True, kw_only=True, tag="moved"):
    from_chair: int
    to_chair: int
    why: str = ""
    swapped_with: str = ""


class TurnedAway(Event, frozen=True, kw_only=True, tag="turned_away"):
    """The person goes home without an infusion having been started."""

    why: Text


# ── order and infusion ──────────────────────────────────────────────────────────────────────────────────────


class Ordered(Event, frozen=True, kw_only=True, tag="ordered"):
    """An order with the pump rate worked out once: `rate_ml_h` is rounded, `rate_mg_h` recomputed from it.

    `percent` is the step of the course's ramp that it was filled in from.
    """

    drug: str
    basis: DoseBasis
    dose: Decimal
    cap_mg_h: Decimal | None = None
    duration_min: int
    concentration_mg_ml: Decimal
    weight_kg: Decimal | None = None
    rate_ml_h: Decimal
    rate_mg_h: Decimal
    prescriber: Text
    reason: str = ""
    override_by: str = ""
    override_reason: str = ""
    percent: int | None = None


class DoubleChecked(Event, frozen=True, kw_only=True, tag="double_checked"):
    """A second person entered drug, concentration, rate and patient again without seeing the first; all agreed.

    `order` is the journal id of the order that was checked.
    """

    order: int
    drug: str
    concentration_mg_ml: Decimal
    rate_ml_h: Decimal
    patient: str


class InfusionStarted(Event, frozen=True, kw_only=True, tag="infusion_started"):
    """`infusions_before` is what was known then of this person's infusions, here and elsewhere."""

    drug: str
    rate_ml_h: Decimal
    concentration_mg_ml: Decimal
    duration_min: int
    order: int
    infusions_before: int | None = None


class RateChanged(Event, frozen=True, kw_only=True, tag="rate_changed"):
    from_ml_h: Decimal
    to_ml_h: Decimal
    why: Text
    reason: str = ""
    override_by: str = ""
    override_reason: str = ""
    prescriber: str = ""


class Paused(Event, frozen=True, kw_only=True, tag="paused"):
    why: Text


class Resumed(Event, frozen=True, kw_only=True, tag="resumed"):
    pass


class BolusGiven(Event, frozen=True, kw_only=True, tag="bolus_given"):
    mg: Decimal
    ml: Decimal
    why: Text
    reason: str = ""


class Stopped(Event, frozen=True, kw_only=True, tag="stopped"):
    early: bool
    why: str = ""


# ── the way home ────────────────────────────────────────────────────────────────────────────────────────────


class PointOverridden(Event, frozen=True, kw_only=True, tag="point_overridden"):
    """A physician lets a missing point of a gate pass, with a reason."""

    gate: Literal["start", "discharge"]
    point: str
    physician: Text
    reason: Text


class SignedOff(Event, frozen=True, kw_only=True, tag="signed_off"):
    """A nurse's signature: from here on the person is ready, and a clock runs until they leave."""


class WaitingFor(Event, frozen=True, kw_only=True, tag="waiting_for"):
    reason: WaitReason
    note: str = ""


class Left(Event, frozen=True, kw_only=True, tag="left"):
    """`against_advice` is why the person went although something was missing; what, is in `missing`."""

    chair: int | None
    accompanied_by: str = ""
    against_advice: str = ""
    missing: tuple[str, ...] = ()


class AlarmAcknowledged(Event, frozen=True, kw_only=True, tag="alarm_acknowledged"):
    """By name; silences only the alarms of the visit that were active, each `what:priority`."""

    alarms: tuple[str, ...]


# ── corrections ─────────────────────────────────────────────────────────────────────────────────────────────


class Undone(Event, frozen=True, kw_only=True, tag="undone"):
    """Takes back the entry with journal id `target`; taking back an `undone` brings the entry back."""

    target: int
    why: str = ""


class Corrected(Event, frozen=True, kw_only=True, tag="corrected"):
    """Replaces what the entry with journal id `target` says, or when it happened; the original stays readable."""

    target: int
    body: "VisitBody | None" = None
    new_happened_at: datetime | None = None
    why: Text


# What a correction may put in an entry's place: everything of a visit except corrections themselves.
VisitBody = (
    VisitPlanned
    | PlanChanged
    | VisitCancelled
    | NotShown
    | EnteredInError
    | Arrived
    | Seated
    | Moved
    | TurnedAway
    | Fact
    | Ordered
    | DoubleChecked
    | InfusionStarted
    | RateChanged
    | Paused
    | Resumed
    | BolusGiven
    | Stopped
    | PointOverridden
    | SignedOff
    | WaitingFor
    | Left
    | AlarmAcknowledged
)
