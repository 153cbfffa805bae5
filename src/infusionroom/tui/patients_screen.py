"""Patients: find one by a few letters, open the file, register a new one; or pick one for something else."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input

from infusionroom.tui.panes.footer import Footer
from infusionroom.tui.panes.pane import Pane
from infusionroom.tui.panes.strip import Strip
from infusionroom.tui.present.footer import Verb
from infusionroom.tui.present.frame import PaneText
from infusionroom.tui.present.patients import (
    NEW_PATIENT,
    patient_rows,
    patients_head,
)
from infusionroom.tui.reading_files import Asking

if TYPE_CHECKING:
    from infusionroom.domain.board import Board
    from infusionroom.domain.events import Patient
    from infusionroom.domain.outcome import Outcome
    from infusionroom.domain.patient_record import PatientRecord
    from infusionroom.domain.room import Room
    from infusionroom.tui.app import InfusionRoomApp

MOST = 50


class PatientsScreen(Screen[str | None]):
    """A line to type in and who was found. `picking` asks for somebody: then it answers with their id.

    `typed` is searched for at once, `file` is what is known of somebody who is registered from here.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", show=False),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("tab", "to_list", show=False, priority=True),
        Binding("shift+tab,slash", "to_line", show=False),
        Binding("f4", "new", show=False),
        Binding("n", "new", show=False),
        Binding("enter", "open", show=False),
    ]
    DEFAULT_CSS = """
    PatientsScreen { layout: vertical; overflow: hidden; background: $background; color: $foreground; }
    PatientsScreen #strip, PatientsScreen #footer { height: 2; }
    PatientsScreen Input, PatientsScreen Input:focus {
        height: 3; border: solid $primary; background: $background; margin: 0;
    }
    PatientsScreen Pane { height: 1fr; }
    """

    app: InfusionRoomApp

    def __init__(self, *, picking: str = "", typed: str = "", file: Patient | None = None) -> None:
        super().__init__()
        self.picking = picking
        self._known = file
        self._line = Input(typed, placeholder="name, birth date, record number, indication, telephone")
        self._strip, self._pane, self._footer = Strip(), Pane("patients"), Footer()
        self._found: list[PatientRecord] = []
        self._read = False
        self._selected = ""
        self._asking: Asking | None = None
        self._head = -1
        self.board: Board | None = None

    def compose(self) -> ComposeResult:
        yield self._strip
        yield self._line
        yield self._pane
        yield self._footer

    def on_mount(self) -> None:
        self._asking = Asking(self.app)
        self._line.focus()
        now = self.app.now()
        if now is not None:
            self.show(self.app.room_state, self.app.board, now)

    def on_resize(self) -> None:
        self.call_after_refresh(self.repaint)

    def show(self, room: Room | None, board: Board | None, now: datetime) -> None:
        """Somebody may have been registered elsewhere meanwhile."""
        self.board = board
        if room is not None and room.head != self._head:
            self._head = room.head
            self._search()
        self.repaint()

    # ── searching ───────────────────────────────────────────────────────────────────────────────────────────

    def on_input_changed(self) -> None:
        self._search()

    def _search(self) -> None:
        self.run_worker(self._ask(self._line.value.strip()))

    async def _ask(self, typed: str) -> None:
        assert self._asking is not None
        found = await self._asking.ask(lambda files: files.patients(typed, MOST))
        if found is None:
            # Out of reach, or asked anew meanwhile: the next tick tries again.
            self._head = -1
        else:
            self._found, self._read = [one for one in found if not one.merged_into], True
            self.repaint(follow=True)

    def repaint(self, *, follow: bool = False) -> None:
        """Paints the list and the footer."""
        if not self.is_mounted or self._pane.size.width <= 2:
            return
        app, width, typed = self.app, self.app.size.width, self._line.value.strip()
        self._strip.present(
            self.board,
            width,
            user=app.actor,
            reach=app.reach,
            notice=app.notice,
            flashing=app.flashing,
            paint=app.paint_name,
        )
        inner = self._pane.size.width - 2
        rows = patient_rows(self._found, inner, typed) if self._read else ()
        keys = [row.key for row in rows if row.key]
        if self._selected not in keys:
            self._selected = keys[0] if keys else ""
        self._pane.present(
            PaneText(self._title(typed), rows, patients_head(inner), ("reading …",)),
            selected=self._selected,
            focused=True,
            paint=app.paint_name,
            follow=follow,
        )
        self._footer.present("", self._verbs(), (), app.paint_name, width)

    def _title(self, typed: str) -> str:
        asked = f"{self.picking}  " if self.picking else ""
        if not self._found:
            return f"{asked}Patients  {'nobody' if self._read else ''}".rstrip()
        more = f"the first {MOST}" if len(self._found) >= MOST else str(len(self._found))
        return f"{asked}Patients  {more}{' found' if typed else ''}"

    def _verbs(self) -> tuple[Verb, ...]:
        new = self._selected == NEW_PATIENT
        word = "Register" if new else "Choose" if self.picking else "Open"
        return (
            Verb("open", "⏎", word),
            Verb("move(1)", "↑↓", "Person"),
            Verb("to_list", "Tab", "List" if self.focused is self._line else "Type"),
            Verb("new", "F4" if self.focused is self._line else "n", "New patient"),
            Verb("give_up", "Esc", "Back"),
        )

    # ── keys ────────────────────────────────────────────────────────────────────────────────────────────────

    def action_move(self, step: int) -> None:
        key = self._pane.neighbour(self._selected, step)
        if key:
            self._selected = key
            self.repaint(follow=True)

    def action_page(self, direction: int) -> None:
        self.action_move(direction * self._pane.page)

    def action_to_list(self) -> None:
        """The keys go to the list: there `n` registers, and `/` leads back to the line."""
        self.set_focus(None if self.focused is self._line else self._line)
        self.repaint()

    def action_to_line(self) -> None:
        self._line.focus()

    def action_give_up(self) -> None:
        self.dismiss(None)

    async def on_input_submitted(self) -> None:
        await self.action_open()

    async def action_open(self) -> None:
        if self._selected == NEW_PATIENT:
            await self.action_new()
        elif self._selected and self.picking:
            self.dismiss(self._selected)
        elif self._selected:
            await self._show(self._selected)

    async def _show(self, patient_id: str) -> None:
        from infusionroom.tui.file_forms import show_patient

        await show_patient(self.app, patient_id)

    async def action_new(self) -> None:
        """A new file, with the letters that were typed as its surname."""
        from infusionroom.tui.file_forms import lost, open_made_form
        from infusionroom.tui.forms.patients import register_form

        if not lost(self.app, "New patient"):
            spec = register_form(self._line.value.strip(), self._known)
            await open_made_form(self.app, spec, closed=self._registered)

    def _registered(self, outcome: Outcome | None) -> None:
        from infusionroom.domain.outcome import Done

        if not isinstance(outcome, Done):
            return
        patient_id = outcome.entries[0].stream.partition(":")[2]
        if self.picking:
            self.dismiss(patient_id)
        else:
            self.app.call_later(self._show, patient_id)

    async def on_pane_picked(self, event: Pane.Picked) -> None:
        event.stop()
        if event.key:
            self._selected = event.key
            self.repaint()
            if event.opened:
                await self.action_open()

    async def on_footer_clicked(self, event: Footer.Clicked) -> None:
        await self.run_action(f"screen.{event.action}")
