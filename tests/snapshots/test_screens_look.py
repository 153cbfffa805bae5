"""How the main screens look, at a fixed moment in a window of a fixed size: a change here is meant, or it is a fault.

After a change that is meant: pytest tests/snapshots --snapshot-update, and look at what it made.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from tests.tui.boards import eight_chairs
from tests.tui.cardboard_room import CardboardRoom
from tests.tui.conftest import morning_file, room, store_file, terminal
from tests.tui.stage import StagedApp, until
from textual.pilot import Pilot

from infusionroom.services.room import RoomService
from infusionroom.tui.app import InfusionRoomApp

__all__ = ["morning_file", "room", "store_file", "terminal"]

SnapCompare = Callable[..., bool]


def staged(service: RoomService | CardboardRoom) -> StagedApp:
    """The app, with what flashes shown steadily: a picture has no time in it."""
    app = StagedApp(service, actor="RN Lee", terminal="desk")
    app.reverse_video = True
    return app


def opened(*keys: str) -> Callable[[Pilot[int]], Awaitable[None]]:
    """Waits for the board, then presses keys."""

    async def act(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, StagedApp)
        await until(app, pilot, lambda: app.board is not None)
        await pilot.press(*keys)
        app.home.forget_digits()
        app.home.repaint()
        await pilot.pause()

    return act


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
def test_the_board(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app: InfusionRoomApp = staged(CardboardRoom(eight_chairs()))
    assert snap_compare(app, terminal_size=size, run_before=opened("3"))


def test_the_board_in_a_large_window(snap_compare: SnapCompare, room: RoomService) -> None:
    assert snap_compare(staged(room), terminal_size=(200, 60), run_before=opened("3"))


def test_the_visit(snap_compare: SnapCompare, room: RoomService) -> None:
    assert snap_compare(staged(room), terminal_size=(120, 40), run_before=opened("1", "enter"))


def test_a_form(snap_compare: SnapCompare, room: RoomService) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await opened("1", "v")(pilot)
        from textual.widgets import Input

        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False
        await pilot.pause()

    assert snap_compare(staged(room), terminal_size=(120, 40), run_before=act)


def test_the_schedule(snap_compare: SnapCompare, room: RoomService) -> None:
    assert snap_compare(staged(room), terminal_size=(120, 40), run_before=opened("t"))
