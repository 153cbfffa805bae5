"""The program on a stage: a clock that the test moves, and waits that end when it is so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from infusionroom.tui.app import InfusionRoomApp
from infusionroom.tui.live import RoomLike
from infusionroom.tui.present.cells import text_of

DEADLINE_S = 20.0


class StagedApp(InfusionRoomApp):
    """The app, telling the test each time that it has shown a new board or said something."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = asyncio.Event()
        self.said: list[str] = []

    def refresh_board(self, *, kept_up: bool = False) -> None:
        super().refresh_board(kept_up=kept_up)
        self.shown.set()

    def notify(self, message: str, **kwargs: Any) -> None:
        self.said.append(message)
        super().notify(message, **kwargs)
        self.shown.set()


@asynccontextmanager
async def on_stage(
    room: RoomLike | Callable[[], RoomLike],
    size: tuple[int, int] = (120, 40),
    *,
    actor: str = "RN Lee",
    terminal: str = "desk",
    opened: bool = True,
    **kwargs: Any,
) -> AsyncIterator[tuple[StagedApp, Pilot[int]]]:
    """The app in a terminal of `size`, with its room open unless `opened` is False."""
    app = StagedApp(room, actor=actor, terminal=terminal, **kwargs)
    async with app.run_test(size=size) as pilot:
        if opened:
            await until(app, pilot, lambda: app.room_state is not None)
        yield app, pilot


async def until(app: StagedApp, pilot: Pilot[int], so: Callable[[], bool]) -> None:
    """Waits until something is so, woken by each new board and each sentence."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + DEADLINE_S
    while True:
        app.shown.clear()
        await pilot.pause()
        if so():
            return
        assert loop.time() < deadline, "it did not come about in time"
        try:
            await asyncio.wait_for(app.shown.wait(), 0.05)
        except TimeoutError:
            continue


def screen_text(app: InfusionRoomApp) -> str:
    """What the terminal shows, line by line."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text[:width].rstrip() for strip in strips[:height])


def pane_text(app: InfusionRoomApp, name: str) -> str:
    """What one pane of the board shows."""
    return "\n".join(text_of(line) for line in app.home._panes[name]._lines)
