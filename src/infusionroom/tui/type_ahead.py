"""Keys typed faster than screens open and entries are saved: each waits until the one before it has done its work.

Without this, over SSH above all, the letters after `/` or `3 p` would still be delivered to the board and be lost or
be taken for verbs there, and those after an Enter would land in the form that is about to close.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

# A key whose work never ends must not silence the keyboard.
GIVEN_UP_AFTER_S = 2.0
# How long one widget may take to come to the end of its messages.
ONE_WIDGET_S = 0.25


class TypeAhead:
    """Lets one key at a time through; `pass_on` is Textual's own way with an event.

    A screen that says `keys_wait` is being opened or saves an entry, and calls `done` after it; one with
    `TAKES_VERBS` has `done` called after each key. In any other screen a key is done when whatever has the focus,
    and all that it stands in, has come to the end of its messages.
    """

    def __init__(self, app: App[Any], pass_on: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app, self._pass_on = app, pass_on
        self._in_flight: events.Key | None = None
        self._held: list[events.Key] = []
        self._settling: asyncio.Task[None] | None = None

    async def came(self, key: events.Key) -> None:
        """A key has come in; it is passed on, or held while another one is at work."""
        busy = self._in_flight
        if busy is not None and key.time - busy.time >= GIVEN_UP_AFTER_S:
            self._in_flight = None
            self._held.append(key)
            await self._release()
        elif self._held:
            self._held.append(key)
        else:
            await self._comes(key)

    async def _comes(self, key: events.Key) -> None:
        app = self._app
        never_held = key.key.startswith("ctrl+") or key.key in getattr(app.screen, "NEVER_HELD", ())
        waits = getattr(app.screen, "keys_wait", False) and not never_held
        if waits or self._in_flight is not None:
            self._held.append(key)
            return
        self._in_flight = key
        if app.focused is None and getattr(app.screen, "TAKES_VERBS", False):
            await self._pass_on(key)
            if not key.is_forwarded:
                self._in_flight = None
            return
        at_work = (app.focused or app.screen).ancestors_with_self
        await self._pass_on(key)
        self._settling = asyncio.create_task(self._settle(key, at_work))

    async def _settle(self, key: events.Key, at_work: list[Any]) -> None:
        for widget in at_work:
            if widget is self._app:
                break
            # Twice: what the key made it send stands behind the first.
            for _ in range(2):
                if not await _reached(widget):
                    break
        if self._in_flight is key:
            self._in_flight = None
            if self._held:
                self._app.call_later(self._release)

    def done(self) -> None:
        """The key in flight has done its work; what was held follows once the screen has found its focus."""
        self._in_flight = None
        if self._held:
            self._app.screen.call_later(self._app.call_later, self._release)

    def forget(self) -> None:
        """What was typed after an entry that was not taken was meant for what would have come after it."""
        self._held = []

    async def _release(self) -> None:
        held, self._held = self._held, []
        for key in held:
            await self._comes(key)


async def _reached(widget: MessagePump) -> bool:
    """Waits until `widget` has worked on all that it has been sent; False where it does not come to it."""
    reached = asyncio.Event()
    if not widget.call_later(reached.set):
        return False
    try:
        await asyncio.wait_for(reached.wait(), ONE_WIDGET_S)
    except TimeoutError:
        return False
    return True
