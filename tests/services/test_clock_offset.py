"""A terminal whose clock is wrong says so, where there is a server to tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from infusionroom.services.clock import Clock, FrozenClock, SystemClock, clock_warning, offset_s
from infusionroom.services.room import RoomService
from infusionroom.store import Store

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class WrongClock:
    """The machine's clock, so many seconds fast."""

    def __init__(self, fast_s: float) -> None:
        self._fast = timedelta(seconds=fast_s)

    def now(self) -> datetime:
        return SystemClock().now() + self._fast


def test_half_of_the_way_to_the_server_is_taken_off() -> None:
    later = NOON + timedelta(seconds=4)
    assert offset_s(NOON, NOON + timedelta(seconds=2), later) == 0
    assert offset_s(NOON, NOON, later) == 2


@pytest.mark.parametrize(
    ("offset", "said"),
    [
        (None, None),
        (0.0, None),
        (2.0, None),
        (-2.0, None),
        (2.1, "2 s fast"),
        (-75.0, "75 s slow"),
        (3600.0, "60 min fast"),
    ],
)
def test_more_than_two_seconds_are_said(offset: float | None, said: str | None) -> None:
    warning = clock_warning(offset)
    assert (warning is None) == (said is None)
    assert said is None or (warning is not None and said in warning)


def test_a_terminal_on_a_server_learns_how_far_its_clock_is_off(
    postgres_url: str, open_room: Callable[[str], Store]
) -> None:
    def room(clock: Clock) -> RoomService:
        return RoomService(open_room(postgres_url), clock)

    right, wrong = room(SystemClock()), room(WrongClock(90))
    for service in (right, wrong):
        assert service.clock_offset_s is None
        service.wait(0)
    assert clock_warning(right.clock_offset_s) is None
    assert "90 s fast" in (clock_warning(wrong.clock_offset_s) or "")
    right.close()
    wrong.close()


def test_a_file_has_no_other_clock(sqlite_store: Store) -> None:
    room = RoomService(sqlite_store, FrozenClock(NOON))
    room.wait(0)
    assert room.clock_offset_s is None
    room.close()
