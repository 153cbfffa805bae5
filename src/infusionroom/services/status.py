"""The board of a clinic day as plain data: every visit with what is known of it, and what is missing.

`status_of` takes the room as it is or as it was known at an instant; the shape is the same and stays so. Instants
are UTC in ISO 8601, durations whole seconds named `_s`, amounts exact decimals as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec

from infusionroom.domain import events as ev
from infusionroom.domain.alarms import alarms_of
from infusionroom.domain.background import Background
from infusionroom.domain.board import Alarm, Board, ChairLine, Counts, Point, Priority, VitalsDue, Who
from infusionroom.domain.clinic import Clinic, Rules
from infusionroom.domain.day import local
from infusionroom.domain.dose_words import plain
from infusionroom.domain.fold_board import (
    NoRoom,
    board_of,
    ends_at,
    home_between,
    usual_recovery_s,
    visits_of_day,
    vitals_due,
)
from infusionroom.domain.names import people
from infusionroom.domain.readiness import discharge_points, start_points
from infusionroom.domain.room import Room
from infusionroom.domain.visit import AFTER_INFUSION, RUNNING, Phase, Visit
from infusionroom.domain.visit_figures import (
    OrderFigure,
    OverrideFigure,
    PadssFigure,
    PainFigure,
    PauseFigure,
    ScoreFigure,
    VisitFigures,
    VisitOutcome,
    VitalsFigure,
    WaitFigure,
    visit_figures,
)


class PlanStatus(msgspec.Struct, frozen=True):
    """What was planned. `start_local` is the same instant on the room's wall clock."""

    start: datetime
    start_local: datetime
    duration_min: int | None
    course: ev.CourseDay | None
    note: str
    walk_in: bool
    source: str


class TimesStatus(msgspec.Struct, frozen=True):
    """When each thing happened; null for what has not. `ended` is when the visit came to its end, whichever."""

    planned: datetime
    arrived: datetime | None
    seated: datetime | None
    started: datetime | None
    stopped: datetime | None
    ready: datetime | None
    left: datetime | None
    ended: datetime | None


class InfusionStatus(msgspec.Struct, frozen=True):
    """The infusion. The rate is what is set, and `paused` whether it runs; `ends_at` moves with every pause.

    Once stopped, `ends_at` is when that was. `left_s` is ordered running time still to give, negative when over.
    """

    drug: str
    running_s: int
    wall_s: int
    paused_s: int
    ordered_s: int
    left_s: int
    rate_ml_h: Decimal
    rate_mg_h: Decimal
    concentration_mg_ml: Decimal
    given_mg: Decimal
    given_ml: Decimal
    ends_at: datetime | None
    paused: bool
    pause_why: str
    pauses: tuple[PauseFigure, ...]
    stopped_early: bool
    stop_why: str


class RecoveryStatus(msgspec.Struct, frozen=True):
    """Recovery since the stop, beside what is usual; nobody is ever late."""

    elapsed_s: int
    usual_s: int
    experienced: bool
    home_from: datetime | None
    home_to: datetime | None


class VitalsStatus(msgspec.Struct, frozen=True):
    """The last vitals charted with their NEWS2, and when the next full set is due."""

    last: VitalsFigure | None
    due: VitalsDue


class PainStatus(msgspec.Struct, frozen=True):
    """Pain before the start, after the stop, and as it was rated last."""

    before: PainFigure | None
    after: PainFigure | None
    last: PainFigure | None


class ScoresStatus(msgspec.Struct, frozen=True):
    """The last scores taken."""

    aldrete: ScoreFigure | None
    padss: PadssFigure | None


class ListStatus(msgspec.Struct, frozen=True):
    """A list of points that must be true; `missing` names those that are not, by their keys.

    `at` is the moment it is judged by: now, but the start for who has started, and the door for who has left.
    """

    at: datetime
    complete: bool
    missing: tuple[str, ...]
    points: tuple[Point, ...]


class VisitStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One visit of the day. `ready` is true from the sign-off until the person leaves."""

    visit: str
    version: int
    phase: Phase
    outcome: VisitOutcome
    appointment: ev.Appointment | None
    patient: ev.Patient
    plan: PlanStatus
    here: bool
    carried_over: bool
    chair: int | None
    times: TimesStatus
    ended_why: str
    order: OrderFigure | None
    infusion: InfusionStatus | None
    recovery: RecoveryStatus | None
    vitals: VitalsStatus
    pain: PainStatus
    scores: ScoresStatus
    start_list: ListStatus
    discharge_list: ListStatus
    ready: bool
    waiting_for: str
    waits: tuple[WaitFigure, ...]
    overrides: tuple[OverrideFigure, ...]
    alarms: tuple[AlarmStatus, ...]


class AlarmStatus(msgspec.Struct, frozen=True):
    """Something that needs a hand."""

    visit: str
    chair: int | None
    priority: Priority
    text: str
    value: str
    limit: str
    begin: datetime
    active: bool
    silenced: bool
    acknowledged_by: str


class ChairStatus(msgspec.Struct, frozen=True):
    """One chair, and who sits in it or is next."""

    chair: int
    state: str
    visit: str | None
    phase: Phase | None
    since: datetime | None
    elapsed_s: int
    left_s: int | None
    note: str
    next_visit: str | None
    next_at: datetime | None


class RoomStatus(msgspec.Struct, frozen=True):
    """The room as it is set up, with the day's hours as instants."""

    name: str
    timezone: str
    chairs: int
    opens_at: datetime
    closes_at: datetime


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The board of clinic day `day` at `now`. `known_at` is the instant it is told as of; null for the present.

    `last_start` is the latest moment at which one more usual infusion and recovery fit before the door closes.
    `visits` holds every visit of the day in the order of planned starts, those that are off included.
    """

    schema: int = 1
    room: RoomStatus
    day: date
    now: datetime
    known_at: datetime | None
    head: int
    counts: Counts
    last_start: datetime
    chairs: tuple[ChairStatus, ...]
    alarms: tuple[AlarmStatus, ...]
    visits: tuple[VisitStatus, ...]


def status_of(room: Room, day: date, now: datetime, known_at: datetime | None = None) -> tuple[Status, Board]:
    """The status of the day, and the board it belongs to. Raises `NoRoom`."""
    if room.clinic is None:
        raise NoRoom("no room is set up yet")
    board, clinic = board_of(room, day, now), room.clinic
    visits = visits_of_day(room, day, now)
    whos = people(visits)
    carried = {who.visit for who in board.carried_over}
    status = Status(
        room=RoomStatus(clinic.name, clinic.timezone, clinic.chairs, board.opens_at, board.closes_at),
        day=day,
        now=now,
        known_at=known_at,
        head=board.head,
        counts=board.counts,
        last_start=board.last_start,
        chairs=tuple(_chair(line) for line in board.chairs),
        alarms=tuple(_alarm(alarm) for alarm in board.alarms),
        visits=tuple(
            _visit(v, room.background(v), clinic, now, whos, carried_over=v.id in carried) for v in visits
        ),
    )
    return status, board


def _visit(
    visit: Visit,
    background: Background,
    clinic: Clinic,
    now: datetime,
    whos: Mapping[str, Who],
    *,
    carried_over: bool,
) -> VisitStatus:
    rules, plan = clinic.rules, visit.plan
    figures = visit_figures(visit, now)
    times = figures.times
    start_at, door_at = times.started_at or times.ended_at or now, times.ended_at or now
    wait = visit.waits[-1] if visit.waits and visit.phase is Phase.READY else None
    return VisitStatus(
        visit=visit.id,
        version=visit.version,
        phase=visit.phase,
        outcome=figures.outcome,
        appointment=plan.appointment,
        patient=visit.patient,
        plan=PlanStatus(
            start=plan.start.astimezone(UTC),
            start_local=local(plan.start, clinic.timezone),
            duration_min=plan.duration_min,
            course=plan.course,
            note=plan.note,
            walk_in=plan.walk_in,
            source=plan.source,
        ),
        here=visit.here,
        carried_over=carried_over,
        chair=visit.chair,
        times=TimesStatus(
            planned=times.planned_start.astimezone(UTC),
            arrived=times.arrived_at,
            seated=times.seated_at,
            started=times.started_at,
            stopped=times.stopped_at,
            ready=times.ready_at,
            left=times.left_at,
            ended=times.ended_at,
        ),
        ended_why=visit.ended_why,
        order=figures.order,
        infusion=_infusion(visit, figures, now),
        recovery=_recovery(visit, rules, now),
        vitals=VitalsStatus(figures.last_vitals, vitals_due(visit, rules, now)),
        pain=PainStatus(figures.pain_before, figures.pain_after, _last_pain(visit)),
        scores=ScoresStatus(figures.last_aldrete, figures.last_padss),
        start_list=_list(start_points(visit, background, rules, start_at), start_at),
        discharge_list=_list(discharge_points(visit, background, rules, door_at), door_at),
        ready=visit.phase is Phase.READY,
        waiting_for=(wait.note or wait.reason) if wait else "",
        waits=figures.waits,
        overrides=figures.overrides,
        alarms=tuple(_alarm(alarm) for alarm in alarms_of(visit, rules, now, whos[visit.id])),
    )


def _infusion(visit: Visit, figures: VisitFigures, now: datetime) -> InfusionStatus | None:
    infusion = visit.infusion
    if infusion is None:
        return None
    return InfusionStatus(
        drug=infusion.drug,
        running_s=infusion.running_s(now),
        wall_s=infusion.wall_s(now),
        paused_s=figures.paused_s or 0,
        ordered_s=infusion.duration_min * 60,
        left_s=infusion.left_s(now),
        rate_ml_h=plain(infusion.rate_ml_h),
        rate_mg_h=plain(infusion.rate_mg_h),
        concentration_mg_ml=plain(infusion.concentration_mg_ml),
        given_mg=plain(infusion.given_mg(now)),
        given_ml=plain(infusion.given_ml(now)),
        ends_at=ends_at(visit, now),
        paused=visit.phase is Phase.PAUSED,
        pause_why=infusion.pauses[-1].why if visit.phase is Phase.PAUSED and infusion.pauses else "",
        pauses=figures.pauses,
        stopped_early=infusion.stopped_early,
        stop_why=infusion.stop_why,
    )


def _recovery(visit: Visit, rules: Rules, now: datetime) -> RecoveryStatus | None:
    stopped = visit.stopped_at
    if stopped is None or visit.phase in RUNNING:
        return None
    until = visit.ready_at or visit.left_at or now
    home = home_between(visit, rules, now) if visit.phase in AFTER_INFUSION else None
    return RecoveryStatus(
        elapsed_s=max(0, int((until - stopped).total_seconds())),
        usual_s=usual_recovery_s(visit, rules),
        experienced=visit.experienced(rules),
        home_from=home[0] if home else None,
        home_to=home[1] if home else None,
    )


def _last_pain(visit: Visit) -> PainFigure | None:
    if not visit.pains:
        return None
    last = visit.pains[-1]
    body = last.body
    return PainFigure(last.at, body.nrs, body.unable, body.average_24h, body.worst, body.least)


def _list(points: tuple[Point, ...], at: datetime) -> ListStatus:
    missing = tuple(point.key for point in points if point.open)
    return ListStatus(at, not missing, missing, points)


def _alarm(alarm: Alarm) -> AlarmStatus:
    return AlarmStatus(
        visit=alarm.visit,
        chair=alarm.chair,
        priority=alarm.priority,
        text=alarm.text,
        value=alarm.value,
        limit=alarm.limit,
        begin=alarm.begin,
        active=alarm.active,
        silenced=alarm.silenced,
        acknowledged_by=alarm.acknowledged_by,
    )


def _chair(line: ChairLine) -> ChairStatus:
    return ChairStatus(
        chair=line.number,
        state=line.state.value,
        visit=line.who.visit if line.who else None,
        phase=line.phase,
        since=line.since,
        elapsed_s=line.elapsed_s,
        left_s=line.left_s,
        note=line.note,
        next_visit=line.next_who.visit if line.next_who else None,
        next_at=line.next_at,
    )
