"""Vitals fall due by the plan: in the first hour, after a rise, at the stop, and after it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infusionroom.domain.clinic import DEFAULT_RULES, VitalsPlan
from infusionroom.domain.vitals_due import Anchors, DueState, due_state, next_due

PLAN = DEFAULT_RULES.vitals


def at(clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2026, 11, 23, int(hour), int(minute), tzinfo=UTC)


def due(
    *taken: str, start: str | None = "08:00", rises: tuple[str, ...] = (), stop: str | None = None
) -> str | None:
    when = next_due(
        Anchors(
            started_at=None if start is None else at(start),
            rises=tuple(map(at, rises)),
            stopped_at=None if stop is None else at(stop),
            taken=tuple(map(at, taken)),
        ),
        PLAN,
    )
    return None if when is None else f"{when:%H:%M}"


def test_before_the_start_nothing_is_due() -> None:
    assert due("07:50", start=None) is None


@pytest.mark.parametrize(
    ("taken", "next_set"),
    [
        ((), "08:15"),
        (("07:45",), "08:15"),
        (("07:45", "08:00"), "08:15"),
        (("08:15",), "08:30"),
        (("08:15", "08:30"), "08:45"),
        (("08:15", "08:30", "08:45"), "09:00"),
        (("08:15", "08:30", "08:45", "09:00"), "09:30"),
        (("08:59",), "09:14"),
        (("08:59", "09:14"), "09:44"),
        (("09:03",), "09:33"),
        (("09:00", "09:30"), "10:00"),
    ],
)
def test_every_15_minutes_in_the_first_hour_then_every_30(taken: tuple[str, ...], next_set: str) -> None:
    assert due(*taken) == next_set


@pytest.mark.parametrize(
    ("taken", "rises", "next_set"),
    [
        (("10:00",), ("10:10",), "10:25"),
        (("10:00", "10:25"), ("10:10",), "10:40"),
        (("10:00", "10:25", "10:40"), ("10:10",), "11:10"),
        (("10:00", "10:25", "10:39"), ("10:10",), "10:54"),
        # A rise never puts off what is due before.
        (("10:00",), ("10:20",), "10:30"),
        (("10:00",), ("10:15",), "10:30"),
        # At the moment of a set.
        (("10:00",), ("10:00",), "10:15"),
        # Two rises after the last set: the first one's quarter of an hour counts.
        (("10:00",), ("10:05", "10:12"), "10:20"),
        (("10:00", "10:20"), ("10:05", "10:12"), "10:35"),
        (("10:00", "10:20", "10:35"), ("10:05", "10:12"), "10:50"),
        (("10:00", "10:20", "10:35", "10:50"), ("10:05", "10:12"), "11:20"),
        # In the first hour a rise changes nothing, at its end it does.
        (("08:15",), ("08:20",), "08:30"),
        (("08:45", "09:00"), ("08:50",), "09:15"),
        (("08:45", "09:00", "09:15"), ("08:50",), "09:30"),
        (("08:45", "09:00", "09:15", "09:30"), ("08:50",), "10:00"),
    ],
)
def test_a_rise_or_a_restart_brings_vitals_forward_for_half_an_hour(
    taken: tuple[str, ...], rises: tuple[str, ...], next_set: str
) -> None:
    assert due(*taken, rises=rises) == next_set


@pytest.mark.parametrize(
    ("taken", "next_set"),
    [
        (("11:30",), "12:00"),
        (("11:45",), "12:00"),
        (("11:59",), "12:00"),
        (("10:00",), "12:00"),
        (("12:00",), "12:15"),
        (("12:00", "12:15"), "12:30"),
        (("12:00", "12:15", "12:30"), "13:00"),
        (("12:00", "12:15", "12:30", "13:00"), "13:30"),
        (("12:08",), "12:23"),
        (("12:08", "12:23"), "12:38"),
        (("12:08", "12:23", "12:38"), "13:08"),
    ],
)
def test_vitals_are_due_at_the_stop_then_twice_after_15_then_every_30(
    taken: tuple[str, ...], next_set: str
) -> None:
    assert due(*taken, stop="12:00", rises=("11:50",)) == next_set


def test_sets_may_come_in_any_order() -> None:
    assert due("09:00", "08:30", "08:45", "08:15") == "09:30"


def test_the_plan_is_the_clinics() -> None:
    plan = VitalsPlan(first_hour_min=30, often_min=10, after_rise_min=10, later_min=20, recovery_often_min=10)
    start = Anchors(started_at=at("08:00"))
    assert next_due(start, plan) == at("08:10")
    assert next_due(msgspec.structs.replace(start, taken=(at("08:30"),)), plan) == at("08:50")
    later = msgspec.structs.replace(start, taken=(at("08:30"),), rises=(at("08:35"),))
    assert next_due(later, plan) == at("08:45")
    stopped = msgspec.structs.replace(start, stopped_at=at("09:00"), taken=(at("09:10"),))
    assert next_due(stopped, plan) == at("09:30")


def test_the_plan_does_not_slip_when_the_clocks_change() -> None:
    chicago = ZoneInfo("America/Chicago")
    started = datetime(2026, 11, 1, 1, 55, tzinfo=chicago)
    assert next_due(Anchors(started_at=started), PLAN) == datetime(2026, 11, 1, 7, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "kind", "minutes"),
    [
        (-15 * 60, "in", 15),
        (-6 * 60 - 30, "in", 7),
        (-1, "in", 1),
        (0, "due", 0),
        (59, "due", 0),
        (4 * 60 + 59, "due", 4),
        (5 * 60, "low", 5),
        (9 * 60 + 59, "low", 9),
        (10 * 60, "medium", 10),
        (83 * 60, "medium", 83),
    ],
)
def test_late_is_low_at_5_minutes_and_medium_at_10(seconds: int, kind: str, minutes: int) -> None:
    now = at("09:00") + timedelta(seconds=seconds)
    state = due_state(at("09:00"), now, PLAN)
    assert (state.kind, state.minutes) == (kind, minutes)


def test_how_late_is_late_is_the_clinics() -> None:
    plan = VitalsPlan(low_after_min=2, medium_after_min=3)
    assert due_state(at("09:00"), at("09:02"), plan) == DueState("low", 2)
    assert due_state(at("09:00"), at("09:03"), plan) == DueState("medium", 3)


minutes = st.integers(0, 400).map(lambda m: at("08:00") + timedelta(minutes=m))


@given(st.lists(minutes, max_size=5), st.lists(minutes, max_size=12))
def test_a_rise_never_puts_vitals_off_and_no_gap_is_over_half_an_hour(
    rises: list[datetime], taken: list[datetime]
) -> None:
    calm = Anchors(started_at=at("08:00"), taken=tuple(sorted(taken)))
    risen = msgspec.structs.replace(calm, rises=tuple(sorted(rises)))
    with_rises, without = next_due(risen, PLAN), next_due(calm, PLAN)
    assert with_rises is not None
    assert without is not None
    assert with_rises <= without
    last = max([at("08:00"), *taken])
    assert timedelta(minutes=15) <= with_rises - last <= timedelta(minutes=30)
