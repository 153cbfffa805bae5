"""So many terminals over a real sshd, each by a key: what they cost at rest, and how long they outlive their callers.

The server asks whether a caller is still there as the README sets it: every 15 seconds, three times.
"""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
from tests.benchmarks.figures import Figure, percentile, setting, spread
from tests.benchmarks.full_room import CHO, FIRST, LEE, FullRoom
from tests.benchmarks.watching import PATIENTLY, Quiet, shown, take_all
from tests.cli.command_line import Desk
from tests.ssh import Server, make_key, public, running_server

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain.outcome import Done
from infusionroom.store.queue import writers_turn

PROBE_S = 15
LONGEST_S = 240.0
TOKEN = b"quiver"


class Crowd:
    """Terminals over SSH that all show the full board, as their own processes on the server see it."""

    def __init__(self, server: Server, stack: ExitStack, key: Path) -> None:
        self._server, self._stack, self._key = server, stack, key
        self.terminals: list[Quiet] = []

    def come(self, count: int) -> None:
        """Lets so many come in, one after the other."""
        for _ in range(count):
            came = self._stack.enter_context(Quiet(self._server.ssh(self._key, options=("-t",))))
            # Those that are in already are read meanwhile: a caller who takes no output is one who has stalled.
            came.wait_for(FIRST, within=PATIENTLY, alongside=self.terminals)
            came.draws = False
            self.terminals.append(came)
        take_all(self.terminals, time.perf_counter() + 5)

    def processes(self) -> list[psutil.Process]:
        """The program's, one for each terminal."""
        found = self._server.serving()
        assert len(found) == len(self.terminals), (
            f"{len(found)} of {len(self.terminals)} terminals are there. sshd says:\n"
            + "\n".join(line for line in self._server.log.read_text().splitlines() if "imeout" in line)
        )
        return found

    def sshds(self) -> list[psutil.Process]:
        """What sshd itself runs for them."""
        known = {process.pid for process in self.processes()}
        return [p for p in psutil.Process(self._server.process.pid).children(True) if p.pid not in known]

    def send(self, number: signal.Signals) -> float:
        """Does this to every caller at once; seconds until none of the program's processes is left."""
        left, since = self.processes(), time.perf_counter()
        for terminal in self.terminals:
            terminal.signal(number)
        while left:
            take_all((), time.perf_counter() + 0.1)
            left = [process for process in left if _runs(process)]
            assert time.perf_counter() < since + LONGEST_S, f"{len(left)} still run"
        took = time.perf_counter() - since
        for terminal in self.terminals:
            terminal.signal(signal.SIGKILL)
            terminal.wait_end()
        self.terminals.clear()
        return took


def many_idle(full: FullRoom, folder: Path) -> Iterator[Figure]:
    """INFUSIONROOM_BENCH_MANY terminals for INFUSIONROOM_BENCH_IDLE seconds, and then all of them gone at once."""
    count, seconds = setting("MANY", 50), setting("IDLE", 120)
    desk = Desk(full.url, at=full.now, user=LEE)
    (ssh_folder := folder / "ssh").mkdir()
    with running_server(ssh_folder, probe_s=PROBE_S) as server, ExitStack() as stack:
        key = make_key(ssh_folder / "key")
        words = ("--user", LEE, "--key", str(public(key)), "--file", str(server.keys_file))
        given = desk.ask("access", "add", *words)
        assert given.status == 0, given.err
        crowd = Crowd(server, stack, key)
        crowd.come(1)
        first = sum(map(_pss_mb, crowd.processes()))
        crowd.come(count - 1)
        yield from _come_in(crowd, first)
        yield from _at_rest(crowd, seconds)
        yield from _told(crowd, full)
        yield from _gone(crowd, full, count)


def _come_in(crowd: Crowd, first: float) -> Iterator[Figure]:
    ours = crowd.processes()
    took = [_cpu_s([process]) for process in ours]
    yield Figure(f"{len(ours)} terminals over SSH: to come in", f"{spread(took)} of a core each")
    every = [_pss_mb(process) for process in ours]
    further = (sum(every) - first) / max(1, len(ours) - 1)
    yield Figure(
        f"{len(ours)} terminals over SSH: memory",
        f"{further:.1f} MB PSS each further",
        f"goal 40; {sum(every):.0f} MB in all, each has written that it came",
    )


