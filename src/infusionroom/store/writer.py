"""The writing side: opens one transaction at a time, in its turn, and says plainly why one failed.

It writes by the driver's own connection: SQLAlchemy would take 28 MB of every terminal that ever writes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from infusionroom.store.backend import Backend, WritingConnection
from infusionroom.store.errors import StoreBusy, StoreError, explained, opened_to_read
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
        # Threads of one terminal queue here before they queue with the other terminals.
        self._mine = threading.Lock()
        self._kept: WritingConnection | None = None
        self._closed = False

    @contextmanager
    def writing(self, *, pins: bool = False) -> Iterator[Writing]:
        """Commits when the block ends, rolls back when it raises. `pins` as in `Store.writing`."""
        backend = self._backend.with_pins() if pins else self._backend
        with (
            self._turn_at_home(),
            backend.turn(),
            explained(backend),
            self._transaction(backend) as connection,
        ):
            transaction = Writing(backend, connection)
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

    @contextmanager
    def _transaction(self, backend: Backend) -> Iterator[WritingConnection]:
        connection = self._begun(backend)
        try:
            yield connection
            connection.commit()
        except BaseException:
            try:
                connection.rollback()
            except backend.errors:
                connection.close()
            raise
        finally:
            self._give_back(connection)

    def _begun(self, backend: Backend) -> WritingConnection:
        """A connection with a transaction begun: the kept one, unless it died while it lay idle."""
        kept, self._kept = self._kept, None
        if kept is not None:
            with suppress(StoreError, *backend.errors):
                if backend.usable(kept):
                    kept.cursor().execute(backend.begin)
                    return kept
            kept.close()
        connection = backend.connect_to_write()
        try:
            connection.cursor().execute(backend.begin)
        except BaseException:
            connection.close()
            raise
        return connection

    def _give_back(self, connection: WritingConnection) -> None:
        if self._backend.keeps_writing and not self._closed:
            self._kept = connection
        else:
            connection.close()

    def close(self) -> None:
        """Lets the kept connection go; one that is writing goes when it has written."""
        self._closed = True
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()
