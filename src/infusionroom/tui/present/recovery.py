"""The recovery pane: counting up beside the usual, never late; the score's way up; a range for home."""

from __future__ import annotations

from functools import lru_cache

from infusionroom.domain.board import Board, RecoveryLine
from infusionroom.tui.present.cells import SAID_BEFORE, Cell, Line, Row, fit
from infusionroom.tui.present.marks import alarm_mark, sparkline, trend
from infusionroom.tui.present.people import name_cell
from infusionroom.tui.present.times import clock_time, due_fit, due_style, h_mm

RECOVERY_EMPTY = (
    "People in recovery appear here once e ends their infusion.",
    "o takes a score, v takes vitals. Recovery counts up and is never late.",
)
_NAME = 12


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `14th`."""
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def recovery_head(board: Board, width: int) -> Line:
    """The column heads."""
    text = f" ch {fit('patient', _NAME)} {fit('since', 6)} {fit('usual', 10)}"
    text += f"{fit('PADSS', 10)} {fit('home between', 14)} {'vitals':>8}"
    return (Cell(fit(text, width), "head"),)


def recovery_rows(board: Board, width: int) -> tuple[Row, ...]:
    """One row per person in recovery."""
    return tuple(_row(line, board.timezone, width) for line in board.recovery)


def _usual(line: RecoveryLine) -> str:
    which = (
        ordinal(line.infusion_number) if line.infusion_number else ("before" if line.experienced else "1st")
    )
    return f"{h_mm(line.usual_s)} {which}"


def _home(line: RecoveryLine, timezone: str) -> tuple[str, str]:
    if line.home_from is None or line.home_to is None:
        return "cannot be said", "dim"
    start, end = (clock_time(at, timezone) for at in (line.home_from, line.home_to))
    return f"{start} – {end}", "text"


@lru_cache(maxsize=SAID_BEFORE)
def _row(line: RecoveryLine, timezone: str, width: int) -> Row:
    chair = f"{line.chair:>3} " if line.chair is not None else "  – "
    home, home_style = _home(line, timezone)
    score = f"{line.padss[-1]:>2}" if line.padss else " –"
    cells = (
        Cell(chair, "chair"),
        name_cell(line.who, _NAME),
        Cell(" "),
        Cell(fit(h_mm(line.elapsed_s), 6), "strong"),
        Cell(" "),
        Cell(fit(_usual(line), 10), "dim"),
        Cell(f"{score} ", "text" if line.padss else "dim"),
        Cell(fit(sparkline(line.padss, 5), 5) + trend(line.padss), "bar"),
        Cell("  "),
        Cell(fit(home, 14), home_style),
        Cell(f" {due_fit(line.vitals, 8):>8}", due_style(line.vitals)),
    )
    used = 4 + _NAME + 1 + 6 + 1 + 10 + 3 + 6 + 2 + 14 + 9
    tail = alarm_mark(line.alarm, max(4, width - used) if width - used < 8 else 4)
    return Row(line.who.visit, (*cells, tail), line.chair)
