"""Who came in by a key is kept, once, whatever the store does just then; and nobody waits for that."""

from __future__ import annotations

from typing import Any

import pytest
from tests.tui.room_day import LEE
from tests.tui.stage import on_stage, screen_text, until

from infusionroom.domain import events as ev
from infusionroom.domain.staff import ACCESS_STREAM
from infusionroom.services.errors import RoomUnreachable
from infusionroom.services.room import RoomService
from infusionroom.tui import audit


class Unlucky:
    """A room's way in that fails: at first before anything is written, and then before it is acknowledged."""

    def __init__(self, room: RoomService) -> None:
        self._give = room.execute
        self.times = 0

    def __call__(self, *command: Any, **who: Any) -> Any:
        self.times += 1
        if self.times == 1:
            raise RoomUnreachable("The store does not answer.")
        outcome = self._give(*command, **who)
        if self.times == 2:
            raise RoomUnreachable("The store does not answer.")
        return outcome


async def test_a_key_that_comes_in_is_kept_once_when_the_store_answers_again(
    room: RoomService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "TRIED_AGAIN_AFTER_S", 0.001)
    unlucky = Unlucky(room)
    monkeypatch.setattr(room, "execute", unlucky)
    async with on_stage(room, by_key="SHA256:lees") as (app, pilot):
        await until(app, pilot, lambda: unlucky.times == 3)
        assert "Marlowe" in screen_text(app)
        kept = [
            (entry.body, entry.actor, entry.terminal) for entry in room.store.entries(streams=[ACCESS_STREAM])
        ]
        assert kept == [(ev.SignedIn(name=LEE, how="key"), LEE, app.terminal)]
