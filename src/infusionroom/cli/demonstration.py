"""`infusionroom demo`: a plausible day to look around in, on a store that is thrown away."""

from __future__ import annotations

from typing import Annotated

import typer

from infusionroom.cli.board import NEEDS_A_TERMINAL, has_terminal, open_with_clock, write_summary
from infusionroom.cli.endings import REFUSED, USAGE, Ended
from infusionroom.cli.terminal import hour_named


def demo(
    at: Annotated[
        str, typer.Option(help="The time of day it starts at, by the room's wall clock.")
    ] = "10:42",
    speed: Annotated[
        float, typer.Option(min=0.001, max=3600, help="How many times as fast as the clock on the wall.")
    ] = 1,
    seed: Annotated[int | None, typer.Option(help="Which day: the same number is the same day.")] = None,
) -> int:
    """Look around in a demonstration day.

    A made-up clinic of eight chairs with made-up patients, live, by the same rules as a real room. It needs no
    network, and nothing of it is kept.
    """
    moment = hour_named("--at", at)
    if not has_terminal():
        raise Ended(USAGE, NEEDS_A_TERMINAL)
    from infusionroom.demo import CHARGE_NURSE, DEFAULT_SEED, TERMINAL, BadDemonstration, run
    from infusionroom.tui.app import run_app

    try:
        return run(
            moment,
            speed,
            DEFAULT_SEED if seed is None else seed,
            open_room=open_with_clock,
            show=lambda room: run_app(
                room, actor=CHARGE_NURSE, terminal=TERMINAL, write_summary=write_summary
            ),
        )
    except BadDemonstration as error:
        raise Ended(REFUSED, str(error)) from None
