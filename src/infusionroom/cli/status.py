"""`infusionroom status`: the board of a clinic day, now or as it was known at a time."""

from __future__ import annotations

from typing import Annotated

import typer

from infusionroom.cli.endings import DONE, REFUSED, Ended
from infusionroom.cli.terminal import Terminal, day_named, harmless_json, moment_named, say


def show_status(
    ctx: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="One JSON object of a stable shape.")] = False,
    date: Annotated[
        str | None,
        typer.Option(help="The clinic day: YYYY-MM-DD, today (default), yesterday, tomorrow."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(help="As it was known then: 10:25 (on that day), -10, or ISO 8601 with offset."),
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of --json.")] = False,
) -> int:
    """Print the board of a clinic day.

    With --at the board is told from what had been recorded by that time, as a screen showed it then: what was
    entered later is not in it. In the JSON every visit of the day has its id, the sender's appointment ids, the
    times of all milestones in UTC, infusion, vitals, scores and both lists with every missing point named.
    """
    import msgspec

    from infusionroom.services.status import Status, status_of

    if schema:
        schema_text = msgspec.json.encode(msgspec.json.schema(Status))
        say(msgspec.json.format(schema_text, indent=2).decode("utf-8"))
        return DONE
    terminal: Terminal = ctx.obj
    with terminal.room() as room:
        day = day_named(date, room)
        then = moment_named("--at", at, room, day) if at is not None else None
        now = then or room.clock.now()
        known = room.room_on(day, at=then)
        if known.clinic is None:
            raise Ended(REFUSED, "No room was set up in this store by then.")
        status, board = status_of(known, day, now, then)
    if json:
        say(harmless_json(msgspec.json.encode(status).decode("utf-8")))
    else:
        from infusionroom.cli.status_text import status_text

        say(status_text(status, board))
    return DONE
