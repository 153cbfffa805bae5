"""Where a demonstration lives: a private folder that goes with it, in memory where the system has such a place."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, Self

PREFIX: Final = "infusionroom-demo-"
_ALIVE: Final = "alive"


class ThrowAway:
    """A folder for its owner's eyes only (0700), removed by `close`; `url` is the store in it.

    A process that is killed outright leaves its folder behind; the next demonstration removes it, told by the lock
    that died with its owner.
    """

    def __init__(self, parent: Path | None = None) -> None:
        parent = parent or _parent()
        for left in _abandoned(parent):
            shutil.rmtree(left, ignore_errors=True)
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        self._lock: IO[bytes] | None = (self.path / _ALIVE).open("wb")
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path / 'room.sqlite'}"

    def close(self) -> None:
        if self._lock is not None:
            shutil.rmtree(self.path, ignore_errors=True)
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _parent() -> Path:
    """`TMPDIR` where somebody set it; else memory, so that no disk is written; else the usual place."""
    named = os.environ.get("TMPDIR")
    places = [named] if named else [os.environ.get("XDG_RUNTIME_DIR"), "/dev/shm"]  # noqa: S108 - mkdtemp is 0700
    for place in places:
        if place and Path(place).is_dir() and os.access(place, os.W_OK | os.X_OK):
            return Path(place)
    return Path(tempfile.gettempdir())


def _abandoned(parent: Path) -> Iterator[Path]:
    """Folders of this person's earlier demonstrations whose process is gone."""
    for folder in parent.glob(f"{PREFIX}*"):
        try:
            if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
                continue
            with (folder / _ALIVE).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield folder
        except OSError:
            continue  # still played, or not ours to remove
