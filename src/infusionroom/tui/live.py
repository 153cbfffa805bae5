"""The feed: one thread that opens the room, waits for changes, reads them, and posts what it saw.

Widgets are never touched from here. Bursts collapse: a message that is still queued is replaced by a newer one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from textual.message import Message

if TYPE_CHECKING:
    from infusionroom.domain.board import Board
    from infusionroom.domain.commands import Command
    from infusionroom.domain.outcome import Outcome
    from infusionroom.domain.record import VisitRecord
    from infusionroom.domain.room import Room
    from infusionroom.domain.visit import Visit

WAIT_S = 10.0
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 2.0


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime: ...


class RoomLike(Protocol):
    """What the screen needs of the room; `services.room.RoomService` is one."""

    @property
    def clock(self) -> Clock: ...
    @property
    def state(self) -> Room: ...
    def day(self) -> date: ...
    def refresh(self) -> bool: ...
    def wait(self, timeout: float) -> bool: ...
    def wake(self) -> None: ...
    def execute(self, command: Command, *, actor: str, terminal: str) -> Outcome: ...
    def visit(self, visit_id: str) -> Visit | None: ...
    def find(self, text: str, limit: int = 50) -> list[VisitRecord]: ...
    def room_on(self, day: date) -> Room: ...
    def board(self, now: datetime | None = None, day: date | None = None) -> Board: ...
    def board_after(self, board: Board, before: Room, now: datetime) -> Board: ...


def _spread(pause: float) -> float:
    """The pause or up to half of it less, so that not all terminals knock at once at a server that is back."""
    from random import uniform

    return pause * uniform(0.5, 1)  # noqa: S311 - no secret


class FeedMessage(Message):
    """Something that the feed saw; `feed` tells a message of a feed that has been replaced."""

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self.feed = feed


class RoomOpened(FeedMessage):
    """The room is open and was read."""


class RoomChanged(FeedMessage):
    """The room was read again; its state may be new."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, RoomChanged)


class RoomLost(FeedMessage):
    """The store is out of reach; `sentence` says so in words."""

    def __init__(self, feed: Feed, sentence: str) -> None:
        super().__init__(feed)
        self.sentence = sentence

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, RoomLost)


class RoomUnusable(FeedMessage):
    """The store cannot be used at all; `sentence` says why and what to do."""

    def __init__(self, feed: Feed, sentence: str) -> None:
        super().__init__(feed)
        self.sentence = sentence


class FeedFailed(FeedMessage):
    """The feed met something nobody thought of; the app ends on it as on any other error."""

    def __init__(self, feed: Feed, error: Exception) -> None:
        super().__init__(feed)
        self.error = error


class Feed(threading.Thread):
    """Opens the room by `open_room` and follows it until `stop`.

    `room` is None until it is open. Losing the store is posted once; it is tried again after a quarter of a second,
    then half a second, and so on, at most every two seconds, until it is back. `answered` is set as soon as the
    first try has ended, however it ended.
    """

    def __init__(self, open_room: Callable[[], Any], post: Callable[[Message], Any]) -> None:
        super().__init__(name="infusionroom-feed", daemon=True)
        self._open_room, self._post = open_room, post
        self._stopped = threading.Event()
        self.answered = threading.Event()
        self.room: RoomLike | None = None

    def stop(self) -> None:
        """Ends the feed; it does not wait for it."""
        self._stopped.set()
        if self.room is not None:
            self.room.wake()

    def run(self) -> None:
        # Imported in the thread, like all that reads the store: the frame can be painted without it.
        from infusionroom.services.errors import RoomRefused

        try:
            if self._open():
                self._follow()
        except RoomRefused as refused:
            self._post(RoomUnusable(self, str(refused)))
        except Exception as error:
            self._post(FeedFailed(self, error))
        finally:
            self.answered.set()

    def _open(self) -> bool:
        from infusionroom.services.errors import RoomUnreachable

        pause = FIRST_PAUSE_S
        while not self._stopped.is_set():
            try:
                room = self._open_room()
                room.refresh()
            except RoomUnreachable as lost:
                self._post(RoomLost(self, str(lost)))
                self.answered.set()
                self._stopped.wait(_spread(pause))
                pause = min(LONGEST_PAUSE_S, pause * 2)
                continue
            self.room = room
            self.answered.set()
            self._post(RoomOpened(self))
            return True
        return False

    def _follow(self) -> None:
        from infusionroom.services.errors import RoomUnreachable

        assert self.room is not None
        lost, pause = False, FIRST_PAUSE_S
        while not self._stopped.is_set():
            try:
                changed = self.room.wait(0.0 if lost else WAIT_S)
                if self._stopped.is_set():
                    return
                if (self.room.refresh() if changed or lost else False) or lost:
                    self._post(RoomChanged(self))
                lost, pause = False, FIRST_PAUSE_S
            except RoomUnreachable as trouble:
                if not lost:
                    self._post(RoomLost(self, str(trouble)))
                lost = True
                self._stopped.wait(_spread(pause))
                pause = min(LONGEST_PAUSE_S, pause * 2)
