"""The program's way in: straight to the board where nothing else is asked, else to the command line."""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from infusionroom.services.clock import Clock


def main() -> None:
    """What the `infusionroom` command runs; ends the process with its exit status."""
    # What imports make is no garbage, and looking for some takes time: commands turn it on again, a board at rest.
    gc.disable()
    try:
        status = run(sys.argv[1:])
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


def run(arguments: Sequence[str], clock: Clock | None = None) -> int:
    """The exit status of this command line; by the machine's clock unless another is given."""
    from infusionroom.cli.endings import REFUSED, complain, guarded

    if sys.stdout is None:
        # Refused before anything is done: whoever cannot be answered could not know what was.
        complain("There is no standard output to answer on.")
        return REFUSED
    _speak_utf8()
    return guarded(lambda: _asked(arguments, clock))


def _asked(arguments: Sequence[str], clock: Clock | None) -> int:
    from infusionroom.cli.arguments import asked

    line = asked(arguments)
    if line.rest:
        gc.enable()
    match line.rest:
        case ():
            from infusionroom.cli.board import run_board

            return run_board(line.store, line.user, read_only=line.read_only)
        case ("--version",):
            from infusionroom import __version__

            sys.stdout.write(f"infusionroom {__version__}\n")
            return 0
        case ("access", "serve", *words):
            # Not by the table of commands: typer is nothing that the first paint needs.
            from infusionroom.cli.serving import serve

            return serve(line, words, clock)
        case _:
            from infusionroom.cli.commands import run_command
            from infusionroom.cli.terminal import Terminal

            terminal = Terminal(line.store, line.user, clock, read_only=line.read_only)
            return run_command(line.rest, terminal)


def _speak_utf8() -> None:
    """Whatever the locale: names are not to fail on it, nor to break a line of JSON."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


if __name__ == "__main__":
    main()
