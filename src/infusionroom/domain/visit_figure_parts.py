"""The parts that a visit's figures are made of: pauses, waits, pain, scores, overrides, the order, the way home.

Instants are aware UTC, durations whole seconds named `_s`, amounts exact decimals.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from infusionroom.domain import events as ev
from infusionroom.domain.news2 import News2


class VisitOutcome(StrEnum):
    """How a visit ended, or that it has not."""

    COMPLETED = "completed"
    STOPPED_EARLY = "stopped early"
    NOT_TREATED = "not treated"
    STILL_HERE = "still here"
    STILL_TO_COME = "still to come"
    CANCELLED = "cancelled"
    NO_SHOW = "no-show"
    ENTERED_IN_ERROR = "entered in error"


class Times(msgspec.Struct, frozen=True):
    """When each thing happened. `ended_at` is when the visit came to its end, whichever end."""

    planned_start: datetime
    arrived_at: datetime | None
    seated_at: datetime | None
    started_at: datetime | None
    stopped_at: datetime | None
    ready_at: datetime | None
    left_at: datetime | None
    ended_at: datetime | None


class PauseFigure(msgspec.Struct, frozen=True):
    """A pause of the pump and what it was for; `until` None while it lasts."""

    since: datetime
    until: datetime | None
    why: str
    lasted_s: int


class WaitFigure(msgspec.Struct, frozen=True):
    """What a stretch of the time between ready and left was spent on."""

    since: datetime
    until: datetime | None
    reason: ev.WaitReason
    note: str
    lasted_s: int


class BolusFigure(msgspec.Struct, frozen=True):
    at: datetime
    mg: Decimal
    ml: Decimal
    why: str
    reason: str
    by: str


class AdjunctFigure(msgspec.Struct, frozen=True):
    at: datetime
    drug: str
    dose: str
    route: str
    why: str
    by: str


class SideEffectFigure(msgspec.Struct, frozen=True):
    """Something unwanted, and how bad it was at its worst."""

    at: datetime
    what: ev.SideEffect
    grade: ev.Severity
    note: str
    by: str


class PainFigure(msgspec.Struct, frozen=True):
    """A pain rating. `unable` is the answer of who was asleep or could not say, and is no number."""

    at: datetime
    nrs: int | None
    unable: bool
    average_24h: int | None = None
    worst: int | None = None
    least: int | None = None


class Response(msgspec.Struct, frozen=True):
    """Whether it helped: `after` against the reading before the course's first infusion.

    `responder_30`/`responder_50` are None where the baseline is 0: that has no answer.
    """

    baseline: int
    after: int
    responder_30: bool | None
    responder_50: bool | None


class ScoreFigure(msgspec.Struct, frozen=True):
    """The last score taken; `total` None where an item was not taken."""

    at: datetime
    total: int | None
    by: str


class PadssFigure(msgspec.Struct, frozen=True):
    """The last PADSS, with the raw pain and whether it was called acceptable to the patient."""

    at: datetime
    total: int | None
    nrs: int | None
    acceptable: bool
    by: str


class VitalsFigure(msgspec.Struct, frozen=True):
    """The last vitals charted, and what NEWS2 makes of them."""

    at: datetime
    vitals: ev.VitalsTaken
    news2: News2


class OverrideFigure(msgspec.Struct, frozen=True):
    """A physician let a missing point of a gate pass."""

    at: datetime
    gate: str
    point: str
    label: str
    physician: str
    reason: str
    recorded_by: str


class DoseReason(msgspec.Struct, frozen=True):
    """Why a dose beyond a limit of the clinic was given: a reason (soft), or a physician's override (hard)."""

    at: datetime
    what: str
    reason: str
    override_by: str
    override_reason: str
    recorded_by: str


class OrderFigure(msgspec.Struct, frozen=True):
    """The order in force, who wrote it, and who entered and checked it."""

    drug: str
    basis: ev.DoseBasis
    dose: Decimal
    cap_mg_h: Decimal | None
    duration_min: int
    concentration_mg_ml: Decimal
    rate_ml_h: Decimal
    rate_mg_h: Decimal
    weight_kg: Decimal | None
    prescriber: str
    entered_by: str
    double_checked_by: str


class Leaving(msgspec.Struct, frozen=True):
    """How the person went. `missing` names what was not there when they went against advice."""

    accompanied_by: str
    against_advice: str
    missing: tuple[str, ...]
    signed_off_by: str
