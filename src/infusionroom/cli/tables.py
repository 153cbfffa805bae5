"""Plain tables for standard output: no colours, no escape sequences, at most so many cells wide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from infusionroom.tui.present.cells import clean, cut, fit, width_of

WIDTH: Final = 100
_GAP: Final = "  "


def table(header: Sequence[str], rows: Iterable[Sequence[str]], indent: str = "  ") -> list[str]:
    """The lines of a table as wide as its words; the last column takes what is left and is cut there."""
    body = [[clean(cell) for cell in row] for row in rows]
    widths = [max(width_of(row[at]) for row in [list(header), *body]) for at in range(len(header))]
    room = WIDTH - len(indent) - sum(widths[:-1]) - len(_GAP) * (len(widths) - 1)
    widths[-1] = max(8, min(widths[-1], room))
    return [
        cut(
            indent + _GAP.join(fit(cell, width) for cell, width in zip(row, widths, strict=True)), WIDTH
        ).rstrip()
        for row in [list(header), *body]
    ]
