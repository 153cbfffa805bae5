"""Imports once and forks terminals, each a nurse of its own on the room at `argv[1]`, until the day is over.

Told by lines on standard input: `run N COMMAND` (give this one first, or `-`), `kill N`, `stop N` and `continue N`
(the process), `hold` (whoever's command is accepted next stops inside its transaction).
Says on standard output, in whole lines that nobody's come between: `begun N PID`; `try N ID COMMAND` before a command
is given, then `done N ID ENTRIES` (`again N` before it, where it had been written without an answer), `refused N ID`
or `conflict N ID`; `away N SENTENCE` when the store is out of reach and `back N` when it no longer is; `holding N`;
`over N` when nothing is left to do, `failed N` when it has ended with an error; `killed N`, `stopped N`.
At the end of its input everybody says `board N DIGEST` and ends. On SIGUSR2 a terminal writes where it is to a file
`where.N` beside the clock's.
"""

from __future__ import annotations

import contextlib
import faulthandler
import fcntl
import hashlib
import os
import select
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

import msgspec
from msgspec.structs import replace
from tests.e2e.nursing import open_work, over

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain.outcome import Conflict, Done
from infusionroom.services.errors import RoomUnreachable
from infusionroom.services.room import RoomService

Answer = TypeVar("Answer")

PATIENCE_S = 0.1
TERMINALS, TAKEN_OVER = 20, 0.05
AN_ACT = timedelta(seconds=15)
WAITING = timedelta(minutes=4)


class DayClock:
    """The day's time, shared by all terminals in a file: it goes on when somebody acts, or when nobody can."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def now(self) -> datetime:
        return datetime.fromisoformat(os.pread(self._file, 64, 0).decode())

    def move_to(self, moment: datetime) -> None:
        os.pwrite(self._file, moment.isoformat(timespec="microseconds").encode(), 0)

    def pass_by(self, step: timedelta, *, seen: datetime | None = None) -> None:
        """Goes on by a step; with `seen`, only if nobody has moved it since."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            now = self.now()
            if seen is None or now == seen:
                self.move_to(now + step)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)


def say(*words: object) -> None:
    line = (" ".join(map(str, words)) + "\n").encode()
    assert len(line) < select.PIPE_BUF, "it could be torn by somebody else's"
    os.write(1, line)


class Nurse:
    """One terminal: looks, takes something over, and gives it until it is answered."""

    def __init__(self, number: int, url: str, clock: DayClock, asked: int) -> None:
        self.number, self.clock, self._asked = number, clock, asked
        self.name = f"nurse{number:02}"
        self.chance = Random(f"{number}/{os.getpid()}")
        self.away = False
        self.room: RoomService = self.reached(lambda: open_room(url, create=False))

    def reached(self, ask: Callable[[], Answer]) -> Answer:
        """The answer, asked for again for as long as the store is out of reach."""
        while True:
            try:
                answer = ask()
            except RoomUnreachable as sentence:
                if not self.away:
                    self.away = True
                    say("away", self.number, sentence)
                select.select([], [], [], PATIENCE_S)
            else:
                if self.away:
                    self.away = False
                    say("back", self.number)
                return answer

    def work(self, left_over: cmd.Command | None) -> None:
        """A whole day; what a terminal before this one had not been answered comes first."""
        if left_over is not None:
            self.give(left_over)
        while True:
            self.reached(self.room.refresh)
            at, room = self.clock.now(), self.room.state
            work = open_work(room, at, self.name, self.chance, self.takes_over)
            if work:
                self.give(replace(self.chance.choice(work), id=os.urandom(16).hex()))
            elif over(room):
                return
            elif not self.reached(lambda: self.room.wait(PATIENCE_S)) and not open_work(
                room, at, None, self.chance
            ):
                self.clock.pass_by(WAITING, seen=at)

    def takes_over(self, of: str) -> bool:
        """Of one's own patients and chairs everything; of all others something now and then."""
        return int(of, 16) % TERMINALS == self.number % TERMINALS or self.chance.random() < TAKEN_OVER

    def give(self, command: cmd.Command) -> None:
        say("try", self.number, command.id, msgspec.json.encode(command).decode())
        terminal = f"terminal {self.number}"
        outcome = self.reached(
            lambda: self.room.execute(command, actor=self.name, terminal=terminal, beside=self.hold)
        )
        if isinstance(outcome, Done):
            if outcome.repeated:
                say("again", self.number)
            say("done", self.number, command.id, ",".join(str(entry.id) for entry in outcome.entries))
            self.clock.pass_by(AN_ACT)
        else:
            say("conflict" if isinstance(outcome, Conflict) else "refused", self.number, command.id)

    def hold(self, _: object) -> None:
        """Stops here, where the store is this terminal's alone, if that was asked for and nobody else was faster."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._asked, 1)
            say("holding", self.number)
            os.kill(os.getpid(), signal.SIGSTOP)

    def board(self, now: datetime) -> str:
        """What this terminal shows in the end."""
        self.reached(self.room.refresh)
        return digest(self.room, now)


def digest(room: RoomService, now: datetime) -> str:
    """The whole board in a few letters."""
    return hashlib.sha256(msgspec.json.encode(room.board(now))).hexdigest()[:16]


def live(number: int, left_over: str, gate: int, asked: int) -> None:
    url, clock_file, now = sys.argv[1], Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
    faulthandler.register(signal.SIGUSR2, clock_file.with_name(f"where.{number}").open("w"))
    nurse = Nurse(number, url, DayClock(clock_file), asked)
    nurse.work(None if left_over == "-" else msgspec.json.decode(left_over, type=cmd.AnyCommand))
    say("over", number)
    os.read(gate, 1)
    say("board", number, nurse.board(now))
    nurse.room.close()


def import_all() -> None:
    """What a terminal imports with its first command, once for all of them."""
    import infusionroom.services.giving
    import infusionroom.store.postgres
    import infusionroom.store.writing  # noqa: F401


def main() -> None:
    """Forks, stops and kills as it is told."""
    import_all()
    # Before the first fork: who is asked for its whereabouts before it can tell them does not die of that.
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    gate, opening = os.pipe()
    asked, asking = os.pipe()
    os.set_blocking(asked, False)
    terminals: dict[str, int] = {}
    for line in sys.stdin:
        match line.rstrip("\n").split(" ", 2):
            case "run", number, left_over:
                terminals[number] = fork(int(number), left_over, gate, opening, asked)
                say("begun", number, terminals[number])
            case ("hold",):
                os.write(asking, b"!")
            case "continue", number:
                os.kill(terminals[number], signal.SIGCONT)
            case "stop", number:
                os.kill(terminals[number], signal.SIGSTOP)
                os.waitpid(terminals[number], os.WUNTRACED)
                say("stopped", number)
            case "kill", number:
                os.kill(terminals[number], signal.SIGKILL)
                os.waitpid(terminals.pop(number), 0)
                say("killed", number)
    os.close(opening)
    sys.exit(sum(os.waitpid(terminal, 0)[1] for terminal in terminals.values()) and 1)


def fork(number: int, left_over: str, gate: int, opening: int, asked: int) -> int:
    """A new terminal's process."""
    if process := os.fork():
        return process
    os.close(opening)
    try:
        live(number, left_over, gate, asked)
    except BaseException:
        traceback.print_exc()
        say("failed", number)
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
