"""What many terminals cost on one server, beside a bare Textual app and htop: `pytest tests/benchmarks`.

Sizes by the environment: INFUSIONROOM_BENCH_ROUNDS (starts, in turn with the bare app), _KEYS, _IDLE (seconds), _MANY
(terminals over SSH), _OTHERS (terminals that look on while one commits), _COMMITS, _WRITING (seconds of writing).
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from tests.benchmarks.figures import Figure, Figures, percentile, ratio, setting, spread
from tests.benchmarks.full_room import FIRST, LEE, FullRoom
from tests.benchmarks.over_ssh import many_idle
from tests.benchmarks.stage import Installed, cpu_s, pss_mb
from tests.benchmarks.watching import PATIENTLY, Quiet, shown, take_all
from tests.postgres import PostgresServer
from tests.terminal import Terminal

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain.outcome import Done

pytestmark = pytest.mark.bench

ROOT = Path(__file__).parents[2]
USER = ("--user", LEE)
TOKEN = "quiver"
BARE_KEYS = """
from textual.app import App
from textual.widgets import Static

class Bare(App):
    count = 0
    def compose(self):
        yield Static("Okafor T", id="line")
    def on_key(self, event):
        self.count += 1
        self.query_one("#line").update(f"Okafor T {self.count}")

Bare().run()
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The program as it would be installed."""
    return Installed(tmp_path_factory.mktemp("installed"))


@pytest.fixture
def full(tmp_path: Path) -> FullRoom:
    """Forty chairs in a file."""
    return FullRoom(f"sqlite:///{tmp_path / 'room.sqlite'}")


@pytest.fixture
def full_on_server(postgres: PostgresServer) -> Iterator[FullRoom]:
    """Forty chairs on PostgreSQL."""
    url = postgres.database()
    yield FullRoom(url)
    postgres.drop(url)


def test_start_and_keys(installed: Installed, full: FullRoom, found: Figures) -> None:
    found += starts(installed, full)
    found += keys(installed, full)


def test_idle(installed: Installed, full: FullRoom, found: Figures) -> None:
    found += idle(installed, full)


def test_many_idle(full: FullRoom, tmp_path: Path, found: Figures) -> None:
    found += many_idle(full, tmp_path)


def test_repaint_from_a_file(installed: Installed, full: FullRoom, found: Figures) -> None:
    found += repaints(installed, full, "SQLite", 0.3)


def test_repaint_from_a_server(installed: Installed, full_on_server: FullRoom, found: Figures) -> None:
    found += repaints(installed, full_on_server, "PostgreSQL", 0.05)


def test_writers_on_a_file(full: FullRoom, found: Figures) -> None:
    found += writers(full, "SQLite")


def test_writers_on_a_server(full_on_server: FullRoom, found: Figures) -> None:
    found += writers(full_on_server, "PostgreSQL")


# ── one terminal ────────────────────────────────────────────────────────────────────────────────────────────


def board(installed: Installed, full: FullRoom) -> Quiet:
    """A terminal that shows the full board and has come to rest."""
    terminal = Quiet([*installed.start, "--store", full.url, *USER])
    terminal.wait_for(FIRST, within=PATIENTLY)
    terminal.settle(0.5)
    return terminal


def starts(installed: Installed, full: FullRoom) -> Iterator[Figure]:
    """From the start of the process to the first full board, in turn with a bare app's."""
    bare, first = [], []
    for _ in range(setting("ROUNDS", 9) + 1):
        with Installed.bare_terminal() as terminal:
            terminal.wait_for("Okafor T", within=PATIENTLY)
            bare.append(terminal.read_at - terminal.started_at)
        with installed.terminal("--store", full.url, *USER) as terminal:
            terminal.wait_for(FIRST, within=PATIENTLY)
            first.append(terminal.read_at - terminal.started_at)
    # The first of each warms the disk's cache and is not counted.
    bare, first = bare[1:], first[1:]
    yield Figure("start: bare Textual app", spread(bare))
    yield Figure("start: first board of 40 chairs", spread(first), f"{ratio(first, bare)}, goal 1.3")


def keys(installed: Installed, full: FullRoom) -> Iterator[Figure]:
    """From a key to the last byte of what it repaints, in turn with a bare app that repaints one line."""
    took: dict[str, list[float]] = {"bare": [], "board": []}
    size: list[int] = []
    with Terminal([sys.executable, "-c", BARE_KEYS]) as bare, board(installed, full) as ours:
        bare.wait_for("Okafor T", within=PATIENTLY)
        bare.settle(0.3)
        ours.press("1")
        ours.settle(2.5)
        for number in range(setting("KEYS", 100)):
            key = "down" if number % 14 < 7 else "up"
            took["bare"] += _until_last_byte(bare, key)
            before = ours.bytes_read
            took["board"] += _until_last_byte(ours, key)
            size.append(ours.bytes_read - before)
    yield Figure("key to last byte: bare app", spread(took["bare"]))
    yield Figure(
        "key to last byte: board",
        spread(took["board"]),
        f"{ratio(took['board'], took['bare'])}, goal 1.5; {statistics.median(size):.0f} bytes a key",
    )


