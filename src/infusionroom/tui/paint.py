"""Style names → colours, and lines of cells → strips. The only place that knows a colour.

Every style is told from its neighbours by more than colour: bold, reverse, or the sign and the word in the text.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from infusionroom.tui.present.cells import Line

# name: (foreground, background, attributes); a missing background is the screen's.
Colour = tuple[str, str, str]

_DARK: Final[dict[str, Colour]] = {
    "screen": ("#d0d0d0", "#000000", ""),
    "text": ("#d0d0d0", "", ""),
    "name": ("#ffffff", "", ""),
    "strong": ("#ffffff", "", "bold"),
    "dim": ("#9e9e9e", "", ""),
    "quiet": ("#9e9e9e", "", ""),
    "head": ("#8a8a8a", "", ""),
    "chair": ("#ffffff", "", "bold"),
    "frame": ("#585858", "", ""),
    "frame.focus": ("#5fafd7", "", ""),
    "title": ("#d0d0d0", "", "bold"),
    "title.focus": ("#87d7ff", "", "bold"),
    "cursor": ("#87d7ff", "", "bold"),
    "infusing": ("#87d7af", "", ""),
    "paused": ("#ffd75f", "", "bold"),
    "recovering": ("#87afd7", "", ""),
    "ready": ("#afff87", "", "bold"),
    "planned": ("#bcbcbc", "", ""),
    "day.infusion": ("#5f875f", "", ""),
    "day.recovery": ("#5f87af", "", ""),
    "bar": ("#87d7af", "", ""),
    "now": ("#ffffff", "", "bold"),
    "ok": ("#87d787", "", ""),
    "warn": ("#ffd75f", "", ""),
    "high": ("#ff8787", "", "bold"),
    "medium": ("#ffd75f", "", "bold"),
    "low": ("#5fd7ff", "", ""),
    "high.lit": ("#ffffff", "#d70000", "bold"),
    "high.unlit": ("#ff8787", "", "bold"),
    "high.reverse": ("#ffffff", "#d70000", "bold"),
    "medium.lit": ("#000000", "#ffd700", "bold"),
    "medium.unlit": ("#ffd75f", "", "bold"),
    "medium.reverse": ("#000000", "#ffd700", "bold"),
    "low.lit": ("#5fd7ff", "", "bold"),
    "low.unlit": ("#5fd7ff", "", "bold"),
    "low.reverse": ("#000000", "#5fd7ff", "bold"),
    "strip.text": ("#d0d0d0", "#262626", ""),
    "strip.room": ("#ffffff", "#262626", "bold"),
    "strip.strong": ("#ffffff", "#262626", "bold"),
    "strip.dim": ("#b2b2b2", "#262626", ""),
    "tab": ("#9e9e9e", "", ""),
    "tab.here": ("#87d7ff", "", "bold"),
    "key": ("#87d7ff", "", "bold"),
    "word": ("#d0d0d0", "", ""),
    "key.off": ("#626262", "", ""),
    "word.off": ("#626262", "", ""),
    "footer.lead": ("#ffffff", "", "bold"),
}
_DARK_SELECTED, _DARK_MARKED = "#1c3a57", "#303030"

_LIGHT: Final[dict[str, Colour]] = {
    **{name: ("#1c1c1c", "", attrs) for name, (_, _, attrs) in _DARK.items()},
    "screen": ("#1c1c1c", "#ffffff", ""),
    "dim": ("#585858", "", ""),
    "quiet": ("#585858", "", ""),
    "head": ("#626262", "", ""),
    "name": ("#000000", "", ""),
    "strong": ("#000000", "", "bold"),
    "frame": ("#9e9e9e", "", ""),
    "frame.focus": ("#005faf", "", ""),
    "title.focus": ("#005faf", "", "bold"),
    "cursor": ("#005faf", "", "bold"),
    "infusing": ("#005f00", "", ""),
    "bar": ("#005f00", "", ""),
    "paused": ("#875f00", "", "bold"),
    "recovering": ("#005f87", "", ""),
    "ready": ("#008700", "", "bold"),
    "planned": ("#585858", "", ""),
    "day.infusion": ("#5f875f", "", ""),
    "day.recovery": ("#5f87af", "", ""),
    "ok": ("#008700", "", ""),
    "warn": ("#875f00", "", ""),
    "high": ("#af0000", "", "bold"),
    "medium": ("#875f00", "", "bold"),
    "low": ("#005f87", "", ""),
    "high.lit": ("#ffffff", "#d70000", "bold"),
    "high.unlit": ("#af0000", "", "bold"),
    "high.reverse": ("#ffffff", "#d70000", "bold"),
    "medium.lit": ("#000000", "#ffd700", "bold"),
    "medium.unlit": ("#875f00", "", "bold"),
    "medium.reverse": ("#000000", "#ffd700", "bold"),
    "low.reverse": ("#ffffff", "#005f87", "bold"),
    "strip.text": ("#1c1c1c", "#d0d0d0", ""),
    "strip.room": ("#000000", "#d0d0d0", "bold"),
    "strip.strong": ("#000000", "#d0d0d0", "bold"),
    "strip.dim": ("#444444", "#d0d0d0", ""),
    "tab": ("#585858", "", ""),
    "tab.here": ("#005faf", "", "bold"),
    "key": ("#005faf", "", "bold"),
    "key.off": ("#9e9e9e", "", ""),
    "word.off": ("#9e9e9e", "", ""),
}
_LIGHT_SELECTED, _LIGHT_MARKED = "#afd7ff", "#dadada"


class Paint:
    """Colours by style name. `sel.` is a selected row where keys move, `mark.` the same person elsewhere."""

    def __init__(self, colours: dict[str, Colour], selected: str, marked: str) -> None:
        self._colours = colours
        self._selected, self._marked = selected, marked
        self.strip = lru_cache(maxsize=2048)(self._strip)
        self.style = lru_cache(maxsize=512)(self._style)

    def _style(self, name: str) -> Style:
        if name.startswith("sel."):
            return self.style(name[4:]) + Style(bgcolor=self._selected, bold=True)
        if name.startswith("mark."):
            return self.style(name[5:]) + Style(bgcolor=self._marked)
        front, back, attributes = self._colours.get(name, self._colours["text"])
        base = self._colours["screen"][1]
        return Style(color=front, bgcolor=back or base, bold="bold" in attributes or None)

    def _strip(self, line: Line, width: int) -> Strip:
        """The line as a strip of exactly `width` cells, in as few runs of one style as show the same."""
        segments: list[Segment] = []
        for text, name in line:
            if not text:
                continue
            style = self.style(name)
            if segments and (last := segments[-1].style) is not None:
                blank = text.isspace() and last.bgcolor == style.bgcolor
                if blank or last == style:
                    segments[-1] = Segment(segments[-1].text + text, last)
                    continue
            segments.append(Segment(text, style))
        return Strip(segments).adjust_cell_length(width, self.style("screen"))


PAINTS: Final = {
    "dark": Paint(_DARK, _DARK_SELECTED, _DARK_MARKED),
    "light": Paint(_LIGHT, _LIGHT_SELECTED, _LIGHT_MARKED),
}
