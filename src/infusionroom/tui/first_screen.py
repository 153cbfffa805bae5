"""The first screen on an empty store: set up my room, or look around in a demonstration day."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from infusionroom.tui.panes.lines import Lines
from infusionroom.tui.present.cells import Cell, Line, fit_line

if TYPE_CHECKING:
    from infusionroom.tui.app import InfusionRoomApp

WIDTH = 72
CHOICES = (
    ("1", "Set up my room", "name, time zone, hours, chairs, first user"),
    ("2", "Look around", "a demonstration day, thrown away afterwards"),
)


def first_lines(current: int) -> tuple[Line, ...]:
    """The screen's text with one choice under the cursor."""
    lines: list[Line] = [
        (Cell("  Welcome to infusionroom", "title.focus"),),
        (),
        (Cell("  This store holds no room yet. What would you like to do?"),),
        (),
    ]
    for index, (key, word, detail) in enumerate(CHOICES):
        prefix = "sel." if index == current else ""
        mark = "▸" if index == current else " "
        row = (
            Cell(f" {mark} ", f"{prefix}cursor"),
            Cell(f"{key}  ", f"{prefix}key"),
            Cell(f"{word:<17}", f"{prefix}strong"),
            Cell(detail, f"{prefix}dim"),
        )
        lines += [fit_line(row, WIDTH, f"{prefix}text"), ()]
    lines += [
        (Cell("  Without a screen:", "dim"),),
        (Cell("  infusionroom setup --name … --timezone … --opens 07:00 --closes 18:00"),),
        (Cell("      --chairs 8 --user …"),),
        (),
        (Cell("  ↑ ↓ and ⏎, or the number.   q leaves.", "dim"),),
    ]
    return tuple(lines)


class FirstScreen(ModalScreen[None]):
    """Two choices. It goes away by itself as soon as the store holds a room, whoever set it up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "choose(-1)", show=False),
        Binding("down,j", "choose(1)", show=False),
        Binding("1", "take(0)", show=False),
        Binding("2", "take(1)", show=False),
        Binding("enter", "take", show=False),
        Binding("q", "quit_app", show=False),
    ]

    app: InfusionRoomApp

    def __init__(self) -> None:
        super().__init__()
        self.current = 0
        self._lines = Lines(id="first")

    def compose(self) -> ComposeResult:
        yield self._lines

    def on_mount(self) -> None:
        self._repaint()

    def _repaint(self) -> None:
        self._lines.show_lines(first_lines(self.current), self.app.paint_name)

    def show(self, room: Any, board: Any, now: datetime) -> None:
        """Leaves once there is a room, but not from below a form: that would take the form away."""
        if room is not None and room.clinic is not None and self.app.screen is self:
            self.dismiss()

    def action_choose(self, step: int) -> None:
        self.current = (self.current + step) % len(CHOICES)
        self._repaint()

    def action_take(self, index: int = -1) -> None:
        self.current = self.current if index < 0 else index
        self._repaint()
        if self.current == 0:
            self._set_up()
        elif self.app.open_demo is None:
            self.app.say("The demonstration starts with the command `infusionroom demo`.")
        else:
            self.dismiss()
            self.app.follow(self.app.open_demo)

    def _set_up(self) -> None:
        from infusionroom.domain.commands import Command, SetUpRoom
        from infusionroom.domain.outcome import Done, Outcome
        from infusionroom.tui.forms import form_screen

        now = self.app.now()
        assert now is not None
        app = self.app

        async def submit(command: Command) -> Outcome:
            outcome = await app.submit(command)
            if isinstance(outcome, Done) and isinstance(command, SetUpRoom):
                # Who has set the room up is who goes on working here.
                app.at_keys.believe(command.first_user.strip())
                app.refresh_board()
            return outcome

        form = form_screen(
            "setup", room=app.room_state, visit=None, chair=None, now=now, actor=app.actor, submit=submit
        )

        def over(_: Outcome | None) -> None:
            app.call_later(app.refresh_board)

        app.push_screen(form, over)

    def action_quit_app(self) -> None:
        self.app.exit()

    def on_click(self, event: events.Click) -> None:
        if event.widget is self._lines and event.y in (6, 8):
            self.action_take(0 if event.y == 6 else 1)
