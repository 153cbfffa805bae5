"""How somebody of the demonstration comes to be on file, and to have a course: the commands of the back office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from infusionroom.demo.enrolled import Enrolled
from infusionroom.demo.life import Step, midnight_of
from infusionroom.demo.people import CHARTS, CLERK, PHONE, PHYSICIAN
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.clinic import DEFAULT_RULES
from infusionroom.domain.consent_text import FIRST_CONSENT, ConsentText

_GUIDELINE = DEFAULT_RULES.start.guideline_icd10


def off_guideline(record_number: str) -> bool:
    return not CHARTS[record_number].icd10.startswith(_GUIDELINE)


def registered(enrolled: Enrolled, elsewhere: int, at: datetime, weighed_on: date) -> Step:
    """The file as it is opened; `elsewhere` are the infusions before and outside this room."""
    person = enrolled.person
    chart = CHARTS[person.record_number]
    file = ev.PatientFile(
        family=person.family,
        given=person.given,
        birth_date=person.birth_date,
        record_number=person.record_number,
        weight=ev.WeightOnFile(person.weight_kg, weighed_on),
        allergies=chart.allergies,
        no_known_allergies=not chart.allergies,
        indication=chart.indication,
        icd10=chart.icd10,
        pain_physician=ev.PainPhysician(chart.physician, "by telephone in office hours"),
        escorts=(ev.Contact(person.adult, PHONE, person.relation),),
        infusions_elsewhere=elsewhere,
    )
    # Two of them have names alike: somebody looked, and they are two.
    return Step(at, CLERK, cmd.RegisterPatient(id=enrolled.registering, file=file, confirmed=True))


def booked(
    enrolled: Enrolled,
    at: datetime,
    *,
    minute: int,
    chair: int,
    timezone: str,
    consent: ConsentText | None = FIRST_CONSENT,
) -> Iterator[Step]:
    """The course with its days at the same minute and chair, the plan agreed, and this consent, if it is given."""
    person, course = enrolled.person, enrolled.course
    chart = CHARTS[person.record_number]
    days = tuple(
        cmd.DayWanted(day=n, start=midnight_of(day, timezone) + timedelta(minutes=minute), chair=chair)
        for n, day in enumerate(enrolled.days, 1)
    )
    booking = cmd.BookCourse(
        id=enrolled.booking,
        patient=enrolled.patient,
        archetype=enrolled.kind.name,
        days=days,
        prescriber=PHYSICIAN,
        target=enrolled.target,
    )
    yield Step(at, CLERK, booking)
    agreed = cmd.AgreePlan(
        course=course,
        physician=chart.physician,
        agreed_on=at.date(),
        what=f"{enrolled.kind.name}, then two weeks of oral ketamine; no guarantee of relief, as discussed",
    )
    yield Step(at + timedelta(minutes=3), PHYSICIAN, agreed)
    if consent is not None:
        signed = enrolled.consents(at.date(), consent)
        yield Step(at + timedelta(minutes=5), CLERK, signed)
