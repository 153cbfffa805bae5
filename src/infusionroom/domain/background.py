"""What stands behind a visit: the patient's file, the course, the days before, the consent in force.

One value that the gates, the order and the board all read, so that none of them says something else.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import msgspec

from infusionroom.domain import events as ev
from infusionroom.domain.clinic import StartRules
from infusionroom.domain.consent_text import FIRST_CONSENT, ConsentText
from infusionroom.domain.course import Course
from infusionroom.domain.course_days import CourseDay, day_before, is_last
from infusionroom.domain.follow_up import Oral
from infusionroom.domain.icd import icd_normal
from infusionroom.domain.patient import Patient
from infusionroom.domain.visit import Visit


class Acknowledged(msgspec.Struct, frozen=True):
    """A consent as it was given: for the course, or for a single visit."""

    version: str
    clauses: tuple[str, ...]
    name: str
    signed_on: date
    at: datetime


class Background(msgspec.Struct, frozen=True):
    """Everything known of a visit from before it and around it.

    `infusions_before` counts here and elsewhere; `weight` is the last one before this visit with the instant it was
    taken. `longest_recovery_min` is the longest time somebody of this name took to be ready after an infusion here.
    """

    consents: tuple[ConsentText, ...] = (FIRST_CONSENT,)
    patient: Patient | None = None
    course: Course | None = None
    days: tuple[CourseDay, ...] = ()
    oral: Oral | None = None
    infusions_before: int | None = None
    weight: tuple[Decimal, datetime] | None = None
    longest_recovery_min: int | None = None

    @property
    def assigned(self) -> bool:
        """Whether it is known whose visit, and of which course, this is."""
        return self.patient is not None and self.course is not None

    def day(self, visit: Visit) -> CourseDay | None:
        """The visit's own day of the course."""
        return next((d for d in self.days if d.visit is not None and d.visit.visit == visit.id), None)

    def day_before(self, visit: Visit) -> CourseDay | None:
        """The last day of the course before this one on which something was infused."""
        own = self.day(visit)
        return day_before(self.days, own.number) if own is not None else None

    def last_day(self, visit: Visit) -> bool:
        """Whether the course ends with this visit; one without a course is a course of one day."""
        if self.course is None:
            return visit.last_day_of_course
        return is_last(self.days, visit.id)

    def off_guideline(self, rules: StartRules) -> bool:
        """Whether the indication is one that the guideline does not speak for; unknown is not known to be."""
        if self.patient is None:
            return False
        code, said = icd_normal(self.patient.file.icd10), self.patient.file.indication
        if not code:
            return bool(said.strip())
        return not code.startswith(tuple(icd_normal(c) for c in rules.guideline_icd10))

    def consent(self, at: datetime) -> ConsentText:
        """The version in force at an instant."""
        return next(c for c in reversed(self.consents) if c.since is None or c.since <= at)

    def clauses_asked(self, rules: StartRules, at: datetime) -> tuple[ev.Clause, ...]:
        """The clauses of the consent in force that this patient acknowledges."""
        return self.consent(at).asked(off_guideline=self.off_guideline(rules))

    def acknowledged(self, visit: Visit, by: datetime) -> Acknowledged | None:
        """The last consent given for this visit or its course up to an instant."""
        given = [
            Acknowledged(c.body.version, c.body.clauses, c.body.name, c.body.signed_on, c.at)
            for c in (self.course.consents if self.course is not None else ())
        ]
        if visit.consent is not None:
            said = visit.consent.body
            given.append(
                Acknowledged(said.text_version, said.clauses, said.name, said.signed_on, visit.consent.at)
            )
        return max((c for c in given if c.at <= by), key=lambda c: c.at, default=None)
