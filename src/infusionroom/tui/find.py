"""Find a person: today's at once, the past as the store answers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from infusionroom.tui.panes.pane import Pane
from infusionroom.tui.present.find import (
    FIND_EMPTY,
    NOTHING_FOUND,
    Found,
    find_rows,
    found_today,
    from_record,
)
from infusionroom.tui.present.frame import PaneText

if TYPE_CHECKING:
    from infusionroom.tui.app import InfusionRoomApp

MOST = 50


class FindScreen(ModalScreen[str | None]):
    """A line to type in and what was found under it; answers with a visit's id, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", show=False),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]

    app: InfusionRoomApp

    def __init__(self) -> None:
        super().__init__()
        self._pane = Pane("found")
        self._found: tuple[Found, ...] = ()
        self._asked = 0
        self._selected = ""
        self._query = ""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Input(placeholder="name or record number")
            yield self._pane

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.call_after_refresh(self._repaint)

    def on_resize(self) -> None:
        self.call_after_refresh(self._repaint)

    def _repaint(self) -> None:
        size = self._pane.size
        if size.width <= 2:
            return
        rows = find_rows(self._found, size.width - 2, self.app.board.timezone if self.app.board else "UTC")
        keys = [row.key for row in rows]
        if self._selected not in keys:
            self._selected = keys[0] if keys else ""
        empty = NOTHING_FOUND if self._query else FIND_EMPTY
        text = PaneText(f"Found  {len(rows)}" if rows else "Find", rows, empty=empty)
        self._pane.present(
            text, selected=self._selected, focused=True, paint=self.app.paint_name, follow=True
        )

    async def on_input_changed(self, event: Input.Changed) -> None:
        self._query = event.value.strip()
        self._asked += 1
        room = self.app.room_state
        self._found = found_today(room.visits.values(), self._query) if room and self._query else ()
        self._repaint()
        if len(self._query) >= 2:
            self.run_worker(self._ask(self._asked, self._query))

    async def _ask(self, asked: int, query: str) -> None:
        from infusionroom.services.errors import RoomUnreachable

        room = self.app.room
        if room is None:
            return
        try:
            records = await asyncio.to_thread(room.find, query, MOST)
        except RoomUnreachable:
            return
        # What was typed since is another question; only the last one is answered.
        if asked != self._asked:
            return
        known = {found.visit for found in self._found}
        self._found += tuple(from_record(record) for record in records if record.visit not in known)
        self._repaint()

    def action_move(self, step: int) -> None:
        key = self._pane.neighbour(self._selected, step)
        if key:
            self._selected = key
            self._repaint()

    def action_give_up(self) -> None:
        self.dismiss(None)

    def on_input_submitted(self) -> None:
        if self._selected:
            self.dismiss(self._selected)

    def on_pane_picked(self, event: Pane.Picked) -> None:
        if event.key:
            self.dismiss(event.key)

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.dismiss(None)
