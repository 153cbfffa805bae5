"""The one-line summary of the panes in a small window; it is also the tabs."""

from __future__ import annotations

from textual import events
from textual.message import Message

from infusionroom.domain.board import Board
from infusionroom.tui.panes.lines import Lines
from infusionroom.tui.present.tabs import tab_at, tab_line


class TabStrip(Lines):
    """Shows what each of the four panes has to say; the one in front stands in brackets."""

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self) -> None:
        super().__init__(id="tabs")
        self._board: Board | None = None
        self._current = 0

    def present(self, board: Board | None, current: int, paint: str) -> None:
        """Shows the summaries with tab `current` in front."""
        self._board, self._current = board, current
        self.show_lines((tab_line(board, self.size.width, current),), paint)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        index = tab_at(self._board, self.size.width, event.x, self._current)
        if index is not None:
            self.post_message(self.Chosen(index))
