"""Noticing that another process committed to the file: `PRAGMA data_version`, four times a second."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING, Final

from infusionroom.store.errors import StoreError, StoreUnreachable

if TYPE_CHECKING:
    from infusionroom.store.sqlite import FileConnection, SqliteBackend

POLL_S: Final = 0.25
_UNKNOWN: Final = -1


class SqliteFeed:
    """A connection of its own in autocommit, for data_version freezes inside an open read."""

    def __init__(self, backend: SqliteBackend) -> None:
        self._backend = backend
        self._closed = threading.Event()
        self._nudged = threading.Event()
        self._using = threading.Lock()
        self._connection = backend.connect()
        self._seen = _UNKNOWN
        try:
            self._seen = self._version()
        except StoreError:
            self._connection.close()
            raise

    def wait(self, timeout: float) -> bool:
        remaining = timeout
        while not self._closed.is_set():
            with self._using:
                if self._closed.is_set():
                    break
                version = self._version()
            if version != self._seen:
                self._seen = version
                return True
            if remaining <= 0:
                break
            if self._nudged.wait(min(POLL_S, remaining)):
                self._nudged.clear()
                return not self._closed.is_set()
            remaining -= POLL_S
        return False

    def seen(self, head: int) -> None:
        """The file says by itself what is new in it."""

    def wake(self) -> None:
        self._nudged.set()

    def close(self) -> None:
        self._closed.set()
        self._nudged.set()
        with self._using:
            self._connection.close()

    def _version(self) -> int:
        if not self._backend.usable(self._connection):
            raise StoreUnreachable(f"The store {self._backend.display} was replaced by another file.")
        try:
            return self._read(self._connection)
        except sqlite3.Error as error:
            if self._backend.recovered(error, self._connection):
                return _UNKNOWN
            failure: StoreError = self._backend.explain(error)
            if isinstance(failure, StoreUnreachable):
                raise failure from None
            raise StoreUnreachable(str(failure)) from None

    @staticmethod
    def _read(connection: FileConnection) -> int:
        return int(connection.execute("PRAGMA data_version").fetchone()[0])
