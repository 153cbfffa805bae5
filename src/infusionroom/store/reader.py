"""The reading side: a few plain connections, each used by one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from infusionroom.store.backend import Backend, Connection, Row
from infusionroom.store.errors import StoreError, StoreUnreachable

Answer = TypeVar("Answer")

# The board's own questions come one at a time; more at once are a burst, and its connections are let go.
MOST_IDLE: Final = 2


class Reader:
    """Connections that can only read. Any thread may use it; every error comes out as one of the store's."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._lock = threading.Lock()
        self._idle: list[Connection] = []
        self._closed = False

    def fetch(self, statement: str, values: Mapping[str, Any]) -> list[Row]:
        """All rows of one read, in the database's own writing."""
        return self.ask(lambda connection: self._backend.fetch(connection, statement, values))

    def ask(self, question: Callable[[Connection], Answer]) -> Answer:
        """What `question` finds on a connection; asked again where the cause of a failure was put right."""
        for last_try in (False, True):
            connection = self._take()
            try:
                answer = question(connection)
            except self._backend.errors as error:
                again = not last_try and self._backend.recovered(error, connection)
                connection.close()
                if not again:
                    raise self._explained(error) from None
            except BaseException:
                connection.close()
                raise
            else:
                self._give_back(connection)
                return answer
        raise AssertionError("unreachable")

    def _explained(self, error: BaseException) -> StoreError:
        """A file that went away in mid-read fails in many words: the one that matters is that it is gone."""
        try:
            self._backend.connect().close()
        except StoreError as gone:
            return gone
        return self._backend.explain(error)

    def _give_back(self, connection: Connection) -> None:
        with self._lock:
            if not self._closed and len(self._idle) < MOST_IDLE:
                self._idle.append(connection)
                return
        connection.close()

    def _take(self) -> Connection:
        while True:
            with self._lock:
                if self._closed:
                    raise StoreUnreachable("The store was closed.")
                if not self._idle:
                    break
                connection = self._idle.pop()
            try:
                usable = self._backend.usable(connection)
            except StoreError:
                connection.close()
                raise
            if usable:
                return connection
            connection.close()
        return self._backend.connect()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
