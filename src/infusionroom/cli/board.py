"""`infusionroom` alone: the live board. On this way nothing is imported that the first paint does not need."""

from __future__ import annotations

import gc
import sys

from infusionroom.cli.endings import USAGE, complain
from infusionroom.settings import resolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from infusionroom.services.clock import Clock
    from infusionroom.services.room import RoomService
    from infusionroom.settings import Settings
    from infusionroom.tui.app import WriteSummary
    from infusionroom.tui.following_app import OpenRoom
    from infusionroom.tui.live import RoomLike

NEEDS_A_TERMINAL = (
    "The board needs a terminal, and this is not one. "
    "Over SSH ask for it with “ssh -t”; for scripts use “infusionroom status”."
)


def run_board(store: str | None, user: str | None, *, read_only: bool = False) -> int:
    """Shows the board until it is left; the exit status. Raises `BadSetting`."""
    if not has_terminal():
        complain(NEEDS_A_TERMINAL)
        return USAGE
    settings = resolved(store, user)

    def open_room() -> RoomService:
        from infusionroom.bootstrap import open_room

        return open_room(settings.store, read_only=read_only)

    def open_demo() -> RoomService:
        from infusionroom.demo import Demonstration

        return Demonstration(open_with_clock).open()

    return show_board(settings, open_room, open_demo=open_demo, write_summary=write_summary)


def show_board(
    settings: Settings,
    open_room: OpenRoom,
    *,
    open_demo: OpenRoom | None = None,
    write_summary: WriteSummary | None = None,
    by_key: str = "",
) -> int:
    """Shows the board of the room that `open_room` opens, as `run_app` does; the exit status."""
    # What a start makes is no garbage, and looking for some takes a seventh of it; `tui.preload` turns it on again.
    gc.disable()
    from infusionroom.tui import environment  # noqa: F401  # before asyncio and Textual are loaded
    from infusionroom.tui.app import run_app  # isort: skip

    return run_app(
        open_room,
        actor=settings.user,
        terminal=settings.terminal,
        open_demo=open_demo,
        write_summary=write_summary,
        by_key=by_key,
    )


def write_summary(room: RoomLike, folder: Path) -> list[Path]:
    """Writes today's summary in all its formats; the files. Raises `SummaryRefused` and the room's errors."""
    from infusionroom.report import FORMATS
    from infusionroom.report.writing import write
    from infusionroom.services.room import RoomService
    from infusionroom.services.summary import day_summary

    assert isinstance(room, RoomService)
    return write(day_summary(room, room.day()), FORMATS, folder)


def has_terminal() -> bool:
    """Whether a screen can be shown here."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def open_with_clock(store: str, clock: Clock) -> RoomService:
    """A room that lives by a clock of its own."""
    from infusionroom.bootstrap import open_room

    return open_room(store, clock=clock)
