"""Rooms for the screen's tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.tui.boards import NOW
from tests.tui.quick_keys import dealt_with
from tests.tui.room_day import Morning, busy_morning

from infusionroom.services.clock import FrozenClock
from infusionroom.services.room import RoomService
from infusionroom.tui.forms.double_tap import DoubleTap


@pytest.fixture(autouse=True)
def fast_fingers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test types faster than a person sees: for it no Enter comes too soon."""
    monkeypatch.setattr(DoubleTap, "window_s", 0.0)


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next key comes when the one before was dealt with."""
    monkeypatch.setattr("textual.app.wait_for_idle", dealt_with)


@pytest.fixture(autouse=True)
def machine_without_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the tests run, the machine says nothing of where the room could be."""
    monkeypatch.setenv("TZ", "UTC")


@pytest.fixture(scope="session")
def morning_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a busy morning in it, to be copied."""
    path = tmp_path_factory.mktemp("morning") / "room.sqlite"
    busy_morning(f"sqlite:///{path}").room.close()
    return path


@pytest.fixture
def store_file(tmp_path: Path, morning_file: Path) -> Path:
    """A test's own copy of the busy morning."""
    path = tmp_path / "room.sqlite"
    shutil.copy(morning_file, path)
    return path


@pytest.fixture
def terminal(store_file: Path) -> Iterator[Callable[[], RoomService]]:
    """Opens the morning's room at 10:42 as often as there are terminals; each has a clock of its own."""
    from infusionroom.bootstrap import open_room

    rooms: list[RoomService] = []

    def opening() -> RoomService:
        rooms.append(open_room(f"sqlite:///{store_file}", clock=FrozenClock(NOW)))
        return rooms[-1]

    yield opening
    for room in rooms:
        room.close()


@pytest.fixture
def room(terminal: Callable[[], RoomService]) -> RoomService:
    """The morning's room."""
    return terminal()


@pytest.fixture
def empty_room(tmp_path: Path) -> Iterator[RoomService]:
    """A store in which nobody has set up a room."""
    from infusionroom.bootstrap import open_room

    service = open_room(f"sqlite:///{tmp_path / 'empty.sqlite'}", clock=FrozenClock(NOW))
    yield service
    service.close()


__all__ = ["Morning"]
