"""A widget that is a list of lines. It remembers what it shows and repaints only what differs.

Every byte of it may travel over SSH: a minute that passes changes a few digits, and only those are sent.
"""

from __future__ import annotations

from typing import Any

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from infusionroom.tui.paint import PAINTS
from infusionroom.tui.present.cells import Line, changed_span


class Lines(Widget, can_focus=False):
    """Shows lines, one per row of cells. `show_lines` is the only way in.

    `repainted` counts the rows that were repainted, so that a test can say that nothing was.
    """

    DEFAULT_CSS = """
    Lines { width: 1fr; height: 1fr; }
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._lines: tuple[Line, ...] = ()
        self._paint_name = "dark"
        self.repainted = 0

    def show_lines(self, lines: tuple[Line, ...], paint: str = "dark") -> None:
        """Shows `lines`, repainting the columns that differ from what is shown."""
        if paint != self._paint_name:
            self._paint_name, self._lines = paint, lines
            self.repainted += len(lines)
            self.refresh()
            return
        before = self._lines
        if before == lines:
            return
        self._lines = lines
        regions = []
        for y in range(max(len(before), len(lines))):
            span = changed_span(before[y] if y < len(before) else (), lines[y] if y < len(lines) else ())
            if span is not None:
                regions.append(Region(span[0], y, span[1] - span[0], 1))
        self.repainted += len(regions)
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        line = self._lines[y] if y < len(self._lines) else ()
        return PAINTS[self._paint_name].strip(line, self.size.width)
