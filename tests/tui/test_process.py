"""The process: light before the first paint, gone when its terminal is, silent about patients when it crashes."""

from __future__ import annotations

import asyncio
import os
import pty
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.tui.boards import NOW, eight_chairs
from tests.tui.cardboard_room import CardboardRoom
from tests.tui.stage import StagedApp, on_stage, screen_text, until

from infusionroom.tui import crash, environment
from infusionroom.tui.guard import HUNG_UP, LOOKS_TO_LEAVE, LOOKS_WITHOUT_A_BEAT, Guard, can_run_here

# What the first board is shown without: the writing side, the rules of deciding, and all that is opened from it.
NOT_YET = (
    "sqlalchemy",
    "sqlmodel",
    "pydantic",
    "pendulum",
    "alembic",
    "psycopg",
    "argon2",
    "cryptography",
    "holidays",
    "jinja2",
    "markdown_it",
    "plotext",
    "typst",
    "hl7",
    "fhir",
    "typer",
    "ssl",
    "hashlib",
    "secrets",
    "infusionroom.domain.commands",
    "infusionroom.domain.decide",
    "infusionroom.domain.booking",
    "infusionroom.domain.course_file",
    "infusionroom.domain.flowsheet",
    "infusionroom.domain.proposal",
    "infusionroom.access",
    "infusionroom.demo",
    "infusionroom.intake",
    "infusionroom.report",
    "infusionroom.services.files",
    "infusionroom.services.giving",
    "infusionroom.services.holiday_calendar",
    "infusionroom.store.engine",
    "infusionroom.store.postgres",
    "infusionroom.store.writing",
    "infusionroom.tui.forms",
    "infusionroom.tui.palette",
    "infusionroom.tui.verbs",
    "infusionroom.tui.visit_screen",
)

FIRST_BOARD = """
import sys
from infusionroom.tui import environment
import asyncio
from datetime import datetime
from infusionroom.cli import endings, arguments, board
from infusionroom.settings import resolved
settings = resolved(sys.argv[1], "RN Lee")
from infusionroom.bootstrap import open_room
from infusionroom.services.clock import FrozenClock
from infusionroom.tui import app as tui

clock = FrozenClock(datetime.fromisoformat(sys.argv[2]))
painted = []
class App(tui.InfusionRoomApp):
    def _display(self, screen, renderable):
        super()._display(screen, renderable)
        shown = "\\n".join(strip.text for strip in screen._compositor.render_strips())
        if "Chairs" in shown and not painted:
            painted.append(shown)
            painted.extend(sorted(sys.modules))

async def main():
    app = App(lambda: open_room(settings.store, clock=clock), actor="a", terminal="t")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()

asyncio.run(main())
print("\\n".join(painted))
"""


def test_the_first_paint_is_the_board_and_nothing_that_it_does_not_need_is_loaded(store_file: Path) -> None:
    argv = [sys.executable, "-c", FIRST_BOARD, f"sqlite:///{store_file}", NOW.isoformat()]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Northside" in done.stdout, "the first paint knows the room already"
    assert "Halvorsen K" in done.stdout, "and who is in it"
    loaded = done.stdout.split()
    assert {"textual.app", "infusionroom.services.room", "sqlite3"} <= set(loaded)
    assert [name for name in loaded if name.startswith(NOT_YET)] == []


def test_what_shows_the_board_leaves_tls_out() -> None:
    code = (
        "import sys; from infusionroom.cli.board import show_board; from infusionroom.settings import Settings;"
        "status = show_board(Settings('sqlite:///none', 'a', 't', False), lambda: None);"
        "print(status, 'textual.app' in sys.modules, 'ssl' in sys.modules); import ssl"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=True,
        timeout=60,
    )
    assert done.stdout.split() == ["2", "True", "False"]


async def test_a_store_that_takes_its_time_does_not_hold_up_the_frame() -> None:
    answers = threading.Event()
    room = CardboardRoom(eight_chairs())

    def opening() -> CardboardRoom:
        assert answers.wait(60)
        return room

    async with on_stage(opening, opened=False) as (app, pilot):
        assert "Chairs" in screen_text(app)
        assert "opening the room" in screen_text(app)
        await pilot.press("3")
        answers.set()
        await until(app, pilot, lambda: app.board is not None)
        assert "opening the room" not in screen_text(app)
        third = eight_chairs().chairs[2].who
        assert third is not None
        await until(app, pilot, lambda: app.home.selected == third.visit)


