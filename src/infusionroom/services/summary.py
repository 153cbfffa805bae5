"""The day's summary: what a clinic day came to, as plain data that the report turns into files.

The same journal gives the same summary. A day that is over is summed up at its last midnight, by everything
that has been written since; today is summed up at the present minute, or at its last entry where that is later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from infusionroom.domain.day import day_bounds
from infusionroom.domain.evolve import fold
from infusionroom.domain.figures import DayFigures, day_figures
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.journal import Entry
from infusionroom.domain.open_matters import SetAside
from infusionroom.domain.record import VisitRecord
from infusionroom.domain.room import ROOM_STREAM, Room
from infusionroom.domain.visit import VISIT_STREAM, Visit, stream_of
from infusionroom.services.chair_entries import chair_entries
from infusionroom.services.errors import RoomRefused, translated
from infusionroom.services.room import RoomService

if TYPE_CHECKING:
    from infusionroom.store import Store

DaySummary = DayFigures

# Between two days of one course lie weekends and holidays, not months.
_COURSE_GAP: Final = timedelta(days=21)
_EARLIER_VISITS: Final = 40


def day_summary(room: RoomService, day: date, at: datetime | None = None) -> DaySummary:
    """The summary of a clinic day, at `at` or by default at the moment that the module names.

    Raises `RoomUnreachable`, and `RoomRefused` where no room is set up or `at` lies before the day.
    """
    now = room.clock.now()
    with translated():
        store = room.store
        head, _ = store.head()
        frame = store.entries(streams=(ROOM_STREAM,), until=head)
        clinic = evolve(Room(), frame).clinic
        if clinic is None:
            raise RoomRefused("No room is set up in this store: run “infusionroom setup” first.")
        begin, end = day_bounds(day, clinic.timezone)
        if at is not None and at < begin:
            raise RoomRefused(f"The summary of {day.isoformat()} cannot be asked for before that day begins.")
        visits = _visits(store, day, begin, head)
        chairs = chair_entries(store, room.state, begin, head)
        moment = at or _moment(now, end, _entries_of(visits.values(), chairs))
        firsts = _course_firsts(store, visits.values(), day, head)
        set_aside = [
            SetAside(q.file, q.line, q.field, q.why, q.received_at)
            for q in store.quarantined()
            if q.received_at is None or q.received_at <= moment
        ]
    # The room as it was set up then; a day before it was set up is judged by the first setting.
    then = [e for e in frame if e.happened_at <= min(moment, end)] or frame[:1]
    known = replace(evolve(Room(), then), visits=visits, head=head)
    return day_figures(known, day, moment, chair_entries=chairs, set_aside=set_aside, course_firsts=firsts)


def _visits(store: Store, day: date, begin: datetime, head: int) -> dict[str, Visit]:
    """The visits ever planned on the day or present on it, and whoever was here when it began."""
    names = {*store.visits_on(day), *store.open_visits_at(begin)}
    return _folded(store, names, head)


def _folded(store: Store, names: Iterable[str], head: int) -> dict[str, Visit]:
    streams: dict[str, list[Entry]] = {}
    for entry in store.entries(streams=[stream_of(name) for name in sorted(names)], until=head):
        streams.setdefault(entry.stream.removeprefix(VISIT_STREAM), []).append(entry)
    return {name: fold(entries) for name, entries in sorted(streams.items())}


def _entries_of(visits: Iterable[Visit], chairs: list[Entry]) -> list[Entry]:
    return [*(entry for visit in visits for entry in visit.entries), *chairs]


def _moment(now: datetime, end: datetime, entries: list[Entry]) -> datetime:
    """The end of a day that is over; else the present minute, but never before what has happened by now."""
    if end <= now:
        return end
    minute = now.replace(second=0, microsecond=0)
    return max([minute, *(e.happened_at for e in entries if e.happened_at <= now)])


def _course_firsts(store: Store, visits: Collection[Visit], day: date, head: int) -> Mapping[str, Visit]:
    """For each visit on a later day of its course, the visit of the course's first infusion, if it was here."""
    booked = [visit for visit in visits if visit.plan.course_id]
    loose = [visit for visit in visits if not visit.plan.course_id]
    return {**_firsts_booked(store, booked, head), **_firsts_by_number(store, loose, day, head)}


def _firsts_booked(store: Store, visits: Iterable[Visit], head: int) -> Mapping[str, Visit]:
    """Of a course that was booked here: its first infusion, which is the visit's own where day 1 was omitted."""
    later = [v for v in visits if v.infusion is not None and v.plan.course and v.plan.course.day > 1]
    rows = store.visits_of({visit.plan.patient_id for visit in later})
    names: dict[str, str] = {}
    for visit in later:
        own = [r for r in rows.get(visit.plan.patient_id, ()) if r.course == visit.plan.course_id]
        began = [(r.started_at, r.visit) for r in own if r.started_at is not None]
        if began:
            names[visit.id] = min(began)[1]
    known = _folded(store, set(names.values()), head)
    return {visit: known[first] for visit, first in names.items() if first in known}


def _firsts_by_number(store: Store, visits: Collection[Visit], day: date, head: int) -> Mapping[str, Visit]:
    """Of a course that only its sender knows: the earlier visits under the same record number."""
    candidates: dict[str, list[str]] = {}
    for visit in visits:
        course, number = visit.plan.course, visit.patient.record_number
        if course is None or course.day == 1 or not number or (not visit.here and visit.left is None):
            continue
        earlier = [
            record
            for record in store.find_visits(number, limit=_EARLIER_VISITS)
            if record.record_number == number and record.started_at and record.day < day
        ]
        candidates[visit.id] = [record.visit for record in _one_course(earlier, visit)]
    known = _folded(store, {name for names in candidates.values() for name in names}, head)
    firsts: dict[str, Visit] = {}
    for visit in visits:
        course = visit.plan.course
        for name in candidates.get(visit.id, ()):
            other = known[name].plan.course
            if course is None or other is None or other.of != course.of or other.day >= course.day:
                break
            firsts[visit.id], course = known[name], other
    return firsts


def _one_course(earlier: Iterable[VisitRecord], visit: Visit) -> list[VisitRecord]:
    """The visits before this one, the latest first, back to the first gap that no course has."""
    kept: list[VisitRecord] = []
    after = visit.plan.start
    for record in sorted(earlier, key=lambda r: r.planned_start, reverse=True):
        if after - record.planned_start > _COURSE_GAP:
            break
        kept.append(record)
        after = record.planned_start
    return kept