def _until_last_byte(terminal: Terminal, key: str) -> list[float]:
    pressed = time.perf_counter()
    terminal.press(key)
    if not terminal.read(2.0):
        return []
    while terminal.read(0.03):
        pass
    return [terminal.read_at - pressed]


def idle(installed: Installed, full: FullRoom) -> Iterator[Figure]:
    """A full board that nobody touches, while htop and a bare app run beside it; and what more terminals cost."""
    seconds = setting("IDLE", 120)
    with ExitStack() as stack:
        others: dict[str, Terminal] = {"bare Textual app": stack.enter_context(Installed.bare_terminal())}
        if htop := shutil.which("htop"):
            others["htop"] = stack.enter_context(Terminal([htop, "-C"]))
        ours = stack.enter_context(board(installed, full))
        one = pss_mb([ours])
        further = [stack.enter_context(board(installed, full)) for _ in range(3)]
        every = pss_mb([ours, *further])
        for another in further:
            another.close()
        terminals = {"board of 40 chairs": ours, **others}
        settled_until = time.perf_counter() + 3.0
        take_all(terminals.values(), settled_until)
        used = {name: cpu_s(terminal) for name, terminal in terminals.items()}
        printed = {name: terminal.bytes_read for name, terminal in terminals.items()}
        bursts: list[tuple[float, int]] = []
        began, end = time.perf_counter(), time.perf_counter() + seconds
        while time.perf_counter() < end:
            before = ours.bytes_read
            take_all(terminals.values(), min(end, time.perf_counter() + 0.2))
            if ours.bytes_read > before:
                # Where in the wall clock's minute it came.
                bursts.append((time.time() % 60, ours.bytes_read - before))
        lasted = time.perf_counter() - began
        for name, terminal in terminals.items():
            share = 100 * (cpu_s(terminal) - used[name]) / lasted
            rate = (terminal.bytes_read - printed[name]) / lasted
            goal = "goal: htop's" if terminal is ours else ""
            yield Figure(
                f"idle: {name}", f"{share:.2f} % of a core", f"{rate:.0f} bytes/s; {goal}".rstrip("; ")
            )
        if not htop:
            yield Figure("idle: htop", "not installed")
        between = sum(size for moment, size in bursts if 2 < moment < 59.5)
        yield Figure(
            "idle: bytes between minutes", str(between), f"goal 0; {len(bursts)} repaints, {seconds} s"
        )
    yield Figure("memory: first terminal", f"{one:.1f} MB PSS")
    yield Figure("memory: each further terminal", f"{(every - one) / 3:.1f} MB PSS", "goal 40")


# ── many terminals ──────────────────────────────────────────────────────────────────────────────────────────


def repaints(installed: Installed, full: FullRoom, store: str, goal_s: float) -> Iterator[Figure]:
    """From a commit to its repaint on each of the other terminals: a pump is paused, for a reason that is new."""
    count, commits = setting("OTHERS", 20), setting("COMMITS", 20)
    took: list[float] = []
    with ExitStack() as stack, closing(open_room(full.url, create=False)) as room:
        terminals = [stack.enter_context(board(installed, full)) for _ in range(count)]
        for terminal in terminals:
            terminal.draws = False
        for _ in range(commits):
            begun = [len(t.received) for t in terminals]
            _done(room.execute(cmd.Pause(visit=full.visits[1], why=TOKEN), actor=LEE, terminal="desk"))
            took += shown(terminals, begun, TOKEN.encode(), time.perf_counter())
            _done(room.execute(cmd.Resume(visit=full.visits[1]), actor=LEE, terminal="desk"))
            take_all(terminals, time.perf_counter() + 1.0)
    yield Figure(
        f"commit to repaint on {count} others, {store}",
        spread(took),
        f"p99 {percentile(took, 0.99) * 1000:.0f} ms, goal {goal_s * 1000:.0f}",
    )


def _done(outcome: object) -> None:
    assert isinstance(outcome, Done), outcome


def writers(full: FullRoom, store: str) -> Iterator[Figure]:
    """Twenty terminals that write with pauses to think: how long each waits for its acknowledgement."""
    argv = [sys.executable, "-m", "tests.benchmarks.writers", full.url, str(setting("WRITING", 20))]
    said = subprocess.run(
        [*argv, *full.visits.values()], capture_output=True, text=True, cwd=ROOT, check=True, timeout=300
    )
    took = [float(line) for line in said.stdout.split()]
    yield Figure(
        f"20 writers with think time, {store}",
        spread(took),
        f"p99 {percentile(took, 0.99) * 1000:.0f} ms, goal 100",
    )
