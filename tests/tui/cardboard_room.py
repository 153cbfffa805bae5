"""A room made of cardboard: it shows a given board, remembers what it was told, and can be out of reach."""

from __future__ import annotations

import threading
from datetime import date, datetime, time

import msgspec

from infusionroom.domain.board import Board
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.commands import Command
from infusionroom.domain.outcome import Done, Outcome
from infusionroom.domain.record import VisitRecord
from infusionroom.domain.room import Room
from infusionroom.domain.visit import Visit
from infusionroom.services.clock import FrozenClock
from infusionroom.services.errors import RoomUnreachable

GONE = "The store does not answer."


class CardboardRoom:
    """What the screen needs of a room. `lose` and `find_again` cut the store off and bring it back."""

    def __init__(self, board: Board, answer: Outcome | None = None) -> None:
        self.clock = FrozenClock(board.now)
        self._board = board
        clinic = Clinic(board.clinic, board.timezone, time(7), time(18), len(board.chairs))
        self.state = Room(clinic=clinic, head=1)
        self.told: list[tuple[Command, str, str]] = []
        self.answer = answer
        self._news = threading.Event()
        self._lost = threading.Event()

    def lose(self) -> None:
        self._lost.set()
        self._news.set()

    def find_again(self) -> None:
        self._lost.clear()

    def show(self, board: Board) -> None:
        """Something has happened: the board is another one."""
        self._board = board
        self.state = msgspec.structs.replace(self.state, head=self.state.head + 1)
        self._news.set()

    def _reachable(self) -> None:
        if self._lost.is_set():
            raise RoomUnreachable(GONE)

    def day(self) -> date:
        return self._board.day

    def refresh(self) -> bool:
        self._reachable()
        return True

    def wait(self, timeout: float) -> bool:
        self._reachable()
        news = self._news.wait(timeout)
        self._news.clear()
        self._reachable()
        return news

    def wake(self) -> None:
        self._news.set()

    def execute(self, command: Command, *, actor: str, terminal: str) -> Outcome:
        self._reachable()
        self.told.append((command, actor, terminal))
        return self.answer or Done(command.id or "", ())

    def visit(self, visit_id: str) -> Visit | None:
        return None

    def find(self, text: str, limit: int = 50) -> list[VisitRecord]:
        return []

    def room_on(self, day: date) -> Room:
        return self.state

    def board(self, now: datetime | None = None, day: date | None = None) -> Board:
        return msgspec.structs.replace(self._board, now=now or self.clock.now())

    def board_after(self, board: Board, before: Room, now: datetime) -> Board:
        return self.board(now)
