"""One day of twenty terminals: what they say, and if it stands still what each of them waits for."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time as stopwatch
from collections import Counter
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Final, Self

import pytest
from tests.benchmarks.stage import Today
from tests.domain.playing import person
from tests.e2e.stress_terminals import TERMINALS, DayClock

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.day import at_local
from infusionroom.domain.outcome import Done
from infusionroom.services.clock import SystemClock
from infusionroom.services.errors import RoomUnreachable
from infusionroom.services.room import RoomService

ROOT: Final = Path(__file__).parents[2]
CHAIRS, PEOPLE = 6, 15
LEE, OPENS = "Lee", time(7)
# An idle machine needs a tenth of it. The longest that all may rightly stand still is thirty seconds: that is when a
# server ends what a stopped terminal had begun.
LIMIT_S, STILL_S = 300.0, 75.0


class Evening:
    """A clinic where the day is over by now: everything of it can be entered with the time at which it was."""

    def __init__(self, url: str) -> None:
        # Half past six in the evening there, whatever time it is here.
        self.now = SystemClock().now()
        self.stage = Today(self.now - timedelta(hours=7, minutes=48))
        self.url, self.day = url, self.stage.day
        room = open_room(url)
        self._done(
            room,
            cmd.SetUpRoom(
                name="Northside",
                timezone=self.stage.timezone,
                opens=OPENS,
                closes=time(18),
                chairs=CHAIRS,
                first_user=LEE,
            ),
        )
        for number in range(1, TERMINALS + 1):
            self._done(room, cmd.AddPerson(name=f"nurse{number:02}", role="nurse"))
        for number in range(1, PEOPLE + 1):
            self._done(room, self._booked(number))
        room.close()

    @property
    def opens(self) -> datetime:
        return at_local(self.day, OPENS, self.stage.timezone)

    def _booked(self, number: int) -> cmd.Command:
        # By a sender, who does not ask how full the room is.
        start = self.opens + timedelta(minutes=15 + 15 * number)
        appointment = ev.Appointment(placer="P", filler=str(number))
        return cmd.PlanVisit(
            plan=ev.Plan(patient=person(number), start=start, appointment=appointment, source="hospital")
        )

    @staticmethod
    def _done(room: RoomService, command: cmd.Command) -> None:
        outcome = room.execute(command, actor=LEE, terminal="desk")
        assert isinstance(outcome, Done), outcome


class Watching(threading.Thread):
    """A terminal that only looks, all day long, through whatever happens to the store."""

    def __init__(self, url: str) -> None:
        super().__init__(name="watching", daemon=True)
        self.room = open_room(url, create=False)
        self._ended = threading.Event()
        self.looked = 0

    def run(self) -> None:
        while not self._ended.is_set():
            try:
                self.room.wait(1.0)
                self.looked += self.room.refresh()
            except RoomUnreachable:
                self._ended.wait(0.1)

    def end(self) -> None:
        self._ended.set()
        self.room.wake()
        self.join(30)
        assert not self.is_alive(), "it waits for something for ever"


class Told:
    """What the terminals said, put together."""

    def __init__(self) -> None:
        self.open: dict[str, dict[str, str]] = {}
        self.tried: set[str] = set()
        self.done: dict[str, list[str]] = {}
        self.not_done: set[str] = set()
        self.over: set[str] = set()
        self.boards: dict[str, str] = {}
        self.counts = Counter[str]()
        self.processes: dict[str, int] = {}
        self.last_words: dict[str, str] = {}
        self.out: set[str] = set()
        self.holding: str | None = None
        # Who said, one after the other, that the store is out of reach, and in which words.
        self.said_away: list[tuple[str, str]] = []

    def hear(self, line: str) -> None:
        word, number, *rest = line.rstrip("\n").split(" ", 2)
        self.counts[word] += 1
        self.last_words[number] = line.rstrip("\n")
        waiting = self.open.setdefault(number, {})
        match word, rest:
            case "begun", [process]:
                self.processes[number] = int(process)
            case "try", [command_and_text]:
                command, text = command_and_text.split(" ", 1)
                waiting[command] = text
                self.tried.add(command)
            case "done", [command_and_entries]:
                command, entries = command_and_entries.split(" ")
                waiting.pop(command, None)
                assert self.done.setdefault(command, entries.split(",")) == entries.split(",")
            case (("refused" | "conflict"), [command]):
                waiting.pop(command, None)
                self.not_done.add(command)
            case "away", [sentence]:
                self.out.add(number)
                self.said_away.append((number, sentence))
            case "holding", []:
                self.holding = number
            case "back", []:
                self.out.discard(number)
            case "killed", []:
                self.out.discard(number)
                self.processes.pop(number)
            case "over", []:
                self.over.add(number)
            case "board", [shown]:
                self.boards[number] = shown

    def left_over(self, number: str) -> str:
        """The command that a killed terminal had given and had not been answered."""
        commands = list(self.open.pop(number, {}).values())
        assert len(commands) <= 1
        return commands[0] if commands else "-"


class Day:
    """The terminals' processes from morning to evening. Whatever becomes of the test, none of them outlives it.

    `seen_in_the_store` tells in a few lines who holds what and who waits, for a day that stands still.
    """

    def __init__(self, evening: Evening, folder: Path, seen_in_the_store: Callable[[], str]) -> None:
        self.told, self.chance = Told(), Random(1123)
        self.everybody = {str(number) for number in range(1, TERMINALS + 1)}
        self._seen_in_the_store = seen_in_the_store
        self.clock = DayClock(folder / "clock")
        self.clock.move_to(evening.opens)
        self._folder, self._errors = folder, folder / "errors"
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._began = self._last_done = stopwatch.monotonic()
        with self._errors.open("wb") as errors:
            self._terminals = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.e2e.stress_terminals"),
                    *(evening.url, str(folder / "clock"), evening.now.isoformat()),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=ROOT,
                process_group=0,
            )
        self._hearing = threading.Thread(target=self._hear_all, name="hearing", daemon=True)
        self._hearing.start()
        for number in range(1, TERMINALS + 1):
            self.tell(f"run {number} -")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._terminals.pid, signal.SIGKILL)
        self._hearing.join()
        with self._terminals:
            pass

    def _hear_all(self) -> None:
        assert self._terminals.stdout is not None
        for line in self._terminals.stdout:
            self._lines.put(line)
        self._lines.put("")

    def tell(self, line: str) -> None:
        assert self._terminals.stdin is not None
        self._terminals.stdin.write(line + "\n")
        self._terminals.stdin.flush()

    @property
    def elapsed_s(self) -> float:
        """How long the day has lasted here."""
        return stopwatch.monotonic() - self._began

    @property
    def at_work(self) -> set[str]:
        """Who has not yet found that everybody has gone home."""
        return self.everybody - self.told.over

    def somebody(self) -> str:
        """A terminal at work."""
        return self.chance.choice(sorted(self.at_work))

    def hear_acts(self, count: int) -> None:
        """Listens until so many more commands are done."""
        wanted = len(self.told.done) + count
        self.hear_until(lambda: len(self.told.done) >= wanted, f"{count} more commands are done")

    def hear_until(self, so: Callable[[], bool], what: str) -> None:
        """Listens until it is `so`; fails, and tells all it knows, where it takes too long or cannot be any more."""
        while not so():
            self._fail_if_late(what)
            with contextlib.suppress(queue.Empty):
                self._hear(self._lines.get(timeout=1.0), what)
            if not self.at_work and not so():
                self._fail(f"the day was over before {what}")

    def _hear(self, line: str, what: str) -> None:
        if not line:
            self._fail(f"all terminals ended before {what}")
        self.told.hear(line)
        if line.startswith("failed"):
            self._fail(f"a terminal failed before {what}")
        if line.startswith("done"):
            self._last_done = stopwatch.monotonic()

    def ends(self) -> None:
        """Lets everybody say what the board shows, and go."""
        self.hear_until(lambda: not self.at_work, "everybody is over")
        assert self._terminals.stdin is not None
        self._terminals.stdin.close()
        while line := self._lines.get(timeout=60):
            self.told.hear(line)
        assert (self._errors.read_text(), self._terminals.wait(30)) == ("", 0)

    def _fail_if_late(self, what: str) -> None:
        now = stopwatch.monotonic()
        if now - self._last_done > STILL_S:
            self._fail(f"nothing was done for {STILL_S:.0f} s, waiting until {what}")
        if now - self._began > LIMIT_S:
            self._fail(f"the day lasted more than {LIMIT_S:.0f} s, waiting until {what}")

    def _fail(self, why: str) -> None:
        told = self.told
        for process in told.processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGUSR2)
        self._hearing.join(1)
        words = [
            why,
            f"after {self.elapsed_s:.0f} s, clock {self.clock.now()}, {dict(told.counts)}",
            f"out of reach of {sorted(told.out)}, all over for {sorted(told.over)}",
        ]
        for number in sorted(self.everybody, key=int):
            words += self._whereabouts(number)
        words += ["the store:", self._seen_in_the_store(), "errors:", self._errors.read_text()]
        pytest.fail("\n".join(words), pytrace=False)

    def _whereabouts(self, number: str) -> list[str]:
        """The last words of a terminal, what it does, and the innermost of where it is in the program."""
        said = self.told.last_words.get(number, "nothing")[:120]
        state = _state(self.told.processes.get(number, 0))
        with contextlib.suppress(OSError):
            frames = (self._folder / f"where.{number}").read_text().splitlines()
            return [f"{number}: {state}, said {said!r}", *(frames[1:9] if number in self.at_work else ())]
        return [f"{number}: {state}, said {said!r}"]


def _state(process: int) -> str:
    """What the kernel says that a process does."""
    try:
        status = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        return f"{status} {Path(f'/proc/{process}/wchan').read_text()}"
    except OSError:
        return "gone"
