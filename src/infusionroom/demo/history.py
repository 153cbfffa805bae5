"""Years of made-up past for benchmarks, from the same days as the demonstration.

Two kinds: whole days, decided act by act (some 40 entries a visit, a few milliseconds each), and brief ones for
very long pasts (a plan and a no-show, about a quarter of a millisecond each).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import chain, count, islice
from typing import Final

from infusionroom.demo.cast import DEFAULT_SEED, stories
from infusionroom.demo.day import day_steps, setting_up
from infusionroom.demo.life import Step, midnight_of
from infusionroom.demo.people import CLERK, TIMEZONE
from infusionroom.demo.playing import TERMINAL
from infusionroom.domain import events as ev
from infusionroom.services.bulk import append_brief_history, append_history
from infusionroom.services.room import RoomService

VISITS_A_DAY: Final = len(stories(DEFAULT_SEED))
BRIEF_VISITS_A_DAY: Final = 200


def write_history(
    room: RoomService,
    visits: int,
    seed: int = DEFAULT_SEED,
    *,
    until: date,
    brief: bool = False,
    timezone: str = TIMEZONE,
) -> int:
    """Fills the room's past with about so many visits, on the weekdays before `until`; how many it wrote.

    An empty store gets its room first. The days are whole, so the last may bring a few visits more.
    """
    if room.state.clinic is None:
        day = _first_day(visits, until, BRIEF_VISITS_A_DAY if brief else VISITS_A_DAY)
        append_history(room, setting_up(day, timezone), terminal=TERMINAL)
    if brief:
        plans = islice(_brief_plans(until, seed, timezone), visits)
        return append_brief_history(room, plans, actor=CLERK, terminal=TERMINAL)
    days = list(_weekdays_before(until, -(-visits // VISITS_A_DAY)))
    append_history(room, _acts(reversed(days), seed, timezone), terminal=TERMINAL)
    return len(days) * VISITS_A_DAY


def _first_day(visits: int, until: date, a_day: int) -> date:
    *_, first = _weekdays_before(until, max(1, -(-visits // a_day)))
    return first


def _acts(days: Iterable[date], seed: int, timezone: str) -> Iterator[Step]:
    """The acts of these days in the order of time: a day is over before the next is planned on its morning."""
    for number, day in enumerate(days):
        begins = midnight_of(day, timezone)
        for step in day_steps(day, seed + number + 1, timezone=timezone):
            # Planned that same night, so that one day's end and the next day's planning do not cross.
            yield step if step.at >= begins else Step(begins, step.actor, step.command)


def _weekdays_before(until: date, number: int) -> Iterator[date]:
    """So many weekdays before a day, the latest first."""
    weekdays = (day for back in count(1) if (day := until - timedelta(days=back)).weekday() < 5)
    return islice(weekdays, number)


def _brief_plans(until: date, seed: int, timezone: str) -> Iterator[ev.Plan]:
    dice = random.Random(f"history/{seed}")  # noqa: S311 - a play, not a secret
    people = [story.person for story in stories(DEFAULT_SEED)]
    days = (until - timedelta(days=back) for back in count(1))
    for number, day in enumerate(chain.from_iterable([day] * BRIEF_VISITS_A_DAY for day in days)):
        person = people[dice.randrange(len(people))]
        place = number % BRIEF_VISITS_A_DAY
        yield ev.Plan(
            patient=ev.Patient(
                person.family,
                person.given,
                person.birth_date,
                f"H-{dice.randrange(50_000):05d}",
                dice.randrange(20),
            ),
            start=midnight_of(day, timezone) + timedelta(minutes=420 + 3 * place),
            duration_min=360,
            appointment=ev.Appointment(placer=f"PAST-{seed}-{number}", filler=f"P{number}"),
            source="history",
        )
