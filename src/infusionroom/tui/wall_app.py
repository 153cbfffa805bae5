"""The wall view: a screen that nobody types at and everybody can see.

What it paints is made from a `WallBoard` and from sentences of its own, so that nothing else of the room reaches the
terminal: not in an alarm, not in a message, not in a window's title.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from typing import Any, ClassVar

from infusionroom.tui import environment  # noqa: F401  # before Textual reads the environment

from textual.app import App, ComposeResult  # isort: skip
from textual.binding import Binding, BindingType  # isort: skip
from textual.theme import Theme  # isort: skip
from textual.timer import Timer  # isort: skip

from infusionroom.tui import guard
from infusionroom.tui.live import Feed, FeedFailed, RoomChanged, RoomLost, RoomOpened, RoomUnusable
from infusionroom.tui.panes.lines import Lines
from infusionroom.tui.ticks import seconds_to_next_tick

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from infusionroom.domain.wall import WallBoard
    from infusionroom.tui.live import RoomLike

FIRST_PAINT_WAITS_S = 0.3
QUIT_HOLDS_S = 5.0
OPENING = "opening the room …"
NOT_SET_UP = "No room is set up in this store yet."
AGAIN = "q again leaves the wall view."
NOT_BY_CTRL_C = "Ctrl+C ends nothing here. q leaves the wall view."

_THEME = Theme(
    "wall", primary="#d0d0d0", background="#000000", surface="#000000", foreground="#d0d0d0", dark=True
)


class WallApp(App[int]):
    """Shows a room until it is left. `open_room` may block and may raise; it is called in the feed's thread."""

    CSS = "Screen { background: $background; } Lines { background: $background; }"
    TITLE = "infusionroom"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "ask_to_quit", show=False)]

    def __init__(self, open_room: Callable[[], RoomLike], *, guarded: bool = False) -> None:
        super().__init__()
        self.animation_level = "none"
        self.register_theme(_THEME)
        self.theme = "wall"
        self.wall: WallBoard | None = None
        self.notice = OPENING
        self.crash_sentence = ""
        self.unusable = ""
        self._lines = Lines(id="wall")
        self._feed = Feed(open_room, self.post_message)
        self._guarded = guarded
        self._guard: guard.Guard | None = None
        self._tick_timer: Timer | None = None
        self._quit_asked = False
        self._lost_words = ""
        self._said = ""

    # ── beginning and end ───────────────────────────────────────────────────────────────────────────────────

    def compose(self) -> ComposeResult:
        yield self._lines

    def on_load(self) -> None:
        self._feed.start()
        self._feed.answered.wait(FIRST_PAINT_WAITS_S)

    def on_mount(self) -> None:
        loop = asyncio.get_running_loop()
        if self._guarded:
            guard.leave_on_signals(loop, self.exit)
            self._guard = guard.Guard(loop, self.exit)
            self._guard.start()
        self.refresh_wall()

    def on_resize(self) -> None:
        # Later, for the app itself learns its new size only after this.
        self.call_later(self._paint)

    def on_unmount(self) -> None:
        self._feed.stop()
        if self._guard is not None:
            self._guard.stop()

    def close_room(self) -> None:
        """Lets go of the store, once the app has left the terminal."""
        close = getattr(self._feed.room, "close", None)
        if close is not None:
            close()

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
        self.unusable = message.sentence
        self.exit(return_code=1)

    def on_feed_failed(self, message: FeedFailed) -> None:
        raise message.error

    def _out_of_reach(self) -> str:
        if self.wall is None:
            return "The store is out of reach. Trying again."
        from infusionroom.tui.present.times import clock_time

        at = clock_time(self.wall.now, self.wall.timezone)
        return f"!! store out of reach: as it was known at {at}"

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────────

    def refresh_wall(self) -> None:
        """Folds the wall of now, paints what changed, and arms the next minute."""
        room = self._feed.room
        now: datetime | None = None
        if room is not None:
            now = room.clock.now()
            if room.state.clinic is not None:
                from infusionroom.domain.wall import wall_of

                self.wall = wall_of(room.board(now))
            self._arm_tick(now, getattr(room.clock, "speed", 1.0))
        opening = OPENING if room is None else NOT_SET_UP if self.wall is None else ""
        self.notice = self._said or self._lost_words or opening
        self._paint()

    def _paint(self) -> None:
        from infusionroom.tui.present.wall import wall_lines

        self._lines.show_lines(wall_lines(self.wall, *self.size, notice=self.notice))

    def _arm_tick(self, now: datetime, speed: float) -> None:
        if self._tick_timer is not None:
            self._tick_timer.stop()
        # No board is given: seconds are for whoever stands at the chair.
        self._tick_timer = self.set_timer(seconds_to_next_tick(None, now, speed), self.tick)

    def tick(self) -> None:
        """Works everything out anew once a minute; in between, on the short leash, it looks whether it is one."""
        room = self._feed.room
        if room is not None and self.wall is not None and _minute(self.wall.now) == _minute(room.clock.now()):
            self._arm_tick(room.clock.now(), getattr(room.clock, "speed", 1.0))
        else:
            self.refresh_wall()

    # ── leaving ─────────────────────────────────────────────────────────────────────────────────────────────

    def action_ask_to_quit(self) -> None:
        """Leaves at the second asking, as the board does."""
        if self._quit_asked:
            self.exit()
            return
        self._quit_asked = True
        self._say(AGAIN)

    def action_help_quit(self) -> None:
        # Textual's own sentence would name a key that the wall does not.
        self._say(NOT_BY_CTRL_C)

    def _say(self, sentence: str) -> None:
        self._said = sentence
        self.refresh_wall()
        self.set_timer(QUIT_HOLDS_S, self._forget)

    def _forget(self) -> None:
        self._said, self._quit_asked = "", False
        self.refresh_wall()

    # ── errors ──────────────────────────────────────────────────────────────────────────────────────────────

    def _handle_exception(self, error: Exception) -> None:
        """Ends the app on an error nobody thought of; what is printed and logged has no patient in it."""
        from infusionroom.tui import crash

        self._return_code = 1
        if not self.crash_sentence:
            now = self._feed.room.clock.now() if self._feed.room is not None else None
            self.crash_sentence = crash.sentence(*crash.log_crash(error, now))
            # What Textual's test harness waits for and raises again.
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def panic(self, *renderables: Any) -> None:
        """Textual's other way to stop, which would print what it is given; it is given nothing."""
        self._handle_exception(RuntimeError("panic"))


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def run_wall(open_room: Callable[[], RoomLike]) -> int:
    """Runs the wall view in this terminal; the exit status.

    0 when it was left, 1 after a crash or where the store cannot be used, 2 without a terminal.
    """
    refusal = guard.can_run_here()
    if refusal:
        sys.stderr.write(refusal + "\n")
        return 2
    from infusionroom.tui import crash

    crash.install_hooks()
    app = WallApp(open_room, guarded=True)
    app.run()
    app.close_room()
    for sentence in (app.crash_sentence, app.unusable):
        if sentence:
            sys.stderr.write(sentence + "\n")
    return app.return_code or 0
