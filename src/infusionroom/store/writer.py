"""The writing side: opens one transaction at a time, in its turn, and says plainly why one failed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

from infusionroom.store.backend import Backend
from infusionroom.store.engine import explained
from infusionroom.store.errors import StoreBusy, opened_to_read
from infusionroom.store.writing import Writing


class Writer:
    """Opens transactions on one store. Raises `StoreError`s, and what the caller's own code raised.

    There is none for a store that was opened to be read: `StoreReadOnly`, even if our own code asks for one.
    """

    def __init__(self, backend: Backend, patience_s: float = 20.0) -> None:
        if backend.read_only:
            raise opened_to_read(backend.display)
        self._backend = backend
        self._patience_s = patience_s
        self._engine = backend.engine()
        # Threads of one terminal queue here before they queue with the other terminals.
        self._mine = threading.Lock()

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """Commits when the block ends, rolls back when it raises."""
        backend = self._backend
        with (
            self._turn_at_home(),
            backend.turn(),
            explained(backend),
            Session(self._engine) as session,
            session.begin(),
        ):
            transaction = Writing(backend, session)
            yield transaction
            transaction.finish()

    @contextmanager
    def _turn_at_home(self) -> Iterator[None]:
        if not self._mine.acquire(timeout=self._patience_s):
            raise StoreBusy("This terminal is still writing something else: nothing was written, try again.")
        try:
            yield
        finally:
            self._mine.release()

    def close(self) -> None:
        self._engine.dispose()
