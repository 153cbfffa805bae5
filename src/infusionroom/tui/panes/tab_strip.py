"""The one-line summary of the panes in a small window; it is also the tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

from infusionroom.tui.panes.lines import Lines
from infusionroom.tui.present.cells import fit_line

if TYPE_CHECKING:
    from infusionroom.domain.board import Board


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

    def present(self, board: Board | None, width: int, current: int, paint: str) -> None:
        """Shows the summaries with tab `current` in front."""
        self._board, self._current = board, current
        if board is None:
            self.show_lines((fit_line((), width),), paint)
            return
        from infusionroom.tui.present.tabs import tab_line

        self.show_lines((tab_line(board, width, current),), paint)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if self._board is None:
            return
        from infusionroom.tui.present.tabs import tab_at

        index = tab_at(self._board, self.size.width, event.x, self._current)
        if index is not None:
            self.post_message(self.Chosen(index))
