"""Every way in which the store can fail, as one small family: one sentence each, no SQL and no patients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from infusionroom.store.backend import Dialect


class StoreError(Exception):
    """The base of all that the store raises; the message is one sentence for a person."""


class StoreUnreachable(StoreError):
    """The store is not there just now: the file is gone, the server does not answer. It may come back."""


class StoreAbsent(StoreUnreachable):
    """There is no store at this address yet, or nothing in it."""


class StoreBusy(StoreUnreachable):
    """Somebody else holds the store for longer than a terminal waits. Nothing was written."""


class StoreRefused(StoreError):
    """The store must not be used as it is: wrong kind of file, network file system, guards missing."""


class StoreNewer(StoreRefused):
    """A newer version of the program made this store."""


class StoreReadOnly(StoreError):
    """This terminal may read the store and not write it."""


def opened_to_read(display: str) -> StoreReadOnly:
    """What whoever would write through a store is told that was opened to be read alone."""
    return StoreReadOnly(f"This terminal was opened to read the store {display} and not to write it.")


class StoreFull(StoreError):
    """The disk that holds the store is full. Nothing was written."""


class StoreDamaged(StoreError):
    """The database itself says that its file is damaged."""


class JournalRefused(StoreError):
    """The database refused an entry: out of order, out of chain, or given twice."""


class SeatTaken(StoreError):
    """A chair holds one person: `chair` is taken by `visit`."""

    def __init__(self, chair: int, visit: str) -> None:
        super().__init__(f"Chair {chair} is taken.")
        self.chair = chair
        self.visit = visit


@contextmanager
def explained(dialect: Dialect) -> Iterator[None]:
    """Raises a `StoreError` in place of any of the driver's errors in the block; other exceptions pass.

    The cause is cut off: a chained traceback would show what was to be written, and that is a patient.
    """
    try:
        yield
    except dialect.errors as error:
        raise dialect.explain(error) from None
