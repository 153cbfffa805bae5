"""The terminals that keys have open on this machine, and how they are ended when a key is taken back."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Final, NamedTuple

from infusionroom.access.serve_command import BadCommand, served

_SERVE: Final = ("infusionroom", "access", "serve")


class OpenTerminal(NamedTuple):
    """A process that serves a key."""

    pid: int
    user: str
    key: str


def open_terminals(processes: Path = Path("/proc")) -> list[OpenTerminal]:
    """What this machine serves over SSH now, as far as its system tells; none where it does not."""
    found = []
    for folder in processes.glob("[0-9]*"):
        if (terminal := _serving(folder)) is not None:
            found.append(terminal)
    return sorted(found)


def _serving(folder: Path) -> OpenTerminal | None:
    try:
        words = (folder / "cmdline").read_bytes().decode("utf-8", "surrogateescape").split("\0")[:-1]
    except OSError:
        return None
    for at in range(len(words) - 2):
        if tuple(words[at : at + 3]) == _SERVE:
            try:
                user, key, _ = served(tuple(words[at + 3 :]))
            except BadCommand:
                return None
            return OpenTerminal(int(folder.name), user, key)
    return None


def end_terminal(terminal: OpenTerminal, processes: Path = Path("/proc")) -> bool:
    """Ends it, so that it gives the screen back and says that it was ended; False where that may not be done."""
    try:
        # The descriptor stands for that process alone, also if its number has been given to another since.
        descriptor = os.pidfd_open(terminal.pid)
        try:
            if _serving(processes / str(terminal.pid)) == terminal:
                signal.pidfd_send_signal(descriptor, signal.SIGTERM)
        finally:
            os.close(descriptor)
    except ProcessLookupError:
        # It has heard of it and left.
        return True
    except OSError:
        return False
    return True
