"""Figures and ratios in one run: `pytest tests/benchmarks` prints them.

Seconds depend on the machine; the ratios say more. Sizes can be set by the environment: INFUSIONROOM_BENCH_ROUNDS
(starts of each program), _KEYS, _COMMITS, _IDLE (seconds of looking at an idle board), _TERMINALS, and _VISITS (past
visits of the large store; a million take some minutes to write).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from tests.benchmarks.figures import Figure, Figures, percentile, ratio, setting, spread
from tests.benchmarks.stage import Installed, Today, cpu_s, pss_mb
from tests.terminal import Terminal

from infusionroom.domain import commands as cmd
from infusionroom.report import FORMATS, render
from infusionroom.services.clock import FrozenClock, SystemClock
from infusionroom.services.room import RoomService
from infusionroom.services.summary import day_summary

pytestmark = pytest.mark.bench

BOARD = "Okafor T"
PATIENTLY = 60.0
USER = ("--user", "RN Lee")


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The program as it would be installed."""
    return Installed(tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="session")
def today() -> Today:
    """The demonstration day, moved to now."""
    return Today()


@pytest.fixture
def url(tmp_path: Path, today: Today) -> str:
    """A store in which it is 10:42 of the demonstration day."""
    url = f"sqlite:///{tmp_path / 'room.sqlite'}"
    today.fill(url)
    return url


def test_starts(installed: Installed, url: str, found: Figures) -> None:
    found += starts(installed, url)


def test_keys(installed: Installed, url: str, found: Figures) -> None:
    found += keys(installed, url)


def test_commits(installed: Installed, today: Today, url: str, found: Figures) -> None:
    found += commits(installed, today, url)


def test_idle(installed: Installed, url: str, found: Figures) -> None:
    found += idle(installed, url)


def test_memory(installed: Installed, url: str, found: Figures) -> None:
    found += memory(installed, url)


def test_queries(today: Today, tmp_path: Path, found: Figures) -> None:
    found += queries(today, tmp_path)


def test_summary(today: Today, tmp_path: Path, found: Figures) -> None:
    found += summary(today, tmp_path)


def board(installed: Installed, url: str) -> Terminal:
    """A terminal that shows the full board and has come to rest."""
    terminal = installed.terminal("--store", url, *USER)
    terminal.wait_for(BOARD, within=PATIENTLY)
    terminal.settle(0.5)
    return terminal


def starts(installed: Installed, url: str) -> Iterator[Figure]:
    """From the start of the process to the first board, beside a bare app; in turn, so that both see the same day."""
    bare, frame, full = [], [], []
    for _ in range(setting("ROUNDS", 7) + 1):
        with Installed.bare_terminal() as terminal:
            terminal.wait_for(BOARD, within=PATIENTLY)
            bare.append(terminal.read_at - terminal.started_at)
        with installed.terminal("--store", url, *USER) as terminal:
            terminal.wait_for("Chairs", within=PATIENTLY)
            frame.append(terminal.read_at - terminal.started_at)
            terminal.wait_for(BOARD, within=PATIENTLY)
            full.append(terminal.read_at - terminal.started_at)
    # The first of each warms the disk's cache and is not counted.
    bare, frame, full = bare[1:], frame[1:], full[1:]
    yield Figure("start: bare Textual app", spread(bare))
    yield Figure("start: frame of the board", spread(frame), ratio(frame, bare))
    yield Figure("start: first board with people", spread(full), ratio(full, bare))


def keys(installed: Installed, url: str) -> Iterator[Figure]:
    """From a key that moves the selection to the last of what it repaints."""
    took, size = [], []
    with board(installed, url) as terminal:
        terminal.press("1")
        terminal.settle(0.3)
        for number in range(setting("KEYS", 100)):
            before, pressed = terminal.bytes_read, time.perf_counter()
            terminal.press("down" if number % 14 < 7 else "up")
            if terminal.read(2.0):
                while terminal.read(0.03):
                    pass
                took.append(terminal.read_at - pressed)
                size.append(terminal.bytes_read - before)
    yield Figure(
        "key to repaint",
        spread(took),
        f"p95 {percentile(took, 0.95) * 1000:.3g} ms, {statistics.median(size):.0f} bytes a key",
    )


