"""On which days the clinic works."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace
from tests.domain.bookings import CLINIC, HOLIDAYS

from infusionroom.domain.working_days import closed_because, next_working_day, working_days

THANKSGIVING = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 11, 25), None),
        (THANKSGIVING, "Thanksgiving Day"),
        (date(2026, 11, 27), None),
        (date(2026, 11, 28), "a Saturday"),
        (date(2026, 11, 29), "a Sunday"),
        (date(2026, 12, 25), "Christmas Day"),
        (date(2027, 1, 1), "New Year's Day"),
    ],
)
def test_nobody_works_on_weekends_and_holidays(day: date, why: str | None) -> None:
    assert closed_because(CLINIC, HOLIDAYS, day) == why


def test_a_closing_day_is_named_with_its_reason() -> None:
    closed = replace(CLINIC, closed_days={date(2026, 11, 24): "staff training"})
    assert closed_because(closed, HOLIDAYS, date(2026, 11, 24)) == "a closing day (staff training)"
    assert closed_because(closed, HOLIDAYS, date(2026, 11, 23)) is None


def test_an_opened_holiday_is_a_working_day_but_a_weekend_never_is() -> None:
    saturday = date(2026, 11, 28)
    opened = replace(CLINIC, opened_days=frozenset({THANKSGIVING, saturday}))
    assert closed_because(opened, HOLIDAYS, THANKSGIVING) is None
    assert closed_because(opened, HOLIDAYS, saturday) == "a Saturday"


def test_the_next_working_day_is_later_and_passes_over_what_is_closed() -> None:
    assert next_working_day(CLINIC, HOLIDAYS, date(2026, 11, 23)) == date(2026, 11, 24)
    assert next_working_day(CLINIC, HOLIDAYS, date(2026, 11, 25)) == date(2026, 11, 27)
    assert next_working_day(CLINIC, HOLIDAYS, date(2026, 11, 27)) == date(2026, 11, 30)
    assert next_working_day(CLINIC, HOLIDAYS, date(2026, 12, 31)) == date(2027, 1, 4)


def test_every_day_of_a_stretch_is_told_with_its_ends() -> None:
    stretch = working_days(CLINIC, HOLIDAYS, date(2026, 11, 25), date(2026, 11, 27))
    assert [why for _, why in stretch] == [None, "Thanksgiving Day", None]
