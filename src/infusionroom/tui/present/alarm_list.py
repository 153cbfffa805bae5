"""Every alarm as a row: state, begin, what, value, limit, who has seen it."""

from __future__ import annotations

from infusionroom.domain.board import Alarm, Board
from infusionroom.tui.present.cells import Cell, Line, Row, clean, fit
from infusionroom.tui.present.marks import ALARM_MARK
from infusionroom.tui.present.people import name_cell
from infusionroom.tui.present.times import clock_time

WIDE = 100
ALARMS_EMPTY = (
    "Nothing needs a hand now.",
    "Values outside their limits and vitals that are late appear here, the highest first.",
)


def alarm_state(alarm: Alarm) -> str:
    """`needs a hand`, `seen`, or `over, not seen`."""
    if alarm.silenced:
        return "seen"
    return "needs a hand" if alarm.active else "over, not seen"


def alarm_key(alarm: Alarm) -> str:
    """What an alarm's row is selected by: the same for as long as the alarm is the same."""
    return f"{alarm.visit} {alarm.key}"


def alarm_head(width: int) -> Line:
    """The column heads."""
    what = fit("what", _what_width(width))
    text = f" {fit('', 4)}{fit('state', 15)}{fit('since', 6)}ch  {fit('patient', 13)}{what}"
    if width >= WIDE:
        text += f" {fit('value', 9)}{fit('limit', 14)}{fit('seen by', 12)}"
    return (Cell(fit(text, width), "head"),)


def alarm_rows(board: Board, width: int) -> tuple[Row, ...]:
    """One row per alarm in the board's order."""
    return tuple(_row(board, alarm, width) for alarm in board.alarms)


def _what_width(width: int) -> int:
    return max(10, width - 43 - (36 if width >= WIDE else 0))


def _row(board: Board, alarm: Alarm, width: int) -> Row:
    style = "dim" if alarm.silenced or not alarm.active else alarm.priority
    chair = f"{alarm.chair:>2}" if alarm.chair is not None else " –"
    what, seen = clean(alarm.text), clean(alarm.acknowledged_by)
    if width < WIDE:
        what += f" ({clean(alarm.limit)})" if alarm.limit else ""
        what += f", seen by {seen}" if seen else ""
    cells: Line = (
        Cell(f" {ALARM_MARK[alarm.priority]:<4}", style),
        Cell(fit(alarm_state(alarm), 15), style),
        Cell(fit(clock_time(alarm.begin, board.timezone), 6)),
        Cell(chair + "  ", "chair"),
        name_cell(alarm.who, 12),
        Cell(" " + fit(what, _what_width(width)), style),
    )
    if width >= WIDE:
        cells += (
            Cell(" " + fit(clean(alarm.value), 9)),
            Cell(fit(clean(alarm.limit), 14), "dim"),
            Cell(fit(seen, 12), "dim"),
        )
    return Row(alarm_key(alarm), cells, alarm.chair)
