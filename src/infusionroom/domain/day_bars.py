"""The day as bars, chairs × time: what was, and as a forecast what usually follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from infusionroom.domain.board import BarKind, DayBar, Who
from infusionroom.domain.clinic import Clinic, Rules
from infusionroom.domain.day import day_bounds
from infusionroom.domain.room import Room
from infusionroom.domain.visit import Phase, Visit


def bars_of(
    room: Room, clinic: Clinic, visits: Iterable[Visit], whos: Mapping[str, Who], day: date, now: datetime
) -> tuple[DayBar, ...]:
    """Every stretch of every chair on this day, cut to the day's bounds, by chair and time."""
    of_visits = [bar for visit in visits for bar in bars_of_visit(visit, whos[visit.id], clinic.rules, now)]
    return with_chairs_own(of_visits, room, clinic, day, now)


def with_chairs_own(
    of_visits: Iterable[DayBar], room: Room, clinic: Clinic, day: date, now: datetime
) -> tuple[DayBar, ...]:
    """These people's bars and the chairs' own, cut to the day's bounds, by chair and time."""
    begin, end = day_bounds(day, clinic.timezone)
    bars = list(of_visits)
    taken = {visit.chair for visit in room.visits.values() if visit.here}
    for number in range(1, clinic.chairs + 1):
        chair = room.chair(number)
        if chair.out_since:
            bars.append(DayBar(number, "out", chair.out_since, max(now, chair.out_since)))
        elif chair.cleaning_since and number not in taken:
            bars.append(DayBar(number, "cleaning", chair.cleaning_since, max(now, chair.cleaning_since)))
    cut = [_cut(bar, begin, end) for bar in bars if bar.until > begin and bar.since < end]
    return tuple(sorted(cut, key=lambda b: (b.chair, b.since, b.until)))


def _cut(bar: DayBar, begin: datetime, end: datetime) -> DayBar:
    if begin <= bar.since and bar.until <= end:
        return bar
    return DayBar(bar.chair, bar.kind, max(bar.since, begin), min(bar.until, end), bar.who)


def bars_of_visit(visit: Visit, who: Who, rules: Rules, now: datetime) -> list[DayBar]:
    """This person's stretches in every chair they sat in, and the forecast."""
    bars: list[DayBar] = []
    for stay in visit.stays:
        stay_end = stay.until or now
        for kind, since, until in _phases(visit, now):
            low, high = max(since, stay.since), min(until, stay_end)
            if low < high:
                bars.append(DayBar(stay.chair, kind, low, high, who))
    if visit.chair is not None and visit.here:
        bars += _forecast(visit, visit.chair, who, rules, now)
    return bars


def _phases(visit: Visit, now: datetime) -> list[tuple[BarKind, datetime, datetime]]:
    """The visit's stretches whatever the chair: waiting, infusion and pauses, recovery, ready."""
    gone = visit.ended_at or now
    infusion = visit.infusion
    if visit.seated_at is None:
        return []
    if infusion is None:
        return [("waiting", visit.seated_at, gone)]
    phases: list[tuple[BarKind, datetime, datetime]] = [("waiting", visit.seated_at, infusion.started_at)]
    phases += [("infusion", span.from_, span.until or now) for span in infusion.spans]
    phases += [("pause", pause.since, pause.until or now) for pause in infusion.pauses]
    if infusion.stopped_at:
        phases.append(("recovery", infusion.stopped_at, visit.ready_at or gone))
    if visit.ready_at:
        phases.append(("ready", visit.ready_at, gone))
    return phases


def _forecast(visit: Visit, chair: int, who: Who, rules: Rules, now: datetime) -> list[DayBar]:
    """What usually follows: the rest of the infusion as planned, then the usual recovery."""
    usual_min = rules.recovery.usual_experienced_min if visit.experienced(rules) else rules.recovery.usual_min
    usual = timedelta(minutes=usual_min)
    infusion = visit.infusion
    if visit.phase in (Phase.INFUSING, Phase.PAUSED) and infusion:
        ends = now + timedelta(seconds=max(0, infusion.left_s(now)))
        return [DayBar(chair, "planned", now, ends, who), DayBar(chair, "forecast", ends, ends + usual, who)]
    if visit.phase is Phase.RECOVERING and visit.stopped_at and visit.stopped_at + usual > now:
        return [DayBar(chair, "forecast", now, visit.stopped_at + usual, who)]
    return []
