"""Plays a day into a room: what is past at once, what is to come when its time has come."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from infusionroom.demo.life import Step
from infusionroom.domain.decide import NotAllowed
from infusionroom.domain.outcome import Done
from infusionroom.services.bulk import append_history
from infusionroom.services.clock import FrozenClock, SpedClock
from infusionroom.services.errors import RoomError, RoomUnreachable
from infusionroom.services.room import RoomService

TERMINAL: Final = "demonstration"
LONGEST_WAIT_S: Final = 5.0


class NotAsWritten(AssertionError):
    """The room refused an act of the demonstration: the generator is wrong, not the room."""


def play(room: RoomService, clock: FrozenClock, steps: Iterable[Step], until: datetime) -> list[Step]:
    """Gives every step up to `until` at its own time and leaves the clock there; the first step after it, if any.

    Raises `NotAsWritten` where the room refuses one.
    """
    following: list[Step] = []
    for step in steps:
        if step.at > until:
            following.append(step)
            break
        clock.move_to(step.at)
        outcome = room.execute(step.command, actor=step.actor, terminal=TERMINAL)
        if not isinstance(outcome, Done):
            raise NotAsWritten(f"{step.at.isoformat()} {type(step.command).__name__}: {outcome}")
    clock.move_to(until)
    return following


def played(room: RoomService, steps: Iterator[Step], until: datetime) -> list[Step]:
    """Gives every step up to `until` as what was done long ago, many at once; the first step after it, if any.

    Raises `NotAsWritten` where the room refuses one.
    """
    following: list[Step] = []

    def past() -> Iterator[Step]:
        for step in steps:
            if step.at > until:
                following.append(step)
                return
            yield step

    try:
        append_history(room, past(), terminal=TERMINAL)
    except NotAllowed as refused:
        raise NotAsWritten("; ".join(reason.text for reason in refused.reasons)) from refused
    return following


class Player(threading.Thread):
    """Gives the steps that are still to come when the clock reaches them, from a terminal of its own.

    A step that the room refuses is passed over: whoever watches may have acted first.
    """

    def __init__(
        self,
        open_room: Callable[[], RoomService],
        clock: SpedClock,
        steps: Iterator[Step],
    ) -> None:
        super().__init__(name="infusionroom-demonstration", daemon=True)
        self._open_room, self._clock, self._steps = open_room, clock, steps
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Ends the play and waits until the room is closed."""
        self._stopped.set()
        if self.is_alive():
            self.join(timeout=5.0)

    def run(self) -> None:
        try:
            room = self._open_room()
        except RoomError:
            return
        try:
            for step in self._steps:
                if not self._wait_until(step.at):
                    return
                self._give(room, step)
        except RoomError:
            return  # the store is gone: the demonstration is over
        finally:
            room.close()

    def _give(self, room: RoomService, step: Step) -> None:
        command = replace(step.command, at=step.at)
        while not self._stopped.is_set():
            try:
                room.execute(command, actor=step.actor, terminal=TERMINAL)
            except RoomUnreachable:
                self._stopped.wait(1.0)
            else:
                return

    def _wait_until(self, moment: datetime) -> bool:
        """True once the clock has reached the moment, False when the play is stopped before."""
        while not self._stopped.is_set():
            left_s = (moment - self._clock.now()).total_seconds() / self._clock.speed
            if left_s <= 0:
                return True
            self._stopped.wait(min(left_s, LONGEST_WAIT_S))
        return False
