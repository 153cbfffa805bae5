"""The one place that wires clock, store and services together."""

from __future__ import annotations

from infusionroom.services.clock import Clock, SystemClock
from infusionroom.services.errors import RoomRefused, translated
from infusionroom.services.room import RoomService
from infusionroom.store import Store, closing_store, open_store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from infusionroom.services.standing import StoreStanding
    from infusionroom.services.store_copy import Copied
    from infusionroom.store.making_sites import MadeSite


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


def make_place(url: str, site: str, passwords: Mapping[str, str]) -> MadeSite:
    """A room's place on a server, by its administrator's address. Raises `RoomUnreachable` and `RoomRefused`."""
    with translated():
        try:
            from infusionroom.store.making_sites import make_site
        except ImportError:
            raise RoomRefused(
                "PostgreSQL needs the driver psycopg: install infusionroom[postgres]."
            ) from None
        return make_site(url, site, passwords)


def copy_between(source_url: str, target_url: str, progress: Callable[[int, int], None]) -> Copied:
    """The room at `source_url` copied to `target_url`, which is made or gone on with, and compared.

    Raises `RoomRefused`, for instance where another room is there, and `RoomUnreachable`.
    """
    from infusionroom.services.store_copy import copy_room

    with (
        translated(),
        closing_store(open_store(source_url, create=False, read_only=True)) as source,
        closing_store(open_store(target_url, unfinished=True)) as target,
    ):
        return copy_room(source, target, progress)


def standing_of(url: str, clock: Clock | None = None) -> StoreStanding:
    """How the store at `url` stands, sound or not. Raises `RoomUnreachable` (`RoomAbsent`) and `RoomRefused`."""
    from infusionroom.services.standing import store_standing

    with closing_store(open_unread(url, read_only=True)) as store:
        return store_standing(store, clock or SystemClock())
