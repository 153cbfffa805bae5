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


def rows_above(height: int) -> int:
    """Rows that stay free above a form: its top edge stands still while lines come and go below."""
    return height // 8 if height >= 30 else 0


FORM_CSS = """
    FormScreen { align: center top; background: #000000 60%; }
    FormScreen.-blind { background: #000000; }
    FormScreen > #form {
        width: 100; max-width: 100%; height: auto; max-height: 100%;
        border: round #5fafd7; background: #000000; padding: 0 1;
    }
    FormScreen #who { height: 2; }
    FormScreen #questions { height: auto; scrollbar-size-vertical: 1; }
    FormScreen #live, FormScreen #answer { height: auto; }
    FormScreen #keys { height: 1; }
    FormScreen Input, FormScreen TextArea { background: #262626; color: #ffffff; }
    FormScreen Input { text-style: underline; }
    FormScreen Input > .input--selection { background: #5fafd7; color: #000000; }
    FormScreen Input:focus, FormScreen TextArea:focus { background: #1c3a57; }
    FormScreen.-light > #form { background: #ffffff; border: round #005faf; }
    FormScreen.-light Input, FormScreen.-light TextArea { background: #e4e4e4; color: #000000; }
    FormScreen.-light Input:focus, FormScreen.-light TextArea:focus { background: #afd7ff; }
    """
