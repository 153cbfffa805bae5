"""A room with courses, played by commands; before each one it is loaded as the services load it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace
from tests.domain.playing import BASELINE, DR_X, HOME_LIST, LEE, Play, vitals

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.course import Course
from infusionroom.domain.course_days import DayState
from infusionroom.domain.course_file import CourseFile, course_file
from infusionroom.domain.day import clinic_day
from infusionroom.domain.decide import decide
from infusionroom.domain.journal import Draft, Entry
from infusionroom.domain.record import record_of
from infusionroom.domain.visit import Visit, visit_id_of
from infusionroom.domain.working_days import closed_because

HOLIDAYS = {date(2026, 11, 26): "Thanksgiving Day", date(2026, 12, 25): "Christmas Day"}
SINGLE, FIVE, TEN = "single day", "up to five days", "ten weekdays"


def patient_file(**changed: Any) -> ev.PatientFile:
    known: dict[str, Any] = {
        "family": "Marlowe",
        "given": "Ruth",
        "birth_date": date(1984, 3, 7),
        "record_number": "R12",
        "icd10": "G90.511",
        "infusions_elsewhere": 2,
    }
    return ev.PatientFile(**{**known, **changed})


def moved(play: Play, number: int, day: date, wall: str = "8:00", **changed: Any) -> cmd.DayWanted:
    """Day `number` on another day, at another time."""
    return cmd.DayWanted(day=number, start=play.time(wall, day), **changed)


class Courses(Play):
    """A room whose days are booked by courses. `days(5)` are the next five working days at one time."""

    def drafts(self, command: cmd.Command, by: str = LEE) -> list[Draft]:
        room, clinic = self.room, self.room.clinic
        if clinic is not None:
            rows = [record_of(visit, clinic) for visit in room.visits.values()]
            booked = {row.visit: row for row in rows if not row.off}
            room = replace(room, booked=booked, holidays=HOLIDAYS)
        return decide(room, command, now=self.now, actor=by, command_id=f"command {len(self.entries)}")

    def registered(self, **changed: Any) -> str:
        [entry] = self.do(cmd.RegisterPatient(file=patient_file(**changed), confirmed=True))
        return entry.stream.removeprefix("patient:")

    def working(self, count: int, first: date | None = None) -> list[date]:
        assert self.room.clinic is not None
        day, found = first or self.day, list[date]()
        while len(found) < count:
            if closed_because(self.room.clinic, HOLIDAYS, day) is None:
                found.append(day)
            day += timedelta(days=1)
        return found

    def days(
        self,
        count: int,
        wall: str = "8:00",
        *,
        first: date | None = None,
        number: int = 1,
        chair: int | None = None,
    ) -> tuple[cmd.DayWanted, ...]:
        return tuple(
            cmd.DayWanted(day=number + n, start=self.time(wall, day), chair=chair)
            for n, day in enumerate(self.working(count, first))
        )

    def booking(self, patient: str, kind: str = FIVE, **changed: Any) -> cmd.BookCourse:
        asked: dict[str, Any] = {"days": self.days({SINGLE: 1, FIVE: 5, TEN: 10}[kind]), "prescriber": DR_X}
        return cmd.BookCourse(patient=patient, archetype=kind, **{**asked, **changed})

    def booked(self, patient: str, kind: str = FIVE, **changed: Any) -> str:
        self.do(self.booking(patient, kind, **changed))
        return visit_id_of(f"course/{self.entries[-1].command}")

    def course(self, course: str) -> Course:
        return self.room.courses[course]

    def file(self, course: str) -> CourseFile:
        clinic, patient = self.room.clinic, self.room.patient(self.course(course).patient)
        assert clinic is not None
        assert patient is not None
        return course_file(self.course(course), patient, self.room.visits_of(patient.id).values(), clinic)

    def states(self, course: str) -> list[DayState]:
        return [day.state for day in self.file(course).days]

    def dates(self, course: str) -> list[date | None]:
        return [clinic_day(d.start, self.timezone) if d.start else None for d in self.file(course).days]

    def visit_of(self, course: str, day: int) -> str:
        booked = self.course(course).day(day)
        assert booked is not None
        return booked.visit

    def visits_of(self, course: str) -> list[Visit]:
        return [visit for visit in self.room.visits.values() if visit.plan.course_id == course]

    def morning_of(self, course: str, day: int) -> Courses:
        """Twenty minutes before the day begins."""
        start = self.visit(self.visit_of(course, day)).plan.start
        self.now, self.day = start - timedelta(minutes=20), clinic_day(start, self.timezone)
        return self

    def consented(self, course: str, **changed: Any) -> list[Entry]:
        clinic = self.room.clinic
        assert clinic is not None
        said: dict[str, Any] = {
            "version": clinic.consent.version,
            "clauses": ("no guarantee",),
            "name": "Ruth Marlowe",
            "signed_on": self.day,
        }
        return self.do(cmd.AcknowledgeConsent(course=course, **{**said, **changed}))

    def here(self, course: str, day: int, chair: int = 1) -> str:
        """Day `day` runs: the person came, was prepared, and the pump was started."""
        self.morning_of(course, day)
        if not self.course(course).consents:
            self.consented(course)
        visit = self.visit_of(course, day)
        for command in (cmd.Arrive(visit=visit), cmd.Seat(visit=visit, chair=chair)):
            self.do(command)
        self.record(visit, *(fact for fact in BASELINE if not isinstance(fact, ev.Consented)))
        self.order(visit, dose=Decimal(20))
        self.check(visit)
        self.later(20).do(cmd.Start(visit=visit))
        return visit

    def home(self, visit: str, minutes: int = 240, why: str = "") -> datetime:
        """The infusion ends and the person goes home; the chair is cleaned."""
        chair = self.visit(visit).chair
        assert chair is not None
        self.later(minutes).do(cmd.Stop(visit=visit, why=why))
        self.record(visit, vitals())
        self.later(30).record(visit, vitals(), *HOME_LIST)
        self.do(cmd.SignOff(visit=visit))
        self.do(cmd.Leave(visit=visit))
        self.do(cmd.CleanChair(chair=chair))
        return self.now

    def held(self, course: str, days: Sequence[int]) -> None:
        for day in days:
            self.home(self.here(course, day))
