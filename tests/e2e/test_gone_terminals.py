"""Terminals whose people are gone: whatever becomes of a line, nothing is left that runs, holds or waits."""

from __future__ import annotations

import signal
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import pytest
from tests.ssh import PATIENTLY, PROGRAM
from tests.ssh_room import SshRoom, wait_until
from tests.terminal import Terminal

from infusionroom.store.queue import writers_turn

pytestmark = pytest.mark.e2e

CROWD = 5


def runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_going_on_after_a_stop_starts_nothing_twice(sqlite_url: str) -> None:
    """A hang-up brings SIGCONT along; a second thread that reads keys would outlive the program's leaving."""
    with Terminal([*PROGRAM, "--store", sqlite_url, "--user", "RN Lee"]) as terminal:
        terminal.wait_for("demonstration", within=PATIENTLY)
        terminal.settle(1.0)
        program = psutil.Process(terminal.pid)
        before = program.num_threads()
        for number in (signal.SIGCONT, signal.SIGTSTP, signal.SIGCONT):
            terminal.signal(number)
        terminal.settle(0.3)
        assert program.num_threads() == before
        assert program.status() != psutil.STATUS_STOPPED
        terminal.hang_up()
        wait_until(lambda: not runs(program), 10, "it still runs")


@pytest.mark.ssh
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGSTOP], ids=lambda s: s.name)
def test_a_crowd_that_is_gone_at_once_leaves_no_process_and_no_lock(
    clinic: SshRoom, sent: signal.Signals
) -> None:
    with ExitStack() as stack:
        crowd: list[Terminal] = []
        for _ in range(CROWD):
            came = stack.enter_context(clinic.server.terminal(clinic.keys["RN Lee"]))
            came.wait_for("Abara", within=PATIENTLY, alongside=crowd)
            crowd.append(came)
        # By themselves and not as the server's children: what is left may have lost its parent.
        programs = clinic.server.serving()
        assert len(programs) == CROWD
        for terminal in crowd:
            terminal.signal(sent)
        wait_until(lambda: not any(map(runs, programs)), PATIENTLY, "something still runs")
    store = Path(clinic.folder / "room.sqlite")
    with writers_turn(store, 0.0), closing(sqlite3.connect(store, timeout=0)) as alone:
        alone.execute("BEGIN EXCLUSIVE")
