"""Giving a command from a terminal: completed with what its screen showed, given in a thread, seen at once."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from typing import TYPE_CHECKING

from msgspec.structs import replace

from infusionroom.domain.outcome import Done, Outcome, Reason, Refused
from infusionroom.domain.streams import stream_named
from infusionroom.services.errors import RoomUnreachable

if TYPE_CHECKING:
    from infusionroom.domain.commands import Command
    from infusionroom.domain.room import Room
    from infusionroom.tui.app import InfusionRoomApp


async def submit(app: InfusionRoomApp, command: Command) -> Outcome:
    """Gives a command to the room and returns its outcome.

    What is missing is filled in: an id, and the version of the stream that this screen shows. Raises
    `RoomUnreachable` when the store is out of reach: nothing was entered.
    """
    room = app.room
    if room is None or app.reach.lost:
        why = app.reach.why or "The room is not open yet."
        raise RoomUnreachable(f"{why} Nothing was entered; try again when the store is back.")
    if not app.actor:
        nobody = Reason("nobody", "Nobody is signed in here: leave with Esc, and F2 signs in.")
        return Refused(command.id or "", (nobody,))
    version = command.expected_version
    ready = replace(
        command,
        id=command.id or uuid.uuid4().hex,
        expected_version=version if version is not None else _shown_version(app.room_state, command),
    )
    outcome = await asyncio.to_thread(room.execute, ready, actor=app.actor, terminal=app.terminal)
    if isinstance(outcome, Done):
        # The next verb must find what has just been entered here, without waiting for the feed.
        with contextlib.suppress(RoomUnreachable):
            await asyncio.to_thread(room.refresh)
            app.refresh_board()
    return outcome


def _shown_version(state: Room | None, command: Command) -> int | None:
    stream = stream_named(command)
    if state is None or stream is None:
        return None
    if (chair := getattr(command, "chair", None)) is not None and stream.startswith("chair:"):
        return state.chair(chair).version
    return state.versions.get(stream)
