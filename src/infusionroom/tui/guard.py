"""What ends the process when its terminal or its parent is gone, or when its event loop has died.

A terminal program that outlives its terminal spins on end of input and may hold a lock that others wait for.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import threading
from collections.abc import Callable

LOOK_EVERY_S = 1.0
LOOKS_TO_LEAVE = 3
LOOKS_WITHOUT_A_BEAT = 30
HUNG_UP = 129


def can_run_here() -> str | None:
    """The sentence why a screen cannot be shown here, or None."""
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    if all(stream is not None and _is_terminal(stream.fileno) for stream in streams):
        return None
    return (
        "The board needs a terminal, and this is not one. "
        "Over SSH ask for it with `ssh -t`; for scripts use `infusionroom status`."
    )


def _is_terminal(fileno: Callable[[], int]) -> bool:
    try:
        return os.isatty(fileno())
    except (OSError, ValueError):
        return False


def leave_on_signals(
    loop: asyncio.AbstractEventLoop, leave: Callable[[], object], ended: Callable[[], object]
) -> None:
    """A hang-up ends the program as its own key does; a termination besides has somebody who can still read why."""
    loop.add_signal_handler(signal.SIGHUP, leave)
    loop.add_signal_handler(signal.SIGTERM, ended)
    # Each hang-up brings SIGCONT along. Textual takes it for the end of a suspension and starts a second thread that
    # reads keys; leaving ends one of the two, and the other spins on the end of input for ever.
    signal.signal(signal.SIGCONT, signal.SIG_DFL)
    # What would then be suspended could not come back, so nothing is.
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)


class Guard(threading.Thread):
    """Looks once a second whether terminal, parent and event loop are still there.

    When one is gone it asks the app to leave, and ends the process if that is not done after a few more looks. It
    looks on when the app has left, for something may keep the process then. Looks are counted and not timed: a
    machine that slept has not lost its terminal.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        leave: Callable[[], object],
        *,
        terminal: int = 0,
        end: Callable[[int], object] = os._exit,
    ) -> None:
        super().__init__(name="infusionroom-guard", daemon=True)
        self._loop, self._leave, self._end = loop, leave, end
        self._terminal = terminal
        self._parent = os.getppid()
        self._left = False
        self._beat = threading.Event()
        self._missed = 0
        self._leaving = 0

    def app_left(self) -> None:
        """Nobody is asked to leave any more, and the event loop may end."""
        self._left = True

    def run(self) -> None:
        never = threading.Event()
        while not never.wait(LOOK_EVERY_S):
            if self.look():
                return

    def look(self) -> bool:
        """One look; True when the process had to be ended."""
        if self._leaving:
            self._leaving += 1
            if self._leaving > LOOKS_TO_LEAVE:
                self._end(HUNG_UP)
                return True
            return False
        gone = self._terminal_gone() or os.getppid() != self._parent
        if self._left:
            self._leaving = int(gone)
            return False
        self._missed = 0 if self._beat.is_set() else self._missed + 1
        self._beat.clear()
        if self._missed > LOOKS_WITHOUT_A_BEAT:
            self._end(HUNG_UP)
            return True
        try:
            self._loop.call_soon_threadsafe(self._beat.set)
            if gone:
                self._leaving = 1
                self._loop.call_soon_threadsafe(self._leave)
        except RuntimeError:
            # The loop is closed, and the app did not leave: whatever still runs has nothing to wait for.
            self._leaving = int(gone or not self._left)
        return False

    def _terminal_gone(self) -> bool:
        poll = select.poll()
        poll.register(self._terminal, 0)
        return any(what & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, what in poll.poll(0))
