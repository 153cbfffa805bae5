"""What every full-screen view of a room does: open it in a thread, follow it, keep to its minutes, leave, crash.

A store that answers at once is waited for, so that the first paint is the room; else the frame is painted meanwhile.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from infusionroom.tui import environment  # noqa: F401  # before Textual reads the environment

from textual import events  # isort: skip
from textual.app import App  # isort: skip
from textual.timer import Timer  # isort: skip

from infusionroom.tui import guard
from infusionroom.tui.line_driver import LineDriver
from infusionroom.tui.live import Feed, FeedFailed, RoomLike
from infusionroom.tui.ticks import seconds_to_next_tick

if TYPE_CHECKING:
    from infusionroom.domain.board import Board

FIRST_PAINT_WAITS_S = 0.3
QUIT_HOLDS_S = 5.0
CLEAR = "\x1b[2J"
NOT_UTF8 = (
    "This terminal does not show UTF-8: lines and letters are drawn in plain ones, other scripts as “?”. "
    "Names may look alike; set it to UTF-8."
)
OPENING = "opening the room …"
ENDED_FROM_OUTSIDE = "This terminal was ended from outside: its key was taken back, or the machine stops."
OpenRoom = Callable[[], RoomLike]


class FollowingApp(App[int]):
    """An app that shows a room for as long as it is left running.

    `open_room` makes the room: it may block and may raise, and is called in the feed's thread. `guarded` ends the
    process when its terminal or its parent is gone. `notice` says why there is no room to show yet;
    `crash_sentence` and `unusable` are what is left to be said once the terminal is given back.
    """

    QUIT_AGAIN: ClassVar[str]
    NOT_BY_CTRL_C: ClassVar[str]

    def __init__(self, open_room: OpenRoom, *, guarded: bool = False) -> None:
        super().__init__(driver_class=LineDriver)
        self.animation_level = "none"
        self.notice = OPENING
        self.crash_sentence = ""
        self.unusable = ""
        self._feed = Feed(open_room, self.post_message)
        self._guarded = guarded
        self._guard: guard.Guard | None = None
        self._tick_timer: Timer | None = None
        self._quit_asked = False

    # ── beginning and end ───────────────────────────────────────────────────────────────────────────────────

    def on_load(self) -> None:
        self._feed.start()
        self._feed.answered.wait(FIRST_PAINT_WAITS_S)
        if self.room is not None:
            self.notice = ""

    def on_mount(self) -> None:
        if self._guarded:
            loop = asyncio.get_running_loop()
            guard.leave_on_signals(loop, self.exit, lambda: self.leave_because(ENDED_FROM_OUTSIDE))
            self._guard = guard.Guard(loop, self.exit)
            self._guard.start()
        if isinstance(self._driver, LineDriver):
            self._driver.ask_for_letters()

    def on_cursor_position(self, event: events.CursorPosition) -> None:
        if isinstance(self._driver, LineDriver) and self._driver.told_column(event.x):
            self._driver.write(CLEAR)
            self.screen.refresh(layout=True)
            self.say(NOT_UTF8)

    def on_unmount(self) -> None:
        self._feed.stop()
        if self._guard is not None:
            self._guard.app_left()

    def close_room(self) -> None:
        """Lets go of the store, once the app has left the terminal."""
        close = getattr(self.room, "close", None)
        if close is not None:
            close()

    # ── the room and its time ───────────────────────────────────────────────────────────────────────────────

    def follow(self, open_room: OpenRoom) -> None:
        """Opens a room and follows it, in place of the one that was followed before."""
        self._feed.stop()
        self._feed = Feed(open_room, self.post_message)
        self._feed.start()

    def on_feed_failed(self, message: FeedFailed) -> None:
        raise message.error

    @property
    def room(self) -> RoomLike | None:
        """The room, once it is open."""
        return self._feed.room

    def now(self) -> datetime | None:
        """The room's time, once there is a room."""
        return self.room.clock.now() if self.room is not None else None

    @property
    def speed(self) -> float:
        """How many times as fast as the world's the room's clock runs."""
        return float(getattr(self.room.clock, "speed", 1.0)) if self.room is not None else 1.0

    def arm_tick(self, now: datetime, board: Board | None = None) -> None:
        """Calls `tick` when the minute is over, or the second where the board shows seconds."""
        if self._tick_timer is not None:
            self._tick_timer.stop()
        self._tick_timer = self.set_timer(seconds_to_next_tick(board, now, self.speed), self.tick)

    def tick(self) -> None:
        """Some time has passed."""
        raise NotImplementedError

    # ── leaving ─────────────────────────────────────────────────────────────────────────────────────────────

    def say(self, sentence: str) -> None:
        """Tells whoever looks something in a sentence that goes away by itself."""
        raise NotImplementedError

    def leave_because(self, sentence: str) -> None:
        """Leaves at once; the sentence is said once the terminal is given back."""
        self.unusable = sentence
        self.exit(return_code=1)

    def ask_to_quit(self) -> None:
        """Leaves at the second asking, so that a stray key does not end the view."""
        if self._quit_asked:
            self.exit()
            return
        self._quit_asked = True
        self.say(self.QUIT_AGAIN)
        self.set_timer(QUIT_HOLDS_S, self._forget_quit)

    def action_help_quit(self) -> None:
        # Textual's own sentence would name a key that this view does not.
        self.say(self.NOT_BY_CTRL_C)

    def _forget_quit(self) -> None:
        self._quit_asked = False

    # ── errors ──────────────────────────────────────────────────────────────────────────────────────────────

    def _handle_exception(self, error: Exception) -> None:
        """Ends the app on an error nobody thought of; what is printed and logged has no patient in it."""
        from infusionroom.tui import crash

        self._return_code = 1
        if not self.crash_sentence:
            self.crash_sentence = crash.sentence(*crash.log_crash(error, self.now()))
            # What Textual's test harness waits for and raises again.
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def panic(self, *renderables: Any) -> None:
        """Textual's other way to stop, which would print what it is given; it is given nothing."""
        self._handle_exception(RuntimeError("panic"))


def run_in_terminal(make_app: Callable[[], FollowingApp]) -> int:
    """Runs a view in this terminal until it is left; the exit status.

    0 when it was left, 1 after a crash or where the store cannot be used, 2 without a terminal.
    """
    refusal = guard.can_run_here()
    if refusal:
        sys.stderr.write(refusal + "\n")
        return 2
    from infusionroom.tui import crash

    crash.install_hooks()
    app = make_app()
    app.run()
    app.close_room()
    for sentence in (app.crash_sentence, app.unusable):
        if sentence:
            sys.stderr.write(sentence + "\n")
    return app.return_code or 0
