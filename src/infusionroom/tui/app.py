"""The terminal program: the board of a room, everything that is opened from it, and who is at its keys.

Imports here are what the first paint needs and no more; forms, the visit screen, the palette and the store come
later, when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from infusionroom.tui.following_app import FollowingApp, OpenRoom, run_in_terminal

from textual import events  # isort: skip
from textual.await_complete import AwaitComplete  # isort: skip
from textual.binding import Binding, BindingType  # isort: skip
from textual.reactive import var  # isort: skip
from textual.theme import Theme  # isort: skip

from infusionroom.tui.at_the_keys import WARNS_BEFORE, AtTheKeys
from infusionroom.tui.audit import Audit
from infusionroom.tui.board_screen import BoardScreen
from infusionroom.tui.live import RoomChanged, RoomLike, RoomLost, RoomOpened, RoomUnusable
from infusionroom.tui.panes.strip import Reach
from infusionroom.tui.ticks import seconds_matter, within_the_minute
from infusionroom.tui.type_ahead import TypeAhead

if TYPE_CHECKING:
    from infusionroom.domain.board import Board
    from infusionroom.domain.commands import Command
    from infusionroom.domain.outcome import Outcome
    from infusionroom.domain.visit import Visit

AT_REST_AFTER_S = 0.4
WriteSummary = Callable[[RoomLike, Path], Sequence[Path]]

_THEMES = (
    Theme("room-dark", primary="#87d7ff", background="#000000", surface="#1c1c1c", foreground="#d0d0d0", dark=True),
    Theme("room-light", primary="#005faf", background="#ffffff", surface="#eeeeee", foreground="#1c1c1c", dark=False),
)  # fmt: skip


def _actions_provider() -> Any:
    from infusionroom.tui.palette import ActionsProvider

    return ActionsProvider


class InfusionRoomApp(FollowingApp):
    """The board and everything that is opened from it.

    `room` is one, or makes one as `FollowingApp` says. `actor` is who the program was started as, over SSH by the key
    of fingerprint `by_key`; who gives the commands is who is `at_keys`. `terminal` is where from. `open_demo` makes
    the room of the demonstration day, for an empty store; `write_summary` writes the day's summary into a folder and
    answers with the files.
    """

    CSS_PATH = Path(__file__).with_name("infusionroom.tcss")
    TITLE = "infusionroom"
    COMMANDS: ClassVar[set[Any]] = {_actions_provider}
    ENABLE_COMMAND_PALETTE = True
    QUIT_AGAIN = "q again leaves the program. The room stays as it is."
    NOT_BY_CTRL_C = "Ctrl+C ends nothing here. q leaves the program, from the board."
    # Wherever somebody stands: forms have their own meaning for it and come first.
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f2", "sign_in", show=False)]

    room_state: var[Any] = var(None, init=False)
    """The room as the last read of the journal left it; None until the first."""

    def __init__(
        self,
        room: RoomLike | OpenRoom,
        *,
        actor: str,
        terminal: str,
        open_demo: OpenRoom | None = None,
        write_summary: WriteSummary | None = None,
        guarded: bool = False,
        by_key: str = "",
    ) -> None:
        super().__init__(room if callable(room) else lambda: room, guarded=guarded)
        for theme in _THEMES:
            self.register_theme(theme)
        # Without its watcher, which would have the style sheets read twice before the first paint.
        self.set_reactive(FollowingApp.theme, "room-dark")
        self.stylesheet.set_variables(self.get_css_variables())
        self.at_keys, self.terminal = AtTheKeys(actor, by_key=by_key), terminal
        self.sign_ins: tuple[Any, Any] | None = None
        self.audit = Audit(self)
        self.open_demo, self.write_summary = open_demo, write_summary
        self.board: Board | None = None
        self.reach = Reach()
        self.paint_name = "dark"
        self.reverse_video = False
        self._clock_warning: str | None = None
        self._key_since_said = False
        self._type_ahead = TypeAhead(self, super().on_event)
        self.home = BoardScreen()

    # ── beginning and end ───────────────────────────────────────────────────────────────────────────────────

    def get_default_screen(self) -> BoardScreen:
        return self.home

    def on_mount(self) -> None:
        self.set_timer(AT_REST_AFTER_S, self._at_rest)

    def _at_rest(self) -> None:
        # Not sooner: what is loaded for later must not hold up the first board.
        from infusionroom.tui.preload import preload

        preload()

    # ── what the feed brings ────────────────────────────────────────────────────────────────────────────────

    def on_room_opened(self, message: RoomOpened) -> None:
        if message.feed is self._feed:
            self.notice = ""
            self.reach = Reach()
            if self.room is not None and self.room_state is not self.room.state:
                self.refresh_board()
            if self.at_keys.by_key:
                self.call_later(self.audit.came_by_key)
            self.call_later(self._greet)

    def on_room_changed(self, message: RoomChanged) -> None:
        if message.feed is self._feed:
            if self.reach.lost:
                self.reach, self.notice = Reach(), ""
                self.notify("The store is back; entries are taken again.", markup=False, timeout=4)
                self.refresh_board()
            else:
                self.refresh_board(kept_up=True)

    def on_room_lost(self, message: RoomLost) -> None:
        if message.feed is not self._feed:
            return
        now = self.now()
        if now is None:
            self.notice = f"{message.sentence} Trying again."
            self.key_done()
        else:
            self.reach = Reach(now, self.board.now if self.board else now, message.sentence)
        self.refresh_board()

    def on_room_unusable(self, message: RoomUnusable) -> None:
        if message.feed is self._feed:
            self.notice = message.sentence
            self.key_done()
            self.home.repaint()
            self.notify(message.sentence, severity="error", markup=False, timeout=60)

    # ── keys ────────────────────────────────────────────────────────────────────────────────────────────────

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, (events.Key, events.MouseDown)) and not event.is_forwarded:
            if self.at_keys.warned:
                self.clear_notifications()
            self.at_keys.key_pressed(self.now())
            self._key_since_said = True
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self._type_ahead.came(event)
        else:
            await super().on_event(event)

    async def _on_key(self, event: events.Key) -> None:
        # The method is Textual's own and would be called besides this one.
        event.prevent_default()
        try:
            await super()._on_key(event)
        finally:
            self.key_done()

    def key_done(self, *, taken: bool = True) -> None:
        """A key has done its work: the next one may. What followed an entry that was not taken is forgotten."""
        if not taken:
            self._type_ahead.forget()
        self._type_ahead.done()

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────────

    def refresh_board(self, *, kept_up: bool = False) -> None:
        """Folds the board of now and gives it to the screens that show it; arms the next tick.

        Where it is only `kept_up`, whoever nothing was entered about stands as they did until the minute is over.
        """
        room = self.room
        if room is None:
            self.home.repaint()
            return
        now = room.clock.now()
        before, self.room_state = self.room_state, room.state
        if self.room_state.clinic is not None:
            known = self.board if kept_up and before is not None else None
            if known is not None and within_the_minute(known, now):
                self.board = room.board_after(known, before, now)
            else:
                self.board = room.board(now)
        self._look_after_keys(now)
        for screen in {self.home, *self.screen_stack}:
            show = getattr(screen, "show", None)
            if show is not None and (screen is self.home or (screen.is_mounted and self.board is not None)):
                show(self.room_state, self.board, now)
        # The tick that is under way looks at those as well who were not written about.
        if not kept_up or seconds_matter(self.board):
            self.arm_tick(now, self.board)

    def _look_after_keys(self, now: datetime) -> None:
        """Begins with whoever may be believed; ends what is over, or locks after the minutes without a key."""
        if getattr(self.screen, "keys_wait", False):
            # A form that saves, or opens, comes to its end first.
            return
        keys = self.at_keys
        why = keys.settle(self.room_state, now) or keys.lock_if_idle(self.room_state, now, self.speed)
        if why is not None:
            from infusionroom.tui import shared_terminal

            shared_terminal.cover(self)
            self.call_later(shared_terminal.ended, self, why)
        elif keys.locks_soon(self.room_state, now, self.speed):
            self.say("Locks in half a minute; any key keeps it open.", seconds=WARNS_BEFORE.total_seconds())

    def _warn_of_clock(self) -> None:
        """A clock that is off makes every timer on this screen wrong: it is said when it is found, and once."""
        from infusionroom.services.clock import clock_warning

        warning = clock_warning(getattr(self.room, "clock_offset_s", None))
        if warning is not None and warning != self._clock_warning:
            self.notify(warning, severity="warning", markup=False, timeout=60)
        self._clock_warning = warning

    def tick(self) -> None:
        """A minute, or near the end of an infusion a second, has passed: everything is worked out anew from now."""
        room, now = self.room, self.now()
        still = room is not None and room.state is self.room_state and not self.reach.lost
        if still and now and self.board and self.screen is self.home and self._stands(self.board, now):
            # A tick of the short leash: nothing is to be said yet.
            self._look_after_keys(now)
            self.arm_tick(now, self.board)
        else:
            self.refresh_board()
            self._warn_of_clock()

    def _stands(self, board: Board, now: datetime) -> bool:
        from infusionroom.domain.marks import marks_of

        return within_the_minute(board, now) and marks_of(self.room_state, board.now) == marks_of(
            self.room_state, now
        )

    @property
    def actor(self) -> str:
        """Who gives the commands now; empty while nobody is signed in."""
        return self.at_keys.user

    @property
    def masked(self) -> bool:
        """Whether people are shown by their initials alone."""
        return self.at_keys.masks(self.room_state)

    @property
    def only_looks(self) -> bool:
        """Whether nothing is written from here, not even who signs in."""
        return bool(getattr(self.room, "read_only", False))

    @property
    def flashing(self) -> bool:
        """Whether alarms flash here: the clinic's rule, unless this terminal prefers reverse video."""
        clinic = self.room_state.clinic if self.room_state is not None else None
        return not self.reverse_video and (clinic is None or clinic.rules.alarms.flashing)

    @property
    def alarm_waits(self) -> bool:
        """Whether the strip shows an alarm that nobody has acknowledged."""
        return bool(self.board and self.board.alarms and not self.board.alarms[0].silenced)

    async def _greet(self) -> None:
        if self.room_state is not None and self.room_state.clinic is None:
            from infusionroom.tui.first_screen import FirstScreen

            await self.push_screen(FirstScreen())
        # What was typed while the room was being opened.
        self.key_done()

    # ── doing ───────────────────────────────────────────────────────────────────────────────────────────────

    def entry_of(self, action_id: str, visit: Visit | None, chair: int | None) -> str:
        """The table entry that a verb stands for now."""
        from infusionroom.tui import actions

        now = self.now()
        if self.room_state is None or now is None:
            return action_id
        if action_id == "chair":
            return actions.chair_entry(self.room_state, chair)
        if action_id == "undo" and visit is None and chair is not None:
            return "chair_undo"
        return actions.entry_of(action_id, self.room_state, visit, now)

    def target(self, screen: Any) -> tuple[Visit | None, int | None]:
        """Who, and which chair, a verb given on `screen` is for: always the one that this screen shows."""
        if hasattr(screen, "target"):
            found: tuple[Visit | None, int | None] = screen.target()
            return found
        visit: Visit | None = getattr(screen, "visit", None)
        visit_id = getattr(screen, "visit_id", "")
        if self.room_state is not None:
            visit = self.room_state.visits.get(visit_id, visit)
        return visit, visit.chair if visit is not None and visit.here else None

    async def perform(self, action_id: str, visit_id: str = "", chair: int | None = None) -> None:
        """Does what a verb says for this person or chair, or says why not."""
        from infusionroom.tui import shared_terminal, verbs

        if shared_terminal.must_sign_in(self, action_id):
            shared_terminal.ask_who(self, then=lambda: self.perform(action_id, visit_id, chair))
            return
        await verbs.perform(self, action_id, visit_id, chair)

    async def submit(self, command: Command) -> Outcome:
        """Gives a command to the room, as `entering.submit` says."""
        from infusionroom.tui import entering

        return await entering.submit(self, command)

    def say(self, sentence: str, *, warn: bool = False, seconds: float = 6) -> None:
        """Tells the person something in a sentence that goes away by itself. Data is never read as markup.

        What an earlier key was answered makes room for it.
        """
        if self._key_since_said:
            self.clear_notifications()
            self._key_since_said = False
        self.notify(sentence, severity="warning" if warn else "information", markup=False, timeout=seconds)

    def paint(self, name: str) -> None:
        """Changes the colours: `dark` or `light`."""
        self.paint_name = name
        self.theme = f"room-{name}"
        self.refresh_board()

    def pop_screen(self) -> AwaitComplete:
        """Textual's own, but that nothing which ends beneath a locked terminal's cover takes the cover away."""
        if getattr(self.screen, "lifted", True):
            return super().pop_screen()
        return AwaitComplete()

    async def action_sign_in(self) -> None:
        await self.perform("sign_in")

    def action_command_palette(self) -> None:
        from textual.screen import ModalScreen

        # A form in front is about somebody already: it is finished or left first.
        if self.room_state is not None and not isinstance(self.screen, ModalScreen):
            super().action_command_palette()
        elif (say_why := getattr(self.screen, "say_why_no_palette", None)) is not None:
            say_why()


def run_app(
    room: RoomLike | OpenRoom,
    *,
    actor: str,
    terminal: str,
    open_demo: OpenRoom | None = None,
    write_summary: WriteSummary | None = None,
    by_key: str = "",
) -> int:
    """Runs the board in this terminal until it is left; the exit status, as `run_in_terminal` says."""
    return run_in_terminal(
        lambda: InfusionRoomApp(
            room,
            actor=actor,
            terminal=terminal,
            open_demo=open_demo,
            write_summary=write_summary,
            guarded=True,
            by_key=by_key,
        )
    )
