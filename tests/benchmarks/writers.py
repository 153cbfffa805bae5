"""Twenty terminals that write with pauses to think: imports once, forks, prints how long each command took.

`python -m tests.benchmarks.writers URL SECONDS VISIT…` prints one number a line, in seconds.
"""

from __future__ import annotations

import os
import select
import sys
import time
from random import Random

from tests.benchmarks.full_room import nurse

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev

WRITERS = 20
THINKS_S = (0.5, 1.5)


def write(number: int, url: str, seconds: float, visits: list[str]) -> None:
    """One terminal: thinks, writes a note, and says how long it was until the note was acknowledged."""
    chance, room = Random(number), open_room(url, create=False)
    room.execute(
        cmd.Record(visit=visits[number], fact=ev.Noted(text="warm")), actor=nurse(number), terminal="w"
    )
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        select.select([], [], [], chance.uniform(*THINKS_S))
        command = cmd.Record(visit=chance.choice(visits), fact=ev.Noted(text="asleep"))
        began = time.perf_counter()
        room.execute(command, actor=nurse(number), terminal=f"terminal {number}")
        os.write(1, f"{time.perf_counter() - began}\n".encode())
    room.close()


def main() -> None:
    url, seconds, visits = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
    import infusionroom.services.giving
    import infusionroom.store.postgres
    import infusionroom.store.writer
    import infusionroom.store.writing  # noqa: F401

    children = []
    for number in range(WRITERS):
        child = os.fork()
        if not child:
            write(number, url, seconds, visits)
            os._exit(0)
        children.append(child)
    sys.exit(sum(os.waitpid(child, 0)[1] for child in children) and 1)


if __name__ == "__main__":
    main()
