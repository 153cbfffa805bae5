"""The infusions pane: what runs, how far, at what rate, when it ends and when vitals are due."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from infusionroom.domain.board import Board, InfusionLine
from infusionroom.tui.present.cells import SAID_BEFORE, Cell, Line, Row, clean, fit, width_of
from infusionroom.tui.present.marks import alarm_mark, progress
from infusionroom.tui.present.people import name_cell, name_of
from infusionroom.tui.present.times import clock_time, due_fit, due_style, h_mm

INFUSIONS_EMPTY = (
    "Running infusions appear here: time given, rate, mg, end, and when vitals are due.",
    "a says that somebody has arrived, s takes them step by step to the start.",
)

# What follows the bar: given, rate, mg, ends, vitals, alarm mark; each with the blank before it.
_TAIL = 6 + 7 + 7 + 6 + 8 + 4
_LEAD_NAME = 11
_COURSE = 6
_ENOUGH_BAR = 12


def one_decimal(amount: Decimal) -> str:
    """An amount with exactly one decimal, for columns: `25.0`."""
    return str(amount.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


def _bar_width(width: int, name: int) -> int:
    return max(0, width - 4 - name - 1 - _COURSE - _TAIL)


def _name_width(board: Board, width: int) -> int:
    """What the longest name takes, as long as enough of the bar stays."""
    longest = max((width_of(name_of(line.who)) for line in board.infusions), default=0)
    spare = max(0, _bar_width(width, _LEAD_NAME) - _ENOUGH_BAR)
    return _LEAD_NAME + min(spare, max(0, longest - _LEAD_NAME))


def infusion_head(board: Board, width: int) -> Line:
    """The column heads, as wide as the rows."""
    name = _name_width(board, width)
    bar = _bar_width(width, name)
    hours = {line.ordered_s for line in board.infusions}
    given = f"given of {h_mm(hours.pop())} h" if len(hours) == 1 and bar >= 12 else "given"
    text = (
        f" ch {fit('patient', name)} {fit('day', _COURSE)}{fit(given, bar + 6)}"
        f"{'mL/h':>6} {'mg':>6} {'ends':>6} {'vitals':>7}"
    )
    return (Cell(fit(text, width), "head"),)


def infusion_rows(board: Board, width: int) -> tuple[Row, ...]:
    """One row per running or paused infusion, the next to end first as the board gives them."""
    name = _name_width(board, width)
    return tuple(_row(line, board.timezone, width, name) for line in board.infusions)


@lru_cache(maxsize=SAID_BEFORE)
def _row(line: InfusionLine, timezone: str, width: int, name: int) -> Row:
    bar = _bar_width(width, name)
    style = "paused" if line.paused else "text"
    chair = f"{line.chair:>3} " if line.chair is not None else "  – "
    due = due_fit(line.vitals, 7)
    rate = one_decimal(line.rate_ml_h) if not line.paused else "0.0"
    cells = (
        Cell(chair, "chair"),
        name_cell(line.who, name),
        Cell(" "),
        Cell(fit(clean(line.course), _COURSE), "dim"),
        *progress(line.running_s, line.ordered_s, bar, paused=line.paused),
        Cell(f" {h_mm(line.running_s)}{'‖' if line.paused else ' '}", style),
        Cell(f"{rate:>6} ", style),
        Cell(f"{one_decimal(line.given_mg):>6} "),
        Cell(f"{clock_time(line.ends_at, timezone):>6} ", "text" if not line.paused else "dim"),
        Cell(f"{due:>7}", due_style(line.vitals)),
        alarm_mark(line.alarm, 4 - max(0, len(due) - 7)),
    )
    return Row(line.who.visit, cells, line.chair)
