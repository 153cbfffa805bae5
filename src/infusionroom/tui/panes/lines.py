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
        self._painted: dict[int, Strip] = {}
        self._painted_width = 0
        self.repainted = 0

    def show_lines(self, lines: tuple[Line, ...], paint: str = "dark") -> None:
        """Shows `lines`, repainting the columns that differ from what is shown."""
        if paint != self._paint_name or not self._lines:
            self._paint_name, self._lines = paint, lines
            self._painted = {}
            self.repainted += len(lines)
            self.refresh()
            return
        before = self._lines
        if before == lines:
            return
        self._lines = lines
        regions = []
        for y in range(max(len(before), len(lines))):
            old, new = before[y] if y < len(before) else (), lines[y] if y < len(lines) else ()
            if old is new:
                continue
            self._painted.pop(y, None)
            if (span := changed_span(old, new)) is not None:
                regions.append(Region(span[0], y, span[1] - span[0], 1))
        self.repainted += len(regions)
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        line = self._lines[y] if y < len(self._lines) else ()
        return PAINTS[self._paint_name].strip(line, self.size.width)

    def render_lines(self, crop: Region) -> list[Strip]:
        if self.app.no_color or self.size != self.outer_size:
            # What takes the colours out, or puts a frame around, is the toolkit's.
            return super().render_lines(crop)
        # Its own way costs more than all the rest of a key: it looks at each line's styles, painted anew or not.
        width = self.size.width
        if width != self._painted_width:
            self._painted, self._painted_width = {}, width
        strips = [self._painted.get(y) or self._repainted_line(y) for y in crop.line_range]
        return strips if crop.width == width else [strip.crop(*crop.column_span) for strip in strips]

    def _repainted_line(self, y: int) -> Strip:
        strip = self._painted[y] = self.render_line(y)
        return strip
