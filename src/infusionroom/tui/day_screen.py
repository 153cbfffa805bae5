"""The day as a drawing, chairs × time, over the whole screen."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from infusionroom.tui.list_screen import ListScreen
from infusionroom.tui.panes.contents import CONTENTS
from infusionroom.tui.present.footer import Verb
from infusionroom.tui.present.frame import PaneText
from infusionroom.tui.present.times import day_words


class DayScreen(ListScreen):
    """Every chair's day; ⏎ opens who sits in the chair under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "leave", show=False),
        Binding("enter", "open", show=False),
    ]
    VERBS = (Verb("open", "⏎", "Open the visit"), Verb("leave", "Esc", "Back"))

    def content(self, width: int) -> PaneText:
        if self.board is None:
            return PaneText("Day", ())
        text = CONTENTS["day"](self.board, width)
        return text._replace(title=f"Day  {day_words(self.board.day)}")

    async def action_open(self) -> None:
        key = "" if self.selected.startswith("chair:") else self.selected
        await self.app.perform("open", key)

    async def opened(self, key: str) -> None:
        await self.action_open()
