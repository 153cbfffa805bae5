"""The days on which the demonstration's clinic works, counted from the day that is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from itertools import count, islice
from typing import Final

from infusionroom.domain.clinic import DEFAULT_RULES
from infusionroom.domain.working_days import is_weekend
from infusionroom.services.holiday_calendar import holidays_between

_REGION: Final = DEFAULT_RULES.booking.holiday_region


def works_on(day: date) -> bool:
    return not is_weekend(day) and day not in _holidays(day.year)


def working_day(today: date, number: int) -> date:
    """The working day so many before (negative) or after `today`; 0 is today, or the next one where it is closed."""
    if number < 0:
        before = (d for back in count(1) if works_on(d := today - timedelta(days=back)))
        return next(islice(before, -number - 1, None))
    onward = (d for ahead in count(0) if works_on(d := today + timedelta(days=ahead)))
    return next(islice(onward, number, None))


@cache
def _holidays(year: int) -> Mapping[date, str]:
    return holidays_between(_REGION, date(year, 1, 1), date(year, 12, 31))
