"""Two courses that are over: one followed up with a call due today, one whose tablets nobody prescribed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Final

from infusionroom.demo.clinic_days import works_on
from infusionroom.demo.earlier import Told, booking_day, days_back_from
from infusionroom.demo.enrolled import Enrolled
from infusionroom.demo.enrolling import booked, off_guideline, registered
from infusionroom.demo.life import Step
from infusionroom.demo.people import CASTELLAN, CLERK, NURSES, PHYSICIAN, WHITLOCK
from infusionroom.demo.story import Dose, Story, Unwanted
from infusionroom.domain import commands as cmd
from infusionroom.domain.day import at_local
from infusionroom.domain.events import Target

FOLLOWED_UP: Final = Story(
    number=21,
    person=CASTELLAN,
    planned=8 * 60 + 45,
    arrives=8 * 60 + 38,
    start=9 * 60 + 10,
    chair=2,
    dose=Dose("mg_per_kg_h", Decimal("0.4")),
    recovery=70,
    infusions_before=4,
)
STOPPED: Final = Story(
    number=22,
    person=WHITLOCK,
    planned=9 * 60 + 30,
    arrives=9 * 60 + 24,
    start=9 * 60 + 56,
    chair=3,
    dose=Dose("mg_per_kg_h", Decimal("0.4")),
    recovery=110,
    infusions_before=0,
    unwanted=(Unwanted(60, "dysphoria", "severe"),),
)
_LETTER: Final = """# Ketamine infusions, a course of five days

Five infusions were given as booked and tolerated well. Pain fell from 8 to 4 over the course.

Two weeks of low-dose oral ketamine have begun; we telephone on days 1, 7 and 14. Nobody can promise that it lasts.
"""


def ended_courses(day: date, timezone: str) -> tuple[list[Step], list[Told]]:
    """What was written about them by hand, and their infusions, each on its day."""
    a_week_ago = day - timedelta(days=7)
    followed = _enrolled(FOLLOWED_UP, days_back_from(a_week_ago, 5))
    last_held = day - timedelta(days=8)
    stopped = _enrolled(STOPPED, (*days_back_from(last_held, 2), *_after(last_held, 3)))
    steps: list[Step] = []
    for story, enrolled, elsewhere in ((FOLLOWED_UP, followed, 4), (STOPPED, stopped, 0)):
        first = booking_day(enrolled.days[0])
        at = at_local(first, time(14, story.number), timezone)
        steps.append(registered(enrolled, elsewhere, at, first))
        steps += booked(
            enrolled, at + timedelta(minutes=2), minute=story.planned, chair=story.chair, timezone=timezone
        )
    steps += _followed_up(followed, day, timezone)
    stop = cmd.StopCourse(
        course=stopped.course,
        reason="side effects",
        why="by telephone: the second night was worse than the pain",
    )
    steps.append(Step(at_local(stopped.days[1], time(20), timezone), PHYSICIAN, stop))
    told = [Told(FOLLOWED_UP, followed, n) for n in range(1, 6)]
    return steps, told + [Told(STOPPED, stopped, n) for n in (1, 2)]


def _enrolled(story: Story, days: tuple[date, ...]) -> Enrolled:
    number = story.person.record_number
    target = Target(story.dose.basis, story.dose.amount)
    return Enrolled(story.person, days, target, off_guideline(number))


def _after(day: date, count: int) -> tuple[date, ...]:
    found: list[date] = []
    while len(found) < count:
        day += timedelta(days=1)
        if works_on(day):
            found.append(day)
    return tuple(found)


def _followed_up(enrolled: Enrolled, day: date, timezone: str) -> Iterator[Step]:
    """The tablets begun a week before `day`, the first call answered, the letter drafted; the second call is due."""
    began = day - timedelta(days=7)
    call = cmd.RecordCall(
        course=enrolled.course,
        day=1,
        reached=True,
        outcome="slept well; takes the tablets as taught",
        pain=4,
        started_on=began,
    )
    yield Step(at_local(began + timedelta(days=1), time(10, 20), timezone), NURSES[1], call)
    pgic = cmd.RatePgic(course=enrolled.course, pgic=2, rated_on=began + timedelta(days=1))
    yield Step(at_local(began + timedelta(days=1), time(10, 22), timezone), NURSES[1], pgic)
    letter = cmd.WriteLetter(course=enrolled.course, text=_LETTER)
    yield Step(at_local(began + timedelta(days=2), time(15, 5), timezone), CLERK, letter)
