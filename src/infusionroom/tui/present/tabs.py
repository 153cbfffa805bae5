"""The line that stands for the panes that are not shown in a small window."""

from __future__ import annotations

from infusionroom.domain.board import Board, Priority
from infusionroom.tui.present.cells import Cell, Line, fit_line, line_width, width_of
from infusionroom.tui.present.marks import ALARM_MARK
from infusionroom.tui.present.times import clock_time

_RANK: dict[Priority | None, int] = {None: 0, "low": 1, "medium": 2, "high": 3}


def _worst(found: list[Priority | None]) -> str:
    worst = max(found, key=lambda priority: _RANK[priority], default=None)
    return f" {ALARM_MARK[worst]}" if worst else ""


def tab_words(board: Board, *, short: bool = False) -> tuple[str, ...]:
    """One summary per tab: open chairs; infusions and the next end; recovery; how many are ready to leave."""
    free = sum(line.state == "open" for line in board.chairs)
    ends = min((line.ends_at for line in board.infusions if not line.paused), default=None)
    ready = sum(line.phase == "ready" for line in board.discharge)
    return (
        f"Chairs {free} open",
        f"Infusions {len(board.infusions)}"
        + (f" next {clock_time(ends, board.timezone)}" if ends and not short else "")
        + _worst([line.alarm for line in board.infusions]),
        f"Recovery {len(board.recovery)}" + _worst([line.alarm for line in board.recovery]),
        f"Discharge {ready} ready",
    )


def tab_line(board: Board, width: int, current: int) -> Line:
    """`1 Chairs 2 open │ 2 Infusions …` with the tab in front marked by brackets."""
    return fit_line(_tabs(board, width, current), width, "tab")


def _tabs(board: Board, width: int, current: int) -> Line:
    long = _cells(tab_words(board), current)
    if line_width(long) <= width:
        return long
    return _cells(tab_words(board, short=True), current)


def _cells(words: tuple[str, ...], current: int) -> Line:
    return tuple(
        Cell(f"[{index + 1} {text}] ", "tab.here")
        if index == current
        else Cell(f" {index + 1} {text}  ", "tab")
        for index, text in enumerate(words)
    )


def tab_at(board: Board, width: int, column: int, current: int) -> int | None:
    """The tab under a column of `tab_line`."""
    left = 0
    for index, cell in enumerate(_tabs(board, width, current)):
        left += width_of(cell.text)
        if column < left:
            return index
    return None
