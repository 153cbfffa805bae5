"""Gives command lines to the program in this process, by a clock that stands still, and keeps what it answers."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from infusionroom.__main__ import run
from infusionroom.services.clock import FrozenClock

# Monday, 18:30 in New York.
EVENING = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)


# Who else works here, beside the desk's own user.
COLLEAGUES = ("lee", "kim", "okoro")


class Answer(NamedTuple):
    """What a command line came to."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """One JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


class Desk:
    """A terminal in the room at `store`, used by `user`."""

    def __init__(self, store: str, at: datetime = EVENING, user: str = "vega") -> None:
        self.store, self.user, self.clock = store, user, FrozenClock(at)

    def ask(self, *words: str, stdin: bytes = b"") -> Answer:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        with pytest.MonkeyPatch.context() as patched, redirect_stdout(out), redirect_stderr(err):
            patched.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
            status = run(["--store", self.store, "--user", self.user, *words], self.clock)
            said = []
            for stream in (out, err):
                stream.seek(0)
                said.append(stream.read())
        return Answer(status, *said)

    def set_up(self) -> Answer:
        return self.ask("setup", "--name", "Northside", "--timezone", "America/New_York")

    def hire(self) -> Answer:
        """Adds everybody else who works here."""
        return self.do([{"command": "add_person", "name": name, "role": "nurse"} for name in COLLEAGUES])

    def do(self, commands: Iterable[dict[str, Any]], *words: str) -> Answer:
        lines = "".join(json.dumps(command, ensure_ascii=False) + "\n" for command in commands)
        return self.ask("do", *words, stdin=lines.encode("utf-8"))

    def status(self, *words: str) -> Any:
        answer = self.ask("status", "--json", *words)
        assert answer.status == 0, answer.err
        return answer.json

    def visit(self, *words: str) -> Any:
        """The only visit of the day."""
        (visit,) = self.status(*words)["visits"]
        return visit
