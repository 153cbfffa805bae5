"""The days on which the clinic works: no weekend, no holiday unless it is opened, none of its own closing days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from infusionroom.domain.clinic import Clinic

SATURDAY: Final = 5


def day_text(day: date) -> str:
    """A day as the planner's sentences name it: `Thu 26 Nov`."""
    return f"{day:%a} {day.day} {day:%b}"


def is_weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY


def closed_because(clinic: Clinic, holidays: Mapping[date, str], day: date) -> str | None:
    """Why nobody is treated on this day, as the end of a sentence (`Thu 26 Nov is …`); None on a working day.

    `holidays` are the names of the holidays by law. An opened day is a working day although it is a holiday;
    a weekend never is.
    """
    if is_weekend(day):
        return "a Saturday" if day.weekday() == SATURDAY else "a Sunday"
    if day in clinic.closed_days:
        return f"a closing day ({clinic.closed_days[day]})"
    if day in clinic.opened_days:
        return None
    return holidays.get(day)


def working_days(
    clinic: Clinic, holidays: Mapping[date, str], first: date, last: date
) -> Iterator[tuple[date, str | None]]:
    """Every day from `first` to `last`, both included, each with why it is closed, or None."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        yield day, closed_because(clinic, holidays, day)


def next_working_day(clinic: Clinic, holidays: Mapping[date, str], after: date) -> date:
    """The first working day later than `after`. Raises `OverflowError` at the end of the calendar."""
    day = after + timedelta(days=1)
    while closed_because(clinic, holidays, day) is not None:
        day += timedelta(days=1)
    return day
