"""The one place that wires clock, store and services together."""

from __future__ import annotations

from infusionroom.services.clock import Clock, SystemClock
from infusionroom.services.errors import translated
from infusionroom.services.room import RoomService
from infusionroom.store import Store, open_store


def open_room(
    url: str,
    *,
    create: bool = True,
    strict: bool = True,
    read_only: bool = False,
    clock: Clock | None = None,
) -> RoomService:
    """The room in the store at `url`, its state read once.

    `create` makes an absent store; `strict=False` opens one whose guards are broken, for looking into why;
    `read_only` opens it so that nothing can be written through it.
    Raises `RoomUnreachable` and `RoomRefused`.
    """
    with translated():
        store = open_store(url, create=create, strict=strict, read_only=read_only)
    room = RoomService(store, clock or SystemClock())
    try:
        room.refresh()
    except BaseException:
        room.close()
        raise
    return room


def open_unread(url: str, *, read_only: bool = False) -> Store:
    """The store at `url` as it is, sound or not, for whoever checks it: nothing of it is read yet.

    Raises `RoomUnreachable` (`RoomAbsent` where there is none) and `RoomRefused`.
    """
    with translated():
        return open_store(url, create=False, strict=False, read_only=read_only)
