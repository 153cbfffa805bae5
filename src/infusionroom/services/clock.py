"""The only place that asks what time it is. Everything else is told."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

# A clock that is further off than this makes a board's times wrong enough to be told.
MOST_OFFSET_S: Final = 2.0


class Clock(Protocol):
    """Where the time comes from; injected, so that a test and a demonstration can have their own."""

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FrozenClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def move_to(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def advance(self, *, minutes: float = 0, seconds: float = 0) -> None:
        self._at += timedelta(minutes=minutes, seconds=seconds)


class SpedClock:
    """A clock that starts at `start` and runs `speed` times as fast as the machine's monotonic one."""

    def __init__(self, start: datetime, speed: float) -> None:
        self._start = start.astimezone(UTC)
        self.speed = speed
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self.speed)


def offset_s(before: datetime, server: datetime, after: datetime) -> float:
    """How far this terminal's clock is ahead of the server's (behind: negative), in seconds.

    The server was asked at `before` and had answered at `after`, by this terminal's clock; half the way is taken off.
    """
    return (before + (after - before) / 2 - server).total_seconds()


def clock_warning(offset: float | None) -> str | None:
    """What a terminal says whose clock is off by more than two seconds; None where it is right or nobody can tell."""
    if offset is None or abs(offset) <= MOST_OFFSET_S:
        return None
    far = f"{abs(offset):.0f} s" if abs(offset) < 120 else f"{abs(offset) / 60:.0f} min"
    return (
        f"This terminal's clock is {far} {'fast' if offset > 0 else 'slow'}: times on this screen are off by that. "
        "Entries get the server's time. Set the clock right."
    )
