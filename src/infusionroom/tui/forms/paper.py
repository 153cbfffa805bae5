"""What forms and dialogs are written on: lines that take the height they need, in the terminal's colours."""

from __future__ import annotations

from typing import Any

from textual.app import App

from infusionroom.tui.panes.lines import Lines
from infusionroom.tui.present.cells import Line


def paint_of(app: App[Any]) -> str:
    """The colours of this terminal: `dark` or `light`."""
    return str(getattr(app, "paint_name", "dark"))


class Said(Lines):
    """Lines of a fixed place; as high as what they say."""

    DEFAULT_CSS = """
    Said { height: auto; width: 1fr; }
    """

    said: int = 0

    def say(self, lines: tuple[Line, ...]) -> None:
        """Shows the lines, taking the height that they need."""
        if self.said != len(lines):
            self.said = len(lines)
            self.styles.height = self.said
        self.show_lines(lines, paint_of(self.app))

    def on_mount(self) -> None:
        self.styles.height = self.said
