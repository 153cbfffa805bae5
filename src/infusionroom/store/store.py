"""The store as the rest of the program sees it."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from infusionroom.store.backend import Backend, Feed
from infusionroom.store.check import problems_of
from infusionroom.store.errors import StoreRefused, opened_to_read
from infusionroom.store.queries import Queries
from infusionroom.store.reader import Reader
from infusionroom.store.rows import Credential, Quarantined, QuarantineState

if TYPE_CHECKING:
    from infusionroom.store.standing import Standing
    from infusionroom.store.writer import Writer
    from infusionroom.store.writing import Writing


class Store(Queries):
    """One room's store. Any thread may use it; what it asks is in `Queries`.

    Reading needs no right to write, and loads nothing that writes; neither loads SQLAlchemy.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._reader = Reader(backend)
        self._writer: Writer | None = None
        self._opening = threading.Lock()
        super().__init__(backend, self._reader.fetch)
        with_pins = backend.with_pins()
        self._pins_reader = self._reader if with_pins is backend else Reader(with_pins)
        self._sign_ins = Queries(with_pins, self._pins_reader.fetch)

    @property
    def url_for_display(self) -> str:
        """Where the store is, without a password."""
        return self._backend.display

    @property
    def read_only(self) -> bool:
        """Whether it was opened to be read and not written."""
        return self._backend.read_only

    def writing(self, *, pins: bool = False) -> AbstractContextManager[Writing]:
        """A transaction in this writer's turn; commits when the block ends, rolls back when it raises.

        With `pins` it reaches how people sign in, which a file's other transactions do not.
        Raises `StoreBusy`, `StoreReadOnly`, `StoreFull`, `StoreUnreachable`, `JournalRefused`; where the PINs are
        damaged or not to be trusted, `StoreDamaged` and `StoreRefused`.
        """
        return self._ready_writer().writing(pins=pins)

    def _ready_writer(self) -> Writer:
        with self._opening:
            if self._writer is None:
                if self._backend.read_only:
                    # Said before anything that writes is loaded; the writer itself refuses too.
                    raise opened_to_read(self._backend.display)
                from infusionroom.store.writer import Writer

                self._writer = Writer(self._backend)
            return self._writer

    def credential(self, person: str) -> Credential | None:
        """As in `Queries`. Raises `StoreReadOnly` to who may not read the PINs, `StoreRefused`, `StoreDamaged`."""
        return self._sign_ins.credential(person)

    def credentials(self) -> list[Credential]:
        """As in `Queries`. Raises as `credential`."""
        return self._sign_ins.credentials()

    def standing(self) -> Standing:
        """How the store stands: kind, place, version, size, who may write here."""
        return self._reader.ask(self._backend.standing)

    def place(self) -> tuple[object, ...]:
        """What two addresses of one room have in common, and those of no two others."""
        return self._reader.ask(self._backend.place)

    def server_time(self) -> datetime | None:
        """The server's clock, aware UTC; None for a file, whose time is this machine's."""
        if self._backend.name == "sqlite":
            return None
        return self._backend.instant(self._ask("SELECT clock_timestamp()")[0][0])

    def feed(self) -> Feed:
        """Tells when another terminal has written. Raises `StoreUnreachable`."""
        return self._backend.feed()

    def problems(self) -> list[str]:
        """Everything that is wrong with the store, a sentence each; the whole chain is walked."""
        return problems_of(self._backend, self._reader, self)

    def guard_problems(self) -> list[str]:
        """The journal's triggers that are missing or changed."""
        return self._reader.ask(self._backend.guard_problems)

    def refuse_other_rooms(self, *, strict: bool) -> None:
        """Raises `StoreRefused` where this user's view of the store is not one room's."""
        self._reader.ask(lambda connection: self._backend.refuse_other_rooms(connection, strict=strict))

    def unfinished(self) -> bool:
        """Whether there are entries beyond the journal's head, as a copy that was cut short leaves them."""
        last = self._ask("SELECT max(id) FROM journal")[0][0]
        return last is not None and int(last) > self.head()[0]

    def copy_to(self, target: Path) -> str:
        """A whole copy in one file, readable by its owner only, even while others write. SQLite only."""
        from infusionroom.store.sqlite import SqliteBackend

        if not isinstance(self._backend, SqliteBackend):
            raise StoreRefused("A PostgreSQL store is backed up with the server's own tools (pg_dump).")
        return self._backend.copy_to(target)

    def add_quarantine(
        self, found: Collection[Quarantined], *, received_at: datetime, received_by: str
    ) -> list[int]:
        """Keeps what an importer did not understand, in a transaction of its own; the ids."""
        with self.writing() as writing:
            return writing.add_quarantine(found, received_at=received_at, received_by=received_by)

    def resolve_quarantine(self, ids: Collection[int], state: QuarantineState) -> None:
        """Marks entries as retried or dismissed, in a transaction of its own."""
        with self.writing() as writing:
            writing.resolve_quarantine(ids, state)

    def close(self) -> None:
        """Lets all connections go; a feed is closed by whoever made it."""
        self._reader.close()
        self._pins_reader.close()
        with self._opening:
            if self._writer is not None:
                self._writer.close()


@contextmanager
def closing_store(store: Store) -> Iterator[Store]:
    """Closes the store when the block ends."""
    try:
        yield store
    finally:
        store.close()
