"""`infusionroom wall`: the room for a screen that everybody can see; read, and never written."""

from __future__ import annotations

import typer

from infusionroom.cli.terminal import Terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from infusionroom.services.room import RoomService


def wall(ctx: typer.Context) -> int:
    """Show the room on a wall: large, read-only, initials only.

    Chair, initials, state, timer and alarm mark, as large as the window lets all chairs be; no name, diagnosis, dose,
    birth date or record number reaches the terminal. It takes no keys but q, which leaves it when pressed twice.
    """
    terminal: Terminal = ctx.obj
    store = terminal.settings.store
    from infusionroom.tui.wall_app import run_wall

    def opened() -> RoomService:
        from infusionroom.bootstrap import open_room
        from infusionroom.services.errors import RoomAbsent, RoomRefused

        try:
            return open_room(store, create=False, read_only=True, clock=terminal.clock)
        except RoomAbsent:
            raise RoomRefused(terminal.no_room().sentence) from None

    return run_wall(opened)
