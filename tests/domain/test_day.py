"""The clinic day: 23, 24 or 25 hours from midnight to midnight, and times that a clock change leaves out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from infusionroom.domain.day import UnknownTimezone, at_local, clinic_day, day_bounds, local, zone

NEW_YORK = "America/New_York"


@pytest.mark.parametrize(("day", "hours"), [("2027-03-14", 23), ("2026-11-01", 25), ("2026-11-23", 24)])
def test_a_day_is_as_long_as_the_clocks_make_it(day: str, hours: int) -> None:
    begin, end = day_bounds(date.fromisoformat(day), NEW_YORK)
    assert end - begin == timedelta(hours=hours)
    assert begin.tzinfo is UTC


def test_days_follow_each_other_without_gap_or_overlap() -> None:
    day = date(2026, 10, 25)
    for _ in range(14):
        assert day_bounds(day, NEW_YORK)[1] == day_bounds(day + timedelta(days=1), NEW_YORK)[0]
        day += timedelta(days=1)


@pytest.mark.parametrize("timezone", [NEW_YORK, "Asia/Kathmandu", "Pacific/Apia", "UTC", "Europe/London"])
def test_an_instant_lies_in_its_own_day(timezone: str) -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    for _ in range(300):
        moment += timedelta(hours=7, minutes=11)
        begin, end = day_bounds(clinic_day(moment, timezone), timezone)
        assert begin <= moment < end


def test_the_first_moment_of_a_day_belongs_to_it_and_the_last_to_the_next() -> None:
    begin, end = day_bounds(date(2026, 11, 1), NEW_YORK)
    assert clinic_day(begin, NEW_YORK) == date(2026, 11, 1)
    assert clinic_day(end, NEW_YORK) == date(2026, 11, 2)
    assert clinic_day(end - timedelta(microseconds=1), NEW_YORK) == date(2026, 11, 1)


def test_a_time_that_never_was_is_moved_past_the_gap() -> None:
    assert local(at_local(date(2027, 3, 14), time(2, 30), NEW_YORK), NEW_YORK).time() == time(3, 30)


def test_of_a_repeated_time_the_first_is_meant() -> None:
    assert at_local(date(2026, 11, 1), time(1, 30), NEW_YORK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "America", "\0"])
def test_an_unknown_time_zone_is_named(name: str) -> None:
    with pytest.raises(UnknownTimezone):
        zone(name)
