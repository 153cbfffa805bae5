"""The two lines on top of the board, and the only thing on it that may flash."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from textual.timer import Timer

from infusionroom.domain.board import Board
from infusionroom.tui.panes.lines import Lines
from infusionroom.tui.present.cells import Line, fit_line
from infusionroom.tui.present.strip import (
    alarm_line,
    flash_half_period_s,
    notice_line,
    out_of_reach_line,
    room_line,
)


class Reach(NamedTuple):
    """How the store is reached: when it was lost, when it was last read, and why in a sentence."""

    lost_at: datetime | None = None
    read_at: datetime | None = None
    why: str = ""

    @property
    def lost(self) -> bool:
        return self.lost_at is not None


class Strip(Lines):
    """Room, moment, counts and user; under it the highest alarm, or that the store is out of reach."""

    def __init__(self) -> None:
        super().__init__(id="strip")
        self._board: Board | None = None
        self._user = ""
        self._reach = Reach()
        self._notice = "opening the room …"
        self._flashing = True
        self._lit = True
        self._paint = "dark"
        self._timer: Timer | None = None
        self._period: float | None = None

    def present(
        self, board: Board | None, *, user: str, reach: Reach, notice: str, flashing: bool, paint: str
    ) -> None:
        """Shows the room's line and the alarm's; starts or stops the flashing as the alarms demand."""
        self._board, self._user, self._reach = board, user, reach
        self._notice, self._flashing, self._paint = notice, flashing, paint
        self._arm(flash_half_period_s(board.alarms) if board and flashing and not reach.lost else None)
        self.repaint()

    def repaint(self) -> None:
        """Shows both lines as they are now."""
        width = self.size.width
        if width <= 0:
            return
        self.show_lines((self._first(width), self._second(width)), self._paint)

    def _first(self, width: int) -> Line:
        if self._board is None:
            return fit_line((), width, "strip.text")
        return room_line(self._board, width, user=self._user)

    def _second(self, width: int) -> Line:
        board, reach = self._board, self._reach
        if reach.lost_at is not None and board is not None:
            return out_of_reach_line(
                reach.lost_at, reach.read_at or reach.lost_at, board.now, board.timezone, width
            )
        if self._notice or board is None:
            return notice_line(self._notice, width)
        return alarm_line(board, width, lit=self._lit, reverse=not self._flashing)

    def _arm(self, period: float | None) -> None:
        if period == self._period:
            return
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._period, self._lit = period, True
        if period is not None:
            self._timer = self.set_interval(period, self.flash)

    def flash(self) -> None:
        """Turns the mark on or off."""
        self._lit = not self._lit
        self.repaint()

    @property
    def flashes(self) -> bool:
        """Whether something flashes now."""
        return self._timer is not None
