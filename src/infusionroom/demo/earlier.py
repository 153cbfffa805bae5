"""Days of courses that are over: the same people, with fewer turns, the pain of then and the ramp's doses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import Final

import msgspec
from msgspec.structs import replace

from infusionroom.demo.clinic_days import works_on
from infusionroom.demo.day import lived
from infusionroom.demo.enrolled import Enrolled
from infusionroom.demo.life import Life, Step, midnight_of
from infusionroom.demo.story import Story, Unwanted, Waiting
from infusionroom.domain.day import at_local
from infusionroom.domain.events import CourseDay

_BOOKED_WORKING_DAYS_BEFORE: Final = 4
_UNWANTED: Final = (
    Unwanted(75, "dizziness", "mild"),
    Unwanted(40, "nausea", "moderate"),
    Unwanted(120, "headache", "mild"),
    Unwanted(150, "blurred vision", "mild"),
)


class Told(msgspec.Struct, frozen=True):
    """One day of somebody's course that took place."""

    story: Story
    enrolled: Enrolled
    number: int

    @property
    def day(self) -> date:
        return self.enrolled.days[self.number - 1]


def days_back_from(last: date, count: int) -> tuple[date, ...]:
    """So many working days up to `last`, in their order."""
    found: list[date] = []
    while len(found) < count:
        if works_on(last):
            found.append(last)
        last -= timedelta(days=1)
    return tuple(reversed(found))


def booking_day(first: date) -> date:
    """When a course that begins on this day was booked."""
    return days_back_from(first - timedelta(days=1), _BOOKED_WORKING_DAYS_BEFORE)[0]


def played(told: Iterable[Told], seed: int, timezone: str) -> list[Step]:
    """Everything that was done on these days, each from the door to the way home."""
    by_day: dict[date, list[Told]] = {}
    for one in told:
        by_day.setdefault(one.day, []).append(one)
    steps: list[Step] = []
    for day in sorted(by_day):
        midnight = midnight_of(day, timezone)
        lives = [
            Life(plain_day(one), day, midnight, f"{seed}/{day}", enrolled=one.enrolled) for one in by_day[day]
        ]
        for life in lives:
            life.arrange_escort(at_local(day - timedelta(days=1), time(16, life.story.number), timezone))
        lived(lives, midnight)
        steps += (step for life in lives for step in life.steps)
    return steps


def plain_day(told: Told) -> Story:
    """The day without the turns that belong to the demonstration's own; the pain is what it was by then."""
    story, enrolled, number = told.story, told.enrolled, told.number
    ahead = max(0, (story.course.day if story.course else len(enrolled.days)) - number)
    unwanted = story.unwanted or (_UNWANTED[(story.number + number) % len(_UNWANTED)],)
    return replace(
        story,
        person=replace(story.person, pain=min(10, story.person.pain + (ahead + 1) // 2)),
        dose=replace(enrolled.dose(number, story.dose.minutes), reason=story.dose.reason),
        course=CourseDay(number, len(enrolled.days)),
        infusions_before=max(0, (story.infusions_before or 0) - ahead),
        arrives=story.arrives or story.planned - 6,
        start=story.start or story.planned + 26,
        ends="home",
        recovery=min(story.recovery, 120),
        waiting=Waiting(),
        pauses=(),
        rates=(),
        odd=(),
        early=None,
        late_sets=(),
        unwanted=unwanted if number % 2 else (),
        escort_after=None,
        consent_at_the_door=False,
        mistaken_note="",
        note="",
    )
