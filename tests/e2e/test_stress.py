"""Twenty terminals live one day on one room while terminals are killed and the database goes away.

What was acknowledged is in the journal once, what was refused is not; nobody shares a chair; all boards are equal.
"""

from __future__ import annotations

import contextlib
import fcntl
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import IO, Final

import psycopg
import pytest
from tests.benchmarks.stage import Today
from tests.domain.playing import person
from tests.e2e.stress_terminals import TERMINALS, DayClock, digest
from tests.postgres import PostgresServer, running_postgres

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.day import at_local
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.journal import Entry
from infusionroom.domain.outcome import Done
from infusionroom.domain.room import Room
from infusionroom.domain.visit import Phase
from infusionroom.services.check import check_store, rebuild
from infusionroom.services.clock import SystemClock
from infusionroom.services.errors import RoomUnreachable
from infusionroom.services.room import RoomService

pytestmark = pytest.mark.stress

ROOT: Final = Path(__file__).parents[2]
CHAIRS, PEOPLE, KILLS = 5, 9, 10
ACTS_BETWEEN_KILLS = 20
LEE, OPENS = "Lee", time(7)


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
            with contextlib.suppress(RoomUnreachable):
                self.room.wait(1.0)
                self.looked += self.room.refresh()

    def end(self) -> None:
        self._ended.set()
        self.room.wake()
        self.join(30)


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

    def hear(self, line: str) -> str:
        word, number, *rest = line.rstrip("\n").split(" ", 3)
        self.counts[word] += 1
        waiting = self.open.setdefault(number, {})
        match word, rest:
            case "try", [command, text]:
                waiting[command] = text
                self.tried.add(command)
            case "done", [command, entries]:
                waiting.pop(command, None)
                assert self.done.setdefault(command, entries.split(",")) == entries.split(",")
            case (("refused" | "conflict"), [command]):
                waiting.pop(command, None)
                self.not_done.add(command)
            case "over", []:
                self.over.add(number)
            case "board", [shown]:
                self.boards[number] = shown
        return word

    def left_over(self, number: str) -> str:
        """The command that a killed terminal had given and had not been answered."""
        commands = list(self.open.pop(number, {}).values())
        assert len(commands) <= 1
        return commands[0] if commands else "-"


def _lives_the_day(
    evening: Evening, clock_file: Path, *, store_fails: Callable[[], None] = lambda: None
) -> Told:
    """The whole day, with kills at random moments; `store_fails` is called once, in the middle of it."""
    chance, told = Random(1123), Told()
    DayClock(clock_file).move_to(evening.opens)
    argv = [sys.executable, "-m", "tests.e2e.stress_terminals"]
    with subprocess.Popen(
        [*argv, evening.url, str(clock_file), evening.now.isoformat()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as terminals:
        assert terminals.stdin is not None
        assert terminals.stdout is not None
        assert terminals.stderr is not None
        try:
            for number in range(1, TERMINALS + 1):
                _tell(terminals.stdin, f"run {number} -")
            kills, next_kill, everybody = 0, ACTS_BETWEEN_KILLS, {str(n) for n in range(1, TERMINALS + 1)}
            for line in terminals.stdout:
                word = told.hear(line)
                if word == "done" and len(told.done) >= next_kill and kills < KILLS:
                    kills, next_kill = kills + 1, next_kill + ACTS_BETWEEN_KILLS
                    _tell(terminals.stdin, f"kill {chance.choice(sorted(everybody - told.over))}")
                    if kills == KILLS // 2:
                        store_fails()
                elif word == "killed":
                    killed = line.split()[1]
                    _tell(terminals.stdin, f"run {killed} {told.left_over(killed)}")
                elif word == "failed" or (word == "over" and told.over == everybody):
                    break
            terminals.stdin.close()
            for line in terminals.stdout:
                told.hear(line)
            assert (terminals.stderr.read(), terminals.wait(30)) == ("", 0)
            assert told.counts["killed"] == KILLS
        finally:
            terminals.kill()
    return told


def _tell(terminals: IO[str], line: str) -> None:
    terminals.write(line + "\n")
    terminals.flush()


def _nobody_shares_a_chair(entries: list[Entry]) -> Room:
    room = Room()
    for entry in entries:
        room = evolve(room, [entry])
        taken = Counter(v.chair for v in room.visits.values() if v.here and v.chair is not None)
        assert all(count == 1 for count in taken.values()), f"after entry {entry.id}: {taken}"
    return room


def _holds_together(evening: Evening, told: Told, watching: RoomService) -> None:
    """The journal, the terminals' word and every board say the same."""
    fresh = open_room(evening.url, create=False)
    with contextlib.closing(fresh):
        entries = list(fresh.store.entries())
        by_command: dict[str, list[str]] = {}
        for entry in entries:
            by_command.setdefault(entry.command, []).append(str(entry.id))
        assert {command: by_command.get(command) for command in told.done} == told.done
        assert not told.not_done & by_command.keys(), "what was refused is not written"
        by_terminals = {e.command for e in entries if e.actor.startswith("nurse")}
        assert by_terminals <= told.tried, "nothing is written that nobody gave"
        assert by_terminals == told.done.keys(), "in the end everything was answered"
        assert {e.terminal for e in entries if e.actor == "nurse07"} == {"terminal 7"}
        room = _nobody_shares_a_chair(entries)
        assert {v.phase for v in room.visits.values()} == {Phase.LEFT}, "the day was lived to its end"
        watching.refresh()
        shown = digest(fresh, evening.now)
        assert digest(watching, evening.now) == shown
        assert told.boards == {str(n): shown for n in range(1, TERMINALS + 1)}
        assert check_store(fresh.store).problems == ()
        assert fresh.store.seats() == {}
        rebuild(fresh.store)
    again = open_room(evening.url, create=False)
    with contextlib.closing(again):
        assert digest(again, evening.now) == shown


def test_a_day_of_twenty_terminals_on_a_file(sqlite_url: str, tmp_path: Path) -> None:
    evening = Evening(sqlite_url)
    watching = Watching(sqlite_url)
    watching.start()
    told = _lives_the_day(evening, tmp_path / "clock")
    watching.end()
    _holds_together(evening, told, watching.room)
    watching.room.close()
    assert told.counts["conflict"] > 0, "nobody was in anybody's way: the test proves too little"
    assert watching.looked > 0
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with path.with_name(path.name + ".lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    journal = path.with_name(path.name + "-journal")
    assert not journal.exists() or journal.stat().st_size == 0


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that may be taken down: nobody else's test is on it."""
    with running_postgres() as server:
        yield server


def test_a_day_of_twenty_terminals_on_a_server_that_falls(own_server: PostgresServer, tmp_path: Path) -> None:
    evening = Evening(own_server.database())
    watching = Watching(evening.url)
    watching.start()

    def falls_and_comes_back() -> None:
        own_server.stop()
        own_server.start()

    told = _lives_the_day(evening, tmp_path / "clock", store_fails=falls_and_comes_back)
    watching.end()
    _holds_together(evening, told, watching.room)
    watching.room.close()
    assert told.counts["lost"] > 0, "nobody noticed that the server was gone: the test proves too little"
    assert told.counts["conflict"] > 0
    name = evening.url.split("/")[3].split("?")[0]
    with psycopg.connect(host=str(own_server.folder), user="room", dbname="postgres") as connection:
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        assert connection.execute(others, (name,)).fetchone() == (0,)
        locks = (
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = %s"
        )
        assert connection.execute(locks, (name,)).fetchone() == (0,)