def commits(installed: Installed, today: Today, url: str) -> Iterator[Figure]:
    """From one terminal's commit to another's repaint: a pump is paused and runs again."""
    took = []
    room = today.open(url, SystemClock())
    marlowe = next(v.id for v in room.state.visits.values() if v.patient.family == "Marlowe")
    with board(installed, url) as other:
        for number in range(setting("COMMITS", 20)):
            pausing = number % 2 == 0
            command = cmd.Pause(visit=marlowe, why="bench") if pausing else cmd.Resume(visit=marlowe)
            room.execute(command, actor="RN Vasquez", terminal="desk")
            committed = time.perf_counter()
            other.wait_for(lambda screen, on=pausing: ("bench" in screen) is on, within=PATIENTLY)  # type: ignore[misc]
            took.append(max(0.0, other.read_at - committed))
            other.settle(0.1)
    room.close()
    yield Figure("commit to repaint elsewhere", spread(took), f"p95 {percentile(took, 0.95) * 1000:.3g} ms")


def idle(installed: Installed, url: str) -> Iterator[Figure]:
    """A full board that nobody touches."""
    seconds = setting("IDLE", 120)
    with board(installed, url) as terminal:
        cpu, printed, began = cpu_s(terminal), terminal.bytes_read, time.perf_counter()
        while (left := began + seconds - time.perf_counter()) > 0:
            terminal.read(left)
        used, size = cpu_s(terminal) - cpu, terminal.bytes_read - printed
    yield Figure(
        "idle board", f"{100 * used / seconds:.2f} % of a core", f"{size / seconds:.1f} bytes/s, {seconds} s"
    )


def memory(installed: Installed, url: str) -> Iterator[Figure]:
    """What one more terminal costs."""
    extra = setting("TERMINALS", 3)
    terminals: list[Terminal] = []
    try:
        terminals.append(board(installed, url))
        one = pss_mb(terminals)
        terminals += [board(installed, url) for _ in range(extra)]
        every = pss_mb(terminals)
    finally:
        for terminal in terminals:
            terminal.close()
    yield Figure("memory of the first terminal", f"{one:.1f} MB PSS")
    yield Figure("memory of each further one", f"{(every - one) / extra:.1f} MB PSS", f"{extra} more")


def queries(today: Today, folder: Path) -> Iterator[Figure]:
    """The same board on a young store and on an old one."""
    young, old = 1_000, setting("VISITS", 1_000_000)
    loads: dict[int, list[float]] = {}
    for past in (young, old):
        path = folder / f"past-{past}.sqlite"
        began = time.perf_counter()
        today.fill(f"sqlite:///{path}", past=past)
        written = time.perf_counter() - began
        room = today.open(f"sqlite:///{path}", FrozenClock(today.now))
        loads[past] = timed(partial(_read_and_fold, room), 20)
        whose = timed(partial(_whose, room, today.day), 200)
        if past == young:
            yield Figure("board from what is read", spread(timed(room.board, 50)))
        room.close()
        size_mb = path.stat().st_size / 1e6
        yield Figure(
            f"past of {past:,} visits: whose board",
            spread(whose),
            f"{size_mb:.0f} MB, written in {written:.0f} s",
        )
        yield Figure(f"past of {past:,} visits: read and fold", spread(loads[past]))
    yield Figure("the older store's board", ratio(loads[old], loads[young]), "of the younger one's")


def _read_and_fold(room: RoomService) -> None:
    room.reload()
    room.board()


def _whose(room: RoomService, day: date) -> None:
    room.store.open_visits()
    room.store.visits_on(day)


def summary(today: Today, folder: Path) -> Iterator[Figure]:
    """The summary of a whole day."""
    url = f"sqlite:///{folder / 'evening.sqlite'}"
    later = timedelta(hours=9)
    today.fill(url, until=later)
    room = today.open(url, FrozenClock(today.now + later))
    yield Figure("summary of a day: figures", spread(timed(partial(day_summary, room, today.day), 10)))
    figures = day_summary(room, today.day)
    room.close()
    for kind in FORMATS:
        yield Figure(f"summary of a day: {kind}", spread(timed(partial(render, figures, kind), 5)))


def timed(act: Callable[[], object], times: int) -> list[float]:
    """How long an act takes, each time."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return took
