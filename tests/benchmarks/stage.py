"""The program as it would be installed, and rooms whose demonstration day is happening now."""

from __future__ import annotations

import compileall
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.terminal import Terminal

import infusionroom
from infusionroom.bootstrap import open_room
from infusionroom.demo.cast import DEFAULT_SEED
from infusionroom.demo.day import day_steps, setting_up
from infusionroom.demo.history import write_history
from infusionroom.demo.life import Step
from infusionroom.demo.playing import play
from infusionroom.services.clock import Clock, FrozenClock, SystemClock
from infusionroom.services.room import RoomService

DESIGNED_FOR = timedelta(hours=10, minutes=42)

BARE_APP = """
from textual.app import App
from textual.widgets import Static

class Bare(App):
    def compose(self):
        yield Static("Okafor T")

Bare().run()
"""


class Installed:
    """The package as an installation leaves it: a copy with its modules compiled."""

    def __init__(self, folder: Path) -> None:
        source = Path(infusionroom.__file__).parent
        shutil.copytree(source, folder / "infusionroom", ignore=shutil.ignore_patterns("__pycache__"))
        compileall.compile_dir(folder, quiet=2)
        program = (
            f"import sys; sys.path.insert(0, {str(folder)!r}); from infusionroom.__main__ import main; main()"
        )
        self.start = (sys.executable, "-c", program)

    def terminal(self, *arguments: str, columns: int = 120, rows: int = 40) -> Terminal:
        """The program in a terminal."""
        return Terminal([*self.start, *arguments], columns=columns, rows=rows)

    @staticmethod
    def bare_terminal() -> Terminal:
        """An app of the same toolkit that shows one line, started in the same way."""
        return Terminal([sys.executable, "-c", BARE_APP])


class Today:
    """A clinic whose wall clock shows about 10:42 now, and its demonstration day, moved by less than an hour."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or SystemClock().now()
        midnight = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        ahead = round((DESIGNED_FOR - (self.now - midnight)) / timedelta(hours=1))
        hours = ahead if ahead >= -12 else ahead + 24
        self.timezone = f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"
        local = self.now + timedelta(hours=hours)
        self.day = local.date()
        self._shifted = local - datetime.combine(self.day, datetime.min.time(), UTC) - DESIGNED_FOR

    def steps(self) -> list[Step]:
        return day_steps(self.day, DEFAULT_SEED, timezone=self.timezone, shifted=self._shifted)

    def fill(self, url: str, *, past: int = 0, until: timedelta = timedelta(0)) -> None:
        """A store with so many brief visits of the past, and today up to now or a little later."""
        clock = FrozenClock(self.now)
        room = open_room(url, clock=clock)
        try:
            if past:
                write_history(room, past, until=self.day, brief=True, timezone=self.timezone)
            else:
                play(room, clock, setting_up(self.day, self.timezone), self.now)
            play(room, clock, self.steps(), self.now + until)
        finally:
            room.close()

    def open(self, url: str, clock: Clock | None = None) -> RoomService:
        return open_room(url, create=False, clock=clock)


def pss_mb(terminals: list[Terminal]) -> float:
    """The memory of all their processes, what is shared counted in proportion."""
    total = 0.0
    for terminal in terminals:
        for process in terminal.processes():
            rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
            total += int(next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:")))
    return total / 1024


def cpu_s(terminal: Terminal) -> float:
    """Seconds of a core that the terminal's processes have used so far."""
    times = [process.cpu_times() for process in terminal.processes()]
    return sum(t.user + t.system for t in times)
