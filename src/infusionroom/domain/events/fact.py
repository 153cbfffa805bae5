"""What is observed of a person and recorded as it is, and the union of all of it.

Types are written as they are and not as text: whoever reads an entry needs them, and at a start text costs more.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from infusionroom.domain.events.base import Event, Identifier, Nrs, Points, Severity, SideEffect, Text


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
