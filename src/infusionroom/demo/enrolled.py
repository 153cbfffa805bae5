"""The demonstration's courses: whose they are, on which days they lie, and how the dose rises on them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

from infusionroom.demo.story import Dose, Person, Story
from infusionroom.domain import commands as cmd
from infusionroom.domain.archetypes import ARCHETYPES
from infusionroom.domain.consent_text import FIRST_CONSENT, ConsentText
from infusionroom.domain.dose_words import plain
from infusionroom.domain.events import Archetype, Clause, Target
from infusionroom.domain.visit import visit_id_of

# Published on the evening before the demonstration's day: whoever starts from then on is asked again.
SECOND_CONSENT: Final = ConsentText(
    version="2",
    text=FIRST_CONSENT.text,
    clauses=(
        *FIRST_CONSENT.clauses,
        Clause(key="tablets", text="The tablets for the two weeks after are mine alone; I lock them away."),
    ),
)
KINDS: Final = {kind.days: kind for kind in ARCHETYPES.values()}


class Enrolled(msgspec.Struct, frozen=True):
    """One person in one course: `days` are its clinic days as they were booked, `consent` the text in force today."""

    person: Person
    days: tuple[date, ...]
    target: Target
    off_guideline: bool = False
    consent: ConsentText = FIRST_CONSENT

    @property
    def kind(self) -> Archetype:
        return KINDS[len(self.days)]

    @property
    def registering(self) -> str:
        """The id of the command that opens the file: the patient's own id follows from it."""
        return f"demo-patient-{self.person.record_number}"

    @property
    def booking(self) -> str:
        return f"demo-course-{self.person.record_number}-{self.days[0]:%Y%m%d}"

    @property
    def patient(self) -> str:
        return visit_id_of(f"patient/{self.registering}")

    @property
    def course(self) -> str:
        return visit_id_of(f"course/{self.booking}")

    def visit(self, number: int) -> str:
        return visit_id_of(f"{self.course}/{number}")

    def percent(self, number: int) -> int:
        return percent_of(self.kind, number)

    def dose(self, number: int, minutes: int) -> Dose:
        """What the ramp says for a day."""
        target = self.target
        amount = plain(target.dose * self.percent(number) / 100)
        return Dose(target.basis, amount, minutes, target.cap_mg_h)

    def consents(self, signed_on: date, text: ConsentText | None = None) -> cmd.AcknowledgeConsent:
        text = text or self.consent
        return cmd.AcknowledgeConsent(
            course=self.course,
            version=text.version,
            clauses=tuple(clause.key for clause in text.asked(off_guideline=self.off_guideline)),
            name=f"{self.person.given} {self.person.family}",
            signed_on=signed_on,
        )


def percent_of(kind: Archetype, number: int) -> int:
    return kind.ramp[min(number, len(kind.ramp)) - 1]


def target_of(story: Story) -> Target:
    """The target of which the story's dose is that day's step."""
    assert story.course is not None
    dose, percent = story.dose, percent_of(KINDS[story.course.of], story.course.day)
    return Target(dose.basis, plain(dose.amount * 100 / Decimal(percent)), dose.cap_mg_h)
