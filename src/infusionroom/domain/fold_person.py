"""What the board says of one person: their alarms, and their line in each pane in which they stand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from infusionroom.domain.alarms import alarms_of, anchors_of, on_the_strip
from infusionroom.domain.background import Background
from infusionroom.domain.board import (
    Alarm,
    ChairLine,
    DayBar,
    DischargeLine,
    InfusionLine,
    Priority,
    RecoveryLine,
    ToComeLine,
    VitalsDue,
    Who,
)
from infusionroom.domain.clinic import Clinic, Rules
from infusionroom.domain.coming import course_text, special_of
from infusionroom.domain.day_bars import bars_of_visit
from infusionroom.domain.readiness import discharge_points
from infusionroom.domain.room import ChairState
from infusionroom.domain.scores import aldrete_total, padss_total
from infusionroom.domain.visit import AFTER_INFUSION, RUNNING, Phase, Visit
from infusionroom.domain.vitals_due import due_state, next_due

_WAIT_WORDS: Final[dict[str, str]] = {
    "escort": "escort",
    "physician": "physician",
    "prescription": "prescription",
    "paperwork": "paperwork",
    "other": "",
}


class Said(msgspec.Struct, frozen=True):
    """Everything a board says of one visit; where a pane says nothing of it there is None."""

    who: Who
    alarms: tuple[Alarm, ...] = ()
    chair: ChairLine | None = None
    infusion: InfusionLine | None = None
    recovery: RecoveryLine | None = None
    discharge: DischargeLine | None = None
    coming: ToComeLine | None = None
    bars: tuple[DayBar, ...] = ()


def said_of(
    visit: Visit, background: Background, who: Who, clinic: Clinic, closes_at: datetime, now: datetime
) -> Said:
    """What a board says of this visit at `now`; `closes_at` is when the day's door closes."""
    rules = clinic.rules
    alarms = alarms_of(visit, rules, now, who)
    loudest = next((a.priority for a in alarms if on_the_strip(a) and not a.silenced), None)
    return Said(
        who=who,
        alarms=alarms,
        chair=_chair(visit, who, loudest, now),
        infusion=_infusion(visit, who, loudest, rules, now),
        recovery=_recovery(visit, who, loudest, rules, now),
        discharge=_discharge(visit, background, who, loudest, rules, now),
        coming=_coming(visit, background, who, clinic, closes_at, now),
        bars=tuple(bars_of_visit(visit, who, rules, now)),
    )


def vitals_due(visit: Visit, rules: Rules, now: datetime) -> VitalsDue:
    """When this person's next set of vitals is due."""
    if visit.phase not in RUNNING | AFTER_INFUSION:
        return VitalsDue("none")
    due = next_due(anchors_of(visit, now), rules.vitals)
    if due is None:
        return VitalsDue("none")
    state = due_state(due, now, rules.vitals)
    return VitalsDue(state.kind, state.minutes, due)


def usual_recovery_s(visit: Visit, rules: Rules) -> int:
    """What recovery usually takes people like this one, in seconds; never a deadline."""
    usual = rules.recovery
    return 60 * (usual.usual_experienced_min if visit.experienced(rules) else usual.usual_min)


