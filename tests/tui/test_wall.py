"""The wall view lives: it follows the room, says when it cannot, and takes no keys but the one that leaves it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
from tests.tui.boards import at, eight_chairs
from tests.tui.cardboard_room import GONE, CardboardRoom
from tests.tui.test_board_screen import visit_of
from textual.pilot import Pilot

from infusionroom.domain import commands as cmd
from infusionroom.services.errors import RoomRefused
from infusionroom.services.room import RoomService
from infusionroom.tui.live import RoomLike
from infusionroom.tui.wall_app import WallApp

DEADLINE_S = 20.0


@asynccontextmanager
async def on_the_wall(
    room: RoomLike | Callable[[], RoomLike], size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[WallApp, Pilot[int]]]:
    app = WallApp(room if callable(room) else lambda: room)
    async with app.run_test(size=size) as pilot:
        yield app, pilot


def screen_text(app: WallApp) -> str:
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


async def until(pilot: Pilot[int], so: Callable[[], bool]) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + DEADLINE_S
    while not so():
        assert loop.time() < deadline, "it did not come about in time"
        await pilot.pause()


async def test_what_a_terminal_enters_the_wall_shows(terminal: Callable[[], RoomService]) -> None:
    desk, wall = terminal(), terminal()
    async with on_the_wall(wall) as (app, pilot):
        await until(pilot, lambda: "2 infusing  1 paused" in screen_text(app))
        desk.execute(cmd.Pause(visit=visit_of(desk, "Marlowe"), why="dizzy"), actor="RN Lee", terminal="desk")
        await until(pilot, lambda: "1 infusing  2 paused" in screen_text(app))
        assert "dizzy" not in screen_text(app)


async def test_between_minutes_nothing_is_painted() -> None:
    room = CardboardRoom(eight_chairs())
    async with on_the_wall(room) as (app, pilot):
        await until(pilot, lambda: app.wall is not None)
        painted = app._lines.repainted
        room.clock.advance(seconds=30)
        app.refresh_wall()
        await pilot.pause()
        assert app._lines.repainted == painted
        room.clock.move_to(at(10, 43))
        app.refresh_wall()
        await pilot.pause()
        assert painted < app._lines.repainted <= painted + 3, "the clock's last digit"


async def test_a_store_out_of_reach_leaves_the_wall_with_its_age() -> None:
    room = CardboardRoom(eight_chairs())
    async with on_the_wall(room) as (app, pilot):
        await until(pilot, lambda: app.wall is not None)
        room.lose()
        await until(pilot, lambda: "out of reach" in screen_text(app))
        room.clock.advance(minutes=4)
        app.refresh_wall()
        await pilot.pause()
        assert "store out of reach: as it was known at 10:42" in screen_text(app)
        assert GONE not in screen_text(app)
        room.find_again()
        await until(pilot, lambda: "out of reach" not in screen_text(app))


async def test_a_wall_that_starts_while_the_store_is_away_comes_by_itself() -> None:
    room = CardboardRoom(eight_chairs())
    room.lose()
    async with on_the_wall(room) as (app, pilot):
        await until(pilot, lambda: "Trying again" in screen_text(app))
        room.find_again()
        await until(pilot, lambda: "2 infusing" in screen_text(app))


async def test_a_room_that_is_not_set_up_says_so(empty_room: RoomService) -> None:
    async with on_the_wall(empty_room) as (app, pilot):
        await until(pilot, lambda: "No room is set up" in screen_text(app))


async def test_a_store_that_cannot_be_used_ends_the_wall_with_the_reason() -> None:
    def opening() -> RoomLike:
        raise RoomRefused("This store was made by a newer version. Install it.")

    async with on_the_wall(opening) as (app, pilot):
        await until(pilot, lambda: app.return_code is not None)
        assert (app.return_code, app.unusable) == (1, "This store was made by a newer version. Install it.")


async def test_no_key_does_anything_but_q_twice() -> None:
    room = CardboardRoom(eight_chairs())
    async with on_the_wall(room) as (app, pilot):
        await until(pilot, lambda: app.wall is not None)
        before = screen_text(app)
        await pilot.press("3", "p", "enter", "a", "f5", "ctrl+p", "slash", "escape")
        assert screen_text(app) == before
        assert room.told == []
        await pilot.press("ctrl+c")
        assert "Ctrl+C ends nothing" in screen_text(app)
        await pilot.press("q")
        assert "q again" in screen_text(app)
        assert app.return_code is None
        await pilot.press("q")
    assert app.return_code == 0


async def test_a_larger_window_brings_larger_letters() -> None:
    room = CardboardRoom(eight_chairs())
    async with on_the_wall(room, (80, 24)) as (app, pilot):
        await until(pilot, lambda: app.wall is not None)
        assert "██████" not in screen_text(app)
        await pilot.resize_terminal(200, 60)
        await until(pilot, lambda: "██████" in screen_text(app))


async def test_another_number_of_chairs_is_another_wall() -> None:
    room = CardboardRoom(eight_chairs())
    async with on_the_wall(room) as (app, pilot):
        await until(pilot, lambda: app.wall is not None)
        room.show(msgspec.structs.replace(eight_chairs(), chairs=eight_chairs().chairs[:3]))
        await until(pilot, lambda: app.wall is not None and len(app.wall.chairs) == 3)
