"""Commands of one key, without a form: given at once, and what became of them said where no form could say it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain.outcome import Conflict, Refused
from infusionroom.domain.words import command_word
from infusionroom.services.errors import RoomError, RoomUnreachable
from infusionroom.tui.present.marks import CHAIR_WORD

if TYPE_CHECKING:
    from infusionroom.domain.visit import Visit
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
    await read_anew(app)
    room, chair = app.room_state, getattr(command, "chair", None)
    title = command_word(cmd.name_of(command))
    stands: tuple[tuple[str, str], ...] = ()
    if isinstance(chair, int):
        taken = room.occupant(chair)
        state = "taken" if taken is not None else CHAIR_WORD[room.state_unless_taken(chair)]
        title, stands = f"{title}, chair {chair}", ((f"Chair {chair} is now", state),)

    def decided(redo: bool | None) -> None:
        if redo:
            app.call_later(give, app, replace(command, id=None, expected_version=conflict.version))

    visit = room.visits.get(command.visit) if isinstance(command, cmd.VisitCommand) else None
    await show_lost(app, conflict, decided, title=title, visit=visit, stands=stands)


async def read_anew(app: InfusionRoomApp) -> None:
    """The room as it stands, with what the feed has not brought yet."""
    if app.room is not None:
        with suppress(RoomError):
            await asyncio.to_thread(app.room.refresh)
    app.refresh_board()


async def show_lost(
    app: InfusionRoomApp,
    conflict: Conflict,
    decided: Callable[[bool | None], None],
    *,
    title: str,
    mine: Sequence[tuple[str, str]] = (),
    visit: Visit | None = None,
    stands: Sequence[tuple[str, str]] = (),
) -> None:
    """Shows a lost race where there is no form; `decided` is told whether to enter mine after theirs."""
    from infusionroom.tui.forms.dialogs import ConflictDialog
    from infusionroom.tui.present.dialog_words import lost_words

    timezone = app.board.timezone if app.board else "UTC"
    told = lost_words(conflict, title=title, mine=mine, visit=visit, stands=stands, timezone=timezone)
    await app.push_screen(ConflictDialog(told, timezone, app.now()), decided)
