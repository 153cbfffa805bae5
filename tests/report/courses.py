"""Courses to write letters about: one on paper, told entry by entry, with the rows that its visits left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.domain.course_paper import row

from infusionroom.domain import course, patient
from infusionroom.domain import events as ev
from infusionroom.domain.archetypes import ARCHETYPES
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.course_file import CourseFile, course_file
from infusionroom.domain.journal import Entry
from infusionroom.domain.record import VisitRecord

CLINIC = Clinic("Northside Infusion", "America/New_York", time(7), time(18), 8)
FIRST = datetime(2026, 11, 23, 13, tzinfo=UTC)
MARLOWE = ev.PatientFile(
    family="Marlowe",
    given="Rae",
    birth_date=date(1980, 1, 2),
    record_number="K-1001",
    indication="CRPS I (RSD), right upper limb",
    icd10="g90511",
    pain_physician=ev.PainPhysician(name="Dr. Adaeze Obi", contact="Harbor Pain Clinic, 555-0142"),
)


def entries(stream: str, told: Sequence[tuple[datetime, ev.Event]]) -> tuple[Entry, ...]:
    """A stream of its own, each entry by a command of its own."""
    return tuple(
        Entry(
            id=number,
            stream=stream,
            version=number,
            happened_at=at,
            recorded_at=at,
            actor="Lee",
            terminal="desk",
            command=f"{stream}/{number}",
            part=0,
            body=body,
        )
        for number, (at, body) in enumerate(told, 1)
    )


def booking(days: int = 5, prescriber: str = "Dr. Osei") -> ev.CourseBooked:
    """Up to five days, from Monday on."""
    kind = ARCHETYPES["up to five days"]
    booked = tuple(
        ev.DayBooked(n, f"v{n}", FIRST + timedelta(days=n - 1), chair=3) for n in range(1, days + 1)
    )
    return ev.CourseBooked(
        patient="p1", archetype=kind, target=kind.target, prescriber=prescriber, days=booked
    )


def infused(number: int, **said: Any) -> VisitRecord:
    """The row of a day that took place, in full."""
    given: dict[str, Any] = {
        "ordered_mg_h": "28",
        "ordered_mg_per_kg_h": "0.4",
        "highest_mg_h": "28",
        "given_mg": "112",
        "running_s": 14_400,
        "pain_before": 8,
        "pain_after": 5,
        "side_effect": "",
        "oral_prescribed_by": "",
        "oral_dose": "",
        "oral_taught": False,
    }
    return row(number, **{**given, **said})


def file_of(
    told: Sequence[tuple[datetime, ev.Event]],
    rows: Sequence[VisitRecord],
    person: ev.PatientFile = MARLOWE,
    clinic: Clinic = CLINIC,
) -> CourseFile:
    """The file of course `c1` of patient `p1`."""
    one = course.fold(entries("course:c1", told))
    known = patient.fold(
        entries("patient:p1", [(FIRST - timedelta(days=9), ev.PatientRegistered(file=person))])
    )
    return course_file(one, known, rows, clinic)


def stopped_on_day_3(person: ev.PatientFile = MARLOWE) -> CourseFile:
    """Agreed, moved, stopped early with a result, followed up to the first call."""
    last = FIRST + timedelta(days=4)
    told: list[tuple[datetime, ev.Event]] = [
        (FIRST - timedelta(days=7), booking()),
        (
            FIRST - timedelta(days=6),
            ev.PlanAgreed(
                physician="Dr. Adaeze Obi",
                agreed_on=date(2026, 11, 12),
                what="Up to five days; stop as soon as pain is 4 or less.",
            ),
        ),
        (FIRST + timedelta(hours=8), ev.DayDeferred(day=2, to=FIRST + timedelta(days=2), why="transport")),
        (FIRST + timedelta(hours=8), ev.DayDeferred(day=3, to=last, why="transport")),
        (last + timedelta(hours=6), ev.CourseStopped(reason="result reached", freed=(4, 5))),
        (
            last + timedelta(hours=6),
            ev.OralPrescribed(by="Dr. Osei", on=date(2026, 11, 27), dose="ketamine 10 mg three times a day"),
        ),
        (last + timedelta(hours=6), ev.OralTaught(on=date(2026, 11, 27))),
        (last + timedelta(days=1), ev.OralStarted(on=date(2026, 11, 28))),
        (
            last + timedelta(days=2),
            ev.FollowUpCalled(day=1, reached=True, outcome="sleeps through", pain=3, pgic=2),
        ),
    ]
    rows = [
        infused(1, side_effect="moderate nausea"),
        infused(
            2,
            planned_start=FIRST + timedelta(days=2),
            started_at=FIRST + timedelta(days=2),
            stopped_at=FIRST + timedelta(days=2, hours=3),
            left_at=FIRST + timedelta(days=2, hours=5),
            ordered_mg_h="28",
            highest_mg_h="35",
            given_mg="91.66",
            running_s=10_800,
            stopped_early=True,
            stop_why="blood pressure",
            side_effect="severe high pressure",
            pain_before=7,
            pain_after=5,
        ),
        infused(
            3,
            planned_start=last,
            started_at=last,
            stopped_at=last + timedelta(hours=4),
            left_at=last + timedelta(hours=5),
            ordered_mg_per_kg_h="0.5",
            ordered_mg_h="35",
            highest_mg_h="35",
            given_mg="140",
            pain_before=5,
            pain_after=4,
        ),
    ]
    return file_of(told, rows, person)


def first_day_only() -> CourseFile:
    """One day given without effect, four to come."""
    rows = [infused(1, pain_after=8)]
    return file_of([(FIRST - timedelta(days=7), booking())], rows, ev.PatientFile(family="Petrov"))


HOSTILE = ev.PatientFile(
    family="# <script>alert(1)</script> *bold*",
    given="#set page(width: 1pt) $x$ [a](javascript:b) ![](http://evil.example/x.png)",
    record_number="| a | b |",
    indication="1. one\n- two\n> three `code` _em_ ~~gone~~ &lt;",
    icd10="A69.2",
    pain_physician=ev.PainPhysician(name="=====", contact='---\n# Heading #import "x.typ"'),
)
