"""Noticing another terminal's commit on PostgreSQL: LISTEN is the hint, the head row the certainty."""

from __future__ import annotations

import select
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import sql

from infusionroom.store.errors import StoreUnreachable
from infusionroom.store.sites import CHANNEL_QUESTION

if TYPE_CHECKING:
    from infusionroom.store.postgres import PostgresBackend

# A notice can be lost behind a connection pooler, and a dead line is only found by using it.
LOOK_S: Final = 2.0


class PostgresFeed:
    """A line of its own that listens."""

    def __init__(self, backend: PostgresBackend) -> None:
        self._backend = backend
        self._closed = False
        self._using = threading.Lock()
        self._line = backend.connect_to_listen()
        self._ours, self._theirs = socket.socketpair()
        self._head = -1
        try:
            ((channel,),) = backend.fetch(self._line, f"SELECT {CHANNEL_QUESTION}", {})
            self._line.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            self._head = self._look()
        except psycopg.Error:
            self._release()
            raise StoreUnreachable(
                f"The store {backend.display} cannot be reached: its server is away."
            ) from None

    def wait(self, timeout: float) -> bool:
        remaining = timeout
        with self._using:
            while not self._closed:
                if self._noticed(min(LOOK_S, max(remaining, 0))):
                    return True
                remaining -= LOOK_S
                if remaining <= 0:
                    break
        return False

    def _noticed(self, timeout: float) -> bool:
        try:
            readable, _, _ = select.select([self._line.fileno(), self._ours.fileno()], [], [], timeout)
            if self._ours.fileno() in readable:
                self._ours.recv(64)
                return not self._closed
            # Never a query inside this loop: psycopg deadlocks.
            if list(self._line.notifies(timeout=0)):
                # Whoever is woken reads the journal: to ask for the head before would be a second way to the server.
                return True
            head = self._look()
        except (psycopg.Error, OSError, ValueError):
            raise StoreUnreachable(
                f"The store {self._backend.display} cannot be reached: its server is away."
            ) from None
        changed, self._head = head != self._head, head
        return changed

    def _look(self) -> int:
        rows = self._backend.fetch(self._line, "SELECT id FROM head", {})
        return int(rows[0][0]) if rows else 0

    def seen(self, head: int) -> None:
        self._head = head

    def wake(self) -> None:
        with suppress(OSError):
            self._theirs.send(b"w")

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        with suppress(OSError):
            self._theirs.send(b"x")
        self._line.hang_up()
        with self._using:
            self._release()

    def _release(self) -> None:
        self._line.close()
        self._ours.close()
        self._theirs.close()
