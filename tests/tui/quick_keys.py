"""Keys as fast as the app deals with them."""

from __future__ import annotations

import asyncio
from time import monotonic, process_time

from textual._context import active_app
from textual.pilot import Pilot

LOOK_S = 0.005
IDLE = 0.05


async def dealt_with(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """In place of Textual's wait after a key: until next to nothing is computed and every widget has had its turn.

    Textual itself looks every 20 ms, and that twice for each key.
    """
    end = monotonic() + max_sleep
    while True:
        spent = process_time()
        await asyncio.sleep(LOOK_S)
        if process_time() - spent < IDLE * LOOK_S or monotonic() > end:
            break
    await Pilot(active_app.get())._wait_for_screen()
