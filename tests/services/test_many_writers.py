"""Twenty terminals give commands to one room at once: all are answered, none is lost, no chair is shared."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.services.test_room import done, plan, set_up

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.record import record_of

TERMINALS, NOTES, CHAIRS = 20, 4, 4

# Imports once and forks the terminals, who start together when the gate's last writing end is closed. Each brings
# its own person in, tries every chair, and writes notes for one person whom all share.
_PROGRAM = """
import json, os, sys, traceback
from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd, events as ev
from infusionroom.domain.visit import visit_id_of

url, terminals, notes, chairs = sys.argv[1], *map(int, sys.argv[2:5])

def run(number):
    room = open_room(url)
    os.read(gate, 1)
    name, counts = f"nurse{number}", {"done": 0, "refused": 0, "conflict": 0}
    def give(command):
        outcome = room.execute(command, actor=name, terminal=name)
        counts[type(outcome).__struct_config__.tag] += 1
        return outcome
    mine, shared = visit_id_of(f"P/{number}"), visit_id_of(f"P/{terminals + 1}")
    give(cmd.Arrive(visit=mine))
    for chair in range(1, chairs + 1):
        give(cmd.Seat(visit=mine, chair=chair))
    for note in range(notes):
        command = cmd.Record(visit=shared, fact=ev.Noted(text=f"{name} {note}"), id=f"{name}-{note}")
        give(command)
        if note % 3 == 0:
            assert give(command).repeated
    room.close()
    os.write(1, (json.dumps(counts) + "\\n").encode())

gate, opening = os.pipe()
children = []
for number in range(1, terminals + 1):
    child = os.fork()
    if not child:
        os.close(opening)
        try:
            run(number)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    children.append(child)
os.close(opening)
sys.exit(sum(os.waitpid(child, 0)[1] for child in children) and 1)
"""


@pytest.mark.e2e
def test_twenty_terminals_at_once_share_one_room(store_url: str) -> None:
    room = open_room(store_url)
    set_up(room, chairs=CHAIRS)
    # Booked by a sender, who does not ask how full the room is.
    visits = [plan(room, number, source="hospital") for number in range(1, TERMINALS + 1)]
    shared = plan(room, TERMINALS + 1, source="hospital")
    for number in range(1, TERMINALS + 1):
        done(room, cmd.AddPerson(name=f"nurse{number}", role="nurse"))
    answered = subprocess.run(
        [sys.executable, "-c", _PROGRAM, store_url, str(TERMINALS), str(NOTES), str(CHAIRS)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        timeout=90,
    )
    assert (answered.returncode, answered.stderr) == (0, "")
    counts = Counter[str]()
    for line in answered.stdout.splitlines():
        counts.update(json.loads(line))
    repeats = len(range(0, NOTES, 3))
    assert counts == {
        "done": TERMINALS * (1 + NOTES + repeats) + CHAIRS,
        "refused": TERMINALS * CHAIRS - CHAIRS,
        "conflict": 0,
    }
    late = open_room(store_url)
    notes = [e.body.text for e in late.state.visits[shared].entries if isinstance(e.body, ev.Noted)]
    assert sorted(notes) == sorted(
        f"nurse{number} {note}" for number in range(1, TERMINALS + 1) for note in range(NOTES)
    )
    seated = {v.chair: v.id for v in late.state.visits.values() if v.chair is not None}
    assert set(seated) == set(range(1, CHAIRS + 1))
    assert late.store.seats() == seated
    room.refresh()
    assert room.state.visits == late.state.visits
    clinic = late.state.clinic
    assert clinic is not None
    records = {record.visit: record for record in late.store.records(visits=[*visits, shared])}
    assert records == {v.id: record_of(v, clinic) for v in late.state.visits.values()}
    assert late.store.problems() == []
    for terminal in (room, late):
        terminal.close()
