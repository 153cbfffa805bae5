"""From the room to the board: one function of (room, day, now), pane by pane; and the board after an entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from infusionroom.domain.alarms import urgency
from infusionroom.domain.board import (
    Alarm,
    Board,
    ChairLine,
    Counts,
    DayBar,
    DischargeLine,
    InfusionLine,
    RecoveryLine,
    ToComeLine,
    Who,
)
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.day import at_local, clinic_day
from infusionroom.domain.day_bars import with_chairs_own
from infusionroom.domain.fold_person import Said, said_of, seconds_since
from infusionroom.domain.fold_to_come import task_lines
from infusionroom.domain.names import people
from infusionroom.domain.room import ChairState, Room
from infusionroom.domain.visit import Phase, Visit

_Line = InfusionLine | RecoveryLine | DischargeLine | ToComeLine


class NoRoom(ValueError):
    """The store holds no room yet."""


def board_of(room: Room, day: date, now: datetime) -> Board:
    """The board of a clinic day at `now`. Raises `NoRoom` before the room is set up."""
    if room.clinic is None:
        raise NoRoom("no room is set up yet")
    visits = visits_of_day(room, day, now)
    return _board(
        room, room.clinic, day, now, visits, _said(room, room.clinic, day, now, visits, people(visits))
    )


def board_after(board: Board, before: Room, after: Room, now: datetime) -> Board:
    """The board once entries have made `after` of `before`, the room that `board` is of.

    Whoever the entries are about is shown as at `now`. What was said of everybody else stays said, by the very same
    objects, and so does the moment of the board: timers turn when the board is made anew by `board_of`, and not when
    something is written about somebody else.
    """
    clinic = after.clinic
    if clinic is None or clinic is not before.clinic:
        return board_of(after, board.day, now)
    visits = visits_of_day(after, board.day, now)
    whos = people(visits)
    known = _said_on(board)
    stands = {
        v.id: known[v.id]
        for v in visits
        if v.id in known and known[v.id].who == whos[v.id] and _untouched(v, before, after)
    }
    touched = [visit for visit in visits if visit.id not in stands]
    said = stands | _said(after, clinic, board.day, now, touched, whos)
    return _board(after, clinic, board.day, board.now, visits, said)


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


def _untouched(visit: Visit, before: Room, after: Room) -> bool:
    """Whether neither a visit nor what stands behind it has changed."""
    return before.visits.get(visit.id) is visit and all(
        one is other for one, other in zip(_behind(visit, before), _behind(visit, after), strict=True)
    )


def _behind(visit: Visit, room: Room) -> tuple[object, ...]:
    """What `Room.background` of a visit is made of, besides the clinic."""
    patient = room.patient(visit.plan.patient_id)
    rows = room.past.get(patient.id) if patient is not None else None
    return patient, rows, room.courses.get(visit.plan.course_id)


def _said(
    room: Room, clinic: Clinic, day: date, now: datetime, visits: Iterable[Visit], whos: Mapping[str, Who]
) -> dict[str, Said]:
    closes_at = at_local(day, clinic.closes, clinic.timezone)
    return {v.id: said_of(v, room.background(v), whos[v.id], clinic, closes_at, now) for v in visits}


def _said_on(board: Board) -> dict[str, Said]:
    """What a board says, person by person."""
    chairs = {line.who.visit: line for line in board.chairs if line.who is not None}
    infusions = {line.who.visit: line for line in board.infusions}
    recovery = {line.who.visit: line for line in board.recovery}
    discharge = {line.who.visit: line for line in board.discharge}
    to_come = {line.who.visit: line for line in board.to_come}
    panes: tuple[Mapping[str, _Line], ...] = (infusions, recovery, discharge, to_come)
    alarms: dict[str, list[Alarm]] = {}
    bars: dict[str, list[DayBar]] = {}
    for alarm in board.alarms:
        alarms.setdefault(alarm.visit, []).append(alarm)
    for bar in board.bars:
        if bar.who is not None:
            bars.setdefault(bar.who.visit, []).append(bar)
    whos: dict[str, Who] = {visit: of_visit[0].who for visit, of_visit in alarms.items()}
    whos |= {visit: bar.who for visit, (bar, *_) in bars.items() if bar.who is not None}
    whos |= {visit: chair.who for visit, chair in chairs.items() if chair.who is not None}
    for lines in panes:
        whos |= {visit: line.who for visit, line in lines.items()}
    return {
        visit: Said(
            who=who,
            alarms=tuple(alarms.get(visit, ())),
            chair=chairs.get(visit),
            infusion=infusions.get(visit),
            recovery=recovery.get(visit),
            discharge=discharge.get(visit),
            coming=to_come.get(visit),
            bars=tuple(bars.get(visit, ())),
        )
        for visit, who in whos.items()
    }


def _board(
    room: Room, clinic: Clinic, day: date, now: datetime, visits: Sequence[Visit], said: Mapping[str, Said]
) -> Board:
    """The board of what is said of each of these visits."""
    closes_at = at_local(day, clinic.closes, clinic.timezone)
    all_said = [said[v.id] for v in visits]
    by_chair = [said[v.id] for v in sorted(visits, key=lambda v: (v.chair or 0, v.plan.start, v.id))]
    to_come = tuple(
        sorted(
            (s.coming for s in all_said if s.coming is not None),
            key=lambda line: (line.phase is not Phase.ARRIVED, line.start, line.who.visit),
        )
    )
    discharge = [s.discharge for s in by_chair if s.discharge is not None]
    return Board(
        clinic=clinic.name,
        timezone=clinic.timezone,
        day=day,
        now=now,
        opens_at=at_local(day, clinic.opens, clinic.timezone),
        closes_at=closes_at,
        last_start=last_start(clinic, closes_at),
        counts=_counts(visits),
        alarms=tuple(sorted((alarm for s in all_said for alarm in s.alarms), key=urgency)),
        chairs=_chairs(room, clinic, said, to_come, now),
        infusions=tuple(s.infusion for s in by_chair if s.infusion is not None),
        recovery=tuple(s.recovery for s in by_chair if s.recovery is not None),
        discharge=tuple(sorted(discharge, key=lambda line: line.phase is not Phase.READY)),
        to_come=to_come,
        bars=with_chairs_own((bar for s in all_said for bar in s.bars), room, clinic, day, now),
        carried_over=tuple(
            said[v.id].who
            for v in visits
            if v.here and clinic_day(v.arrived_at or now, clinic.timezone) < day
        ),
        head=room.head,
        tasks=task_lines(room, clinic, visits, day),
    )


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
    room: Room, clinic: Clinic, said: Mapping[str, Said], to_come: Iterable[ToComeLine], now: datetime
) -> tuple[ChairLine, ...]:
    waiting = iter([line for line in to_come if line.phase in (Phase.ARRIVED, Phase.PLANNED)])
    seated = {v.chair: v.id for v in reversed([*room.visits.values()]) if v.here}
    lines = []
    for number in range(1, clinic.chairs + 1):
        # On another day's board whoever sits here now is nobody of that day.
        occupied = said[seated[number]].chair if seated.get(number) in said else None
        if occupied is not None:
            lines.append(occupied)
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
                elapsed_s=seconds_since(since, now),
                note=known.out_why if state is ChairState.OUT_OF_SERVICE else "",
                next_who=upcoming.who if upcoming else None,
                next_at=upcoming.start if upcoming else None,
            )
        )
    return tuple(lines)
