"""A desk in a room that is set up, and an environment that names nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.command_line import Desk


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine's user reaches a test, and nothing of a test reaches them."""
    for name in ("INFUSIONROOM_STORE", "INFUSIONROOM_USER"):
        monkeypatch.delenv(name, raising=False)
    for name, folder in (("HOME", "home"), ("XDG_DATA_HOME", "data"), ("XDG_STATE_HOME", "state")):
        monkeypatch.setenv(name, str(tmp_path / folder))


@pytest.fixture(scope="session")
def room_template(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A store with a room in it, to be copied."""
    path = tmp_path_factory.mktemp("room") / "room.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    friday = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    first = Desk(f"sqlite:///{path}", at=friday)
    for answer in (first.set_up(), first.hire()):
        assert answer.status == 0, answer.err
    return path


@pytest.fixture
def store_file(tmp_path: Path, room_template: Path) -> Path:
    path = tmp_path / "room.sqlite"
    path.touch(mode=0o600)
    path.write_bytes(room_template.read_bytes())
    return path


@pytest.fixture
def desk(store_file: Path) -> Desk:
    """A terminal in the room, on Monday evening."""
    return Desk(f"sqlite:///{store_file}")
