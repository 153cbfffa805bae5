"""Signs of the board: one cell wide each, readable without colour, never an emoji."""

from __future__ import annotations

from infusionroom.domain.board import Priority
from infusionroom.domain.room import ChairState
from infusionroom.domain.visit import Phase
from infusionroom.tui.present.cells import Cell, Line

ALARM_MARK: dict[Priority, str] = {"high": "!!!", "medium": "!!", "low": "!"}

PHASE_SIGN: dict[Phase, str] = {
    Phase.PLANNED: "·",
    Phase.ARRIVED: "○",
    Phase.SEATED: "◇",
    Phase.INFUSING: "▶",
    Phase.PAUSED: "‖",
    Phase.RECOVERING: "◔",
    Phase.READY: "●",
    Phase.LEFT: "→",
    Phase.CANCELLED: "×",
    Phase.NO_SHOW: "×",
    Phase.ENTERED_IN_ERROR: "×",
}
PHASE_WORD: dict[Phase, str] = {
    Phase.PLANNED: "to come",
    Phase.ARRIVED: "arrived",
    Phase.SEATED: "seated",
    Phase.INFUSING: "infusing",
    Phase.PAUSED: "paused",
    Phase.RECOVERING: "recovering",
    Phase.READY: "ready",
    Phase.LEFT: "left",
    Phase.CANCELLED: "cancelled",
    Phase.NO_SHOW: "no-show",
    Phase.ENTERED_IN_ERROR: "entered in error",
}
PHASE_STYLE: dict[Phase, str] = {
    Phase.INFUSING: "infusing",
    Phase.PAUSED: "paused",
    Phase.RECOVERING: "recovering",
    Phase.READY: "ready",
}
CHAIR_SIGN: dict[ChairState, str] = {
    ChairState.OPEN: "·",
    ChairState.OCCUPIED: "◇",
    ChairState.CLEANING: "~",
    ChairState.OUT_OF_SERVICE: "×",
}
CHAIR_WORD: dict[ChairState, str] = {
    ChairState.OPEN: "open",
    ChairState.OCCUPIED: "taken",
    ChairState.CLEANING: "cleaning",
    ChairState.OUT_OF_SERVICE: "out",
}
_SPARKS = "▁▂▃▄▅▆▇█"


def alarm_mark(priority: Priority | None, width: int = 3) -> Cell:
    """`!!!`, `!!` or `!` in `width` cells, flush right; blank without an alarm."""
    if priority is None:
        return Cell(" " * width)
    return Cell(ALARM_MARK[priority].rjust(width), priority)


def progress(done_s: int, of_s: int, width: int, *, paused: bool = False) -> Line:
    """How much of the ordered time has been given: `━━━━╸────`."""
    if width <= 0:
        return ()
    share = min(1.0, max(0.0, done_s / of_s)) if of_s > 0 else 0.0
    full = int(share * width)
    head = "╸" if full < width and done_s > 0 else ""
    style = "paused" if paused else "bar"
    return (Cell("━" * full + head, style), Cell("─" * (width - full - len(head)), "frame"))


def sparkline(values: tuple[int, ...], width: int, top: int = 10) -> str:
    """The last `width` values of a score from 0 to `top` as small columns, oldest first."""
    shown = values[-width:] if width > 0 else ()
    return "".join(_SPARKS[min(7, max(0, round(value * 7 / top)))] for value in shown)


def trend(values: tuple[int, ...]) -> str:
    """Where the last two scores point: `↗`, `→` or `↘`; blank with fewer than two."""
    if len(values) < 2:
        return " "
    return "↗" if values[-1] > values[-2] else "↘" if values[-1] < values[-2] else "→"
