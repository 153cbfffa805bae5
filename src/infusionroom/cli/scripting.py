"""`infusionroom do`: commands as JSON, one a line."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from infusionroom.cli.endings import DONE, REFUSED, Ended
from infusionroom.cli.terminal import Terminal, say, say_bytes


def do(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(help="A file of commands; - or nothing for standard input.")] = "-",
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of commands and outcomes.")
    ] = False,
) -> int:
    """Give commands to the room: one JSON object a line in, one JSON outcome a line out.

    The same rules hold as on the screen. An outcome is done (with the entries that were written), refused (with
    every reason) or conflict (somebody else changed the visit after expected_version). A line that is no command
    is refused and the next one is read; blank lines are passed over.

    \b
    {"command":"arrive","visit":"PL-1/FI-1","at":"-10"}
    {"command":"seat","visit":"PL-1/FI-1","chair":3}
    {"command":"record","visit":"PL-1/FI-1",
     "fact":{"kind":"pain_rated","nrs":6}}       (on one line)

    “visit” is the visit's id or the sender's appointment as placer/filler. “at” is when it happened: -10 (minutes
    ago), 10:25, or ISO 8601 with offset; absent, now. “id” makes a command safe to send twice. Amounts are exact
    decimals, as numbers or as text.

    Exit status 0 when every line was done, 1 when any was not, 3 when the store went out of reach: the line in hand
    is then unanswered, and giving it again with the same id is safe.
    """
    if schema:
        from infusionroom.services.script_schema import script_schema

        say(json.dumps(script_schema(), indent=2, ensure_ascii=False))
        return DONE
    terminal: Terminal = ctx.obj
    from infusionroom.services.scripting import run_script

    with ExitStack() as stack:
        lines = stack.enter_context(_opened(file)) if file != "-" else _standard_input()
        room = stack.enter_context(terminal.room())
        all_done = run_script(room, lines, say_bytes, actor=terminal.actor, terminal=terminal.name)
    return DONE if all_done else REFUSED


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise Ended(REFUSED, "There is no standard input to read commands from: name a file.")
    return sys.stdin.buffer


def _opened(file: str) -> BinaryIO:
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise Ended(REFUSED, f"{file}: {error.strerror}.") from None
