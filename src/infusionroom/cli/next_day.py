"""`infusionroom next-day`: who comes next, to which chair, and what is special about each, for printing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Final

import typer

from infusionroom.cli.endings import DONE, USAGE, Ended, complain
from infusionroom.cli.output import put_out
from infusionroom.cli.terminal import Terminal, clinic_of, day_named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infusionroom.report.next_day_formats import NextDayFormat
    from infusionroom.services.room import RoomService

LOOK_AHEAD_DAYS: Final = 60


def next_day(
    ctx: typer.Context,
    date: Annotated[
        str | None,
        typer.Option(
            help="The clinic day: YYYY-MM-DD, today, tomorrow (default: the next day with somebody planned)."
        ),
    ] = None,
    format: Annotated[str, typer.Option(help="text, html or pdf.")] = "text",
    out: Annotated[str, typer.Option(help="A file to write; - for standard output.")] = "-",
) -> int:
    """Print the list of the next day.

    For each person, by time: chair, birth date and record number, day of the course, planned dose, what is special
    (consent, escort, weight, allergies, first time, who needs an early start), whom to ring; then the chairs. Without
    --date it is the next day on which somebody is planned, else the next working day. A file is readable by
    you alone.
    """
    terminal: Terminal = ctx.obj
    wanted = _format(format)
    from infusionroom.domain.working_days import closed_because
    from infusionroom.report.next_day import next_day_of
    from infusionroom.report.next_day_formats import render_next_day

    with terminal.room() as room:
        clinic = clinic_of(room)
        day = day_named(date, room) if date is not None else next_planned_day(room)
        closed = closed_because(clinic, _holidays(room, day, day), day)
        listed = next_day_of(room.room_on(day), day, room.clock.now(), closed)
    put_out(render_next_day(listed, wanted), out, what="The list", binary=wanted == "pdf")
    return DONE


def next_planned_day(room: RoomService) -> dt.date:
    """The first day after today with somebody planned; where there is none, the next working day."""
    from infusionroom.domain.visit import Phase
    from infusionroom.domain.working_days import next_working_day

    today = room.day()
    last = today + dt.timedelta(days=LOOK_AHEAD_DAYS)
    rows = room.booked(today + dt.timedelta(days=1), last)
    planned = min((row.day for row in rows if row.phase == Phase.PLANNED), default=None)
    return planned or next_working_day(clinic_of(room), _holidays(room, today, last), today)


def _holidays(room: RoomService, first: dt.date, last: dt.date) -> Mapping[dt.date, str]:
    """The holidays by law; a region that nobody knows is said, and the list is printed all the same."""
    from infusionroom.services.holiday_calendar import UnknownRegion

    try:
        return room.holidays(first, last)
    except UnknownRegion as unknown:
        complain(str(unknown))
        return {}


def _format(text: str) -> NextDayFormat:
    from infusionroom.report.next_day_formats import NEXT_DAY_FORMATS

    for known in NEXT_DAY_FORMATS:
        if text.strip().lower() == known:
            return known
    raise Ended(USAGE, f"--format {text[:20]}: the formats are {', '.join(NEXT_DAY_FORMATS)}.")
