"""The flowsheet of the selected visit, short, for the wide screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from infusionroom.tui.present.cells import Cell, Row, clean, fit
from infusionroom.tui.present.times import clock_time

FLOW_TITLE = "Flowsheet"
FLOW_EMPTY = ("The entries of the selected person appear here,", "newest last. ⏎ opens the whole visit.")


class FlowEntry(Protocol):
    """What is needed of a line of the flowsheet."""

    @property
    def at(self) -> object: ...


def flow_rows(lines: Sequence[object], width: int, timezone: str) -> tuple[Row, ...]:
    """One row per entry: time, what, by whom; what was taken back is dim and says so."""
    return tuple(Row("", _line(line, width, timezone)) for line in lines)


def _line(line: object, width: int, timezone: str) -> tuple[Cell, ...]:
    struck = bool(getattr(line, "struck", False))
    by = clean(str(getattr(line, "by", "")))
    text = clean(str(getattr(line, "text", "")))
    at = clock_time(line.at, timezone)  # type: ignore[attr-defined]
    author = min(12, max(6, width // 6))
    room = max(4, width - 8 - author - 1)
    return (
        Cell(f" {at} ", "strong"),
        Cell("× " if struck else "  ", "warn"),
        Cell(fit(text, room), "dim" if struck else "text"),
        Cell(" " + fit(by, author), "dim"),
    )
