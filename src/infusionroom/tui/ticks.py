"""When the board must be worked out again: at each minute, at each second only where seconds are shown."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infusionroom.domain.board import Board

# The loop's own clock stands still while a machine sleeps: a short leash brings the board up to date on waking.
LONGEST_S = 10.0
SHORTEST_S = 0.05


def seconds_matter(board: Board | None) -> bool:
    """Whether some running infusion is within its last two minutes."""
    if board is None:
        return False
    from infusionroom.tui.present.times import SECONDS_MATTER_BELOW

    return any(
        not line.paused and 0 < line.ordered_s - line.running_s < SECONDS_MATTER_BELOW
        for line in board.infusions
    )


def within_the_minute(board: Board, now: datetime) -> bool:
    """Whether a board that was worked out at `board.now` may stand until the minute is over.

    Every timer turns at a second of its own; all of them wait for the wall clock's minute, so that between minutes
    nothing is sent. Only the last two minutes of an infusion do not wait.
    """
    if board.now.replace(second=0, microsecond=0) != now.replace(second=0, microsecond=0):
        return False
    from infusionroom.tui.present.times import SECONDS_MATTER_BELOW

    passed_s = (now - board.now).total_seconds()
    left = [line.ordered_s - line.running_s for line in board.infusions if not line.paused]
    return not any(left_s > 0 and left_s - passed_s < SECONDS_MATTER_BELOW for left_s in left)


def seconds_to_next_tick(board: Board | None, now: datetime, speed: float = 1.0) -> float:
    """Real seconds until the next tick, for a clock that runs `speed` times as fast as the world's."""
    into_second = now.microsecond / 1_000_000
    left = 1 - into_second if seconds_matter(board) else 60 - now.second - into_second
    # A hair later than the boundary, so that the tick finds the new minute and not the end of the old one.
    return max(SHORTEST_S, min(LONGEST_S, left / max(speed, 0.001) + 0.01))
