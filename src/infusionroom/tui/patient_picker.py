"""Choosing a patient from the file: a few letters of anything that is known of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from infusionroom.services.errors import RoomError
from infusionroom.tui.panes.pane import Pane
from infusionroom.tui.present.booking import PICK_EMPTY, picked_rows
from infusionroom.tui.present.frame import PaneText

if TYPE_CHECKING:
    from infusionroom.domain.patient_record import PatientRecord
    from infusionroom.services.room import RoomService
    from infusionroom.tui.app import InfusionRoomApp

MOST = 50


class PatientPicker(ModalScreen[str | None]):
    """A line to type in and the patients found under it; answers with a patient's id, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", show=False),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    PatientPicker { align: center top; background: $background 60%; }
    PatientPicker Vertical { width: 84%; max-width: 104; height: 80%; max-height: 24; margin-top: 1; }
    PatientPicker Input, PatientPicker Input:focus { border: solid $primary; height: 3; background: $background; }
    """

    app: InfusionRoomApp

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._pane = Pane("found")
        self._found: tuple[PatientRecord, ...] = ()
        self._asked = 0
        self._selected = ""
        self._read = False

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Input(placeholder=f"{self._title}: name, birth date or record number")
            yield self._pane

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._ask("")

    def on_resize(self) -> None:
        self.call_after_refresh(self._repaint)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._ask(event.value.strip())

    def _ask(self, text: str) -> None:
        self._asked += 1
        self.run_worker(self._asking(self._asked, text))

    async def _asking(self, asked: int, text: str) -> None:
        room = cast("RoomService", self.app.room)
        try:
            found = await asyncio.to_thread(room.patients, text, MOST)
        except RoomError:
            return
        # What was typed since is another question; only the last one is answered.
        if asked == self._asked:
            self._found, self._read = tuple(p for p in found if not p.merged_into), True
            self._repaint()

    def _repaint(self) -> None:
        width = self._pane.size.width - 2
        if width <= 0:
            return
        rows = picked_rows(self._found, width)
        keys = [row.key for row in rows]
        if self._selected not in keys:
            self._selected = keys[0] if keys else ""
        empty = PICK_EMPTY if self._read else ("reading …",)
        text = PaneText(f"{self._title}  {len(rows) or ''}".strip(), rows, empty=empty)
        self._pane.present(
            text, selected=self._selected, focused=True, paint=self.app.paint_name, follow=True
        )

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
