"""The flowsheet of the selected visit, short, for the wide screen."""

from __future__ import annotations

from collections.abc import Sequence

from infusionroom.domain.flowsheet import FlowLine
from infusionroom.domain.words import entry_word
from infusionroom.tui.present.cells import Cell, Line, Row, clean, cut, fit, fit_line
from infusionroom.tui.present.times import clock_time

FLOW_TITLE = "Flowsheet"
FLOW_EMPTY = ("The entries of the selected person appear here,", "newest last. ⏎ opens the whole visit.")


def flow_rows(lines: Sequence[FlowLine], width: int, timezone: str) -> tuple[Row, ...]:
    """One row per entry: time, what, what it says, by whom; what was taken back is dim and marked `×`."""
    return tuple(Row("", _line(line, width, timezone)) for line in lines)


def _line(line: FlowLine, width: int, timezone: str) -> Line:
    author = min(12, max(6, width // 6))
    room = max(4, width - 7 - 2 - author - 1)
    word = entry_word(line.kind)
    said = clean(line.text)
    words = (
        Cell(word, "dim" if line.struck else "strong"),
        Cell(f"  {said}" if said else "", "dim" if line.struck else "text"),
    )
    return (
        Cell(f" {clock_time(line.at, timezone)} ", "dim"),
        Cell("× " if line.struck else "  ", "warn"),
        *fit_line(tuple(Cell(cut(cell.text, room), cell.style) for cell in words), room),
        Cell(" " + fit(clean(line.by), author), "dim"),
    )
