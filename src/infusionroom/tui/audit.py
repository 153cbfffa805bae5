"""Keeps who opened which record, and who came in by a key: told to the room in a thread, never in a screen's way."""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from infusionroom.domain.commands import Command
    from infusionroom.domain.events import RecordKind
    from infusionroom.tui.app import InfusionRoomApp

# Going to and fro between board and record is one look at it.
ONE_LOOK: Final = timedelta(minutes=10)
TRIED_AGAIN_AFTER_S = 5.0
_MOST_WAITING: Final = 200


class Audit:
    """One terminal's. What the store does not take just now waits, and is told once it does, for as long as the
    terminal is open.
    """

    def __init__(self, app: InfusionRoomApp) -> None:
        self._app = app
        self._waiting: deque[tuple[Command, str]] = deque(maxlen=_MOST_WAITING)
        self._seen: dict[tuple[str, str, str], datetime] = {}
        self._telling = False

    def opened(self, what: RecordKind, record_id: str) -> None:
        """Somebody has opened a record."""
        from infusionroom.domain.commands import OpenRecord

        app, now = self._app, self._app.now()
        if not app.actor or now is None or app.room_state is None or app.actor not in app.room_state.people:
            return
        look = (app.actor, what, record_id)
        last = self._seen.get(look)
        if last is not None and now - last < ONE_LOOK:
            return
        self._seen = {known: at for known, at in self._seen.items() if now - at < ONE_LOOK} | {look: now}
        self._tell(OpenRecord(what=what, record=record_id))

    def came_by_key(self) -> None:
        """Somebody has come in over SSH."""
        from infusionroom.domain.commands import SignIn

        if self._app.actor:
            self._tell(SignIn(name=self._app.actor, how="key"))

    def _tell(self, command: Command) -> None:
        from msgspec.structs import replace

        # Named here: what was written and not acknowledged is told again and not kept twice.
        self._waiting.append((replace(command, id=uuid.uuid4().hex), self._app.actor))
        self._tell_waiting()

    def _tell_waiting(self) -> None:
        if not self._telling:
            self._telling = True
            self._app.run_worker(self._telling_all(), group="audit")

    async def _telling_all(self) -> None:
        from infusionroom.services.errors import RoomError, RoomUnreachable

        try:
            while self._waiting and (room := self._app.room) is not None:
                command, actor = self._waiting[0]
                await asyncio.to_thread(room.execute, command, actor=actor, terminal=self._app.terminal)
                self._waiting.popleft()
        except RoomUnreachable:
            self._app.set_timer(TRIED_AGAIN_AFTER_S, self._tell_waiting)
        except RoomError:
            # The store is only to be read: it is tried again with the next.
            return
        finally:
            self._telling = False
