"""A course: its days, what was agreed and consented, what followed; at one version of its stream.

Whether a day took place is said by its visit and not here: see `course_days`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec
from msgspec.structs import replace

from infusionroom.domain import events as ev
from infusionroom.domain.journal import Entry
from infusionroom.domain.visit import Stated

COURSE_STREAM: Final = "course:"

Body = TypeVar("Body", bound=ev.Event)


class BookedDay(msgspec.Struct, frozen=True):
    """One day as it is booked. Without a `start` it is open; `visit` is the one that holds it, or held it last."""

    day: int
    visit: str = ""
    start: datetime | None = None
    chair: int | None = None
    omitted: str = ""
    deferred: str = ""

    @property
    def open(self) -> bool:
        return self.start is None and not self.omitted


class Letter(msgspec.Struct, frozen=True):
    """One version of the letter to the patient's own pain physician."""

    version: int
    text: str
    written_at: datetime
    written_by: str
    entry: int
    sealed_at: datetime | None = None
    sealed_by: str = ""
    sha256: str = ""


class Course(msgspec.Struct, frozen=True):
    """The fold of a course's stream. Statements are in journal order, the last one holds."""

    id: str
    version: int
    patient: str
    archetype: ev.Archetype
    target: ev.Target
    prescriber: str
    booked_at: datetime
    days: tuple[BookedDay, ...]
    overbooked: str = ""
    stopped: Stated[ev.CourseStopped] | None = None
    agreed: Stated[ev.PlanAgreed] | None = None
    consents: tuple[Stated[ev.ConsentAcknowledged], ...] = ()
    pgics: tuple[Stated[ev.PgicRated], ...] = ()
    oral_prescribed: Stated[ev.OralPrescribed] | None = None
    oral_taught: Stated[ev.OralTaught] | None = None
    oral_started: Stated[ev.OralStarted] | None = None
    oral_not_started: Stated[ev.OralNotStarted] | None = None
    calls: tuple[Stated[ev.FollowUpCalled], ...] = ()
    follow_up_closed: Stated[ev.FollowUpClosed] | None = None
    letters: tuple[Letter, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def of(self) -> int:
        """Of how many days the course is, omitted ones included."""
        return max((d.day for d in self.days), default=self.archetype.days)

    @property
    def letter(self) -> Letter | None:
        return self.letters[-1] if self.letters else None

    def day(self, number: int) -> BookedDay | None:
        return next((d for d in self.days if d.day == number), None)

    def day_of(self, visit_id: str) -> BookedDay | None:
        """The day that this visit holds."""
        return next((d for d in self.days if d.visit == visit_id), None)

    def percent(self, number: int, missed: Collection[int] = ()) -> int:
        """The ramp's step of a day: by its place among the days that are given. A day that is omitted or open, or
        is named as `missed`, never makes the dose jump a step."""
        place = sum(1 for d in self.days if d.day < number and not (d.omitted or d.open or d.day in missed))
        return self.archetype.ramp[min(place, len(self.archetype.ramp) - 1)]


class NotACourse(ValueError):
    """The entries do not begin with a booking."""


def fold(entries: Sequence[Entry]) -> Course:
    """The course that these entries, the whole stream in journal order, make. Raises `NotACourse`."""
    undone: set[int] = set()
    for entry in reversed(entries):
        if isinstance(entry.body, ev.Undone) and entry.id not in undone:
            undone.add(entry.body.target)
    course: Course | None = None
    for entry in entries:
        if entry.id not in undone and not isinstance(entry.body, ev.Undone):
            course = _apply(course, entry)
    if course is None:
        raise NotACourse("a course begins with its booking")
    return replace(course, version=entries[-1].version, entries=tuple(entries))


def evolve(course: Course | None, entry: Entry) -> Course:
    """The course after one more entry of its stream."""
    if course is None:
        return fold((entry,))
    entries = (*course.entries, entry)
    if isinstance(entry.body, ev.Undone):
        return fold(entries)
    return replace(_apply(course, entry), version=entry.version, entries=entries)


def stream_of(course_id: str) -> str:
    return COURSE_STREAM + course_id


def _apply(course: Course | None, entry: Entry) -> Course:
    body = entry.body
    if course is None:
        if not isinstance(body, ev.CourseBooked):
            raise NotACourse("a course begins with its booking")
        return Course(
            id=entry.stream.removeprefix(COURSE_STREAM),
            version=entry.version,
            patient=body.patient,
            archetype=body.archetype,
            target=body.target,
            prescriber=body.prescriber,
            booked_at=entry.happened_at,
            days=tuple(_booked(d) for d in body.days),
            overbooked=body.overbooked,
        )
    step = _STEPS.get(type(body))
    return step(course, entry, body) if step else course


def _booked(day: ev.DayBooked) -> BookedDay:
    return BookedDay(day.day, day.visit, day.start, day.chair)


def _with_days(course: Course, *changed: BookedDay) -> Course:
    known = {d.day: d for d in course.days} | {d.day: d for d in changed}
    return replace(course, days=tuple(known[n] for n in sorted(known)))


def _taken(course: Course, entry: Entry, body: ev.DayTaken) -> Course:
    return _with_days(course, _booked(body.booked))


def _deferred(course: Course, entry: Entry, body: ev.DayDeferred) -> Course:
    known = course.day(body.day) or BookedDay(body.day)
    moved = replace(known, start=body.to, chair=body.chair, deferred=body.why)
    # An open day keeps no visit: what was booked for it is off.
    return _with_days(course, moved if body.to else replace(moved, visit=""))


def _omitted(course: Course, entry: Entry, body: ev.DayOmitted) -> Course:
    known = course.day(body.day) or BookedDay(body.day)
    return _with_days(course, replace(known, omitted=body.why))


def _stopped(course: Course, entry: Entry, body: ev.CourseStopped) -> Course:
    freed = (replace(d, omitted=f"stopped: {body.reason}") for d in course.days if d.day in body.freed)
    return replace(_with_days(course, *freed), stopped=_stated(entry, body))


def _extended(course: Course, entry: Entry, body: ev.CourseExtended) -> Course:
    return replace(_with_days(course, *(_booked(d) for d in body.days)), stopped=None)


def _target_changed(course: Course, entry: Entry, body: ev.TargetChanged) -> Course:
    return replace(course, target=body.target, prescriber=body.prescriber)


def _drafted(course: Course, entry: Entry, body: ev.LetterDrafted) -> Course:
    letter = Letter(body.version, body.text, entry.happened_at, entry.actor, entry.id)
    kept = [x for x in course.letters if x.version != body.version]
    return replace(course, letters=(*kept, letter))


def _sealed(course: Course, entry: Entry, body: ev.LetterSealed) -> Course:
    letters = tuple(
        replace(x, sealed_at=entry.happened_at, sealed_by=entry.actor, sha256=body.sha256)
        if x.version == body.version
        else x
        for x in course.letters
    )
    return replace(course, letters=letters)


def _stated(entry: Entry, body: Body) -> Stated[Body]:
    return Stated(entry.id, entry.happened_at, entry.actor, body)


def _latest(field: str) -> Callable[[Course, Entry, Any], Course]:
    def step(course: Course, entry: Entry, body: Any) -> Course:
        return replace(course, **{field: _stated(entry, body)})

    return step


def _listed(field: str) -> Callable[[Course, Entry, Any], Course]:
    def step(course: Course, entry: Entry, body: Any) -> Course:
        return replace(course, **{field: (*getattr(course, field), _stated(entry, body))})

    return step


_STEPS: Final[dict[type[ev.Event], Callable[[Course, Entry, Any], Course]]] = {
    ev.DayTaken: _taken,
    ev.DayDeferred: _deferred,
    ev.DayOmitted: _omitted,
    ev.CourseStopped: _stopped,
    ev.CourseExtended: _extended,
    ev.TargetChanged: _target_changed,
    ev.PlanAgreed: _latest("agreed"),
    ev.ConsentAcknowledged: _listed("consents"),
    ev.PgicRated: _listed("pgics"),
    ev.OralPrescribed: _latest("oral_prescribed"),
    ev.OralTaught: _latest("oral_taught"),
    ev.OralStarted: _latest("oral_started"),
    ev.OralNotStarted: _latest("oral_not_started"),
    ev.FollowUpCalled: _listed("calls"),
    ev.FollowUpClosed: _latest("follow_up_closed"),
    ev.LetterDrafted: _drafted,
    ev.LetterSealed: _sealed,
}
