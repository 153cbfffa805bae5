"""How the services fail, for those who may not know the store: one sentence each, for a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from infusionroom.store import StoreAbsent, StoreError, StoreUnreachable


class RoomError(Exception):
    """The base; the message is one sentence without SQL, passwords or patients in it."""


class RoomUnreachable(RoomError):
    """The store is out of reach just now; it may come back."""


class RoomAbsent(RoomUnreachable):
    """There is no store at this address yet."""


class RoomRefused(RoomError):
    """The store must not or cannot be used as it is."""


@contextmanager
def translated() -> Iterator[None]:
    """Turns the store's errors into the services' own."""
    try:
        yield
    except StoreAbsent as error:
        raise RoomAbsent(str(error)) from None
    except StoreUnreachable as error:
        raise RoomUnreachable(str(error)) from None
    except StoreError as error:
        raise RoomRefused(str(error)) from None
