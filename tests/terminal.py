"""A program in a real terminal of its own: keys in, screen out, nobody sleeps.

The program gets a pseudo-terminal as its controlling terminal in a session of its own, as sshd would give it.
What it prints is worked into a `pyte` screen. Every wait has a deadline and is woken by output or by the end.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Final, Self

import psutil
import pyte

KEYS: Final[Mapping[str, bytes]] = {
    "enter": b"\r",
    "escape": b"\x1b",
    "tab": b"\t",
    "shift+tab": b"\x1b[Z",
    "space": b" ",
    "backspace": b"\x7f",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "right": b"\x1b[C",
    "left": b"\x1b[D",
    "pagedown": b"\x1b[6~",
    "pageup": b"\x1b[5~",
    "f5": b"\x1b[15~",
    "ctrl+c": b"\x03",
    "ctrl+d": b"\x04",
    "ctrl+p": b"\x10",
    "ctrl+q": b"\x11",
}
# What a modern terminal is asked, and pyte would print: modes, versions, the keyboard protocol, palettes.
_UNKNOWN_TO_PYTE: Final = re.compile(
    rb"\x1bP[^\x1b]*\x1b\\|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[<=>?][0-9;]*u|\x1b\[\?[0-9;]*\$p|\x1b\[>[0-9;]*[cqm]"
)
_SEQUENCE: Final = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[P\]][^\x07\x1b]*(?:\x07|\x1b\\)|[()#].|[^\[\]P()#])", re.S
)
LONGEST_SEQUENCE: Final = 4096
# Left out of what the program inherits: each of them steers Python, Textual or the program itself.
_STEERING: Final = ("PYTHON", "TEXTUAL", "INFUSIONROOM", "COLUMNS", "LINES", "COLORTERM", "NO_COLOR", "COV_")


class TerminalTimeout(AssertionError):
    """The screen did not show in time what it had to; the message holds what it showed."""


class Terminal:
    """`argv` in a terminal of `columns` × `rows`. Use as a context manager: it ends all that was started.

    `read_at` is when the last output was read (`time.perf_counter`), `started_at` when the program was started,
    `bytes_read` how much it has printed so far, `received` all of that as it came.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.argv = list(argv)
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._held = b""
        self.bytes_read = 0
        self.received = bytearray()
        self.exit_code: int | None = None
        self._master, slave = pty.openpty()
        try:
            self.resize(columns, rows, tell=False)
            name = os.ttyname(slave)
            self.started_at = self.read_at = time.perf_counter()
            # Opened by the leader of a new session, the terminal becomes its controlling one.
            self.pid = os.posix_spawnp(
                self.argv[0],
                self.argv,
                inherited() | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"} | dict(env or {}),
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, name, os.O_RDWR, 0),
                    (os.POSIX_SPAWN_DUP2, 0, 1),
                    (os.POSIX_SPAWN_DUP2, 0, 2),
                ],
                setsid=True,
                setsigdef=[signal.SIGPIPE, signal.SIGINT, signal.SIGHUP],
            )
        except BaseException:
            os.close(self._master)
            raise
        finally:
            os.close(slave)
        self._ended = os.pidfd_open(self.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def answer(self, *, latin: bool = False) -> None:
        """From now on it tells where its cursor is, as real terminals do; `latin` takes each byte for a letter."""
        answered = lambda data: self.write(data.encode("ascii"))  # noqa: E731
        self.screen.write_process_input = answered  # type: ignore[method-assign]
        if latin:
            self._stream.select_other_charset("@")

    # ── keys in ─────────────────────────────────────────────────────────────────────────────────────────────

    def press(self, *keys: str) -> None:
        """Presses keys by name (`enter`, `tab`, `ctrl+p`) or as they are (`3`, `v`)."""
        for key in keys:
            self.write(KEYS.get(key) or key.encode("utf-8"))

    def type(self, text: str) -> None:
        self.write(text.encode("utf-8"))

    def write(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # where the program is gone, the next wait says so
            os.write(self._master, data)

    def resize(self, columns: int, rows: int, *, tell: bool = True) -> None:
        """Gives the terminal another size, as a window that is dragged does."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if tell:
            self.screen.resize(rows, columns)

    # ── screen out ──────────────────────────────────────────────────────────────────────────────────────────

    def text(self) -> str:
        """The screen as last read, without blanks at the ends of its lines."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def read(self, timeout: float) -> bool:
        """Works the next output into the screen; False where none came in time, or none ever will."""
        if self._master < 0 or not select.select([self._master], [], [], max(0.0, timeout))[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # the other side is closed
            return False
        self.read_at = time.perf_counter()
        self.bytes_read += len(data)
        self.received += data
        self._feed(data)
        return bool(data)

    def _feed(self, data: bytes) -> None:
        data = self._held + data
        end = _end_of_whole(data)
        data, self._held = data[:end], data[end:]
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data))

    def wait_for(
        self,
        wanted: str | Callable[[str], bool],
        *,
        within: float = 20.0,
        alongside: Iterable[Terminal] = (),
    ) -> str:
        """Reads until the screen holds `wanted` (or satisfies it); the screen's text.

        Terminals `alongside` are read too, so that none waits for its output to be taken. Raises `TerminalTimeout`.
        """
        holds = (lambda text: wanted in text) if isinstance(wanted, str) else wanted
        everyone = [self, *alongside]
        deadline = time.monotonic() + within
        while not holds(text := self.text()):
            left = deadline - time.monotonic()
            waiting = {t._master: t for t in everyone if t._master >= 0}
            ready = select.select([*waiting, self._ended], [], [], max(0.0, left))[0]
            read = [waiting[fd].read(0) for fd in ready if fd in waiting]
            over = self._ended in ready and not any(read)
            if over or left <= 0:
                why = "the program ended" if over else f"not within {within:g} s"
                raise TerminalTimeout(f"{wanted!r}: {why}. The screen:\n{text}")
        return text

    def settle(self, quiet: float = 0.3, *, within: float = 10.0) -> str:
        """Reads until nothing has been printed for `quiet` seconds; the screen's text."""
        deadline = time.monotonic() + within
        while self.read(quiet) and time.monotonic() < deadline:
            pass
        return self.text()

    # ── the end ─────────────────────────────────────────────────────────────────────────────────────────────

    def signal(self, number: signal.Signals) -> None:
        signal.pidfd_send_signal(self._ended, number)

    def hang_up(self) -> None:
        """Takes the terminal away, as a closed window or a dead connection does."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def wait_end(self, *, within: float = 20.0) -> int:
        """The program's exit code once it has ended (negative: the signal). Raises `TerminalTimeout`."""
        deadline = time.monotonic() + within
        while self.exit_code is None:
            left = deadline - time.monotonic()
            fds = [self._ended, *([self._master] if self._master >= 0 else [])]
            ready = select.select(fds, [], [], max(0.0, left))[0]
            if self._ended in ready:
                self.exit_code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            elif ready:
                self.read(0)
            elif left <= 0:
                raise TerminalTimeout(f"It still runs after {within:g} s. The screen:\n{self.text()}")
        while self.read(0):
            pass
        return self.exit_code

    def processes(self) -> list[psutil.Process]:
        """Everything that runs in this terminal's session, the program's children included."""
        found = {}
        for process in psutil.process_iter():
            with contextlib.suppress(OSError, psutil.Error):
                if os.getsid(process.pid) == self.pid:
                    found.update({p.pid: p for p in (process, *process.children(recursive=True))})
        return [p for p in found.values() if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]

    def close(self) -> None:
        """Ends what this terminal started, gently and then for sure."""
        if self._ended < 0:
            return
        started = self.processes()
        for end, patience in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 10.0)):
            for process in started:
                with contextlib.suppress(psutil.Error):
                    process.send_signal(end)
            if self.exit_code is None:
                with contextlib.suppress(TerminalTimeout):
                    self.wait_end(within=patience)
            started = psutil.wait_procs(started, timeout=0.5)[1]
        self.hang_up()
        os.close(self._ended)
        self._ended = -1


def _end_of_whole(data: bytes) -> int:
    """Where a sequence begins that the end of a read has cut; it is held back until the rest has come."""
    at = 0
    while (begin := data.find(b"\x1b", at)) >= 0:
        sequence = _SEQUENCE.match(data, begin)
        if sequence is None:
            return begin if len(data) - begin < LONGEST_SEQUENCE else len(data)
        at = sequence.end()
    return len(data)


def inherited() -> dict[str, str]:
    """This process's environment without what steers Python, Textual or the program."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_STEERING)}
