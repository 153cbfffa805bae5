"""What remains of a crash: a number on the screen and the places in the code in a log, never a value or a name."""

from __future__ import annotations

import errno
import os
import sys
import threading
import traceback
from datetime import datetime
from pathlib import Path
from types import TracebackType

LOG_NAME = "crash.log"


def reference() -> str:
    """A number that ties what somebody reads aloud to an entry of the log."""
    import secrets

    return secrets.token_hex(4).upper()


def redacted(error: BaseException) -> str:
    """The kinds of the error and of those that caused it, with file and line of each frame; no text, no values."""
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        parts.append(type(current).__module__ + "." + type(current).__qualname__)
        parts += [
            f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(current.__traceback__)
        ]
        current = current.__cause__ or current.__context__
    return "\n".join(parts)


def state_folder() -> Path:
    """Where this platform keeps a program's own records."""
    from platformdirs import user_state_path

    return user_state_path("infusionroom")


def log_crash(
    error: BaseException, at: datetime | None, folder: Path | None = None
) -> tuple[str, Path | None]:
    """Writes the redacted error to the log, readable for its owner only. Returns the reference and the log.

    A log that cannot be written is no reason to fail twice: then the path is None.
    """
    number = reference()
    when = at.isoformat() if at is not None else "time unknown"
    try:
        home = folder or state_folder()
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = home / LOG_NAME
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as log:
            os.fchmod(log.fileno(), 0o600)
            log.write(f"{number} {when}\n{redacted(error)}\n\n")
    except OSError:
        return number, None
    return number, path


def sentence(number: str, path: Path | None) -> str:
    """What the person reads."""
    where = f" Details without any patient's data are in {path}." if path else ""
    return (
        f"infusionroom stopped because of an error in the program. Reference {number}.{where}"
        " What had been accepted is in the store; start the program again."
    )


def _terminal_is_gone(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in {errno.EIO, errno.EPIPE}


def install_hooks() -> None:
    """Errors outside the app's own loop are logged the same way, and nothing of them is printed."""

    def report(error: BaseException) -> None:
        number, path = log_crash(error, None)
        sys.stderr.write(sentence(number, path) + "\n")

    def on_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            report(error)

    def on_thread_error(args: threading.ExceptHookArgs) -> None:
        error = args.exc_value
        # The thread that writes to a terminal fails when the terminal goes, which is how every connection breaks.
        if error is None or isinstance(error, SystemExit) or _terminal_is_gone(error):
            return
        log_crash(error, None)

    sys.excepthook = on_error
    threading.excepthook = on_thread_error
