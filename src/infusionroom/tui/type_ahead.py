"""Keys typed faster than screens open: each waits until the one before it has done its work.

Without this, the letters after `/` or `3 p` would still be delivered to the board, over SSH above all, and be lost
or be taken for verbs there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from textual import events

# A key whose work never ends must not silence the keyboard.
GIVEN_UP_AFTER_S = 2.0


class TypeAhead:
    """Lets one key at a time through to a board or list.

    `pass_on` is Textual's own way with an event, `takes_verbs` says whether the screen in front takes keys as verbs.
    """

    def __init__(
        self, pass_on: Callable[[events.Event], Awaitable[None]], takes_verbs: Callable[[], bool]
    ) -> None:
        self._pass_on, self._takes_verbs = pass_on, takes_verbs
        self._in_flight: events.Key | None = None
        self._held: list[events.Key] = []

    async def came(self, key: events.Key) -> None:
        """A key has come in; it is passed on, or held while another one is at work."""
        busy = self._in_flight
        if busy is not None and key.time - busy.time < GIVEN_UP_AFTER_S:
            self._held.append(key)
            return
        self._in_flight = key if self._takes_verbs() else None
        await self._pass_on(key)
        if not key.is_forwarded:
            self._in_flight = None

    def done(self, screen: Any, call_later: Callable[..., Any]) -> None:
        """The key in flight has done its work; what was held follows once `screen` has found its focus."""
        self._in_flight = None
        if self._held:
            screen.call_later(call_later, self._release)

    async def _release(self) -> None:
        held, self._held = self._held, []
        for key in held:
            await self.came(key)
