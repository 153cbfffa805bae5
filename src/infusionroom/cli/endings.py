"""How a command ends: 0 done, 1 refused or bad input, 2 usage, 3 store unreachable or failing its check.

Whatever goes wrong is one sentence on standard error. 130 is Ctrl+C. An error in the program itself is 1 with a
reference number; what is written about it holds places in the code and nothing of anybody's data.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final

DONE: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
UNREACHABLE: Final = 3
INTERRUPTED: Final = 130

SET_UP_FIRST: Final = (
    "No room is set up in this store: run “infusionroom setup” first, or “infusionroom” for the first screen."
)


class Ended(Exception):
    """A command that ends early: its exit status, and the sentence that says why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


def complain(sentence: str) -> None:
    """One sentence on standard error; a closed one is no reason to fail."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(sentence.rstrip() + "\n")
        sys.stderr.flush()


def guarded(run: Callable[[], int]) -> int:
    """The exit status of `run`, whatever happens in it; never a traceback."""
    try:
        status = run()
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        _write_no_more()
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        _write_no_more()
        return REFUSED
    except Exception as error:
        return _explained(error)


def _explained(error: Exception) -> int:
    from infusionroom.domain.events import UnreadableEvent
    from infusionroom.domain.evolve import NotAVisit
    from infusionroom.services.errors import RoomError
    from infusionroom.settings import BadSetting

    match error:
        case Ended():
            complain(error.sentence)
            return error.status
        case BadSetting():
            complain(str(error))
            return USAGE
        case RoomError():
            complain(str(error))
            return UNREACHABLE
        case UnreadableEvent() | NotAVisit():
            complain(
                "The journal holds an entry that this version cannot read: run “infusionroom check” to see which."
            )
            return UNREACHABLE
        case OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EIO):
            complain(f"The output could not be written to its end: {error.strerror}.")
            _write_no_more()
            return REFUSED
        case _:
            return _crashed(error)


def _crashed(error: Exception) -> int:
    from infusionroom.services.clock import SystemClock
    from infusionroom.tui.crash import log_crash, sentence

    complain(sentence(*log_crash(error, SystemClock().now())))
    return REFUSED


def _write_no_more() -> None:
    """Lets the interpreter flush into nothing when it ends, instead of complaining."""
    with suppress(OSError, ValueError, AttributeError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)
