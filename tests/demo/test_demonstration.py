"""A demonstration from its making to its removal, on the real store."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable
from datetime import date, time
from itertools import islice
from pathlib import Path

import pytest

from infusionroom.bootstrap import open_room
from infusionroom.demo import BadDemonstration, Demonstration, run
from infusionroom.demo.courses import everything
from infusionroom.demo.people import TIMEZONE
from infusionroom.demo.place import PREFIX, ThrowAway
from infusionroom.demo.playing import Player, played
from infusionroom.domain import commands as cmd
from infusionroom.domain.day import at_local
from infusionroom.domain.outcome import Done
from infusionroom.domain.visit import Phase
from infusionroom.services.clock import Clock, FrozenClock, SpedClock
from infusionroom.services.room import RoomService

MONDAY = date(2026, 11, 23)


def opened(url: str, clock: Clock) -> RoomService:
    return open_room(url, clock=clock)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where demonstrations are made in this test."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def _until(room: RoomService, holds: Callable[[], bool]) -> None:
    """Follows the room's feed until what is wanted is there."""
    for _ in range(200):
        room.refresh()
        if holds():
            return
        room.wait(0.25)
    raise AssertionError("it never came")


def test_it_opens_in_the_middle_of_the_day_and_goes_on_by_itself(temporary: Path) -> None:
    with Demonstration(opened, day=MONDAY, speed=1200) as demonstration:
        room = demonstration.open()
        assert room.board().counts.infusing + room.board().counts.paused == 3
        assert room.clock.now() >= at_local(MONDAY, time(10, 42), TIMEZONE)
        # At 10:51 the first of the four to come arrives.
        _until(room, lambda: room.board().counts.to_come < 4)
        assert room.store.problems() == []


def test_it_begins_when_it_is_asked_to(temporary: Path) -> None:
    with Demonstration(opened, day=MONDAY, at=time(3, 0)) as night:
        assert night.open().board().counts.to_come == 13


def test_it_is_private_and_leaves_nothing_behind(temporary: Path) -> None:
    seen: list[str] = []

    def show(open_it: Callable[[], RoomService]) -> int:
        open_it()
        folder = next(temporary.glob(f"{PREFIX}*"))
        seen.append(stat.filemode(folder.stat().st_mode))
        seen.append(stat.filemode((folder / "room.sqlite").stat().st_mode))
        return 7

    assert run(time(6, 0), day=MONDAY, open_room=opened, show=show) == 7
    assert seen == ["drwx------", "-rw-------"]
    assert list(temporary.iterdir()) == []
    assert not [t for t in threading.enumerate() if t.name == "infusionroom-demonstration"]


def test_it_leaves_nothing_behind_after_a_crash_either(temporary: Path) -> None:
    def crash(open_it: Callable[[], RoomService]) -> int:
        open_it()
        raise RuntimeError("the screen fell over")

    with pytest.raises(RuntimeError, match="fell over"):
        run(time(6, 0), day=MONDAY, open_room=opened, show=crash)
    assert list(temporary.iterdir()) == []


def test_what_a_killed_one_left_is_removed_by_the_next_and_a_living_one_is_not(temporary: Path) -> None:
    killed = temporary / f"{PREFIX}killed"
    killed.mkdir(mode=0o700)
    (killed / "alive").touch()
    with ThrowAway(temporary) as living, ThrowAway(temporary) as other:
        assert not killed.exists()
        assert living.path.exists()
        assert other.path.exists()
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("speed", [0, -1, float("nan"), float("inf"), 1e6])
def test_a_clock_that_cannot_run_is_refused_in_a_sentence(speed: float) -> None:
    with pytest.raises(BadDemonstration, match="speed is a number above 0"):
        Demonstration(opened, speed=speed)


def test_what_somebody_did_first_is_passed_over_and_the_day_goes_on(sqlite_url: str) -> None:
    """A visitor sends Petrov home at the door; all that was written for Petrov is refused, the others live on."""
    steps = everything(MONDAY)
    at = at_local(MONDAY, time(10, 52), TIMEZONE)
    frozen = FrozenClock(at)
    room = opened(sqlite_url, frozen)
    try:
        following = played(room, steps, at)
        petrov = next(v for v in room.state.visits.values() if v.patient.family == "Petrov")
        home = cmd.TurnAway(visit=petrov.id, why="feels feverish")
        assert isinstance(room.execute(home, actor="RN Lee", terminal="desk"), Done)
        clock = SpedClock(at, 36_000)
        player = Player(lambda: opened(sqlite_url, clock), clock, iter(following + list(islice(steps, 120))))
        player.start()
        nakagawa = next(v.id for v in room.state.visits.values() if v.patient.family == "Nakagawa")
        _until(room, lambda: room.state.visits[nakagawa].phase is Phase.INFUSING)
        player.stop()
        assert not player.is_alive()
        room.refresh()
        assert room.state.visits[petrov.id].phase is Phase.LEFT
        assert room.state.visits[petrov.id].chair is None
    finally:
        room.close()
