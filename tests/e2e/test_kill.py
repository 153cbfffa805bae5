"""A terminal that is killed at any moment loses nothing that it had acknowledged, and leaves a sound store."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

import pytest

from infusionroom.store import closing_store, open_store

pytestmark = pytest.mark.e2e

KILLS = 50
ROOT = Path(__file__).parents[2]

# Imports once and forks a terminal per line of its standard input, each appending until it is killed.
_TERMINALS = """
import os, sys
from infusionroom.store import open_store
from infusionroom.store.writer import Writer
from infusionroom.domain.journal import Draft
from tests.rooms import MORNING, MONDAY, here, note

def append_for_ever(number):
    store = open_store(sys.argv[1])
    count = 0
    while True:
        count += 1
        size = 1 + (number * 37 + count * 11) % 40
        with store.writing() as writing:
            entries = writing.append([Draft(f"visit:v{number}", note("x" * 40 * size), MORNING)] * size,
                recorded_at=MORNING, actor="vega", terminal="desk", command=f"{number}-{count}")
            writing.save_visit(here(f"v{number}", version=entries[-1].version), [MONDAY])
        os.write(1, f"{entries[-1].id} {entries[-1].hash}\\n".encode())

for line in sys.stdin:
    child = os.fork()
    if not child:
        append_for_ever(int(line))
    os.write(1, f"pid {child}\\n".encode())
    os.waitpid(child, 0)
    os.write(1, b"dead\\n")
"""


def test_fifty_kills_lose_no_acknowledged_entry(sqlite_url: str) -> None:
    chance = random.Random(1123)
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    terminals = subprocess.Popen(
        [sys.executable, "-c", _TERMINALS, sqlite_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert terminals.stdin is not None
    assert terminals.stdout is not None
    acknowledged: dict[int, str] = {}
    left_half_done = 0
    with terminals:
        for number in range(KILLS):
            terminals.stdin.write(b"%d\n" % number)
            terminals.stdin.flush()
            acknowledged |= _append_until_killed(terminals.stdout, chance)
            journal = path.with_name(path.name + "-journal")
            left_half_done += journal.exists() and journal.stat().st_size > 0
            with closing_store(open_store(sqlite_url)) as store:
                last = max(acknowledged, default=0)
                assert store.head()[0] >= last
        terminals.stdin.close()
    with closing_store(open_store(sqlite_url)) as store:
        kept = {entry.id: entry.hash for entry in store.entries()}
        assert store.problems() == []
        # A row of a visit says the same as its last entry: both were written, or neither.
        assert {f"visit:{record.visit}": record.version for record in store.records()} == {
            entry.stream: entry.version for entry in store.entries()
        }
    assert len(acknowledged) >= KILLS
    assert {number: kept.get(number) for number in acknowledged} == acknowledged
    assert left_half_done > 0, "no kill struck in the middle of a commit: the test proves too little"


def _append_until_killed(output: IO[bytes], chance: random.Random) -> dict[int, str]:
    """What one terminal acknowledged before it was killed, some moment after one of its first appends."""
    acknowledged: dict[int, str] = {}
    after, pid = chance.randrange(1, 5), 0
    killer: threading.Timer | None = None
    for line in output:
        word, _, rest = line.decode().strip().partition(" ")
        if word == "dead":
            break
        if word == "pid":
            pid = int(rest)
            continue
        acknowledged[int(word)] = rest
        if len(acknowledged) >= after and killer is None and pid:
            killer = threading.Timer(chance.uniform(0, 0.012), _kill, [pid])
            killer.start()
    if killer is not None:
        killer.join()
    return acknowledged


def _kill(pid: int) -> None:
    import os
    import signal

    os.kill(pid, signal.SIGKILL)
