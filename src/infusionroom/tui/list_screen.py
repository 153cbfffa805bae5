"""A whole screen of one list under the strip: alarms, schedule, day, help."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from infusionroom.tui.panes.footer import Footer
from infusionroom.tui.panes.pane import Pane
from infusionroom.tui.panes.strip import Strip
from infusionroom.tui.present.footer import Verb
from infusionroom.tui.present.frame import PaneText
from infusionroom.tui.present.layout import FOOTER_HEIGHT, STRIP_HEIGHT

if TYPE_CHECKING:
    from infusionroom.domain.board import Board
    from infusionroom.domain.room import Room
    from infusionroom.domain.visit import Visit
    from infusionroom.tui.app import InfusionRoomApp


class ListScreen(Screen[None]):
    """One pane with a cursor that follows its row's key. Subclasses say what is in it and what the keys do."""

    TAKES_VERBS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("home", "move(-1000)", show=False),
        Binding("end", "move(1000)", show=False),
        Binding("escape,q", "leave", show=False),
    ]
    DEFAULT_CSS = "ListScreen { layout: vertical; }"
    VERBS: ClassVar[tuple[Verb, ...]] = (Verb("leave", "Esc", "Back"),)

    app: InfusionRoomApp

    def __init__(self) -> None:
        super().__init__()
        self.board: Board | None = None
        self.room: Room | None = None
        self.now: datetime | None = None
        self.selected = ""
        self._strip, self._pane, self._footer = Strip(), Pane("list"), Footer()

    def compose(self) -> ComposeResult:
        yield self._strip
        yield self._pane
        yield self._footer

    def on_mount(self) -> None:
        now = self.app.now()
        if now is not None:
            self.show(self.app.room_state, self.app.board, now)

    def on_resize(self) -> None:
        self.repaint(follow=True)

    def content(self, width: int) -> PaneText:
        """What the list says in rows of `width` cells."""
        raise NotImplementedError

    def target(self) -> tuple[Visit | None, int | None]:
        """Who, and which chair, the row under the cursor stands for."""
        visit = self.room.visits.get(self.selected) if self.room else None
        return visit, visit.chair if visit is not None and visit.here else None

    def verbs(self) -> tuple[Verb, ...]:
        """The footer's words."""
        return self.VERBS

    def more_verbs(self) -> tuple[Verb, ...]:
        """The footer's second line; empty where one is enough."""
        return ()

    def list_height(self, height: int) -> int:
        """Rows of the list in a terminal of `height` rows."""
        return height - STRIP_HEIGHT - FOOTER_HEIGHT

    def show(self, room: Room | None, board: Board | None, now: datetime) -> None:
        """Shows the list as it is now; the cursor stays on its row."""
        self.room, self.board, self.now = room, board, now
        self.repaint()

    def repaint(self, *, follow: bool = False) -> None:
        """Paints what changed."""
        app = self.app
        width, height = app.size
        self._strip.present(
            self.board,
            width,
            user=app.actor,
            reach=app.reach,
            notice=app.notice,
            flashing=app.flashing,
            paint=app.paint_name,
        )
        text = self.content(width - 2)
        keys = [row.key for row in text.rows if row.key]
        if keys and self.selected not in keys:
            self.selected = keys[min(self._pane.cursor, len(keys) - 1)]
        self._pane.present(
            text,
            size=(width, self.list_height(height)),
            selected=self.selected,
            focused=True,
            paint=app.paint_name,
            follow=follow,
        )
        self._footer.present("", self.verbs(), self.more_verbs(), app.paint_name, width)

    def action_move(self, step: int) -> None:
        key = self._pane.neighbour(self.selected, step)
        if key is not None:
            self.selected = key
            self.repaint(follow=True)

    def action_page(self, direction: int) -> None:
        self.action_move(direction * self._pane.page)

    def action_leave(self) -> None:
        self.app.pop_screen()

    async def on_pane_picked(self, event: Pane.Picked) -> None:
        if event.key:
            self.selected = event.key
            self.repaint()
            if event.opened:
                await self.opened(event.key)

    async def opened(self, key: str) -> None:
        """A row was opened with a double click."""

    async def on_footer_clicked(self, event: Footer.Clicked) -> None:
        await self.run_action(f"screen.{event.action}")
