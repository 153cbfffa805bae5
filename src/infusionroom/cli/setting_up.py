"""`infusionroom setup`: the room's name, time zone, hours, chairs and first user, without a screen."""

from __future__ import annotations

from typing import Annotated

import typer

from infusionroom.cli.endings import DONE, USAGE, Ended
from infusionroom.cli.terminal import Terminal, hour_named, refused, say


def set_up(
    ctx: typer.Context,
    name: Annotated[str, typer.Option(help="What the room is called.")],
    timezone: Annotated[str, typer.Option(help="The room's time zone, for instance America/New_York.")],
    opens: Annotated[str, typer.Option(help="When the door opens, by the room's wall clock.")] = "07:00",
    closes: Annotated[str, typer.Option(help="When the door closes.")] = "18:00",
    chairs: Annotated[int, typer.Option(help="How many chairs; they are numbered from 1.")] = 8,
) -> int:
    """Set up the room in a new store.

    Makes the store, readable by you alone, and the room in it. --user NAME is the first person on the staff list,
    a charge nurse. A store that already holds a room is refused (exit 1) and stays as it is.
    """
    terminal: Terminal = ctx.obj
    from infusionroom.bootstrap import open_room
    from infusionroom.domain.commands import SetUpRoom
    from infusionroom.domain.decide import NotAllowed, decide
    from infusionroom.domain.names import readable
    from infusionroom.domain.outcome import Done, Refused
    from infusionroom.domain.room import Room
    from infusionroom.services.clock import SystemClock

    command = SetUpRoom(
        name=_named(name),
        timezone=_zone_named(timezone),
        opens=hour_named("--opens", opens),
        closes=hour_named("--closes", closes),
        chairs=chairs,
        first_user=terminal.actor,
    )
    clock = terminal.clock or SystemClock()
    try:
        # Asked before the store is made, so that a slip leaves none behind.
        decide(Room(), command, now=clock.now(), actor=terminal.actor, command_id="")
    except NotAllowed as no:
        raise refused(Refused("", no.reasons)) from None
    room = open_room(terminal.settings.store, read_only=terminal.read_only, clock=clock)
    try:
        outcome = room.execute(command, actor=terminal.actor, terminal=terminal.name)
        where = room.store.url_for_display
    finally:
        room.close()
    if isinstance(outcome, Refused):
        raise refused(outcome)
    assert isinstance(outcome, Done)
    say(
        f"The room “{readable(command.name)}” is set up: {chairs} chairs, "
        f"open {command.opens:%H:%M} to {command.closes:%H:%M} "
        f"({timezone}), first user {terminal.actor}."
    )
    say(f"Its store is {where}. “infusionroom” shows the board.")
    return DONE


def _named(name: str) -> str:
    if not name.strip() or len(name) > 200:
        raise Ended(USAGE, "--name: a room has a name of 1 to 200 characters.")
    return name


def _zone_named(timezone: str) -> str:
    if not timezone.strip():
        raise Ended(USAGE, "--timezone: say which, for instance America/New_York.")
    return timezone
