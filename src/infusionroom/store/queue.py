"""The writers' queue: one advisory lock beside the store, so that writers wait their turn and none starves.

SQLite's own waiting is a back-off that lets one of twenty wait over a second; a kernel lock wakes in order.
"""

from __future__ import annotations

import fcntl
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infusionroom.store.errors import StoreBusy, StoreReadOnly, StoreUnreachable


@contextmanager
def writers_turn(store: Path, timeout_s: float) -> Iterator[None]:
    """Holds the lock of `store` while the block runs.

    Raises `StoreBusy` if the turn does not come within `timeout_s`, `StoreReadOnly` to who may not write.
    """
    descriptor = _open(store)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _Waiter(descriptor).wait(timeout_s)
    try:
        yield
    finally:
        os.close(descriptor)


def _open(store: Path) -> int:
    path = store.with_name(store.name + ".lock")
    try:
        mode = stat.S_IMODE(store.stat().st_mode) & 0o660
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            return os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        os.fchmod(descriptor, mode | 0o600)
    except FileNotFoundError:
        raise StoreUnreachable(f"The store {store} is gone: its file is not there.") from None
    except OSError as error:
        raise StoreReadOnly(f"This terminal may not write the store {store}: {error.strerror}.") from None
    return descriptor


class _Waiter:
    """Waits in a thread of its own, for a blocking flock keeps its place but knows no timeout."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._settled = threading.Lock()
        self._given_up = False
        self._has_turn = threading.Event()

    def wait(self, timeout_s: float) -> None:
        threading.Thread(target=self._queue, name="writers-queue", daemon=True).start()
        try:
            self._has_turn.wait(timeout_s)
        finally:
            with self._settled:
                self._given_up = not self._has_turn.is_set()
        if self._given_up:
            raise StoreBusy(
                "Another terminal is writing and does not finish: nothing was written, try again."
            )

    def _queue(self) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        with self._settled:
            if self._given_up:
                os.close(self._descriptor)
            else:
                self._has_turn.set()
