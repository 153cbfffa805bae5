"""The wall view: a screen that nobody types at and everybody can see.

What it paints is made from a `WallBoard` and from sentences of its own, so that nothing else of the room reaches the
terminal: not in an alarm, not in a message, not in a window's title.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from infusionroom.tui.following_app import OPENING, QUIT_HOLDS_S, FollowingApp, OpenRoom, run_in_terminal

from textual.app import ComposeResult  # isort: skip
from textual.binding import Binding, BindingType  # isort: skip
from textual.theme import Theme  # isort: skip

from infusionroom.tui.live import RoomChanged, RoomLost, RoomOpened, RoomUnusable
from infusionroom.tui.panes.lines import Lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from infusionroom.domain.wall import WallBoard

NOT_SET_UP = "No room is set up in this store yet."
_THEME = Theme(
    "wall", primary="#d0d0d0", background="#000000", surface="#000000", foreground="#d0d0d0", dark=True
)


class WallApp(FollowingApp):
    """Shows a room to everybody who passes."""

    CSS = "Screen { background: $background; } Lines { background: $background; }"
    TITLE = "infusionroom"
    ENABLE_COMMAND_PALETTE = False
    QUIT_AGAIN = "q again leaves the wall view."
    NOT_BY_CTRL_C = "Ctrl+C ends nothing here. q leaves the wall view."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "ask_to_quit", show=False)]

    def __init__(self, open_room: OpenRoom, *, guarded: bool = False) -> None:
        super().__init__(open_room, guarded=guarded)
        self.register_theme(_THEME)
        self.theme = "wall"
        self.wall: WallBoard | None = None
        self._lines = Lines(id="wall")
        self._lost_words = ""
        self._said = ""

    # ── beginning and end ───────────────────────────────────────────────────────────────────────────────────

    def compose(self) -> ComposeResult:
        yield self._lines

    def on_mount(self) -> None:
        self.refresh_wall()

    def on_resize(self) -> None:
        # Later, for the app itself learns its new size only after this.
        self.call_later(self._paint)

    # ── what the feed brings ────────────────────────────────────────────────────────────────────────────────

    def on_room_opened(self, _: RoomOpened) -> None:
        self.refresh_wall()

    def on_room_changed(self, _: RoomChanged) -> None:
        self._lost_words = ""
        self.refresh_wall()

    def on_room_lost(self, _: RoomLost) -> None:
        # The message's own sentence may name what a wall does not show: where the store is.
        self._lost_words = self._out_of_reach()
        self.refresh_wall()

    def on_room_unusable(self, message: RoomUnusable) -> None:
        self.leave_because(message.sentence)

    def _out_of_reach(self) -> str:
        if self.wall is None:
            return "The store is out of reach. Trying again."
        from infusionroom.tui.present.times import clock_time

        at = clock_time(self.wall.now, self.wall.timezone)
        return f"!! store out of reach: as it was known at {at}"

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────────

    def refresh_wall(self) -> None:
        """Folds the wall of now, paints what changed, and arms the next minute."""
        room = self.room
        if room is not None:
            now = room.clock.now()
            if room.state.clinic is not None:
                from infusionroom.domain.wall import wall_of

                self.wall = wall_of(room.board(now))
            # No board is given: seconds are for whoever stands at the chair.
            self.arm_tick(now)
        opening = OPENING if room is None else NOT_SET_UP if self.wall is None else ""
        self.notice = self._said or self._lost_words or opening
        self._paint()

    def _paint(self) -> None:
        from infusionroom.tui.present.wall import wall_lines

        self._lines.show_lines(wall_lines(self.wall, *self.size, notice=self.notice))

    def tick(self) -> None:
        """Works everything out anew once a minute, and in between as soon as somebody is marked anew."""
        now = self.now()
        if now is not None and self.wall is not None and self._stands(self.wall, now):
            self.arm_tick(now)
        else:
            self.refresh_wall()

    def _stands(self, wall: WallBoard, now: datetime) -> bool:
        from infusionroom.domain.marks import marks_of

        room = self.room
        if room is None or _minute(wall.now) != _minute(now):
            return False
        return marks_of(room.state, wall.now) == marks_of(room.state, now)

    # ── leaving ─────────────────────────────────────────────────────────────────────────────────────────────

    def action_ask_to_quit(self) -> None:
        self.ask_to_quit()

    def say(self, sentence: str) -> None:
        """Shows a sentence in place of the notice for a while."""
        self._said = sentence
        self.refresh_wall()
        self.set_timer(QUIT_HOLDS_S, self._forget)

    def _forget(self) -> None:
        self._said = ""
        self.refresh_wall()


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def run_wall(open_room: OpenRoom) -> int:
    """Runs the wall view in this terminal until it is left; the exit status, as `run_in_terminal` says."""
    return run_in_terminal(lambda: WallApp(open_room, guarded=True))