def _at_rest(crowd: Crowd, seconds: int) -> Iterator[Figure]:
    """CPU and bytes, apart for what comes with the minute and what comes between."""
    ours, sshds, terminals = crowd.processes(), crowd.sshds(), crowd.terminals
    used, served, busy = _cpu_s(ours), _cpu_s(sshds), _machine_s()
    between, minutes = 0, set()
    read = since = sum(t.bytes_read for t in terminals)
    began = time.perf_counter()
    while (now := time.perf_counter()) < began + seconds:
        take_all(terminals, min(now + 0.2, began + seconds))
        came = sum(t.bytes_read for t in terminals) - read
        read += came
        if came and 3 < time.time() % 60 < 59.5:
            between += came
        elif came:
            minutes.add(int(time.time() + 1) // 60)
    lasted = time.perf_counter() - began
    share = (_cpu_s(crowd.processes()) - used) / lasted
    beside = (_cpu_s(sshds) - served) / lasted
    others = (_machine_s() - busy) / lasted - share - beside
    what = f"{len(ours)} terminals over SSH: at rest"
    yield Figure(
        what, f"{share:.3f} of a core", f"goal 0.25; sshd {beside:.3f}, all else on the machine {others:.2f}"
    )
    each_minute = (read - since - between) / max(1, len(minutes)) / len(ours)
    yield Figure(
        what,
        f"{between} bytes between minutes",
        f"goal 0; {each_minute:.0f} bytes a minute to each, {lasted:.0f} s",
    )


def _told(crowd: Crowd, full: FullRoom) -> Iterator[Figure]:
    """An entry from the desk, until each of them has painted it: that they live, and how quickly."""
    took: list[float] = []
    with closing(open_room(full.url, create=False)) as room:
        for _ in range(setting("COMMITS", 20) // 4):
            begun = [len(t.received) for t in crowd.terminals]
            pause = cmd.Pause(visit=full.visits[1], why=TOKEN.decode())
            assert isinstance(room.execute(pause, actor=CHO, terminal="desk"), Done)
            took += shown(crowd.terminals, begun, TOKEN, time.perf_counter())
            resume = cmd.Resume(visit=full.visits[1])
            assert isinstance(room.execute(resume, actor=CHO, terminal="desk"), Done)
            take_all(crowd.terminals, time.perf_counter() + 1)
    yield Figure(
        f"{len(crowd.terminals)} terminals over SSH: commit to repaint",
        spread(took),
        f"p99 {percentile(took, 0.99) * 1000:.0f} ms, {len(crowd.processes())} there",
    )


def _gone(crowd: Crowd, full: FullRoom, count: int) -> Iterator[Figure]:
    """Callers that are killed, and callers that stall, all at once."""
    for number, what in ((signal.SIGKILL, "killed"), (signal.SIGSTOP, "stalled")):
        if not crowd.terminals:
            crowd.come(count)
        took = crowd.send(number)
        _take_every_lock(Path(full.url.removeprefix("sqlite:///")))
        yield Figure(
            f"{count} terminals over SSH: callers {what}",
            f"{took:.1f} s",
            f"until no process and no lock is left; sshd asks every {PROBE_S} s, three times",
        )


def _take_every_lock(store: Path) -> None:
    """Raises where anybody still holds the writers' turn, or reads or writes the file."""
    with writers_turn(store, 0.0), closing(sqlite3.connect(store, timeout=0, isolation_level=None)) as alone:
        alone.execute("BEGIN EXCLUSIVE")
        alone.execute("ROLLBACK")


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _cpu_s(processes: Sequence[psutil.Process]) -> float:
    """Seconds of a core that they have used so far."""
    times = [process.cpu_times() for process in processes]
    return sum(t.user + t.system for t in times)


def _machine_s() -> float:
    """Seconds of a core that the whole machine has used so far."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


def _pss_mb(process: psutil.Process) -> float:
    """Its memory, what is shared counted in proportion."""
    rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:"))) / 1024