def home_between(visit: Visit, rules: Rules, now: datetime) -> tuple[datetime, datetime] | None:
    """The range in which people like this one usually go home; None once it says nothing any more."""
    stopped = visit.stopped_at
    if stopped is None:
        return None
    usual_s = usual_recovery_s(visit, rules)
    low = stopped + timedelta(seconds=usual_s * rules.recovery.range_low_percent // 100)
    high = stopped + timedelta(seconds=usual_s * rules.recovery.range_high_percent // 100)
    return (max(low, now), high) if high > now else None


def ends_at(visit: Visit, now: datetime) -> datetime | None:
    """Where the end of the infusion stands now: the ordered running time that is left, from now on."""
    if visit.infusion is None or visit.infusion.stopped_at is not None:
        return visit.stopped_at
    return now + timedelta(seconds=visit.infusion.left_s(now))


def phase_since(visit: Visit) -> datetime | None:
    """When the visit came into its present phase."""
    infusion = visit.infusion
    match visit.phase:
        case Phase.ARRIVED:
            return visit.arrived_at
        case Phase.SEATED:
            return visit.seated_at
        case Phase.INFUSING:
            return infusion.started_at if infusion else None
        case Phase.PAUSED:
            return infusion.pauses[-1].since if infusion and infusion.pauses else None
        case Phase.RECOVERING:
            return visit.stopped_at
        case Phase.READY:
            return visit.ready_at
        case Phase.PLANNED:
            return visit.plan.start
        case _:
            return visit.ended_at


def seconds_since(since: datetime | None, now: datetime) -> int:
    """Whole seconds that have passed, 0 where it never began."""
    return max(0, int((now - since).total_seconds())) if since else 0


def _waits_for(visit: Visit) -> str:
    wait = visit.waits[-1] if visit.waits else None
    return (wait.note or _WAIT_WORDS[wait.reason]) if wait else ""


def _chair(visit: Visit, who: Who, loudest: Priority | None, now: datetime) -> ChairLine | None:
    if visit.chair is None or not visit.here:
        return None
    infusion, since = visit.infusion, phase_since(visit)
    pause_why = infusion.pauses[-1].why if infusion and visit.phase is Phase.PAUSED else ""
    return ChairLine(
        number=visit.chair,
        state=ChairState.OCCUPIED,
        who=who,
        phase=visit.phase,
        since=since,
        elapsed_s=seconds_since(since, now),
        left_s=infusion.left_s(now) if infusion and visit.phase in RUNNING else None,
        note=pause_why or (_waits_for(visit) if visit.phase is Phase.READY else ""),
        alarm=loudest,
    )


def _infusion(
    visit: Visit, who: Who, loudest: Priority | None, rules: Rules, now: datetime
) -> InfusionLine | None:
    infusion, ends = visit.infusion, ends_at(visit, now)
    if visit.phase not in RUNNING or infusion is None or ends is None:
        return None
    given_mg = infusion.given_mg(now)
    left_s = max(0, infusion.left_s(now))
    paused = visit.phase is Phase.PAUSED
    return InfusionLine(
        chair=visit.chair,
        who=who,
        course=course_text(visit),
        paused=paused,
        running_s=infusion.running_s(now),
        wall_s=infusion.wall_s(now),
        ordered_s=infusion.duration_min * 60,
        rate_ml_h=Decimal(0) if paused else infusion.rate_ml_h,
        rate_mg_h=Decimal(0) if paused else infusion.rate_mg_h,
        given_mg=given_mg,
        given_ml=infusion.given_ml(now),
        total_mg=given_mg + infusion.rate_mg_h * left_s / 3600,
        ends_at=ends,
        vitals=vitals_due(visit, rules, now),
        pause_why=infusion.pauses[-1].why if paused else "",
        alarm=loudest,
    )


def _totals(totals: Iterable[int | None]) -> tuple[int, ...]:
    return tuple(total for total in totals if total is not None)


def _recovery(
    visit: Visit, who: Who, loudest: Priority | None, rules: Rules, now: datetime
) -> RecoveryLine | None:
    stopped = visit.stopped_at
    if visit.phase is not Phase.RECOVERING or stopped is None:
        return None
    before = visit.infusions_before
    aldretes = [aldrete_total(a.body) for a in visit.aldretes if a.at >= stopped]
    home = home_between(visit, rules, now)
    return RecoveryLine(
        chair=visit.chair,
        who=who,
        since=stopped,
        elapsed_s=seconds_since(stopped, now),
        usual_s=usual_recovery_s(visit, rules),
        experienced=visit.experienced(rules),
        infusion_number=before + 1 if before is not None else None,
        padss=_totals(padss_total(p.body) for p in visit.padsses if p.at >= stopped),
        aldrete=aldretes[-1] if aldretes else None,
        vitals=vitals_due(visit, rules, now),
        home_from=home[0] if home else None,
        home_to=home[1] if home else None,
        alarm=loudest,
    )


def _discharge(
    visit: Visit, background: Background, who: Who, loudest: Priority | None, rules: Rules, now: datetime
) -> DischargeLine | None:
    if visit.phase not in AFTER_INFUSION:
        return None
    totals = [padss_total(p.body) for p in visit.padsses]
    return DischargeLine(
        chair=visit.chair,
        who=who,
        phase=visit.phase,
        score=totals[-1] if totals else None,
        points=discharge_points(visit, background, rules, now),
        ready_at=visit.ready_at,
        ready_s=seconds_since(visit.ready_at, now),
        waiting_for=_waits_for(visit),
        alarm=loudest,
    )


def _coming(
    visit: Visit, background: Background, who: Who, clinic: Clinic, closes_at: datetime, now: datetime
) -> ToComeLine | None:
    if visit.phase not in (Phase.PLANNED, Phase.ARRIVED):
        return None
    special = special_of(visit, background, clinic.rules, now, clinic.timezone, closes_at=closes_at)
    late_s = int((now - visit.plan.start).total_seconds()) if visit.phase is Phase.PLANNED else 0
    return ToComeLine(
        who=who,
        phase=visit.phase,
        start=visit.plan.start,
        course=special.course,
        late_s=max(0, late_s),
        dose=special.dose,
        marks=special.marks,
        note=visit.plan.note,
    )