def test_the_environment_of_a_caller_is_not_trusted() -> None:
    asked = {**os.environ, "TEXTUAL_DRIVER": "evil:Driver", "TEXTUAL": "debug,devtools", "TEXTUAL_PRESS": "q"}
    code = (
        "import infusionroom.tui.app, os, textual.constants as c;"
        "print(c.DRIVER, repr(c.PRESS), os.environ.get('TEXTUAL'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=asked, check=True, timeout=60
    )
    assert done.stdout.split() == ["None", "''", "None"]


def test_our_own_environment_keeps_keys_plain_and_nothing_moving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {**os.environ, "TEXTUAL_LOG": "/tmp/anything"})
    environment.distrust()
    assert "TEXTUAL_LOG" not in os.environ
    assert os.environ["TEXTUAL_ANIMATIONS"] == "none"


def test_without_a_terminal_it_refuses_in_a_sentence() -> None:
    code = (
        "import sys; from infusionroom.tui.app import run_app;"
        "sys.exit(run_app(lambda: None, actor='a', terminal='t'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert can_run_here() is not None, "tests have no terminal either"


class Ended(Exception):
    """The process would have been ended."""


def _guard(loop: asyncio.AbstractEventLoop, left: list[str], terminal: int) -> Guard:
    def end(status: int) -> None:
        raise Ended(status)

    return Guard(loop, lambda: left.append("left"), terminal=terminal, end=end)


async def test_the_guard_leaves_when_the_terminal_hangs_up() -> None:
    master, terminal = pty.openpty()
    left: list[str] = []
    guard = _guard(asyncio.get_running_loop(), left, terminal)
    try:
        guard.look()
        await asyncio.sleep(0)
        assert left == []
        os.close(master)
        guard.look()
        await asyncio.sleep(0)
        assert left == ["left"]
        for _ in range(LOOKS_TO_LEAVE - 1):
            guard.look()
        with pytest.raises(Ended) as ended:
            guard.look()
        assert ended.value.args == (HUNG_UP,)
    finally:
        os.close(terminal)


async def test_the_guard_ends_what_is_left_of_an_app_whose_terminal_has_gone() -> None:
    master, terminal = pty.openpty()
    left: list[str] = []
    guard = _guard(asyncio.get_running_loop(), left, terminal)
    try:
        guard.app_left()
        for _ in range(LOOKS_WITHOUT_A_BEAT + LOOKS_TO_LEAVE + 2):
            guard.look()
        os.close(master)
        for _ in range(LOOKS_TO_LEAVE):
            guard.look()
        with pytest.raises(Ended):
            guard.look()
        assert left == []
    finally:
        os.close(terminal)


async def test_the_guard_ends_what_does_not_answer_any_more() -> None:
    master, terminal = pty.openpty()
    guard = _guard(asyncio.get_running_loop(), [], terminal)
    try:
        guard.look()
        # The loop gets no chance to run in between: it is dead as far as anybody can tell.
        for _ in range(LOOKS_WITHOUT_A_BEAT - 1):
            guard.look()
        with pytest.raises(Ended):
            guard.look()
    finally:
        os.close(master)
        os.close(terminal)


def _fails_with_a_patient() -> None:
    patient = "Halvorsen Kari 1970-01-04"
    raise ValueError(f"cannot show {patient}")


def test_the_log_of_a_crash_says_where_and_never_who(tmp_path: Path) -> None:
    try:
        _fails_with_a_patient()
    except ValueError as error:
        number, path = crash.log_crash(error, NOW, tmp_path / "state")
    assert path is not None
    log = path.read_text()
    assert number in log
    assert "ValueError" in log
    assert "_fails_with_a_patient" in log
    assert "test_process.py:" in log
    assert "Halvorsen" not in log
    assert "1970" not in log
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert number in crash.sentence(number, path)


def test_a_log_that_cannot_be_written_is_no_second_crash(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    number, path = crash.log_crash(ValueError("x"), None, blocked / "below")
    assert path is None
    assert len(number) == 8


async def test_a_crash_ends_with_a_number_a_status_and_no_patient(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(crash, "state_folder", lambda: tmp_path)
    ended: list[StagedApp] = []

    async def crashing() -> None:
        async with on_stage(CardboardRoom(eight_chairs())) as (app, pilot):
            ended.append(app)
            app.call_later(_fails_with_a_patient)
            await pilot.pause()

    with pytest.raises(ValueError, match="Halvorsen"):
        await crashing()
    (app,) = ended
    assert app.return_code == 1
    assert "Reference" in app.crash_sentence
    assert "Halvorsen" not in app.crash_sentence
    assert "Halvorsen" not in (tmp_path / crash.LOG_NAME).read_text()
    printed = capsys.readouterr()
    assert "Halvorsen" not in printed.out + printed.err
