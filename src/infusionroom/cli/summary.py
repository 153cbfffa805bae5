"""`infusionroom summary`: the day's figures, for reading and for the back office."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from infusionroom.cli.endings import DONE, REFUSED, USAGE, Ended
from infusionroom.cli.terminal import Terminal, day_named, harmless_json, say


def summarise(
    ctx: typer.Context,
    date: Annotated[
        str | None,
        typer.Option(help="The clinic day: YYYY-MM-DD, today (default), yesterday, tomorrow."),
    ] = None,
    format: Annotated[str, typer.Option(help="json, csv, md, html; with --output several, by commas.")] = "",
    output: Annotated[
        Path | None,
        typer.Option(help="A folder for the files; without it the summary goes to standard output."),
    ] = None,
) -> int:
    """Export the summary of a clinic day.

    Every visit with its times, minutes, amounts, pauses, pain and scores, what was overridden and why, and the
    room's figures. People who are still here are counted as still here. Without --output one format (default md)
    goes to standard output; with it each format (default all four) becomes a file of its own, readable by you
    alone. The same day gives the same bytes.
    """
    terminal: Terminal = ctx.obj
    wanted = _formats(format, several=output is not None)
    from infusionroom.report import render
    from infusionroom.report.writing import SummaryRefused, write
    from infusionroom.services.summary import day_summary

    with terminal.room() as room:
        figures = day_summary(room, day_named(date, room))
    if output is None:
        text = render(figures, wanted[0])
        sys.stdout.write(harmless_json(text) if wanted[0] == "json" else text)
        return DONE
    try:
        for path in write(figures, wanted, output):
            say(str(path))
    except SummaryRefused as refused:
        raise Ended(REFUSED, str(refused)) from None
    return DONE


def _formats(text: str, *, several: bool) -> list[str]:
    from infusionroom.report import FORMATS

    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    wanted = list(dict.fromkeys(words)) or (list(FORMATS) if several else ["md"])
    unknown = [word for word in wanted if word not in FORMATS]
    if unknown:
        raise Ended(USAGE, f"--format {unknown[0][:20]}: the formats are {', '.join(FORMATS)}.")
    if not several and len(wanted) > 1:
        raise Ended(
            USAGE, "--format: standard output takes one format; name a folder with --output for several."
        )
    return wanted
