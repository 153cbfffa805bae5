"""Twenty terminals that write at once lose nothing, and none is told to come back later."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from infusionroom.domain.events import Noted
from infusionroom.store import Store

WRITERS, APPENDS = 20, 20

# Imports once and forks the terminals, who start together when the gate's last writing end is closed. Each reads
# the last note, adds one to it and appends it: a lost update would leave a number out.
_TERMINALS = """
import os, sys, traceback
from infusionroom.domain.journal import Draft
from infusionroom.store import open_store
from infusionroom.store.writer import Writer
from tests.rooms import MORNING, note

def run(name):
    store = open_store(sys.argv[1])
    os.read(gate, 1)
    for number in range(int(sys.argv[3])):
        with store.writing() as writing:
            told = writing.entries(after=max(0, writing.head()[0] - 1))
            last = int(told[-1].body.text) if told else 0
            [entry] = writing.append([Draft("visit:v1", note(str(last + 1)), MORNING)], recorded_at=MORNING,
                actor="vega", terminal=name, command=f"{name}-{number}")
        os.write(1, f"{entry.id}\\n".encode())
    store.close()

gate, opening = os.pipe()
children = []
for number in range(int(sys.argv[2])):
    child = os.fork()
    if not child:
        os.close(opening)
        try:
            run(f"terminal{number}")
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    children.append(child)
os.close(opening)
sys.exit(sum(os.waitpid(child, 0)[1] for child in children) and 1)
"""


def test_twenty_terminals_at_once_lose_no_update(store_url: str, open_room: Callable[[str], Store]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TERMINALS, store_url, str(WRITERS), str(APPENDS)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    store = open_room(store_url)
    entries = store.entries()
    assert [entry.id for entry in entries] == list(range(1, WRITERS * APPENDS + 1))
    assert sorted(map(int, done.stdout.split())) == [entry.id for entry in entries]
    notes = [entry.body.text for entry in entries if isinstance(entry.body, Noted)]
    assert notes == [str(number) for number in range(1, len(entries) + 1)]
    assert set(Counter(entry.terminal for entry in entries).values()) == {APPENDS}
    assert store.problems() == []
