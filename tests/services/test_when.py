"""What a nurse types into *happened at*, and what it means."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from infusionroom.services.when import WhenRefused, local_instant, parse_when

NEW_YORK = "America/New_York"
DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 15, 42, 30, tzinfo=UTC)  # 10:42:30 in New York
FALL_BACK = date(2026, 11, 1)
SPRING_FORWARD = date(2026, 3, 8)


def when(text: str, *, now: datetime = NOW, day: date = DAY) -> datetime:
    return parse_when(text, now, NEW_YORK, day)


def refusal(text: str, *, now: datetime = NOW, day: date = DAY) -> str:
    with pytest.raises(WhenRefused) as refused:
        when(text, now=now, day=day)
    return refused.value.sentence


@pytest.mark.parametrize("text", ["", "  ", "now", "Now", "-0"])
def test_nothing_or_now_is_now(text: str) -> None:
    assert when(text) == NOW


@pytest.mark.parametrize(
    ("text", "minutes"), [("-10", 10), ("- 10", 10), ("−10", 10), ("-90", 90), ("-1:30", 90), ("-0:05", 5)]
)
def test_a_minus_counts_minutes_back(text: str, minutes: int) -> None:
    assert when(text) == NOW - timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["10:25", "1025", " 10:25 ", "10:25-05:00", "10:25-0500"])
def test_a_time_is_todays_by_the_clinics_clock(text: str) -> None:
    assert when(text) == datetime(2026, 11, 23, 15, 25, tzinfo=UTC)


def test_single_digit_hours_need_no_zero() -> None:
    assert when("9:05") == when("905") == datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-11-22T23:50-05:00", "2026-11-22 23:50-05:00", "2026-11-23T04:50:00Z"])
def test_a_full_moment_with_its_offset_is_taken(text: str) -> None:
    assert when(text) == datetime(2026, 11, 23, 4, 50, tzinfo=UTC)


def test_a_full_moment_without_an_offset_is_refused() -> None:
    assert "no offset" in refusal("2026-11-23T10:25")


@pytest.mark.parametrize("text", ["10:43", "2359", "2026-11-24T10:25-05:00", "+5"])
def test_the_future_is_refused(text: str) -> None:
    sentence = refusal(text)
    assert "still to come" in sentence or "future" in sentence


def test_a_future_time_tells_how_to_say_yesterday() -> None:
    sentence = refusal("23:50")
    assert "2026-11-22T23:50-05:00" in sentence
    assert when("2026-11-22T23:50-05:00") < NOW


@pytest.mark.parametrize("text", ["25:00", "10:60", "24:00"])
def test_no_such_time_of_day(text: str) -> None:
    assert "no time of day" in refusal(text)


@pytest.mark.parametrize("text", ["soon", "10h25", "2026-13-40T10:00Z", "10", "[/oops]"])
def test_what_is_no_time_is_answered_with_how_to_write_one(text: str) -> None:
    assert "Write" in refusal(text)


def test_a_time_that_the_clock_skipped_is_refused() -> None:
    sentence = refusal("02:30", now=datetime(2026, 3, 8, 16, 0, tzinfo=UTC), day=SPRING_FORWARD)
    assert "did not exist on 8 Mar 2026" in sentence


def test_a_time_that_came_twice_asks_which_and_names_both() -> None:
    later = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
    sentence = refusal("01:30", now=later, day=FALL_BACK)
    assert "01:30-04:00 or 01:30-05:00" in sentence
    assert when("01:30-04:00", now=later, day=FALL_BACK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert when("01:30-05:00", now=later, day=FALL_BACK) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_a_time_that_comes_again_only_later_means_the_first() -> None:
    first_pass = datetime(2026, 11, 1, 5, 45, tzinfo=UTC)
    assert when("01:30", now=first_pass, day=FALL_BACK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_an_offset_that_the_clinic_does_not_have_is_refused() -> None:
    assert "stands at -05:00" in refusal("10:25+09:00")


def test_planning_takes_times_to_come_but_no_skipped_ones() -> None:
    assert local_instant("14:00", NEW_YORK, DAY) == datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
    with pytest.raises(WhenRefused, match="did not exist"):
        local_instant("02:30", NEW_YORK, SPRING_FORWARD)
    with pytest.raises(WhenRefused, match="came twice"):
        local_instant("01:30", NEW_YORK, FALL_BACK)
    with pytest.raises(WhenRefused, match="no time of day"):
        local_instant("tomorrow", NEW_YORK, DAY)
