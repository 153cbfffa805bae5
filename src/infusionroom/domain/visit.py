"""One visit: everything known of it at one version of its stream. How it comes about is in `evolve`."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, Generic, TypeVar

import msgspec

from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Rules
from infusionroom.domain.dose import RateSpan, given_mg, given_ml, running_s
from infusionroom.domain.journal import Entry
from infusionroom.domain.vitals import is_full_set

VISIT_STREAM: Final = "visit:"


class Phase(StrEnum):
    """Where a visit stands. The words are the ones stored, exported and typed."""

    PLANNED = "planned"
    ARRIVED = "arrived"
    SEATED = "seated"
    INFUSING = "infusing"
    PAUSED = "paused"
    RECOVERING = "recovering"
    READY = "ready"
    LEFT = "left"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    ENTERED_IN_ERROR = "entered_in_error"


RUNNING: Final = frozenset({Phase.INFUSING, Phase.PAUSED})
AFTER_INFUSION: Final = frozenset({Phase.RECOVERING, Phase.READY})
HERE: Final = frozenset({Phase.ARRIVED, Phase.SEATED}) | RUNNING | AFTER_INFUSION
NOT_COMING: Final = frozenset({Phase.CANCELLED, Phase.NO_SHOW, Phase.ENTERED_IN_ERROR})

Body = TypeVar("Body", bound=ev.Event)


class Stated(msgspec.Struct, Generic[Body], frozen=True):
    """What somebody stated: the journal id it stands in, when it happened, by whom."""

    entry: int
    at: datetime
    by: str
    body: Body


class ChairStay(msgspec.Struct, frozen=True):
    """The time in one chair; `until` is None while the person sits there."""

    chair: int
    since: datetime
    until: datetime | None = None


class PauseSpan(msgspec.Struct, frozen=True):
    """A pause of the pump; `until` is None while it lasts."""

    since: datetime
    why: str
    until: datetime | None = None


class Wait(msgspec.Struct, frozen=True):
    """A stretch of the time between ready and left, with what it is spent on."""

    reason: ev.WaitReason
    note: str
    since: datetime
    until: datetime | None = None


class Infusion(msgspec.Struct, frozen=True):
    """The pump's day: rate spans while it ran, pauses while it did not, boluses beside both.

    `rate_ml_h` is the rate that is set, running or not. `rises` are the moments of rate rises and restarts.
    """

    drug: str
    started_at: datetime
    duration_min: int
    concentration_mg_ml: Decimal
    rate_ml_h: Decimal
    infusions_before: int | None = None
    spans: tuple[RateSpan, ...] = ()
    pauses: tuple[PauseSpan, ...] = ()
    boluses: tuple[Stated[ev.BolusGiven], ...] = ()
    rises: tuple[datetime, ...] = ()
    stopped_at: datetime | None = None
    stopped_early: bool = False
    stop_why: str = ""

    @property
    def paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].until is None and self.stopped_at is None

    def running_s(self, now: datetime) -> int:
        """Whole seconds the pump has given until `now`."""
        return running_s(self.spans, now)

    def wall_s(self, now: datetime) -> int:
        """Whole seconds from the start to the stop, or to `now` while it lasts."""
        return max(0, int(((self.stopped_at or now) - self.started_at).total_seconds()))

    def left_s(self, now: datetime) -> int:
        """Whole seconds of running time still ordered; negative once the ordered time is over."""
        return self.duration_min * 60 - self.running_s(now)

    def given_ml(self, now: datetime) -> Decimal:
        """mL delivered until `now`, boluses included; exact."""
        return given_ml(self.spans, (b.body.ml for b in self.boluses if b.at <= now), now)

    def given_mg(self, now: datetime) -> Decimal:
        """mg delivered until `now`: volume × concentration, and the boluses as they were given; exact."""
        boluses = (b.body.mg for b in self.boluses if b.at <= now)
        return given_mg(self.spans, boluses, now, self.concentration_mg_ml)

    @property
    def rate_mg_h(self) -> Decimal:
        return self.rate_ml_h * self.concentration_mg_ml


class Visit(msgspec.Struct, frozen=True):
    """The state of one visit. `entries` is its whole stream, corrected and corrections alike, in journal order.

    Lists of observations are in the order in which they happened, whatever the order of recording.
    """

    id: str
    version: int
    phase: Phase
    plan: ev.Plan
    entries: tuple[Entry, ...] = ()
    changed_at: datetime | None = None
    changed_by: str = ""
    arrived_at: datetime | None = None
    chair: int | None = None
    stays: tuple[ChairStay, ...] = ()
    identified: Stated[ev.Identified] | None = None
    consent: Stated[ev.Consented] | None = None
    weights: tuple[Stated[ev.Weighed], ...] = ()
    adult: Stated[ev.AdultNamed] | None = None
    iv: Stated[ev.IvPlaced] | None = None
    iv_out: Stated[ev.IvRemoved] | None = None
    order: Stated[ev.Ordered] | None = None
    double_check: Stated[ev.DoubleChecked] | None = None
    infusion: Infusion | None = None
    vitals: tuple[Stated[ev.VitalsTaken], ...] = ()
    pains: tuple[Stated[ev.PainRated], ...] = ()
    side_effects: tuple[Stated[ev.SideEffectSeen], ...] = ()
    aldretes: tuple[Stated[ev.AldreteScored], ...] = ()
    padsses: tuple[Stated[ev.PadssScored], ...] = ()
    orientations: tuple[Stated[ev.OrientationChecked], ...] = ()
    escort: Stated[ev.EscortPresent] | None = None
    instructions: Stated[ev.InstructionsGiven] | None = None
    oral_ketamine: Stated[ev.OralKetamineArranged] | None = None
    next_visit: Stated[ev.NextVisitArranged] | None = None
    overrides: tuple[Stated[ev.PointOverridden], ...] = ()
    signed_off: Stated[ev.SignedOff] | None = None
    waits: tuple[Wait, ...] = ()
    left: Stated[ev.Left] | None = None
    turned_away: Stated[ev.TurnedAway] | None = None
    ended_at: datetime | None = None
    ended_why: str = ""
    acknowledged: tuple[Stated[ev.AlarmAcknowledged], ...] = ()

    @property
    def patient(self) -> ev.Patient:
        return self.plan.patient

    @property
    def here(self) -> bool:
        return self.phase in HERE

    @property
    def seated_at(self) -> datetime | None:
        return self.stays[0].since if self.stays else None

    @property
    def stopped_at(self) -> datetime | None:
        return self.infusion.stopped_at if self.infusion else None

    @property
    def ready_at(self) -> datetime | None:
        return self.signed_off.at if self.signed_off else None

    @property
    def left_at(self) -> datetime | None:
        return self.ended_at if self.phase is Phase.LEFT else None

    @property
    def weight_kg(self) -> Decimal | None:
        return self.weights[-1].body.kg if self.weights else None

    @property
    def last_day_of_course(self) -> bool:
        """A visit without a course is a course of one day."""
        return self.plan.course is None or self.plan.course.last

    def experienced(self, rules: Rules) -> bool:
        """Whether this person knows recovery from infusions before (here or elsewhere)."""
        return (self.infusions_before or 0) >= rules.recovery.experienced_after_infusions

    @property
    def infusions_before(self) -> int | None:
        """How many infusions this person had before, as far as known; what was known at the start holds."""
        if self.infusion and self.infusion.infusions_before is not None:
            return self.infusion.infusions_before
        return self.patient.infusions_before

    def full_sets(self) -> tuple[Stated[ev.VitalsTaken], ...]:
        """The readings that count as a set of vitals."""
        return tuple(reading for reading in self.vitals if is_full_set(reading.body))

    def baseline(self, before: datetime | None = None) -> ev.VitalsTaken | None:
        """The last full set before the start of the infusion (or before `before` while there is none)."""
        limit = self.infusion.started_at if self.infusion else before
        sets = [s for s in self.full_sets() if limit is None or s.at <= limit]
        return sets[-1].body if sets else None

    def pain_before(self) -> ev.PainRated | None:
        """The last pain rating up to the start of the infusion."""
        limit = self.infusion.started_at if self.infusion else None
        pains = [p for p in self.pains if limit is None or p.at <= limit]
        return pains[-1].body if pains else None

    def pain_after(self) -> ev.PainRated | None:
        """The last pain rating after the infusion was stopped."""
        stopped = self.stopped_at
        pains = [p for p in self.pains if stopped is not None and p.at >= stopped]
        return pains[-1].body if pains else None


def visit_id_of(key: str) -> str:
    """A visit's id from what makes it one: the sender's appointment key, else the command that planned it.

    The same appointment always has the same id, which is what makes an import safe to repeat.
    """
    import hashlib

    return hashlib.sha256(key.encode("utf-8")).hexdigest()[:16]


def stream_of(visit_id: str) -> str:
    return VISIT_STREAM + visit_id
