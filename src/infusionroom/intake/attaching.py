"""Which patient's an appointment is, and which day of a course it becomes; where that is not certain, nothing.

- The patient is known by the record number, unless family name and birth date both say otherwise; without a number by
  family name, given name and birth date together, where exactly one file has them.
- The day is the one that the course has planned on the same clinic day and no sender has spoken of; else the first
  open day that the date fits, in the course's order; else none. Of several that could be meant, none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from infusionroom.domain.course_days import CourseDay as DayOfCourse
from infusionroom.domain.course_days import DayState
from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.day import clinic_day
from infusionroom.domain.events import CourseDay, Patient, Plan
from infusionroom.domain.journal import Entry
from infusionroom.domain.names import folded
from infusionroom.domain.visit import HERE, Phase
from infusionroom.intake.notices import COMING, Intent, Notice
from infusionroom.intake.schedule import in_order

# A message that takes an appointment off may still find the day it was of; one that says it never was does not.
_FINDS_ITS_DAY: Final[frozenset[Intent]] = COMING | {"cancel", "discontinue", "no_show"}
_LIES: Final = (DayState.HELD, DayState.HERE, DayState.PLANNED)


class KnownVisit(Protocol):
    """What of a visit decides about an import. `domain.visit.Visit` is one."""

    @property
    def id(self) -> str: ...
    @property
    def plan(self) -> Plan: ...
    @property
    def phase(self) -> Phase: ...
    @property
    def version(self) -> int: ...
    @property
    def ended_why(self) -> str: ...
    @property
    def entries(self) -> Sequence[Entry]: ...


class FileHere(msgspec.Struct, frozen=True):
    """A patient's file as an importer compares it. `patient` is whose file holds, for a duplicate's too."""

    patient: str
    family: str
    given: str
    birth_date: date | None
    record_number: str


class Files(Protocol):
    """What is asked of the room about patients and their courses: each question once for a whole import."""

    def files_like(self, people: Collection[Patient]) -> Sequence[FileHere]:
        """Every file with one of these record numbers, or, of people without one, with a similar name."""
        ...

    def running_courses(self, patients: Collection[str]) -> Sequence[CourseFile]: ...

    def visits(self, ids: Collection[str]) -> Mapping[str, KnownVisit]: ...


class Landing(msgspec.Struct, frozen=True):
    """Where an appointment that is new here comes to lie: its plan with whose it is, as far as that is certain.

    `visit` is the course's own, which takes the appointment on; without it a visit is planned. `said` goes into the
    sentence about it.
    """

    plan: Plan
    said: str = ""
    visit: KnownVisit | None = None


def number_of(record_number: str) -> str:
    """A record number as two are compared."""
    return record_number.strip().casefold()


def landings_of(notices: Iterable[Notice], files: Files, *, timezone: str, today: date) -> dict[str, Landing]:
    """Where the appointments of these notices, none of them known here, come to lie; by the appointment's key."""
    opening: dict[str, tuple[Intent, Plan]] = {}
    for notice, _ in in_order(notices):
        if notice.plan is not None and notice.intent != "fulfilled":
            opening.setdefault(notice.appointment.key, (notice.intent, notice.plan))
    if not opening:
        return {}
    people = tuple(dict.fromkeys(plan.patient for _, plan in opening.values()))
    whose = _People(files.files_like(people))
    named = {person: whose.of(person) for person in people}
    certain = {one for one, _ in named.values() if one}
    courses = files.running_courses(sorted(certain)) if certain else ()
    open_days: dict[str, list[_Days]] = {}
    for course in courses:
        open_days.setdefault(course.patient.id, []).append(_Days(course, timezone))
    found: dict[str, _Found] = {}
    # By their dates: of two appointments for open days the earlier one gets the earlier day, wherever it stands.
    for key, (intent, plan) in sorted(opening.items(), key=lambda item: item[1][1].start):
        patient, why = named[plan.patient]
        if not patient:
            found[key] = _Found(why=why)
        else:
            on = clinic_day(plan.start, timezone)
            found[key] = _day_of(open_days.get(patient, []), intent, plan, on, today, patient)
    own = files.visits([one.day.visit.visit for one in found.values() if one.day and one.day.visit])
    return {key: _landing(plan, found[key], own) for key, (_, plan) in opening.items()}


class _People:
    """The files, by what a sender says of a person."""

    def __init__(self, files: Iterable[FileHere]) -> None:
        self._numbered: dict[str, list[FileHere]] = {}
        self._named: dict[tuple[str, str, date], list[FileHere]] = {}
        for file in files:
            if number := number_of(file.record_number):
                self._numbered.setdefault(number, []).append(file)
            if file.birth_date is not None:
                name = (folded(file.family), folded(file.given), file.birth_date)
                self._named.setdefault(name, []).append(file)

    def of(self, person: Patient) -> tuple[str, str]:
        """The patient, where there is no doubt; else why there is, empty for somebody who has no file here."""
        if number := number_of(person.record_number):
            held = self._numbered.get(number, [])
            same = {file.patient for file in held if _says_the_same(file, person)}
            if held and not same:
                return (
                    "",
                    "to be assigned: its record number is on file here with another name and birth date",
                )
        elif person.birth_date is not None:
            name = (folded(person.family), folded(person.given), person.birth_date)
            same = {file.patient for file in self._named.get(name, [])}
        else:
            return "", ""
        if len(same) > 1:
            return "", "to be assigned: several people on file could be meant"
        return next(iter(same), ""), ""


