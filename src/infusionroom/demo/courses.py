"""The demonstration's patients with their courses: the days behind its own, its own, and those to come."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from msgspec.structs import replace

from infusionroom.demo.cast import DEFAULT_SEED, stories
from infusionroom.demo.clinic_days import working_day
from infusionroom.demo.day import in_order, lived, setting_up
from infusionroom.demo.earlier import Told, booking_day, plain_day, played
from infusionroom.demo.ended import ended_courses
from infusionroom.demo.enrolled import SECOND_CONSENT, Enrolled, target_of
from infusionroom.demo.enrolling import booked, off_guideline, registered
from infusionroom.demo.life import Life, Step, midnight_of
from infusionroom.demo.people import CHARTS, CLERK, PHYSICIAN, TIMEZONE
from infusionroom.demo.story import Story
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.consent_text import FIRST_CONSENT
from infusionroom.domain.day import at_local

# The room is older than every course in it.
_SET_UP_DAYS_BEFORE: Final = 70
_STRANGER: Final = ev.Patient("Quintero", "Alma", date(1979, 5, 16), "S-4410")


def everything(day: date, seed: int = DEFAULT_SEED) -> Iterator[Step]:
    """The room, its patients and courses, the day, and all that follow, in the order of time and without an end.

    Same arguments, same steps: their commands carry ids that follow from them.
    """
    yield from setting_up(day - timedelta(days=_SET_UP_DAYS_BEFORE))
    yield from days_on_end(day, seed)


def days_on_end(day: date, seed: int = DEFAULT_SEED) -> Iterator[Step]:
    """As `everything`, in a room that is set up; each day is planned on the afternoon before."""
    cast = [(story, _enrolled(story, day)) for story in stories(seed)]
    today = in_order(_behind(cast, day, seed) + _shown(cast, day, seed), f"demo-{day:%Y%m%d}-{seed}")
    number = 0
    while True:
        number += 1
        coming = working_day(day, number)
        steps, cast = _next(cast, coming, seed + number)
        ordered = in_order(steps, f"demo-{coming:%Y%m%d}-{seed + number}")
        begins = midnight_of(coming, TIMEZONE)
        planning = [step for step in ordered if step.at < begins]
        yield from heapq.merge(today, planning, key=lambda step: step.at)
        today = [step for step in ordered if step.at >= begins]


def _enrolled(story: Story, day: date) -> Enrolled:
    """The course of which the story tells a day; where the clinic is closed then, it was booked for the next open."""
    assert story.course is not None
    first = 1 - story.course.day
    days = tuple(working_day(day, first + n) for n in range(story.course.of))
    number = story.person.record_number
    return Enrolled(story.person, days, target_of(story), off_guideline(number), SECOND_CONSENT)


def _behind(cast: Sequence[tuple[Story, Enrolled]], day: date, seed: int) -> list[Step]:
    """Everything up to the evening before: files, bookings, the days that were held, two courses that are over."""
    steps, told = ended_courses(day, TIMEZONE)
    for story, enrolled in cast:
        assert story.course is not None
        at = at_local(booking_day(enrolled.days[0]), time(10, story.number * 3), TIMEZONE)
        elsewhere = (story.infusions_before or 0) - (story.course.day - 1)
        aged = CHARTS[story.person.record_number].weight_days
        steps.append(registered(enrolled, elsewhere, at, min(at.date(), day - timedelta(days=aged))))
        steps += booked(
            enrolled,
            at + timedelta(minutes=1),
            minute=story.planned,
            chair=story.chair,
            timezone=TIMEZONE,
            consent=None if story.consent_at_the_door and story.course.day == 1 else FIRST_CONSENT,
        )
        told += [Told(story, enrolled, n) for n in range(1, story.course.day)]
    return steps + played(told, seed, TIMEZONE) + _last_evening(cast, day)


def _last_evening(cast: Sequence[tuple[Story, Enrolled]], day: date) -> list[Step]:
    """The new consent and who has signed it at once, and an appointment of somebody whom nobody here knows."""
    yesterday = day - timedelta(days=1)
    new = cmd.PublishConsent(
        version=SECOND_CONSENT.version, text=SECOND_CONSENT.text, clauses=SECOND_CONSENT.clauses
    )
    steps = [Step(at_local(yesterday, time(17, 20), TIMEZONE), PHYSICIAN, new)]
    for story, enrolled in cast:
        if not story.consent_at_the_door:
            at = at_local(yesterday, time(18, story.number * 2), TIMEZONE)
            steps.append(Step(at, CLERK, enrolled.consents(yesterday)))
    start = midnight_of(working_day(day, 2), TIMEZONE) + timedelta(hours=10, minutes=15)
    plan = ev.Plan(
        patient=_STRANGER,
        start=start,
        duration_min=240,
        appointment=ev.Appointment("R-20881", "F-5512"),
        source="HL7",
        sent_at=at_local(yesterday, time(17, 4), TIMEZONE),
    )
    return [*steps, Step(at_local(yesterday, time(17, 5), TIMEZONE), CLERK, cmd.PlanVisit(plan=plan))]


def _shown(cast: Sequence[tuple[Story, Enrolled]], day: date, seed: int) -> list[Step]:
    """The day itself, with what its senders wrote of it on the afternoon before."""
    midnight = midnight_of(day, TIMEZONE)
    lives = [Life(story, day, midnight, seed, enrolled=enrolled) for story, enrolled in cast]
    return _planned_and_lived(lives, day, midnight)


def _planned_and_lived(lives: Sequence[Life], day: date, midnight: datetime) -> list[Step]:
    sent_at = at_local(day - timedelta(days=1), time(17), TIMEZONE)
    for number, life in enumerate(lives):
        life.plan(sent_at + timedelta(seconds=2 * number))
    lived(lives, midnight)
    return [step for life in lives for step in life.steps]


def _next(
    cast: Sequence[tuple[Story, Enrolled]], day: date, seed: int
) -> tuple[list[Step], list[tuple[Story, Enrolled]]]:
    """The next day of everybody's course; whose course is over has another booked."""
    steps: list[Step] = []
    going_on: list[Told] = []
    for story, known in cast:
        enrolled, number = known, known.days.index(day) + 1 if day in known.days else 1
        if day not in known.days:
            days = tuple(working_day(day, n) for n in range(len(known.days)))
            enrolled = replace(known, days=days)
            at = at_local(day - timedelta(days=1), time(16, story.number), TIMEZONE)
            steps += booked(
                enrolled,
                at,
                minute=story.planned,
                chair=story.chair,
                timezone=TIMEZONE,
                consent=SECOND_CONSENT,
            )
        going_on.append(Told(story, enrolled, number))
    midnight = midnight_of(day, TIMEZONE)
    lives = [Life(plain_day(told), day, midnight, seed, enrolled=told.enrolled) for told in going_on]
    steps += _planned_and_lived(lives, day, midnight)
    return steps, [(told.story, told.enrolled) for told in going_on]
