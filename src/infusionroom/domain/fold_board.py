"""From the room to the board: one function of (room, day, now), pane by pane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from infusionroom.domain.alarms import alarms_of, anchors_of, on_the_strip, urgency
from infusionroom.domain.board import (
    Alarm,
    Board,
    ChairLine,
    Counts,
    DischargeLine,
    InfusionLine,
    Priority,
    RecoveryLine,
    ToComeLine,
    VitalsDue,
    Who,
)
from infusionroom.domain.clinic import Clinic, Rules
from infusionroom.domain.coming import course_text
from infusionroom.domain.day import at_local, clinic_day
from infusionroom.domain.day_bars import bars_of
from infusionroom.domain.fold_to_come import task_lines, to_come_lines
from infusionroom.domain.names import people
from infusionroom.domain.readiness import discharge_points
from infusionroom.domain.room import ChairState, Room
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


class NoRoom(ValueError):
    """The store holds no room yet."""


def board_of(room: Room, day: date, now: datetime) -> Board:
    """The board of a clinic day at `now`. Raises `NoRoom` before the room is set up."""
    if room.clinic is None:
        raise NoRoom("no room is set up yet")
    clinic = room.clinic
    visits = visits_of_day(room, day, now)
    whos = people(visits)
    alarms = {v.id: alarms_of(v, clinic.rules, now, whos[v.id]) for v in visits}
    loudest = {visit: _loudest(found) for visit, found in alarms.items()}
    closes_at = at_local(day, clinic.closes, clinic.timezone)
    to_come = to_come_lines(room, clinic, visits, whos, closes_at, now)
    return Board(
        clinic=clinic.name,
        timezone=clinic.timezone,
        day=day,
        now=now,
        opens_at=at_local(day, clinic.opens, clinic.timezone),
        closes_at=closes_at,
        last_start=last_start(clinic, closes_at),
        counts=_counts(visits),
        alarms=tuple(sorted((a for found in alarms.values() for a in found), key=urgency)),
        chairs=_chairs(room, clinic, whos, loudest, to_come, now),
        infusions=_infusions(visits, whos, loudest, clinic.rules, now),
        recovery=_recovery(visits, whos, loudest, clinic.rules, now),
        discharge=_discharge(room, visits, whos, loudest, clinic.rules, now),
        to_come=to_come,
        bars=bars_of(room, clinic, visits, whos, day, now),
        carried_over=tuple(
            whos[v.id] for v in visits if v.here and clinic_day(v.arrived_at or now, clinic.timezone) < day
        ),
        head=room.head,
        tasks=task_lines(room, clinic, visits, day),
    )


def visits_of_day(room: Room, day: date, now: datetime) -> list[Visit]:
    """The visits that belong to the day: planned for it, come on it, or still here when it is today."""
    if room.clinic is None:
        return []
    timezone = room.clinic.timezone
    today = clinic_day(now, timezone)
    return sorted(
        (v for v in room.visits.values() if belongs_to(v, day, timezone) or (v.here and day == today)),
        key=lambda v: (v.plan.start, v.patient.family, v.id),
    )


def belongs_to(visit: Visit, day: date, timezone: str) -> bool:
    """Whether a visit is of this clinic day: the day the person came, else the day they are planned for."""
    return clinic_day(visit.arrived_at or visit.plan.start, timezone) == day


def last_start(clinic: Clinic, closes_at: datetime) -> datetime:
    """The latest start that leaves room for the usual infusion and the usual recovery before the door closes."""
    rules = clinic.rules
    return closes_at - timedelta(minutes=rules.dose.duration_min + rules.recovery.usual_min)


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


def _seconds(since: datetime | None, now: datetime) -> int:
    return max(0, int((now - since).total_seconds())) if since else 0


def _loudest(alarms: Iterable[Alarm]) -> Priority | None:
    return next((a.priority for a in alarms if on_the_strip(a) and not a.silenced), None)


def _counts(visits: Iterable[Visit]) -> Counts:
    by = Counter(v.phase for v in visits)
    return Counts(
        to_come=by[Phase.PLANNED],
        waiting=by[Phase.ARRIVED] + by[Phase.SEATED],
        infusing=by[Phase.INFUSING],
        paused=by[Phase.PAUSED],
        recovering=by[Phase.RECOVERING],
        ready=by[Phase.READY],
        left=by[Phase.LEFT],
        cancelled=by[Phase.CANCELLED],
        no_show=by[Phase.NO_SHOW],
    )


def _chairs(
    room: Room,
    clinic: Clinic,
    whos: Mapping[str, Who],
    loudest: Mapping[str, Priority | None],
    to_come: tuple[ToComeLine, ...],
    now: datetime,
) -> tuple[ChairLine, ...]:
    waiting = iter([line for line in to_come if line.phase in (Phase.ARRIVED, Phase.PLANNED)])
    lines = []
    for number in range(1, clinic.chairs + 1):
        # On another day's board whoever sits here now is nobody of that day.
        if (visit := room.occupant(number)) and visit.id in whos:
            lines.append(_occupied(number, visit, whos, loudest, now))
            continue
        state, known = room.state_unless_taken(number), room.chair(number)
        upcoming = next(waiting, None) if state is ChairState.OPEN else None
        since = known.out_since if state is ChairState.OUT_OF_SERVICE else known.cleaning_since
        since = since if state is not ChairState.OPEN else None
        lines.append(
            ChairLine(
                number=number,
                state=state,
                since=since,
                elapsed_s=_seconds(since, now),
                note=known.out_why if state is ChairState.OUT_OF_SERVICE else "",
                next_who=upcoming.who if upcoming else None,
                next_at=upcoming.start if upcoming else None,
            )
        )
    return tuple(lines)


def _occupied(
    number: int,
    visit: Visit,
    whos: Mapping[str, Who],
    loudest: Mapping[str, Priority | None],
    now: datetime,
) -> ChairLine:
    infusion = visit.infusion
    since = phase_since(visit)
    pause_why = infusion.pauses[-1].why if infusion and visit.phase is Phase.PAUSED else ""
    wait = visit.waits[-1] if visit.waits and visit.phase is Phase.READY else None
    note = pause_why or ((wait.note or _WAIT_WORDS[wait.reason]) if wait else "")
    return ChairLine(
        number=number,
        state=ChairState.OCCUPIED,
        who=whos[visit.id],
        phase=visit.phase,
        since=since,
        elapsed_s=_seconds(since, now),
        left_s=infusion.left_s(now) if infusion and visit.phase in RUNNING else None,
        note=note,
        alarm=loudest[visit.id],
    )


def _by_chair(visits: Iterable[Visit]) -> list[Visit]:
    return sorted(visits, key=lambda v: (v.chair or 0, v.plan.start, v.id))


def _infusions(
    visits: Iterable[Visit],
    whos: Mapping[str, Who],
    loudest: Mapping[str, Priority | None],
    rules: Rules,
    now: datetime,
) -> tuple[InfusionLine, ...]:
    lines = []
    for visit in _by_chair(v for v in visits if v.phase in RUNNING):
        infusion, ends = visit.infusion, ends_at(visit, now)
        if infusion is None or ends is None:
            continue
        given_mg = infusion.given_mg(now)
        left_s = max(0, infusion.left_s(now))
        paused = visit.phase is Phase.PAUSED
        lines.append(
            InfusionLine(
                chair=visit.chair,
                who=whos[visit.id],
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
                alarm=loudest[visit.id],
            )
        )
    return tuple(lines)


def _recovery(
    visits: Iterable[Visit],
    whos: Mapping[str, Who],
    loudest: Mapping[str, Priority | None],
    rules: Rules,
    now: datetime,
) -> tuple[RecoveryLine, ...]:
    lines = []
    for visit in _by_chair(v for v in visits if v.phase is Phase.RECOVERING):
        stopped = visit.stopped_at
        if stopped is None:
            continue
        before = visit.infusions_before
        totals = [padss_total(p.body) for p in visit.padsses if p.at >= stopped]
        aldretes = [aldrete_total(a.body) for a in visit.aldretes if a.at >= stopped]
        home = home_between(visit, rules, now)
        lines.append(
            RecoveryLine(
                chair=visit.chair,
                who=whos[visit.id],
                since=stopped,
                elapsed_s=_seconds(stopped, now),
                usual_s=usual_recovery_s(visit, rules),
                experienced=visit.experienced(rules),
                infusion_number=before + 1 if before is not None else None,
                padss=tuple(total for total in totals if total is not None),
                aldrete=aldretes[-1] if aldretes else None,
                vitals=vitals_due(visit, rules, now),
                home_from=home[0] if home else None,
                home_to=home[1] if home else None,
                alarm=loudest[visit.id],
            )
        )
    return tuple(lines)


def _discharge(
    room: Room,
    visits: Iterable[Visit],
    whos: Mapping[str, Who],
    loudest: Mapping[str, Priority | None],
    rules: Rules,
    now: datetime,
) -> tuple[DischargeLine, ...]:
    lines = []
    for visit in _by_chair(v for v in visits if v.phase in AFTER_INFUSION):
        totals = [padss_total(p.body) for p in visit.padsses]
        wait = visit.waits[-1] if visit.waits else None
        lines.append(
            DischargeLine(
                chair=visit.chair,
                who=whos[visit.id],
                phase=visit.phase,
                score=totals[-1] if totals else None,
                points=discharge_points(visit, room.background(visit), rules, now),
                ready_at=visit.ready_at,
                ready_s=_seconds(visit.ready_at, now),
                waiting_for=(wait.note or _WAIT_WORDS[wait.reason]) if wait else "",
                alarm=loudest[visit.id],
            )
        )
    return tuple(sorted(lines, key=lambda line: line.phase is not Phase.READY))
