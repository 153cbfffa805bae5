"""The board of a clinic day as plain data: every visit with what is known of it, and what is missing.

`status_of` takes the room as it is or as it was known at an instant; the shape is the same and stays so. Instants
are UTC in ISO 8601, durations whole seconds named `_s`, amounts exact decimals as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from infusionroom.domain.alarms import alarms_of
from infusionroom.domain.background import Background
from infusionroom.domain.board import Alarm, Board, ChairLine, Point, Who
from infusionroom.domain.clinic import Clinic, Rules
from infusionroom.domain.day import local
from infusionroom.domain.dose_words import plain
from infusionroom.domain.fold_board import NoRoom, board_of, visits_of_day
from infusionroom.domain.fold_person import ends_at, home_between, usual_recovery_s, vitals_due
from infusionroom.domain.names import people
from infusionroom.domain.readiness import discharge_points, start_points
from infusionroom.domain.room import Room
from infusionroom.domain.visit import AFTER_INFUSION, RUNNING, Phase, Visit
from infusionroom.domain.visit_figures import (
    PainFigure,
    VisitFigures,
    visit_figures,
)
from infusionroom.services.status_shape import (
    AlarmStatus,
    ChairStatus,
    InfusionStatus,
    ListStatus,
    PainStatus,
    PlanStatus,
    RecoveryStatus,
    RoomStatus,
    ScoresStatus,
    Status,
    TaskStatus,
    TimesStatus,
    VisitStatus,
    VitalsStatus,
)

__all__ = ["Status", "VisitStatus", "status_of"]


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
        tasks=tuple(
            TaskStatus(t.patient, t.course, t.kind, t.text, t.due_on, t.call, t.day) for t in board.tasks
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
            patient_id=plan.patient_id,
            course_id=plan.course_id,
            chair=plan.chair,
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