def _says_the_same(file: FileHere, person: Patient) -> bool:
    born = person.birth_date is not None and file.birth_date == person.birth_date
    return born or folded(file.family) == folded(person.family)


class _Found(msgspec.Struct, frozen=True):
    """What was found for one appointment: the patient, the day with its course, or why there is none."""

    patient: str = ""
    course: CourseFile | None = None
    day: DayOfCourse | None = None
    why: str = ""


class _Days:
    """The days of one running course, as they stand after the appointments that were looked at so far."""

    def __init__(self, file: CourseFile, timezone: str) -> None:
        self.file = file
        self._lies: dict[int, date] = {}
        self._unspoken: dict[int, DayOfCourse] = {}
        self._open: dict[int, DayOfCourse] = {}
        for day in file.days:
            if day.state is DayState.OPEN:
                self._open[day.number] = day
            elif day.state in _LIES and day.visit is not None:
                self._lies[day.number] = day.visit.day
                if day.state is not DayState.HELD and not day.visit.appointment:
                    self._unspoken[day.number] = day

    def unspoken(self, on: date, *, here: bool) -> Iterable[DayOfCourse]:
        """The days planned on this date (with `here`, also one that takes place now) without an appointment."""
        for number, day in self._unspoken.items():
            if self._lies[number] == on and (here or day.state is DayState.PLANNED):
                yield day

    def open_for(self, on: date) -> DayOfCourse | None:
        """The first open day that this date fits: later than every earlier day, before every later one."""
        for number, day in self._open.items():
            earlier = [lies for other, lies in self._lies.items() if other < number]
            later = [lies for other, lies in self._lies.items() if other > number]
            if all(lies < on for lies in earlier) and all(lies > on for lies in later):
                return day
        return None

    def take(self, day: DayOfCourse, on: date) -> None:
        self._open.pop(day.number, None)
        self._unspoken.pop(day.number, None)
        self._lies[day.number] = on


def _day_of(
    courses: Sequence[_Days], intent: Intent, plan: Plan, on: date, today: date, patient: str
) -> _Found:
    if intent not in _FINDS_ITS_DAY:
        return _Found(patient)
    coming = intent in COMING
    same_day = [(days, day) for days in courses for day in days.unspoken(on, here=coming)]
    if not same_day and coming and len(courses) == 1 and on >= today:
        fits = courses[0].open_for(on)
        said = plan.course
        if fits is not None and said is not None and (said.day, said.of) != (fits.number, fits.of):
            why = f"the sender calls it day {said.day} of {said.of}, and the open day is {fits.number} of {fits.of}"
            return _Found(patient, why=f"to be assigned: {why}")
        if fits is not None:
            same_day = [(courses[0], fits)]
    if len(same_day) == 1:
        days, day = same_day[0]
        days.take(day, on)
        return _Found(patient, days.file, day)
    if not coming:
        return _Found(patient)
    if len(courses) > 1:
        return _Found(patient, why="to be assigned: several courses could be meant")
    return _Found(patient, why=f"to be assigned: {_NO_DAY if courses else _NO_COURSE}")


_NO_DAY: Final = "no day of the course fits this date"
_NO_COURSE: Final = "no course is running"


def _landing(plan: Plan, found: _Found, own: Mapping[str, KnownVisit]) -> Landing:
    course, day = found.course, found.day
    if course is None or day is None:
        return Landing(replace(plan, patient_id=found.patient), found.why)
    said = f"lands on day {day.number} of {day.of}"
    visit = own.get(day.visit.visit) if day.visit is not None and day.state is not DayState.OPEN else None
    if visit is not None:
        return Landing(_taken_on(visit, plan), said, visit)
    landed = replace(
        plan,
        duration_min=plan.duration_min or course.course.archetype.chair_min,
        course=CourseDay(day.number, day.of),
        patient_id=found.patient,
        course_id=course.course.id,
    )
    return Landing(landed, said)


def _taken_on(visit: KnownVisit, plan: Plan) -> Plan:
    """The plan of a course's day with the sender's appointment: when and how long, unless the person is here."""
    known = visit.plan
    here = visit.phase in HERE
    return replace(
        known,
        start=known.start if here else plan.start,
        duration_min=known.duration_min if here else plan.duration_min or known.duration_min,
        chair=known.chair if here or plan.start == known.start else None,
        appointment=plan.appointment,
        source=plan.source,
        sent_at=plan.sent_at,
        note=plan.note or known.note,
    )
