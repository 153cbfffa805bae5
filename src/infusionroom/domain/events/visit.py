"""What can have happened in one visit, from its plan to the way home, and how an entry is corrected.

Types are written as they are and not as text: whoever reads an entry needs them, and at a start text costs more.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from infusionroom.domain.events.base import (
    DoseBasis,
    Event,
    Identifier,
    Nrs,
    Points,
    Severity,
    SideEffect,
    Text,
    WaitReason,
)


class Patient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who a visit is for, as far as the sender said. `infusions_before` counts here and elsewhere."""

    family: Text
    given: str = ""
    birth_date: date | None = None
    record_number: str = ""
    infusions_before: Annotated[int, msgspec.Meta(ge=0)] | None = None


class Appointment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sender's identity of an appointment: HL7 SCH-1 (placer) and SCH-2 (filler)."""

    placer: str = ""
    filler: str = ""

    @property
    def key(self) -> str:
        """`placer/filler`; a slash within either is escaped, so that no two appointments share a key."""
        return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in (self.placer, self.filler))


class CourseDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Day `day` of a course of `of` days, both from 1."""

    day: Annotated[int, msgspec.Meta(ge=1)]
    of: Annotated[int, msgspec.Meta(ge=1)]

    @property
    def last(self) -> bool:
        return self.day >= self.of


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a visit before the person comes. `start` is aware; `duration_min` is the booking's;
    `sent_at` is when the sender wrote it, so that an older message never overwrites a newer one.

    `patient_id` and `course_id` say whose visit, of which course it is; without them it is still to be assigned.
    `chair` is the one that was kept free for it. `overbooked` is why it was booked although the room is full.
    """

    patient: Patient
    start: datetime
    duration_min: Annotated[int, msgspec.Meta(ge=1)] | None = None
    appointment: Appointment | None = None
    course: CourseDay | None = None
    source: str = ""
    sent_at: datetime | None = None
    note: str = ""
    walk_in: bool = False
    patient_id: str = ""
    course_id: str = ""
    chair: int | None = None
    overbooked: str = ""


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


# ── facts: observations recorded as they are ────────────────────────────────────────────────────────────────


class Identified(Event, frozen=True, kw_only=True, tag="identified"):
    """Which identifiers were checked against the person. A chair number or a masked board never counts."""

    by: tuple[Identifier, ...]


class Consented(Event, frozen=True, kw_only=True, tag="consented"):
    """The person's consent to this version of the text: which of its clauses were acknowledged, by what name.

    For a visit of a course the course keeps it (`ConsentAcknowledged`).
    """

    signed_on: date
    text_version: str = ""
    clauses: tuple[str, ...] = ()
    name: str = ""


class Weighed(Event, frozen=True, kw_only=True, tag="weighed"):
    """`confirmed` says that an unlikely weight, or one far from the last, was asked about and meant."""

    kg: Decimal
    confirmed: bool = False


class VitalsTaken(Event, frozen=True, kw_only=True, tag="vitals_taken"):
    """Vital signs at one moment; what was not measured is absent. mmHg, 1/min, %, °C.

    `acvpu` is NEWS2's consciousness; `spo2_scale` 2 only where it was ordered.
    `confirmed` says that unlikely values were asked about and meant.
    """

    sbp: int | None = None
    dbp: int | None = None
    hr: int | None = None
    rr: int | None = None
    spo2: int | None = None
    temp_c: Decimal | None = None
    moaas: Annotated[int, msgspec.Meta(ge=0, le=5)] | None = None
    rass: Annotated[int, msgspec.Meta(ge=-5, le=4)] | None = None
    acvpu: Literal["A", "C", "V", "P", "U"] | None = None
    on_oxygen: bool = False
    spo2_scale: Literal[1, 2] = 1
    confirmed: bool = False


class PainRated(Event, frozen=True, kw_only=True, tag="pain_rated"):
    """NRS-11: an integer from 0 to 10, or `unable` (asleep, cannot say), which is no number."""

    nrs: Nrs | None = None
    unable: bool = False
    average_24h: Nrs | None = None
    worst: Nrs | None = None
    least: Nrs | None = None


class AdultNamed(Event, frozen=True, kw_only=True, tag="adult_named"):
    """The responsible adult who will take the person home."""

    name: Text
    phone: str = ""
    relation: str = ""


class IvPlaced(Event, frozen=True, kw_only=True, tag="iv_placed"):
    site: Text
    gauge: str = ""


class IvRemoved(Event, frozen=True, kw_only=True, tag="iv_removed"):
    """The cannula is out and its site was looked at."""

    site_check: Text


class LineChecked(Event, frozen=True, kw_only=True, tag="line_checked"):
    finding: Text


class BagChanged(Event, frozen=True, kw_only=True, tag="bag_changed"):
    lot: str = ""
    volume_ml: Decimal | None = None


class AdjunctGiven(Event, frozen=True, kw_only=True, tag="adjunct_given"):
    drug: Text
    dose: Text
    route: str = ""
    why: str = ""


class Noted(Event, frozen=True, kw_only=True, tag="noted"):
    text: Text


class SideEffectSeen(Event, frozen=True, kw_only=True, tag="side_effect_seen"):
    """Something unwanted: what, and how bad it was at its worst."""

    what: SideEffect
    grade: Severity
    note: str = ""


class AldreteScored(Event, frozen=True, kw_only=True, tag="aldrete_scored"):
    """Modified Aldrete (Aldrete 1995), each item 0–2; an item not taken is absent and so is the total."""

    activity: Points | None = None
    respiration: Points | None = None
    circulation: Points | None = None
    consciousness: Points | None = None
    spo2: Points | None = None


class PadssScored(Event, frozen=True, kw_only=True, tag="padss_scored"):
    """Modified PADSS (Chung 1995, without intake and output), each item 0–2.

    `acceptable` records the explicit choice "acceptable to the patient, at or below baseline" for the pain
    item, beside the raw `nrs`.
    """

    vital_signs: Points | None = None
    walking: Points | None = None
    nausea: Points | None = None
    pain: Points | None = None
    bleeding: Points | None = None
    nrs: Nrs | None = None
    acceptable: bool = False


class OrientationChecked(Event, frozen=True, kw_only=True, tag="orientation_checked"):
    oriented: bool


class EscortPresent(Event, frozen=True, kw_only=True, tag="escort_present"):
    """The responsible adult is here. A ride-share driver is transport, not an escort."""

    name: Text


class InstructionsGiven(Event, frozen=True, kw_only=True, tag="instructions_given"):
    """Written instructions and a phone number: 24 h without driving, machinery, alcohol, important decisions."""

    phone: Text


class OralKetamineArranged(Event, frozen=True, kw_only=True, tag="oral_ketamine_arranged"):
    prescribed_by: Text
    taught: bool
    dose: str = ""


class NextVisitArranged(Event, frozen=True, kw_only=True, tag="next_visit_arranged"):
    what: Text


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


Fact = (
    Identified
    | Consented
    | Weighed
    | VitalsTaken
    | PainRated
    | AdultNamed
    | IvPlaced
    | IvRemoved
    | LineChecked
    | BagChanged
    | AdjunctGiven
    | Noted
    | SideEffectSeen
    | AldreteScored
    | PadssScored
    | OrientationChecked
    | EscortPresent
    | InstructionsGiven
    | OralKetamineArranged
    | NextVisitArranged
)

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
