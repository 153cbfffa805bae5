"""A clinic with a course that stumbles, one that is over, two people named alike, and a visit that is nobody's."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from tests.services.clinic_days import ClinicDays, wall
from tests.tui import paper_room

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev

TODAY = date(2026, 11, 23)
WEISS = ev.PainPhysician(name="Dr Weiss", contact="fax 555 0199")


class Clinic(NamedTuple):
    """The ids of what is in the store."""

    marlowe: str
    okafor: str
    rosa: str
    stumbling: str
    over: str
    nobodys: str


def file(family: str, given: str, record: str, **more: object) -> ev.PatientFile:
    """Somebody's file, with everything that is usually asked."""
    usual: dict[str, object] = {
        "birth_date": date(1980, 2, 3),
        "icd10": "G90.511",
        "no_known_allergies": True,
        "infusions_elsewhere": 0,
        "pain_physician": WEISS,
        "escorts": (ev.Contact(name="Pat", phone="555 0101"),),
    } | more
    return ev.PatientFile(family=family, given=given, record_number=record, **usual)  # type: ignore[arg-type]


def registered(days: ClinicDays, of: ev.PatientFile) -> str:
    """Registers somebody, whoever is named alike; returns the id."""
    done = days.done(cmd.RegisterPatient(file=of, confirmed=True))
    return done.entries[0].stream.removeprefix("patient:")


def clinic_of_courses(url: str) -> Clinic:
    """Okafor's single day is three weeks ago and nobody has called; Marlowe missed the second day of five."""
    days = ClinicDays(url, date(2026, 11, 2))
    for name, role in (("Dr Osei", "prescriber"), ("RN Lee", "charge nurse"), ("Kim", "back office")):
        days.done(cmd.AddPerson(name=name, role=role))  # type: ignore[arg-type]
    okafor = registered(days, file("Okafor", "Tunde", "R-2201"))
    over = days.books(okafor, "single day", 1, date(2026, 11, 4))
    days.consents(over)
    days.lives_through(over, 1, pain_before=8, pain_after=6)
    marlowe = registered(days, file("Marlowe", "Ruth", "R-1234"))
    rosa = registered(days, file("Marlowe", "Rosa", "R-9921", birth_date=date(1955, 7, 1), icd10="G57.71"))
    days.is_at(date(2026, 11, 18), "17:30")
    stumbling = days.books(marlowe, "up to five days", 5, date(2026, 11, 19))
    days.consents(stumbling)
    days.lives_through(stumbling, 1, pain_before=8, pain_after=6)
    missed = days.visit_of(stumbling, 2)
    days.is_at(date(2026, 11, 20), "15:00")
    days.done(cmd.MarkNoShow(visit=missed, why="did not call", rest="undecided"))
    days.is_at(TODAY, "7:10")
    plan = ev.Plan(
        patient=ev.Patient(family="Petrov", given="Ivan", birth_date=date(1971, 4, 4), record_number="X9"),
        start=wall(TODAY, "13:00"),
        duration_min=120,
    )
    done = days.done(cmd.PlanVisit(plan=plan, id="petrov"))
    nobodys = done.entries[0].stream.removeprefix("visit:")
    days.room.close()
    return Clinic(marlowe, okafor, rosa, stumbling, over, nobodys)


async def press(pilot: Any, *keys: str) -> None:
    """Keys, and words to type."""
    await paper_room.press(pilot, *keys)
