"""The two lines on top of the board, and the only thing on it that may flash."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from textual.timer import Timer

from infusionroom.tui.panes.lines import Lines
from infusionroom.tui.present.cells import Line, fit_line, notice_line

if TYPE_CHECKING:
    from infusionroom.domain.board import Board


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
        self._nobody = False
        self._aside = ""
        self._said: tuple[object, ...] = ()
        self._lit = True
        self._width = 0
        self._paint = "dark"
        self._timer: Timer | None = None
        self._period: float | None = None

    def present(
        self,
        board: Board | None,
        width: int,
        *,
        user: str,
        reach: Reach,
        notice: str,
        flashing: bool,
        paint: str,
        nobody: bool = False,
        aside: str = "",
    ) -> None:
        """Shows the room's line and the alarm's; starts or stops the flashing as the alarms demand.

        `aside` is said where no alarm stands.
        """
        said = (width, user, reach, notice, flashing, paint, nobody, aside)
        if board is self._board and said == self._said:
            return
        self._said = said
        self._board, self._user, self._reach, self._width = board, user, reach, width
        self._notice, self._flashing, self._paint = notice, flashing, paint
        self._nobody, self._aside = nobody, aside
        self._arm(self._half_period() if flashing and not reach.lost else None)
        self.repaint()

    def repaint(self) -> None:
        """Shows both lines as they are now."""
        self.show_lines(self._both(self._width), self._paint)

    def _half_period(self) -> float | None:
        if self._board is None or not self._board.alarms:
            return None
        from infusionroom.tui.present.strip import flash_half_period_s

        return flash_half_period_s(self._board.alarms)

    def _both(self, width: int) -> tuple[Line, Line]:
        board, reach = self._board, self._reach
        if board is None:
            return fit_line((), width, "strip.text"), notice_line(self._notice, width)
        from infusionroom.tui.present.strip import alarm_line, out_of_reach_line, room_line

        first = room_line(board, width, user=self._user, nobody=self._nobody)
        if reach.lost_at is not None:
            read_at = reach.read_at or reach.lost_at
            return first, out_of_reach_line(reach.lost_at, read_at, board.now, board.timezone, width)
        if self._notice:
            return first, notice_line(self._notice, width)
        if self._aside and not board.alarms:
            return first, notice_line(self._aside, width)
        return first, alarm_line(board, width, lit=self._lit, reverse=not self._flashing)

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
