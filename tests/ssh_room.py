"""A room behind an sshd: three people with a key each, and somebody in a chair for each of them."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tests.cli.a_day import plan
from tests.cli.command_line import Answer, Desk
from tests.ssh import PATIENTLY, Server, make_key, public, running_server
from tests.terminal import Terminal

# A name may hold whatever a person types: quotes, a shell's words, backslashes, percent signs, other scripts.
PEOPLE: Final[Mapping[str, str]] = {
    "RN Lee": "charge nurse",
    'Sinéad "Shay" O\'Brien; $(id) `id` \\" %20 &': "nurse",
    "山田 太郎": "prescriber",
}
LEE, OBRIEN, YAMADA = PEOPLE
PATIENTS: Final = ("Abara", "Birch", "Castellanos")


class SshRoom:
    """The room, its people's private keys, the server, and a desk in the room itself."""

    def __init__(self, folder: Path, server: Server, desk: Desk) -> None:
        self.folder, self.server, self.desk = folder, server, desk
        self.keys: dict[str, Path] = {}

    def access(self, *words: str) -> Answer:
        """`infusionroom access …` on this server's file of keys."""
        return self.desk.ask("access", *words, "--file", str(self.server.keys_file))

    def give_key(self, person: str, key: Path) -> Answer:
        return self.access("add", "--user", person, "--key", str(public(key)))

    def ask(self, *words: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
        return self.server.ask(self.keys[LEE], *words, **more)

    @contextmanager
    def board(self, person: str = LEE, options: Sequence[str] = (), **more: Any) -> Iterator[Terminal]:
        """This person's board over SSH, once it is on the screen."""
        with self.server.terminal(self.keys[person], options=options, **more) as terminal:
            terminal.wait_for("Abara", within=PATIENTLY)
            yield terminal

    def notes(self) -> list[dict[str, Any]]:
        """Every note in the journal."""
        return [e for e in self.desk.ask("log", "--json").lines if e["kind"] == "noted"]

    def wait_until_alone(self, within: float = 20.0) -> float:
        """How many seconds it took until nothing of the program ran under the server."""
        since = time.monotonic()
        wait_until(lambda: not self.server.serving(), within, "something still runs")
        return time.monotonic() - since


def wait_until(holds: Callable[[], object], within: float, otherwise: str) -> None:
    """Looks until it holds. Raises `AssertionError`."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, otherwise


def _afternoon() -> str:
    """A time zone in which it is about 15:00 now."""
    ahead = (15 - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


@contextmanager
def ssh_room(folder: Path) -> Iterator[SshRoom]:
    """The room until the block ends."""
    now = datetime.now(UTC)
    desk = Desk(f"sqlite:///{folder / 'room.sqlite'}", at=now, user=LEE)
    said = desk.ask("setup", "--name", "Northside", "--timezone", _afternoon())
    assert said.status == 0, said.err
    asked: list[dict[str, Any]] = [
        {"command": "add_person", "name": name, "role": role} for name, role in PEOPLE.items() if name != LEE
    ]
    for chair, family in enumerate(PATIENTS, 1):
        start = (now - timedelta(minutes=5)).isoformat()
        asked += [
            plan(family=family, placer=family, filler="", record=f"K-{chair}", start=start),
            {"command": "arrive", "visit": f"{family}/"},
            {"command": "seat", "visit": f"{family}/", "chair": chair},
        ]
    done = desk.do(asked)
    assert done.status == 0, done.out
    with running_server(folder) as server:
        room = SshRoom(folder, server, desk)
        for number, person in enumerate(PEOPLE):
            room.keys[person] = make_key(folder / f"key{number}")
            given = room.give_key(person, room.keys[person])
            assert given.status == 0, given.err
        yield room
