"""The demonstration in a real terminal, under a nurse's fingers; and every way in which a terminal can go away."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from tests.terminal import Terminal

from infusionroom.bootstrap import open_room
from infusionroom.demo.place import PREFIX
from infusionroom.domain.journal import Entry
from infusionroom.domain.visit import Visit
from infusionroom.services.room import RoomService

pytestmark = pytest.mark.e2e

PROGRAM = (sys.executable, "-m", "infusionroom")
PATIENTLY = 60.0
VITALS = {"SBP": "131", "DBP": "83", "HR": "79", "RR": "15", "SpO₂": "97"}


@contextmanager
def demonstration(temporary: Path, *options: str, columns: int = 120, rows: int = 40) -> Iterator[Terminal]:
    """The demonstration day in a terminal of its own, its board on the screen."""
    argv = [*PROGRAM, "demo", "--at", "10:42", *options]
    with Terminal(argv, columns=columns, rows=rows, env={"TMPDIR": str(temporary)}) as terminal:
        terminal.wait_for("Okafor T", within=PATIENTLY)
        yield terminal


def store_of(temporary: Path) -> str:
    (folder,) = temporary.glob(f"{PREFIX}*")
    return f"sqlite:///{folder / 'room.sqlite'}"


def person(room: RoomService, family: str) -> Visit:
    return next(v for v in room.state.visits.values() if v.patient.family == family)


def entry_that(room: RoomService, terminal: Terminal, holds: Callable[[], Entry | None]) -> Entry:
    """The entry once it is in the journal; what the terminal prints meanwhile is read."""
    for _ in range(int(PATIENTLY / 0.1)):
        room.refresh()
        if found := holds():
            return found
        terminal.read(0)
        room.wait(0.1)
    raise AssertionError(f"it never reached the journal. The screen:\n{terminal.text()}")


def _stands_beside(sign: str, value: str, screen: str) -> bool:
    return any(sign in line and value in line.partition(sign)[2].split() for line in screen.splitlines())


def test_vitals_that_are_typed_at_a_chair_are_in_the_journal(tmp_path: Path) -> None:
    with demonstration(tmp_path) as terminal:
        room = open_room(store_of(tmp_path), create=False)
        terminal.press("1", "v")
        for sign, value in VITALS.items():
            terminal.wait_for(f"▸{sign}", within=PATIENTLY)
            terminal.type(value)
            terminal.wait_for(partial(_stands_beside, sign, value), within=PATIENTLY)
            terminal.press("tab")
        terminal.press("enter")

        def typed() -> Entry | None:
            known = person(room, "Marlowe").vitals[-1]
            entry = next(e for e in person(room, "Marlowe").entries if e.id == known.entry)
            return entry if known.body.sbp == 131 else None

        entry = entry_that(room, terminal, typed)
        assert (entry.actor, entry.kind) == ("RN Lee", "vitals_taken")
        terminal.wait_for(lambda screen: "SBP" not in screen)
        room.close()


def test_what_one_terminal_enters_another_shows(tmp_path: Path) -> None:
    with demonstration(tmp_path) as one:
        argv = [*PROGRAM, "--store", store_of(tmp_path), "--user", "RN Vasquez"]
        with Terminal(argv, columns=120, rows=40) as other:
            before = other.wait_for("Okafor T", within=PATIENTLY, alongside=[one])
            assert "bathroom" not in before
            one.press("1", "p")
            one.wait_for("2 ○ bathroom", alongside=[other])
            one.press("2")
            one.wait_for("2 ● bathroom", alongside=[other])
            one.press("enter")
            other.wait_for("bathroom", within=PATIENTLY, alongside=[one])


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (200, 60)])
def test_the_board_fits_small_and_large_windows(tmp_path: Path, columns: int, rows: int) -> None:
    with demonstration(tmp_path, columns=columns, rows=rows) as terminal:
        assert "11 min late" in terminal.wait_for("Halvorsen")
        terminal.resize(120, 40)
        terminal.wait_for("Discharge readiness")
        terminal.press("q", "q")
        assert terminal.wait_end(within=PATIENTLY) == 0


def test_the_clock_runs_as_fast_as_asked_and_the_day_goes_on(tmp_path: Path) -> None:
    with demonstration(tmp_path, "--speed", "120") as terminal:
        # At 10:51 Okafor's infusion ends by itself: nine minutes there, four and a half seconds here.
        okafor_recovers = re.compile(r"2 ◔ Okafor T +recovering")
        terminal.wait_for(lambda screen: okafor_recovers.search(screen) is not None, within=PATIENTLY)


ENDINGS: dict[str, Callable[[Terminal], None]] = {
    "hang-up": lambda terminal: terminal.signal(signal.SIGHUP),
    "termination": lambda terminal: terminal.signal(signal.SIGTERM),
    "the terminal is gone": lambda terminal: terminal.hang_up(),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_when_the_terminal_goes_nothing_stays_behind(tmp_path: Path, ending: str) -> None:
    with demonstration(tmp_path) as terminal:
        ENDINGS[ending](terminal)
        code = terminal.wait_end(within=PATIENTLY)
        assert code >= 0, "it was ended by the signal instead of ending itself"
        assert terminal.processes() == []
    assert list(tmp_path.iterdir()) == []


def test_it_is_ended_cleanly_even_before_its_board_is_up(tmp_path: Path) -> None:
    argv = [*PROGRAM, "demo"]
    with Terminal(argv, env={"TMPDIR": str(tmp_path)}) as terminal:
        terminal.wait_for("opening the room", within=PATIENTLY)
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_end(within=PATIENTLY) >= 0
    assert list(tmp_path.iterdir()) == []


def test_without_a_terminal_it_says_so_and_starts_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "demo"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENTLY,
        check=False,
        env={"TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )
    assert done.returncode == 2
    assert b"needs a terminal" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_demonstrations_summary_is_written_where_it_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not to be mistaken for the real room's, which the command would write."""
    (folder := tmp_path / "office").mkdir()
    monkeypatch.chdir(folder)
    with demonstration(tmp_path) as terminal:
        terminal.press("f5")
        terminal.wait_for("only you can open", within=PATIENTLY)
    written = sorted(folder.iterdir())
    assert {path.suffix for path in written} == {".csv", ".html", ".json", ".md"}
    assert {path.stat().st_mode & 0o777 for path in written} == {0o600}
