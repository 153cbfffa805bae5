"""A demonstration day: a plausible clinic, played through the room's own way in, on a store that is thrown away."""

from __future__ import annotations

import atexit
import math
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from itertools import chain
from types import FrameType
from typing import Final, Self

from infusionroom.demo.cast import DEFAULT_SEED
from infusionroom.demo.courses import everything
from infusionroom.demo.life import Step
from infusionroom.demo.people import CHARGE_NURSE, TIMEZONE
from infusionroom.demo.place import ThrowAway
from infusionroom.demo.playing import TERMINAL, NotAsWritten, Player, played
from infusionroom.domain.day import at_local, clinic_day
from infusionroom.domain.working_days import is_weekend
from infusionroom.services.clock import Clock, FrozenClock, SpedClock, SystemClock
from infusionroom.services.room import RoomService

__all__ = [
    "CHARGE_NURSE",
    "DEFAULT_AT",
    "DEFAULT_SEED",
    "FASTEST",
    "TERMINAL",
    "BadDemonstration",
    "Demonstration",
    "NotAsWritten",
    "run",
]

DEFAULT_AT: Final = time(10, 42)
FASTEST: Final = 3600.0

OpenRoom = Callable[[str, Clock], RoomService]
"""Opens the room in the store at an address, with a clock (`bootstrap.open_room`)."""
Show = Callable[[Callable[[], RoomService]], int]
"""Shows the room that it is given the means to open, until it is left; the exit status."""


class BadDemonstration(ValueError):
    """The demonstration that was asked for cannot be; the message is a sentence."""


class Demonstration:
    """One demonstration from its making to its removal. `close` may come at any time and more than once.

    `at` is the wall-clock time at which it begins, on `day` (default today, where the clinic is; on a weekend the
    Monday after). `speed` is how many times as fast as the world its clock runs. Raises `BadDemonstration`.
    """

    def __init__(
        self,
        open_room: OpenRoom,
        *,
        at: time | None = None,
        speed: float = 1.0,
        seed: int = DEFAULT_SEED,
        day: date | None = None,
    ) -> None:
        if not (math.isfinite(speed) and 0 < speed <= FASTEST):
            raise BadDemonstration(f"The speed is a number above 0 and at most {FASTEST:.0f}.")
        self._open_room = open_room
        self.day = day or _working_day(clinic_day(SystemClock().now(), TIMEZONE))
        self.begins_at = at_local(self.day, at or DEFAULT_AT, TIMEZONE)
        self._speed, self._seed = speed, seed
        self._closing = threading.Lock()
        self._closed = False
        self._place: ThrowAway | None = None
        self._player: Player | None = None
        self._rooms: list[RoomService] = []

    def open(self) -> RoomService:
        """Makes the store, plays the day up to its beginning and lets it go on; the room, with the day's clock."""
        place = self._made()
        steps = everything(self.day, self._seed)
        next_step = self._played(place.url, steps)
        clock = SpedClock(self.begins_at, self._speed)
        room = self._open_room(place.url, clock)
        self._rooms.append(room)
        player = Player(lambda: self._open_room(place.url, clock), clock, chain(next_step, steps))
        with self._closing:
            if not self._closed:
                self._player = player
                player.start()
        return room

    def _made(self) -> ThrowAway:
        with self._closing:
            if self._closed:
                raise BadDemonstration("The demonstration is over.")
            if self._place is None:
                self._place = ThrowAway()
                atexit.register(self.close)
            return self._place

    def _played(self, url: str, steps: Iterator[Step]) -> list[Step]:
        clock = FrozenClock(self.begins_at)
        room = self._open_room(url, clock)
        try:
            return played(room, steps, self.begins_at)
        finally:
            room.close()

    def close(self) -> None:
        """Stops the play and removes everything."""
        with self._closing:
            self._closed = True
            player, self._player = self._player, None
            place, self._place = self._place, None
        if player is not None:
            player.stop()
        while self._rooms:
            self._rooms.pop().close()
        if place is not None:
            place.close()
            atexit.unregister(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def run(
    at: time | None = None,
    speed: float = 1.0,
    seed: int = DEFAULT_SEED,
    *,
    day: date | None = None,
    open_room: OpenRoom,
    show: Show,
) -> int:
    """Shows a demonstration until it is left; the exit status of `show`. Nothing of it stays behind.

    Raises `BadDemonstration`.
    """
    with (
        _ending_on_signals(),
        Demonstration(open_room, at=at, speed=speed, seed=seed, day=day) as demonstration,
    ):
        return show(demonstration.open)


@contextmanager
def _ending_on_signals() -> Iterator[None]:
    """Hang-up and termination end the block as an exit does, also while the screen has not yet taken them over."""

    def leave(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGHUP, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _working_day(day: date) -> date:
    """The day, or the Monday after a weekend: nobody is treated then."""
    while is_weekend(day):
        day += timedelta(days=1)
    return day
