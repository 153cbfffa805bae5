"""The wall in a real terminal: every byte of what it receives is searched for what must not hang on a wall."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from tests.terminal import Terminal
from tests.tui.boards import DAY, NOW, at
from tests.tui.room_day import busy_morning

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.names import readable

pytestmark = pytest.mark.e2e

PATIENTLY = 60.0
ROOT = Path(__file__).parents[2]

# The program itself, by the clock of the morning.
_WALL = """
import sys
from datetime import datetime
from infusionroom.__main__ import run
from infusionroom.services.clock import SpedClock
clock = SpedClock(datetime.fromisoformat(sys.argv[2]), float(sys.argv[3]))
sys.exit(run(["--store", sys.argv[1], "wall"], clock))
"""

# Given name, surname: rare letters, few letters, and what would steer a terminal or set its title.
ODD = (
    ("Zsófia", "Przybyszewska-Quux"),
    ("小龙", "李"),
    ("\x1b]0;Titlefield Eve\x07", "Mallory\x1b[31m"),
    ("Ngozi", "Ötzi"),
)
TOLD_ABOUT_THEM = ("Przybyszewska-Quux vomited", "Ötzi spilled his tea", "allergic to amoxiclav", "nausea")


@pytest.fixture
def store(tmp_path: Path) -> str:
    """The busy morning, and people with odd names in its chairs; what is typed about them names them."""
    url = f"sqlite:///{tmp_path / 'room.sqlite'}"
    day = busy_morning(url)
    day.do(
        cmd.RegisterPatient(
            file=ev.PatientFile(
                family="Grzegorzewicz", given="Wanda", icd10="G90.511", record_number="KX-778812",
                birth_date=DAY.replace(year=1961),
            )
        )
    )  # fmt: skip
    visits = [day.planned(family, given, NOW - timedelta(minutes=30)) for given, family in ODD[:2]]
    visits += [day.planned(readable(family), given, NOW) for given, family in ODD[2:]]
    for chair, visit in zip((5, 7, 8), visits, strict=False):
        day.seated(visit, chair, NOW)
    day.record(visits[0], ev.Noted(text=TOLD_ABOUT_THEM[0] + ", " + TOLD_ABOUT_THEM[2]), NOW)
    day.arrived(visits[3], NOW)
    okafor = next(v.id for v in day.room.state.visits.values() if v.patient.family == "Okafor")
    day.do(cmd.Pause(visit=okafor, why=TOLD_ABOUT_THEM[1]))
    day.vitals(okafor, NOW, sbp=197)
    day.room.close()
    return url


def secrets_of(url: str) -> set[str]:
    """Everything about a person that the room knows and a wall must not show."""
    from infusionroom.bootstrap import open_room

    room = open_room(url, create=False)
    told = {
        "G90",
        "778812",
        "Grzegorzewicz",
        "Titlefield",
        "amoxiclav",
        "spilled",
        "vomited",
        "nausea",
        "197",
    }
    try:
        for visit in room.state.visits.values():
            person = visit.patient
            told |= {person.family, person.given, person.record_number, str(person.birth_date)}
            told |= {word for word in re.split(r"\W+", f"{person.family} {person.given}") if len(word) > 1}
            if visit.order is not None:
                told |= {str(visit.order.body.rate_ml_h), str(visit.order.body.dose), "mL/h", "mg/"}
    finally:
        room.close()
    # What a screen is steered with holds single letters and short numbers: they say nothing about anybody.
    return {word for word in told if len(word) > 1 and not (word.isdigit() and len(word) < 3)} | {"李"}


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (200, 60)])
def test_of_a_person_only_initials_reach_the_wall(store: str, columns: int, rows: int) -> None:
    argv = [sys.executable, "-c", _WALL, store, NOW.isoformat(), "120"]
    with Terminal(argv, columns=columns, rows=rows) as terminal:
        first = terminal.wait_for("infusing", within=PATIENTLY)
        # Two minutes a second: alarms come, timers move, and the minutes are painted.
        terminal.wait_for(lambda screen: "infusing" in screen and screen != first, within=PATIENTLY)
        terminal.press("3", "p", "enter", "ctrl+c")
        terminal.wait_for("Ctrl+C ends nothing", within=PATIENTLY)
        terminal.resize(rows * 3, columns // 3)
        terminal.settle(0.5)
        terminal.press("q", "q")
        assert terminal.wait_end(within=PATIENTLY) == 0
        received = bytes(terminal.received)
    whole = received.decode("utf-8")
    words = re.sub(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|.)", "", whole)
    assert [word for word in sorted(secrets_of(store)) if word in whole or word in words] == []
    assert b"\x1b]0;" not in received
    assert b"\x1b]2;" not in received, "a window's title is nowhere to be set"


def test_a_wall_gives_no_command(store: str) -> None:
    """Nothing of what is pressed there reaches the journal."""
    from infusionroom.bootstrap import open_room

    room = open_room(store, create=False)
    before = room.state.head
    with Terminal([sys.executable, "-c", _WALL, store, at(10, 42).isoformat(), "1"]) as terminal:
        terminal.wait_for("infusing", within=PATIENTLY)
        terminal.press("7", "C", "k", "1", "p", "enter", "enter", "q", "q")
        terminal.wait_end(within=PATIENTLY)
    room.refresh()
    assert room.state.head == before
    room.close()


def test_without_a_room_the_wall_says_what_to_do(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "infusionroom", "--store", f"sqlite:///{tmp_path / 'none.sqlite'}", "wall"]
    with Terminal(argv) as terminal:
        assert terminal.wait_end(within=PATIENTLY) == 1
        assert "infusionroom setup" in terminal.text()
    assert list(tmp_path.iterdir()) == []
