"""The way of a key to the board is as light as that of the clinic's own terminal."""

from __future__ import annotations

import subprocess
import sys

from tests.cli.command_line import Desk

# What only commands need: parsing keys, the table of commands, the writing side, other ways out of the store.
NOT_ON_THE_WAY = (
    "cryptography",
    "typer",
    "sqlalchemy",
    "sqlmodel",
    "pydantic",
    "pendulum",
    "alembic",
    "psycopg",
    "jinja2",
    "infusionroom.access.keys",
    "infusionroom.access.key_lines",
    "infusionroom.access.doctor",
    "infusionroom.cli.commands",
    "infusionroom.report",
    "infusionroom.intake",
)

TO_THE_BOARD = """
import os, sys
from infusionroom.cli import board, serving
serving.has_terminal = lambda: True
def shown(settings, open_room, **more):
    room = open_room()
    print(settings.user, settings.terminal, room.state.clinic.name)
    print(*sorted(sys.modules))
    return 0
board.show_board = shown
os.environ.update(TERM="xterm", SSH_CONNECTION="10.0.0.7 1 10.0.0.1 22", SSH_ORIGINAL_COMMAND="")
from infusionroom.__main__ import run
sys.exit(run(["access", "serve", *sys.argv[1:]]))
"""


def test_nothing_is_loaded_that_the_first_paint_does_not_need(desk: Desk) -> None:
    words = ["--for=vega", "--key=SHA256:abc", f"--at={desk.store}"]
    done = subprocess.run(
        [sys.executable, "-I", "-c", TO_THE_BOARD, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    who, loaded = done.stdout.splitlines()
    assert who == "vega ssh 10.0.0.7 script Northside"
    assert [name for name in loaded.split() if name.startswith(NOT_ON_THE_WAY)] == []
