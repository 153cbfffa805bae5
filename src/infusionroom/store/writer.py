"""The writing side: opens one transaction at a time, in its turn, and says plainly why one failed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

from infusionroom.store.backend import Backend
from infusionroom.store.failures import explained
from infusionroom.store.writing import Writing


class Writer:
    """Opens transactions on one store. Raises `StoreError`s, and what the caller's own code raised."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._engine = backend.engine()
        # Threads of one terminal queue here before they queue with the other terminals.
        self._mine = threading.Lock()

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """Commits when the block ends, rolls back when it raises."""
        backend = self._backend
        with (
            self._mine,
            backend.turn(),
            explained(backend),
            Session(self._engine) as session,
            session.begin(),
        ):
            transaction = Writing(backend, session)
            yield transaction
            transaction.finish()

    def close(self) -> None:
        self._engine.dispose()
