"""A screen of one patient or one course: a head, panes side by side or as tabs, a line of detail, and verbs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from infusionroom.tui.panes.footer import Footer
from infusionroom.tui.panes.lines import Lines
from infusionroom.tui.panes.pane import Pane
from infusionroom.tui.panes.strip import Strip
from infusionroom.tui.present.cells import Cell, Line, fit_line
from infusionroom.tui.present.footer import Verb
from infusionroom.tui.present.frame import PaneText

if TYPE_CHECKING:
    from infusionroom.domain.board import Board
    from infusionroom.domain.room import Room
    from infusionroom.domain.visit import Visit
    from infusionroom.tui.app import InfusionRoomApp

WIDE, TALL = 100, 30


class FileScreen(Screen[None]):
    """Shows what was read last and reads again when the journal has grown. Subclasses say what is in the panes.

    A cursor stays on its row, by the row's key; one that moves scrolls its pane and no other.
    """

    TAKES_VERBS = True
    PANES: ClassVar[tuple[str, ...]] = ()
    TITLES: ClassVar[tuple[str, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "move(-100000)", show=False),
        Binding("end", "move(100000)", show=False),
        Binding("tab", "tab(1)", show=False),
        Binding("shift+tab", "tab(-1)", show=False),
        *(Binding(str(n), f"turn_to({n})", show=False) for n in range(1, 5)),
    ]
    DEFAULT_CSS = """
    FileScreen { layout: vertical; overflow: hidden; background: $background; color: $foreground; }
    FileScreen #strip { height: 2; }
    FileScreen #head { height: 4; }
    FileScreen #tabs { height: 1; display: none; }
    FileScreen #middle { height: 1fr; }
    FileScreen #detail { height: 2; }
    FileScreen #footer { height: 2; }
    FileScreen.-tabs #tabs { display: block; }
    """

    app: InfusionRoomApp

    def __init__(self) -> None:
        super().__init__()
        self.pane = self.PANES[0]
        self.selected = dict.fromkeys(self.PANES, "")
        self.room: Room | None = None
        self.board: Board | None = None
        # The head of the journal that was read; none where reading failed, so that the next tick tries again.
        self.read_up_to: int | None = None
        self.now: datetime | None = None
        self.panes = {name: Pane(name) for name in self.PANES}
        self._strip = Strip()
        self._head, self._tabs, self._detail = Lines(id="head"), Lines(id="tabs"), Lines(id="detail")
        self._footer = Footer()

    # ── what a subclass says ────────────────────────────────────────────────────────────────────────────────

    def middle(self) -> ComposeResult:
        """The panes in their containers."""
        raise NotImplementedError

    def read(self) -> None:
        """Asks the store, off the event loop."""
        raise NotImplementedError

    def head(self, width: int) -> tuple[Line, ...]:
        """Up to four lines; empty while nothing was read yet."""
        raise NotImplementedError

    def content(self, name: str, width: int, height: int) -> PaneText:
        """What a pane says in rows of `width` cells."""
        raise NotImplementedError

    def detail(self, width: int) -> tuple[Line, ...]:
        """Up to two lines on what is under the cursor."""
        return ()

    def verbs(self) -> tuple[tuple[Verb, ...], tuple[Verb, ...]]:
        """The footer's two lines."""
        raise NotImplementedError

    async def opened(self) -> None:
        """Enter, or a double click, on what is under the cursor."""

    def target(self) -> tuple[Visit | None, int | None]:
        """Whom the palette's verbs are for: nobody who sits in the room, unless a subclass knows better."""
        return None, None

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────────

    def compose(self) -> ComposeResult:
        yield self._strip
        yield self._head
        yield self._tabs
        yield from self.middle()
        yield self._detail
        yield self._footer

    @property
    def timezone(self) -> str:
        """The clinic's."""
        return self.room.clinic.timezone if self.room is not None and self.room.clinic is not None else "UTC"

    @property
    def in_tabs(self) -> bool:
        """Whether the window has room for one pane only."""
        width, height = self.app.size
        return width < WIDE or height < TALL

    def on_mount(self) -> None:
        self._arrange()
        now = self.app.now()
        if now is not None:
            self.show(self.app.room_state, self.app.board, now)

    def on_resize(self) -> None:
        self._arrange()
        self.call_after_refresh(self.repaint, follow=True)

    def _arrange(self) -> None:
        self.set_class(self.in_tabs, "-tabs")
        for name in self.PANES:
            self.set_class(self.pane == name, f"-{name}")
            self.panes[name].display = not self.in_tabs or self.pane == name

    def show(self, room: Room | None, board: Board | None, now: datetime) -> None:
        """Time goes on; what the journal has beyond what was read is read."""
        self.room, self.board, self.now = room, board, now
        if room is not None and room.head != self.read_up_to:
            self.read_up_to = room.head
            self.read()
        self.repaint()

    def repaint(self, *, follow: bool = False) -> None:
        """Gives every part what it shows; parts that already show it write nothing."""
        if not self.is_mounted or self.now is None:
            return
        app, width = self.app, self.app.size.width
        self._strip.present(
            self.board,
            width,
            user=app.actor,
            reach=app.reach,
            notice=app.notice,
            flashing=app.flashing,
            paint=app.paint_name,
        )
        head = [fit_line((Cell(" "), *line), width) for line in self.head(width - 2)]
        self._head.show_lines(tuple(head), app.paint_name)
        self._tabs.show_lines((self._tab_line(),), app.paint_name)
        for name, pane in self.panes.items():
            if pane.size.width > 2 and pane.display:
                self._present(name, pane, follow=follow)
        detail = [fit_line((Cell(" "), *line), width) for line in self.detail(width - 2)]
        blank: list[Line] = [fit_line((), width)] * (2 - len(detail))
        self._detail.show_lines((*detail[:2], *blank), app.paint_name)
        self._footer.present("", *self.verbs(), app.paint_name, width)

    def _present(self, name: str, pane: Pane, *, follow: bool) -> None:
        text = self.content(name, pane.size.width - 2, pane.size.height - 2)
        keys = [row.key for row in text.rows if row.key]
        if keys and self.selected[name] not in keys:
            self.selected[name] = keys[min(pane.cursor, len(keys) - 1)]
        here = name == self.pane
        pane.present(
            text,
            selected=self.selected[name] if here else "",
            focused=here,
            paint=self.app.paint_name,
            follow=follow and here,
        )

    def _tab_line(self) -> Line:
        return tuple(
            Cell(f"[{n} {title}] ", "tab.here") if name == self.pane else Cell(f" {n} {title}  ", "tab")
            for n, (name, title) in enumerate(zip(self.PANES, self.TITLES, strict=True), 1)
        )

    # ── the cursor ──────────────────────────────────────────────────────────────────────────────────────────

    def action_back(self) -> None:
        self.app.pop_screen()

    def action_move(self, step: int) -> None:
        pane = self.panes[self.pane]
        if any(pane.keys):
            self.selected[self.pane] = (
                pane.neighbour(self.selected[self.pane], step) or self.selected[self.pane]
            )
            self.repaint(follow=True)
        else:
            pane.scroll_rows(step)

    def action_page(self, direction: int) -> None:
        self.action_move(direction * self.panes[self.pane].page)

    def action_tab(self, step: int) -> None:
        self.turn(self.PANES[(self.PANES.index(self.pane) + step) % len(self.PANES)])

    def action_turn_to(self, number: int) -> None:
        if number <= len(self.PANES):
            self.turn(self.PANES[number - 1])

    def turn(self, name: str) -> None:
        """Brings a pane to the front, or the keys to it."""
        self.pane = name
        self._arrange()
        self.call_after_refresh(self.repaint, follow=True)

    async def on_pane_picked(self, event: Pane.Picked) -> None:
        event.stop()
        self.pane = str(event.pane.name)
        if event.key:
            self.selected[self.pane] = event.key
        self._arrange()
        self.repaint()
        if event.key and event.opened:
            await self.opened()

    def on_click(self, event: events.Click) -> None:
        if event.widget is self._tabs:
            left = 0
            for name, cell in zip(self.PANES, self._tab_line(), strict=True):
                if left <= event.x < left + len(cell.text):
                    self.turn(name)
                left += len(cell.text)

    async def on_footer_clicked(self, event: Footer.Clicked) -> None:
        await self.run_action(f"screen.{event.action}")
