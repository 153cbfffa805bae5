"""Commands of one key, without a form: given at once, and what became of them said where no form could say it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain.outcome import Conflict, Refused
from infusionroom.domain.words import command_word
from infusionroom.services.errors import RoomError, RoomUnreachable
from infusionroom.tui.present.marks import CHAIR_WORD

if TYPE_CHECKING:
    from infusionroom.tui.app import InfusionRoomApp


async def give(app: InfusionRoomApp, command: cmd.Command) -> None:
    """Gives the command. A refusal is said; a lost race is shown, and entered after theirs with one key."""
    try:
        outcome = await app.submit(command)
    except RoomUnreachable as lost:
        app.say(str(lost), warn=True)
        return
    if isinstance(outcome, Refused):
        app.say(" ".join(reason.text for reason in outcome.reasons), warn=True)
    elif isinstance(outcome, Conflict):
        await _lost(app, command, outcome)


async def _lost(app: InfusionRoomApp, command: cmd.Command, conflict: Conflict) -> None:
    from infusionroom.tui.dialogs import ConflictDialog

    if app.room is not None:
        with suppress(RoomError):
            await asyncio.to_thread(app.room.refresh)
    app.refresh_board()

    def decided(redo: bool | None) -> None:
        if redo:
            app.call_later(give, app, replace(command, id=None, expected_version=conflict.version))

    room, chair = app.room_state, getattr(command, "chair", None)
    word = command_word(cmd.name_of(command))
    stands: tuple[tuple[str, str], ...] = ()
    if isinstance(chair, int):
        taken = room.occupant(chair)
        state = "taken" if taken is not None else CHAIR_WORD[room.state_unless_taken(chair)]
        word, stands = f"{word}, chair {chair}", ((f"Chair {chair} is now", state),)
    told = ConflictDialog(
        conflict,
        title=word,
        mine=(),
        fresh=room.visits.get(command.visit) if isinstance(command, cmd.VisitCommand) else None,
        stands=stands,
        timezone=app.board.timezone if app.board else "UTC",
    )
    await app.push_screen(told, decided)
