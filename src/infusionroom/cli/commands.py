"""The table of commands. What each does is imported when it runs: --help loads no database and no screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer

from infusionroom.cli import (
    access,
    checking,
    demonstration,
    importing,
    journal,
    letter,
    next_day,
    scripting,
    setting_up,
    staff,
    status,
    store_keeping,
    summary,
    wall,
)
from infusionroom.cli.endings import USAGE
from infusionroom.cli.terminal import Terminal

_HELP = """
Runs the day of an infusion room, in a terminal. Without a command: the live board.

\b
Before or after any command:
  --store ADDRESS  the store: sqlite:////srv/room.sqlite or
                   postgresql+psycopg://user@host/name
                   (else INFUSIONROOM_STORE, else a file of your own)
  --user NAME      who gives the commands
                   (else INFUSIONROOM_USER, else the system's user)
  --read-only      look, and write nothing, whatever is asked
  --version        (alone) the version

\b
Exit status: 0 done, 1 refused or bad input (or an error in the program,
with a reference number), 2 wrong usage, 3 store unreachable or failing
its check.
"""


def _no_command() -> None:
    """Nothing is shared between commands but the terminal they are given from."""


def application() -> typer.Typer:
    """The commands, in the order in which a room needs them."""
    app = typer.Typer(
        name="infusionroom",
        help=_HELP,
        add_completion=False,
        no_args_is_help=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
    )
    app.callback(help=_HELP)(_no_command)
    for name, command, short in (
        ("setup", setting_up.set_up, "Set up the room in a new store."),
        ("import", importing.import_schedule, "Read a day's schedule: CSV, HL7 v2, FHIR."),
        ("status", status.show_status, "Print the board, now or as known at a time."),
        ("do", scripting.do, "Give commands to the room as JSON lines."),
        ("log", journal.log, "Print the journal."),
        ("summary", summary.summarise, "Export the summary of a day."),
        ("next-day", next_day.next_day, "Print who comes next, and what is special."),
        ("check", checking.check, "Verify the store."),
        ("demo", demonstration.demo, "Look around in a demonstration day."),
        ("wall", wall.wall, "Show the room on a wall: initials only."),
    ):
        app.command(name, short_help=short)(command)
    app.add_typer(letter.letters(), short_help="Write the letter to a patient's own pain physician.")
    app.add_typer(
        store_keeping.stores(), short_help="Move a room to another database, and tell how it stands."
    )
    app.add_typer(staff.staff(), short_help="Say who works here, in which roles, and set PINs.")
    app.add_typer(access.accesses(), short_help="Say whose key opens the room over SSH.")
    return app


def run_command(arguments: Sequence[str], terminal: Terminal) -> int:
    """Runs one command line; its exit status. Raises whatever the command raises, but for wrong usage."""
    try:
        ended: Any = application()(
            list(arguments), prog_name="infusionroom", standalone_mode=False, obj=terminal
        )
    except typer.Abort:
        raise KeyboardInterrupt from None
    except Exception as error:
        # Wrong usage comes as an exception of typer's that knows how to show itself.
        show = getattr(error, "show", None)
        if show is None or not hasattr(error, "exit_code"):
            raise
        show()
        return USAGE
    return ended if isinstance(ended, int) else 0
